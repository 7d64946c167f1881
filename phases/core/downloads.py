"""Downloads of uploads for staff."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import files
from phases.core.access import staff
from phases.core.db import db

bp = Blueprint("files", __name__)


def init_app(app: Flask) -> None:
    """Register the download."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/files/<int:file_id>")
@staff("read")
def download(slug: str, file_id: int) -> ResponseReturnValue:  # noqa: ARG001 - access reads it
    return files.send(files.of_engagement(cast(Session, db.session), g.engagement, file_id))
