"""The forms of reconciliations: what is compared, a variance, the settings."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from phases.core.choices import pairs
from phases.engineering.reconciliation.services import LONGEST
from phases.engineering.reconciliation.words import CAUSES, LAYERS, PURPOSES, STATES


class StartForm(FlaskForm):
    """What is compared, and over which days."""

    purpose = SelectField(
        "What is compared",
        choices=pairs((key, one.title) for key, one in PURPOSES.items() if key != "layer"),
    )
    first_day = DateField("Issued from", validators=[Optional()])
    last_day = DateField(
        "Issued to", validators=[Optional()],
        description="Without it: in QA all of the schedule, else what is due by today.",
    )  # fmt: skip
    only_named = BooleanField(
        "Only contracts that the invoices name",
        description="For a test set: contracts without any invoice are not missing.",
    )


class LayerForm(FlaskForm):
    """A layer, its period, and the files of its two sides."""

    layer = SelectField("Layer", choices=pairs((key, one.title) for key, one in LAYERS.items()))
    period = StringField("Period", description="For example 2027-03", validators=[Length(max=20)])
    left = FileField(
        "Left side",
        description="What the layer names first; CSV or XLSX, a reference and an amount",
    )
    right = FileField("Right side", description="What it names second")


class VarianceForm(FlaskForm):
    """Who looks after a variance, why it came about, what is done."""

    state = SelectField("It is", choices=pairs((key, word) for key, (_, word) in STATES.items()))
    cause = SelectField("Cause", choices=pairs([("", "Not known yet"), *CAUSES.items()]))
    owner = SelectField("Owner", validate_choice=False)
    resolution = TextAreaField(
        "Why, and what is done about it", validators=[Length(max=LONGEST)], render_kw={"rows": 4}
    )


class SettingsForm(FlaskForm):
    """Red flags, tolerance and names."""

    amounts = TextAreaField(
        "Red flag above, for each currency",
        description="A line each, such as USD 100. A currency without one goes by percent alone.",
        render_kw={"rows": 4},
    )
    percent = StringField("Red flag above this percentage of the invoice total")
    tolerance = TextAreaField(
        "Tolerance of the monthly reconciliation, for each currency",
        description="A difference up to this is no error there. QA and hypercare have none.",
        render_kw={"rows": 3},
    )
    names = TextAreaField(
        "Names in files that stand for a contract",
        description="A line each: Name in the file = contract number.",
        render_kw={"rows": 6},
    )
