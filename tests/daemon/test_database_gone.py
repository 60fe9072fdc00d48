"""A desk whose database is gone says so, and makes no empty one in its place."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.daemon.desk.editing import Editor
from aggregator.daemon.desk.gathering import Gatherer
from aggregator.daemon.desk.marks import MarkWriter
from aggregator.daemon.desk.searching import Searches
from aggregator.settings import ClusterSettings
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from aggregator.storage.readers import Filter
from aggregator.web.gathering import NotDone
from aggregator.web.ports import Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LISTED = "feeds:\n  - url: https://post.example/rss\n    outlet: Post\n"


@pytest.fixture
def gone(tmp_path: Path) -> Path:
    """Where a database was, beside the file with its feeds."""
    path, file = tmp_path / "news.db", tmp_path / "feeds.yaml"
    file.write_text(LISTED, "utf-8")
    with open_database(path) as db:
        feeds.sync(db, load(file).feeds, NOW)
    for each in tmp_path.glob("news.db*"):
        each.unlink()
    return path


def _pin(path: Path) -> None:
    Editor(path, ClusterSettings(), lambda: NOW).pin(1, "eva")


def _save(path: Path) -> None:
    Searches(path, lambda: NOW).save("Ferries", "ferry", Filter(), "eva", alert=False)


def _pause(path: Path) -> None:
    Gatherer(path, path.with_name("feeds.yaml"), lambda: NOW).pause(1, "eva", paused=True)


@pytest.mark.parametrize("act", [_pin, _save, _pause])
def test_an_act_on_it_is_refused(act: Callable[[Path], None], gone: Path) -> None:
    with pytest.raises((Refused, NotDone)):
        act(gone)
    assert not gone.exists()
    assert gone.with_name("feeds.yaml").read_text("utf-8") == LISTED


def test_what_was_looked_at_waits_for_it(gone: Path, caplog: pytest.LogCaptureFixture) -> None:
    with MarkWriter(gone, pause=0) as marks:
        marks.saw("eva", 1, NOW, {})
    assert not gone.exists()
    assert "1 looks are lost" in caplog.text
