"""Every address that changes something for an engagement, with what is sent to it.

An act is told by its endpoint; ``make`` prepares what must be there before and returns the address
and the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session, undefer
from werkzeug.datastructures import FileStorage

from phases.core import files
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.models import Contact, Engagement, OutboxJob, Run, StoredFile, User
from phases.core.outbox import deliver_due
from phases.core.runs.services import KINDS, Kind, start
from phases.engineering.reconciliation.models import Outcome
from phases.mechanisms.form.queries import asked, form_of
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.matrix.queries import matrix_of, matrix_view
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from tests.conftest import live_since

CASES = "Q28.register.edge_cases"
GAPS = "Q9.register.gaps"
FORM = "Q3.form.intake"
SHEET, TERM = "Q5.sheet.definitions", "Q5.term.invoice"
MATRIX = "Q10.matrix.tool"
MEETING = "Q7.meeting.kickoff"
TEXT, PASSAGE = "Q4.writing.v0", "Q4.v0.current_map"
GATE = "Q12.gate.1d"


@dataclass
class World:
    """Who may act on what: ``staff`` is the architect, ``customer`` the finance lead."""

    session: Session
    engagement: Engagement
    staff: FlaskClient
    admin: FlaskClient
    customer: FlaskClient
    base: str
    contact: Contact
    user: Callable[..., User]

    @property
    def at(self) -> str:
        """Where the pages of the engagement begin."""
        return f"/e/{self.engagement.slug}"

    @property
    def s(self) -> Situation:
        """The situation as it is now."""
        return situation_for(self.session, self.engagement)

    def client(self, endpoint: str) -> FlaskClient:
        """The browser of whoever uses *endpoint*."""
        part = endpoint.partition(".")[0]
        return {"portal": self.customer, "settings": self.admin}.get(part, self.staff)


Sent = tuple[str, dict[str, Any]]
Make = Callable[[World], Sent]

GAP = {
    "v_gap": "The PO number is missing",
    "v_kind": "missing_data",
    "v_found_in": "meeting",
    "v_severity": "high",
    "state": "open",
}


def creation(_w: World) -> Sent:
    return "/engagements/new", {
        "customer": "Helios Grid",
        "category": "balanced",
        "scope": "single_tool",
        "methodology": "recommend",
        "motion": "sales_led",
        "engagement_type": "single",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "account_manager": "",
    }


def a_contact(w: World) -> Sent:
    who = {"name": "Rita Lead", "email": "rita@acme.example", "role": "revops_lead", "invite": "y"}
    return f"{w.at}/people", who


def an_invitation(w: World) -> Sent:
    return f"{w.at}/people/{w.contact.id}/invite", {}


def a_member(w: World) -> Sent:
    user = w.user("engineer", "Edo Engineer")
    return f"{w.at}/people/team", {"person": f"{user.id}.engineer"}


def a_row(w: World) -> Sent:
    return f"{w.at}/register/{GAPS}/rows", GAP


TERMS = (
    '{"number": "C-1", "currency": "EUR", "start": "2026-01-01", "end": "2026-12-31",'
    ' "lines": [{"key": "plan", "kind": "recurring", "price": "100"}]}'
)


def a_contract_of_a_customer(w: World) -> Sent:
    return f"{w.at}/contracts/new", {"kind": "json", "terms": TERMS}


def a_confirmed_contract(w: World) -> Sent:
    place, said = a_contract_of_a_customer(w)
    return f"{w.staff.post(place, data=said).location}/confirm", {}


def a_contract_put_back_to_assumed(w: World) -> Sent:
    place, _ = a_confirmed_contract(w)
    w.staff.post(place)
    return place.replace("confirm", "assume"), {}


def a_try_of_a_scenario(w: World) -> Sent:
    said = {"issue": "2025-01-01", "total": "100"}
    return f"{w.at}/contracts/scenarios/annual_billed_monthly", said


CONTRACTS = (
    b"Contract Number,Customer,Currency,Start Date,MRR,Billing Frequency\n"
    b"C-7,Acme,EUR,2026-01-01,100,Monthly\n"
)


def an_import_of_contracts(w: World) -> Sent:
    sent = {"file": (BytesIO(CONTRACTS), "contracts.csv")}
    place = w.staff.post(f"{w.at}/contracts/import", data=sent).location
    return f"{place}/take", {}


def a_change(w: World) -> Sent:
    said = {"v_handling": "By card.", "state": "open", "version": "0"}
    return f"{w.at}/register/{CASES}/rows/Q28.case.refunds", said


def a_confirmed_row(w: World) -> Sent:
    return f"{w.at}/register/{CASES}/rows/Q28.case.refunds/confirm", {"version": "0"}


def a_removed_row(w: World) -> Sent:
    w.staff.post(f"{w.at}/register/{GAPS}/rows", data=GAP)
    ref = w.s.records.rows[GAPS][0].id
    return f"{w.at}/register/{GAPS}/rows/r{ref}/remove", {"version": "1"}


def an_import(w: World) -> Sent:
    table = "Gap\tKind\tFound in\tSeverity\nNo PO\tManual step\tMeeting\tHigh\n"
    return f"{w.at}/register/{GAPS}/import", {"table": table}


def many_rows(w: World) -> Sent:
    said = {"act": "state", "to_state": "documented", "rows": "Q28.case.refunds:0"}
    return f"{w.at}/register/{CASES}/bulk", said


def scores_from_a_table(w: World) -> Sent:
    view = matrix_view(w.s, matrix_of(w.s, MATRIX))
    table = f"Ref\tWeight\n{view.lines[0].key}\t{view.lines[0].weight - 1}\n"
    return f"{w.at}/matrix/{MATRIX}/import", {"table": table}


def a_deferral(w: World) -> Sent:
    option = matrix_view(w.s, matrix_of(w.s, MATRIX)).options[0].key
    return f"{w.at}/matrix/{MATRIX}/defer", {"option": option, "deferral": "After the launch."}


def a_score(line: str, option: str) -> dict[str, str]:
    at = f"{line}:{option}"
    return {f"score:{at}": "4", f"note:{at}": "Seen.", f"link:{at}": "https://docs.example.com"}


def a_dissent(w: World) -> Sent:
    matrix = matrix_of(w.s, MATRIX)
    view = matrix_view(w.s, matrix)
    said: dict[str, str] = {}
    for line in view.lines:
        for option in view.options:
            said |= a_score(line.key, option.key)
    w.staff.post(f"{w.at}/matrix/{MATRIX}", data={**said, "version": str(view.version)})
    chosen = {"options": view.options[0].key, "reason": "It fits."}
    w.staff.post(f"{w.at}/matrix/{MATRIX}/decide", data=chosen)
    return f"{w.at}/matrix/{MATRIX}/dissent", {"who": w.user("architect", "Ada Architect").ref,
                                               "why": "It costs more."}  # fmt: skip


def a_step(w: World) -> Sent:
    place = f"{w.at}/checklist/Q4.checklist.preparation/Q4.step.determine_motion"
    return place, {"note": "Said", "state": "doing", "version": "0", "back": "checklist"}


def a_tick(w: World) -> Sent:
    place = f"{w.at}/checklist/Q3.checklist.send/Q3.send.intake_form/done"
    return place, {"version": "0", "back": "checklist"}


def an_input(w: World) -> Sent:
    return f"{w.at}/inputs/Q3.input.crm", {"value": "HubSpot", "source": "Call", "version": "0"}


def a_confirmation(w: World) -> Sent:
    version = w.s.records.inputs["profile.motion"].version
    return f"{w.at}/inputs/profile.motion/confirm", {"version": str(version)}


def a_wording(w: World) -> Sent:
    place = f"{w.at}/sheet/{SHEET}/{TERM}/wording"
    return place, {"text": "A request for payment, in writing.", "version": "0"}


def scores(w: World) -> Sent:
    view = matrix_view(w.s, matrix_of(w.s, MATRIX))
    line = view.lines[0]
    said = {f"weight:{line.key}": "7", **a_score(line.key, view.options[0].key)}
    return f"{w.at}/matrix/{MATRIX}", {**said, "version": str(view.version)}


def many_steps(w: World) -> Sent:
    chosen = ["Q3.send.intake_form:0", "Q3.send.definitions:0"]
    return f"{w.at}/checklist/Q3.checklist.send/bulk", {"act": "done", "steps": chosen}


def steps_from_a_table(w: World) -> Sent:
    table = "Step\tState\nQ3.send.intake_form\tDone\n"
    return f"{w.at}/checklist/Q3.checklist.send/import", {"table": table}


def readings_from_a_table(w: World) -> Sent:
    day = now().date().replace(day=1).isoformat()
    table = f"Metric\tPeriod\tPart\tWhole\nQ20.metric.amendments\t{day}\t1\t10\n"
    return f"{w.at}/metrics/import", {"table": table}


def results_from_a_table(w: World) -> Sent:
    live_since(w.session, w.engagement, now().date() - timedelta(days=40))
    page = w.staff.get(f"{w.at}/schedule/Q20.schedule.maintenance/export.csv").text
    found = re.search(
        r"^([^,\n]+),(\d{4}-\d\d-\d\d),(?:Due today|Overdue|Upcoming)", page, re.MULTILINE
    )
    assert found, page[:800]
    table = f"Task\tDue\tState\n{found[1]}\t{found[2]}\tAll well\n"
    return f"{w.at}/schedule/Q20.schedule.maintenance/import", {"table": table}


def words_from_a_table(w: World) -> Sent:
    table = "Statement\tWording\nQ5.term.invoice\tA request for payment, as we word it\n"
    return f"{w.at}/sheet/Q5.sheet.definitions/import", {"table": table}


def answers_from_a_table(w: World) -> Sent:
    table = "Question\tAnswer\nQ3.followup.crm\tSalesforce\n"
    return f"{w.at}/form/Q3.form.intake/import", {"table": table}


def a_trip(w: World) -> Sent:
    said = {"on": (now().date() - timedelta(days=2)).isoformat(), "note": "Usage tiers"}
    return f"{w.at}/triggers/Q20.trigger.new_pricing", said


def an_answered_trip(w: World) -> Sent:
    place, said = a_trip(w)
    w.staff.post(place, data=said)
    return f"{place}/answer", {"on": said["on"], "answer": "Scoped", "version": "1"}


def a_trip_told_by_the_customer(w: World) -> Sent:
    place = f"{w.base}/schedule/Q20.schedule.maintenance/triggers/Q20.trigger.new_pricing"
    return place, a_trip(w)[1]


def a_reading(w: World) -> Sent:
    go_live = now().date() - timedelta(days=14)
    live_since(w.session, w.engagement, go_live)
    page = w.staff.get(f"{w.at}/metrics").text
    block = page.split("/metrics/Q18.metric.tickets", 1)[1]
    found = re.search(r'option value="([^"]+)"', block)
    assert found, block[:800]
    return f"{w.at}/metrics/Q18.metric.tickets", {"period": found[1], "value": "4", "note": ""}


def an_occurrence(w: World) -> Sent:
    a_reading(w)
    page = w.staff.get(f"{w.at}/schedule/Q18.schedule.weeks").text
    found = re.search(r'action="(/e/[^"]+/schedule/Q18.schedule.weeks/[^"]+)"', page)
    assert found, page
    return found[1], {"result": "ok", "note": "", "evidence": "", "version": "0"}


def a_plan(w: World) -> Sent:
    day = (now().date() + timedelta(days=7)).isoformat()
    said = {"day": day, "hour": "10:00", "minutes": "60", "place": "", "version": "0"}
    return f"{w.at}/meeting/{MEETING}/1/plan", {**said, "attendees": w.contact.ref, "invite": "1"}


def a_started_meeting(w: World) -> Sent:
    return f"{w.at}/meeting/{MEETING}/1/start", {}


def minutes(w: World) -> Sent:
    return f"{w.at}/meeting/{MEETING}/1/minutes", {"notes": "Said", "version": "0"}


def a_dropped_meeting(w: World) -> Sent:
    return f"{w.at}/meeting/{MEETING}/1/drop", {"reason": "Merged with another"}


def a_restored_meeting(w: World) -> Sent:
    place, form = a_dropped_meeting(w)
    w.staff.post(place, data=form)
    return f"{w.at}/meeting/{MEETING}/1/restore", {}


def a_reopened_meeting(w: World) -> Sent:
    w.staff.post(f"{w.at}/meeting/{MEETING}/1/start", data={})
    said = {"attendees": w.contact.ref, "end": "1", "version": "1"}
    w.staff.post(f"{w.at}/meeting/{MEETING}/1/minutes", data=said)
    return f"{w.at}/meeting/{MEETING}/1/reopen", {}


def an_edited_section(w: World) -> Sent:
    return f"{w.at}/text/{TEXT}/{PASSAGE}", {"text": "In my words", "base": "", "version": "0"}


def a_read_section(w: World) -> Sent:
    return f"{w.at}/text/{TEXT}/{PASSAGE}/read", {"version": "0"}


def a_redrafted_section(w: World) -> Sent:
    place, form = an_edited_section(w)
    w.staff.post(place, data=form)
    return f"{place}/redraft", {}


def a_reverted_section(w: World) -> Sent:
    place, form = an_edited_section(w)
    w.staff.post(place, data=form)
    return f"{place}/revert", {}


def a_restored_section(w: World) -> Sent:
    place, _ = a_reverted_section(w)
    w.staff.post(place, data={})
    return place.replace("/revert", "/restore"), {"number": "1"}


def an_attestation(w: World) -> Sent:
    said = {"criterion": "Q12.criterion.understanding", "note": "Fay said so at the review."}
    return f"{w.at}/gate/1d/attest", {**said, "evidence": ""}


def a_waiver(w: World) -> Sent:
    until = (now().date() + timedelta(days=20)).isoformat()
    said = {"criterion": "Q12.criterion.gaps", "reason": "One gap is found later, agreed with Fay."}
    return f"{w.at}/gate/1d/waive", {**said, "evidence": "Mail of Monday", "expires_on": until}


def profile_of(w: World) -> dict[str, str]:
    """The profile as its page would send it again."""
    known = {k: v for k, v in w.s.profile.items() if v not in (None, "", [])}
    flags = {k: "y" for k, v in known.items() if v is True}
    return {k: str(v) for k, v in known.items() if not isinstance(v, bool)} | flags


def a_profile(w: World) -> Sent:
    said = {**profile_of(w), "erp": "y", "version": str(w.engagement.version)}
    return f"{w.at}/profile", said


def a_document(w: World) -> Sent:
    return f"{w.at}/documents/Q25.document.maintenance/issue", {}


def a_file_taken_out(w: World) -> Sent:
    place, of = f"{w.at}/documents/C6.document.evidence/files", {"subject": "2027-03"}
    w.session.add(Row(engagement_id=w.engagement.id, register="C5.register.periods",
                      title="2027-03", values={"period": "2027-03"}, state="open", position=0,
                      changed_by="u1"))  # fmt: skip
    commit(w.session)
    said = {"file": (BytesIO(b"id,amount"), "balance.csv"), "once": "first", **of}
    w.staff.post(place, data=said, content_type="multipart/form-data")
    file = w.session.query(StoredFile).filter_by(claimed_by="C6.document.evidence/2027-03").one()
    return f"{place}/{file.id}/remove", of


EXPORTS = Path(__file__).parents[1] / "engineering" / "exports"
EXPORT, LEDGER = EXPORTS / "six-errors.csv", EXPORTS / "ledger.csv"


def a_file_of_invoices(w: World) -> Sent:
    return f"{w.at}/invoices", {"side": "billing", "file": (str(EXPORT), "invoices.csv")}


def an_import_of_invoices(w: World) -> Sent:
    place, said = a_file_of_invoices(w)
    return w.staff.post(place, data=said).location, {"then": "import", "version": "1"}


def an_import_left_out(w: World) -> Sent:
    place, said = an_import_of_invoices(w)
    w.staff.post(place, data=said)
    return f"{place}/remove", {}


def an_import_put_back(w: World) -> Sent:
    place, _ = an_import_left_out(w)
    w.staff.post(place)
    return place.replace("remove", "restore"), {}


def a_reconciliation(w: World) -> Sent:
    for place, said in (an_import_of_invoices(w), a_contract_of_a_customer(w)):
        w.staff.post(place, data=said)
    return f"{w.at}/reconciliation", {"purpose": "qa"}


def a_done_reconciliation(w: World) -> str:
    place, said = a_reconciliation(w)
    return str(w.staff.post(place, data=said).location)


def explained_variances(w: World) -> Sent:
    place = a_done_reconciliation(w)
    row = w.session.query(Outcome).filter_by(state="open").first()
    assert row is not None
    said = {"rows": str(row.id), "act": "explain", "cause": "tax", "state": "explained",
            "resolution": "The rate was wrong."}  # fmt: skip
    return f"{place}/rows", said


def an_explained_variance(w: World) -> Sent:
    place, said = explained_variances(w)
    return f"{place}/{said['rows']}", {**said, "version": "1", "owner": ""}


def a_reading_from_a_reconciliation(w: World) -> Sent:
    place, _ = a_reconciliation(w)
    found = w.staff.post(place, data={"purpose": "hypercare", "last_day": "2026-12-31"}).location
    return f"{found}/take", {"key": "Q18.metric.invoice_accuracy"}


def a_removed_reconciliation(w: World) -> Sent:
    return f"{a_done_reconciliation(w)}/remove", {}


def reconciliation_settings(w: World) -> Sent:
    said = {"amounts": "EUR 90", "percent": "1", "version": "0"}
    return f"{w.at}/reconciliation/settings", said


def a_layer(w: World) -> Sent:
    sides = {side: (str(LEDGER), f"{side}.csv") for side in ("left", "right")}
    return f"{w.at}/reconciliation/layers", {"layer": "bank", "period": "2027-03", **sides}


KINDS["for.trust"] = Kind("run for tests", lambda *_: {}, lambda _run: "")


def a_run(w: World) -> Run:
    """A long run that waits for the worker."""
    return start(w.session, w.engagement, "u1", "for.trust")


def a_stopped_run(w: World) -> Sent:
    return f"{w.at}/runs/{a_run(w).id}/cancel", {}


def a_run_again(w: World) -> Sent:
    run = a_run(w)
    run.state = "failed"
    return f"{w.at}/runs/{run.id}/again", {}


def an_export(w: World) -> str:
    """A CRM export, looked at; its page."""
    text = "Deal,Stage,Amount\nA,Won,5\nB,Won,\n"
    sent = {"export": (BytesIO(text.encode()), "deals.csv")}
    answer = w.staff.post(f"{w.at}/crm", data=sent, content_type="multipart/form-data")
    deliver_due(w.staff.application)
    w.session.rollback()
    return str(answer.location)


def columns_of(w: World, place: str) -> dict[str, str]:
    """What the form of the export's columns holds."""
    html = w.staff.get(f"{place}/columns").text
    chosen = re.findall(r'<select[^>]* name="([^"]+)"[^>]*>.*?</select>', html, re.DOTALL)
    found = dict.fromkeys(chosen, "") | {
        "sheet": "deals",
        "column-stage": "Stage",
        "column-amount": "Amount",
        "currency": "",
    }
    marks = {name: "point" for name in found if name.startswith("decimal-")}
    stages = {name: "won" for name in found if name.startswith("stage-")}
    return found | marks | stages | {"version": "1"}


