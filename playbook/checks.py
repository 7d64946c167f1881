"""The closed vocabulary of checks that content may ask of an engagement's records.

A check is written as a mapping from its name to its parameters::

    done_when:
      - form_submitted: {form: Q3.form.intake}

This module says which checks exist and what they take; ``phases`` answers them. Every check fails
closed: what is missing or stale is not met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)


class CheckBase(BaseModel):
    """Parameters of one check; ``refers`` names those that hold keys of other items."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str] = ""
    refers: ClassVar[dict[str, str]] = {}

    def references(self) -> Iterator[tuple[str, str, str]]:
        """Each (parameter, kind, key) that this check names."""
        for parameter, kind in self.refers.items():
            field = parameter if parameter in type(self).model_fields else f"{parameter}_"
            value = getattr(self, field)
            for key in (value,) if isinstance(value, str) else value:
                yield parameter, kind, key

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        parameters = {name.rstrip("_"): value for name, value in handler(self).items()}
        return {self.name: parameters}


class InputsConfirmed(CheckBase):
    """The named inputs (or, with ``critical``, every critical one that applies) are CONFIRMED.

    With ``through`` it is every critical one, and every other one of the sub-phases up to that one
    that somebody has given a value.
    """

    name = "inputs_confirmed"
    refers = {"inputs": "input"}
    inputs: tuple[str, ...] = ()
    critical: bool = False
    through: str = ""

    @model_validator(mode="after")
    def one_of_three(self) -> InputsConfirmed:
        """Either names, ``critical`` or ``through``."""
        if [bool(self.inputs), self.critical, bool(self.through)].count(True) != 1:
            raise ValueError("give either inputs, critical: true, or through")
        return self


class StepsDone(CheckBase):
    """Every applicable step of the checklists, and the steps named, are done."""

    name = "steps_done"
    refers = {"checklists": "checklist", "steps": "step"}
    checklists: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @model_validator(mode="after")
    def some(self) -> StepsDone:
        """Without a name it would hold of nothing and always be met."""
        if not self.checklists and not self.steps:
            raise ValueError("give checklists or steps")
        return self


class RowsFilled(CheckBase):
    """Every live row has a value in ``columns`` (``owner``, ``due`` count); ``minimum`` exist."""

    name = "rows_filled"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    columns: tuple[str, ...] = ()
    minimum: int = 1
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsInState(CheckBase):
    """Every live row is in one of ``states``, at least ``minimum`` rows."""

    name = "rows_in_state"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    states: tuple[str, ...] = Field(min_length=1)
    minimum: int = 1
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsConfirmed(CheckBase):
    """Every live row's standing is CONFIRMED, at least ``minimum`` rows."""

    name = "rows_confirmed"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    minimum: int = 1
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsEqual(CheckBase):
    """In every live row ``left`` and ``right`` hold the same amount.

    From ``minimum`` to ``maximum`` rows exist.
    """

    name = "rows_equal"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    left: str
    right: str
    minimum: int = 1
    maximum: int | None = None
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class NoRecentRows(CheckBase):
    """No live row with ``column`` = ``value`` has ``date_column`` within the last ``days`` days of
    the period that starts at go-live, and that many days have passed since go-live."""

    name = "no_recent_rows"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    column: str
    value: str
    date_column: str
    days: int
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SheetSigned(CheckBase):
    """Every required statement of the sheet (or those named) is approved by every signing role, on
    its current content; ``minimum`` statements exist."""

    name = "sheet_signed"
    refers = {"sheet": "sheet", "statements": "statement"}
    sheet: str
    statements: tuple[str, ...] = ()
    minimum: int = 1


class MatrixDecided(CheckBase):
    """A decision with its reason is recorded on the matrix, and every score it needs is there."""

    name = "matrix_decided"
    refers = {"matrix": "matrix"}
    matrix: str


class FormSubmitted(CheckBase):
    """The customer has sent the form, and it has not been reopened since."""

    name = "form_submitted"
    refers = {"form": "form"}
    form: str


class AnswerGiven(CheckBase):
    """A question of a form has an answer (a file, for file questions)."""

    name = "answer_given"
    refers = {"question": "question"}
    question: str


class DocumentsIssued(CheckBase):
    """Each document has an issued copy."""

    name = "documents_issued"
    refers = {"documents": "document"}
    documents: tuple[str, ...] = Field(min_length=1)


class ReadingsTaken(CheckBase):
    """``weeks`` weeks (longer when extended) have passed since go-live, and each metric has a
    reading in each of them."""

    name = "readings_taken"
    refers = {"metrics": "metric"}
    metrics: tuple[str, ...] = Field(min_length=1)
    weeks: int


class GatesPassed(CheckBase):
    """Each gate is passed and would pass today."""

    name = "gates_passed"
    refers = {"gates": "gate"}
    gates: tuple[str, ...] = Field(min_length=1)


class GatesOpen(CheckBase):
    """Each gate would pass today, whether or not it has been passed."""

    name = "gates_open"
    refers = {"gates": "gate"}
    gates: tuple[str, ...] = Field(min_length=1)


