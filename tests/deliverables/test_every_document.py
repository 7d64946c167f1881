"""Every document that the method names: it prints, says what was typed, and is tagged."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import pikepdf
import pypdf
import pytest

from deliverables.render import Printed, html_of, print_document
from playbook.models import Document
from tests.deliverables.records import PLAYBOOK, context_of, empty, full

SAYS = {
    "Q1.document.card": (
        "Multi-tool and ERP integration",
        "30–40%",
        "Ann Arbor",
        "ann@firm.example",
    ),
    "Q30.document.dashboard": ("99.5%", "USD 421,300.00", "Baseline 61 days", "+2.1% on Sep 2026"),
    "Q6.document.deck": ("Deal is closed", "Copy it by hand", "60–70 min", "Salesforce & CPQ"),
    "Q25.document.intake": ("Salesforce & CPQ", "Net-30", "Read from a mail"),
    "Q25.document.current_map": ("Copy it by hand", "Rosa"),
    "Q25.document.gaps": ("Ramps stand only in a form", "Copy it by hand", "Deal is closed"),
    "Q25.document.tool_matrix": ("Invoices per month", "No"),
    "Q25.document.integration_design": ("Opportunity.Amount", "Closed Won", "Upgrade"),
    "Q25.document.process_maps": ("Copy it by hand", "Dunning of failed payments"),
    "Q25.document.definitions": ("asks a customer to pay", "Fay Fischer"),
    "Q25.document.tool_rationale": ("Tabs, Stripe", "Ramps stand only in a form"),
    "Q25.document.future_flow": ("Dunning of failed payments", "Deal is closed"),
    "Q25.document.configuration": ("Off by -5.16", "Product catalog"),
    "Q25.document.invoice_templates": ("645.16", "Subtotal", "Credit memo"),
    "Q25.document.runbook": ("Proration", "Dunning", "Execute rates and fee structures"),
    "Q25.document.field_mapping": ("Opportunity.Amount", "Subtotal"),
    "Q25.document.exceptions": ("Prorated by day", "UK wording"),
    "Q25.document.faq": ("Why two invoices?",),
    "Q25.document.architecture": ("Salesforce", "Rob Reyes"),
    "Q25.document.maintenance": ("Whom to call",),
    "Q25.document.support": ("Changes to billing logic", "Fay Fischer"),
    "Q25.document.package": ("Training recordings", "Missing"),
    "Q13.document.spec": ("Three tries, then a person calls.", "Opportunity.Amount", "Upgrade"),
    "Q17.document.guides": ("Field mapping reference", "Opportunity.Amount"),
    "Q21.document.internal": ("Integration architecture", "Changes to billing logic"),
    "C7.document.handoff": ("Quote 17 is frozen in the CRM.", "Posting ids"),
    "C10.document.rollback": ("Fay decides by noon.", "Bring back the old one"),
    "C6.document.evidence": ("Balance report of March", "2027-03", "Provider references"),
    "Q4.document.assessment": ("Salesforce & CPQ", "Net-30"),
    "Q7.document.alignment": ("Milestones", "Proceed to engineering", "Ann Arbor"),
    "Q14.document.handoff": ("CRM sandbox", "Build sequence"),
    "Q16.document.tests": ("645.16", "Passed"),
    "Q17.document.scripts": ("The scripts",),
    "Q17.document.training": ("Why two invoices?", "Sessions planned and delivered"),
    "Q18.document.hypercare": ("Invoice accuracy rate", "Week by week"),
    "Q23.document.close": ("Configured billing tool", "Decisions at gates"),
    "C1.document.design": ("Invoice issue", "Provider to subledger", "Decision rights"),
    "C10.document.verification": ("Out of order", "Traces to month-end"),
    "Q25.document.template_intake": ("Answer", "What is your pricing model?"),
    "Q25.document.template_tool_matrix": ("Usual weight", "Stripe"),
    "Q25.document.template_integration": ("Open questions", "CRM or CPQ field"),
    "Q25.document.template_invoices": ("Usage in arrears", "Credit memo"),
    "Q25.document.template_runbook": ("Run billing", "Failed payments and dunning"),
}
"""What was typed (or, of a template, asked) that must be read in each document."""

FORMATS = {key: PLAYBOOK.get(key, Document).format for key in SAYS}
KEYS = sorted(SAYS)


@cache
def printed(key: str) -> Printed:
    """Each document once for all tests."""
    return print_document(context_of(full(), key))


@cache
def text_of(key: str) -> str:
    """Its words, however its lines break."""
    pages = pypdf.PdfReader(io.BytesIO(printed(key).pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def test_no_document_of_billing_and_its_close_is_left_out() -> None:
    named = {item.key for item in PLAYBOOK.of(Document) if item.key[0] in "QC"}
    assert named == set(SAYS)


@pytest.mark.parametrize("key", KEYS)
def test_what_was_typed_is_read_in_it(key: str) -> None:
    assert printed(key).warnings == ()
    assert [words for words in SAYS[key] if words not in text_of(key)] == []
    standing = "TEMPLATE" if PLAYBOOK.get(key, Document).blank else "DRAFT"
    assert standing in text_of(key)
    assert "Harbor Analytics" in text_of(key)


@pytest.mark.parametrize("key", KEYS)
def test_it_has_as_many_pages_as_its_format_asks(key: str) -> None:
    pages = printed(key).pages
    assert pages == 1 if FORMATS[key] == "one_page" else 3 <= pages <= 25


@pytest.mark.parametrize("key", KEYS)
def test_it_is_tagged_and_named(key: str) -> None:
    with pikepdf.open(io.BytesIO(printed(key).pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        title = context_of(full(), key)["title"]
        assert title.startswith(PLAYBOOK.get(key).title)
        assert str(document.docinfo.Title).startswith(f"{title}: Harbor Analytics, Inc.")
        kinds = set(tags(document))
    assert {"/H1", "/H2", "/Table"} <= kinds
    assert "/Link" in kinds or FORMATS[key] != "report"


def tags(document: Any) -> list[str]:
    """Every tag of the PDF."""
    found, stack = [], [document.Root.StructTreeRoot.K]
    while stack:
        node = stack.pop()
        if isinstance(node, pikepdf.Array):
            stack.extend(list(node))
        elif isinstance(node, pikepdf.Dictionary):
            found += [str(node.S)] if "/S" in node else []
            stack += [node.K] if "/K" in node else []
    return found


@pytest.mark.parametrize("key", KEYS)
def test_of_an_almost_empty_engagement_it_says_what_is_missing(key: str) -> None:
    context = context_of(empty(), key)
    assert all(part["blocks"] for part in context["sections"])
    blank = PLAYBOOK.get(key, Document).blank
    missing = [gap["text"] for gap in context["missing"]]
    assert all(text.endswith(".") for text in missing)
    html = html_of(context)
    said = any(words in html for words in ("Not recorded yet", "Nobody named", 'alt="Open:"'))
    assert blank or missing or said


@pytest.mark.parametrize("key", ["Q1.document.card", "Q6.document.deck", "C6.document.evidence"])
def test_the_almost_empty_document_prints(key: str) -> None:
    found = print_document(context_of(empty(), key))
    assert found.warnings == ()
    assert found.pages == 1 or FORMATS[key] != "one_page"


@pytest.mark.parametrize("country", ["US", "DE"])
def test_one_page_stays_one_page_however_much_there_is(country: str) -> None:
    long = "Wort " * 400
    s = full("Gesellschaft " * 12, country)
    for rows in s.records.rows.values():
        for row in rows:
            row.title = long
            row.values = {name: long if isinstance(v, str) else v for name, v in row.values.items()}
        rows.extend(rows * 29)
    for said in s.records.inputs.values():
        if isinstance(said.value, str) and said.key.startswith(("Q3.", "Q10.")):
            said.value = long
    assert print_document(context_of(s, "Q30.document.dashboard")).pages == 1


def test_current_and_future_stand_side_by_side_on_one_slide() -> None:
    flow = next(p for p in context_of(full(), "Q6.document.deck")["sections"] if p["id"] == "flow")
    pair = flow["blocks"][0]
    assert pair["kind"] == "pair"
    assert [side["title"] for side in pair["sides"]] == [
        "Current process map",
        "Future process map",
    ]
    assert all(side["blocks"][0]["kind"] == "figure" for side in pair["sides"])
    reader = pypdf.PdfReader(io.BytesIO(printed("Q6.document.deck").pdf))
    both = [page for page in reader.pages if "Current process map" in page.extract_text()]
    assert "Future process map" in both[0].extract_text()
    assert both[0].mediabox.width > both[0].mediabox.height


def test_a_template_holds_nothing_that_was_said() -> None:
    for key in KEYS:
        if PLAYBOOK.get(key, Document).blank:
            assert "Opportunity.Amount" not in text_of(key)
            assert "Ramps stand only in a form" not in text_of(key)


def test_the_firm_s_accent_and_logo_stand_on_it() -> None:
    context = context_of(full(), "Q25.document.faq")
    plain = html_of(context)
    assert "--accent: #0a5c68" in plain
    dressed = html_of(context | {"accent": "#7a1f3d", "logo": "data:image/png;base64,AAAA"})
    assert "--accent: #7a1f3d" in dressed
    assert '<img class="logo" alt="Northgate Advisory" src="data:image/png;base64,AAAA">' in dressed


def test_a_mark_stays_on_the_line_of_its_first_word() -> None:
    assert "</span> verified" not in html_of(context_of(full(), "Q25.document.configuration"))
    html = html_of(context_of(full(), "Q25.document.exceptions"))
    assert re.search(r'<span class="state"><img [^>]+>Documented</span>', html)


@pytest.mark.parametrize("key", ["P6.document.pilot", "M.document.checklist"])
def test_documents_of_other_parts_are_drawn_from_their_parts_too(key: str) -> None:
    context = context_of(full(), key)
    assert context["sections"]
    assert "<h1>" in html_of(context)
