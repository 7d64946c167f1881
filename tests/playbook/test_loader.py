"""Every way in which content can be wrong is found, and told with file, key and remedy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from playbook.book import Playbook
from playbook.errors import ContentError, Problem
from playbook.loader import CONTENT, load, load_all, playbook_folders, released
from playbook.models import Step
from playbook.reading import digest_of
from tests.playbook.mistakes import FRAME, MISTAKES, WORK
from tests.playbooks import HERE, RELOCATION, copy_of_relocation, problems_of, replaced


@pytest.mark.parametrize("case", MISTAKES)
def test_wrong_content_is_refused_with_file_key_and_remedy(case: str, tmp_path: Path) -> None:
    file, old, new, key, what, remedy = MISTAKES[case]
    folder = copy_of_relocation(tmp_path)
    replaced(folder, file, old, new)
    matching = [line for line in problems_of(folder) if what in line]
    assert matching, problems_of(folder)
    assert matching[0].startswith(f"relocation/1.0/{file}:")
    assert key in matching[0]
    assert remedy in matching[0].partition(what)[2]


def test_a_problem_names_its_line(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    replaced(folder, WORK, "effect: loop", "effect: lop")
    line = (folder / WORK).read_text().partition("effect: lop")[0].count("\n") + 1
    assert problems_of(folder)[0].startswith(f"relocation/1.0/work.yaml:{line}: R5.gate.1b: ")


def test_all_problems_stand_in_one_report(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    replaced(folder, WORK, "role: mover\n    items", "role: movr\n    items")
    replaced(folder, WORK, "{{ address }}", "{{ adress }}")
    replaced(folder, FRAME, "phase: move", "phase: moove")
    assert len(problems_of(folder)) == 3


def test_a_broken_item_is_reported_once_and_not_by_all_who_name_it(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    replaced(folder, WORK, "minutes: 5", "minutes: soon")
    assert len(problems_of(folder)) == 1


def test_an_empty_folder_is_no_playbook(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (report,) = problems_of(tmp_path / "empty")
    assert "empty" in report
    assert "no playbook in this folder" in report
    assert "Put playbook.yaml" in report


def test_a_folder_without_manifest_is_told(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    (folder / "playbook.yaml").unlink()
    assert any("playbook.yaml: the file is missing. Write it" in p for p in problems_of(folder))


def test_a_version_must_be_quoted(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    replaced(folder, "playbook.yaml", '"1.0"', "1.0")
    (report,) = problems_of(folder)
    assert report.startswith("relocation/1.0/playbook.yaml:2: 'version':")
    assert "quoted" in report


def test_a_playbook_of_another_kind_loads() -> None:
    playbook = load(RELOCATION)
    assert [phase.slug for phase in playbook.phases] == ["plan", "move"]
    assert playbook.get("R3.step.walk", Step).text == "Begin at the door of **{{ customer }}**."
    assert all(item.key == key for key, item in playbook.items.items())


def test_a_folder_of_playbooks_loads_and_must_be_named_for_what_it_holds(tmp_path: Path) -> None:
    assert load_all([CONTENT, HERE]).latest("relocation").version == "1.0"
    copy_of_relocation(tmp_path).rename(tmp_path / "relocation" / "1.1")
    with pytest.raises(ContentError, match="lies elsewhere"):
        load_all([tmp_path])
    with pytest.raises(ContentError, match="holds no playbook"):
        load_all([tmp_path / "nowhere"])
    with pytest.raises(ContentError, match="is installed already"):
        load_all([HERE, HERE])


def test_a_released_version_must_not_change(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    assert not load_all([tmp_path]).get("relocation", "1.0").released
    (folder.parent / "RELEASED").write_text(f"# released versions\n1.0 {digest_of(folder)}\n")
    assert load_all([tmp_path]).get("relocation", "1.0").released
    (folder / "walk.md").write_text("Begin at the back.")
    with pytest.raises(ContentError, match="released but its content has changed"):
        load_all([tmp_path])


def test_the_digest_follows_names_and_bytes(tmp_path: Path) -> None:
    folder = copy_of_relocation(tmp_path)
    before = digest_of(folder)
    assert before == load(RELOCATION).digest
    (folder / "walk.md").rename(folder / "stroll.md")
    assert digest_of(folder) != before


# --- the real content -----------------------------------------------------------------------------

FILES = sorted(CONTENT.glob("*/*/*.yaml"))


def test_there_is_content() -> None:
    assert FILES
    assert playbook_folders(CONTENT)


@cache
def problems_in(folder: Path) -> tuple[Problem, ...]:
    """The problems of a playbook; loaded once for all its files."""
    try:
        load(folder, release_hash=released(folder.parent).get(folder.name))
    except ContentError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CONTENT).as_posix())
def test_content_has_no_problems(path: Path) -> None:
    folder = path.parent.relative_to(CONTENT).as_posix()
    here = (folder, f"{folder}/{path.name}")
    assert [str(problem) for problem in problems_in(path.parent) if problem.file in here] == []


@pytest.fixture(scope="module")
def q2c() -> Playbook:
    return load_all().latest("q2c")


FAMILIES = {
    "Q1.category": 4, "Q1.subphase": 16, "Q1.rule": 4, "Q2.methodology": 5, "Q2.scope": 3,
    "Q3.send": 5, "Q3.homework": 6, "Q3.question": 9, "Q4.step": 8, "Q4.v0": 5, "Q5.term": 13,
    "Q6.agenda": 7, "Q6.bring": 5, "Q6.leave": 6, "Q7.meeting": 5, "Q7.before": 4, "Q7.during": 4,
    "Q7.after": 3, "Q7.milestone": 6, "Q12.criterion": 12, "Q13.section": 8, "Q13.sequence": 7,
    "Q14.agenda": 4, "Q14.bring": 4, "Q14.leave": 4, "Q15.component": 9, "Q15.approach": 3,
    "Q16.test": 13, "Q16.customer_test": 4, "Q16.criterion": 6, "Q17.script": 4, "Q17.guide": 4,
    "Q17.faq": 5, "Q17.session": 3, "Q17.asset": 5, "Q17.delivery": 5, "Q18.metric": 5,
    "Q18.week": 4, "Q19.criterion": 8, "Q20.monthly": 5, "Q20.quarterly": 5, "Q20.first_cycle": 3,
    "Q20.yearly": 3, "Q20.trigger": 5, "Q21.context": 7, "Q21.escalation": 6, "Q22.agenda": 7,
    "Q22.package": 9, "Q23.archive": 4, "Q23.prep": 4, "Q23.checkin": 4, "Q24.risk": 9,
    "Q26.criterion": 4, "Q27.measure": 5,
}  # fmt: skip


@pytest.mark.parametrize(("family", "count"), FAMILIES.items())
def test_a_family_has_exactly_its_items(q2c: Playbook, family: str, count: int) -> None:
    held = [key for key in q2c.export()["items"] if key.startswith(f"{family}.")]
    assert len(held) == count, held
