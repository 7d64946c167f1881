"""The pages of registers."""

from __future__ import annotations

from flask import Flask

from phases.mechanisms.register.views import beside, bulk, offers, rows, starting, tables
from phases.mechanisms.register.views.frame import bp


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


__all__ = ["beside", "bp", "bulk", "init_app", "offers", "rows", "starting", "tables"]
