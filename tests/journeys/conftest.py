"""A served installation, one browser, and people who come in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.stage import Live, Stage

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=15_000)
DEBIAN = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else the one Playwright brings."""
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=str(DEBIAN) if DEBIAN.exists() else None, args=[*FLAGS, *alone]
        )
        yield found
        found.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, library: Any) -> Iterator[Live]:
    """The product over an empty database, served while a module runs."""
    installed = Live(tmp_path_factory.mktemp("live"), library)
    yield installed
    installed.close()


@pytest.fixture(scope="module")
def people(live: Live, browser: Browser) -> Iterator[Stage]:
    """The browser, with a context for each person who comes in during a module."""
    found = Stage(live, browser)
    yield found
    for person in found.people:
        person.context.close()


@pytest.fixture
def stage(people: Stage) -> Iterator[Stage]:
    """The same, and after each test nothing is left that a page did wrong."""
    yield people
    people.check()