def an_audit(w: World) -> Sent:
    place = an_export(w)
    return f"{place}/columns", columns_of(w, place)


def an_audited_export(w: World) -> str:
    place, form = an_audit(w)
    w.staff.post(place, data=form)
    deliver_due(w.staff.application)
    w.session.rollback()
    return place.removesuffix("/columns")


def a_finding_taken(w: World) -> Sent:
    return f"{an_audited_export(w)}/take", {}


def a_way_to_read_offered(w: World) -> Sent:
    place = an_export(w)
    run = w.session.query(Run).options(undefer(Run.result)).one()
    run.result = {**run.result, "offered": run.result["look"]["mapping"]}
    return f"{place}/offered", {}


def a_stored_export(w: World) -> Sent:
    sent = {"file": FileStorage(BytesIO(b"Deal,Stage\nA,Won\n"), "theirs.csv")}
    row = files.store(w.session, w.engagement, sent["file"], w.contact.ref)
    row.claimed_by = "Q3.followup.crm_export"
    return f"{w.at}/crm/from/{row.id}", {}


def an_account(_w: World) -> Sent:
    return "/settings/users", {"name": "Nora", "email": "nora@firm.example", "roles": "engineer"}


def answers(w: World) -> Sent:
    said = {"q-crm": "HubSpot", "q-crm-version": "0", "q-crm-was": "", "do": "continue"}
    return f"{w.base}/form/{FORM}/1", said


