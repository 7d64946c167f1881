"""The frame of every customer page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, g, url_for
from sqlalchemy.orm import Session

from phases.core.db import db
from phases.core.mail import settings

bp = Blueprint("portal", __name__)


@dataclass(frozen=True)
class Portal:
    """Whose page this is."""

    home_href: str
    leave_url: str
    customer_name: str
    contact_name: str
    firm_name: str


def session() -> Session:
    return cast(Session, db.session)


@bp.app_context_processor
def frame() -> dict[str, Any]:
    """What ``base_customer.html`` shows; nobody's before a link was opened."""
    grant = g.get("grant")
    if grant is None:
        return {"portal": None, "firm_name": settings().firm_name}
    portal = Portal(
        url_for("portal.home", ref=grant.ref), url_for("portal.leave", ref=grant.ref),
        g.engagement.customer, g.contact.name, settings().firm_name,
    )  # fmt: skip
    return {"portal": portal, "firm_name": portal.firm_name}
