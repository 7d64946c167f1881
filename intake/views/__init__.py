"""The customer's side: pages by link, on a phone, in minutes."""

from __future__ import annotations

from flask import Flask

from intake.views import answers, documents, handing, home, links, maintenance, registers, sheets
from intake.views.frame import bp


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


__all__ = [
    "answers",
    "bp",
    "documents",
    "handing",
    "home",
    "init_app",
    "links",
    "maintenance",
    "registers",
    "sheets",
]
