"""Fixtures that many tests share."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from aggregator.storage.database import Database, open_database
from tests.support import browser as browsers
from tests.support.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent

# Machines are slow at times, so no test is timed; where a run must be repeatable, so is chance.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def server() -> Iterator[Server]:
    """A recording HTTP server on loopback."""
    with Server() as running:
        yield running


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A new database in a real file."""
    with open_database(tmp_path / "news.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Where the data made by others lies; skips where it is absent."""
    path = Path(os.environ.get("AGGREGATOR_CORPORA", ROOT.parent / "shared" / "corpora"))
    if not path.is_dir():
        pytest.skip(f"the corpora are not here: {path} (set AGGREGATOR_CORPORA)")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A real headless Chromium, for the tests of one module; skips where none is set up.

    Not for the session: while it runs, asyncio.run() fails in the same thread, and so would
    other modules' tests.
    """
    executable = browsers.installed()
    if executable is None:
        pytest.skip("no browser is set up: run make browser (or set AGGREGATOR_BROWSER)")
    with browsers.opened(executable) as running:
        yield running
