"""An engagement as its rules see it: the playbook, what has been said, and the date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from phases.core.clock import today as today_in
from phases.core.facts import Finding, Lack, People, together, unmet
from phases.core.models import CONFIRMED, Engagement
from phases.mechanisms.records import Records
from playbook.applicability import Applicability, Applicable
from playbook.book import Playbook
from playbook.checks import ReadingsTaken
from playbook.due import due_date, holidays_of, occurrences
from playbook.models import Due, Gate, Input, Item, Recurrence

PROFILE = "profile."

Value = TypeVar("Value")
Thing = TypeVar("Thing", bound=Item)
CheckFunction = Callable[[Any, "Situation"], Finding]


@dataclass
class Situation:
    """Everything a rule may look at. Values are computed once and never stored.

    ``checks`` answers the playbook's checks by name; see ``phases.mechanisms.checks``. Where
    nothing changes any more (a page that only reads, a projection) ``remember`` is a dict, and each
    check is judged, each list of steps, rows and statements made, once.
    """

    playbook: Playbook
    records: Records
    today: date
    checks: Mapping[str, CheckFunction] = field(default_factory=dict)
    firm: str = "Our firm"
    remember: dict[tuple[str, object], Any] | None = None

    @property
    def engagement(self) -> Engagement:
        return self.records.engagement

    @cached_property
    def profile(self) -> dict[str, Any]:
        """Values of the reserved inputs by their short names (``scope``), defaults filled in."""
        values: dict[str, Any] = {}
        for item in self.playbook.inputs:
            if item.key.startswith(PROFILE):
                said = self.records.inputs.get(item.key)
                value = said.value if said is not None else item.default
                values[item.key.removeprefix(PROFILE)] = value
        return values

    @cached_property
    def applicable(self) -> Applicable:
        """Which items apply to the profile, each judged once for all who have the same one."""
        deciding = self.playbook.profile.items()
        facts = {name: self.profile.get(name) for name, item in deciding if item.type in DECIDING}
        return view_of(self.playbook, tuple((name, _hashable(v)) for name, v in facts.items()))

    def applies(self, item: Item) -> bool:
        """Whether *item* applies to this engagement."""
        return self.applicable.of(item).applies

    def applicability(self, item: Item) -> Applicability:
        """Whether and how *item* applies, and why."""
        return self.applicable.of(item)

    @cached_property
    def anchors(self) -> dict[str, date | None]:
        """The dates that due rules count from: created, kickoff, go_live, each gate's passing."""
        zone = ZoneInfo(self.engagement.time_zone)
        anchors = {
            "created": self.engagement.created_at.astimezone(zone).date(),
            "kickoff": self._date("kickoff"),
            "go_live": self._date("go_live"),
        }
        for gate in self.playbook.gates:
            anchors[f"gate_{gate.subphase}"] = None
        for record in self.records.gate_records:
            if record.kind != "decision" or not record.passes:
                continue
            gate = self.playbook.get(record.gate, Gate)
            if gate.guards is None:
                code = gate.subphase
                anchors[f"gate_{code}"] = record.at.astimezone(zone).date()
        return anchors

    def _date(self, name: str) -> date | None:
        value = self.profile.get(name)
        return date.fromisoformat(value) if value else None

    @cached_property
    def holidays(self) -> frozenset[date]:
        """Public holidays of the engagement's country, two years around today."""
        years = range(self.today.year - 1, self.today.year + 3)
        return holidays_of(self.engagement.country, tuple(years))

    def due(self, rule: Due | None) -> date | None:
        """The date of a due rule, never before the engagement's own beginning.

        None without a rule or while its anchor is unknown.
        """
        try:
            found = due_date(rule, self.anchors, self.holidays) if rule else None
        except OverflowError:  # counted from the last days that a calendar has
            return None
        created = self.anchors["created"]
        return max(found, created) if found and created else found

    @property
    def hypercare_weeks_added(self) -> int:
        """Weeks by which decisions at the gate have extended hypercare."""
        return int(self.profile.get("hypercare_extra") or 0)

    @cached_property
    def hypercare_ends(self) -> date | None:
        """The day on which the gate that can extend hypercare was passed.

        Before that the last of the weeks it asks readings of, or today once that is past. None
        while nobody knows when it begins.
        """
        for gate in self.playbook.gates:
            if any(outcome.effect == "extend" for outcome in gate.outcomes.values()):
                return self.anchors[f"gate_{gate.subphase}"] or self._expected_end(gate)
        return None

    def _expected_end(self, gate: Gate) -> date | None:
        checks = [check for line in gate.criteria.values() for check in line.checks]
        weeks = max((c.weeks for c in checks if isinstance(c, ReadingsTaken)), default=0)
        began = self.anchors["go_live"]
        try:
            end = began + timedelta(weeks=weeks + self.hypercare_weeks_added) if began else None
        except OverflowError:
            return None
        return max(end, self.today) if end else None

    def dates(self, rule: Recurrence, until: date) -> list[date]:
        """When *rule* falls, up to *until* and its own end; nothing while that is unknown."""
        if rule.until == "hypercare_ends":
            if self.hypercare_ends is None:
                return []
            until = min(until, self.hypercare_ends)
        try:
            return occurrences(rule, self.anchors, self.holidays, until)
        except OverflowError:  # counted from the last days that a calendar has
            return []

    @property
    def people(self) -> People:
        return self.records.people

    def find(self, check: Any) -> Finding:
        """Judge one check; a check nobody answers is not met."""
        # checks are content: they live as long as the process, and so do their ids
        return self.once(("check", id(check)), lambda: self._judge(check))

    def once(self, key: tuple[str, object], make: Callable[[], Value]) -> Value:
        """What *make* gives, made once where nothing changes any more."""
        if self.remember is None:
            return make()
        if key not in self.remember:
            self.remember[key] = make()
        found: Value = self.remember[key]
        return found

    def _judge(self, check: Any) -> Finding:
        function = self.checks.get(check.name)
        if function is None:
            return unmet([Lack(f"Nothing in this installation answers “{check.name}”.")])
        return function(check, self)

    def find_all(self, checks: tuple[Any, ...]) -> Finding:
        """Judge several checks together."""
        return together(self.find(check) for check in checks)

    def is_confirmed(self, key: str) -> bool:
        """Whether the input *key* has a value and stands CONFIRMED."""
        said = self.records.inputs.get(key)
        return said is not None and said.value not in (None, "", []) and said.standing == CONFIRMED

    def value(self, key: str) -> Any:
        """The value of an input, or its default."""
        said = self.records.inputs.get(key)
        if said is not None:
            return said.value
        item = self.playbook.items.get(key)
        return getattr(item, "default", None)

    def recorded_by(self, key: str) -> Gate | None:
        """The gate whose passing gives the input *key* its value, while it has none."""
        if self.value(key) not in (None, "", []):
            return None
        return next(
            (
                gate for gate in self.playbook.of(Gate)
                if any(outcome.asks == key for outcome in gate.outcomes.values())
                and self.applies(gate)
            ),
            None,
        )  # fmt: skip

    def shown(self, key: str) -> str:
        """The value of an input in words: titles of options, yes and no; empty if unknown."""
        return in_words(self.playbook, key, self.value(key))

    def words_for(self, key: str) -> str:
        """As ``shown``, for a profile input as this situation's profile has it (see previews)."""
        name = key.removeprefix(PROFILE)
        return in_words(self.playbook, key, self.profile.get(name))

    def names_of(self, role: str) -> str:
        """Names of the people who play *role* here, joined; empty when nobody does."""
        names = [member.user.name for member in self.records.members if member.role == role]
        names += [contact.name for contact in self.records.contacts if contact.role == role]
        return ", ".join(names)

    @cached_property
    def words(self) -> dict[str, str]:
        """What the playbook's placeholders stand for here; what nobody has said yet is named."""
        return placeholders(self)

    def text(self, text: str) -> str:
        """*text* of an item, its placeholders filled in."""
        return self.playbook.render(text, self.words)

    def plain(self, text: str) -> str:
        """The same for a line that is shown as it stands, not as Markdown."""
        return self.playbook.plain(text, self.words)

    @property
    def horizon(self) -> date:
        """How far ahead lists look by default: two weeks."""
        return self.today + timedelta(days=14)


