"""The playbook to read."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.errors import Missing
from playbook.book import Playbook

bp = Blueprint("playbook_pages", __name__)


@bp.get("/playbook")
@staff("look")
def index() -> ResponseReturnValue:
    playbook = _newest()
    sought = request.args.get("q", "").strip()[:100].lower()
    found = [
        item
        for item in playbook.items.values()
        if sought
        and (
            sought in item.title.lower()
            or sought in item.text.lower()
            or sought in item.key.lower()
        )
    ]
    return render_template(
        "portfolio/playbook.html",
        playbook=playbook,
        sought=sought,
        found=found[:60],
        count=len(found),
    )


@bp.get("/playbook/<key>")
@staff("look")
def item(key: str) -> ResponseReturnValue:
    playbook = _newest()
    if key not in playbook.items:
        raise Missing
    found = playbook.get(key)
    return render_template(
        "portfolio/playbook_item.html",
        playbook=playbook,
        item=found,
        inner=list(found.inner()),
        values=playbook.placeholders,
    )


def _newest() -> Playbook:
    name = current_app.config["PLAYBOOK_NAME"]
    return cast(Playbook, current_app.extensions["library"].latest(name))
