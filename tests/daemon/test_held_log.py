"""A reader that holds a transaction open: the log grows up to its limit, and no further."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from aggregator.daemon.limits import within_limits
from aggregator.pipeline.report import RunReport
from aggregator.storage import runs
from aggregator.storage.database import Database, open_database
from tests.support.press import reports, serve
from tests.support.runs import once, write_feeds
from tests.support.server import Server

MEGABYTE = 1_000_000


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "news.db")


@contextmanager
def held(path: str | Path) -> Iterator[None]:
    """A reader in another connection that looks once and stays."""
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM feeds").fetchall()
        yield


def write(db: Database, megabytes: int) -> None:
    """As many transactions, each of a megabyte."""
    for number in range(megabytes):
        with db.write():
            db.execute("DELETE FROM run_total")
            sql = "INSERT INTO run_total VALUES (hex(zeroblob(?)) || ?, 1)"
            db.execute(sql, (MEGABYTE // 2, number))


def test_the_log_is_made_small_again_and_again(db: Database) -> None:
    write(db, 100)
    assert db.log_bytes() < 40 * MEGABYTE


def test_readers_that_come_and_go_do_not_let_it_grow(db: Database) -> None:
    """Two that take turns, so that at each moment one of them uses the log."""
    with closing(sqlite3.connect(db.path)) as first, closing(sqlite3.connect(db.path)) as second:
        for number in range(60):
            reader = (first, second)[number % 2]
            write(db, 2)
            reader.execute("SELECT count(*) FROM feeds").fetchall()
    assert db.log_bytes() < 40 * MEGABYTE


def test_a_held_log_grows_and_is_small_again_once_it_is_free(db: Database) -> None:
    with held(db.path):
        write(db, 150)
        assert db.log_bytes() > 150 * MEGABYTE
        assert not db.checkpoint(patience=0.01)
    assert db.checkpoint()
    assert db.log_bytes() == 0
    write(db, 100)
    assert db.log_bytes() < 40 * MEGABYTE


def checkpoint(path: str) -> bool:
    with open_database(path) as own:
        return own.checkpoint()


def is_locked(path: str) -> bool:
    try:
        with open_database(path, patience=0) as another:
            write(another, 1)
    except sqlite3.OperationalError:
        return True
    return False


def test_who_waits_for_readers_locks_no_other_out_for_long(db: Database) -> None:
    write(db, 1)
    with held(db.path), ThreadPoolExecutor(1) as threads:
        write(db, 1)
        ending = threads.submit(checkpoint, db.path)
        while not (ending.done() or is_locked(db.path)):
            pass
        with open_database(db.path, patience=5) as editor:
            write(editor, 1)
        assert not ending.result()


def test_a_cursor_of_our_own_is_no_error(db: Database) -> None:
    with db.write():
        db.execute_many("INSERT INTO run_total VALUES (?, 1)", [(f"{n}",) for n in range(5)])
    rows = db.each("SELECT name FROM run_total", {})
    next(rows)
    write(db, 50)
    assert db.log_bytes() > 0
    rows.close()


def test_a_run_ends_early_at_the_limit_and_says_so_once(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    report = RunReport()
    over = within_limits(db, 64, lambda: False, report)
    with held(db.path):
        write(db, 50)
        assert not over()
        write(db, 30)
        assert over()
        assert over()
    assert "a reader holds a transaction open" in report.halted
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_the_next_run_of_a_daemon_goes_on_once_the_reader_is_gone(db: Database) -> None:
    with held(db.path):
        write(db, 110)
        assert within_limits(db, 64, lambda: False, RunReport())()
    report = RunReport()
    write(db, 1)  # as noting that a run begins: too little to try again by itself
    assert not within_limits(db, 64, lambda: False, report)()
    assert report.halted == ""
    assert db.log_bytes() < MEGABYTE


def test_a_run_takes_nothing_up_while_the_log_is_held(server: Server, tmp_path: Path) -> None:
    made = reports(seed=1, events=2)
    paths = serve(server, made)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(p), p[1:-4]) for p in paths])
    text = feeds.read_text().replace("settings:\n", "settings:\n  storage:\n    max_wal: 64\n")
    feeds.write_text(text)
    with open_database(tmp_path / "news.db") as db, held(db.path):
        write(db, 70)
        done = once(feeds, tmp_path / "news.db")
        assert "nothing more is taken up" in done.stderr
        assert server.requests == []
        run = runs.last(db, "stopped")
        assert run is not None
        assert "storage.max_wal" in str(run.detail)
    assert once(feeds, tmp_path / "news.db").returncode == 0
    with open_database(tmp_path / "news.db") as db:
        assert db.value("SELECT count(*) FROM articles") == len(made)
        assert db.log_bytes() < MEGABYTE
