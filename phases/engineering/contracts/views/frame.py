"""What the pages of contracts share."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.db import db
from phases.engineering.contracts.models import ContractRecord
from phases.engineering.contracts.queries import find_contract

bp = Blueprint("contracts", __name__)

SUBPHASE = "2a"
"""Where contracts belong, for the question of who works on them."""


def session() -> Session:
    return cast(Session, db.session)


def to_work() -> None:
    """Refuse who may not work on contracts."""
    access.check("work", SUBPHASE)


def may_work() -> bool:
    return access.allowed("work", SUBPHASE)


def reading_only(place: str) -> ResponseReturnValue:
    """Lead who may not change contracts from a form to the page they may read."""
    flash("Your role reads contracts; the team of this engagement changes them.", "warning")
    return redirect(place)


def the_contract(contract_id: int) -> ContractRecord:
    return find_contract(session(), g.engagement, contract_id)


def to_change(contract_id: int) -> ContractRecord:
    """The contract, if the person may work on it."""
    to_work()
    return the_contract(contract_id)


def address(record: ContractRecord, **values: Any) -> str:
    """The address of a contract's page."""
    return url_for("contracts.page", slug=g.engagement.slug, contract_id=record.id, **values)


def sent_version() -> int | None:
    return request.form.get("version", type=int)


def list_crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """Where a page lies below the list."""
    slug = g.engagement.slug
    return [
        {"label": "Engineering", "href": f"/e/{slug}/engineering"},
        {"label": "Contracts", "href": url_for("contracts.index", slug=slug)},
        *more,
    ]
