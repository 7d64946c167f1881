"""Which tests walk each part of the method: by id, and by key family."""

from __future__ import annotations

from tests.coverage.families import FAMILIES
from tests.coverage.test_every_part import CHOSEN_AT_CREATION, SAID
from tests.coverage.test_in_documents import DOCUMENTS, NAMED

PARTS = "tests/coverage/test_every_part.py"
DRAWN = "tests/coverage/test_in_documents.py"
LINES = "tests/coverage/test_criteria.py"

CREATED = {
    "Q1.category": f"{PARTS}::test_a_category_is_chosen_and_stands_on_the_card[{{key}}]",
    "Q1.subphase": f"{PARTS}::test_a_sub_phase_is_shown_full_light_or_skipped_with_its_reason"
    "[{key}]",
    "Q2.methodology": f"{PARTS}::test_a_choice_is_made_and_what_does_not_apply_says_why"
    "[methodology-{slug}]",
    "Q2.scope": f"{PARTS}::test_a_choice_is_made_and_what_does_not_apply_says_why[scope-{{slug}}]",
}
"""Families whose items are chosen when an engagement is created: one test an item."""

JUDGED = ("Q12.criterion", "Q16.criterion", "Q19.criterion", "Q26.criterion", "P6.condition")
"""Families of the lines of gates: two tables an item."""


def walks_of_family(family: str, keys: list[str]) -> list[str]:
    """The tests that walk *family*, whose items are *keys*."""
    if family in CREATED:
        return [CREATED[family].format(key=k, slug=k.rpartition(".")[2]) for k in keys]
    walks = [f"{PARTS}::test_what_is_typed_is_read_back[{family}]"]
    if family in JUDGED:
        walks += [f"{LINES}::test_a_line_is_met_by_what_it_asks_and_no_more[{k}]" for k in keys]
    typed, named = "what_was_typed_stands", "the_items_are_named"
    for asked, wanted in ((DOCUMENTS, typed), (NAMED, named)):
        walks += [
            f"{DRAWN}::test_{wanted}_in_the_document[{document}-{family}]"
            for document, families in asked.items()
            if family in families
        ]
    return walks


def typed(*families: str) -> tuple[str, ...]:
    """Tests of families beyond the table."""
    name = "test_what_is_typed_beyond_the_table_is_read_back"
    return tuple(f"{PARTS}::{name}[{family}]" for family in families)


def added(*registers: str) -> tuple[str, ...]:
    """Tests that add a row to a register."""
    return tuple(f"{PARTS}::test_a_row_is_added_and_read_back[{key}]" for key in registers)


def drawn(document: str, *parts: str) -> tuple[str, ...]:
    """Tests that read what was typed in a document."""
    name = "test_what_was_typed_stands_in_the_document"
    return tuple(f"{DRAWN}::{name}[{document}-{part}]" for part in parts)


def gate(key: str) -> tuple[str, ...]:
    """Tests of a gate as a whole."""
    names = ("a_gate_opens_when_all_its_lines_are_met_together",
             "a_gate_of_which_nothing_is_said_is_shut")  # fmt: skip
    page = f"{PARTS}::test_every_line_stands_on_its_gate_page[{key}]"
    return (*(f"{LINES}::test_{name}[{key}]" for name in names), page)


CREATION = "tests/portfolio/test_creation.py"
READING = "tests/deliverables/test_reading.py"
SIGNING = "tests/intake/test_sheets.py"
MECHANISMS = "tests/mechanisms"
PAYOUTS = "tests/content/test_c_walks.py"

