"""Matrices: the ranking and what would change it, scores with evidence, decisions that go stale."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Engagement
from phases.mechanisms.matrix import queries, services
from phases.mechanisms.matrix.checks import matrix_decided, matrix_scored
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.ranking import Requirement, rank, sentence, smallest_change
from phases.mechanisms.matrix.scores import Score
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Matrix
from tests.mechanisms.tabular import PROOF, TOOL, playbook, situation, stored_situation

ERP, PRICE, SYNC = "T3.need.erp", "T3.need.price", "T3.need.sync"
STRIPE, TABS = "T3.option.stripe", "T3.option.tabs"
BUILD, BUY, FIT = "T3.option.build", "T3.option.buy", "T3.criterion.fit"

DEPTH = Requirement("erp", "ERP depth", 4)
COST = Requirement("cost", "Cost", 6)
MUST = Requirement("sync", "Sync", 0, must=True)
OPTIONS = {"s": "Stripe", "t": "Tabs"}


def scored(**numbers: int) -> dict[tuple[str, str], int]:
    """``erp_s=3`` is Stripe's score on ERP depth."""
    return {(name[:-2], name[-1]): number for name, number in numbers.items()}


CLEAR = scored(erp_s=3, erp_t=5, cost_s=5, cost_t=3)


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored_situation(session)


def matrix(key: str = TOOL) -> Matrix:
    return playbook().get(key, Matrix)


# --- ranking -------------------------------------------------------------------------------------


def test_a_score_is_the_mean_weighted_by_the_requirements() -> None:
    ranking = rank([DEPTH, COST], OPTIONS, CLEAR)
    assert [(one.title, one.score) for one in ranking.standings] == [
        ("Stripe", Decimal("4.20")), ("Tabs", Decimal("3.80")),
    ]  # fmt: skip
    assert [c.points for c in ranking.standings[0].contributions] == [
        Decimal("1.20"),
        Decimal("3.00"),
    ]
    assert ranking.complete


def test_only_scored_requirements_count_and_the_rest_is_missing() -> None:
    ranking = rank([DEPTH, COST], OPTIONS, scored(erp_s=3, cost_s=5, erp_t=5))
    assert ranking.standings[0].title == "Tabs"
    assert ranking.standings[0].missing == ("cost",)
    assert not ranking.complete


@pytest.mark.parametrize(("score", "out"), [(1, True), (2, True), (3, False)])
def test_a_must_have_at_two_or_less_puts_its_option_out(score: int, out: bool) -> None:
    ranking = rank([DEPTH, MUST], OPTIONS, scored(erp_s=5, sync_s=score, erp_t=1, sync_t=5))
    assert ranking.leaders[0].title == ("Tabs" if out else "Stripe")
    found = next(one for one in ranking.standings if one.key == "s")
    assert found.out is out
    assert found.reason == ("Out: it fails the must-have Sync." if out else "")


def test_equal_options_share_the_lead() -> None:
    ranking = rank([DEPTH], OPTIONS, scored(erp_s=3, erp_t=3))
    assert ranking.winner is None
    assert [one.key for one in ranking.leaders] == ["s", "t"]


@pytest.mark.parametrize(("weight", "winner"), [(4, "s"), (5, "s"), (6, None), (7, "t"), (10, "t")])
def test_the_winner_changes_where_the_weights_say(weight: int, winner: str | None) -> None:
    found = rank([Requirement("erp", "ERP depth", weight), COST], OPTIONS, CLEAR).winner
    assert (found.key if found else None) == winner


def test_the_smallest_change_is_found() -> None:
    change = smallest_change([DEPTH, COST], OPTIONS, CLEAR)
    assert change is not None
    assert (change.requirement.key, change.weight, change.winner.key) == ("erp", 7, "t")


