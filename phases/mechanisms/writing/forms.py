"""What is typed of a section."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional


class PassageForm(FlaskForm):
    """``base`` is the draft that was before the person's eyes, as the page was made."""

    text = TextAreaField(
        "Text", description="Markdown: **bold**, lists with -, tables with |, links in [ ]( )."
    )
    base = TextAreaField("Draft")
    version = IntegerField(validators=[Optional()])


class ActForm(FlaskForm):
    """One act on a section; ``shown`` is the hash of what was read, ``number`` a version."""

    shown = StringField()
    number = IntegerField(validators=[Optional()])
    version = IntegerField(validators=[Optional()])
