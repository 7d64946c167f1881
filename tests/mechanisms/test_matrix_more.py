"""Matrices: what would change the winner, options that wait, dissent, tables, evidence, history."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Engagement, StoredFile
from phases.mechanisms import spreadsheet
from phases.mechanisms.matrix import queries, services, tables
from phases.mechanisms.matrix.checks import matrix_decided, matrix_scored
from phases.mechanisms.matrix.history import history_of
from phases.mechanisms.matrix.ranking import Requirement, rank, sentence, smallest_change
from phases.mechanisms.matrix.scores import Score
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook import checks
from playbook.models import Matrix
from tests.mechanisms.tabular import PROOF, TOOL, playbook, stored_situation

ERP, PRICE, SYNC = "T3.need.erp", "T3.need.price", "T3.need.sync"
STRIPE, TABS = "T3.option.stripe", "T3.option.tabs"
BUILD, BUY, FIT = "T3.option.build", "T3.option.buy", "T3.criterion.fit"


@pytest.fixture
def kept(store: Session) -> Situation:
    return stored_situation(store)


def matrix(key: str = TOOL) -> Matrix:
    return playbook().get(key, Matrix)


def all_scored(session: Session, s: Situation, **numbers: int) -> None:
    """Every score 4 but those given, as ``erp_stripe=2``."""
    scores = {
        (need, option): Score(numbers.get(f"{need[8:]}_{option[10:]}", 4))
        for need in (ERP, PRICE, SYNC)
        for option in (STRIPE, TABS)
    }
    services.save_scores(session, s, "u1", TOOL, {}, scores)


# --- what would change the winner ----------------------------------------------------------------

WEIGHTS = st.integers(0, 10)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Requirement], dict[str, str], dict[tuple[str, str], int]]:
    count = draw(st.integers(1, 5))
    requirements = [
        Requirement(f"r{n}", f"R{n}", draw(WEIGHTS), draw(st.integers(0, 5)) == 0)
        for n in range(count)
    ]
    options = {f"o{n}": f"O{n}" for n in range(draw(st.integers(1, 4)))}
    scores = {
        (r.key, o): draw(st.integers(1, 5))
        for r in requirements for o in options if draw(st.integers(0, 9))
    }  # fmt: skip
    return requirements, options, scores


def winner_with(
    requirements: list[Requirement], options: dict[str, str], scores: dict[tuple[str, str], int],
    index: int, weight: int,
) -> str | None:  # fmt: skip
    """The winner, ranked anew with another weight."""
    changed = [replace(r, weight=weight) if n == index else r for n, r in enumerate(requirements)]
    found = rank(changed, options, scores).winner
    return found.key if found else None


@settings(max_examples=150)
@given(case=cases())
def test_no_smaller_change_gives_another_winner(
    case: tuple[list[Requirement], dict[str, str], dict[tuple[str, str], int]],
) -> None:
    requirements, options, scores = case
    now = rank(requirements, options, scores)
    change = smallest_change(requirements, options, scores)
    if not now.leaders:
        assert change is None
        return
    leads = now.winner.key if now.winner else None
    others = [
        abs(weight - r.weight)
        for index, r in enumerate(requirements)
        for weight in range(11)
        if weight != r.weight
        and (w := winner_with(requirements, options, scores, index, weight)) is not None
        and w != leads
    ]
    assert (change is None) == (not others)
    if change:
        index = requirements.index(change.requirement)
        assert abs(change.weight - change.requirement.weight) == min(others)
        assert winner_with(requirements, options, scores, index, change.weight) == change.winner.key


@settings(max_examples=60)
@given(case=cases())
def test_the_contributions_add_up_to_the_score(
    case: tuple[list[Requirement], dict[str, str], dict[tuple[str, str], int]],
) -> None:
    for one in rank(*case).standings:
        if one.exact is not None:
            total = sum((Fraction(part.points) for part in one.contributions), Fraction(0))
            assert abs(total - one.exact) <= Fraction(5, 1000) * len(one.contributions)


def test_a_large_matrix_is_told_within_a_tenth_of_a_second() -> None:
    requirements = [Requirement(f"r{n}", f"R{n}", n % 11) for n in range(40)]
    options = {f"o{n}": f"O{n}" for n in range(12)}
    scores = {
        (r.key, o): 1 + (n * 7 + m * 3) % 5
        for n, r in enumerate(requirements) for m, o in enumerate(options)
    }  # fmt: skip
    times = []
    for _ in range(5):
        began = time.perf_counter()
        assert sentence(requirements, options, scores)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.1


OPTIONS = {"s": "Stripe", "t": "Tabs", "m": "Metronome"}
DEPTH, COST = Requirement("erp", "ERP depth", 4), Requirement("cost", "Cost", 6)
LEVEL = {("erp", "s"): 4, ("erp", "t"): 2, ("cost", "s"): 2, ("cost", "t"): 4}


@pytest.mark.parametrize(
    ("requirements", "scores", "deferred", "words"),
    [
        ([replace(DEPTH, weight=0), replace(COST, weight=0)], LEVEL, {},
         "Every weight is 0, so nothing tells the options apart. Give some weight."),
        ([replace(DEPTH, weight=0), COST], {("erp", "s"): 3}, {},
         "Only requirements of weight 0 are scored yet."),
        ([replace(DEPTH, weight=5), replace(COST, weight=5)], LEVEL, {},
         ("Stripe and Tabs are level at 3.00; Tabs would lead if *ERP depth* weighed 4 instead of "
          "5.")),
        ([DEPTH, COST], LEVEL, {"t": "Later."},
         "Stripe is the only scored option that meets every must-have."),
        ([DEPTH, COST], LEVEL, dict.fromkeys(OPTIONS, "Later."), "Every option is deferred."),
        ([DEPTH, COST], LEVEL, {"s": "Later.", "t": "Later."}, "No option is scored yet."),
    ],
)  # fmt: skip
def test_ties_zeros_and_waiting_options_are_told_as_they_are(
    requirements: list[Requirement], scores: dict[tuple[str, str], int],
    deferred: dict[str, str], words: str,
) -> None:  # fmt: skip
    assert sentence(requirements, OPTIONS, scores, deferred=deferred) == words


def test_a_deferred_option_stands_last_with_its_reason() -> None:
    ranking = rank([DEPTH, COST], OPTIONS, LEVEL, deferred={"t": "After the launch."})
    assert [one.key for one in ranking.standings] == ["s", "m", "t"]
    assert ranking.standings[-1].reason == "Deferred: After the launch."
    assert [one.key for one in ranking.race] == ["s"]


# --- options that wait ---------------------------------------------------------------------------


def test_a_deferred_option_needs_no_scores_and_is_not_chosen(
    store: Session, kept: Situation
) -> None:
    for need in (ERP, PRICE, SYNC):
        services.set_score(store, kept, "u1", TOOL, need, STRIPE, 4)
    scored = checks.MatrixScored(matrix=TOOL)
    assert not matrix_scored(scored, kept).met
    services.defer(store, kept, "u1", TOOL, TABS, "After the launch.")
    assert matrix_scored(scored, kept).met
    with pytest.raises(BadValue, match="Tabs is deferred"):
        services.decide(store, kept, "u1", TOOL, [TABS], "It fits.")
    services.decide(store, kept, "u1", TOOL, [STRIPE], "It fits.")
    assert matrix_decided(checks.MatrixDecided(matrix=TOOL), kept).met
    services.take_up(store, kept, "u1", TOOL, TABS)
    decision = queries.decision_of(kept, matrix())
    assert decision is not None
    assert decision.stale


def test_deferring_everything_leaves_nothing_to_decide(store: Session, kept: Situation) -> None:
    for option in (STRIPE, TABS):
        services.defer(store, kept, "u1", TOOL, option, "Later.")
    assert not matrix_scored(checks.MatrixScored(matrix=TOOL), kept).met
    with pytest.raises(Refusal):
        services.decide(store, kept, "u1", TOOL, [STRIPE], "It fits.")


@pytest.mark.parametrize(("option", "reason", "error"), [
    (TABS, "  ", BadValue), ("T3.option.none", "Why", Missing), (BUILD, "Why", Missing),
])  # fmt: skip
def test_a_deferral_names_an_option_and_why(
    store: Session, kept: Situation, option: str, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        services.defer(store, kept, "u1", TOOL, option, reason)


# --- dissent -------------------------------------------------------------------------------------


def test_dissent_stands_beside_the_decision_and_leaves_it_as_it_was(
    store: Session, kept: Situation
) -> None:
    with pytest.raises(Refusal, match="Nothing is decided"):
        services.dissent(store, kept, "u1", TOOL, "u1", "Too dear.")
    all_scored(store, kept, erp_stripe=5)
    services.decide(store, kept, "u1", TOOL, [STRIPE], "It fits.")
    before = queries.decision_of(kept, matrix())
    services.dissent(store, kept, "u1", TOOL, "u1", "Too dear.")
    after = queries.decision_of(kept, matrix())
    assert before is not None
    assert after is not None
    assert (after.at, after.who, after.stale) == (before.at, before.who, False)
    assert [(one.who, one.why) for one in after.dissent] == [("Ann Architect", "Too dear.")]
    assert queries.remarks_of(kept, matrix()) == [["Dissent", "Ann Architect: Too dear."]]
    services.decide(store, kept, "u1", TOOL, [TABS], "Thought again.")
    again = queries.decision_of(kept, matrix())
    assert again is not None
    assert again.dissent == ()


@pytest.mark.parametrize(("who", "why"), [("u9", "Too dear."), ("", "Too dear."), ("u1", " ")])
def test_dissent_is_somebodys_and_has_a_reason(
    store: Session, kept: Situation, who: str, why: str
) -> None:
    all_scored(store, kept)
    services.decide(store, kept, "u1", TOOL, [STRIPE], "It fits.")
    with pytest.raises(BadValue):
        services.dissent(store, kept, "u1", TOOL, who, why)


def test_dissent_on_an_older_page_is_told(store: Session, kept: Situation) -> None:
    all_scored(store, kept)
    services.decide(store, kept, "u1", TOOL, [STRIPE], "It fits.")
    with pytest.raises(Conflict):
        services.dissent(store, kept, "u1", TOOL, "u1", "Too dear.", version=1)


# --- evidence ------------------------------------------------------------------------------------


def upload(session: Session, name: str, engagement: int = 1) -> StoredFile:
    row = StoredFile(
        engagement_id=engagement, name=name, kind="application/pdf", size=1, sha256="0" * 64,
        path=f"{engagement}/{name}", uploaded_by="u1", claimed_by="T.q.file",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_evidence_is_a_link_or_an_upload_of_this_engagement(
    store: Session, kept: Situation
) -> None:
    paper = upload(store, "Offer.pdf")
    store.add(
        Engagement(
            id=2,
            slug="b",
            customer="B",
            playbook_name="tabular",
            playbook_version="1.0",
            time_zone="UTC",
            country="US",
            created_by="u1",
        )
    )
    store.flush()
    theirs = upload(store, "Theirs.pdf", 2)
    services.set_score(store, kept, "u1", PROOF, FIT, BUILD, 4, "Read it", "offer.PDF")
    [cell, _] = queries.matrix_view(kept, matrix(PROOF)).lines[0].cells
    assert (cell.link, cell.evidence, cell.counts) == (f"file/{paper.id}", "Offer.pdf", True)
    assert cell.href == f"/e/acme/files/{paper.id}"
    for link in ("Theirs.pdf", f"file/{theirs.id}", "http://plain.test", "javascript:alert(1)"):
        with pytest.raises(BadValue, match="evidence is a link"):
            services.set_score(store, kept, "u1", PROOF, FIT, BUY, 4, "Read it", link)


# --- tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_scores_go_out_and_come_back_the_same(store: Session, kept: Situation, kind: str) -> None:
    services.save_scores(store, kept, "u1", TOOL, {ERP: 7}, {
        (ERP, STRIPE): Score(5, "=1+1 'note'\nof two lines", "https://proof.test/a"),
        (PRICE, TABS): Score(1),
    })  # fmt: skip
    lines = tables.table(queries.matrix_view(kept, matrix()))
    data = spreadsheet.csv_of(lines) if kind == "csv" else spreadsheet.xlsx_of("T", lines)
    rows = spreadsheet.rows_of_file("x", data)
    assert services.import_scores(store, kept, "u1", TOOL, rows) == (0, 0)
    services.save_scores(store, kept, "u1", TOOL, {ERP: 4}, {(ERP, STRIPE): Score(None)})
    assert services.import_scores(store, kept, "u1", TOOL, rows) == (1, 1)
    assert queries.scores_of(kept, matrix()) == {(ERP, STRIPE): 5, (PRICE, TABS): 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Requirement,Stripe: score\nERP depth,6", "Line 2, Stripe: score: A score is a whole"),
        ("Requirement,Stripe: score\nERP depth,high", "Line 2, Stripe: score: “high” is not a"),
        ("Requirement,Weight\nERP depth,11", "Line 2, Weight: A weight is a whole number"),
        ("Requirement,Weight\nNonsense,1", "Line 2: no requirement here is called “Nonsense”."),
        ("Requirement,Weight\nPrice,1\nPrice,2", "Line 3: “Price” stands twice."),
        ("Requirement,Odd\nPrice,1", "Line 1: no column is called “Odd”"),
        ("Weight,Must-have\n1,yes", "Line 1: a column “Requirement” or “Ref”"),
        ("Requirement,Tabs: score,Tabs: evidence\nPrice,3,http://x", "Line 2, Tabs: score: The"),
        ("Requirement,Weight\nPrice,1,2", "Line 2: 3 cells under 2 columns."),
        ("Requirement", "Line 1 has the columns' names"),
    ],
)
def test_scores_that_do_not_fit_are_refused_by_line_and_column(
    store: Session, kept: Situation, text: str, problem: str
) -> None:
    rows = spreadsheet.rows_of_text(text)
    with pytest.raises(ImportRefused) as refused:
        services.import_scores(store, kept, "u1", TOOL, rows)
    assert refused.value.problems[0].startswith(problem)
    assert queries.scores_of(kept, matrix()) == {}


@pytest.mark.parametrize("column", ["evidence", "link", "Link"])
def test_a_table_carries_the_note_and_the_link_of_a_score(
    store: Session, kept: Situation, column: str
) -> None:
    head = f"Requirement\tBuild: score\tBuild: note\tBuild: {column}\n"
    rows = spreadsheet.rows_of_text(f"{head}Fit\t4\tRead it\thttps://docs.test\n")
    assert services.import_scores(store, kept, "u1", PROOF, rows) == (0, 1)
    [cell, _] = queries.matrix_view(kept, matrix(PROOF)).lines[0].cells
    assert (cell.number, cell.note, cell.evidence) == (4, "Read it", "https://docs.test")
    bare = spreadsheet.rows_of_text("Requirement\tBuy: score\tBuy: note\nFit\t4\tRead it\n")
    with pytest.raises(ImportRefused, match="counts only with a note and a link"):
        services.import_scores(store, kept, "u1", PROOF, bare)


def test_one_bad_score_keeps_all_out(store: Session, kept: Situation) -> None:
    text = "Requirement,Weight,Tabs: score\nPrice,9,3\nSync,2,9\n"
    with pytest.raises(ImportRefused):
        services.import_scores(store, kept, "u1", TOOL, spreadsheet.rows_of_text(text))
    assert queries.requirements_of(kept, matrix())[1].weight == 5


# --- history and pages ---------------------------------------------------------------------------


def test_the_history_tells_every_change_in_words(store: Session, kept: Situation) -> None:
    all_scored(store, kept)
    services.set_weight(store, kept, "u1", TOOL, ERP, 9)
    services.decide(store, kept, "u1", TOOL, [TABS], "It fits.")
    services.defer(store, kept, "u1", TOOL, STRIPE, "Later.")
    told = [one.differences for one in history_of(store, kept, matrix())]
    assert told[:3] == [
        (("Stripe deferred", "", "Later."),),
        (("Decision", "", "Tabs: It fits."),),
        (("Weight of ERP depth", "4", "9"),),
    ]
    assert ("Stripe on ERP depth", "", "4") in told[3]


PAGE = "Q10.matrix.tool"


def test_an_option_is_deferred_and_taken_up_on_the_page(
    engagement: Engagement, staff: Callable[..., FlaskClient],
    situation: Callable[[Engagement], Situation],
) -> None:  # fmt: skip
    client, page = staff(), f"/e/{engagement.slug}/matrix/{PAGE}"
    view = queries.matrix_view(
        situation(engagement), queries.matrix_of(situation(engagement), PAGE)
    )
    option = view.options[0]
    answer = client.post(f"{page}/defer", data={"option": option.key, "deferral": ""})
    assert answer.status_code == 422
    assert "Say why it is left for later" in answer.text
    client.post(f"{page}/defer", data={"option": option.key, "deferral": "After the launch."})
    assert "Deferred: After the launch." in client.get(page).text
    client.post(f"{page}/defer", data={"option": option.key, "take_up": "1"})
    assert "Deferred: After" not in client.get(page).text


def test_scores_are_exported_and_a_bad_table_is_kept_in_the_field(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), f"/e/{engagement.slug}/matrix/{PAGE}"
    answer = client.get(f"{page}/export.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Stripe: score" in answer.text
    refused = client.post(f"{page}/import", data={"table": "Requirement,Weight\nNothing,3\n"})
    assert refused.status_code == 422
    assert "no requirement here is called “Nothing”" in refused.text
    assert client.get(f"{page}/export.xlsx").data.startswith(b"PK")