def a_sent_form(w: World) -> Sent:
    fill_in(w)
    return f"{w.base}/form/{FORM}/submit", {}


def a_reopened_form(w: World) -> Sent:
    fill_in(w)
    w.customer.post(f"{w.base}/form/{FORM}/submit", data={})
    return f"{w.at}/form/{FORM}/reopen", {"why": "The CRM is missing."}


def fill_in(w: World) -> None:
    """Answer what the form asks, by its service."""
    from tests.mechanisms.test_pages import cell

    s = w.s
    form = form_of(s, FORM)
    given = values(cell)
    for _ in range(4):
        for question in asked(s, form):
            if question.required and question.key not in s.records.answers:
                given(w.session, s, w.contact.ref, question)
    commit(w.session)


def values(cell: Callable[[Any], str]) -> Callable[..., None]:
    """A way to answer any question."""
    from phases.mechanisms.form.services import save_answer

    def give(session: Session, s: Situation, actor: str, question: Any) -> None:
        kind = question.type
        value: Any = "1"
        if kind == "choice":
            value = next(iter(question.options))
        elif kind == "choices":
            value = [next(iter(question.options))]
        elif kind == "yes_no":
            value = "no"
        elif kind == "date":
            value = date(2026, 12, 1).isoformat()
        elif kind == "table":
            value = [{name: cell(column) for name, column in question.columns.items()}]
        if kind != "files":
            save_answer(session, s, actor, FORM, question.key, value)

    return give


