"""Forms of the pages of documents."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import FileField


class UploadForm(FlaskForm):
    """A file to keep with a document."""

    file = FileField("File", description="The exact file that was used, at most 25 MB.")
