"""Webhooks from feeds.yaml to a receiver: at the end of a run, and beside the daemon's cycles."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.daemon.job import Job
from aggregator.daemon.loop import loop
from aggregator.daemon.stopping import Stopping
from aggregator.pipeline.events import Event, HookDone
from aggregator.storage import outbox, webhooks
from aggregator.storage.database import open_database
from tests.support.daemons import AtWork
from tests.support.outlet import NORTH, TEXT, item, rss
from tests.support.runs import once
from tests.support.server import Server
from tests.webhooks.house import BEGIN
from tests.webhooks.receiver import WRITTEN, Receiver, Reply

BOTH = ("/kurier", "/bote")


@dataclass
class Newsroom:
    """Two outlets on a server, a receiver, and the files of who reads the one for the other."""

    server: Server
    receiver: Receiver
    folder: Path
    events: list[Event] = field(default_factory=list)

    @property
    def db(self) -> Path:
        """The database."""
        return self.folder / "news.db"

    @property
    def feeds(self) -> Path:
        """The file with feeds and webhooks."""
        return self.folder / "feeds.yaml"

    def publish(self, *texts: str) -> None:
        """Have both outlets report these texts."""
        for path in BOTH:
            link = f"https://{path[1:]}.example/"
            items = (item(f"Meldung {n}", f"{link}{n}", text=t) for n, t in enumerate(texts))
            self.server.routes[path] = rss(*items)

    def make_due(self) -> None:
        """Let the next run ask both feeds, however soon it comes."""
        with open_database(self.db) as db, db.write():
            db.execute("UPDATE feed SET next_poll_at = added_at")

    def configure(self, *hooks: str, more: str = "") -> None:
        """Write feeds.yaml with webhooks of these names, for stories of two outlets."""
        (self.folder / "key").write_text(WRITTEN)
        feeds = "".join(
            f"  - {{url: '{self.server.url(path)}', outlet: {path[1:]}, text: feed, language: de}}"
            "\n"
            for path in BOTH
        )
        told = "".join(
            f"  - {{name: {each}, url: '{self.receiver.url(f'/{each}')}', outlets: 2,"
            f" secret_file: key, internal: true}}\n"
            for each in hooks
        )
        self.feeds.write_text(
            "settings:\n"
            "  network: {seconds_between_requests: 0, allow_addresses: [127.0.0.0/8],"
            " allow_ports: []}\n"
            "  polling: {interval: 0, min_interval: 0}\n"
            "  workers: {count: 1}\n"
            f"{more}feeds:\n{feeds}webhooks:\n{told}"
        )


@pytest.fixture
def newsroom(server: Server, tmp_path: Path) -> Iterator[Newsroom]:
    with Receiver() as receiver:
        made = Newsroom(server, receiver, tmp_path)
        made.publish(TEXT)
        made.configure("a")
        yield made


# --- at the end of a run -----------------------------------------------------------------------


def test_a_run_tells_of_what_it_brought_and_the_next_of_nothing(newsroom: Newsroom) -> None:
    done = once(newsroom.feeds, newsroom.db)
    assert done.returncode == 0, done.stderr
    (got,) = newsroom.receiver.took
    assert got.signed
    # Both are asked at once: which answers first, and so comes first, is anyone's guess.
    assert {each["outlet"] for each in got.data["story"]["outlets"]} == {"bote", "kurier"}
    assert f"webhook delivered: a {got.id}" in done.stderr
    assert once(newsroom.feeds, newsroom.db).returncode == 0
    assert len(newsroom.receiver.got) == 1


def test_a_webhook_that_is_named_later_is_silent_until_something_comes(newsroom: Newsroom) -> None:
    newsroom.configure()
    once(newsroom.feeds, newsroom.db)
    newsroom.configure("late")
    once(newsroom.feeds, newsroom.db)
    assert newsroom.receiver.got == []
    newsroom.publish(TEXT, NORTH)
    newsroom.make_due()
    once(newsroom.feeds, newsroom.db)
    (got,) = newsroom.receiver.took
    assert got.data["story"]["title"] == "Meldung 1"


def test_a_run_with_nothing_to_poll_sends_what_waits(newsroom: Newsroom) -> None:
    newsroom.receiver.way = lambda _got: Reply(503, {"Retry-After": "0"})
    once(newsroom.feeds, newsroom.db)
    with open_database(newsroom.db) as db:
        webhooks.resume(db, "a", BEGIN)
    newsroom.receiver.way = lambda _got: Reply()
    newsroom.server.routes.clear()
    once(newsroom.feeds, newsroom.db)
    assert [each.id for each in newsroom.receiver.got] == newsroom.receiver.ids * 2


def test_a_receiver_that_hangs_fails_no_run(newsroom: Newsroom) -> None:
    newsroom.configure("a", more="  webhooks: {timeout: 0.5, seconds_per_run: 1}\n")
    newsroom.receiver.way = lambda _got: Reply(hold=60)
    done = once(newsroom.feeds, newsroom.db)
    assert done.returncode == 0
    assert "webhook retry: a" in done.stderr
    with open_database(newsroom.db) as db:
        assert db.value("SELECT outcome FROM runs") == "done"
        assert [each.state for each in outbox.deliveries(db, limit=9)] == ["waiting"]


def test_without_webhooks_nothing_of_it_is_looked_at(newsroom: Newsroom) -> None:
    newsroom.configure()
    once(newsroom.feeds, newsroom.db)
    with open_database(newsroom.db) as db:
        assert webhooks.kept(db) == {}
    assert newsroom.receiver.got == []


# --- beside the daemon's cycles ----------------------------------------------------------------


@asynccontextmanager
async def running(newsroom: Newsroom) -> AsyncIterator[AtWork]:
    """Run the daemon's loop."""
    with open_database(newsroom.db) as db:
        stopping = Stopping()
        job = Job(load(newsroom.feeds), newsroom.db, newsroom.events.append)
        daemon = asyncio.create_task(loop(job, db, stopping))
        try:
            yield AtWork(db, stopping)
        finally:
            stopping._event.set()
            await daemon


