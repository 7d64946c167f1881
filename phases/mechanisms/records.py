"""All that has been said of one engagement: set by set, each in one query, when first read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.facts import People
from phases.core.models import (
    AssessmentVersion,
    Contact,
    Engagement,
    GateRecord,
    Input,
    IssuedDocument,
    Member,
    StoredFile,
)
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.loading import Loader
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.register.models import Row
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.sheet.models import SignOff, Wording
from phases.mechanisms.trigger.models import Trip
from phases.mechanisms.writing.models import PassageRecord

SETS = (
    "inputs",
    "steps",
    "answers",
    "forms",
    "wordings",
    "sign_offs",
    "rows",
    "cells",
    "readings",
    "occurrences",
    "trips",
    "meetings",
    "passages",
    "issued",
    "members",
    "contacts",
    "files",
    "gate_records",
    "versions",
    "asks",
)
LISTS = ("sign_offs", "issued", "members", "contacts", "gate_records", "versions", "asks")
"""Those that are lists; the others are by key."""

ORDER = ("position", "id")
"""The order of a register's rows."""


class SomeRows(dict[str, list[Row]]):
    """Rows of the registers that were asked for; those of another are read when it is."""

    def __init__(
        self, rows: dict[str, list[Row]], registers: Iterable[str],
        read: Callable[[str], list[Row]],
    ) -> None:  # fmt: skip
        super().__init__(rows)
        self.registers = set(registers)
        self._read = read

    def _ask(self, key: str) -> None:
        if key in self.registers:
            return
        self.registers.add(key)
        if rows := self._read(key):
            self[key] = rows

    def get(self, key: str, default: Any = None) -> Any:
        """The rows of one register, read if they were left out."""
        self._ask(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._ask(str(key))
        return super().__contains__(key)


class Records:
    """The rows of one engagement. Reading a set loads it once; nothing else is loaded.

    Where nothing is going to be changed, ``plain`` rows do (see ``loading``).
    """

    def __init__(
        self, engagement: Engagement, session: Session | None, *, plain: bool = False
    ) -> None:
        self.engagement = engagement
        self.session = session
        self._plain = plain

    @cached_property
    def _loader(self) -> Loader:
        assert self.session is not None
        return Loader(self.session, self.engagement.id, plain=self._plain)

    @classmethod
    def of(cls, engagement: Engagement, **sets: Any) -> Records:
        """Records from values at hand, without a database; sets not given are empty."""
        records = cls(engagement, None)
        for name in SETS:
            empty: Any = [] if name in LISTS else {}
            records.__dict__[name] = sets.pop(name, empty)
        if sets:
            raise TypeError(f"no such records: {', '.join(sets)}")
        return records

    def forget(self, *names: str) -> None:
        """Have the sets *names* read again when next asked for; services call it after a change."""
        if self.session is not None:
            self._loader.forget()
            for name in names:
                self.__dict__.pop(name, None)

    def narrow(self, *registers: str) -> None:
        """Load the rows of *registers* only, for a page that hardly needs those of the others."""
        self.__dict__["_registers"] = registers
        self.forget("_all_rows", "rows", "removed_seeds", "row_index")

    def keep(self, row: Row) -> None:
        """Have *row*, which was just written, stand in its place; nothing is read again."""
        if self.session is None:
            return
        if "_all_rows" in self.__dict__:
            rows = [other for other in self._all_rows if other is not row]
            self._all_rows = sorted([*rows, row], key=lambda other: (other.position, other.id))
        self.forget("rows", "removed_seeds", "row_index")

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """By key."""
        return {row.key: row for row in self._loader.all(Input)}

    @cached_property
    def steps(self) -> dict[str, StepRecord]:
        """By the step's key."""
        return {row.key: row for row in self._loader.all(StepRecord)}

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """By the question's key."""
        return {row.key: row for row in self._loader.all(Answer)}

    @cached_property
    def forms(self) -> dict[str, FormRecord]:
        """By the form's key."""
        return {row.key: row for row in self._loader.all(FormRecord)}

    @cached_property
    def wordings(self) -> dict[str, Wording]:
        """By the statement's key."""
        return {row.key: row for row in self._loader.all(Wording)}

    @cached_property
    def sign_offs(self) -> list[SignOff]:
        """The last of each statement and role, oldest first, without what was signed."""
        return self._loader.latest(SignOff, "sheet", "statement", "role")

    def signed(self, said: SignOff) -> str:
        """What exactly *said* is about."""
        return self._signed[said.id] if self._plain else said.content

    @cached_property
    def _signed(self) -> dict[int, str]:
        rows = self._loader.columns(SignOff, "id", "content")
        return {row.id: row.content for row in rows}

    @cached_property
    def _registers(self) -> tuple[str, ...] | None:
        """The registers whose rows are loaded; None for all."""
        return None

    @cached_property
    def _all_rows(self) -> list[Row]:
        if self._registers is None:
            return self._loader.all(Row, *ORDER)
        return self._loader.where(Row, "register", self._registers, *ORDER)

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Rows of each register, in order of position; removed ones left out."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._all_rows:
            if row.removed_at is None:
                found[row.register].append(row)
        if self._registers is None:
            return dict(found)
        return SomeRows(found, self._registers, self._rows_of)

    def _rows_of(self, register: str) -> list[Row]:
        """The rows of one register that had been left out; removed ones are noted as such."""
        found = self._loader.where(Row, "register", [register], *ORDER)
        self._all_rows = [*self._all_rows, *found]
        self.__dict__.pop("removed_seeds", None)
        self.__dict__.pop("row_index", None)
        return [row for row in found if row.removed_at is None]

    @cached_property
    def row_index(self) -> dict[tuple[str, str], Row]:
        """Every row, removed ones too, by its register and ``r`` and its id, or its seed's key."""
        stored = [row for rows in self.rows.values() for row in rows]
        every = stored if self.session is None else self._all_rows
        found = {(row.register, f"r{row.id}"): row for row in every}
        return found | {(row.register, row.seed): row for row in every if row.seed}

    @cached_property
    def removed_seeds(self) -> set[str]:
        """Keys of seed rows that were taken out."""
        if self.session is None:
            return set()
        return {row.seed for row in self._all_rows if row.seed and row.removed_at is not None}

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """By matrix."""
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in self._loader.all(Cell):
            found[cell.matrix].append(cell)
        return dict(found)

    @cached_property
    def readings(self) -> dict[str, list[Reading]]:
        """By metric, oldest period first."""
        found: dict[str, list[Reading]] = defaultdict(list)
        for reading in self._loader.all(Reading, "period"):
            found[reading.metric].append(reading)
        return dict(found)

    @cached_property
    def occurrences(self) -> dict[tuple[str, Any], OccurrenceRecord]:
        """By task and due date."""
        return {(row.task, row.due): row for row in self._loader.all(OccurrenceRecord)}

    @cached_property
    def meetings(self) -> dict[str, list[MeetingRecord]]:
        """By the meeting's key, in order of number."""
        found: dict[str, list[MeetingRecord]] = defaultdict(list)
        for row in self._loader.all(MeetingRecord, "number"):
            found[row.meeting].append(row)
        return dict(found)

    @cached_property
    def passages(self) -> dict[str, PassageRecord]:
        """Sections of texts, by key."""
        return {row.key: row for row in self._loader.all(PassageRecord)}

    @cached_property
    def trips(self) -> dict[str, list[Trip]]:
        """By trigger, oldest day first."""
        found: dict[str, list[Trip]] = defaultdict(list)
        for trip in self._loader.all(Trip, "on"):
            found[trip.trigger].append(trip)
        return dict(found)

    @cached_property
    def issued(self) -> list[IssuedDocument]:
        """Oldest first; the frozen context is loaded only where it is asked for."""
        return self._loader.all(IssuedDocument, "key", "number")

    @cached_property
    def members(self) -> list[Member]:
        """With their users."""
        return self._loader.all(Member)

    @cached_property
    def contacts(self) -> list[Contact]:
        """Those not removed."""
        return [contact for contact in self._loader.all(Contact) if contact.removed_at is None]

    @cached_property
    def files(self) -> dict[str, list[StoredFile]]:
        """Claimed uploads, by what claimed them (a question's key, a row's ref)."""
        found: dict[str, list[StoredFile]] = defaultdict(list)
        for file in self._loader.all(StoredFile):
            if file.claimed_by and file.removed_at is None:
                found[file.claimed_by].append(file)
        return dict(found)

    @cached_property
    def gate_records(self) -> list[GateRecord]:
        """Attestations, waivers and decisions, oldest first."""
        return self._loader.all(GateRecord)

    @cached_property
    def versions(self) -> list[AssessmentVersion]:
        """Of the assessment, oldest first; what each holds is loaded only where it is asked for."""
        return self._loader.all(AssessmentVersion)

    def content_of(self, version: AssessmentVersion) -> Any:
        """What a version holds; read when it is asked for."""
        if not self._plain:
            return version.content
        assert self.session is not None
        at = AssessmentVersion
        held = at.id == version.id, at.engagement_id == self.engagement.id
        return self.session.scalar(select(at.content).where(*held))

    @cached_property
    def asks(self) -> list[Ask]:
        """Who was asked for what by name, oldest first."""
        return self._loader.all(Ask)

    @cached_property
    def people(self) -> People:
        """Names of members and contacts by ref."""
        names = {member.user.ref: member.user.name for member in self.members}
        names |= {contact.ref: contact.name for contact in self.contacts}
        return People(names)
