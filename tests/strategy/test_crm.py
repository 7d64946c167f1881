"""From an uploaded export to assumptions with their source, through the pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.models import CONFIRMED, AuditEvent, Engagement, Input, StoredFile
from phases.mechanisms.register.models import Row
from phases.strategy.crm.models import CrmExport, CrmTaken
from tests.billing.crm.exports import DEAL_HEAD, PRICES, csv_text, small_export
from tests.strategy.crm_hands import Hands
from tests.trust.test_whole_map import statements

AMBIGUOUS = csv_text(
    ("Deal", "Stage", "Close date", "Amount", "Account"),
    [("A", "Won", "3/4/2026", "100", "Acme"), ("B", "Won", "5/6/2026", "200", "Blue")],
)
GAPS, RISKS = "Q9.register.gaps", "Q24.register.risks"


def rows_of(session: Session, register: str) -> list[Row]:
    session.rollback()
    return list(session.query(Row).filter_by(register=register, removed_at=None).order_by(Row.id))


@pytest.mark.data
def test_an_export_is_looked_at_then_audited(hands: Hands) -> None:
    page = hands.looked(small_export(), prices=PRICES)
    for shown in ("10/20/2016", "close_date", "Month first", "“Engaging”", "prices.csv, 3 rows"):
        assert shown in page, shown
    assert hands.audit().location == f"{hands.at}/1"
    page = hands.client.get(f"{hands.at}/1").text
    for shown in (
        "No payment terms", "Product not in the price book", "probably “GTX Pro”",
        "first lines: 3, 6", "No gap in billing", "Motion: not enough to tell",
    ):  # fmt: skip
        assert shown in page, shown
    listed = hands.client.get(hands.at).text
    assert "5 rows, 2 won · 6 gaps" in listed
    assert "Ada Architect" in listed
    assert "price book" in listed


def test_open_deals_make_no_gap_and_every_row_counts_once(hands: Hands) -> None:
    hands.looked(small_export(), prices=PRICES)
    hands.audit()
    audit = hands.result(1)["audit"]
    by_key = {each["key"]: each for each in audit["findings"]}
    assert by_key["missing.account"]["rows"] == 2
    assert not by_key["missing.account"]["billing_gap"]
    assert by_key["missing.payment_terms"]["billing_gap"]
    assert audit["rows_with_gaps"] + audit["rows_noted"] + audit["rows_clean"] == 5


def test_the_offending_rows_of_each_finding_are_downloaded(hands: Hands) -> None:
    hands.looked(small_export(), prices=PRICES)
    hands.audit()
    for finding in hands.result(1)["audit"]["findings"]:
        assert len(hands.rows(1, finding["key"])) == finding["rows"], finding["key"]
    unmatched = hands.rows(1, "unmatched.product")
    assert [row[:3] for row in unmatched] == [
        ["3", "Product not in the price book", "A2"],
        ["6", "Product not in the price book", "A5"],
    ]


def test_a_downloaded_cell_is_no_formula(hands: Hands) -> None:
    hands.looked(csv_text(DEAL_HEAD, [
        ("A1", "=cmd|' /C calc'!A0", "GTX", "@Acme", "Won", "10/20/2016", "3/1/2017", "-5"),
        ("A2", "Ann", "GTX", "+1", "Won", "10/20/2016", "3/1/2017", "7"),
    ]))  # fmt: skip
    hands.audit()
    rows = hands.rows(1)
    assert rows[0][3] == "'=cmd|' /C calc'!A0"
    assert rows[0][5] == "'@Acme"
    assert rows[0][-1] == "-5"


def test_an_ambiguous_date_is_asked_before_the_audit_and_never_guessed(hands: Hands) -> None:
    page = hands.looked(AMBIGUOUS)
    assert "day first or month first?" in page
    assert '<option selected value="">Not known: leave these dates out' in page
    hands.audit(**{"date-0": "day"})
    months = hands.result(1)["audit"]["structure"]["by_month"]
    assert [each["label"] for each in months] == ["2026-04", "2026-06"]


def test_dates_nobody_can_tell_are_left_out_and_that_is_said(hands: Hands) -> None:
    hands.looked(AMBIGUOUS)
    hands.audit()
    page = hands.client.get(f"{hands.at}/1").text
    assert "Not told yet:" in page
    assert [e["label"] for e in hands.result(1)["audit"]["structure"]["by_month"]] == ["(none)"]


def test_what_a_changed_column_leaves_open_is_asked_first(hands: Hands) -> None:
    text = csv_text(
        ("Deal", "Stage", "Close date", "Signed", "Amount"),
        [("A", "Won", "2026-03-04", "3/4/2026", "100"),
         ("B", "Won", "2026-05-06", "5/6/2026", "2")],
    )  # fmt: skip
    hands.looked(text)
    hands.audit(**{"column-close": "Signed"})
    page = hands.read(f"{hands.at}/1")
    assert "Before the audit, answer" in page
    hands.audit(**{"date-0": "month"})
    months = hands.result(1)["audit"]["structure"]["by_month"]
    assert [each["label"] for each in months] == ["2026-03", "2026-05"]


def test_corrections_are_remembered_for_the_next_file_of_the_kind(hands: Hands) -> None:
    text = csv_text(("Deal", "State of it", "Ends", "Sum"), [("A", "Yes", "3/4/2026", "1.234")])
    hands.looked(text)
    hands.audit(**{"column-stage": "State of it", "column-close": "Ends", "column-amount": "Sum"})
    hands.audit(**{"date-0": "day", "decimal-0": "comma"})
    page = hands.looked(text.replace("A,", "B,"))
    assert "Read as an earlier file of this kind was" in page
    mapping = hands.result(2)["look"]["mapping"]
    assert mapping["columns"]["stage"] == "State of it"
    assert (mapping["dates"], mapping["decimals"]) == ({"Ends": "day"}, {"Sum": "comma"})


def test_a_file_that_proves_otherwise_is_read_as_it_proves(hands: Hands) -> None:
    hands.looked(AMBIGUOUS)
    hands.audit(**{"date-0": "day"})
    hands.looked(AMBIGUOUS.replace("3/4/2026", "3/24/2026"))
    assert hands.result(2)["look"]["mapping"]["dates"] == {"Close date": "month"}


def test_a_field_said_to_be_missing_stays_missing(hands: Hands) -> None:
    hands.looked(small_export())
    hands.audit(**{"column-account": ""})
    hands.looked(small_export().replace("A1", "B1"))
    assert "account" not in hands.result(2)["look"]["mapping"]["columns"]


def test_another_engagements_reading_is_offered_not_applied(
    hands: Hands, make_engagement: Callable[..., Engagement]
) -> None:
    hands.looked(AMBIGUOUS)
    hands.audit(**{"date-0": "day"})
    other = Hands(hands.app, hands.session, make_engagement("Borealis"), hands.client)
    page = other.looked(AMBIGUOUS.replace("A,", "Z,"))
    assert "in another engagement of the firm" in page
    assert "Acme Robotics" not in page
    assert "day first or month first?" in page
    other.client.post(f"{other.at}/2/offered")
    other.work()
    assert other.result(2)["look"]["mapping"]["dates"] == {"Close date": "day"}


def test_one_column_cannot_be_two_things(hands: Hands) -> None:
    hands.looked(small_export())
    answer = hands.audit(**{"column-name": "account"})
    assert answer.status_code == 422
    assert "is the" in answer.text
    assert hands.session.query(CrmExport).one().mapped_at is None


def test_the_same_files_again_are_told_and_not_kept_twice(hands: Hands) -> None:
    hands.looked(small_export(), prices=PRICES)
    answer = hands.upload(small_export(), "renamed.csv", prices=PRICES)
    assert answer.location == f"{hands.at}/1"
    page = hands.read(answer.location)
    assert "uploaded before, by Ada Architect" in page
    assert hands.upload(small_export(), prices=PRICES + "X,Y,1\n").location == f"{hands.at}/2"
    assert hands.session.query(CrmExport).count() == 2


# --- taking over ----------------------------------------------------------------------------------


def test_all_is_taken_over_once_with_its_source(hands: Hands, session: Session) -> None:
    hands.looked(small_export(), prices=PRICES)
    hands.audit()
    hands.client.post(f"{hands.at}/1/take")
    gaps = rows_of(session, GAPS)
    assert len(gaps) == 6
    product = next(row for row in gaps if row.title.startswith("Product not in the price book"))
    assert product.values["found_in"] == "crm_audit"
    assert (
        "Source: CRM export deals.csv, column “product”, 2 of 5 rows." in product.values["impact"]
    )
    assert {row.standing for row in gaps} == {"ASSUMED"}
    worth = session.query(Input).filter_by(key="Q4.input.crm_value").one()
    assert (worth.value, worth.source) == ("5,568", "CRM export deals.csv, 5 rows")
    risks = rows_of(session, RISKS)
    assert [row.seed for row in risks] == ["Q24.risk.crm_data", None]
    again = hands.client.post(f"{hands.at}/1/take")
    assert again.status_code == 409
    assert len(rows_of(session, GAPS)) == 6


def test_one_finding_is_taken_over_alone_and_leads_there_and_back(
    hands: Hands, session: Session
) -> None:
    hands.looked(small_export())
    hands.audit()
    hands.client.post(f"{hands.at}/1/take", data={"name": "crm.missing.currency"})
    (gap,) = rows_of(session, GAPS)
    assert gap.title == "No currency on 2 won deals"
    page = hands.client.get(f"{hands.at}/1").text
    assert f"/register/{GAPS}?edit=r{gap.id}" in page
    row = hands.client.get(f"/e/{hands.engagement.slug}/register/{GAPS}?edit=r{gap.id}").text
    assert f'href="{hands.at}/1"' in row
    assert "Audit of deals.csv" in row


def test_a_later_audit_brings_a_taken_gap_up_to_date_and_keeps_what_people_wrote(
    hands: Hands, session: Session
) -> None:
    hands.looked(small_export())
    hands.audit()
    hands.client.post(f"{hands.at}/1/take", data={"name": "crm.missing.currency"})
    (gap,) = rows_of(session, GAPS)
    gap.values = {**gap.values, "impact": f"Three markets.\n\n{gap.values['impact']}",
                  "plan": "Ours"}  # fmt: skip
    more = small_export() + "A6,Ann,GTX Basic,Isdom,Won,10/20/2016,3/1/2017,99\r\n"
    hands.looked(more, "later.csv")
    hands.audit(2)
    assert "Update" in hands.client.get(f"{hands.at}/2").text
    hands.client.post(f"{hands.at}/2/take", data={"name": "crm.missing.currency"})
    (gap,) = rows_of(session, GAPS)
    assert gap.title == "No currency on 3 won deals"
    assert gap.values["impact"].startswith("Three markets.\n\n")
    assert gap.values["impact"].count("Source: CRM export") == 1
    assert (gap.values["plan"], session.query(CrmTaken).count()) == ("Ours", 1)


def test_nothing_confirmed_is_changed(hands: Hands, session: Session) -> None:
    said = Input(
        engagement_id=hands.engagement.id, key="Q4.input.crm_deals", value="77",
        standing=CONFIRMED, changed_by="u1",
    )  # fmt: skip
    session.add(said)
    session.commit()
    hands.looked(small_export())
    hands.audit()
    assert "CONFIRMED: 77" in hands.client.get(f"{hands.at}/1").text
    hands.client.post(f"{hands.at}/1/take")
    session.refresh(said)
    assert (said.value, said.standing) == ("77", CONFIRMED)


def test_taken_facts_stand_in_the_draft_of_v0(hands: Hands) -> None:
    hands.looked(small_export())
    hands.audit()
    hands.client.post(f"{hands.at}/1/take")
    text = hands.client.get(f"/e/{hands.engagement.slug}/text/Q4.writing.v0").text
    assert "5,568" in text
    assert "2 of 2 won deals (100%) lack what billing needs" in text


# --- from the customer ----------------------------------------------------------------------------


def test_what_the_customer_uploaded_is_audited_with_one_click(
    hands: Hands, session: Session, portal: Callable[..., Any]
) -> None:
    client, base = portal(hands.engagement)
    sent = {
        "q-crm_export": (io.BytesIO(small_export().encode()), "from_crm.csv"),
        "do": "upload:crm_export",
    }
    page = client.post(
        f"{base}/form/Q3.form.intake/{SECTION}", data=sent, content_type="multipart/form-data"
    )
    assert page.status_code == 302, page.text
    stored = session.query(StoredFile).one()
    listed = hands.client.get(hands.at).text
    assert "from_crm.csv" in listed
    assert "Finance Lead of Acme Robotics" in listed
    answer = hands.client.post(f"{hands.at}/from/{stored.id}")
    hands.work()
    assert answer.location == f"{hands.at}/1"
    hands.audit()
    assert "from_crm.csv" in hands.client.get(f"{hands.at}/1").text
    assert "Audit this file" not in hands.client.get(hands.at).text


SECTION = 6

# --- who may, and whose ---------------------------------------------------------------------------


def test_another_engagements_export_is_not_found(
    hands: Hands, make_engagement: Callable[..., Engagement]
) -> None:
    hands.looked(small_export())
    hands.audit()
    other = f"/e/{make_engagement('Borealis').slug}/crm/1"
    for place in ("", "/columns", "/rows.csv", "/sizes.svg"):
        assert hands.client.get(f"{other}{place}").status_code == 404
    for place in ("/columns", "/offered", "/take"):
        assert hands.client.post(f"{other}{place}").status_code == 404


def test_who_only_reads_sees_the_audit_and_changes_nothing(
    hands: Hands, staff: Callable[..., FlaskClient]
) -> None:
    hands.looked(small_export())
    hands.audit()
    reader = staff("account_manager")
    page = reader.get(f"{hands.at}/1").text
    assert "No payment terms" in page
    assert "Take over" not in page.replace("Take over into the engagement", "")
    assert reader.post(f"{hands.at}/1/take").status_code == 403
    assert reader.post(hands.at).status_code == 403


def test_what_was_done_stands_in_the_history(hands: Hands, session: Session) -> None:
    hands.looked(small_export())
    hands.audit()
    hands.client.post(f"{hands.at}/1/take", data={"name": "crm.missing.currency"})
    kinds = [kind for (kind,) in session.query(AuditEvent.kind).order_by(AuditEvent.id)]
    for kind in ("ExportUploaded", "RunStarted", "RunEnded", "ExportMapped", "FindingTaken"):
        assert kind in kinds


def test_no_page_of_an_audit_needs_more_than_twelve_queries(hands: Hands) -> None:
    hands.looked(small_export(), prices=PRICES)
    hands.audit()
    hands.client.post(f"{hands.at}/1/take")
    base = f"/e/{hands.engagement.slug}"
    for place in ("/crm", "/crm/1", "/crm/1/columns", "/crm/1/sizes.svg", "/strategy", "/inputs",
                  f"/register/{GAPS}?edit=r1"):  # fmt: skip
        with statements() as seen:
            hands.client.get(f"{base}{place}")
        assert sum(each.lstrip().upper().startswith("SELECT") for each in seen) <= 12, place


def test_pictures_tell_what_they_show(hands: Hands) -> None:
    hands.looked(small_export())
    hands.audit()
    page = hands.client.get(f"{hands.at}/1").text
    for name in ("sizes", "cycles", "products", "months"):
        assert f"{name}.svg" in page
        for asked in ("", "?paper=dark", "?narrow=1"):
            image = hands.client.get(f"{hands.at}/1/{name}.svg{asked}")
            assert image.mimetype == "image/svg+xml"
            assert "<desc>" in image.text
            assert hands.client.get(f"{hands.at}/1/{name}.svg{asked}").data == image.data
    assert "segments.svg" not in page
    assert hands.client.get(f"{hands.at}/1/segments.svg").status_code == 404
    assert hands.client.get(f"{hands.at}/1/nothing.svg").status_code == 404