@pytest.mark.parametrize(
    ("requirements", "scores", "words"),
    [
        ([DEPTH, COST], {}, "No option is scored yet."),
        (
            [DEPTH, COST], CLEAR,
            "Stripe leads by 0.4; it would lose to Tabs if *ERP depth* weighed 7 instead of 4.",
        ),
        (
            [DEPTH, COST], scored(erp_s=5, erp_t=4, cost_s=5, cost_t=4),
            "Stripe leads by 1.0; no other weight of a single requirement would change that.",
        ),
        ([DEPTH], scored(erp_s=3, erp_t=3), "Stripe and Tabs are level at 3.00."),
        (
            [MUST, DEPTH], scored(sync_s=5, erp_s=1, sync_t=1, erp_t=5),
            "Stripe is the only scored option that meets every must-have.",
        ),
        (
            [MUST, DEPTH], scored(sync_s=1, erp_s=1, sync_t=1, erp_t=5),
            "Every scored option fails a must-have.",
        ),
    ],
)  # fmt: skip
def test_the_ranking_in_a_sentence(
    requirements: list[Requirement], scores: dict[tuple[str, str], int], words: str
) -> None:
    assert sentence(requirements, OPTIONS, scores) == words


def test_a_tiny_lead_is_never_shown_as_nothing() -> None:
    close = [Requirement("a", "A", 10), Requirement("b", "B", 9)]
    words = sentence(close, OPTIONS, scored(a_s=4, a_t=3, b_s=3, b_t=4))
    assert words.startswith("Stripe leads by 0.1;")
    many = [Requirement(str(n), str(n), 10) for n in range(50)]
    even = {(r.key, o): 3 for r in many for o in OPTIONS} | {("0", "s"): 4}
    assert sentence(many, OPTIONS, even).startswith("Stripe leads by 0.02;")


def test_requirements_without_weight_score_nothing() -> None:
    ranking = rank([Requirement("erp", "ERP", 0)], OPTIONS, scored(erp_s=5, erp_t=1))
    assert [one.score for one in ranking.standings] == [None, None]


# --- services ------------------------------------------------------------------------------------


def score_all(session: Session, s: Situation, **changed: int) -> None:
    numbers = {ERP: (3, 5), PRICE: (5, 3), SYNC: (4, 4)}
    scores = {
        (need, option): Score(number)
        for need, pair in numbers.items()
        for option, number in zip((STRIPE, TABS), pair, strict=True)
    }
    services.save_scores(session, s, "u1", TOOL, changed, scores)


def test_only_what_applies_is_weighed_and_scored() -> None:
    view = queries.matrix_view(situation(), matrix())
    assert [line.title for line in view.lines] == ["ERP depth", "Price", "Sync"]
    assert (view.total, view.missing) == (6, 6)
    assert view.dropped == (("Usage", "Only when Usage-based is yes"),)
    assert len(queries.matrix_view(situation(usage_based=True), matrix()).lines) == 4


def test_a_weight_overrides_the_playbooks(session: Session, kept: Situation) -> None:
    services.set_weight(session, kept, "u1", TOOL, ERP, 9)
    line = queries.matrix_view(kept, matrix()).lines[0]
    assert (line.weight, line.usual) == (9, 4)
    with pytest.raises(BadValue):
        services.set_weight(session, kept, "u1", TOOL, ERP, 11)
    with pytest.raises(Missing):
        services.set_weight(session, kept, "u1", TOOL, "T3.need.usage", 3)


@pytest.mark.parametrize(("number", "allowed"), [(0, False), (1, True), (5, True), (6, False)])
def test_scores_stay_on_their_scale(
    session: Session, kept: Situation, number: int, allowed: bool
) -> None:
    if not allowed:
        with pytest.raises(BadValue):
            services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, number)
        return
    services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, number)
    assert queries.scores_of(kept, matrix()) == {(ERP, STRIPE): number}


@pytest.mark.parametrize(
    ("note", "link", "allowed"),
    [
        ("Read the API", "https://docs.test/api", True),
        ("", "https://docs.test/api", False),
        ("Read the API", "", False),
        ("Read the API", "http://docs.test", False),
    ],
)
def test_where_evidence_is_asked_a_score_needs_note_and_link(
    session: Session, kept: Situation, note: str, link: str, allowed: bool
) -> None:
    if not allowed:
        with pytest.raises(BadValue):
            services.set_score(session, kept, "u1", PROOF, FIT, BUILD, 4, note, link)
        return
    services.set_score(session, kept, "u1", PROOF, FIT, BUILD, 4, note, link)
    assert queries.scores_of(kept, matrix(PROOF)) == {(FIT, BUILD): 4}


