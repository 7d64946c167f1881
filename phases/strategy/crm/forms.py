"""The forms of an upload, and of how an export is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.validators import Length, Regexp

from billing.crm.fields import DEALS
from billing.crm.mapping import CONTRACTS
from billing.crm.mapping import Mapping as Columns
from phases.core.choices import pairs

SIDES = ("prices", "accounts", "teams")
NOWHERE = "Not in this export"
ORDERS = {"day": "Day first: 31/12/2025", "month": "Month first: 12/31/2025"}
MARKS = {"point": "A point: 1,234.56", "comma": "A comma: 1.234,56"}
STATES = {"won": "Won", "lost": "Lost", "open": "Open", "unknown": "Unknown: counted as won"}
SHEETS = {"deals": "Deals or opportunities", CONTRACTS: "Contracts: every row is sold"}


class UploadForm(FlaskForm):
    """An export, and what may come beside it."""

    export = FileField(
        "Export of deals, opportunities or contracts",
        description="CSV or XLSX, at most 128 MB. Salesforce, HubSpot and plain exports are known.",
    )
    prices = FileField("Price book", description="Products and their list prices.")
    accounts = FileField("Accounts", description="Accounts and their segment.")
    teams = FileField("Sales teams", description="Owners and their region.")

    def uploads(self) -> dict[str, Any]:
        """What was chosen, by field; the export always."""
        sent = {name: self[name].data for name in SIDES}
        beside = {name: upload for name, upload in sent.items() if upload and upload.filename}
        return {"export": self.export.data, **beside}


class ColumnsForm(FlaskForm):
    """How an export is read. Fields of columns, dates, amounts and stages are made for each."""

    sheet = SelectField("What the rows are", choices=pairs(SHEETS.items()))
    currency = StringField(
        "Currency of all rows",
        [Length(max=3), Regexp(r"^([A-Za-z]{3})?$", message="Use its three letters, as in USD.")],
        description="Only where no column says it.",
    )
    minor = BooleanField("Amounts are in cents")
    look: dict[str, Any]

    def column(self, key: str) -> Field:
        """The field of the column *key*."""
        return cast(Field, self[f"column-{key}"])

    def of(self, kind: str, words: list[str]) -> list[tuple[str, Field]]:
        """The fields of one kind with the title or stage each is about."""
        return [(word, cast(Field, self[f"{kind}-{at}"])) for at, word in enumerate(words)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that no column is taken for two things."""
        right = bool(super().validate(extra_validators))
        seen: dict[str, str] = {}
        for each in DEALS:
            field = self.column(each.key)
            if field.data and field.data in seen:
                field.errors = [f"“{field.data}” is the {seen[field.data]} already."]
                right = False
            elif field.data:
                seen[field.data] = each.label
        return right

    def mapping(self) -> Columns:
        """What was said, as the audit takes it."""
        chosen = {each.key: self.column(each.key).data for each in DEALS}
        dates = {t: f.data for t, f in self.of("date", dates_of(self.look)) if f.data}
        marks = {t: f.data for t, f in self.of("decimal", amounts_of(self.look)) if f.data}
        stages = [word for word, _ in self.look["stages"]]
        return Columns(
            sheet=self.sheet.data,
            system=self.look["mapping"]["system"],
            columns={key: title for key, title in chosen.items() if title},
            dates=dates,
            decimals=marks,
            states={word: field.data for word, field in self.of("stage", stages)},
            minor=bool(self.minor.data),
            currency=(self.currency.data or "").upper(),
            without=tuple(key for key, title in chosen.items() if not title),
        )


def dates_of(look: Mapping[str, Any]) -> list[str]:
    """Columns whose order of day and month is told, or asked."""
    return _told(look, "dates", "date")


def amounts_of(look: Mapping[str, Any]) -> list[str]:
    """Columns whose decimal mark is told, or asked."""
    return _told(look, "decimals", "decimal")


def _told(look: Mapping[str, Any], told: str, asked: str) -> list[str]:
    questions = [q["column"] for q in look["questions"] if q["key"].startswith(f"{asked}:")]
    return list(dict.fromkeys([*questions, *look["mapping"][told]]))


def columns_form(look: dict[str, Any], *, typed: bool) -> ColumnsForm:
    """The form for an export as it was looked at: filled with it, unless *typed*."""
    titles = [("", NOWHERE), *((title, _option(look, title)) for title in look["titles"])]
    fields: dict[str, Any] = {
        f"column-{each.key}": SelectField(each.label.capitalize(), choices=pairs(titles))
        for each in DEALS
    }
    order, mark = [("", "Not known: leave these dates out"), *ORDERS.items()], [*MARKS.items()]
    for at, title in enumerate(dates_of(look)):
        fields[f"date-{at}"] = SelectField(f"Dates of “{title}”", choices=pairs(order))
    for at, title in enumerate(amounts_of(look)):
        fields[f"decimal-{at}"] = SelectField(f"Decimals of “{title}”", choices=pairs(mark))
    for at, (word, _) in enumerate(look["stages"]):
        fields[f"stage-{at}"] = SelectField(f"“{word}”", choices=pairs(STATES.items()))
    form = type("Made", (ColumnsForm,), fields)(data=None if typed else _data(look))
    form.look = look
    return cast(ColumnsForm, form)


def _option(look: Mapping[str, Any], title: str) -> str:
    samples = ", ".join(look["samples"].get(title, ()))
    return f"{title} ({samples[:60]})" if samples else f"{title} (empty)"


def _data(look: Mapping[str, Any]) -> dict[str, Any]:
    mapping = look["mapping"]
    data = {name: mapping[name] for name in ("sheet", "currency", "minor")}
    data |= {f"column-{each.key}": mapping["columns"].get(each.key, "") for each in DEALS}
    for at, title in enumerate(dates_of(look)):
        data[f"date-{at}"] = mapping["dates"].get(title, "")
    for at, title in enumerate(amounts_of(look)):
        data[f"decimal-{at}"] = mapping["decimals"].get(title, "point")
    data |= {f"stage-{at}": state for at, (_, state) in enumerate(look["stages"])}
    return data
