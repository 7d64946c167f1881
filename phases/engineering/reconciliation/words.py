"""What reconciliations are about, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Purpose:
    """``left`` is the side that is taken for right; empty where contracts are."""

    title: str
    text: str
    left: str = ""
    right: str = "billing"
    red_flags: bool = False
    left_words: str = "Expected"
    right_words: str = "Billed"


PURPOSES = {
    "qa": Purpose(
        "Test invoices (QA)", "Test invoices against their contracts. Equal to the minor unit, or"
        " wrong."),
    "hypercare": Purpose(
        "Hypercare", "Real invoices against their contracts, with no tolerance."),
    "monthly": Purpose(
        "Monthly reconciliation", "A month’s invoices against the active contracts; large"
        " differences are marked red.", red_flags=True),
    "parallel": Purpose(
        "Parallel run", "The legacy system’s invoices against the new one’s, cycle by cycle.",
        left="legacy", left_words="Legacy", right_words="New"),
    "hand": Purpose(
        "By hand", "Invoices Finance made by hand against the billing tool’s.",
        left="hand", left_words="By hand", right_words="Billed"),
    "layer": Purpose("Layer", "Two sides of a ledger.", left_words="Left", right_words="Right"),
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """One of the three layers: its two sides, and what each is called."""

    title: str
    left: str
    right: str
    left_words: str
    right_words: str


LAYERS = {
    "provider": Layer("Provider to subledger", "provider", "subledger", "Provider", "Subledger"),
    "bank": Layer("Bank to subledger", "bank", "cash", "Bank", "Cash postings"),
    "erp": Layer("Subledger to ERP", "balances", "erp", "Subledger", "ERP"),
}


def about(purpose: str, layer: str) -> Purpose:
    """What a comparison is about; a layer's sides go by their own names."""
    found = PURPOSES[purpose]
    if (sides := LAYERS.get(layer)) is None:
        return found
    return replace(found, left_words=sides.left_words, right_words=sides.right_words)


OUTCOMES = {
    "exact": ("met", "Exact"),
    "within tolerance": ("done", "Within tolerance"),
    "different": ("red", "Different"),
    "missing": ("watch", "Missing"),
    "unexpected": ("watch", "Unexpected"),
    "duplicate": ("red", "Duplicate"),
}
"""How an invoice may end: a chip's kind and its word."""
ACCURATE = ("exact", "within tolerance")

STATES = {
    "open": ("red", "Unexplained"),
    "explained": ("waiting", "Explained"),
    "resolved": ("done", "Resolved"),
}
CAUSES = {
    "tax": "Tax", "proration": "Proration", "discount": "Discount", "quantity": "Quantity",
    "currency": "Currency", "period": "Period", "rounding": "Rounding", "duplicate": "Duplicate",
    "stale price": "Stale price", "missing": "Not billed", "unexpected": "Not in any contract",
    "contract": "Contract record is wrong", "timing": "Timing", "sign": "Opposite sign",
    "incomplete": "Entry on one side only", "other": "Other",
}  # fmt: skip
LIKELY = dict(CAUSES)