def test_a_stored_score_without_its_evidence_does_not_count() -> None:
    cell = Cell(
        matrix=PROOF, requirement=FIT, option=BUILD, number=4, note="Good", link="", version=1
    )
    s = situation(cells={PROOF: [cell]})
    assert queries.scores_of(s, matrix(PROOF)) == {}
    assert queries.matrix_view(s, matrix(PROOF)).missing == 2


@pytest.mark.parametrize(
    ("note", "link", "lacking"),
    [
        ("Good", "", "no link or document"),
        ("", "https://docs.test", "no note"),
        (" ", "", "no note and no link or document"),
        ("Good", "https://docs.test", ""),
    ],
)
def test_a_stored_score_says_what_it_lacks(note: str, link: str, lacking: str) -> None:
    cells = [
        Cell(matrix=PROOF, requirement=FIT, option=option, number=4, note=n, link=li, version=1)
        for option, n, li in ((BUILD, note, link), (BUY, "Good", "https://docs.test"))
    ]
    s = situation(cells={PROOF: cells})
    view = queries.matrix_view(s, matrix(PROOF))
    assert view.lines[0].cells[0].lacking == lacking
    assert view.idle == ({BUILD: 1} if lacking else {})
    finding = matrix_scored(checks.MatrixScored(matrix=PROOF), s)
    assert finding.met is not bool(lacking)
    if lacking:
        (lack,) = finding.lacks
        assert "1 of 2 scores are missing (1 is there but lacks a note or a link" in lack.sentence
        assert lack.sentence.endswith(f"which has {lacking}.")


def unproven(session: Session, s: Situation) -> None:
    """A score given before its matrix asked for evidence."""
    session.add(
        Cell(
            engagement_id=s.engagement.id, matrix=PROOF, requirement=FIT, option=BUILD, number=4,
            note="", link="", chosen=[], dissent=[], basis="", version=1, changed_by="u1",
        )
    )  # fmt: skip
    session.flush()
    s.records.forget("cells")


def test_a_score_from_before_stays_as_it_is_and_changes_only_with_its_evidence(
    session: Session, kept: Situation
) -> None:
    unproven(session, kept)
    proof = Score(5, "Read", "https://docs.test")
    services.save_scores(
        session, kept, "u1", PROOF, {}, {(FIT, BUILD): Score(4), (FIT, BUY): proof}
    )
    assert queries.scores_of(kept, matrix(PROOF)) == {(FIT, BUY): 5}
    with pytest.raises(Refusal, match=r"1 of 2 scores are missing \(1 is there but lacks"):
        services.decide(session, kept, "u1", PROOF, [BUY], "Cheaper")
    for changed in (Score(3), Score(4, "Read"), Score(4, "", "https://docs.test")):
        with pytest.raises(BadValue, match="counts only with a note and a link"):
            services.save_scores(session, kept, "u1", PROOF, {}, {(FIT, BUILD): changed})
    services.save_scores(session, kept, "u1", PROOF, {}, {(FIT, BUILD): proof})
    assert queries.matrix_view(kept, matrix(PROOF)).complete


def test_a_score_can_be_taken_back(session: Session, kept: Situation) -> None:
    services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, 3)
    services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, None)
    assert queries.scores_of(kept, matrix()) == {}


def test_a_second_editor_of_the_matrix_is_told(session: Session, kept: Situation) -> None:
    services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, 3, version=0)
    with pytest.raises(Conflict) as refused:
        services.set_score(session, kept, "u2", TOOL, ERP, STRIPE, 5, version=0)
    assert refused.value.kept["Stripe on ERP depth"] == "5"
    assert refused.value.theirs == {"Stripe on ERP depth": "3"}


