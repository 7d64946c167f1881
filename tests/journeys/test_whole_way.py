"""One engagement from its creation to the archive, by the people who take part in it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from phases.portfolio.demo.paper import paper
from tests.journeys import hands
from tests.journeys.fill import fill
from tests.journeys.hands import FORM
from tests.journeys.stage import Live, Person, Stage

pytestmark = pytest.mark.browser

CUSTOMER = "Harbour & Reed"
FINANCE, REVOPS = "imogen.clarke@harbour.example", "rafael.duarte@harbour.example"
DEFINITIONS, PACKAGE = "Q5.sheet.definitions", "Q12.sheet.package"
AGO = timedelta(days=50)
"""When it all begins, so that four weeks of hypercare have passed by today."""

PROFILE = {
    "category": "balanced",
    "engagement_type": "dedicated",
    "motion": "hybrid",
    "scope": "multi_tool",
    "methodology": "hybrid",
    "erp": True,
    "tax": True,
    "multi_currency": True,
    "multi_entity": True,
    "time_zone": "Europe/London",
    "country": "GB",
    "account_manager": "4",
}

TODAY_SECTION = {
    "billing_tools": ["stripe", "erp_native"],
    "billing_tools_detail": "Stripe takes cards. NetSuite makes the invoices of contracts.",
    "invoice_process": "Beth reads the order form and types a sales order into NetSuite.",
    "crm": "Salesforce with Salesforce CPQ",
    "invoice_volume": "2900",
    "billing_owner": "finance",
}
PRICING_SECTION = {
    "pricing_model": ["flat", "per_seat"],
    "contract_structure": ["annual", "ramp"],
    "amendments": "Sixty a month; sales opens a ticket.",
    "payment_terms": ["net_30"],
    "payment_methods": ["wire"],
}
REACH_SECTION = {
    "self_serve": "hybrid",
    "tax": True,
    "multi_entity": True,
    "payouts": False,
}
REACH_FOLLOWING = {
    "plg_details": "Card in the product, charged monthly by Stripe.",
    "plg_to_sales": "Card charges are stopped by hand.",
    "tax_details": "UK and EU VAT in NetSuite.",
    "entities": "Ltd bills the UK and EU, Inc. the US.",
}


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """What one test leaves for the next: who is logged in, and the engagement's address."""
    live.ago = AGO
    return SimpleNamespace(
        architect=people.person(),
        finance=people.person(phone=True),
        revops=people.person(phone=True),
        slug="",
        finance_base="",
        revops_base="",
        go_live=live.today + timedelta(days=3),
    )


def test_an_architect_creates_an_engagement_and_invites(
    stage: Stage, acts: SimpleNamespace
) -> None:
    architect: Person = acts.architect
    architect.log_in("ada@firm.example")
    kickoff = (architect.live.today - timedelta(days=1)).isoformat()
    acts.slug = hands.create_engagement(architect, CUSTOMER, {**PROFILE, "kickoff": kickoff})
    assert acts.slug == "harbour-reed"
    assert architect.sees(CUSTOMER)
    hands.add_contact(architect, acts.slug, "Imogen Clarke", FINANCE, "finance_lead")
    hands.add_contact(architect, acts.slug, "Rafael Duarte", REVOPS, "revops_lead")
    hands.add_contact(
        architect, acts.slug, "Beth Osei", "beth@harbour.example", "billing_team", invite=False
    )
    hands.add_contact(
        architect, acts.slug, "Anders Holm", "anders@harbour.example", "it_lead", invite=False
    )
    architect.page.get_by_label("Person and role").select_option(label="Edo Brandt, Engineer")
    architect.press("Add to the team")


def test_the_customer_opens_the_link_from_the_mail(stage: Stage, acts: SimpleNamespace) -> None:
    finance: Person = acts.finance
    link = finance.live.link_for(FINANCE)
    acts.finance_base = finance.enter(FINANCE)
    assert finance.sees("things we need from you")
    assert "/enter/" not in finance.page.url
    stranger = stage.person(phone=True)
    stranger.goto(link, status=410)
    assert stranger.sees("used")
    acts.revops_base = acts.revops.enter(REVOPS)
    assert acts.revops_base != acts.finance_base


