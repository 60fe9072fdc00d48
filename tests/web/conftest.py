"""A small newsroom behind a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from aggregator.model import Decision, Removed
from aggregator.storage import clusters, decisions, feeds, saved_searches
from aggregator.storage.database import Database, open_database
from aggregator.storage.pool import ReaderPool
from aggregator.storage.readers import Filter
from aggregator.web.app import create_app
from aggregator.web.desk import Limits
from aggregator.web.viewers import Alone, form_token
from tests.support.desk import Served
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"secret for a test"
VISITOR = "v" * 43


@dataclass(frozen=True)
class Newsroom:
    """A server and the file behind it: story 1 has three articles in two groups, story 2 one.

    Story 40 was merged into story 1.
    """

    path: Path
    served: Served
    client: httpx.Client
    pool: ReaderPool

    def as_from_a_page(self) -> dict[str, str]:
        """The headers of a request that a page of this desk sends."""
        return {"Cookie": f"visitor={VISITOR}", "X-CSRF-Token": form_token(KEY, VISITOR)}


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """One to write to."""
    with opened(tmp_path / "news.db") as room:
        yield room


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Who asks one that nobody writes to."""
    with opened(tmp_path_factory.mktemp("newsroom") / "news.db") as room:
        yield room.client


@contextmanager
def opened(path: Path) -> Iterator[Newsroom]:
    """A newsroom in a new file, while the context lasts."""
    with open_database(path) as db:
        fill(db)
    with (
        ReaderPool(path, size=1, seconds=5) as pool,
        Served(_app(pool)) as served,
        httpx.Client(base_url=served.url) as client,
    ):
        yield Newsroom(path, served, client, pool)


def _app(pool: ReaderPool) -> FastAPI:
    return create_app(pool, lambda: NOW, Limits(follower_pause=0.02), doors=Alone("editor", KEY))


def fill(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)
    bridge = report("bridge", NOW - timedelta(hours=3), text="The bridge is closed.\n- One\n- Two")
    removed = (Removed("Read more: everything", "teaser", 1),)
    authored = replace(bridge, removed=removed, authors=("Ann Other",), agency="dpa")
    first = keep(db, POST, authored, NOW)
    copy = keep(db, HERALD, report("bridge copy", NOW - timedelta(hours=2)), NOW)
    other = keep(db, HERALD, report("detour", NOW - timedelta(hours=1)), NOW)
    tell(db, [[first, copy], [other]])
    old = report("elephant", NOW - timedelta(days=9), language="de-AT")
    tell(db, [[keep(db, POST, old, NOW)]])
    with db.write():
        db.execute("UPDATE sqlite_sequence SET seq = 50 WHERE name = 'story'")
        clusters.redirect(db, "story", {40: 1}, NOW)
        clusters.redirect(db, "copy_group", {41: 1}, NOW)
        decisions.add(db, Decision(0, NOW, "eva", "pin"), 2)
        saved_searches.save(db, "Bridges", "bridge*", Filter(outlet="Post"), NOW)
