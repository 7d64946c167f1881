"""Taking readings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.metric import events
from phases.mechanisms.metric.judge import first_day, percentage
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.queries import judged, metric_of, period_words
from phases.mechanisms.situation import Situation
from playbook.models import Metric

Number = Decimal | int | str | None
LARGEST = Decimal(10) ** 12
LONGEST_NOTE = 2000


def take_reading(
    session: Session, s: Situation, actor: str, metric_key: str, period: date, *,
    numerator: Number = None, denominator: Number = None, value: Number = None, note: str = "",
    version: int | None = None,
) -> Reading:  # fmt: skip
    """Take the reading of the period that holds the day *period*, or change it if it was taken.

    A percentage is given by its two parts. With nothing to measure (0 of 0) a note says why.

    Raises:
        BadValue: the period lies ahead, or a number is missing, negative or more than its whole.
        Conflict: somebody changed the reading after *version*.
    """
    metric = metric_of(s, metric_key)
    if not s.applies(metric):
        raise Refusal(f"“{metric.title}” does not apply here: {s.applicability(metric).reason}")
    first = first_day(metric.period, period)
    if first > s.today:
        raise BadValue("period", f"{period_words(metric.period, first)} has not begun yet.")
    parts = _parts(metric, numerator, denominator, value)
    _check_note(note, nothing=parts[1] == 0)
    reading = session.scalar(
        select(Reading).where(
            Reading.engagement_id == s.engagement.id,
            Reading.metric == metric.key,
            Reading.period == first,
        )
    )
    _check_version(reading, version, parts, note)
    taken = reading is None
    if reading is None:
        reading = Reading(
            engagement_id=s.engagement.id, metric=metric.key, period=first, version=0, note=""
        )
        session.add(reading)
    reading.numerator, reading.denominator, reading.value = parts
    reading.note, reading.changed_by = note.strip(), actor
    reading.version += 1
    session.flush()
    s.records.forget("readings")
    event = events.ReadingTaken if taken else events.ReadingChanged
    audit.record(session, s.engagement, actor, event(metric.key, first, judged(s, metric).state))
    return reading


def _parts(
    metric: Metric, numerator: Number, denominator: Number, value: Number
) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """Numerator, denominator and value, as the metric's unit asks."""
    if metric.unit != "percent":
        number = _number("value", metric.title, value)
        if metric.unit == "count" and number != number.to_integral_value():
            raise BadValue("value", f"{metric.title} is counted: enter a whole number.")
        return None, None, number
    whole = _number("denominator", metric.denominator or "the whole", denominator)
    part = _number("numerator", metric.numerator or "the part", numerator)
    if part > whole:
        raise BadValue(
            "numerator",
            f"{metric.numerator} ({part}) cannot be more than {metric.denominator} ({whole}).",
        )
    return part, whole, percentage(part, whole)


def _number(field: str, title: str, raw: Number) -> Decimal:
    if raw is None or str(raw).strip() == "":
        raise BadValue(field, f"Enter a number: {title}.")
    try:
        number = Decimal(str(raw).strip().replace(",", ""))
    except InvalidOperation:
        raise BadValue(field, f"“{raw}” is not a number. Write it as 1234.5.") from None
    if not number.is_finite() or number < 0:
        raise BadValue(field, f"{title}: “{raw}” cannot be. Enter 0 or more.")
    if number >= LARGEST:
        raise BadValue(field, f"{title}: “{raw}” is too large.")
    return number


def _check_note(note: str, *, nothing: bool) -> None:
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", f"{len(note)} characters; {LONGEST_NOTE} is the most.")
    if nothing and not note.strip():
        raise BadValue("note", "Say why there was nothing to measure.")


def _check_version(
    reading: Reading | None, version: int | None,
    parts: tuple[Decimal | None, Decimal | None, Decimal], note: str,
) -> None:  # fmt: skip
    theirs = {} if reading is None else {"Value": str(reading.value), "Note": reading.note}
    check_version(
        0 if reading is None else reading.version, version,
        kept={"Value": str(parts[2]), "Note": note}, theirs=theirs,
    )  # fmt: skip
