"""The page of a register, whatever was asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.db import db
from phases.mechanisms.notes import note_of
from phases.mechanisms.page import current
from phases.mechanisms.register import links, queries, tables
from phases.mechanisms.register.diagram import Drawing, drawing
from phases.mechanisms.register.forms import ImportForm, RowForm, people, row_form
from phases.mechanisms.register.history import history_of
from phases.mechanisms.register.listing import Asked, listing, page_of, told
from phases.mechanisms.register.mix import mix_view
from phases.mechanisms.register.moving import can_move
from phases.mechanisms.register.offers import Offered, offered, offered_from
from phases.mechanisms.register.queries import RowView, find_row, register_of, row_views
from phases.mechanisms.register.ranks import explained, ranks
from phases.mechanisms.register.starting import starters_of
from phases.mechanisms.register.values import NUMBERS, is_empty, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Register

bp = Blueprint("register", __name__)


@dataclass(frozen=True)
class Preview:
    """A table that was read but not imported: its head, its lines, and what is wrong."""

    head: tuple[str, ...]
    lines: tuple[PreviewLine, ...]
    problems: tuple[str, ...]

    @property
    def added(self) -> int:
        return sum(line.adds for line in self.lines)

    @property
    def changed(self) -> int:
        return sum(line.changes for line in self.lines)


@dataclass(frozen=True)
class PreviewLine:
    """One line: its cells, each with what is wrong with it, and what it would do."""

    number: int
    cells: tuple[tuple[str, str], ...]
    adds: bool
    changes: bool


def session() -> Session:
    return cast(Session, db.session)


def to_work_on(key: str) -> Register:
    """The register, if the person may work on it."""
    register = register_of(current(), key)
    access.check("work", register.subphase)
    return register


def address(register: Register, **values: Any) -> str:
    """The address of the register's page."""
    return url_for("register.page", slug=g.engagement.slug, key=register.key, **values)


def back_to(register: Register, ref: str) -> str:
    """The address on which a row stands, filtered as before where it still shows."""
    rows = row_views(current(), register)
    asked = Asked.of(register, request.args)
    page = page_of(register, rows, asked, ref)
    if page is None:
        asked = Asked({}, sort=asked.sort)
        page = page_of(register, rows, asked, ref)
    at = find_row(current(), register, ref).anchor if page else None
    return address(register, _anchor=at, **asked.args(page=page if page and page > 1 else None))


def back(register: Register, **more: Any) -> str:
    """The address of the page that was looked at."""
    asked = Asked.of(register, request.args)
    return address(register, **asked.args(page=asked.page if asked.page > 1 else None, **more))


def register_page(
    register: Register, view: RowView | None = None, *, edit: RowForm | None = None,
    add: RowForm | None = None, bring: ImportForm | None = None, preview: Preview | None = None,
    wrong: str = "",
) -> str:  # fmt: skip
    """The page, with the row in *view* open."""
    s = current()
    rows = row_views(s, register)
    asked = Asked.of(register, request.args)
    may_work = access.allowed("work", register.subphase)
    may_change = may_work and not register.append_only
    how = s.applicability(register)
    may_add = may_work and how.applies and not register.fixed
    adding = add is not None or "add" in request.args
    if add is None and may_add and (adding or not rows):
        add = row_form(s, register, like=_like(s, register))
    shows = listing(register, rows, _at(register, rows, asked, view))
    return render_template(
        "register/register.html", s=s, register=register, how=how,
        subphase=s.playbook.subphase(register.subphase), numbers=NUMBERS,
        columns=_columns(register, rows, title_column(register)), shows=shows, asked=asked,
        told=told(register, asked), away=queries.not_applicable(s, register), open=view,
        history=history_of(session(), s, view) if view and view.version else [],
        edit=edit or (row_form(s, register, view) if view and may_change else None),
        add=add, adding=adding, may_add=may_add, bring=bring or ImportForm(),
        bringing=bring is not None,
        preview=preview, may_work=may_work, may_change=may_change,
        removed=request.args.get("removed", ""), wrong=wrong, people=people(s, None),
        figure=figure_of(drawing(register, rows)), pair=pair_of(s, register),
        moves=may_change and can_move(register),
        starters=starters_of(s, register) if may_change and not asked.any else [],
        columns_known=tables.columns_of(register), here=partial(_here, address(register)),
        query=_query(asked, shows.number), rests=lambda refs: links.views(s, refs or ()),
        resting=_resting(s, view), origin=_origin(s, view), ranks=ranks(register, rows),
        ranking=explained(register),
        offers=_offers(s, register, asked) if may_work else [],
        note=note_of(s, register.key) if may_work and not asked.any else None,
        mix=None if asked.any else mix_view(register, rows),
    )  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A drawing ready for a page: its top, which stays in sight, itself, and what is odd."""

    head: Markup
    svg: Markup
    notes: tuple[str, ...]


def figure_of(found: Drawing | None) -> Figure | None:
    """The drawing as it is put into a page; its words were escaped when it was drawn."""
    if found is None:
        return None
    return Figure(Markup(found.head), Markup(found.body or found.svg), found.notes)  # noqa: S704


def pair_of(s: Situation, register: Register) -> tuple[Register, Register] | None:
    """The two maps that stand side by side, *register* one of them: that of today first."""
    for then in s.playbook.registers:
        if then.beside and register.key in (then.key, then.beside):
            now = register_of(s, then.beside)
            return (now, then) if s.applies(now) and s.applies(then) else None
    return None


def _offers(s: Situation, register: Register, asked: Asked) -> list[Offered]:
    """What this register is offered, and what it offers to others; not where rows are filtered."""
    if asked.any or not s.applies(register):
        return []
    every = [offered(s, register), *offered_from(s, register)]
    return [one for one in every if one.count]


def _at(register: Register, rows: list[RowView], asked: Asked, view: RowView | None) -> Asked:
    """What is asked for, turned to where the open row stands, whatever is filtered by."""
    if view is None:
        return asked
    page = page_of(register, rows, asked, view.ref)
    if page is None:
        asked = Asked({}, sort=asked.sort)
        page = page_of(register, rows, asked, view.ref) or 1
    return Asked(asked.filters, asked.words, asked.sort, page)


def _like(s: Situation, register: Register) -> RowView | None:
    ref = request.args.get("like", "")
    return find_row(s, register, ref) if ref else None


def _origin(s: Situation, view: RowView | None) -> links.LinkView | None:
    if view is None:
        return None
    return links.origins(s).get(links.ref_of_row(view.register, view.ref, view.seed))


def _resting(s: Situation, view: RowView | None) -> list[links.LinkView]:
    if view is None:
        return []
    return links.resting_on(s, links.ref_of_row(view.register, view.ref, view.seed))


def _here(at: str, /, **args: Any) -> str:
    """The page's address with *args*, made without asking the map of addresses each time."""
    said = {name: value for name, value in args.items() if value is not None}
    return f"{at}?{urlencode(said)}" if said else at


def _query(asked: Asked, number: int) -> dict[str, Any]:
    return asked.args(page=number if number > 1 else None)


def _columns(register: Register, rows: list[RowView], named: str) -> dict[str, Any]:
    """The columns to show: not those without any value, nor the one that only repeats the title."""
    said = {name for row in rows for name, value in row.raw.items() if not is_empty(value)}
    if all(row.raw.get(named) in (row.title, None) for row in rows):
        said.discard(named)
    return {name: column for name, column in register.columns.items() if name in said}