def once_each(make: Callable[[Situation, Thing], Value]) -> Callable[[Situation, Thing], Value]:
    """What *make* finds of an item, found once where nothing changes any more."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def found(s: Situation, item: Thing) -> Value:
        return s.once((name, item.key), lambda: make(s, item))

    return found


DECIDING = ("flag", "choice", "choices")
"""The types of profile inputs that rules can name."""


@lru_cache(maxsize=512)
def view_of(playbook: Playbook, profile: tuple[tuple[str, Any], ...]) -> Applicable:
    """*playbook* as it applies to *profile*: a pure function of both, kept for the next request."""
    return Applicable(playbook, dict(profile))


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def in_words(playbook: Playbook, key: str, value: Any) -> str:
    """*value* of the input *key* in words; empty if nobody has said."""
    if value in (None, "", []):
        return ""
    options = playbook.options(playbook.get(key, Input))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(options[v].title if v in options else str(v) for v in value)
    return options[value].title if value in options else str(value)


PEOPLE = ("architect", "account_manager", "finance_lead", "revops_lead")
FACTS = {
    "billing_tool": "Q10.input.billing_tool",
    "crm": "Q3.input.crm",
    "erp": "Q3.input.erp_name",
}


def placeholders(s: Situation) -> dict[str, str]:
    """Values of the playbook's placeholders; unknown ones are named in words, never left empty."""
    names = {member.role: member.user.name for member in s.records.members}
    names |= {contact.role: contact.name for contact in s.records.contacts}
    found = {name: _unsaid(name, means) for name, means in s.playbook.placeholders.items()}
    found |= {name: names[name] for name in PEOPLE if name in names}
    found |= {
        name: shown
        for name, key in FACTS.items()
        if key in s.playbook.items and (shown := s.shown(key))
    }
    for name in ("kickoff", "go_live"):
        if at := s.anchors[name]:
            found[name] = f"{at.day} {at:%b %Y}"
    return found | {"firm": s.firm, "customer": s.engagement.customer}


def _unsaid(name: str, means: str) -> str:
    """``the CRM``: the placeholder in words, spelt as in its meaning."""
    spelt = re.search(name.replace("_", "[ -]"), means, re.IGNORECASE)
    return f"the {spelt[0] if spelt else name.replace('_', ' ')}"


def situation_of(
    playbook: Playbook, records: Records, checks: Mapping[str, CheckFunction], firm: str
) -> Situation:
    """The situation of the records' engagement, today in its own time zone."""
    return Situation(playbook, records, today_in(records.engagement.time_zone), checks, firm)
