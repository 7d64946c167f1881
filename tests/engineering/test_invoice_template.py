"""The invoice template on its page, and the sample invoices it makes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import lxml.html  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from billing.conventions import DEFAULT
from deliverables.render import html_of
from deliverables.samples import drawn
from phases.core.errors import Missing
from phases.core.models import Engagement
from phases.engineering.contracts.services import add_contract
from phases.engineering.template.design import (
    COLUMNS,
    LABELS,
    Design,
    Refused,
    design_of,
    read,
)
from phases.engineering.template.models import InvoiceTemplate

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
TERMS: dict[str, Any] = {
    "number": "C-1", "customer": "Größe & Söhne <AG>", "currency": "EUR", "start": "2026-01-15",
    "end": "2026-12-31", "taxes": [{"name": "VAT", "percent": "19"}],
    "lines": [{"key": "plan", "kind": "recurring", "price": "1300", "description": "Platform",
               "anchor": {"kind": "calendar"}}],
}  # fmt: skip


@pytest.fixture
def client(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/contracts/template"


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the page as it stands."""
    (form,) = lxml.html.fromstring(page).xpath("//form[@aria-label='Invoice template']")
    return {name: value for name, value in form.form_values() if name != "once"}


def shown(design: Design, number: int = 1) -> str:
    text = html_of(drawn(TERMS, DEFAULT, design, number, "", "A4"))
    return " ".join(" ".join(lxml.html.fromstring(text).itertext()).split())


def test_a_sample_shows_what_is_billed() -> None:
    text = shown(Design(seller="Acme Robotics"))
    for words in ("SAMPLE", "Invoice", "SAMPLE-C-1-1", "15 Jan 2026", "14 Feb 2026",
                  "Größe & Söhne <AG>", "Platform", "15 Jan 2026 – 31 Jan 2026", "712.90",
                  "VAT 19%", "135.45", "848.35 EUR"):  # fmt: skip
        assert words in text, words


def test_fields_labels_order_and_formats_are_the_templates() -> None:
    design = Design(
        seller="Acme GmbH", columns=("amount", "description"), head=("issued",), dates="european",
        numbers="comma", words={**LABELS, "invoice": "Rechnung", "total": "Summe"},
        column_words={**COLUMNS, "amount": "Betrag"}, payment="IBAN DE00",
        legal="Handelsregister Köln",
    )  # fmt: skip
    text = shown(design, 2)
    assert text.index("Betrag") < text.index("Description")
    for words in ("Rechnung", "Date 01.02.2026", "1.300,00", "Summe 1.547,00 EUR", "IBAN DE00",
                  "Handelsregister Köln"):  # fmt: skip
        assert words in text, words
    for gone in ("Quantity", "Due", "Number"):
        assert gone not in text, gone


@pytest.mark.parametrize("number", [0, 13, 10**6])
def test_there_is_no_sample_of_an_invoice_that_is_not_called_for(number: int) -> None:
    with pytest.raises(Missing):
        drawn(TERMS, DEFAULT, Design(), number, "", "A4")


@pytest.mark.parametrize(
    ("style", "value", "places", "written"),
    [("point", "1234.5", 2, "1,234.50"), ("comma", "1234.5", 2, "1.234,50"),
     ("space", "-1234567.125", 2, "-1 234 567,125"), ("comma", "0", 2, "0,00"),
     ("point", "10", 0, "10")],
)  # fmt: skip
def test_numbers_are_written_as_chosen(style: str, value: str, places: int, written: str) -> None:
    assert Design(numbers=style).number(Decimal(value), places) == written


@pytest.mark.parametrize(
    ("style", "written"),
    [("iso", "2026-01-05"), ("day_month", "5 Jan 2026"), ("us", "01/05/2026"),
     ("european", "05.01.2026")],
)  # fmt: skip
def test_dates_are_written_as_chosen(style: str, written: str) -> None:
    assert Design(dates=style).day(date(2026, 1, 5)) == written


def test_a_template_is_kept_and_read_again() -> None:
    design = Design(seller="X", columns=("amount",), words={**LABELS, "total": "Summe"})
    assert design_of(design.stored()) == design
    assert design_of(None, "Acme").seller == "Acme"
    assert Design().stored() == {}


BAD = [
    ({"accent": "red"}, "accent"), ({"accent": "#ffff00"}, "accent"),
    ({"pattern": "INV"}, "pattern"), ({"column.amount": "0"}, "column.amount"),
    ({"column.amount": "first"}, "column.amount"), ({"dates": "moon"}, "dates"),
    ({"numbers": "x"}, "numbers"), ({"seller": "x" * 61}, "seller"),
    ({"legal": "x" * 1501}, "legal"), ({"column.amount": ""}, "column.description"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "field"), BAD)
def test_a_setting_that_no_invoice_can_have_is_refused(typed: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        read({"column.amount": "1", "head.number": "1"} | typed)
    assert refused.value.field == field


def test_the_page_keeps_what_is_typed(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    page = client.get(at).text
    assert "Sample invoices need a contract" in page
    sent = form_of(page) | {"seller": "Acme GmbH", "column.explanation": "3", "word.total": "Sum"}
    file = {"logo": (io.BytesIO(PNG), "logo.png")}
    assert client.post(at, data=sent | file).status_code == 302
    record = session.get_one(InvoiceTemplate, engagement.id)
    assert record.settings["seller"] == "Acme GmbH"
    assert record.settings["columns"] == [
        "description", "period", "quantity", "explanation", "unit_price", "amount",
    ]  # fmt: skip
    page = client.get(at).text
    assert 'value="Sum"' in page
    assert "logo.png" in page
    assert client.post(at, data=sent).status_code == 409
    again = form_of(page) | {"no_logo": "y"}
    assert client.post(at, data=again).status_code == 302
    assert "logo.png" not in client.get(at).text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [(b"not a picture", "logo.png", "not what its ending says"),
     (b"a,b", "logo.csv", "PNG or JPEG"),
     (PNG + b"0" * 450_000, "logo.png", "over 400 kB")],
)  # fmt: skip
def test_a_logo_that_is_none_is_refused(
    client: FlaskClient, at: str, session: Session, data: bytes, name: str, said: str
) -> None:
    sent = form_of(client.get(at).text) | {"logo": (io.BytesIO(data), name)}
    answer = client.post(at, data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.query(InvoiceTemplate).count() == 0


def test_a_wrong_setting_is_shown_at_its_field_and_kept(client: FlaskClient, at: str) -> None:
    sent = form_of(client.get(at).text) | {"pattern": "INV", "seller": "Kept Ltd"}
    answer = client.post(at, data=sent)
    assert answer.status_code == 422
    assert 'href="#pattern"' in answer.text
    assert 'value="Kept Ltd"' in answer.text


def test_a_sample_is_printed(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    record = add_contract(session, engagement, "u1", TERMS)
    place = f"/e/{engagement.slug}/contracts/{record.id}"
    assert f"{place}/sample-1.pdf" in client.get(place).text
    assert f"{place}/sample-1.pdf" in client.get(at).text
    answer = client.get(f"{place}/sample-2.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert client.get(f"{place}/sample-13.pdf").status_code == 404
