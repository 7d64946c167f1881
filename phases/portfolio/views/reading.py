"""The playbook to read: by phase, by role, by part; and an item as it stands in an engagement."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.errors import Missing
from phases.mechanisms.naming import place_of
from phases.mechanisms.page import current
from phases.portfolio import reading
from playbook.book import Playbook
from playbook.models import Item

bp = Blueprint("playbook_pages", __name__)

VIEWS = {"phase": "By phase", "role": "By role", "part": "By part"}
MOST_FOUND = 60


@bp.get("/playbook")
@staff("look")
def index() -> ResponseReturnValue:
    playbook = _newest()
    sought = request.args.get("q", "").strip()[:100]
    by = request.args.get("by", "phase")
    found = search(playbook, sought) if sought else []
    return render_template(
        "portfolio/playbook.html",
        playbook=playbook,
        sought=sought,
        found=found[:MOST_FOUND],
        count=len(found),
        by=by if by in VIEWS else "phase",
        views=VIEWS,
        parts=reading.parts(playbook) if by == "part" else [],
        duties=reading.duties,
    )


def search(playbook: Playbook, sought: str) -> list[Item]:
    """Items with every word of *sought* in title, text or key; those with all in the title first.

    Asks nothing of the database.
    """
    words = sought.lower().split()
    ranked = []
    for item in playbook.items.values():
        title = item.title.lower()
        everything = f"{title} {item.text.lower()} {item.key.lower()}"
        if all(word in everything for word in words):
            ranked.append((not all(word in title for word in words), item))
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]


@bp.get("/playbook/<key>")
@staff("look")
def item(key: str) -> ResponseReturnValue:
    playbook = _newest()
    found = _item(playbook, key)
    return _page(playbook, found, playbook.placeholders)


@bp.get("/e/<slug>/playbook/<key>")
@staff("read")
def item_here(slug: str, key: str) -> ResponseReturnValue:
    """As the engagement's own version has it, with its names in place, and where it is used."""
    s = current()
    found = _item(s.playbook, key)
    return _page(
        s.playbook, found, s.words, how=s.applicability(found), place=place_of(s, key), s=s,
        base=f"/e/{g.engagement.slug}",
    )  # fmt: skip


def _item(playbook: Playbook, key: str) -> Item:
    if key not in playbook.items:
        raise Missing
    return playbook.get(key)


def _page(playbook: Playbook, found: Item, values: object, **here: object) -> str:
    mentions = [playbook.get(key) for key in playbook.mentions.get(found.key, ())]
    return render_template(
        "portfolio/playbook_item.html",
        playbook=playbook,
        item=found,
        inner=list(found.inner()),
        values=values,
        facts=reading.facts(playbook, found),
        facts_of=reading.facts,
        mentions=mentions,
        topic=playbook.topics.get(found.key.partition(".")[0]),
        **{"how": None, "place": "", "s": None, "base": "", **here},
    )


def _newest() -> Playbook:
    name = current_app.config["PLAYBOOK_NAME"]
    return cast(Playbook, current_app.extensions["library"].latest(name))