def a_signature(w: World) -> Sent:
    html = w.customer.get(f"{w.base}/sheet/{SHEET}").text
    seen = dict(re.findall(r'name="(statement-[\w-]+-seen)" value="(\w+)"', html))
    return f"{w.base}/sheet/{SHEET}", {**seen, "statement-Q5-term-invoice-answer": "yes"}


def a_version(w: World) -> Sent:
    return f"{w.at}/versions", {"note": "For the kickoff"}


def a_homework_step(w: World) -> Sent:
    return f"{w.base}/step/Q3.homework.watch_video", {"version": "0"}


def a_retried_mail(w: World) -> Sent:
    w.staff.post(f"{w.at}/people/{w.contact.id}/invite", data={})
    job = w.session.query(OutboxJob).filter_by(kind="invitation").one()
    job.state = "failed"
    return f"/settings/outgoing/{job.id}/retry", {}


SAMPLES, VIDEO = "Q3.homework.samples", "Q3.homework.watch_video"
COLLEAGUE = {"items": VIDEO, "name": "Cora Colleague", "email": "cora@acme-robotics.example"}


def an_item_asked(w: World) -> Sent:
    return f"{w.at}/homework/ask", {"item": SAMPLES, "contact": str(w.contact.id), "note": ""}


def a_handover(w: World) -> Sent:
    return f"{w.base}/item/{VIDEO}/hand", COLLEAGUE