def test_the_customer_answers_a_question_at_a_time(stage: Stage, acts: SimpleNamespace) -> None:
    finance: Person = acts.finance
    page = finance.page
    finance.goto(f"{acts.finance_base}/documents/Q30.document.dashboard")
    finance.goto(f"{acts.finance_base}/form/{FORM}")
    finance.press("Start")
    assert hands.block(page, "keep_tool").is_hidden()
    for question, value in TODAY_SECTION.items():
        hands.answer(page, question, value)
    hands.is_saved(page)
    expect(hands.block(page, "keep_tool")).to_be_visible()
    hands.answer(page, "keep_tool", value=False)
    expect(hands.block(page, "tool_renewal")).to_be_visible()
    assert hands.block(page, "shared_split").is_hidden()
    hands.is_saved(page)
    finance.press("Continue")


def test_it_goes_on_on_another_device(stage: Stage, acts: SimpleNamespace) -> None:
    """What was saved without a button is there when the same link is opened elsewhere."""
    finance: Person = acts.finance
    page = finance.page
    hands.answer(page, "amendments", PRICING_SECTION["amendments"])
    hands.is_saved(page)
    architect: Person = acts.architect
    architect.goto(f"/e/{acts.slug}/people")
    row = architect.page.locator("tr", has_text="Imogen Clarke")
    hands.press_twice(architect, row, "Send a new link")
    laptop = stage.person()
    base = laptop.enter(FINANCE)
    assert base != acts.finance_base
    laptop.goto(f"{base}/form/{FORM}/2")
    assert (
        laptop.page.locator("[name='q-amendments']").input_value() == PRICING_SECTION["amendments"]
    )
    finance.goto(f"{acts.finance_base}/form/{FORM}/2")


def test_the_customer_checks_the_answers_and_sends_them(
    stage: Stage, acts: SimpleNamespace, tmp_path: Path
) -> None:
    finance: Person = acts.finance
    page = finance.page
    for question, answers in PRICING_SECTION.items():
        hands.answer(page, question, answers)
    finance.press("Continue")
    assert hands.block(page, "multi_currency").is_hidden()
    hands.answer(page, "international", value=True)
    expect(hands.block(page, "multi_currency")).to_be_visible()
    hands.answer(page, "multi_currency", value=True)
    expect(hands.block(page, "currencies")).to_be_visible()
    hands.answer(page, "currencies", "GBP 48%, EUR 31%, USD 21%")
    for question, value in REACH_SECTION.items():
        hands.answer(page, question, value)
    expect(hands.block(page, "entities")).to_be_visible()
    for question, value in REACH_FOLLOWING.items():
        hands.answer(page, question, value)
    finance.press("Continue")
    hands.answer(page, "erp", "netsuite")
    expect(hands.block(page, "erp_sync")).to_be_visible()
    hands.answer(page, "erp_sync", value=True)
    hands.answer(page, "revrec", value=True)
    finance.press("Continue")
    hands.answer(page, "error_rate", "8")
    hands.answer(page, "dispute_frequency", "weekly")
    hands.answer(page, "known_figures", ["dso"])
    expect(hands.block(page, "dso")).to_be_visible()
    hands.answer(page, "dso", "61")
    finance.press("Continue")
    systems = [{"system": "Stripe", "used_for": "Cards", "owner": "Rafael", "connects": "import"}]
    hands.answer(page, "tool_inventory", systems)
    for name in ("contract", "invoice"):
        sample = tmp_path / f"{name}.pdf"
        sample.write_bytes(paper([f"Sample {name} 0931", "GBP 13,500.00"]))
        hands.upload(finance, f"sample_{name}", [sample])
        assert finance.sees(sample.name)
    finance.press("Continue")
    assert finance.sees("Check your answers")
    assert finance.sees("GBP 48%, EUR 31%, USD 21%")
    finance.press("Send to Northgate Advisory")
    assert finance.sees("Sent. Thank you.")


