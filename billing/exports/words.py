"""What words in exports of invoices stand for: kinds of documents, states, currencies."""

from __future__ import annotations

import re
from typing import Literal

from billing.crm.amounts import SIGNS
from billing.money import currencies

Counts = Literal["invoice", "credit_note", "neither"]
COUNTS: tuple[Counts, ...] = ("invoice", "credit_note", "neither")

_INVOICES = (
    "invoice|inv|custinvc|sales receipt|cash sale|cashsale|tax invoice|invoices|rechnung"
    "|subscription|one-time|one time|recurring|standard|accrec|bill of sale|debit memo|posted"
    "|sales invoice|charge_automatically|send_invoice"
)
_CREDITS = (
    "credit memo|credit note|creditmemo|credit_note|custcred|credit|cash refund|refund|gutschrift"
    "|refund receipt|accreccredit|adjustment|refundable|adjustment credit note|creditnote"
    "|refundable credit note|sales credit memo|stornorechnung"
)
_NEITHER = (
    "payment|customer payment|custpymt|deposit|journal|journal entry|estimate|quote|sales order"
    "|bill|bill payment|check|expense|transfer|statement charge|purchase order|statement"
    "|vendor credit|receipt|inventory adjustment|payroll check|tax payment|credit card expense"
)
_WORDS: tuple[tuple[Counts, str], ...] = (
    ("invoice", _INVOICES), ("credit_note", _CREDITS), ("neither", _NEITHER),
)  # fmt: skip
KINDS: dict[str, Counts] = {word: kind for kind, words in _WORDS for word in words.split("|")}
VOID = frozenset(
    ("void", "voided", "draft", "deleted", "canceled", "cancelled", "entwurf", "storniert",
     "rejected", "pending draft")
)  # fmt: skip
"""States in which a document asks nobody for money."""

POSTED = {word: side for side, words in (
    ("debit", "d dr debit soll s dbit dt"), ("credit", "c cr credit haben h crdt ct"),
) for word in words.split()}  # fmt: skip
"""Which side of an account a word names."""
IN_OR_OUT = re.compile(r"withdraw|deposit|money.?(in|out)|paid.?(in|out)|flow|amount.?(in|out)\b",
                       re.IGNORECASE)  # fmt: skip
"""Titles that say which way money goes."""

NAMES = {
    "us dollar": "USD", "usa": "USD", "us dollars": "USD", "u.s. dollar": "USD", "euro": "EUR",
    "british pound": "GBP", "pound sterling": "GBP", "pounds": "GBP", "canadian dollar": "CAD",
    "canada": "CAD", "australian dollar": "AUD", "japanese yen": "JPY", "yen": "JPY",
    "swiss franc": "CHF", "indian rupee": "INR", "kuwaiti dinar": "KWD", "swedish krona": "SEK",
    "danish krone": "DKK", "norwegian krone": "NOK", "singapore dollar": "SGD",
    "new zealand dollar": "NZD", "mexican peso": "MXN", "brazilian real": "BRL",
}  # fmt: skip


def kind_of(word: str) -> Counts | None:
    """What a document of the kind *word* is; none where nobody can know."""
    return KINDS.get(" ".join(word.casefold().split()))


def is_void(status: str) -> bool:
    """Whether a document of this state is no claim."""
    return status.casefold().replace("-", "").strip() in VOID


def currency_of(text: str) -> str | None:
    """The code that *text* names; ``$`` where it is a dollar sign alone; none if it names none."""
    word = " ".join(text.split())
    if word.upper() in currencies():
        return word.upper()
    if word in SIGNS:
        return SIGNS[word]
    if word.casefold() in NAMES:
        return NAMES[word.casefold()]
    first = word.split(" ", 1)[0]
    return first.upper() if " - " in word and first.upper() in currencies() else None
