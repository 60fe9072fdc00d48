"""What readers looked at is written in the background."""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.daemon.desk.marks import MarkWriter
from aggregator.storage import seen
from aggregator.storage.database import Database, open_database
from aggregator.storage.seen import Look

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_was_noted_is_written_at_the_end_at_the_latest(db: Database) -> None:
    with MarkWriter(Path(db.path), pause=600) as marks:
        marks.saw("eva", 1, NOW, {5: 1})
        marks.saw("eva", 1, NOW + MINUTE, {5: 2})
        marks.saw("max", 2, NOW, {})
        marks.visited("eva", NOW)
        assert marks.pending("eva") == {1: Look(NOW + MINUTE, {5: 2})}
        assert seen.seen_at(db, "eva", [1]) == {}
    assert seen.last_look(db, "eva", 1) == Look(NOW + MINUTE, {5: 2})
    assert seen.seen_at(db, "max", [1, 2]) == {2: NOW}
    assert seen.last_visit(db, "eva", NOW + timedelta(hours=1)) == NOW
    assert marks.pending("eva") == {}


def test_it_is_written_while_the_desk_goes_on(db: Database) -> None:
    with MarkWriter(Path(db.path), pause=0) as marks:
        marks.saw("eva", 1, NOW, {})
        until(lambda: not marks.pending("eva"))
        assert seen.seen_at(db, "eva", [1]) == {1: NOW}


def test_a_story_can_be_unread_again(db: Database) -> None:
    with MarkWriter(Path(db.path), pause=0) as marks:
        marks.saw("eva", 1, NOW, {})
        until(lambda: not marks.pending("eva"))
        marks.unread("eva", 1)
    assert seen.seen_at(db, "eva", [1]) == {}


def test_a_visit_is_noted_once_a_minute(db: Database) -> None:
    with MarkWriter(Path(db.path), pause=0) as marks:
        marks.visited("eva", NOW)
        marks.visited("eva", NOW + MINUTE / 2)
    assert seen.last_visit(db, "eva", NOW + timedelta(hours=1)) == NOW
    with MarkWriter(Path(db.path), pause=0) as marks:
        marks.visited("eva", NOW)
        marks.visited("eva", NOW + MINUTE)
    assert seen.last_visit(db, "eva", NOW + timedelta(hours=1)) == NOW + MINUTE


def test_what_cannot_be_written_now_is_written_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As long as the file is not there nothing can be written."""
    path = tmp_path / "later" / "news.db"
    caplog.set_level(logging.WARNING)
    with MarkWriter(path, pause=0.01) as marks:
        marks.saw("eva", 1, NOW, {})
        until(lambda: "looks are not written yet" in caplog.text)
        assert marks.pending("eva") == {1: Look(NOW, {})}
        path.parent.mkdir()
        open_database(path).close()
        until(lambda: not marks.pending("eva"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT reader, story_id FROM seen").fetchall() == [("eva", 1)]


def until(done: Callable[[], object]) -> None:
    """Wait until it is done, which no machine is too slow for."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_look_that_can_never_be_written_keeps_none_of_later_ones_back(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with MarkWriter(Path(db.path), pause=0) as marks:
        marks.saw("\ud800", 1, NOW, {})  # no text that a database can keep
        until(lambda: not marks.pending("\ud800"))
        marks.saw("eva", 1, NOW, {})
    assert seen.seen_at(db, "eva", [1]) == {1: NOW}
    assert "are given up" in caplog.text
