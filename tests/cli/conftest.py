"""A small newsroom in a real file, and the command called as a user calls it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.model import Removed
from aggregator.storage import clusters, feeds
from aggregator.storage.database import open_database
from tests.support.kept import HERALD, POST, keep, report, tell

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `aggregator ...` in an empty folder, in a time zone that is not UTC."""
    from aggregator.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AGGREGATOR_DB", raising=False)
    monkeypatch.delenv("AGGREGATOR_FEEDS", raising=False)

    def run(*words: str, stdin: bytes | str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=stdin, prog_name="aggregator")

    return run


@pytest.fixture
def news(tmp_path: Path) -> datetime:
    """news.db in the folder of `call`: story 1 with three articles in two groups, story 2.

    Returns the full minute before which all of it happened.
    """
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with open_database(tmp_path / "news.db") as db:
        feeds.sync(db, [POST, HERALD], now)
        bridge = report(
            "bridge", now - timedelta(hours=3), text="The bridge is closed.\n- One\n- Two"
        )
        removed = (Removed("Read more: everything", "teaser", 1),)
        authored = replace(bridge, removed=removed, authors=("Ann Other",), agency="dpa")
        first = keep(db, POST, authored, now)
        copy = keep(db, HERALD, report("bridge copy", now - timedelta(hours=2)), now)
        other = keep(db, HERALD, report("detour", now - timedelta(hours=1)), now)
        tell(db, [[first, copy], [other]])
        old = report("elephant", now - timedelta(days=9), language="de")
        tell(db, [[keep(db, POST, old, now)]])
        with db.write():
            clusters.redirect(db, "story", {40: 1}, now)
            db.execute("UPDATE sqlite_sequence SET seq = 40 WHERE name = 'story'")
    return now
