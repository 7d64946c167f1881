"""From the export of a CRM to a signed strategic package, and through gate 1d."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import FilePayload, expect

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.register.services import change_row
from tests.billing.crm.exports import PRICES, faulty_export
from tests.journeys import hands
from tests.journeys.fill import fill, telling_of
from tests.journeys.stage import Live, Person, Stage
from tests.journeys.test_meeting import PROFILE

pytestmark = pytest.mark.browser

STORY = "strategy.yaml"
FINANCE, REVOPS = "dana@corvane.example", "owen@corvane.example"
DEFINITIONS, PACKAGE = "Q5.sheet.definitions", "Q12.sheet.package"
GAPS, RISKS = "Q9.register.gaps", "Q24.register.risks"
PLAN = "Payment terms are mandatory at Closed Won before 2c."


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """A new engagement, its architect, and the two leads who will sign."""
    architect = people.person()
    architect.log_in("ada@firm.example")
    kickoff = (live.today + timedelta(days=1)).isoformat()
    slug = hands.create_engagement(architect, "Corvane", {**PROFILE, "kickoff": kickoff})
    hands.add_contact(architect, slug, "Dana Whitlock", FINANCE, "finance_lead")
    hands.add_contact(architect, slug, "Owen Mistry", REVOPS, "revops_lead")
    leads = {mail: people.person(phone=True) for mail in (FINANCE, REVOPS)}
    bases = {mail: person.enter(mail) for mail, person in leads.items()}
    return SimpleNamespace(
        architect=architect, slug=slug, at=f"/e/{slug}", leads=leads, bases=bases,
        counted_from=live.today,
    )  # fmt: skip


def test_an_export_is_uploaded_and_its_columns_corrected(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(f"{acts.at}/crm")
    sent = {"export": faulty_export(), "prices": PRICES}
    page.get_by_text("Files beside it").click()
    for name, text in sent.items():
        file = FilePayload(name=f"{name}.csv", mimeType="text/csv", buffer=text.encode())
        page.locator(f"input[name='{name}']").set_input_files([file])
    architect.press("Upload and look at the columns")
    live.deliver()
    page.wait_for_url("**/columns")
    architect.look()
    assert architect.sees("day first or month first?")
    expect(page.locator("#left")).to_contain_text("bought_by")
    page.get_by_label("Account", exact=True).select_option("bought_by")
    page.get_by_label("Dates of close_date").select_option("month")
    architect.press("Run the audit")
    live.deliver()
    expect(page.locator("#gaps")).to_be_visible()
    architect.look("CRM audit")


def test_findings_are_read_and_taken_over_with_their_source(
    stage: Stage, acts: SimpleNamespace
) -> None:
    architect: Person = acts.architect
    page = architect.page
    assert architect.sees("24 rows: 12 won, 6 lost, 6 open")
    gaps, notes = page.locator("#gaps"), page.locator("#notes")
    expect(gaps).to_contain_text("No payment terms")
    expect(gaps).to_contain_text("probably “GTX Pro”")
    expect(notes).to_contain_text("6 of 24 rows (25.0%) · on won deals: 0")
    expect(gaps).not_to_contain_text("on won deals: 0")
    architect.press(page.get_by_role("button", name="Take all"))
    assert architect.sees("findings taken over")
    expect(page.locator("#take-over")).to_contain_text("Taken over")
    architect.goto(f"{acts.at}/register/{RISKS}")
    assert architect.sees("CRM data is too poor for automation")
    architect.goto(f"{acts.at}/inputs")
    worth = page.locator("tr", has_text="Worth of the won deals")
    expect(worth).to_contain_text("CRM export export.csv, 24 rows")
    expect(worth).to_contain_text("ASSUMED")


def test_a_gap_gets_its_owner_and_plan(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    title = "No payment terms on 12 won deals"
    said = {"owner": "c2", "v_plan": PLAN}
    hands.edit_row(architect, acts.slug, GAPS, title, said)
    main = architect.page.locator("main")
    expect(main).to_contain_text(PLAN)
    architect.press(architect.page.get_by_role("link", name=f"Edit {title}"), label="row")
    expect(main).to_contain_text("Source: CRM export export.csv")
    expect(main.get_by_role("link", name="Audit of export.csv")).to_be_visible()


def test_the_meetings_correct_it_from_version_to_version(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    for part in ("answers", "meetings"):
        fill(live, acts.slug, part, acts.counted_from, STORY)
    architect.goto(f"{acts.at}/versions?from=v0&to=v1")
    worth = architect.page.locator("#part-inputs tr", has_text="Worth of the won deals")
    expect(worth).to_contain_text("Confirmed")
    architect.goto(f"{acts.at}/sheet/{PACKAGE}")
    assert not architect.sees("Nobody can say Yes yet")


def test_the_gate_is_shut_until_every_gap_is_owned_and_all_is_signed(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    architect.goto(f"{acts.at}/gate/1d")
    missing = architect.page.locator("#missing").inner_text()
    assert "Finance Lead: Dana Whitlock" in missing
    assert "lacks an owner" in missing, missing
    assert architect.page.get_by_role("button", name="Proceed to engineering").is_disabled()
    _own_the_others(live, acts.slug)
    for sheet in (DEFINITIONS, PACKAGE):
        for mail, person in acts.leads.items():
            hands.approve(person, acts.bases[mail], sheet, email=mail)
    said = "Dana Whitlock explained the new path back to us at the final review."
    hands.attest(architect, acts.slug, "1d", "Q12.criterion.understanding", said)
    ready = "The sandbox is open; Owen has two days a week."
    hands.attest(architect, acts.slug, "1d", "Q12.criterion.no_blockers", ready)
    hands.decide(architect, acts.slug, "1d", "Proceed to engineering")
    assert architect.sees("Passed")


def _own_the_others(live: Live, slug: str) -> None:
    """Give every gap that has no owner yet to RevOps."""
    with live.records() as session:
        begin_write(session)
        telling = telling_of(session, slug)
        s, actor, owner = telling.again(), telling.ref("architect"), telling.ref("revops_lead")
        for row in live_rows(s, register_of(s, GAPS)):
            if not row.owner:
                change_row(session, s, actor, GAPS, row.ref, owner=owner)
        commit(session)
