"""The one table from a check's name to the function that answers it."""

from __future__ import annotations

from phases.mechanisms.checklist.checks import steps_done
from phases.mechanisms.core_checks import documents_issued, inputs_confirmed, versions_cut
from phases.mechanisms.form.checks import answer_given, form_submitted
from phases.mechanisms.matrix.checks import matrix_decided, matrix_scored
from phases.mechanisms.meeting.checks import meetings_held, meetings_planned
from phases.mechanisms.metric.checks import readings_met, readings_taken
from phases.mechanisms.register.checks import (
    no_recent_rows,
    rows_at_most,
    rows_confirmed,
    rows_covered,
    rows_current,
    rows_equal,
    rows_filled,
    rows_in_state,
    rows_spread,
)
from phases.mechanisms.sheet.checks import sheet_signed
from phases.mechanisms.situation import CheckFunction
from phases.mechanisms.writing.checks import texts_reviewed

CHECKS: dict[str, CheckFunction] = {
    function.__name__: function
    for function in (
        answer_given,
        documents_issued,
        form_submitted,
        inputs_confirmed,
        matrix_decided,
        matrix_scored,
        meetings_held,
        meetings_planned,
        no_recent_rows,
        readings_met,
        readings_taken,
        rows_at_most,
        rows_confirmed,
        rows_covered,
        rows_current,
        rows_equal,
        rows_filled,
        rows_in_state,
        rows_spread,
        sheet_signed,
        steps_done,
        texts_reviewed,
        versions_cut,
    )
}