def test_the_daemon_tells_of_what_comes_while_a_receiver_hangs(newsroom: Newsroom) -> None:
    newsroom.configure("a", "stuck")
    newsroom.receiver.way = lambda got: Reply(hold=60) if got.path == "/stuck" else Reply()

    async def run() -> None:
        async with running(newsroom) as daemon:
            await daemon.until(lambda: len(newsroom.receiver.took) == 1)
            await daemon.until(lambda: len(newsroom.receiver.got) == 2)
            newsroom.publish(TEXT, NORTH)
            await daemon.until(lambda: len(daemon.titles()) == 4)
            await daemon.until(lambda: len(newsroom.receiver.took) == 2)

    asyncio.run(run())
    assert [each.path for each in newsroom.receiver.took] == ["/a", "/a"]


def test_the_daemon_takes_over_a_webhook_that_is_named_meanwhile(newsroom: Newsroom) -> None:
    newsroom.configure()

    async def run() -> None:
        async with running(newsroom) as daemon:
            await daemon.until(lambda: len(daemon.titles()) == 2)
            newsroom.configure("a")
            await daemon.until(lambda: webhooks.kept(daemon.db))
            newsroom.publish(TEXT, NORTH)
            await daemon.until(lambda: newsroom.receiver.took)

    asyncio.run(run())
    assert [each.data["story"]["title"] for each in newsroom.receiver.took] == ["Meldung 1"]


def test_stopped_amid_a_delivery_the_daemon_leaves_it_to_the_next(newsroom: Newsroom) -> None:
    newsroom.receiver.way = lambda _got: Reply(hold=3600)
    newsroom.configure("a", more="  webhooks: {timeout: 600}\n")

    async def run() -> None:
        async with running(newsroom) as daemon:
            await daemon.until(lambda: newsroom.receiver.got)

    asyncio.run(run())
    with open_database(newsroom.db) as db:
        assert [each.state for each in outbox.deliveries(db, limit=9)] == ["waiting"]
    newsroom.receiver.way = lambda _got: Reply()
    once(newsroom.feeds, newsroom.db)
    assert [each.id for each in newsroom.receiver.got] == newsroom.receiver.ids * 2
    told = [each for each in newsroom.events if isinstance(each, HookDone)]
    assert told == [], "what was cut short is no failure"


def test_a_failure_of_our_own_is_logged_and_ends_no_daemon(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    with open_database(newsroom.db) as db:
        db.execute("DROP VIEW webhooks")
        db.execute("DROP VIEW webhook_deliveries")
        db.execute("DROP TABLE outbox")

    async def run() -> None:
        async with running(newsroom) as daemon:
            await daemon.until(lambda: len(daemon.titles()) == 2)
            await daemon.until(lambda: "no such table: outbox" in caplog.text)

    asyncio.run(run())
    assert "webhooks: looked at again in a minute" in caplog.text
