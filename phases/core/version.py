"""Which release this is."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@cache
def version() -> str:
    """The release, as the project file names it."""
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])
