"""From the tech spec to gate 2d: six errors in, six found; fixed, proven, approved, passed."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables.at_once import Issuing
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.invitations import services as people
from phases.core.mail import settings
from phases.core.models import Contact, Engagement, User
from phases.engineering.scenarios import services as scenarios
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.register.services import change_row
from phases.portfolio.demo.builder import Telling
from phases.portfolio.demo.deeds import DEEDS
from phases.portfolio.demo.story import FOLDER, read
from tests.engineering.test_scenario_pack import right
from tests.journeys import hands
from tests.journeys.fill import fill
from tests.journeys.stage import Live, Person, Stage

pytestmark = pytest.mark.browser

STORY, STAFF = "engineering.yaml", {"tomas": "ada", "priya": "edo", "june": "mina"}
SPEC, SCHEDULE = "Q13.writing.spec", "Q13.section.schedule_logic"
DOCUMENT, DEFECTS = "Q13.document.spec", "Q16.register.defects"
INVOICES, TESTS = "Q16.sheet.invoices", "Q16.checklist.tests"
TRIED = "upgrade_mid_cycle"

CONTRACTS = """\
Contract Number,Customer,Currency,Start Date,End Date,Price,Billing Frequency,Quantity,Tax Percent
C-1,Halden Robotics,USD,2026-01-01,2026-03-31,100,Monthly,1,10
C-2,Orchard Genomics,USD,2026-01-01,2026-03-31,30,Monthly,10,
C-3,Meridian Freight,USD,2026-01-01,2026-03-31,200,Monthly,1,
"""
HEAD = (
    "Invoice Number,Contract Number,Customer,Invoice Date,Period Start,Period End,Currency,Net,Tax,"
    "Total,Item,Quantity,Unit Price,Line Amount"
)
FIRST = ("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")


def invoices(*, faulty: bool) -> str:
    """The billing tool's export of twelve invoices: right, or each of six wrong in another way."""
    found: dict[str, dict[str, Any]] = {}
    for contract, net, tax, count in (("1", 100, 10, 1), ("2", 300, 0, 10), ("3", 200, 0, 1),
                                      ("4", 310, 0, 1)):  # fmt: skip
        for month, (start, end) in enumerate(FIRST, 1):
            found[f"INV-{contract}0{month}"] = {
                "contract": f"C-{contract}", "on": start, "start": start, "end": end,
                "currency": "USD", "net": net, "tax": tax, "quantity": count, "price": net // count,
            }  # fmt: skip
    found["INV-401"] |= {"on": "2026-01-15", "start": "2026-01-15", "net": 170, "price": 170}
    if faulty:
        found["INV-102"]["tax"] = 11
        found["INV-104"] = found["INV-103"]
        found["INV-202"] |= {"quantity": 11, "net": 330}
        found["INV-203"]["currency"] = "EUR"
        found["INV-302"] |= {"start": "2026-02-15", "end": "2026-03-14"}
        found["INV-401"] |= {"net": 310, "price": 310}
    return "\n".join([HEAD, *(_line(number, one) for number, one in found.items())])


def _line(number: str, one: dict[str, Any]) -> str:
    net, tax = f"{one['net']}.00", f"{one['tax']}.00"
    return (
        f"{number},{one['contract']},Somebody,{one['on']},{one['start']},{one['end']},"
        f"{one['currency']},{net},{tax},{one['net'] + one['tax']}.00,plan,{one['quantity']},"
        f"{one['price']}.00,{net}"
    )


WRONG = {
    "INV-102": ("Different", "Tax"), "INV-104": ("Duplicate", "Duplicate"),
    "INV-202": ("Different", "Quantity"), "INV-203": ("Different", "Currency"),
    "INV-302": ("Different", "Period"), "INV-401": ("Different", "Proration"),
}  # fmt: skip
BY_HAND = """\
Invoice Number,Contract Number,Invoice Date,Currency,Total
H-1,C-1,2026-01-01,USD,110.00
H-2,C-2,2026-01-01,USD,300.00
H-3,C-4,2026-01-15,USD,165.00
"""


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """The demo's usage-based engagement as it was when gate 1d had been passed."""
    with live.records() as session:
        slug = told_to_gate_1d(live, session)
        finance = session.scalars(select(Contact).where(Contact.role == "finance_lead")).one()
        return SimpleNamespace(
            slug=slug, at=f"/e/{slug}", finance=finance.email, go_live=live.today,
            architect=people.person(), ruth=people.person(phone=True), run="", base="",
        )  # fmt: skip