def test_a_decision_needs_every_score_an_option_that_is_in_and_a_reason(
    session: Session, kept: Situation
) -> None:
    with pytest.raises(Refusal, match="6 of 6 scores are missing"):
        services.decide(session, kept, "u1", TOOL, [STRIPE], "Cheaper")
    score_all(session, kept)
    for options, reason in (([], "Why"), ([STRIPE, TABS], "Why"), (["x"], "Why"), ([STRIPE], " ")):
        with pytest.raises(BadValue):
            services.decide(session, kept, "u1", TOOL, options, reason)
    services.set_score(session, kept, "u1", TOOL, SYNC, TABS, 2)
    with pytest.raises(BadValue, match="fails the must-have Sync"):
        services.decide(session, kept, "u1", TOOL, [TABS], "Liked")
    services.decide(session, kept, "u1", TOOL, [STRIPE], "Cheaper")
    decision = queries.decision_of(kept, matrix())
    assert decision is not None
    assert (decision.titles, decision.reason, decision.who) == (
        "Stripe",
        "Cheaper",
        "Ann Architect",
    )


def test_several_options_where_the_matrix_allows(session: Session, kept: Situation) -> None:
    proof = ("Read", "https://docs.test")
    for option in (BUILD, BUY):
        services.set_score(session, kept, "u1", PROOF, FIT, option, 4, *proof)
    services.decide(session, kept, "u1", PROOF, [BUILD, BUY], "Build the core, buy the rest")
    assert matrix_decided(checks.MatrixDecided(matrix=PROOF), kept).met


# --- checks --------------------------------------------------------------------------------------


def test_matrix_scored_wants_every_score(session: Session, kept: Situation) -> None:
    check = checks.MatrixScored(matrix=TOOL)
    assert not matrix_scored(check, kept).met
    score_all(session, kept)
    assert matrix_scored(check, kept).met
    services.set_score(session, kept, "u1", TOOL, PRICE, TABS, None)
    (lack,) = matrix_scored(check, kept).lacks
    assert lack.sentence == "“Tool”: 1 of 6 scores are missing; first Tabs on “Price”."
    assert lack.place == f"matrix/{TOOL}"


@pytest.mark.parametrize(
    ("change", "met"),
    [
        ({}, True),
        ({"weight": (ERP, 5)}, False),
        ({"score": (ERP, STRIPE, 4)}, False),
        ({"score": (ERP, STRIPE, None)}, False),
        ({"score": (ERP, STRIPE, 3)}, True),
    ],
)
def test_a_decision_is_stale_once_what_it_rests_on_changes(
    session: Session, kept: Situation, change: dict[str, Any], met: bool
) -> None:
    score_all(session, kept)
    services.decide(session, kept, "u1", TOOL, [STRIPE], "Cheaper")
    if "weight" in change:
        services.set_weight(session, kept, "u1", TOOL, *change["weight"])
    if "score" in change:
        services.set_score(session, kept, "u1", TOOL, *change["score"])
    finding = matrix_decided(checks.MatrixDecided(matrix=TOOL), kept)
    assert (finding.met, finding.stale) == (met, not met)


def test_a_note_alone_changes_no_decision(session: Session, kept: Situation) -> None:
    score_all(session, kept)
    services.decide(session, kept, "u1", TOOL, [STRIPE], "Cheaper")
    services.set_score(session, kept, "u1", TOOL, ERP, STRIPE, 3, "They showed it")
    assert matrix_decided(checks.MatrixDecided(matrix=TOOL), kept).met


def test_nothing_decided_is_not_met(session: Session, kept: Situation) -> None:
    score_all(session, kept)
    (lack,) = matrix_decided(checks.MatrixDecided(matrix=TOOL), kept).lacks
    assert lack.sentence == "“Tool”: nothing is decided."


def test_a_decision_without_reason_is_not_met() -> None:
    cell = Cell(
        matrix=TOOL, requirement="", option="", chosen=[STRIPE], note="", basis="", version=1
    )
    finding = matrix_decided(checks.MatrixDecided(matrix=TOOL), situation(cells={TOOL: [cell]}))
    assert not finding.met
    assert any("without a reason" in lack.sentence for lack in finding.lacks)


# --- page ----------------------------------------------------------------------------------------


def whole(engagement: Engagement, s: Situation, number: int = 4) -> tuple[str, dict[str, str]]:
    """The address of the real tool matrix and every score of it."""
    matrix_ = s.playbook.get("Q10.matrix.tool", Matrix)
    names = [
        f"score:{need.key}:{option}"
        for need in queries.requirements_of(s, matrix_)
        for option in queries.options_of(s, matrix_)
    ]
    return f"/e/{engagement.slug}/matrix/{matrix_.key}", proven(dict.fromkeys(names, str(number)))


