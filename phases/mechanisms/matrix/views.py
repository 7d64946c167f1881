"""Staff pages: matrix."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint("matrix", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