def told_to_gate_1d(live: Live, session: Session) -> str:
    begin_write(session)
    story = read(FOLDER / "2-tessera.yaml", live.today)
    before = list(takewhile(lambda one: "decide" not in one.deeds, story.chapters))
    story = replace(story, chapters=story.chapters[: len(before) + 1])
    mails = {user.email.partition("@")[0]: user for user in session.scalars(select(User))}
    staff = {**mails, **{name: mails[mail] for name, mail in STAFF.items()}}
    playbook = live.app.extensions["library"].latest("q2c")
    engagement = Telling(session, story, staff, DEEDS, Issuing(), settings()).tell(playbook)
    begin_write(session)
    contact = next(one for one in engagement.all_contacts if one.role == "finance_lead")
    people.invite(session, engagement, "u2", contact)
    commit(session)
    return engagement.slug


def file(name: str, text: str) -> FilePayload:
    return FilePayload(name=name, mimeType="text/csv", buffer=text.encode())


def test_the_tech_spec_is_opened_edited_read_and_issued(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(f"{acts.at}/text/{SPEC}/{SCHEDULE}")
    text = page.get_by_label("Text", exact=True)
    assert text.input_value(), "it is drafted from the design"
    text.fill(f"{text.input_value()}\n\nA commitment is prorated by days of the month.")
    architect.press("Save")
    architect.press(page.get_by_role("button", name="Accept as read").first)
    fill(live, acts.slug, "spec", acts.go_live, STORY)
    architect.goto(f"{acts.at}/text/{SPEC}")
    expect(page.locator("main")).to_contain_text("8 of 8 sections read")
    architect.goto(f"{acts.at}/documents/{DOCUMENT}")
    architect.press(page.locator(f"form[action$='/{DOCUMENT}/issue']").get_by_role("button"))
    live.deliver()
    answer = architect.context.request.get(
        f"{live.url}{acts.at}/documents/{DOCUMENT}/1.pdf", timeout=60_000
    )
    words = "".join(part.extract_text() for part in PdfReader(BytesIO(answer.body())).pages)
    assert "prorated by days of the month" in " ".join(words.split())


def test_contracts_come_in_and_say_which_invoices_ought_to_be(
    stage: Stage, acts: SimpleNamespace
) -> None:
    architect: Person = acts.architect
    page, main = architect.page, architect.page.locator("main")
    architect.goto(f"{acts.at}/contracts/import")
    page.locator("[name=file]").set_input_files(file("orders.csv", CONTRACTS))
    architect.press("Look at it")
    page.get_by_label("What is “Price” for?").select_option("period")
    architect.press("Read the file again", label="a file of contracts that is understood")
    architect.press("Import the contracts", label="contracts imported")
    architect.goto(f"{acts.at}/contracts/new")
    for name, value in (("number", "C-4"), ("customer", "Solano Energy"), ("currency", "usd"),
                        ("start", "2026-01-15"), ("end", "2026-03-31"),
                        ("line-price", "310")):  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=line-anchor]").select_option("calendar")
    architect.press("Add contract")
    expect(main).to_contain_text("17 of 31 days of 310.00.")
    architect.goto(f"{acts.at}/register/C7.register.payloads")
    expect(main).to_contain_text("4 contract versions are not handed over yet")
    architect.press("Hand over contract versions")
    page.get_by_label("Accepted on").fill("2025-12-20")
    page.get_by_label("Commercial approval by").fill("Patricia Voss")
    architect.press("Hand over those ticked")
    expect(page.locator("#rows tbody tr")).to_have_count(4)


def brought_in(architect: Person, at: str, text: str, side: str = "billing") -> None:
    """Have a file of invoices imported."""
    architect.goto(f"{at}/invoices")
    page = architect.page
    panel = page.locator("details.panel")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    page.get_by_label("Whose invoices").select_option(side)
    page.get_by_label("Export as CSV or XLSX").set_input_files(file(f"{side}.csv", text))
    architect.press("Look at the file")
    architect.press("Import", label="an import that is done")


