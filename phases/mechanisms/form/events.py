"""What happened to forms. ``subject`` is the form's key, or the question's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnswerSaved:
    subject: str
    form: str
    version: int


@dataclass(frozen=True)
class FormSubmitted:
    """``answers`` are the keys of the questions that were asked and answered."""

    subject: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class FormReopened:
    subject: str