def handed(w: World, email: str = COLLEAGUE["email"]) -> int:
    """Hand something over; the id of what was asked."""
    place, form = a_handover(w)
    w.customer.post(place, data={**form, "email": email})
    return w.session.query(Ask).order_by(Ask.id.desc()).first().id  # type: ignore[union-attr]


def something_taken_back(w: World) -> Sent:
    return f"{w.base}/given/{handed(w)}/take-back", {}


def something_taken_back_by_staff(w: World) -> Sent:
    return f"{w.at}/homework/asks/{handed(w)}/take-back", {}


def an_agreement(w: World) -> Sent:
    return f"{w.at}/homework/asks/{handed(w, 'cora@elsewhere.example')}/allow", {}


def a_refusal(w: World) -> Sent:
    return f"{w.at}/homework/asks/{handed(w, 'cora@elsewhere.example')}/decline", {}


def something_not_mine(w: World) -> Sent:
    return f"{w.base}/item/{VIDEO}/back", {"said": "Ask the billing team"}


def a_mail_at_once(w: World) -> Sent:
    return f"{w.at}/homework/write", {"person": w.contact.ref}


def no_more_mails(w: World) -> Sent:
    return f"{w.at}/homework/stop", {"item": SAMPLES}


def mails_again(w: World) -> Sent:
    place, form = no_more_mails(w)
    w.staff.post(place, data=form)
    return f"{w.at}/homework/stops/1/end", {}


