"""Forms over the profile: their fields come from the playbook's reserved inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from flask_wtf import FlaskForm
from holidays import list_supported_countries
from wtforms import (
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


BY_COUNTRY = ""
LARGEST = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}  # fmt: skip
"""Where most people live, in countries of several time zones."""


class FlagField(SelectField):
    """Yes, no, or not known yet: what nobody has said is not a no."""

    WORDS: ClassVar[dict[str, bool]] = {"y": True, "n": False}

    def __init__(self, label: str, **options: Any) -> None:
        choices = pairs([("", "Not known yet"), ("y", "Yes"), ("n", "No")])
        super().__init__(label, choices=choices, **options)

    def process_data(self, value: Any) -> None:
        """Show a stored True or False as its word."""
        super().process_data({True: "y", False: "n"}.get(value, ""))

    @property
    def said(self) -> bool | None:
        """What was chosen; None while it is not known."""
        return self.WORDS.get(self.data or "")


class ProfileForm(FlaskForm):
    """The profile's inputs as fields named after them."""

    names: tuple[str, ...] = ()

    def profile(self) -> dict[str, Any]:
        """The values by short name; a choice left to the recommendation, or nothing, is None."""
        values = {}
        for name in self.names:
            field = self[name]
            value = field.said if isinstance(field, FlagField) else field.data
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


def zone_of(country: str) -> str:
    """The time zone in which most people of *country* live; UTC where none is known."""
    if country in LARGEST:
        return LARGEST[country]
    zones = (zone for zone, place in get_global("zone_territories").items() if place == country)
    return min(zones, default="UTC")


def in_range(_form: FlaskForm, field: DateField) -> None:
    """Dates between 2000 and 2100; anything else is a slip of the pen."""
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError("Give a date between 2000 and 2100.")


def field_for(playbook: Playbook, item: Input, *, asked: bool, recommend: bool) -> Any:
    """A field for one profile input. Choices at creation must be made; others may stay open."""
    choices = [(slug, option.title) for slug, option in playbook.options(item).items()]
    help_text = item.hint
    if item.type == "flag":
        return FlagField(item.title, description=help_text, default=item.default)
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
        "country": SelectField("Country, for public holidays", choices=countries(), default="US"),
        "time_zone": SelectField(
            "Time zone",
            choices=[*pairs([(BY_COUNTRY, "The country's own")]), *time_zones()],
            description="Where the country has several, that of its largest cities.",
        ),
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
