"""PDFs read back: tags, text, fonts, sameness, limits."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import NamedTuple

import pikepdf
import pypdf
import pytest

from deliverables import render
from deliverables.errors import RenderFailed, RenderTimeout
from deliverables.render import Printer, html_of, paper_of, print_document, stylesheet
from tests.deliverables.records import context_of, empty, full

NAMES = ("configuration", "runbook", "maintenance")
HEADINGS = re.compile(r"/H[1-6]")


@pytest.fixture(scope="module", params=NAMES)
def printed(request):
    return print_document(context_of(full(), request.param))


@pytest.fixture(scope="module")
def abroad():
    """A customer whose name needs other scripts, on A4."""
    s = full("株式会社ハーバー・Żółta Łódź", "JP")
    return print_document(context_of(s, "configuration"))


@pytest.fixture
def printer():
    made = Printer()
    yield made
    made.close()


class Tag(NamedTuple):
    kind: str
    alt: str
    heads: int


def elements(pdf: bytes) -> list[Tag]:
    """Every tag of the PDF in reading order."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        stack = [document.Root.StructTreeRoot.K]
        while stack:
            node = stack.pop()
            if isinstance(node, pikepdf.Array):
                stack.extend(reversed(list(node)))
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    heads = len(node.A.get("/Headers", ())) if "/A" in node else 0
                    found.append(Tag(str(node.S), str(node.get("/Alt", "")), heads))
                if "/K" in node:
                    stack.append(node.K)
    return found


def page(body: str) -> str:
    return f'<html lang="en"><title>x</title><body>{body}</body></html>'


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_nothing_is_complained_of(printed):
    assert printed.warnings == ()


def test_pages_are_counted(printed):
    assert printed.pages == len(pypdf.PdfReader(io.BytesIO(printed.pdf)).pages)


def test_it_is_a_tagged_pdf_with_language_and_title(printed):
    with pikepdf.open(io.BytesIO(printed.pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "Harbor Analytics, Inc. (Draft)" in str(document.docinfo.Title)
        with document.open_metadata() as metadata:
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_headings_nest(printed):
    levels = [int(tag.kind[2]) for tag in elements(printed.pdf) if HEADINGS.fullmatch(tag.kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_figure_has_an_alternative(printed):
    figures = [tag for tag in elements(printed.pdf) if tag.kind == "/Figure"]
    assert figures
    assert all(tag.alt.strip() for tag in figures)


def test_every_cell_of_a_table_names_its_heads(printed):
    cells = [tag for tag in elements(printed.pdf) if tag.kind == "/TD"]
    assert len(cells) > 50
    assert all(tag.heads for tag in cells)


def test_the_contents_lead_to_the_sections(printed):
    links = [tag for tag in elements(printed.pdf) if tag.kind == "/Link"]
    sections = len(context_of(full(), "maintenance")["sections"])
    assert len(links) >= min(sections, 10)
    contents = pypdf.PdfReader(io.BytesIO(printed.pdf)).pages[1].extract_text()
    assert re.search(r"What is assumed or missing\s*\d+", contents)


def test_every_page_says_where_one_is(printed):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.pdf)).pages]
    for number, page in enumerate(pages, 1):
        assert "DRAFT" in page
        assert f"Page {number} of {len(pages)}" in page
    assert all("Harbor Analytics, Inc." in page for page in pages)


def test_a_draft_marks_assumed_values_and_names_what_is_missing():
    said = text_of(print_document(context_of(full(), "configuration")).pdf)
    assert "ASSUMED" in said
    assert "edge cases have no handling yet" in said


def test_an_issued_copy_tells_number_time_and_chain():
    context = context_of(full(), "maintenance") | {
        "issue": {
            "number": 2,
            "supersedes": 1,
            "at": "2026-11-20T10:00:00+00:00",
            "on": "20 Nov 2026",
            "by": "Ann Arbor",
            "chain_head": "ab" * 32,
        }
    }
    pdf = print_document(context).pdf
    said = text_of(pdf)
    assert "ISSUED · No. 2" in said
    assert "supersedes no. 1" in said
    assert "20 Nov 2026 by Ann Arbor" in said
    assert "abababababab" in said
    assert "DRAFT" not in said
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo.CreationDate).startswith("D:20261120100000")


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_an_almost_empty_engagement_is_sound(name):
    printed = print_document(context_of(empty(), name))
    assert printed.warnings == ()
    assert "not recorded yet" in text_of(printed.pdf)