ACTS: dict[str, Make] = {
    "everywhere.create": creation,
    "people.add": a_contact,
    "runs.cancel": a_stopped_run,
    "crm.correct": an_audit,
    "crm.take": a_finding_taken,
    "crm.use_offered": a_way_to_read_offered,
    "crm.take_stored": a_stored_export,
    "runs.again": a_run_again,
    "people.invite": an_invitation,
    "people.add_member": a_member,
    "register.add": a_row,
    "register.change": a_change,
    "register.confirm": a_confirmed_row,
    "register.remove": a_removed_row,
    "register.bring_in": an_import,
    "schedule.bring_in": results_from_a_table,
    "sheet.bring_in": words_from_a_table,
    "form.bring_in": answers_from_a_table,
    "register.many": many_rows,
    "invoices.add": a_file_of_invoices,
    "invoices.correct": an_import_of_invoices,
    "invoices.remove": an_import_left_out,
    "invoices.restore": an_import_put_back,
    "reconciliation.start": a_reconciliation,
    "reconciliation.start_layer": a_layer,
    "reconciliation.save_settings": reconciliation_settings,
    "reconciliation.many": explained_variances,
    "reconciliation.explain": an_explained_variance,
    "reconciliation.take": a_reading_from_a_reconciliation,
    "reconciliation.remove": a_removed_reconciliation,
    "contracts.add": a_contract_of_a_customer,
    "contracts.confirm": a_confirmed_contract,
    "contracts.take": an_import_of_contracts,
    "contracts.assume": a_contract_put_back_to_assumed,
    "checklist.say": a_step,
    "checklist.done": a_tick,
    "checklist.many": many_steps,
    "checklist.bring_in": steps_from_a_table,
    "inputs.change": an_input,
    "inputs.confirm": a_confirmation,
    "sheet.reword": a_wording,
    "matrix.save": scores,
    "matrix.bring_in": scores_from_a_table,
    "matrix.defer": a_deferral,
    "matrix.dissent": a_dissent,
    "metric.take": a_reading,
    "metric.bring_in": readings_from_a_table,
    "trigger.say": a_trip,
    "trigger.answer": an_answered_trip,
    "schedule.record": an_occurrence,
    "meeting.plan": a_plan,
    "meeting.start": a_started_meeting,
    "meeting.write": minutes,
    "meeting.drop": a_dropped_meeting,
    "meeting.restore": a_restored_meeting,
    "meeting.reopen": a_reopened_meeting,
    "versions.cut": a_version,
    "writing.edit": an_edited_section,
    "writing.accept": a_read_section,
    "writing.redraft": a_redrafted_section,
    "writing.revert": a_reverted_section,
    "writing.restore": a_restored_section,
    "gate.attest": an_attestation,
    "gate.waive": a_waiver,
    "engagement.change_profile": a_profile,
    "documents.issue": a_document,
    "documents.remove_file": a_file_taken_out,
    "scenarios.record": a_try_of_a_scenario,
    "settings.add_user": an_account,
    "settings.retry": a_retried_mail,
    "form.reopen": a_reopened_form,
    "portal.save_section": answers,
    "portal.submit": a_sent_form,
    "portal.answer_sheet": a_signature,
    "portal.step_done": a_homework_step,
    "portal.hand_over": a_handover,
    "portal.take_back": something_taken_back,
    "portal.send_back": something_not_mine,
    "homework.ask": an_item_asked,
    "homework.take_back": something_taken_back_by_staff,
    "homework.allow": an_agreement,
    "homework.decline": a_refusal,
    "homework.write": a_mail_at_once,
    "homework.stop": no_more_mails,
    "homework.resume": mails_again,
    "portal.tell": a_trip_told_by_the_customer,
}
"""By endpoint."""

