"""Texts: drafts from records, merging without losing edits, what is read, and the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Engagement, Input
from phases.mechanisms.blocks import Cell, Facts, Heading, Listing, Paragraph, Table
from phases.mechanisms.blocks import Missing as Lacking
from phases.mechanisms.register.services import add_row
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing import services
from phases.mechanisms.writing.checks import texts_reviewed
from phases.mechanisms.writing.draft import changed, draft_of, markdown_of
from phases.mechanisms.writing.merge import DRAFT, END, YOURS, merge, unsettled
from phases.mechanisms.writing.models import PassageRecord, PassageVersion
from phases.mechanisms.writing.panel import panel
from phases.mechanisms.writing.queries import (
    PassageView,
    passage_of,
    passage_view,
    passages_of,
    text_view,
    versions,
    writing_of,
)
from playbook import checks
from playbook.models import Passage, Writing
from tests.mechanisms.spoken import EMPTY, GAPS, PLAIN, SECTION, SPEC, playbook, situation, stored

WORDS = "What Acme & Co lacks."


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored(session)


def view_of(s: Situation, key: str = SECTION) -> PassageView:
    return passage_view(s, passage_of(s, writing_of(s, SPEC), key))


def section(key: str = SECTION) -> Passage:
    return playbook().get(key, Passage)


# --- merging --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged", "conflicts"),
    [
        ("a", "a", "a", "a", 0),
        ("a\nb\nc", "a\nB\nc", "a\nb\nc", "a\nB\nc", 0),
        ("a\nb\nc", "a\nb\nc", "a\nb\nC", "a\nb\nC", 0),
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC", 0),
        ("a\nb\nc", "a\nB\nc", "a\nB\nc", "a\nB\nc", 0),
        ("a\nb", "a\nmine\nb", "a\nb\ntheirs", "a\nmine\nb\ntheirs", 0),
        ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd", 0),
        ("a\nb\nc", "a\nb\nc\nmine", "b\nc", "b\nc\nmine", 0),
        ("a\nb\nc", "a\nM\nc", "a\nT\nc", f"a\n{YOURS}\nM\n{DRAFT}\nT\n{END}\nc", 1),
        ("a\nb\nc", "a\nc", "a\nT\nc", f"a\n{YOURS}\n{DRAFT}\nT\n{END}\nc", 1),
        ("", "mine", "theirs", "theirs\n\nmine", 0),
        ("| a |", "| a |\n\nmine", "| a |\n| b |", "| a |\n| b |\n\nmine", 0),
        ("- a", "- a\n- mine", "- a\n- b", "- a\n- b\n- mine", 0),
        ("a\nb", "a\nb\nmine", "a\nT", "a\nT\nmine", 0),
        ("a\nb", "mine\na\nb", "T\nb", "mine\nT\nb", 0),
        ("a\nb", "a\nM", "a\nb\ntheirs", "a\nM\ntheirs", 0),
        ("", "mine", "", "mine", 0),
        ("", "", "theirs", "theirs", 0),
        ("a", "", "a", "", 0),
        (
            "a\nb\nc\nd\ne",
            "1\nb\nc\nd\n5",
            "x\nb\nc\nd\ny",
            f"{YOURS}\n1\n{DRAFT}\nx\n{END}\nb\nc\nd\n{YOURS}\n5\n{DRAFT}\ny\n{END}",
            2,
        ),
    ],
)
def test_what_only_one_side_changed_stands_and_what_both_changed_is_kept_twice(
    base: str, mine: str, theirs: str, merged: str, conflicts: int
) -> None:
    found = merge(base, mine, theirs)
    assert (found.text, found.conflicts) == (merged, conflicts)
    assert unsettled(found.text) == bool(conflicts)


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("x\n" * 20_000, "x\n" * 10_000 + "mine", "theirs\n" + "x\n" * 20_000),
        ("\n" * 50_000, "mine" + "\n" * 50_000, "\n" * 50_000 + "theirs"),
        ("| a | b |\n" * 300, "| a | b |\n" * 300 + "mine", "| a | c |\n" * 300 + "theirs"),
        (f"{YOURS}\na", f"{YOURS}\nmine", f"{YOURS}\ntheirs"),
    ],
)
def test_no_merge_loses_a_word_whatever_it_is_given(base: str, mine: str, theirs: str) -> None:
    found = merge(base, mine, theirs).text
    assert "mine" in found
    assert "theirs" in found


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("a b c", "a b c", ["same"]),
        ("a b c", "a x c", ["same", "del", "ins", "same"]),
        ("", "new", ["ins"]),
        ("old", "", ["del"]),
        ("x" * 5000, "y" * 5000, ["del", "ins"]),
    ],
)
def test_what_changed_is_told_in_words(before: str, after: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in changed(before, after)] == kinds


# --- drafts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Heading("A <b> title"), "### A &lt;b> title"),
        (Paragraph("One  \n\nTwo\n"), "One\n\nTwo"),
        (Listing(("one", "two\nlines")), "- one\n- two lines"),
        (Listing(("one",), ordered=True), "1. one"),
        (
            Facts((("Tool", Cell("Tabs", standing="ASSUMED")), ("ERP", Cell("None", note="yet")))),
            "- **Tool:** Tabs *(ASSUMED)*\n- **ERP:** None (yet)",
        ),
        (
            Facts((("Tool", Cell("Not recorded yet", absent=True)),)),
            "- **Tool:** *not recorded yet*",
        ),
        (
            Table("T", ("A|B", "C"), ((Cell("x|y\nz"), Cell("L", href="https://a.test")),)),
            "**T**\n\n| A\\|B | C |\n| --- | --- |\n| x\\|y z | [L](https://a.test) |",
        ),
        (
            Table("", ("A", "Next due"), ((Cell("x"), Cell("1 Dec")),), of_today=True),
            "| A |\n| --- |\n| x |",
        ),
        (Lacking("No gap yet.", "register/x"), "*No gap yet.*"),
    ],
)
def test_a_block_is_written_a_line_a_fact(block: Any, written: str) -> None:
    assert markdown_of((block,)) == written


def test_a_draft_has_its_opening_and_what_it_draws() -> None:
    said = Input(key="T2.input.tool", value="Tabs", standing="ASSUMED", version=1)
    draft = draft_of(situation(inputs={"T2.input.tool": said}), section())
    assert draft.startswith(WORDS)
    assert "- **Billing tool:** Tabs *(ASSUMED)*" in draft
    assert "*No gaps recorded yet: see Gaps.*" in draft
    assert [lack.place for lack in view_of(situation()).missing] == [f"register/{GAPS}"]


# --- what stands ----------------------------------------------------------------------------------


def row(**fields: Any) -> dict[str, PassageRecord]:
    given = {"key": PLAIN, "text": None, "base": "", "read": None, "version": 1, "read_draft": ""}
    return {PLAIN: PassageRecord(**(given | fields))}


DRAWN = "Nothing is drawn here."


@pytest.mark.parametrize(
    ("fields", "state", "text"),
    [
        ({}, "draft", DRAWN),
        ({"text": "Mine", "base": DRAWN}, "edited", "Mine"),
        ({"text": "Mine", "base": "Older"}, "behind", "Mine"),
        ({"text": f"{YOURS}\na\n{END}", "base": DRAWN}, "marked", f"{YOURS}\na\n{END}"),
        ({"read": DRAWN, "read_draft": DRAWN}, "read", DRAWN),
        ({"read": "Older", "read_draft": "Older"}, "changed", DRAWN),
        ({"text": "Mine", "base": DRAWN, "read": "Mine", "read_draft": DRAWN}, "read", "Mine"),
        ({"text": "Mine", "base": "O", "read": "Mine", "read_draft": "O"}, "changed", "Mine"),
        ({"text": "Mine", "base": "O", "read": "Mine", "read_draft": DRAWN}, "read", "Mine"),
        ({"text": "New", "base": DRAWN, "read": "Mine", "read_draft": DRAWN}, "changed", "New"),
    ],
)
def test_a_sections_state_follows_what_was_edited_drawn_and_read(
    fields: dict[str, Any], state: str, text: str
) -> None:
    view = view_of(situation(passages=row(**fields)), PLAIN)
    assert (view.state, view.text) == (state, text)
    assert view.label
    assert view.chip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "is a draft that nobody"),
        ({"text": "Mine", "base": DRAWN}, "is edited, and nobody"),
        ({"text": "Mine", "base": "Older"}, "before the records changed"),
        ({"text": YOURS, "base": DRAWN}, "two versions"),
        ({"read": "Older", "read_draft": DRAWN}, "changed since it was accepted"),
    ],
)
def test_a_text_is_reviewed_only_when_every_section_is_read_as_it_stands(
    fields: dict[str, Any], words: str
) -> None:
    check = checks.TextsReviewed(texts=(SPEC,))
    found = texts_reviewed(check, situation(passages=row(**fields)))
    assert not found.met
    assert any(words in lack.sentence for lack in found.lacks)
    assert {lack.place.split("#")[0] for lack in found.lacks} == {f"text/{SPEC}"}


def test_sections_that_do_not_apply_are_not_asked_for_but_told(
    session: Session, kept: Situation
) -> None:
    services.edit(session, kept, "u1", SPEC, EMPTY, "Not empty any more.")
    for view in passages_of(kept, writing_of(kept, SPEC)):
        services.accept(session, kept, "u1", SPEC, view.key, view.sha256)
    found = texts_reviewed(checks.TextsReviewed(texts=(SPEC, "T7.writing.handoff")), kept)
    assert found.met
    shown = text_view(kept, writing_of(kept, SPEC))
    assert [title for title, _ in shown.dropped] == ["Handoff"]
    assert shown.complete
    assert panel(kept, playbook().get(SPEC, Writing)).label == "Read"


def test_what_was_read_turns_stale_with_its_records(session: Session, kept: Situation) -> None:
    services.accept(session, kept, "u1", SPEC, SECTION)
    assert view_of(kept).state == "read"
    add_row(session, kept, "u1", GAPS, title="", values={"gap": "No terms"}, state="", owner="")
    view = view_of(kept)
    assert view.state == "changed"
    assert "terms" in "".join(words for kind, words in view.since_read if kind == "ins")
    finding = texts_reviewed(checks.TextsReviewed(texts=(SPEC,)), kept)
    assert finding.stale


# --- editing --------------------------------------------------------------------------------------


def test_edits_survive_a_new_draft(session: Session, kept: Situation) -> None:
    draft = view_of(kept).draft
    services.edit(session, kept, "u1", SPEC, SECTION, f"{draft}\n\nMy own line.  \r\n", draft, 0)
    assert view_of(kept).state == "edited"
    add_row(session, kept, "u1", GAPS, title="", values={"gap": "No terms"}, state="", owner="")
    view = view_of(kept)
    assert (view.state, view.behind) == ("behind", True)
    assert "terms" in "".join(words for kind, words in view.since_edited if kind == "ins")
    merged = services.redraft(session, kept, "u1", SPEC, SECTION, view.version)
    assert merged.conflicts == 0
    view = view_of(kept)
    assert "My own line." in view.text
    assert "No terms" in view.text
    assert view.state == "edited"


def test_both_versions_of_a_line_are_kept_until_somebody_chooses(
    session: Session, kept: Situation
) -> None:
    draft = view_of(kept).draft
    mine = draft.replace("*No gaps recorded yet: see Gaps.*", "We know of two gaps.")
    services.edit(session, kept, "u1", SPEC, SECTION, mine, draft)
    add_row(session, kept, "u1", GAPS, title="", values={"gap": "No terms"}, state="", owner="")
    assert services.redraft(session, kept, "u1", SPEC, SECTION).conflicts == 1
    view = view_of(kept)
    assert view.state == "marked"
    assert "We know of two gaps." in view.text
    assert "No terms" in view.text
    for refused in (services.accept, services.redraft):
        with pytest.raises(Refusal, match="Settle"):
            refused(session, kept, "u1", SPEC, SECTION)
    services.edit(session, kept, "u1", SPEC, SECTION, "We know of two gaps.", view.base)
    assert view_of(kept).state == "edited"


def test_the_words_of_the_draft_leave_the_draft_to_stand(session: Session, kept: Situation) -> None:
    services.edit(session, kept, "u1", SPEC, PLAIN, f"  {DRAWN}\n\n")
    assert not view_of(kept, PLAIN).edited


def test_earlier_versions_can_stand_again(session: Session, kept: Situation) -> None:
    for words in ("First", "Second"):
        services.edit(session, kept, "u1", SPEC, PLAIN, words)
    services.revert(session, kept, "u1", SPEC, PLAIN)
    found = versions(session, kept, section(PLAIN))
    assert [(one.version, one.text, one.is_draft) for one in found] == [
        (3, "", True), (2, "Second", False), (1, "First", False),
    ]  # fmt: skip
    services.restore(session, kept, "u1", SPEC, PLAIN, 1)
    assert view_of(kept, PLAIN).text == "First"
    services.restore(session, kept, "u1", SPEC, PLAIN, 3)
    assert view_of(kept, PLAIN).state == "draft"
    with pytest.raises(Missing):
        services.restore(session, kept, "u1", SPEC, PLAIN, 99)


@pytest.mark.parametrize(
    ("text", "base"),
    [("", None), (" \n\t", None), ("x" * 100_000, None), ("short", "x" * 100_000)],
)
def test_a_section_is_neither_empty_nor_endless(
    session: Session, kept: Situation, text: str, base: str | None
) -> None:
    with pytest.raises(BadValue):
        services.edit(session, kept, "u1", SPEC, PLAIN, text, base)


@pytest.mark.parametrize("act", [services.redraft, services.revert])
def test_there_is_nothing_to_take_over_or_back_before_an_edit(
    session: Session, kept: Situation, act: Callable[..., Any]
) -> None:
    with pytest.raises(Refusal):
        act(session, kept, "u1", SPEC, PLAIN)


def test_an_empty_section_is_not_read(session: Session, kept: Situation) -> None:
    with pytest.raises(Refusal, match="nothing to read"):
        services.accept(session, kept, "u1", SPEC, EMPTY)


@pytest.mark.parametrize("key", ["T7.section.handoff", "T7.section.none", "T7.section.other"])
def test_only_sections_that_apply_can_be_edited(
    session: Session, kept: Situation, key: str
) -> None:
    with pytest.raises(Missing):
        services.edit(session, kept, "u1", SPEC, key, "x")


def test_two_editors_keep_both_texts(session: Session, kept: Situation) -> None:
    services.edit(session, kept, "u1", SPEC, PLAIN, "Hers", None, 0)
    with pytest.raises(Conflict) as clash:
        services.edit(session, kept, "u1", SPEC, PLAIN, "His", None, 0)
    assert (clash.value.kept, clash.value.theirs) == ({"Plain": "His"}, {"Plain": "Hers"})


def test_one_accepts_exactly_what_was_shown(session: Session, kept: Situation) -> None:
    shown = view_of(kept).sha256
    add_row(session, kept, "u1", GAPS, title="", values={"gap": "No terms"}, state="", owner="")
    with pytest.raises(Conflict):
        services.accept(session, kept, "u1", SPEC, SECTION, shown)


# --- pages ----------------------------------------------------------------------------------------

Q4, MAP = "Q4.writing.v0", "Q4.v0.current_map"


@pytest.fixture
def browser(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/text/{Q4}"


def test_a_text_shows_its_drafts_and_where_to_enter_what_is_missing(
    browser: FlaskClient, at: str
) -> None:
    page = browser.get(at)
    assert page.status_code == 200
    assert "This is how billing at Acme Robotics runs today" in page.text
    assert "/register/Q8.register.current" in page.text
    assert page.text.count("Accept as read") == 5
    assert browser.get(f"{at}/download.md").text.startswith("# v0 of the billing assessment")


def test_a_section_is_edited_read_and_found_again(
    browser: FlaskClient, at: str, session: Session
) -> None:
    form = browser.get(f"{at}/{MAP}")
    assert 'name="base"' in form.text
    typed = {"text": "Ours, **in bold** <script>alert(1)</script>", "base": "d", "version": "0"}
    assert browser.post(f"{at}/{MAP}", data=typed).status_code == 302
    page = browser.get(at).text
    assert "<strong>in bold</strong>" in page
    assert "<script>alert" not in page
    again = browser.post(f"{at}/{MAP}", data=typed | {"text": "His"})
    assert again.status_code == 409
    assert "His" in again.text
    assert browser.post(f"{at}/{MAP}/read", data={"version": "1"}).status_code == 302
    assert "1 of 5" in browser.get(at).text
    assert browser.post(f"{at}/{MAP}/read", data={"shown": "0" * 64}).status_code == 409
    assert "Version 1" in browser.get(f"{at}/{MAP}/versions").text
    browser.post(f"{at}/{MAP}/revert", data={"version": "2"})
    assert [v.version for v in session.scalars(select(PassageVersion))] == [1, 3]


def test_what_was_typed_comes_back_with_what_is_wrong(browser: FlaskClient, at: str) -> None:
    words = "word " * 20_000
    page = browser.post(f"{at}/{MAP}", data={"text": words, "version": "0"})
    assert page.status_code == 422
    assert "60,000 is the most" in page.text
    assert words.strip() in page.text


@pytest.mark.parametrize("place", ["/nothing", "/Q13.section.triggers", "/nothing/versions"])
def test_a_section_of_another_text_is_not_found(browser: FlaskClient, at: str, place: str) -> None:
    assert browser.get(f"{at}{place}").status_code == 404


def test_who_may_not_work_on_it_reads_it(staff: Callable[..., FlaskClient], at: str) -> None:
    reader = staff("account_manager")
    assert "Accept as read" not in reader.get(at).text
    assert reader.get(f"{at}/{MAP}").status_code == 302
    assert reader.post(f"{at}/{MAP}/read").status_code == 403