def test_both_leads_approve_the_definitions_by_code(stage: Stage, acts: SimpleNamespace) -> None:
    hands.approve(acts.finance, acts.finance_base, DEFINITIONS, email=FINANCE)
    reason = "Say that we prorate by days of the actual month."
    hands.approve(
        acts.revops, acts.revops_base, DEFINITIONS, no={"Q5.term.proration": reason}, email=REVOPS
    )
    architect: Person = acts.architect
    architect.goto(f"/e/{acts.slug}/sheet/{DEFINITIONS}")
    row = architect.page.locator("tr[id$='Q5-term-proration'], tr[id$='Q5.term.proration']").first
    assert "Imogen Clarke" in row.inner_text()
    assert "Rafael Duarte" in row.inner_text()
    assert reason in row.inner_text()


def test_a_changed_wording_is_asked_again_with_its_changed_words(
    stage: Stage, acts: SimpleNamespace
) -> None:
    words = "Adjusting a bill by days of the actual month when a customer changes its plan."
    hands.reword(acts.architect, acts.slug, DEFINITIONS, "Q5.term.proration", words)
    finance: Person = acts.finance
    finance.goto(f"{acts.finance_base}/")
    assert finance.sees("1 changed since you answered")
    finance.goto(f"{acts.finance_base}/sheet/{DEFINITIONS}")
    assert "days of the actual month" in " ".join(finance.page.locator("ins").all_inner_texts())
    assert "in proportion to time" in " ".join(finance.page.locator("del").all_inner_texts())
    for person, base, email in (
        (finance, acts.finance_base, FINANCE),
        (acts.revops, acts.revops_base, REVOPS),
    ):
        hands.approve(person, base, DEFINITIONS, email=email)
    acts.architect.goto(f"/e/{acts.slug}/sheet/{DEFINITIONS}")
    assert acts.architect.sees("Everybody has approved every required statement as it reads now.")