NOT_TWICE_BY_ITSELF = {
    "account.log_in": "replaces the login of this browser",
    "account.logout": "a login that has ended cannot end again",
    "account.password": "the new password is the same",
    "account.prove": "proves again",
    "account.save_profile": "sets a name",
    "checklist.prove": "proves again",
    "contracts.add_file": "sends a file: see tests/engineering/test_contract_imports.py",
    "contracts.correct": "by its version",
    "contracts.drop": "a file that was left out cannot be left out again",
    "contracts.hand_over": "a version that was handed over cannot be handed over again",
    "contracts.remove": "a contract that was removed cannot be removed again",
    "contracts.remove_amendment": "by its version",
    "contracts.remove_line": "by its version",
    "contracts.restore": "a contract that is there cannot be put back",
    "scenarios.record_tests": "a result that stands is not recorded again",
    "contracts.save_amendment": "by its version",
    "contracts.save_conventions": "by its version",
    "contracts.save_head": "by its version",
    "contracts.save_json": "by its version",
    "contracts.save_line": "by its version",
    "crm.upload": "sends a file: the same files are one export, see tests/strategy/test_crm.py",
    "documents.add_file": "sends a file: see tests/deliverables/test_reading.py",
    "engagement.preview": "changes nothing",
    "files.upload": "an upload by itself belongs to nothing",
    "gate.decide": "a gate that has been passed is refused; see tests/gates",
    "gate.fixed": "a loop that is closed is not there",
    "gate.withdraw": "a record that has ended cannot end again",
    "inputs.assume": "by its version",
    "invoice_template.save": "by its version",
    "matrix.decide": "by its version",
    "people.change": "by its version",
    "people.remove": "a removed contact is not there",
    "people.remove_member": "a member who was removed is not there",
    "people.revoke": "what was revoked cannot be revoked again",
    "portal.answer": "by its version",
    "portal.code_again": "six codes an hour",
    "portal.confirm": "a code works once",
    "portal.fresh_access": "one in five minutes",
    "portal.fresh_link": "one in five minutes",
    "portal.leave": "a grant that has ended cannot end again",
    "portal.open_link": "a link works once",
    "portal.record": "by its version; the same service as schedule.record",
    "portal.save_item": "the same guard and service as portal.save_section",
    "register.begin": "rows that are there are not added again",
    "register.move": "by its version",
    "register.take_over": "what is taken over is not on offer any more",
    "portal.save_row": "the same guard and service as register.change",
    "register.assume": "by its version",
    "register.preview": "looks at a table, and changes nothing",
    "register.restore": "a row that is there cannot be put back",
    "scenarios.choose": "chooses the same again",
    "settings.change_user": "sets a name and roles",
    "settings.disable_user": "sets a flag",
    "settings.enable_user": "sets a flag",
    "settings.reset_password": "another one-time password, the one before is void",
    "settings.show": "another link, the one before is void",
    "sheet.sign": "the same guard and service as portal.answer_sheet",
}
"""Endpoints that need no act here, and why."""
