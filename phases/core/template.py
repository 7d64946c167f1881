"""What every template may use: filters, and the frame's context."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from babel import Locale
from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markdown import Markdown
from markupsafe import Markup

from phases.core.clock import now
from phases.core.settings import Settings

TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "a",
    "blockquote",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "del",
}


def init_app(app: Flask) -> None:
    """Register filters, globals and the frame's context with *app*'s templates."""
    app.jinja_env.filters.update(
        day=day,
        when=when,
        clock=clock,
        markdown=markdown,
        amount=amount,
        sentence=sentence,
        country=country,
        listed=listed,
    )
    app.jinja_env.globals.update(once=once, today=date.today)
    app.context_processor(frame)


def day(value: date | datetime | str | None, weekday: bool = True) -> str:
    """A date as ``Fri 20 Nov 2026``; empty for none."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    return f"{value:%a} {value.day} {value:%b %Y}" if weekday else f"{value.day} {value:%b %Y}"


def when(value: datetime | None) -> str:
    """An instant as ``20 Nov 2026, 10:42`` in the engagement's time zone."""
    return "" if value is None else _when(value, zone())


@lru_cache(maxsize=4096)
def _when(value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def clock(value: datetime | None) -> str:
    """An instant as ``10:42``, with the date before it if that is not today."""
    if value is None:
        return ""
    local = value.astimezone(zone())
    return f"{local:%H:%M}" if local.date() == now().astimezone(zone()).date() else when(value)


def zone() -> ZoneInfo:
    """The zone that times are shown in: the engagement's, else the installation's."""
    if (engagement := g.get("engagement")) is not None:
        return ZoneInfo(engagement.time_zone)
    settings: Settings = current_app.config["SETTINGS"]
    return ZoneInfo(settings.time_zone)


@lru_cache(maxsize=4096)
def markdown(text: str | None) -> Markup:
    """Markdown as safe HTML: an allow-list of tags, no images, links to https and mailto only."""
    html = Markdown(extensions=["sane_lists", "tables"]).convert(text or "")
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 - cleaned by the allow-list just above


def amount(value: Decimal | float | str | None, digits: int = 2) -> str:
    """A number with thousands marks and *digits* decimals."""
    return "" if value is None or value == "" else f"{Decimal(str(value)):,.{digits}f}"


def country(code: str) -> str:
    """A country's English name; the code itself where there is none."""
    return Locale("en").territories.get(code, code)


def listed(words: Iterable[str], last: str = "and") -> str:
    """``Finance, RevOps and IT``."""
    *start, end = [*words] or [""]
    return f"{', '.join(start)} {last} {end}" if start else end


def sentence(text: str) -> str:
    """*text* with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def once() -> str:
    """A key for one rendering of one form."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class NavItem:
    """A place in the rail at the left."""

    label: str
    href: str
    active: bool
    icon: str


@dataclass(frozen=True)
class Nav:
    """What the staff frame shows."""

    items: tuple[NavItem, ...]
    user_name: str
    user_id: int
    logout_url: str
    firm_name: str
    settings: bool
    mail_notice: str | None
    mail_href: str
    csrf_token: str
    profile_href: str


def frame() -> dict[str, Any]:
    """The context of the staff frame, where somebody is logged in."""
    user = g.get("user")
    if user is None:
        return {}
    settings: Settings = current_app.config["SETTINGS"]
    places = [
        ("My work", "/", "work"),
        ("Engagements", "/engagements", "engagements"),
        ("Accounts", "/accounts", "accounts"),
        ("Playbook", "/playbook", "playbook"),
    ]
    admin = user.is_a("admin")
    if admin:
        places.append(("Settings", "/settings", "settings"))
    items = tuple(NavItem(label, href, is_at(href), icon) for label, href, icon in places)
    notice = None
    if admin and not settings.sends_mail:
        notice = "No outgoing mail is set up: messages are kept for you to read and pass on."
    return {
        "nav": Nav(
            items,
            user.name,
            user.id,
            "/logout",
            settings.firm_name,
            admin,
            notice,
            "/settings/outgoing",
            generate_csrf(),
            url_for("account.profile"),
        )
    }


def is_at(href: str) -> bool:
    """Whether the page shown lies at or below *href*."""
    path = request.path
    if href == "/":
        return path == "/"
    if href == "/engagements" and path.startswith("/e/"):
        return True
    return path == href or path.startswith(href + "/")
