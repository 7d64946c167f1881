"""The pages of contracts."""

from __future__ import annotations

from flask import Flask

from phases.engineering.contracts.payloads import REGISTER
from phases.engineering.contracts.views import conventions, edit, imports, pages, payloads
from phases.engineering.contracts.views.frame import bp
from phases.mechanisms.notes import register_note


def init_app(app: Flask) -> None:
    """Register the pages, what the worker reads, and what payloads offer."""
    imports.register_runs()
    register_note(REGISTER, payloads.note)
    app.register_blueprint(bp)


__all__ = ["bp", "conventions", "edit", "imports", "init_app", "pages", "payloads"]
