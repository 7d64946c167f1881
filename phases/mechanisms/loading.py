"""How the rows of one engagement come from the database: to be changed, or only to be read.

Rows that are only read come as plain tuples under the same names, without what changing one takes:
a page shows hundreds. Always loaded whole are people, whom rows name through their users.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, inspect, literal, select, union_all
from sqlalchemy.orm import Session

from phases.core.models import AssessmentVersion, Contact, GateRecord, Input, Member
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.sheet.models import Wording
from phases.mechanisms.trigger.models import Trip
from phases.mechanisms.writing.models import PassageRecord

Model = Any  # a mapped class; mypy takes type[Any] for unhashable

WHOLE: tuple[Model, ...] = (Member, Contact)

TOGETHER: tuple[tuple[Model, ...], ...] = (
    (Input, GateRecord), (Answer, FormRecord, Ask), (OccurrenceRecord, Trip),
    (MeetingRecord, AssessmentVersion, StepRecord), (PassageRecord, Wording, Cell),
)  # fmt: skip
"""Small tables that the same pages read: whichever is asked for first brings the other along."""


class Loader:
    """Reads the tables of one engagement; ``plain`` where nothing is going to be changed."""

    def __init__(self, session: Session, engagement: int, *, plain: bool) -> None:
        self.session = session
        self.engagement = engagement
        self.plain = plain
        self._waiting: dict[Model, list[Any]] = {}
        self._brought: set[Model] = set()

    def all(self, model: Model, *order: str) -> list[Any]:
        """Every row of *model*, ordered by the columns named."""
        order = order or ("id",)
        if model not in self._brought:
            self._bring(next((group for group in TOGETHER if model in group), ()))
        if model in self._waiting:
            return sorted(self._waiting.pop(model), key=attrgetter(*order))
        return self._read(_query(model, order, plain=self._is_plain(model)), model)

    def where(self, model: Model, column: str, values: Iterable[str], *order: str) -> list[Any]:
        """The rows of *model* whose *column* has one of *values*."""
        query = _query(model, order, column, plain=self._is_plain(model))
        return self._read(query, model, values=list(values))

    def latest(self, model: Model, *by: str) -> list[Any]:
        """Of the rows of *model* that are alike in the columns *by* the one added last."""
        return self._read(_latest(model, by, plain=self._is_plain(model)), model)

    def columns(self, model: Model, *names: str) -> list[Any]:
        """Some columns of every row of *model*."""
        at = model.__table__.columns
        query = select(*(at[name] for name in names)).where(at.engagement_id == self.engagement)
        return list(self.session.execute(query))

    def forget(self) -> None:
        """What came along with other rows is read again when asked for, each table by itself."""
        self._waiting.clear()

    def _is_plain(self, model: Model) -> bool:
        return self.plain and model not in WHOLE

    def _read(self, query: Select[Any], model: Model, **values: Any) -> list[Any]:
        found = self.session.execute(query, {"engagement": self.engagement, **values})
        if not self._is_plain(model):
            return list(found.scalars())
        return list(map(plain(model)._make, found.all()))

    def _bring(self, group: tuple[Model, ...]) -> None:
        """Read the tables of *group* in one query: a row holds one of one table, or of none."""
        if not group:
            return
        self._waiting.update({model: [] for model in group})
        self._brought.update(group)
        given = {"engagement": self.engagement}
        parts = _parts(group, plain=self.plain)
        for row in self.session.execute(_together(group, plain=self.plain), given).all():
            model, first, end = parts[row[0]]
            if row[first] is not None:
                one = plain(model)._make(row[first:end]) if self.plain else row[first]
                self._waiting[model].append(one)


@cache
def plain(model: Model) -> Any:
    """A row of *model* to be read only; columns that are loaded on demand are not among it."""
    attributes = inspect(model).column_attrs
    return namedtuple(model.__name__, [one.key for one in attributes if not one.deferred])


def plain_of(row: Any) -> Any:
    """*row* as it is now, to be read only."""
    model: Model = type(row)
    kind = plain(model)
    return kind._make(getattr(row, name) for name in kind._fields)


def _what(model: Model, *, plain: bool) -> tuple[Any, ...]:
    return _columns(model) if plain else (model,)


@cache
def _columns(model: Model) -> tuple[Any, ...]:
    names = inspect(model).columns
    return tuple(names[name] for name in plain(model)._fields)


@cache
def _query(model: Model, order: tuple[str, ...], column: str = "", *, plain: bool) -> Select[Any]:
    """The rows of *model*, made once: what SQLAlchemy finds out about a query it keeps with it."""
    at = model.__table__.columns
    query = select(*_what(model, plain=plain)).order_by(*(at[name] for name in order))
    query = query.where(at.engagement_id == bindparam("engagement"))
    return query.where(at[column].in_(bindparam("values", expanding=True))) if column else query


@cache
def _latest(model: Model, by: tuple[str, ...], *, plain: bool) -> Select[Any]:
    at = model.__table__.columns
    own = at.engagement_id == bindparam("engagement")
    last = select(func.max(at.id)).where(own).group_by(*(at[name] for name in by))
    return _query(model, ("id",), plain=plain).where(at.id.in_(last))


@cache
def _together(group: tuple[Model, ...], *, plain: bool) -> Select[Any]:
    kinds = union_all(*(select(literal(n).label("kind")) for n in range(len(group)))).subquery()
    what = [one for model in group for one in _what(model, plain=plain)]
    query = select(kinds.c.kind, *what).select_from(kinds)
    for n, model in enumerate(group):
        own = case((kinds.c.kind == n, bindparam("engagement", type_=Integer)))
        table = model.__table__
        query = query.outerjoin(table, table.columns.engagement_id == own)
    return query


@cache
def _parts(group: tuple[Model, ...], *, plain: bool) -> tuple[tuple[Model, int, int], ...]:
    """Where each table's columns stand in a row of ``_together``, the first naming the table."""
    found, at = [], 1
    for model in group:
        end = at + len(_what(model, plain=plain))
        found.append((model, at, end))
        at = end
    return tuple(found)