def test_six_different_errors_are_each_found_and_rightly_told(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    fill(live, acts.slug, "build", acts.go_live, STORY)
    architect: Person = acts.architect
    page = architect.page
    brought_in(architect, acts.at, invoices(faulty=True))
    expect(page.locator("main")).to_contain_text("13 below the titles: 13 used")
    architect.goto(f"{acts.at}/reconciliation")
    architect.press("Reconcile")
    expect(page.locator("main")).to_contain_text("7 of 13")
    expect(page.locator("#rows tbody tr")).to_have_count(len(WRONG))
    for number, (outcome, cause) in WRONG.items():
        row = page.locator("#rows tbody tr", has_text=number)
        expect(row.locator("td[data-label=Ended]")).to_contain_text(outcome)
        expect(row.locator("td[data-label='Likely cause']")).to_contain_text(cause)
    acts.run = page.url.split("#")[0].split("?")[0].removeprefix(live.url)


def ticked(architect: Person, count: int) -> None:
    boxes = architect.page.locator("#rows tbody input[type=checkbox]").all()
    for box in boxes[:count]:
        box.check()


def test_variances_get_an_owner_and_become_defects(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    page, main = architect.page, architect.page.locator("main")
    architect.goto(acts.run)
    ticked(architect, 6)
    page.locator("#b-owner").select_option(label="Edo Brandt")
    architect.press("Change the rows ticked")
    expect(main).to_contain_text("Changed: 6 variances")
    ticked(architect, 6)
    architect.press("Enter as defects")
    expect(main).to_contain_text("6 defects entered")
    row = page.locator("#rows tbody tr", has_text="INV-102")
    architect.press(row.get_by_role("link"), label="a variance")
    page.get_by_label("It is").select_option("explained")
    page.get_by_label("Why, and what is done about it").fill("Rate of 11 % in the sandbox.")
    architect.press("Save")
    expect(main).to_contain_text("Saved: INV-102")


def test_a_scenario_that_differs_fails_its_test(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    try_by_hand(architect, acts.at, "200.01")
    page, main = architect.page, architect.page.locator("main")
    expect(page.locator("#tries")).to_contain_text("+0.01")
    architect.press("Record as failed, with defects")
    expect(main).to_contain_text("Recorded as failed")
    architect.goto(f"{acts.at}/register/{DEFECTS}")
    expect(page.locator("#rows tbody tr")).to_have_count(7)
    expect(main).to_contain_text("1 of 3 invoices differ")


def try_by_hand(architect: Person, at: str, last: str) -> None:
    """Record what the tool made of an upgrade in mid-cycle."""
    architect.goto(f"{at}/contracts/scenarios/{TRIED}")
    made = (("2025-04-01", "100"), ("2025-04-16", "50.00"), ("2025-05-01", last))
    for row, (day, total) in enumerate(made, 1):
        architect.page.get_by_label(f"Issued, row {row}").fill(day)
        architect.page.get_by_label(f"Total, row {row}").fill(total)
    architect.press("Compare and keep")


def test_gate_2d_is_shut_and_leads_back_to_the_build(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(f"{acts.at}/gate/2d")
    missing = page.locator("#missing")
    for words in ("found", "A mid-contract change is prorated", "test invoice"):
        expect(missing).to_contain_text(words)
    expect(page.get_by_role("button", name="Proceed to enablement")).to_be_disabled()
    panel = page.locator(".panel", has_text="Loop back to build")
    panel.get_by_role("textbox").fill("Six invoices of the test set are wrong.")
    architect.press(panel.get_by_role("button", name="Loop back to build"))
    expect(page.locator("main")).to_contain_text("Six invoices of the test set are wrong.")


def test_what_was_wrong_is_fixed_and_the_corrected_file_is_exact(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page, main = architect.page, architect.page.locator("main")
    said = {"state": "fixed", "v_cause": "Sandbox rate", "v_fix": "Rate set to 10 %"}
    title = "INV-102 of C-1: different, probably tax; expected 110.00 USD, generated 111.00 USD"
    hands.edit_row(architect, acts.slug, DEFECTS, title, said)
    with live.records() as session:
        begin_write(session)
        move(session, acts.slug, {"found"}, "fixed", {"cause": "Build", "fix": "Set right"})
        commit(session)
    architect.goto(acts.run)
    architect.press(page.locator("#files a").first, label="an import")
    hands.press_twice(architect, main, "Remove")
    brought_in(architect, acts.at, invoices(faulty=False))
    architect.goto(f"{acts.at}/reconciliation")
    page.locator("details > summary", has_text="Reconcile invoices").click()
    architect.press("Reconcile")
    expect(main).to_contain_text("100.00%")
    expect(main).to_contain_text("12 of 12")
    acts.run = page.url.split("#")[0].split("?")[0].removeprefix(live.url)


def move(
    session: Session, slug: str, states: set[str], state: str, values: dict[str, Any]
) -> None:  # fmt: skip
    """Have the defects in *states* enter *state*."""
    s = situation_for(session, engagement_of(session, slug))
    for row in live_rows(s, register_of(s, DEFECTS)):
        if row.state in states:
            change_row(session, s, "u2", DEFECTS, row.ref, state=state, values=values)


def engagement_of(session: Session, slug: str) -> Engagement:
    return session.scalars(select(Engagement).where(Engagement.slug == slug)).one()


def test_scenarios_prove_the_technical_tests(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page, main = architect.page, architect.page.locator("main")
    try_by_hand(architect, acts.at, "200")
    with live.records() as session:
        begin_write(session)
        engagement = engagement_of(session, acts.slug)
        s = situation_for(session, engagement)
        for key in sorted(scenarios.chosen_in(session, engagement, s.profile) - {TRIED}):
            scenarios.record_run(session, engagement, "u3", key, right(key))
        commit(session)
    architect.goto(f"{acts.at}/checklist/{TESTS}")
    expect(main).to_contain_text("have a result from the scenario pack that is not recorded")
    architect.press("Record results of scenarios")
    architect.press(page.get_by_role("button", name="Record all"))
    expect(main).to_contain_text("Recorded as passed")
    architect.goto(f"{acts.at}/register/{DEFECTS}")
    row = page.locator("#rows tbody tr", has_text="1 of 3 invoices differ")
    expect(row).to_contain_text("Retested and right")
    with live.records() as session:
        begin_write(session)
        proof = {"retested_on": live.today.isoformat(), "evidence": acts.run}
        move(session, acts.slug, {"fixed"}, "retested", proof)
        commit(session)
    fill(live, acts.slug, "tests", acts.go_live, STORY)


def test_finance_disputes_one_test_invoice_and_then_approves_all(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    main = architect.page.locator("main")
    brought_in(architect, acts.at, BY_HAND, "hand")
    architect.goto(f"{acts.run}?outcome=exact")
    for number in ("INV-101", "INV-201", "INV-401"):
        row = architect.page.locator("#rows tbody tr", has_text=number)
        row.locator("input[type=checkbox]").check()
    architect.press("Put before the customer")
    expect(main).to_contain_text("3 test invoices")
    ruth: Person = acts.ruth
    acts.base = ruth.enter(acts.finance)
    answer(ruth, acts, no="By hand I got 165.00.")
    architect.goto(f"{acts.at}/sheet/{INVOICES}")
    expect(main).to_contain_text("By hand I got 165.00.")
    remark = {
        "v_remarks": "By hand 16 days were counted; 17 of 31 are right.",
        "state": "discrepancy",
    }
    hands.edit_row(architect, acts.slug, "Q16.register.invoices", "C-4, Jan 2026", remark)
    hands.edit_row(
        architect, acts.slug, "Q16.register.invoices", "C-4, Jan 2026", {"state": "fixed"}
    )
    fill(live, acts.slug, "customer", acts.go_live, STORY)
    answer(ruth, acts)


def answer(ruth: Person, acts: SimpleNamespace, no: str = "") -> None:
    """Say yes to every invoice asked for, or no to the one made by hand otherwise; and sign."""
    ruth.goto(f"{acts.base}/sheet/{INVOICES}")
    for statement in ruth.page.locator("form section.statement").all():
        if not statement.is_visible():
            continue
        wrong = no and "C-4" in statement.inner_text()
        statement.get_by_label("No" if wrong else "Yes", exact=True).check()
        if wrong:
            statement.get_by_role("textbox").fill(no)
    ruth.press("Continue to sign")
    ruth.page.get_by_label("Code").fill(ruth.live.code_for(acts.finance))
    ruth.press("Sign")


def test_gate_2d_is_judged_again_and_passed(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    architect.goto(f"{acts.at}/gate/2d")
    architect.press("It is fixed: judge again")
    ready = "Nothing is left in the tracker; Ruth, Mina and Lukas are named for training."
    hands.attest(architect, acts.slug, "2d", "Q16.criterion.ready", ready)
    hands.decide(architect, acts.slug, "2d", "Proceed to enablement")
    expect(architect.page.locator("main")).to_contain_text("Passed")
