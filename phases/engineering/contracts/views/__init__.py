"""The pages of contracts."""

from __future__ import annotations

from flask import Flask

from phases.engineering.contracts.views import conventions, edit, imports, pages
from phases.engineering.contracts.views.frame import bp


def init_app(app: Flask) -> None:
    """Register the pages, and what the worker reads."""
    imports.register_runs()
    app.register_blueprint(bp)


__all__ = ["bp", "conventions", "edit", "imports", "init_app", "pages"]
