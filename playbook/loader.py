"""Loading playbooks: every file read, every problem found, one report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, ValidationError

from playbook.book import Library, Playbook
from playbook.errors import ContentError, Problem
from playbook.models import Line, Part, Slug
from playbook.reading import content_files, digest_of, insert_texts, read_yaml
from playbook.references import check_references
from playbook.shapes import Draft, read_items

__all__ = ["CONTENT", "Library", "Playbook", "load", "load_all", "playbook_folders", "released"]

CONTENT = Path(__file__).parent / "content"
MANIFEST = "playbook.yaml"
RELEASED = "RELEASED"


class Manifest(Part):
    """What ``playbook.yaml`` says.

    ``order`` names how files begin, in the order in which they are read; the others follow.
    """

    name: Slug
    version: str = Field(pattern=r"^\d+(\.\d+)*$")
    title: Line
    placeholders: dict[Slug, Line] = Field(default_factory=dict)
    order: tuple[str, ...] = ()


def load(folder: Path, *, release_hash: str | None = None) -> Playbook:
    """Load the playbook in *folder* (``<name>/<version>``).

    *release_hash* is the digest under which this version was released; a draft has none.

    Raises:
        ContentError: with every problem found.
    """
    draft = Draft()
    shown = _shown_folder(folder)
    if not folder.is_dir() or not content_files(folder):
        remedy = f"Put {MANIFEST} and the content's YAML files there"
        raise ContentError([Problem(shown, "", "there is no playbook in this folder", remedy)])
    manifest = _manifest(folder, shown, draft)
    for path in _in_order(content_files(folder), manifest.order if manifest else ()):
        if path.suffix != ".yaml" or path == folder / MANIFEST:
            continue
        file = f"{shown}/{path.relative_to(folder).as_posix()}"
        data = read_yaml(path, file, draft.problems)
        if data is not None:
            insert_texts(data, folder, file, draft.problems)
            read_items(data, file, draft)
    check_references(draft)
    digest = digest_of(folder)
    if release_hash is not None and digest != release_hash:
        draft.problems.append(_changed_after_release(shown, digest))
    if draft.problems or manifest is None:
        raise ContentError(draft.problems)
    return Playbook(
        name=manifest.name,
        version=manifest.version,
        title=manifest.title,
        items=MappingProxyType(draft.items),
        placeholders=MappingProxyType(manifest.placeholders),
        digest=digest,
        released=release_hash is not None,
        _parents={key: at.parent for key, at in draft.declared.items() if at.parent},
    )


def load_all(paths: Iterable[Path] = (CONTENT,)) -> Library:
    """Load every playbook below *paths*; by default those that come with the product.

    Below each path a playbook lies in ``<name>/<version>/``; a
    file ``<name>/RELEASED`` lists the released versions, each with its digest.

    Raises:
        ContentError: with the problems of all of them.
    """
    found: dict[tuple[str, str], Playbook] = {}
    problems: list[Problem] = []
    for root in paths:
        folders = playbook_folders(root)
        if not folders:
            remedy = "Point PLAYBOOK_PATH at a folder that holds <name>/<version>/playbook.yaml"
            problems.append(Problem(str(root), "", "holds no playbook", remedy))
        for folder in folders:
            try:
                playbook = load(folder, release_hash=released(folder.parent).get(folder.name))
            except ContentError as error:
                problems.extend(error.problems)
                continue
            problems.extend(_misplaced(playbook, folder, found))
            found.setdefault((playbook.name, playbook.version), playbook)
    if problems:
        raise ContentError(problems)
    return Library(MappingProxyType(found))


def playbook_folders(root: Path) -> list[Path]:
    """Every ``<name>/<version>`` folder below *root*; *root* itself if it is one."""
    if (root / MANIFEST).is_file():
        return [root]
    return sorted(path.parent for path in root.glob(f"*/*/{MANIFEST}"))


def released(folder: Path) -> dict[str, str]:
    """The released versions of the playbook in *folder*, each with its digest.

    A version that ``RELEASED`` does not list is a draft, and may change.
    """
    path = folder / RELEASED
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    pairs = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return {pair[0]: pair[-1] for pair in pairs}


def _manifest(folder: Path, shown: str, draft: Draft) -> Manifest | None:
    path, file = folder / MANIFEST, f"{shown}/{MANIFEST}"
    if not path.is_file():
        remedy = "Write it with name, version, title and placeholders"
        draft.problems.append(Problem(file, "", "the file is missing", remedy))
        return None
    data = read_yaml(path, file, draft.problems)
    if data is None:
        return None
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        for part in error.errors():
            name = ".".join(map(str, part["loc"]))
            remedy = "It holds name, version (quoted), title, order and placeholders"
            line = data.lines.get(str(part["loc"][0]) if part["loc"] else "")
            draft.problems.append(Problem(file, "", f"'{name}': {part['msg']}", remedy, line))
        return None
    draft.placeholders = manifest.placeholders
    return manifest


def _in_order(files: Iterable[Path], order: tuple[str, ...]) -> list[Path]:
    """*files* by the first of *order* that their names begin with, else as they are."""
    starts = dict(enumerate(order))

    def place(path: Path) -> int:
        return next((i for i, start in starts.items() if path.name.startswith(start)), len(starts))

    return sorted(files, key=place)


def _misplaced(
    playbook: Playbook, folder: Path, found: dict[tuple[str, str], Playbook]
) -> Iterable[Problem]:
    file = f"{_shown_folder(folder)}/{MANIFEST}"
    wanted = f"{playbook.name}/{playbook.version}"
    if (folder.parent.name, folder.name) != (playbook.name, playbook.version):
        remedy = f"Name the folder {wanted}, or mend name and version"
        yield Problem(file, "", f"says that it is {wanted} but lies elsewhere", remedy)
    if (playbook.name, playbook.version) in found:
        yield Problem(file, "", f"{wanted} is installed already", "Give yours another name")


def _changed_after_release(shown: str, digest: str) -> Problem:
    what = f"this version is released but its content has changed (its digest is now {digest})"
    return Problem(shown, "", what, "Undo the change, or make it in a folder of a new version")


def _shown_folder(folder: Path) -> str:
    full = folder.resolve()
    return f"{full.parent.name}/{full.name}"
