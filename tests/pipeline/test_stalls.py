"""A feed whose entries hold up the workers is left alone, for longer each time."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

from aggregator.executors.in_process import InProcess
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import FeedSource
from aggregator.net.client import Client
from aggregator.pipeline.cycle import Cycle
from aggregator.pipeline.hosts import HostBook
from aggregator.pipeline.report import RunReport
from aggregator.pipeline.robots import Gate
from aggregator.pipeline.stalls import Stalls, left_alone
from aggregator.pipeline.work import TextJob
from aggregator.settings import NetworkSettings, Settings
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database
from tests.support.server import Answer, Server

Item = TypeVar("Item")
Result = TypeVar("Result")
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NETWORK = NetworkSettings(
    seconds_between_requests=0, allow_addresses=("127.0.0.0/8",), allow_ports=()
)
TEXT = " ".join(f"word{n}" for n in range(60))


@dataclass
class Stallable(InProcess):
    """Loses a worker to every entry that is called poison, and counts who has how many of them."""

    tried: list[str] = field(default_factory=list)
    busy: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        """As in a pool: others come to their turn meanwhile."""
        if not isinstance(item, TextJob):
            return await super().run(function, item)
        name = cast("TextJob", item).entry.title.partition(" ")[0]
        self.tried.append(name)
        self.busy[name] += 1
        self.most[name] = max(self.most[name], self.busy[name])
        for _ in range(20):
            await asyncio.sleep(0)
        self.busy[name] -= 1
        if name == "poison":
            return WorkerFailed("timeout", "stopped after 30 s of work")
        return await super().run(function, item)


def feed(name: str, count: int, *, first: int = 0) -> Answer:
    items = [
        {"id": f"{name}{n}", "title": f"{name} {n}", "content_html": f"<p>{name}{n} {TEXT}.</p>"}
        for n in range(first, first + count)
    ]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items}
    return Answer(json.dumps(told).encode(), headers={"Content-Type": "application/json"})


def run(db: Database, now: datetime) -> Stallable:
    """Run once, as a process of its own does."""
    executor = Stallable()

    async def cycle() -> None:
        book = HostBook((), lambda: now)
        async with Client(NETWORK, lambda: now) as client:
            await Cycle(
                db=db,
                client=client,
                book=book,
                gate=Gate(db, client, book, lambda: now, pause=0),
                executor=executor,
                settings=replace(Settings(), network=NETWORK),
                rules=(),
                stalls=Stalls(db),
                clock=lambda: now,
                jitter=lambda: 0.0,
            ).run(RunReport())

    asyncio.run(cycle())
    return executor


def states(db: Database, name: str) -> Counter[str]:
    sql = "SELECT state FROM entry WHERE key LIKE ?"
    return Counter(row["state"] for row in db.rows(sql, (f"{name}%",)))


def test_a_feed_that_stalls_workers_is_left_alone(server: Server, tmp_path: Path) -> None:
    server.routes |= {"/poison": feed("poison", 30), "/good": feed("good", 30)}
    with open_database(tmp_path / "news.db") as db:
        sources = [FeedSource(server.url(f"/{n}"), n, text="feed") for n in ("poison", "good")]
        feeds.sync(db, sources, BEGIN)
        done = run(db, BEGIN)
        assert Counter(done.tried) == {"poison": 2, "good": 30}
        assert done.most["poison"] == 1
        assert states(db, "good") == {"done": 30}
        assert states(db, "poison") == {"rejected": 2, "pending": 28}
        reasons = [row["reason"] for row in db.rows("SELECT reason FROM rejection")]
        assert reasons == ["worker_timeout"] * 2

        # Neither what waits nor what is new has its turn before, and then one is enough.
        server.routes["/poison"] = feed("poison", 30, first=30)
        assert run(db, BEGIN + 29 * MINUTE).tried == []
        assert run(db, BEGIN + 31 * MINUTE).tried == ["poison"]
        assert run(db, BEGIN + 90 * MINUTE).tried == []
        assert run(db, BEGIN + 92 * MINUTE).tried == ["poison"]
        assert run(db, BEGIN + 210 * MINUTE).tried == []
        assert run(db, BEGIN + 213 * MINUTE).tried == ["poison"]


def test_one_failure_in_a_day_costs_a_feed_nothing() -> None:
    days = [BEGIN - timedelta(hours=25) * n for n in range(5)]
    assert left_alone(days, BEGIN) is None
    assert left_alone([], BEGIN) is None


def test_each_failure_doubles_the_pause_up_to_half_a_day() -> None:
    at = [BEGIN - n * MINUTE for n in range(40)]
    pauses = [left_alone(at[:count], BEGIN) for count in range(2, 40)]
    hours = [(until - BEGIN) / timedelta(hours=1) for until in pauses if until is not None]
    assert hours[:6] == [0.5, 1, 2, 4, 8, 12]
    assert set(hours[6:]) == {12}
