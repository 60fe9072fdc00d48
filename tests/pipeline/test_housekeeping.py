"""What is old goes in slices, bounded in a run and to the end in `maintain`."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.pipeline import housekeeping
from aggregator.pipeline.housekeeping import Swept
from aggregator.settings import StorageSettings
from aggregator.storage import upkeep
from aggregator.storage.database import Database, open_database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEP = StorageSettings(keep_pages=30, keep_requests=14)
PAGE = """INSERT INTO page (url, final_url, content_type, fetched_at, body)
          VALUES (?1, ?1, 'text/html', ?2, zeroblob(9000))"""
REQUEST = """INSERT INTO request (at, host, kind, url, outcome, sent, size, seconds)
             VALUES (?, 'a.example', 'page', '', 'ok', '{}', 0, 0)"""
OLD_PAGES, OLD_REQUESTS = 4_321, 10_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A database with old pages and requests, and ten of each that are young."""
    with open_database(tmp_path / "news.db") as db:
        old, young = ((NOW - timedelta(days=days)).isoformat() for days in (60, 1))
        with db.write():
            db.execute_many(PAGE, [(f"old {n}", old) for n in range(OLD_PAGES)])
            db.execute_many(PAGE, [(f"young {n}", young) for n in range(10)])
            db.execute_many(REQUEST, [(old,)] * OLD_REQUESTS)
            db.execute_many(REQUEST, [(young,)] * 10)
        yield db


def left(db: Database) -> tuple[int, int]:
    return db.value("SELECT count(*) FROM page"), db.value("SELECT count(*) FROM request")


def in_a_run(db: Database, stop: Callable[[], bool] = lambda: False) -> Swept:
    return asyncio.run(housekeeping.in_a_run(db, KEEP, NOW, stop))


def test_a_run_drops_a_bounded_part_and_the_next_one_goes_on(db: Database) -> None:
    first = in_a_run(db)
    assert first == Swept(4_000, OLD_REQUESTS, 0, 0)
    second = in_a_run(db)
    assert second == Swept(OLD_PAGES - 4_000, 0, 0, 0)
    assert left(db) == (10, 10)
    assert in_a_run(db) == Swept(0, 0, 0, 0)


def test_who_is_told_to_stop_stops_between_slices(db: Database) -> None:
    asked = iter([False, False, True])
    swept = in_a_run(db, lambda: next(asked, True))
    assert swept == Swept(200, 0, 0, 0)


def test_a_signal_is_heard_between_slices(db: Database) -> None:
    async def run() -> Swept:
        asked = asyncio.Event()
        asyncio.get_running_loop().call_soon(asked.set)
        return await housekeeping.in_a_run(db, KEEP, NOW, asked.is_set)

    assert asyncio.run(run()) == Swept(100, 0, 0, 0)


def test_maintaining_does_all_and_brings_the_log_back(db: Database) -> None:
    done = housekeeping.maintain(db, KEEP, NOW)
    assert done.swept == Swept(OLD_PAGES, OLD_REQUESTS, 0, 0)
    assert left(db) == (10, 10)
    assert done.after.log == 0
    assert done.after.free > 4_000 * 9_000
    assert "article_fts" in done.indexes
    assert db.value("SELECT count(*) FROM sqlite_stat1") > 0


def test_compacting_gives_free_space_back(db: Database) -> None:
    done = housekeeping.maintain(db, KEEP, NOW, compact=True)
    assert done.after.free == 0
    assert done.after.file < done.before.file / 4
    assert left(db) == (10, 10)


def test_parts_of_a_full_text_index_become_one(db: Database) -> None:
    insert = """INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead, text,
                  authors, fetched_at, word_count, ordered_at)
                VALUES (?1, ?1, 1, '', ?1, '', 'words', '[]', '', 1, '')"""
    with db.write():
        db.execute("INSERT INTO feed (url, outlet, added_at) VALUES ('', '', '')")
    for n in range(11):
        with db.write():
            db.execute(insert, (f"title {n}",))
    parts = "SELECT count(DISTINCT segid) FROM article_fts_idx"
    assert db.value(parts) > 1
    housekeeping.maintain(db, KEEP, NOW)
    assert db.value(parts) == 1
    assert db.value("SELECT count(*) FROM article_fts WHERE article_fts MATCH 'words'") == 11
    assert not upkeep.merge(db, "article_fts", 100)
