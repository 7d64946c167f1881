"""The form that takes a file of invoices in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField

from phases.core.choices import pairs
from phases.engineering.invoices.reading import INVOICES, SIDES


class FileForm(FlaskForm):
    """A file, and whose invoices it holds."""

    side = SelectField("Whose invoices", choices=pairs((name, SIDES[name]) for name in INVOICES))
    file = FileField(
        "Export as CSV or XLSX",
        description="As Stripe, Chargebee, QuickBooks, NetSuite, Salesforce or HubSpot export"
        " invoices, or any table with titles. It is kept with its hash.",
    )


class SideForm(FlaskForm):
    """A file of one side of a ledger."""

    side = SelectField("Side", choices=pairs(SIDES.items()))
    file = FileField("Export as CSV or XLSX")
