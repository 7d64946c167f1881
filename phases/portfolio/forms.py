"""Forms over the profile: their fields come from the playbook's reserved inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_wtf import FlaskForm
from holidays import list_supported_countries
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from phases.core.choices import pairs
from phases.mechanisms.register.values import lower
from phases.mechanisms.situation import PROFILE
from playbook.book import Playbook
from playbook.models import Input

RECOMMEND = "recommend"
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class ProfileForm(FlaskForm):
    """The profile's inputs as fields named after them."""

    def profile(self) -> dict[str, Any]:
        """The values by short name; a choice left to the recommendation, or nothing, is None."""
        values = {}
        for name in self.names:
            value = self[name].data
            values[name] = None if value in ("", RECOMMEND) else value
        return values


@lru_cache
def time_zones() -> list[Any]:
    """Every IANA zone of a place, to choose from."""
    zones = sorted(
        z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/"))
    )
    return pairs([("UTC", "UTC"), *((z, z.replace("_", " ")) for z in zones)])


@lru_cache
def countries() -> list[Any]:
    """Countries whose public holidays are known, by name."""
    names = Locale("en").territories
    found = [
        (code, names.get(code, code))
        for code in list_supported_countries(include_aliases=False)
        if len(code) == 2
    ]
    return pairs(sorted(found, key=lambda pair: pair[1]))


def in_range(_form: FlaskForm, field: DateField) -> None:
    """Dates between 2000 and 2100; anything else is a slip of the pen."""
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError("Give a date between 2000 and 2100.")


def field_for(playbook: Playbook, item: Input, *, asked: bool, recommend: bool) -> Any:
    """A field for one profile input. Choices at creation must be made; others may stay open."""
    choices = [(slug, option.title) for slug, option in playbook.options(item).items()]
    help_text = item.hint
    if item.type == "flag":
        return BooleanField(item.title, description=help_text)
    if item.type == "date":
        return DateField(item.title, validators=[Optional(), in_range], description=help_text)
    if item.type == "choices":
        return SelectMultipleField(item.title, choices=pairs(choices), description=help_text)
    if recommend:
        choices = [(RECOMMEND, "Recommend one"), *choices]
        return RadioField(
            item.title, choices=pairs(choices), default=RECOMMEND, description=help_text
        )
    if asked:
        return RadioField(
            item.title,
            choices=pairs(choices),
            default=item.default,
            description=help_text,
            validators=[InputRequired(f"Choose the {lower(item.title)}.")],
        )
    return SelectField(
        item.title, choices=pairs([("", "Not known yet"), *choices]), description=help_text
    )


def profile_inputs(playbook: Playbook, *, creation: bool) -> list[Input]:
    """The profile inputs people set by hand: at creation those to ask, and the flags."""
    found = []
    for item in playbook.inputs:
        if not item.key.startswith(PROFILE) or item.key == "profile.path" or item.type == "number":
            continue
        if creation and not (item.ask_at_creation or item.type == "flag"):
            continue
        found.append(item)
    return found


def _build(
    playbook: Playbook, items: Iterable[Input], *, asked: bool, extra: Mapping[str, Any]
) -> type[ProfileForm]:
    fields: dict[str, Any] = dict(extra)
    names = []
    for item in items:
        name = item.key.removeprefix(PROFILE)
        names.append(name)
        fields[name] = field_for(
            playbook,
            item,
            asked=asked and item.ask_at_creation,
            recommend=asked and name == "methodology",
        )
    return type("BuiltProfileForm", (ProfileForm,), {**fields, "names": tuple(names)})


def creation_form(
    playbook: Playbook, staff: Mapping[str, list[tuple[int, str]]]
) -> type[ProfileForm]:
    """The short form that creates an engagement; *staff* maps roles to (id, name) pairs."""
    extra = {
        "customer": StringField(
            "Customer", validators=[DataRequired("Give the customer's name."), Length(max=120)]
        ),
        "time_zone": SelectField("Time zone", choices=time_zones(), default="America/New_York"),
        "country": SelectField("Country, for public holidays", choices=countries(), default="US"),
        "account_manager": SelectField(
            "Account manager",
            choices=pairs(
                [("", "Nobody yet"), *((str(i), n) for i, n in staff.get("account_manager", []))]
            ),
        ),
    }
    return _build(playbook, profile_inputs(playbook, creation=True), asked=True, extra=extra)


def profile_form(playbook: Playbook) -> type[ProfileForm]:
    """The form that changes the profile of an engagement."""
    return _build(playbook, profile_inputs(playbook, creation=False), asked=False, extra={})