def test_other_scripts_have_their_glyphs(abroad):
    assert abroad.warnings == ()
    assert "株式会社ハーバー・Żółta Łódź" in text_of(abroad.pdf)
    assert missing_glyphs(abroad.pdf) == 0


def missing_glyphs(pdf: bytes) -> int:
    """How many signs are drawn with glyph 0, the box that stands for a missing one."""
    found = 0
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for step in pikepdf.parse_content_stream(page):
                if str(step.operator) in ("Tj", "TJ"):
                    shown = step.operands[0] if str(step.operator) == "TJ" else step.operands
                    found += sum(
                        zeros(bytes(part)) for part in shown if isinstance(part, pikepdf.String)
                    )
    return found


def zeros(codes: bytes) -> int:
    return sum(codes[n : n + 2] == b"\0\0" for n in range(0, len(codes), 2))


def test_only_the_family_of_documents_and_its_fallbacks_are_embedded(printed, abroad):
    def fonts(pdf: bytes) -> set[str]:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            named = [
                o.BaseFont
                for o in document.objects
                if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o
            ]
            return {str(name).partition("+")[2].split("-")[0] for name in named}

    assert fonts(printed.pdf) == {"Inter"}
    assert {"Inter", "Droid"} <= fonts(abroad.pdf)


@pytest.mark.parametrize(
    ("country", "paper"),
    [("US", "Letter"), ("MX", "Letter"), ("US-CA", "Letter"), ("DE", "A4"), ("JP", "A4")],
)
def test_the_paper_is_the_country_s(country, paper):
    assert paper_of(country) == paper


def test_pages_have_the_paper_s_size(printed, abroad):
    def width(pdf: bytes) -> float:
        return round(float(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox.width))

    assert width(printed.pdf) == 612
    assert width(abroad.pdf) == 595


def test_the_same_context_gives_the_same_bytes_in_another_process(printer):
    context = context_of(full(), "maintenance")
    html, css, identifier = html_of(context), stylesheet(), "a" * 32
    first = printer.print(html, css, identifier)
    again = printer.print(html, css, identifier)
    printer.close()
    assert first.pdf == again.pdf == printer.print(html, css, identifier).pdf


def test_a_picture_in_somebody_s_text_is_not_fetched():
    html = html_of(context_of(full(), "runbook"))
    assert "Prorated by day" in html
    assert "tracker.example" not in html.replace("https://tracker.example/pixel.png) Prorated", "")
    assert "<img src=" not in html


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/x.png", "file:///etc/hostname"])
def test_a_document_fetches_nothing(printer, address):
    html = page(f'<h1>x</h1><img alt="x" src="{address}">')
    printed = printer.print(html, "", "a" * 32)
    assert "a document fetches nothing" in printed.warnings[0]


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_printed(printer):
    rows = "<tr><td>x</td></tr>" * 20000
    slow = page(f"<table>{rows}</table>")
    with pytest.raises(RenderTimeout):
        printer.print(slow, "", "a" * 32, seconds=0.5)
    quick = printer.print(
        '<html lang="en"><title>x</title><body><p>x</p></body></html>', "", "a" * 32
    )
    assert quick.pages == 1


def test_a_child_that_dies_is_a_named_error(printer):
    printer.print(page("<p>x</p>"), "", "a" * 32)
    printer._child.kill()
    printer._child.wait()
    ready = printer._ready
    printer._ready = lambda: printer._connection  # as if it died while printing
    with pytest.raises(RenderFailed):
        printer.print("<p>x</p>", "", "a" * 32)
    printer._ready = ready
    assert printer.print(page("<p>x</p>"), "", "a" * 32).pages == 1


def test_the_child_is_replaced_after_so_many_documents(printer, monkeypatch):
    monkeypatch.setattr(render, "RENDERS", 2)
    html = page("<p>x</p>")
    printer.print(html, "", "a" * 32)
    child = printer._child.pid
    printer.print(html, "", "a" * 32)
    printer.print(html, "", "a" * 32)
    assert printer._child.pid != child


def test_memory_stays_flat_over_many_documents(printer):
    html, css = html_of(context_of(empty(), "maintenance")), stylesheet()
    peaks = [printer.print(html, css, "a" * 32).memory for _ in range(6)]
    assert peaks[-1] < peaks[1] * 1.1