class MatrixScored(CheckBase):
    """Every option is scored against every requirement."""

    name = "matrix_scored"
    refers = {"matrix": "matrix"}
    matrix: str


class RowsAtMost(CheckBase):
    """At most so many live rows are in one of ``states``: ``maximum``, or the input's value."""

    name = "rows_at_most"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    states: tuple[str, ...] = Field(min_length=1)
    maximum: int = 0
    input: str = ""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsCurrent(CheckBase):
    """In every live row the date in ``column`` is at most ``days`` days old or, without ``days``,
    has not passed; at least ``minimum`` rows."""

    name = "rows_current"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    column: str
    days: int | None = None
    minimum: int = 1
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsCovered(CheckBase):
    """Every live row is among those that a live row of ``by`` names in its ``column``."""

    name = "rows_covered"
    refers = {"register": "register", "by": "register"}
    register_: str = Field(alias="register")
    by: str
    column: str
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RowsSpread(CheckBase):
    """The live rows in one of ``states`` name in ``column`` at least ``minimum`` others by name."""

    name = "rows_spread"
    refers = {"register": "register"}
    register_: str = Field(alias="register")
    states: tuple[str, ...] = Field(min_length=1)
    column: str
    minimum: int = 2
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class MeetingsHeld(CheckBase):
    """Each meeting that applies has been held, with those who came recorded."""

    name = "meetings_held"
    refers = {"meetings": "meeting"}
    meetings: tuple[str, ...] = Field(min_length=1)


class MeetingsPlanned(CheckBase):
    """Each meeting that applies has a day and an hour, or has been held."""

    name = "meetings_planned"
    refers = {"meetings": "meeting"}
    meetings: tuple[str, ...] = Field(min_length=1)


class VersionsCut(CheckBase):
    """Each version of the assessment has been cut."""

    name = "versions_cut"
    versions: tuple[Annotated[str, Field(pattern=r"^v\d+$")], ...] = Field(min_length=1)


class TextsReviewed(CheckBase):
    """Every section of each text has been read and accepted as it stands."""

    name = "texts_reviewed"
    refers = {"texts": "writing"}
    texts: tuple[str, ...] = Field(min_length=1)


class ReadingsMet(CheckBase):
    """The latest reading of each metric meets its target (``watch``: or lies before the flag)."""

    name = "readings_met"
    refers = {"metrics": "metric"}
    metrics: tuple[str, ...] = Field(min_length=1)
    watch: bool = False


class VariancesExplained(CheckBase):
    """In the newest reconciliation of each kind named, nothing is unexplained; there are at least
    ``minimum`` of them."""

    name = "variances_explained"
    purposes: tuple[str, ...] = Field(min_length=1)
    minimum: int = 0


class LayersReconciled(CheckBase):
    """Each layer named that applies has been reconciled for every period on record, and the newest
    reconciliation of it compared something and leaves nothing unexplained.

    Periods are the live rows of ``register``, as ``column`` names them; there is at least one.
    """

    name = "layers_reconciled"
    refers = {"register": "register", "layers": "seed"}
    register_: str = Field(alias="register")
    column: str
    layers: tuple[str, ...] = Field(min_length=1)
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


CHECKS: dict[str, type[CheckBase]] = {
    check.name: check
    for check in (
        InputsConfirmed, StepsDone, RowsFilled, RowsInState, RowsConfirmed, RowsEqual, NoRecentRows,
        SheetSigned, MatrixDecided, MatrixScored, FormSubmitted, AnswerGiven, DocumentsIssued,
        ReadingsTaken, GatesPassed, GatesOpen, RowsAtMost, RowsCurrent, RowsCovered, RowsSpread,
        MeetingsHeld, MeetingsPlanned, VersionsCut, TextsReviewed, ReadingsMet, VariancesExplained,
        LayersReconciled,
    )
}  # fmt: skip


_SAME: dict[str, CheckBase] = {}
"""Checks that ask the same are one object, so that each is answered once."""


def _parse(data: Any) -> CheckBase:
    if isinstance(data, CheckBase):
        return data
    if not isinstance(data, Mapping) or len(data) != 1:
        raise ValueError("a check is a mapping of one name to its parameters")
    name, parameters = next(iter(data.items()))
    if name not in CHECKS:
        raise ValueError(f"no check is called '{name}'; there are {', '.join(sorted(CHECKS))}")
    try:
        check = CHECKS[name].model_validate(parameters)
        return _SAME.setdefault(repr(check), check)
    except ValidationError as error:
        raise ValueError(f"the check '{name}': {_in_words(error, CHECKS[name])}") from error


def _in_words(error: ValidationError, check: type[CheckBase]) -> str:
    takes = ", ".join(field.alias or name for name, field in check.model_fields.items())
    wrong = "; ".join(
        f"{'.'.join(map(str, part['loc'])) or 'parameters'}: {part['msg']}"
        for part in error.errors()
    )
    return f"{wrong} (it takes {takes or 'nothing'})"


Check = Annotated[SerializeAsAny[CheckBase], BeforeValidator(_parse)]
