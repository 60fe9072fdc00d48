"""No question hangs the server, and a database in trouble is said to be."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from aggregator.daemon.desk.editing import Editor
from aggregator.errors import DatabaseError, TookTooLong
from aggregator.settings import ClusterSettings
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database
from aggregator.storage.pool import ReaderPool
from aggregator.storage.schema import MIGRATIONS
from aggregator.web.app import create_app
from aggregator.web.desk import Desk, Limits
from aggregator.web.ports import Done, Editing, Ports, Refused
from aggregator.web.problems import Problem
from aggregator.web.server import bound, serve
from tests.support.desk import Served
from tests.support.kept import HERALD
from tests.web.conftest import NOW, Newsroom, fill

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def now() -> datetime:
    return NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_database(tmp_path / "news.db") as db:
        fill(db)
    return tmp_path / "news.db"


def test_a_read_that_does_not_end_is_stopped_and_the_next_one_is_not(path: Path) -> None:
    with ReaderPool(path, size=1, seconds=0.2) as pool:
        with pytest.raises(TookTooLong, match=r"after 0\.2 seconds"):
            pool.submit(lambda db: db.value(ENDLESS)).result(60)
        assert pool.submit(lambda db: db.value("SELECT 1")).result(60) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM article",
        "CREATE TABLE more (x)",
        "CREATE TEMP TABLE more (x)",
        "PRAGMA user_version = 5",
        "INSERT INTO article_fts (article_fts) VALUES ('rebuild')",
    ],
)
def test_readers_can_write_nothing(path: Path, statement: str) -> None:
    with ReaderPool(path, size=1, seconds=5) as pool:
        reading = pool.submit(lambda db: db.execute(statement))
        with pytest.raises(sqlite3.OperationalError, match=r"readonly|read-only"):
            reading.result(60)


def test_one_read_sees_one_state(path: Path) -> None:
    begun, written = threading.Event(), threading.Event()

    def twice(db: Database) -> tuple[int, int]:
        first = db.value("SELECT count(*) FROM feed")
        begun.set()
        assert written.wait(60)
        return first, db.value("SELECT count(*) FROM feed")

    with ReaderPool(path, size=1, seconds=60) as pool, open_database(path) as db:
        reading = pool.submit(twice)
        assert begun.wait(60)
        with db.write():
            db.execute("INSERT INTO feed (url, outlet, added_at) VALUES ('u', 'o', 't')")
        written.set()
        assert reading.result(60) == (2, 2)
        assert pool.submit(lambda db: db.value("SELECT count(*) FROM feed")).result(60) == 3


def test_a_file_put_in_its_place_is_read(newsroom: Newsroom) -> None:
    other = newsroom.path.with_name("other.db")
    with open_database(other) as db:
        feeds.sync(db, [HERALD], NOW)
    before = newsroom.client.get("/api/v1/feeds")
    for ending in ("-wal", "-shm"):
        Path(f"{newsroom.path}{ending}").unlink(missing_ok=True)
    other.replace(newsroom.path)
    after = newsroom.client.get("/api/v1/feeds", headers={"If-None-Match": before.headers["ETag"]})
    assert [each["outlet"] for each in after.json()["items"]] == ["Herald"]
    assert newsroom.client.get("/api/v1/stories").json()["items"] == []


def test_a_database_that_is_gone_is_a_problem(newsroom: Newsroom) -> None:
    newsroom.path.unlink()
    answer = newsroom.client.get("/api/v1/stories")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unreadable")
    assert str(newsroom.path) not in answer.text
    page = newsroom.client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Content-Type"][:9]) == (503, "text/html")
    assert str(newsroom.path) not in page.text
    assert newsroom.client.get("/help").status_code == 200


def test_a_broken_database_is_a_problem(newsroom: Newsroom) -> None:
    other = newsroom.path.with_name("other.db")
    other.write_bytes(b"no database" * 1000)
    other.replace(newsroom.path)
    answer = newsroom.client.get("/api/v1/stories")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/database-unreadable")


def test_an_older_schema_is_refused_at_once(path: Path) -> None:
    with open_database(path) as db, db.write():
        db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (MIGRATIONS[-1][0],))
    with pytest.raises(DatabaseError, match="older than this program"):
        ReaderPool(path, size=1, seconds=5)


def test_too_slow_a_question_is_told_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ReaderPool(path, size=1, seconds=0.1) as pool, Served(create_app(pool, now)) as served:
        submit = pool.submit
        monkeypatch.setattr(pool, "submit", lambda _: submit(lambda db: db.value(ENDLESS)))
        answer = httpx.get(f"{served.url}/api/v1/stories")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/too-slow")


def test_more_than_can_wait_are_turned_away(path: Path) -> None:
    async def crowd() -> list[object]:
        with ReaderPool(path, size=1, seconds=60) as pool:
            desk = Desk("1", 1, pool, now, Limits(waiting=3))
            held = threading.Event()

            def wait(db: Database) -> str:
                assert held.wait(60)
                return str(db.value("SELECT 'read'"))

            reads = [asyncio.ensure_future(desk.read(wait)) for _ in range(5)]
            await asyncio.sleep(0)
            held.set()
            return list(await asyncio.gather(*reads, return_exceptions=True))

    found = asyncio.run(crowd())
    assert found[:3] == ["read"] * 3
    assert [type(each) for each in found[3:]] == [Problem, Problem]


def test_an_editor_waits_for_others_only_as_long_as_browsers_do(path: Path) -> None:
    async def crowd() -> list[object]:
        with ReaderPool(path, size=1, seconds=60) as pool:
            editor = Editor(path, ClusterSettings(), now)
            desk = Desk("1", 1, pool, now, Limits(editor_pause=0.05), Ports(editor))
            held = threading.Event()

            def star(story: int) -> Callable[[Editing], Done]:
                return lambda pen: pen.star(story, "eva") if held.wait(60) else Done()

            first = asyncio.ensure_future(desk.edit(star(1)))
            late = [asyncio.ensure_future(desk.edit(star(2))) for _ in range(3)]
            refused = await asyncio.gather(*late, return_exceptions=True)
            held.set()
            return [*refused, await first, await desk.edit(star(2))]

    *refused, first, after = asyncio.run(crowd())
    assert [isinstance(each, Refused) and each.kind for each in refused] == ["busy"] * 3
    assert isinstance(first, Done)
    assert isinstance(after, Done)
    # What was told not to be done is not done later.
    assert (len(first.decisions), len(after.decisions), after.already) == (1, 1, False)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_who_sends_no_whole_request_keeps_no_place(path: Path, begun: bytes) -> None:
    async def drip(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        answer = asyncio.create_task(reader.read())
        while not answer.done():
            writer.write(b"x" if begun else b"")
            await asyncio.wait({answer}, timeout=0.05)
        writer.close()
        # What came after the end may be answered with a reset.
        return b"" if isinstance(answer.exception(), ConnectionError) else answer.result()

    async def served() -> bytes:
        stop = asyncio.Event()
        with ReaderPool(path, size=1, seconds=5) as pool, bound("127.0.0.1", 0) as listening:
            app = create_app(pool, now)
            serving = asyncio.create_task(serve(app, listening, stop.wait, seconds_idle=1))
            async with asyncio.timeout(60):
                answer = await drip(int(listening.getsockname()[1]))
            stop.set()
            await serving
        return answer

    assert asyncio.run(served()) == b""


def broken(_: Callable[[Database], object]) -> object:
    message = "a mistake of ours"
    raise RuntimeError(message)


def test_a_mistake_of_ours_is_told_without_its_words(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsroom.pool, "submit", broken)
    answer = newsroom.client.get("/api/v1/stories")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert "mistake of ours" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_people_are_told_of_a_mistake_of_ours_on_a_page_and_scripts_in_a_message(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsroom.pool, "submit", broken)
    page = newsroom.client.get("/", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert page.status_code == 500
    assert "<h1>Hier ist etwas schiefgegangen</h1>" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    part = newsroom.client.get("/", headers={"Accept": "text/html", "HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (500, "#toasts")
    assert "mistake of ours" not in page.text + part.text
