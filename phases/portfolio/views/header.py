"""The header of every page of an engagement, from its projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from markupsafe import Markup

from phases.core.access import allowed
from phases.core.models import Engagement

MOST_DRAWN = 2000


@dataclass(frozen=True)
class Header:
    """Customer, phase, health and why, next date, tabs."""

    customer: str
    slug: str
    summary: Any
    rail: Any
    tabs: list[dict[str, Any]]
    may_work: bool


@dataclass(frozen=True)
class Rail:
    """The rail with addresses filled in."""

    phases: list[dict[str, Any]]


def rail_of(stored: list[dict[str, Any]], slug: str) -> Rail:
    """The stored rail with each mark's and gate's address."""
    base = f"/e/{slug}"
    phases = []
    for phase in stored:
        href = f"{base}/{phase['slug']}"
        gate = phase["gate"]
        phases.append(
            {
                **phase,
                "href": href,
                "marks": [{**mark, "href": f"{href}#{mark['code']}"} for mark in phase["marks"]],
                "gate": gate and {**gate, "href": f"{base}/gate/{gate['code']}"},
            }
        )
    return Rail(phases)


DRAWN: dict[tuple[object, ...], Markup] = {}
"""Small rails by playbook and by the states of their marks, on which all else of them rests."""


def small_rail(stored: list[dict[str, Any]], engagement: Engagement) -> Markup:
    """The small rail of a portfolio's row; rails that look alike are drawn once."""
    marks = (mark for phase in stored for mark in phase["marks"])
    states = tuple(mark["state"] + mark["mode"] for mark in marks)
    gates = tuple(phase["gate"]["state"] for phase in stored if phase["gate"])
    key = (engagement.playbook_name, engagement.playbook_version, states, gates)
    if key not in DRAWN:
        if len(DRAWN) >= MOST_DRAWN:
            DRAWN.clear()
        macros: Any = current_app.jinja_env.get_template("macros/rail.html").module
        DRAWN[key] = macros.phase_rail({"phases": stored}, "small")
    return DRAWN[key]


def engagement_header() -> Header:
    """The header of the engagement that this request is about."""
    engagement, summary = g.engagement, g.engagement.summary
    slug = engagement.slug
    tabs = [("Overview", url_for("engagement.overview", slug=slug))]
    tabs += [(p["title"], f"/e/{slug}/{p['slug']}") for p in summary.rail]
    tabs += [
        ("Inputs", f"/e/{slug}/inputs"),
        ("Versions", f"/e/{slug}/versions"),
        ("People", f"/e/{slug}/people"),
        ("Homework", f"/e/{slug}/homework"),
        ("Documents", f"/e/{slug}/documents"),
        ("History", f"/e/{slug}/history"),
    ]
    return Header(
        engagement.customer,
        slug,
        summary,
        rail_of(summary.rail, slug),
        [{"label": label, "href": href, "active": is_active(href, slug)} for label, href in tabs],
        allowed("work"),
    )


def is_active(href: str, slug: str) -> bool:
    """Whether a tab is the page shown, or the page shown lies below it."""
    if href == f"/e/{slug}/":
        return request.path == href
    return request.path == href or request.path.startswith(href + "/")
