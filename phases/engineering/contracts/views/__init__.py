"""The pages of contracts."""

from __future__ import annotations

from flask import Flask

from phases.engineering.contracts.views import conventions, edit, pages
from phases.engineering.contracts.views.frame import bp


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


__all__ = ["bp", "conventions", "edit", "init_app", "pages"]