BY_ID: dict[str, tuple[str, ...]] = {
    "Q1": (f"{READING}::test_the_card_is_a_page_with_every_phase_and_why_it_is_light",),
    "Q2": (f"{CREATION}::test_a_contradiction_is_named_before_anything_is_created",
           *typed("Q2.input")),
    "Q3": typed("Q3.input"),
    "Q4": added("Q4.register.systems"),
    "Q5": (f"{SIGNING}::test_only_what_changed_is_asked_again_and_its_changes_are_shown",),
    "Q6": drawn("Q6.document.deck", "Q8.register.current", "Q8.register.future"),
    "Q7": (f"{MECHANISMS}/test_meeting.py::test_an_input_confirmed_in_it_says_so",),
    "Q8": (*added("Q8.register.current", "Q8.register.future"),
           *drawn("Q25.document.process_maps", "Q8.register.current", "Q8.register.future")),
    "Q9": (*added("Q9.register.gaps"), *drawn("Q25.document.gaps", "Q9.register.gaps")),
    "Q10": (*typed("Q10.option", "Q10.requirement", "Q10.input"),
            *drawn("Q25.document.tool_matrix", "Q10.option", "Q10.requirement"),
            f"{MECHANISMS}/test_matrix.py::test_a_matrix_is_scored_and_decided_on_its_page"),
    "Q11": (*added("Q11.register.mapping", "Q11.register.triggers"), *typed("Q11.input"),
            *drawn("Q25.document.integration_design", "Q11.register.mapping",
                   "Q11.register.triggers")),
    "Q12": gate("Q12.gate.1d"),
    "Q13": drawn("Q13.document.spec", "Q13.section"),
    "Q14": (*added("Q14.register.access"),
            *drawn("Q14.document.handoff", "Q14.register.access"),
            *drawn("Q25.document.configuration", "Q14.register.access")),
    "Q15": added("Q15.register.build"),
    "Q16": (*added("Q16.register.invoices"), *typed("Q16.monitoring"), *gate("Q16.gate.2d"),
            *drawn("Q16.document.tests", "Q16.monitoring", "Q16.register.invoices")),
    "Q17": drawn("Q17.document.guides", "Q17.guide"),
    "Q18": (*added("Q18.register.issues"),
            *drawn("Q18.document.hypercare", "Q18.register.issues")),
    "Q19": gate("Q19.gate.3d"),
    "Q20": (f"{MECHANISMS}/test_trigger.py::test_the_customer_says_it_in_the_portal",),
    "Q21": drawn("Q21.document.internal", "Q21.context", "Q21.escalation"),
    "Q22": (f"{READING}::test_the_package_is_one_file_of_issued_copies_and_names_what_is_missing",),
    "Q23": (*added("Q23.register.retention"),
            *drawn("Q23.document.close", "Q23.register.retention")),
    "Q24": added("Q24.register.risks"),
    "Q25": (*added("Q25.register.deliverables"),
            *drawn("Q25.document.package", "Q25.register.deliverables"),
            *drawn("Q23.document.close", "Q25.register.deliverables"),
            *(f"{DRAWN}::test_every_document_has_its_entry_and_its_state[Q25.document.{slug}]"
              for slug in ("intake", "definitions", "configuration", "package",
                           "template_runbook"))),
    "Q26": gate("Q26.gate.4d"),
    "Q27": typed("Q27.input"),
    "Q28": (*added("Q28.register.edge_cases", "Q28.register.tax"),
            *drawn("Q25.document.integration_design", "Q28.register.edge_cases",
                   "Q28.register.tax")),
    "Q29": (*added("Q29.register.cutover"), *typed("Q29.input"),
            *drawn("C10.document.rollback", "Q29.register.cutover")),
    "Q30": (*typed("Q30.metric"), *drawn("Q30.document.dashboard", "Q30.metric"),
            f"{READING}::test_the_dashboard_shows_typed_readings_to_staff_and_to_its_readers"),
    "C1": (*added("C1.register.decisions"), *typed("C1.artifact"),
           *drawn("C1.document.design", "C1.register.decisions", "C1.artifact")),
    "C2": (f"{LINES}::test_a_line_is_met_by_what_it_asks_and_no_more[C10.criterion.replay]",),
    "C3": (*added("C3.register.lock_in", "C3.register.deferred"),
           *drawn("C1.document.design", "C3.register.lock_in", "C3.register.deferred")),
    "C4": (*added("C4.register.traces"),
           *drawn("C10.document.verification", "C4.register.traces")),
    "C5": (*added("C5.register.periods", "C5.register.variances"), *gate("C5.gate.period")),
    "C6": (*added("C6.register.evidence"),
           *drawn("C6.document.evidence", "C5.register.periods", "C5.register.variances",
                  "C6.register.evidence"),
           f"{READING}::test_the_pack_of_a_period_keeps_the_exact_bytes_with_their_hash"),
    "C7": (*typed("C7.artifact"), *added("C7.register.payloads"),
           *drawn("C7.document.handoff", "C7.artifact", "C7.register.payloads")),
    "C8": (*added("C8.register.payouts", "C8.register.exceptions"),
           *drawn("C10.document.verification", "C8.register.payouts", "C8.register.exceptions"),
           f"{PAYOUTS}::test_an_exception_lands_in_its_queue_with_owner_and_date"),
    "C9": (*added(*(f"C9.register.{slug}" for slug in (
               "programs", "decisions", "tax_documents", "reporting", "vat", "overrides"))),
           *(f"{DRAWN}::test_what_was_typed_stands_in_the_document"
             f"[C10.document.verification-C9.register.{slug}]" for slug in (
                 "programs", "decisions", "tax_documents", "reporting", "vat", "overrides")),
           *gate("C9.gate.sensitive")),
    "C10": (*typed("C10.input", "C10.incident", "C10.metric", "C10.rollback"),
            *gate("C10.gate.go_live"), *drawn("C10.document.rollback", "C10.rollback")),
    "C11": (*typed("C11.test"), *added("C11.register.pack"),
            *drawn("C10.document.verification", "C11.test", "C11.register.pack")),
    "C12": (*added("C12.register.causes"),
            *drawn("Q18.document.hypercare", "C12.register.causes")),
    "P1": (*typed("P1.interview"), *added("P1.register.candidates"),
           *drawn("P6.document.pilot", "P1.candidate")),
    "P2": (*added("P2.register.pilots"), *gate("P2.gate.start"),
           *drawn("P6.document.pilot", "P2.register.pilots")),
    "P3": (*added("P3.register.cohorts"), *drawn("P6.document.pilot", "P3.register.cohorts")),
    "P4": (*typed("P4.metric"), *drawn("P6.document.pilot", "P4.metric")),
    "P5": (*added("P5.register.rollout"), *drawn("P6.document.pilot", "P5.register.rollout")),
    "P6": (*added("P6.register.results"), *gate("P6.gate.scale")),
    "M": drawn("M.document.checklist", "M.task"),
    "F": drawn("Q25.document.runbook", "F.function"),
}  # fmt: skip
"""By id: tests that walk it, beside those of its families."""

assert {*SAID, *CREATED} == set(FAMILIES)
assert set(CHOSEN_AT_CREATION) < set(CREATED)
