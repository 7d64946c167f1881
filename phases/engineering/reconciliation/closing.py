"""What a reconciled layer says of its period and of itself, put on record by one click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.engineering.reconciliation.checks import same
from phases.engineering.reconciliation.models import Reconciliation
from phases.engineering.reconciliation.queries import state_counts
from phases.engineering.reconciliation.services import repeated
from phases.engineering.reconciliation.uses import Offer
from phases.engineering.reconciliation.words import LAYERS
from phases.mechanisms.register.queries import RowView, live_rows, register_of
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.situation import Situation
from playbook.models import Register

PERIODS, PROOFS = "C5.register.periods", "C5.register.layers"
REGISTERS = (PERIODS, PROOFS)
PERIOD, PROVEN, SET_UP = "period", "proven", "set_up"
AGREES, EXPLAINED = "agrees", "explained"
WORDS = {AGREES: "agrees", EXPLAINED: "differs, and every variance is explained"}


def offers(session: Session, s: Situation, record: Reconciliation) -> list[Offer]:
    """The result of the period, and the proof of the layer; nothing while a variance is open, and
    nothing of a comparison that was repeated since."""
    summary = record.summary or {}
    if record.purpose != "layer" or not summary.get("total"):
        return []
    if state_counts(session, record).get("open") or repeated(session, record):
        return []
    return [*_result(s, record, summary), *_proofs(s, record)]


def _result(s: Situation, record: Reconciliation, summary: Mapping[str, Any]) -> Iterator[Offer]:
    row = _period(s, record.period) if _applies(s, PERIODS) else None
    if not _applies(s, PERIODS) or (row is not None and row.state_kind == "done"):
        return
    result = AGREES if summary["right"] == summary["total"] else EXPLAINED
    there = str(row.raw.get(f"{record.layer}_result") or "") if row else ""
    if there != result:
        title = f"Accounting period, {LAYERS[record.layer].title}"
        yield Offer(PERIODS, title, record.period, WORDS[result], s.today,
                    taken=WORDS.get(there, ""), result=result)  # fmt: skip


def _proofs(s: Situation, record: Reconciliation) -> Iterator[Offer]:
    proof = _proof(s, record.layer) if _applies(s, PROOFS) else None
    if proof is not None and not proof.raw.get(PROVEN):
        yield Offer(PROOFS, f"Layer {proof.title}", record.period, "this run is its proof", s.today,
                    result=PROVEN)  # fmt: skip


def _applies(s: Situation, key: str) -> bool:
    register = s.playbook.items.get(key)
    return isinstance(register, Register) and s.applies(register)


def _period(s: Situation, period: str) -> RowView | None:
    rows = live_rows(s, register_of(s, PERIODS))
    return next((row for row in rows if same(str(row.raw.get(PERIOD))) == same(period)), None)


def _proof(s: Situation, layer: str) -> RowView | None:
    rows = live_rows(s, register_of(s, PROOFS))
    return next((row for row in rows if row.seed.rpartition(".")[2] == layer), None)


def take(session: Session, s: Situation, actor: str, record: Reconciliation, key: str) -> Offer:
    """Put an offer on record; a period that is not entered yet is entered by it.

    Raises:
        BadValue: it is not offered.
    """
    offer = next((one for one in offers(session, s, record) if one.key == key), None)
    if offer is None:
        raise BadValue("key", "This cannot be taken from the reconciliation.")
    if key == PROOFS:
        _prove(session, s, actor, record)
        return offer
    values = {f"{record.layer}_result": offer.result}
    row = _period(s, record.period)
    if row is None:
        add_row(session, s, actor, PERIODS, values={PERIOD: record.period, **values})
    else:
        change_row(session, s, actor, PERIODS, row.ref, values=values)
    return offer


def _prove(session: Session, s: Situation, actor: str, record: Reconciliation) -> None:
    """The run is the layer's proof; a layer that is set up is proven by it."""
    row = _proof(s, record.layer)
    assert row is not None
    page = f"/e/{s.engagement.slug}/reconciliation/{record.id}"
    change_row(session, s, actor, PROOFS, row.ref, values={PROVEN: page},
               state=PROVEN if row.state == SET_UP else None)  # fmt: skip
