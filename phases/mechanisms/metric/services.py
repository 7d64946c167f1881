"""Taking readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.metric import events
from phases.mechanisms.metric.history import remember, values_of
from phases.mechanisms.metric.judge import first_day, judge, percentage
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.queries import metric_of
from phases.mechanisms.metric.watching import agreed, points_of, tripped_on, watchers
from phases.mechanisms.metric.words import period_words, plain, value_words
from phases.mechanisms.notices import tell
from phases.mechanisms.situation import Situation
from playbook.models import Metric

Number = Decimal | int | str | None
LARGEST = Decimal(10) ** 12
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Figures:
    """A percentage's two parts, or a value; of a mean, its cases and spread."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal
    size: int | None = None
    spread: Decimal | None = None

    def are_in(self, reading: Reading) -> bool:
        """Whether *reading* has exactly these."""
        return all(getattr(reading, name) == value for name, value in vars(self).items())


def take_reading(
    session: Session, s: Situation, actor: str, metric_key: str, period: date, *,
    numerator: Number = None, denominator: Number = None, value: Number = None, note: str = "",
    subject: str = "", size: Number = None, spread: Number = None, version: int | None = None,
) -> Reading:  # fmt: skip
    """Take the reading of the period that holds the day *period*, or change it, given its version.

    A percentage is given by its two parts. With nothing to measure (0 of 0) a note says why.
    Whoever the metric names is told of a red flag, once for each reading.

    Raises:
        BadValue: the period lies ahead or was taken, or a number cannot be.
        Conflict: somebody changed the reading after *version*.
    """
    metric = metric_of(s, metric_key)
    if not s.applies(metric):
        raise Refusal(f"“{metric.title}” does not apply here: {s.applicability(metric).reason}")
    first = checked_period(s, metric, period)
    subject = checked_subject(metric, subject)
    figures = figures_of(metric, numerator, denominator, value, size, spread)
    check_note(note, nothing=figures.denominator == 0)
    reading = _stored(session, s, metric, first, subject)
    _check_version(metric, reading, version, figures, note)
    return write(session, s, actor, metric, first, subject, figures, note, reading)


def write(
    session: Session, s: Situation, actor: str, metric: Metric, first: date, subject: str,
    figures: Figures, note: str, reading: Reading | None,
) -> Reading:  # fmt: skip
    """Write what has been found right, say so in the history, and tell of a red flag."""
    taken = reading is None
    if reading is None:
        reading = Reading(
            engagement_id=s.engagement.id, metric=metric.key, period=first, subject=subject,
            version=0, note="",
        )  # fmt: skip
        session.add(reading)
    before = {} if taken else values_of(reading)
    for name, number in vars(figures).items():
        setattr(reading, name, number)
    reading.note, reading.changed_by = note.strip(), actor
    reading.version += 1
    session.flush()
    remember(session, s.engagement, actor, reading, before)
    s.records.forget("readings")
    points = [p for p in points_of(s, metric, subject) if p.period <= first]
    state = judge(agreed(s, metric), points).state
    event = events.ReadingTaken if taken else events.ReadingChanged
    audit.record(session, s.engagement, actor, event(metric.key, first, state, subject))
    _tell(session, s, metric, reading, red=state == "red")
    return reading


def _tell(session: Session, s: Situation, metric: Metric, reading: Reading, *, red: bool) -> None:
    """Tell of a red flag, and of the triggers that the readings trip now."""
    if red:
        tell(
            session, s, metric.told, topic="red_flag", item=metric.key,
            place=f"metrics#{metric.key.replace('.', '-')}", key=f"red:{reading.id}",
        )  # fmt: skip
    for trigger in watchers(s, metric):
        if on := tripped_on(s, trigger):
            tell(
                session, s, trigger.told, topic="trigger", item=trigger.key,
                place=f"triggers#{trigger.key.replace('.', '-')}",
                key=f"trip:{s.engagement.id}:{on}:{trigger.key}",
            )  # fmt: skip


