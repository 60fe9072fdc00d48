"""Hands share their transactions: all that is acknowledged is kept, and no error takes others."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.pipeline.together import Together
from aggregator.storage.database import Database, open_database

FOREVER = 3600.0


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "news.db")
    with db.write():
        db.execute("CREATE TABLE kept (name TEXT PRIMARY KEY)")
    return db


@pytest.fixture
def other(db: Database) -> Database:
    """Another process's view: what is committed."""
    return open_database(db.path, readonly=True)


def keeping(db: Database, name: str) -> Callable[[], str]:
    def step() -> str:
        db.execute("INSERT INTO kept VALUES (?)", (name,))
        return name

    return step


def names(db: Database) -> set[str]:
    return {row[0] for row in db.rows("SELECT name FROM kept")}


async def bring(together: Together, db: Database, name: str) -> str:
    with together.hand():
        await asyncio.sleep(0)  # its page comes
        return await together.write(keeping(db, name))


def test_all_that_is_in_hand_is_one_transaction(db: Database, other: Database) -> None:
    async def run() -> list[str]:
        together = Together(db, seconds=FOREVER)
        return await asyncio.gather(*(bring(together, db, name) for name in "abc"))

    said: list[str] = []
    db._connection.set_trace_callback(said.append)
    assert asyncio.run(run()) == ["a", "b", "c"]
    assert names(other) == {"a", "b", "c"}
    assert said.count("BEGIN IMMEDIATE") == said.count("COMMIT") == 1


def test_nobody_waits_for_more_than_are_wanted_at_once(db: Database) -> None:
    async def run() -> None:
        together = Together(db, most=2, seconds=FOREVER)
        with together.hand():
            await asyncio.gather(*(bring(together, db, name) for name in "ab"))

    asyncio.run(run())
    assert names(db) == {"a", "b"}


def test_nobody_waits_for_a_hand_that_is_busy_elsewhere(db: Database) -> None:
    async def run() -> str:
        together = Together(db, seconds=0.01)
        with together.hand():
            return await bring(together, db, "a")

    assert asyncio.run(run()) == "a"


def test_whoever_leaves_lets_the_others_write(db: Database) -> None:
    async def run() -> str:
        together = Together(db, seconds=FOREVER)
        with together.hand():
            waiting = asyncio.ensure_future(bring(together, db, "a"))
            await asyncio.sleep(0.01)
            assert not waiting.done()
        return await waiting

    assert asyncio.run(run()) == "a"


def test_an_error_is_only_that_of_the_hand_it_concerns(db: Database) -> None:
    async def run() -> list[str | BaseException]:
        together = Together(db, seconds=FOREVER)
        each = [bring(together, db, name) for name in ("a", "b", "a", "c")]
        return await asyncio.gather(*each, return_exceptions=True)

    first, second, third, fourth = asyncio.run(run())
    assert (first, second, fourth) == ("a", "b", "c")
    assert "UNIQUE" in str(third)
    assert names(db) == {"a", "b", "c"}


def test_whoever_is_cancelled_has_it_written_first(db: Database) -> None:
    async def run() -> None:
        together = Together(db, seconds=FOREVER)
        with together.hand():
            waiting = asyncio.ensure_future(bring(together, db, "a"))
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(run())
    assert names(db) == {"a"}


def test_where_another_holds_the_lock_it_is_waited_for_once(db: Database) -> None:
    async def run() -> None:
        together = Together(db, seconds=FOREVER)
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(bring(together, db, name))

    db.execute("PRAGMA busy_timeout = 1")
    said: list[str] = []
    db._connection.set_trace_callback(said.append)
    with (
        open_database(db.path) as another,
        another.write(),
        pytest.raises(ExceptionGroup) as found,
    ):
        asyncio.run(run())
    assert str(found.value.exceptions[0]) == "database is locked"
    assert said.count("BEGIN IMMEDIATE") == 1
    assert names(db) == set()
