"""Tiny playbooks: one complete one of another kind, and how to spoil it in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from playbook.errors import ContentError
from playbook.loader import load

HERE = Path(__file__).parent
RELOCATION = HERE / "relocation" / "1.0"

Spoil = Callable[[Path], None]


def copy_of_relocation(tmp_path: Path) -> Path:
    """A copy of the tiny playbook that a test may change."""
    return Path(shutil.copytree(RELOCATION, tmp_path / "relocation" / "1.0"))


def replaced(folder: Path, file: str, old: str, new: str) -> None:
    """Replace *old*, which stands exactly once in *file*."""
    text = (folder / file).read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (folder / file).write_text(text.replace(old, new))


def problems_of(folder: Path) -> list[str]:
    """The problems that loading *folder* reports, one a line."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    return str(caught.value).splitlines()