def checked_period(s: Situation, metric: Metric, day: date) -> date:
    """The first day of the period that holds *day*.

    Raises:
        BadValue: it has not begun, or is more than ten years ago.
    """
    first = first_day(metric.period, day)
    if first > s.today:
        raise BadValue("period", f"{period_words(metric.period, first)} has not begun yet.")
    if first < s.today - relativedelta(years=10):
        raise BadValue(
            "period",
            f"{period_words(metric.period, first)} is more than ten years ago. Check the year.",
        )
    return first


def checked_subject(metric: Metric, subject: str) -> str:
    """*subject*, if the metric's readings are of such things.

    Raises:
        BadValue: they are not, or it is left out.
    """
    if subject and not metric.subjects:
        raise BadValue("subject", f"“{metric.title}” is read of the whole, not of “{subject}”.")
    if metric.subjects and subject not in metric.subjects:
        words = ", ".join(metric.subjects.values())
        raise BadValue("subject", f"Choose what the reading is of: {words}.")
    return subject


def figures_of(
    metric: Metric, numerator: Number, denominator: Number, value: Number, size: Number,
    spread: Number,
) -> Figures:  # fmt: skip
    """The numbers of a reading, as the metric's unit asks.

    Raises:
        BadValue: one is missing, is no number, or cannot be.
    """
    if metric.unit == "percent":
        whole = _number("denominator", metric.denominator or "the whole", denominator)
        part = _number("numerator", metric.numerator or "the part", numerator)
        if part > whole:
            raise BadValue(
                "numerator",
                f"{metric.numerator} ({part}) cannot be more than {metric.denominator} ({whole}).",
            )
        figures = Figures(part, whole, percentage(part, whole))
        if whole:
            _check_within(metric, "numerator", part * 100 / whole)
        return figures
    number = _number("value", metric.title, value)
    if metric.unit == "count" and number != number.to_integral_value():
        raise BadValue("value", f"{metric.title} is counted: enter a whole number.")
    _check_within(metric, "value", number)
    cases = _number("size", "How many cases", size) if _given(size) else None
    if cases is not None and (cases != cases.to_integral_value() or cases < 1):
        raise BadValue("size", "Cases are counted: enter a whole number of 1 or more.")
    return Figures(
        None, None, number, None if cases is None else int(cases),
        _number("spread", "Spread", spread) if _given(spread) else None,
    )  # fmt: skip


def _given(raw: Number) -> bool:
    return raw is not None and str(raw).strip() != ""


def _check_within(metric: Metric, field: str, number: Decimal) -> None:
    low, high = metric.within
    if low is not None and number < low:
        words = f"{value_words(metric.unit, number)} cannot be: {plain(low)} is the least."
        raise BadValue(field, f"{metric.title}: {words}")
    if high is not None and number > high:
        words = f"{value_words(metric.unit, number)} cannot be: {plain(high)} is the most."
        raise BadValue(field, f"{metric.title}: {words}")


def _number(field: str, title: str, raw: Number) -> Decimal:
    if not _given(raw):
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


def check_note(note: str, *, nothing: bool) -> None:
    """Refuse a note that is too long, and a reading of nothing without one."""
    if len(note) > LONGEST_NOTE:
        raise BadValue("note", f"{len(note)} characters; {LONGEST_NOTE} is the most.")
    if nothing and not note.strip():
        raise BadValue("note", "Say why there was nothing to measure.")


def _stored(
    session: Session, s: Situation, metric: Metric, first: date, subject: str
) -> Reading | None:
    return session.scalar(
        select(Reading).where(
            Reading.engagement_id == s.engagement.id,
            Reading.metric == metric.key,
            Reading.period == first,
            Reading.subject == subject,
        )
    )


def _check_version(
    metric: Metric, reading: Reading | None, version: int | None, figures: Figures, note: str
) -> None:
    if reading is not None and version is None:
        words = period_words(metric.period, reading.period)
        taken = value_words(metric.unit, reading.value)
        raise BadValue("period", f"{words} was taken already: {taken}. Change that reading.")
    theirs = {} if reading is None else {"Value": str(reading.value), "Note": reading.note}
    check_version(
        0 if reading is None else reading.version, version,
        kept={"Value": str(figures.value), "Note": note}, theirs=theirs,
    )  # fmt: skip
