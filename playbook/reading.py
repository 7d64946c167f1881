"""Reading a playbook's files: YAML without surprises, each mapping knowing its lines."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Hashable
from pathlib import Path
from typing import Any

import yaml

from playbook.errors import Problem


class LinedDict(dict[str, Any]):
    """A mapping read from YAML that knows the line of itself and of each of its keys."""

    line: int
    lines: dict[str, int]

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines = {}


Parsed: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""LibYAML's parser reads ten times as fast, where the wheel brings it."""


class _Loader(Parsed):  # type: ignore[misc] # which of the two is known only when it runs
    """A safe loader that reports keys given twice and keys that are not words."""

    file = ""
    problems: list[Problem]

    def mapping(self, node: yaml.MappingNode) -> Generator[LinedDict, None, None]:
        """Build a mapping, noting lines; a bad key is reported and left out."""
        self.flatten_mapping(node)
        found = LinedDict(node.start_mark.line + 1)
        yield found
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                written = key_node.value if isinstance(key, Hashable) else "{…}"
                self._report(line, f"the property {written!r} is not a word", "Put it in quotes")
            elif key in found:
                first = found.lines[key]
                what = f"'{key}' stands here twice (first on line {first})"
                self._report(line, what, "Keep one of them")
            else:
                found[key] = self.construct_object(value_node, deep=True)
                found.lines[key] = line

    def _report(self, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, "", what, remedy, line))


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)


def read_yaml(path: Path, file: str, problems: list[Problem]) -> LinedDict | None:
    """Read one file; what is wrong with it is added to *problems*."""
    try:
        loader = _Loader(path.read_text("utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(Problem(file, "", f"cannot be read: {error}", "Save it as UTF-8 text"))
        return None
    loader.file, loader.problems = file, problems
    try:
        data = loader.get_single_data()
    except yaml.YAMLError as error:
        problems.append(_unreadable(error, file))
        return None
    finally:
        loader.dispose()
    if isinstance(data, LinedDict):
        return data
    problems.append(
        Problem(
            file, "", "is not a mapping from kind to items", "Begin with a kind, as in 'guide:'"
        )
    )
    return None


def _unreadable(error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    words = getattr(error, "problem", None) or str(error)
    line = mark.line + 1 if mark else None
    remedy = "Check indentation, and quote text that holds ': ' or begins with {, [, *, & or %"
    return Problem(file, "", f"is not readable YAML: {words}", remedy, line)


def insert_texts(data: Any, folder: Path, file: str, problems: list[Problem]) -> None:
    """Put the Markdown file that ``text_file`` names in the place of ``text``, however deep."""
    if isinstance(data, list):
        for part in data:
            insert_texts(part, folder, file, problems)
    if not isinstance(data, LinedDict):
        return
    for part in list(data.values()):
        insert_texts(part, folder, file, problems)
    if "text_file" not in data:
        return
    name, line = str(data.pop("text_file")), data.lines["text_file"]
    path = (folder / name).resolve()
    if "text" in data:
        problems.append(Problem(file, "", "text and text_file are both given", "Keep one", line))
    elif not path.is_relative_to(folder.resolve()) or path.suffix != ".md" or not path.is_file():
        remedy = "Name a Markdown file that lies in the playbook's folder"
        problems.append(Problem(file, "", f"there is no text file '{name}'", remedy, line))
        data["text"] = ""
    else:
        data["text"] = path.read_text("utf-8").strip()


def content_files(folder: Path) -> list[Path]:
    """Every YAML and Markdown file of a playbook's folder, in order."""
    return sorted(
        path for path in folder.rglob("*") if path.suffix in (".yaml", ".md") and path.is_file()
    )


def digest_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of a playbook's content files."""
    total = hashlib.sha256()
    for path in content_files(folder):
        body = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(body)}\0".encode())
        total.update(body)
    return total.hexdigest()
