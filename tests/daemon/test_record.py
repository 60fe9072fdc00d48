"""The log of runs: one row a run, whatever way it ends."""

import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.daemon.record import recorded
from aggregator.errors import ProfileMismatch
from aggregator.pipeline.report import RunReport
from aggregator.storage import runs
from aggregator.storage.database import Database, SqliteError, open_database
from tests.support.press import reports, serve
from tests.support.runs import command, once, write_feeds
from tests.support.server import Server

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "news.db")


def rows(db: Database, select: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.rows(f"{select} FROM runs ORDER BY id")]


def test_a_run_and_then_rounds_without_work(server: Server, tmp_path: Path) -> None:
    made = reports(seed=1, events=2)
    paths = serve(server, made)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(p), p[1:-4]) for p in paths])
    for _ in range(3):
        assert once(feeds, tmp_path / "news.db").returncode == 0
    with open_database(tmp_path / "news.db") as db:
        found = rows(db, "SELECT outcome, rounds, articles_stored, articles_clustered, backlog")
        assert found == [("done", 1, len(made), len(made), 0), ("idle", 2, 0, 0, 0)]
        sizes = db.row("SELECT min(database_bytes), min(ended_at >= began_at) FROM runs")
        assert sizes is not None
        assert (sizes[0] > 0, sizes[1]) == (True, 1)
        totals = runs.totals(db)
        assert (totals["articles_stored"], totals["runs_done"]) == (len(made), 1)


def test_a_killed_run_is_noted_by_the_next(server: Server, tmp_path: Path) -> None:
    made = reports(seed=1, events=40)
    paths = serve(server, made)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(p), p[1:-4]) for p in paths])
    asked = command(feeds, tmp_path / "news.db", "--once")
    with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert any("article stored" in line for line in run.stderr)
        run.send_signal(signal.SIGKILL)
    with open_database(tmp_path / "news.db") as db:
        assert rows(db, "SELECT outcome, ended_at") == [("working", None)]
    assert once(feeds, tmp_path / "news.db").returncode == 0
    with open_database(tmp_path / "news.db") as db:
        assert rows(db, "SELECT outcome, ended_at IS NULL") == [("killed", 1), ("done", 0)]


def test_an_error_is_kept_by_its_text_where_that_is_ours(db: Database) -> None:
    report = RunReport(articles_stored=7)
    for error in (ProfileMismatch("two makes"), ValueError("https://me:secret@news.example/")):
        with pytest.raises(type(error)), recorded(db, report, lambda: NOW):
            raise error
    expected = [("failed", "two makes", 7), ("failed", "ValueError", 7)]
    assert rows(db, "SELECT outcome, detail, articles_stored") == expected


def test_a_full_disk_hides_no_error(db: Database) -> None:
    def fill() -> None:
        with recorded(db, RunReport(), lambda: NOW):
            db.execute(f"PRAGMA max_page_count = {db.value('PRAGMA page_count')}")
            with db.write():
                db.execute("INSERT INTO run_total VALUES (hex(zeroblob(100000)), 1)")

    with pytest.raises(SqliteError, match="full"):
        fill()


def test_old_runs_are_dropped_and_totals_stay(db: Database) -> None:
    for days in (40, 31, 29, 0):
        run = runs.begin(db, NOW - timedelta(days=days))
        runs.end(db, run, runs.Ended("done", {"articles_stored": 10}), NOW)
    assert rows(db, "SELECT began_at") == [("2026-02-03T10:00:00Z",), ("2026-03-04T10:00:00Z",)]
    assert runs.totals(db) == {"articles_stored": 40, "runs_done": 4}


def test_the_newest_of_an_outcome(db: Database) -> None:
    assert runs.last(db, "done", "idle") is None
    runs.end(db, runs.begin(db, NOW), runs.Ended("done", {}), NOW)
    runs.idle(db, NOW + timedelta(hours=1))
    runs.begin(db, NOW + timedelta(hours=2))
    found = runs.last(db, "done", "idle")
    assert found is not None
    assert (found.outcome, found.ended_at) == ("idle", NOW + timedelta(hours=1))
    runs.idle(db, NOW + timedelta(hours=3))
    assert [row[0] for row in rows(db, "SELECT outcome")] == ["done", "idle", "killed", "idle"]