def proven(scores: dict[str, str]) -> dict[str, str]:
    """The scores as the page sends them, each with its note and link."""
    notes = {name.replace("score:", "note:"): "Seen in the trial." for name in scores}
    return scores | notes | {n.replace("score:", "link:"): "https://docs.test/x" for n in scores}


def test_a_matrix_is_scored_and_decided_on_its_page(
    engagement: Engagement, staff: Callable[..., FlaskClient], situation: Callable[..., Situation]
) -> None:
    client, (page, scores) = staff(), whole(engagement, situation(engagement))
    assert "No option is scored yet." in client.get(page).text
    client.post(page, data=scores | {"version": "0"})
    assert "are level at 4.00" in client.get(page).text
    option = next(iter(scores)).split(":")[2]
    client.post(
        f"{page}/decide", data={"options": option, "reason": "It fits", "version": len(scores) // 3}
    )
    assert "It fits" in client.get(page).text
    first = next(iter(scores))
    client.post(page, data=proven({first: "5"}))
    assert "Decide again" in client.get(page).text


def test_a_score_off_the_scale_is_refused_and_kept(
    engagement: Engagement, staff: Callable[..., FlaskClient], situation: Callable[..., Situation]
) -> None:
    page, scores = whole(engagement, situation(engagement))
    for wrong, message in (("9", "from 1 to 5"), ("x", "not a whole number")):
        answer = staff().post(page, data={next(iter(scores)): wrong, "version": "0"})
        assert answer.status_code == 422
        assert message in answer.text
        assert f'value="{wrong}"' in answer.text


def test_the_second_editor_of_the_page_is_told(
    engagement: Engagement, staff: Callable[..., FlaskClient], situation: Callable[..., Situation]
) -> None:
    client, (page, scores) = staff(), whole(engagement, situation(engagement))
    client.post(page, data=scores | {"version": "0"})
    assert client.post(page, data=scores | {"version": "0"}).status_code == 409


def test_a_decision_without_reason_is_refused_beside_its_field(
    engagement: Engagement, staff: Callable[..., FlaskClient], situation: Callable[..., Situation]
) -> None:
    client, (page, scores) = staff(), whole(engagement, situation(engagement))
    client.post(page, data=scores | {"version": "0"})
    option = next(iter(scores)).split(":")[2]
    answer = client.post(f"{page}/decide", data={"options": option, "reason": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.text


def test_every_score_without_its_evidence_is_named_at_once(
    engagement: Engagement, staff: Callable[..., FlaskClient], situation: Callable[..., Situation]
) -> None:
    client, (page, scores) = staff(), whole(engagement, situation(engagement))
    bare = {name: number for name, number in scores.items() if name.startswith("score:")}
    answer = client.post(page, data=bare | {"version": "0"})
    assert answer.status_code == 422
    assert answer.text.count("counts only with a note and a link or document behind it.") == (
        len(bare) + 1  # and the sentence above the matrix
    )
    assert "Tabs on Complex pricing: A score counts only" in answer.text
    assert "No option is scored yet." in client.get(page).text


def test_a_score_that_does_not_count_yet_is_shown_with_what_it_lacks(
    engagement: Engagement, staff: Callable[..., FlaskClient],
    situation: Callable[..., Situation], session: Session,
) -> None:  # fmt: skip
    client, (page, scores) = staff(), whole(engagement, situation(engagement))
    _, line, option = next(iter(scores)).split(":")
    session.add(
        Cell(
            engagement_id=engagement.id, matrix="Q10.matrix.tool", requirement=line, option=option,
            number=3, note="Shown to us.", link="", chosen=[], dissent=[], basis="", version=1,
            changed_by="u1",
        )
    )  # fmt: skip
    session.commit()
    shown = client.get(page).text
    assert "1 score does not count yet." in shown
    assert "does not count yet: no link or document" in shown
    assert "1 does not count yet" in shown.split('id="ranking"')[1]
    assert "No option is scored yet." in shown
    refused = client.post(f"{page}/decide", data={"options": option, "reason": "It fits"})
    assert "1 is there but lacks a note or a link or document" in refused.text