def test_a_shut_gate_says_who_can_supply_what(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    architect.goto(f"/e/{acts.slug}/gate/1d")
    missing = architect.page.locator("#missing").inner_text()
    assert "Finance Lead: Imogen Clarke" in missing
    assert "no owner" in missing or "gap" in missing.lower()
    assert architect.page.get_by_role("button", name="Proceed to engineering").is_disabled()
    architect.press(architect.page.locator("#missing").get_by_role("link", name="Go there").first)


def test_strategy_is_worked_out(stage: Stage, acts: SimpleNamespace, live: Live) -> None:
    """An input confirmed; gaps, the tool, a mapping, an edge case and a tax row by hand."""
    architect: Person = acts.architect
    slug, page = acts.slug, architect.page
    fill(live, slug, "preparation", acts.go_live)
    architect.goto(f"/e/{slug}/inputs")
    row = page.locator("tr", has_text="GTM motion").first
    architect.press(row.get_by_role("button", name="Confirm", exact=True))
    assert "CONFIRMED" in page.locator("tr", has_text="GTM motion").first.inner_text()
    fill(live, slug, "kickoff", acts.go_live)
    fill(live, slug, "process", acts.go_live)
    gap = {
        "v_gap": "Renewals are found by searching a spreadsheet",
        "v_kind": "manual_step",
        "v_found_in": "meeting",
        "v_severity": "medium",
        "v_plan": "Renewal date on the contract, alert 90 days before.",
        "owner": "c2",
    }
    hands.add_row(architect, slug, "Q9.register.gaps", gap)
    assert architect.sees("Renewals are found by searching a spreadsheet")
    refund = {
        "v_frequency": "monthly",
        "v_handling": "Cards in Stripe; contracts by credit memo.",
        "state": "documented",
    }
    hands.edit_row(architect, slug, "Q28.register.edge_cases", "Refunds", refund)
    scope = {
        "v_treatment": "Schedules from Tabs feed NetSuite.",
        "v_decided_by": "Imogen Clarke",
        "state": "scoped",
    }
    hands.edit_row(architect, slug, "Q28.register.tax", "Revenue recognition", scope)
    fill(live, slug, "tool", acts.go_live)
    architect.goto(f"/e/{slug}/matrix/Q10.matrix.tool")
    page.locator("[name^='weight:']").first.fill("9")
    architect.press("Save weights and scores")
    for option in ("Q10.option.tabs", "Q10.option.stripe"):
        page.locator(f"[name='options'][value='{option}']").check()
    page.get_by_label("Why", exact=True).fill("Tabs bills contracts rightly; Stripe keeps cards.")
    architect.press("Record the decision")
    assert architect.sees("Tabs bills contracts rightly")
    mapping = {
        "v_purpose": "Purchase order number",
        "v_crm_field": "Contract.PO_Number__c",
        "v_billing_field": "PO Number",
        "v_required": "no",
        "v_data_type": "text",
    }
    hands.add_row(architect, slug, "Q11.register.mapping", mapping)
    fill(live, slug, "integration", acts.go_live)


def test_gate_1d_opens_and_is_passed(stage: Stage, acts: SimpleNamespace) -> None:
    for person, base, email in (
        (acts.finance, acts.finance_base, FINANCE),
        (acts.revops, acts.revops_base, REVOPS),
    ):
        hands.approve(person, base, PACKAGE, email=email)
    architect: Person = acts.architect
    said = "Victoria Lane explained both paths back to us at the final review."
    hands.attest(architect, acts.slug, "1d", "Q12.criterion.understanding", said)
    blockers = "Sandboxes are open; Anders has two days a week."
    hands.attest(architect, acts.slug, "1d", "Q12.criterion.no_blockers", blockers)
    hands.decide(architect, acts.slug, "1d", "Proceed to engineering")
    assert architect.sees("Passed")


def test_the_tool_is_built_tested_and_gate_2d_passed(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    slug = acts.slug
    fill(live, slug, "design", acts.go_live)
    engineer = stage.person()
    engineer.log_in("edo@firm.example")
    part = {"v_tool": "Stripe, Tabs", "v_approach": "manual", "state": "building"}
    hands.edit_row(engineer, slug, "Q15.register.build", "Dunning", part)
    fill(live, slug, "build", acts.go_live)
    proof = {"state": "done", "evidence": "https://docs.example.com/harbour-reed/crm-sync"}
    tests = f"/e/{slug}/checklist/Q16.checklist.tests"
    hands.say_step(engineer, tests, "Q16.test.crm_sync", proof)
    fill(live, slug, "tests", acts.go_live)
    hands.approve(acts.finance, acts.finance_base, "Q16.sheet.invoices", email=FINANCE)
    architect: Person = acts.architect
    ready = "Tracker is done, price books frozen, eight people named for training."
    hands.attest(architect, slug, "2d", "Q16.criterion.ready", ready)
    hands.decide(architect, slug, "2d", "Proceed to enablement")


def test_go_live_is_set_and_everybody_comes_back_weeks_later(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    """The gate to real invoices records the day; then links and logins have run out."""
    architect: Person = acts.architect
    architect.goto(f"/e/{acts.slug}/profile")
    assert architect.sees("records it when it is passed")
    fill(live, acts.slug, "readiness", acts.go_live)
    hands.decide(architect, acts.slug, "C10.gate.go_live", "Go live", on=acts.go_live)
    live.ago = timedelta()
    architect.goto("/")
    assert "/login" in architect.page.url
    architect.log_in("ada@firm.example")
    finance: Person = acts.finance
    finance.goto(acts.finance_base + "/")
    assert finance.sees("Your access here has ended")
    finance.press(finance.page.locator("form button[type=submit]").first)
    acts.finance_base = finance.enter(FINANCE)


def test_the_team_is_trained_and_gate_3d_passed(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    slug, page = acts.slug, architect.page
    came = "Imogen, Beth and two analysts, all did the exercise."
    hands.hold_meeting(architect, slug, "Q17.session.finance", came)
    fill(live, slug, "training", acts.go_live)
    fill(live, slug, "hypercare", acts.go_live)
    architect.goto(f"/e/{slug}/metrics")
    form = page.locator("form[action$='/metrics/Q18.metric.tickets']")
    summary = form.locator("xpath=ancestor::details[1]/summary")
    if not form.is_visible():
        summary.click()
    fourth = acts.go_live - timedelta(days=acts.go_live.weekday()) + timedelta(weeks=3)
    value = form.locator(f"option[value^='{fourth.isoformat()}']").get_attribute("value")
    form.locator("[name='period']").select_option(value)
    hands.put(form, "value", "4")
    architect.press(form.get_by_role("button", name="Save reading"))
    assert architect.sees("Reading taken")
    asked = "Imogen and Rafael would not notice if we were gone tomorrow."
    hands.attest(architect, slug, "3d", "Q19.criterion.ready", asked)
    hands.decide(architect, slug, "3d", "Proceed to handoff")


DOCUMENTS = {
    "configuration": ("Contract.PO_Number__c", "days of the actual month"),
    "runbook": ("Beth Osei", "Cards in Stripe; contracts by credit memo."),
    "maintenance": ("Reconcile invoice accuracy", "Red flag"),
}
"""What must stand in each document, beside the customer's name."""


def test_three_documents_are_issued_and_can_be_read(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    for name in DOCUMENTS:
        architect.goto(f"/e/{acts.slug}/documents")
        architect.press(architect.page.locator(f"main a[href$='/documents/Q25.document.{name}']"))
        issue = architect.page.locator(f"form[action$='/Q25.document.{name}/issue']")
        architect.press(issue.get_by_role("button"))
        live.deliver()
    for name, words in DOCUMENTS.items():
        path = f"/e/{acts.slug}/documents/Q25.document.{name}/1.pdf"
        answer = architect.context.request.get(live.url + path, timeout=60_000)
        assert answer.status == 200
        pdf = PdfReader(BytesIO(answer.body()))
        text = " ".join("".join(page.extract_text() + " " for page in pdf.pages).split())
        assert CUSTOMER in text
        for word in words:
            assert word in text, (name, word)
        assert "DRAFT" not in text
        assert len(pdf.pages) > 5, name
        root = pdf.root_object
        assert "/StructTreeRoot" in root
        assert str(root["/Lang"]).startswith("en")
        marks = cast(DictionaryObject, root["/MarkInfo"])
        assert marks["/Marked"].value is True  # type: ignore[attr-defined] # a BooleanObject
        assert CUSTOMER in str(pdf.metadata.title if pdf.metadata else "")


def test_the_project_is_handed_over_and_archived(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    slug = acts.slug
    fill(live, slug, "handoff", acts.go_live)
    fill(live, slug, "acceptance", acts.go_live)
    link = {"state": "done", "evidence": "https://share.harbour.example/recordings"}
    package = f"/e/{slug}/checklist/Q22.checklist.package"
    hands.say_step(architect, package, "Q22.package.recordings", link)
    fill(live, slug, "package", acts.go_live)
    hands.approve(acts.finance, acts.finance_base, "Q22.sheet.acceptance", email=FINANCE)
    manager = stage.person()
    manager.log_in("mina@firm.example")
    closed = {"state": "done", "evidence": "Closed in the tracker; next contact is the check-in."}
    archive = f"/e/{slug}/checklist/Q23.checklist.archive"
    hands.say_step(manager, archive, "Q23.archive.status", closed)
    fill(live, slug, "close", acts.go_live)
    hands.decide(architect, slug, "4d", "Close the project")
    architect.goto(f"/e/{slug}/")
    assert architect.sees("Closed")
    acts.finance.goto(acts.finance_base + "/")
    assert acts.finance.sees("The project is complete.")
    acts.finance.goto(acts.finance_base + "/documents")
    assert acts.finance.page.locator("main a[href*='/documents/']").count() >= 3


def test_every_other_page_of_it_is_sound(stage: Stage, acts: SimpleNamespace) -> None:
    """The pages that nothing above has led to."""
    architect: Person = acts.architect
    base = f"/e/{acts.slug}"
    for place in (
        "/",
        "/engagements",
        "/engagements?q=harbour",
        "/accounts",
        "/playbook",
        "/playbook/Q5.term.invoice",
        "/account",
        "/account/password",
        f"{base}/strategy",
        f"{base}/history",
        f"{base}/profile",
        f"{base}/form/{FORM}",
        f"{base}/schedule/Q20.schedule.maintenance",
        f"{base}/register/Q11.register.mapping",
        f"{base}/register/Q8.register.future",
        f"{base}/documents/Q1.document.card",
        f"{base}/documents/Q30.document.dashboard",
        f"{base}/documents/C6.document.evidence",
    ):
        architect.goto(place)
    architect.goto(f"{base}/register/Q99.register.nothing", status=404)
    finance: Person = acts.finance
    finance.goto(f"{acts.finance_base}/documents/Q30.document.dashboard")
    finance.goto(f"{acts.finance_base}/form/{FORM}")
