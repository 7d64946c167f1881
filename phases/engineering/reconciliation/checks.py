"""Whether what ought to be reconciled was, and every variance found is explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from phases.core.facts import Finding, Lack, met, unmet
from phases.engineering.reconciliation import queries
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.checks import LayersReconciled, VariancesExplained
from playbook.models import Register, Seed

WHO = "finance_lead"


@dataclass(frozen=True)
class Newest:
    """The newest comparison of a group that is done; ``open`` counts what nobody has explained."""

    number: int
    purpose: str
    title: str
    about: str
    open: int = 0
    layer: str = ""
    period: str = ""
    total: int = 1

    @property
    def unexplained(self) -> Lack:
        """What is missing while variances are open."""
        are = "variance is" if self.open == 1 else "variances are"
        what = f"{self.title}, {self.about}: {self.open} {are} unexplained."
        return Lack(what, WHO, f"reconciliation/{self.number}?state=open")


def variances_explained(check: VariancesExplained, s: Situation) -> Finding:
    """The newest reconciliation of each kind leaves nothing unexplained."""
    asked = [one for one in _newest(s) if one.purpose in check.purposes]
    lacks = [one.unexplained for one in asked if one.open]
    if lacks:
        return unmet(lacks)
    if len(asked) < check.minimum:
        return unmet([Lack("Nothing has been reconciled here yet.", WHO, "reconciliation")])
    if not asked:
        return met("Nothing has been reconciled here yet.")
    return met(f"Reconciled, with nothing unexplained: {len(asked)}.")


def layers_reconciled(check: LayersReconciled, s: Situation) -> Finding:
    """Each layer that applies is reconciled for each period, and nothing in it is unexplained."""
    register = s.playbook.get(check.register_, Register)
    periods = [str(row.value(check.column) or row.title) for row in live_rows(s, register)]
    if not periods:
        what = f"“{register.title}” has no {register.row_word} yet."
        return unmet([Lack(what, WHO, f"register/{register.key}")])
    layers = [seed for key in check.layers if s.applies(seed := s.playbook.get(key, Seed))]
    done = {(one.layer, same(one.period)): one for one in _newest(s) if one.purpose == "layer"}
    lacks = [
        lack
        for period in periods
        for layer in layers
        for lack in _lacks(s, layer, period, done.get((slug_of(layer.key), same(period))))
    ]
    if lacks:
        return unmet(lacks)
    return met(f"{len(layers)} layers reconciled for {', '.join(periods)}, nothing unexplained.")


def same(period: str) -> str:
    """A period as it is compared: capitals and spaces tell no two apart."""
    return "".join(period.split()).casefold()


def _lacks(s: Situation, layer: Seed, period: str, found: Newest | None) -> Iterator[Lack]:
    title = s.plain(layer.title)
    start = f"reconciliation?{urlencode({'layer': slug_of(layer.key), 'period': period})}#layers"
    if found is None:
        yield Lack(f"{title} is not reconciled for {period} yet.", WHO, start)
    elif not found.total:
        yield Lack(f"{title}, {period}: both files were empty, so nothing was compared.", WHO,
                   start)  # fmt: skip
    elif found.open:
        yield found.unexplained


def _newest(s: Situation) -> list[Newest]:
    session = s.records.session
    return s.once(("reconciled", ""), lambda: [] if session is None else list(_read(session, s)))


def _read(session: Session, s: Situation) -> Iterator[Newest]:
    records = queries.newest(session, s.engagement)
    counts = queries.open_counts(session, s.engagement) if records else {}
    for one in records:
        yield Newest(
            one.id, one.purpose, queries.title_of(one),
            one.period or queries.days_of(one.first_day, one.last_day), counts.get(one.id, 0),
            one.layer, one.period, (one.summary or {}).get("total", 0),
        )  # fmt: skip
