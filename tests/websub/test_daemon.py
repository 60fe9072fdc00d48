"""The daemon's loop and a real hub: subscribe, confirm, deliver, renew, fall back, end, restart."""

import asyncio
import re
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.daemon.job import Job
from aggregator.daemon.loop import loop
from aggregator.daemon.stopping import Stopping
from aggregator.pipeline.events import Event, FeedDelivered
from aggregator.storage import subscriptions
from aggregator.storage.database import Database, open_database
from tests.support.daemons import AtWork
from tests.support.manners import recorded
from tests.support.runs import command, once
from tests.support.server import Answer, Server
from tests.websub.hub import Hub

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_WORDS = "Ein langer Satz über die Lage der Dinge in der Stadt am Fluss und im Umland. " * 5


def rss(*numbers: int, hub: str = "", topic: str = "") -> bytes:
    """A feed of numbered reports, which may name a hub and its own address."""
    links = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>'
    items = "".join(
        f"<item><guid>n{n}</guid><title>Meldung {n}</title><description>{n} {_WORDS}</description>"
        f"</item>"
        for n in numbers
    )
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>'
        f"{links if hub else ''}{items}</channel></rss>"
    ).encode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class House:
    """A feed on a server, a hub, and the daemon's files and clock."""

    server: Server
    hub: Hub
    folder: Path
    port: int = field(default_factory=free_port)
    now: datetime = START
    events: list[Event] = field(default_factory=list)

    @property
    def topic(self) -> str:
        """The feed's address."""
        return self.server.url("/feed")

    @property
    def db(self) -> Path:
        """The daemon's database."""
        return self.folder / "news.db"

    def publish(self, *numbers: int) -> bytes:
        """Put a feed with these reports on the server; returns it."""
        body = rss(*numbers, hub=self.hub.url, topic=self.topic)
        self.server.routes["/feed"] = Answer(body, headers={"Content-Type": "application/rss+xml"})
        return body

    def configure(
        self, *, websub: bool = True, listed: bool = True, allow: str = "127.0.0.0/8"
    ) -> Path:
        """Write feeds.yaml."""
        self.server.routes["/other"] = Answer(rss(99))
        url = self.topic if listed else self.server.url("/other")
        callback = f"http://127.0.0.1:{self.port}/hub" if websub else ""
        path = self.folder / "feeds.yaml"
        path.write_text(
            f"settings:\n"
            f"  network: {{seconds_between_requests: 0, allow_addresses: [{allow}],"
            f" allow_ports: []}}\n"
            f"  websub: {{callback: '{callback}', listen: '127.0.0.1:{self.port}'}}\n"
            f"feeds:\n  - {{url: '{url}', outlet: T, language: de, text: feed}}\n"
        )
        return path

    def polls(self) -> int:
        """How often the feed was asked for."""
        return len(self.server.asked("/feed"))

    def callback(self) -> str:
        """The address that the hub was given last."""
        return self.hub.forms[-1]["hub.callback"]


@pytest.fixture
def house(server: Server, tmp_path: Path) -> Iterator[House]:
    with Hub() as hub:
        made = House(server, hub, tmp_path)
        made.publish(1)
        made.configure()
        yield made


@dataclass
class Running(AtWork):
    """With the house whose feed it follows."""

    house: House

    def subscription(self) -> Subscription | None:
        """The newest subscription."""
        return next(iter(reversed(subscriptions.known(self.db))), None)

    def state(self) -> SubscriptionState | None:
        """How it stands."""
        found = self.subscription()
        return found.state if found else None

    async def active(self) -> Subscription:
        """Wait until the hub has asked, been told yes, and noted it."""
        await self.until(lambda: self.state() is SubscriptionState.ACTIVE)
        await self.until(lambda: self.house.hub.subscribers)
        found = self.subscription()
        assert found is not None
        return found

    async def deliver(self, body: bytes) -> int:
        """Let the hub deliver."""
        return await asyncio.to_thread(self.house.hub.deliver, body)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Running]:
    """Run the daemon's loop; its clock stands still until a test moves it."""
    with open_database(house.db) as db:
        stopping = Stopping()
        job = Job(
            load(house.folder / "feeds.yaml"), house.db, house.events.append, lambda: house.now
        )
        daemon = asyncio.create_task(loop(job, db, stopping))
        try:
            yield Running(db, stopping, house)
        finally:
            stopping._event.set()
            await daemon


def test_what_a_hub_delivers_is_stored_without_a_poll(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            subscription = await daemon.active()
            form = house.hub.forms[0]
            assert form["hub.topic"] == house.topic
            assert form["hub.callback"] == f"http://127.0.0.1:{house.port}/hub/{subscription.token}"
            assert len(subscription.token) >= 43
            assert 43 <= len(form["hub.secret"].encode()) < 200
            assert house.hub.agents[0].startswith("aggregator/")
            await daemon.until(lambda: daemon.titles() == ["Meldung 1"])
            before = daemon.db.row("SELECT etag, body_hash, next_poll_at FROM feed")
            assert await daemon.deliver(rss(2)) == 202
            await daemon.until(lambda: daemon.titles() == ["Meldung 1", "Meldung 2"])
            assert daemon.db.row("SELECT etag, body_hash, next_poll_at FROM feed") == before
            assert house.polls() == 1
            assert len(house.hub.forms) == 1
            assert subscriptions.waiting(daemon.db) == []
            logged = daemon.db.rows("SELECT url, status, sent FROM requests WHERE kind = 'hub'")
            assert [tuple(row) for row in logged] == [(house.hub.url, 202, "{}")]
            recorded("a feed's hub is subscribed to", [f"POST {house.hub.url}"])

    asyncio.run(run())
    delivered = [each for each in house.events if isinstance(each, FeedDelivered)]
    assert [(each.outcome, each.fresh_entries) for each in delivered] == [("changed", 1)]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_signature_of_the_recommendation_is_understood(house: House, method: str) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            await asyncio.to_thread(house.hub.deliver, rss(2), method=method)
            await daemon.until(lambda: "Meldung 2" in daemon.titles())

    asyncio.run(run())


def test_a_hub_may_call_back_before_it_answers(house: House) -> None:
    house.hub.way = "at once"

    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            assert len(house.hub.subscribers) == 1

    asyncio.run(run())


def test_a_forged_delivery_is_ignored_and_recorded(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            assert await asyncio.to_thread(house.hub.deliver, rss(666), secret="guess") == 202  # noqa: S106 - wrong on purpose
            await daemon.deliver(rss(2))
            await daemon.until(lambda: "Meldung 2" in daemon.titles())
            assert "Meldung 666" not in daemon.titles()
            assert daemon.db.value("SELECT ignored FROM subscriptions") == 1

    asyncio.run(run())


def test_a_delivery_that_is_no_feed_is_a_recorded_rejection(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            await daemon.deliver(b"<html><title>Wartung</title></html>")
            await daemon.until(lambda: daemon.db.rows("SELECT * FROM rejected"))
            (row,) = daemon.db.rows("SELECT url, stage, reason FROM rejected")
            assert tuple(row) == (f"{house.topic}#delivered", "parse", "html")
            assert daemon.db.value("SELECT last_error FROM feed") is None
            await daemon.deliver(rss(2))
            await daemon.until(lambda: not daemon.db.rows("SELECT * FROM rejected"))

    asyncio.run(run())


def test_a_lease_is_renewed_before_its_end_at_the_same_address(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            first = await daemon.active()
            house.now += 6 * DAY
            await daemon.deliver(rss(2))
            await daemon.until(lambda: "Meldung 2" in daemon.titles())
            assert len(house.hub.forms) == 1
            house.now += 2.5 * DAY
            await daemon.deliver(rss(3))
            await daemon.until(lambda: len(house.hub.heard) == 2)
            await daemon.until(lambda: daemon.subscription() != first)
            await daemon.until(lambda: not getattr(daemon.subscription(), "pending", True))
            renewed = await daemon.active()
            assert (renewed.token, renewed.secret) == (first.token, first.secret)
            assert renewed.expires_at == house.now + 10 * DAY
            assert len(house.hub.asked("subscribe")) == 2

    asyncio.run(run())


def test_a_proven_hub_makes_polls_rare_until_its_lease_ends(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            house.publish(1, 2)
            await daemon.deliver(rss(2))
            await daemon.until(lambda: "Meldung 2" in daemon.titles())
            house.now = turn(daemon.db)
            await daemon.deliver(rss(3))
            await daemon.until(lambda: house.polls() == 2)
            await daemon.until(lambda: turn(daemon.db) > house.now)
            assert turn(daemon.db) - house.now >= DAY
            house.hub.way = "fails"
            (feed,) = daemon.db.rows("SELECT interval_minutes FROM feed")
            last = house.now
            # The lease ends while the hub fails: the turn is again what it would have been.
            with daemon.db.write():
                daemon.db.execute("UPDATE subscription SET expires_at = '2026-03-01T00:00:00Z'")
            await daemon.deliver(rss(4))
            await daemon.until(lambda: turn(daemon.db) - last < DAY)
            assert turn(daemon.db) >= last + timedelta(minutes=feed["interval_minutes"])

    asyncio.run(run())


def turn(db: Database) -> datetime:
    """When the feed is asked next."""
    return datetime.fromisoformat(db.value("SELECT next_poll_at FROM feed")).astimezone(UTC)


@pytest.mark.parametrize(
    ("way", "state", "error"),
    [
        ("denies", SubscriptionState.DENIED, "the hub denied it: not here"),
        ("refuses", SubscriptionState.DENIED, "http_400: "),
        ("fails", SubscriptionState.ASKED, "http_503: "),
    ],
)
def test_where_a_hub_does_not_want_us_the_feed_is_polled(
    house: House, way: str, state: SubscriptionState, error: str
) -> None:
    house.hub.way = way  # type: ignore[assignment] # one of them

    async def run() -> None:
        async with running(house) as daemon:
            await daemon.until(lambda: getattr(daemon.subscription(), "error", None))
            found = daemon.subscription()
            assert found is not None
            assert found.state is state
            assert (found.error or "").startswith(error)
            assert found.next_try_at is not None
            assert found.next_try_at >= house.now + timedelta(hours=1)
            assert turn(daemon.db) < house.now + DAY

    asyncio.run(run())
    assert len(house.hub.forms) == 1


def test_a_hub_inside_our_house_is_never_connected_to(house: House) -> None:
    """A feed may name any address as its hub: only the one of the feed is allowed here."""
    with Hub("127.0.0.2") as inside:
        house.hub = inside
        house.publish(1)
        house.configure(allow="127.0.0.1/32")

        async def run() -> None:
            async with running(house) as daemon:
                await daemon.until(lambda: getattr(daemon.subscription(), "error", None))
                found = daemon.subscription()
                assert found is not None
                assert found.state is SubscriptionState.DENIED
                assert (found.error or "").startswith("forbidden_address: ")
                assert found.next_try_at is not None
                assert found.next_try_at >= house.now + 7 * DAY

        asyncio.run(run())
        assert inside.connections == []


@pytest.mark.parametrize("way", ["silent", "other topic"])
def test_a_hub_that_does_not_call_back_is_asked_again_after_an_hour(house: House, way: str) -> None:
    house.hub.way = way  # type: ignore[assignment] # one of them

    async def run() -> None:
        async with running(house) as daemon:
            await daemon.until(lambda: len(house.hub.forms) == 1)
            await daemon.until(lambda: way == "silent" or house.hub.heard)
            house.now += timedelta(hours=1.2)
            daemon.stopping._event.set()
        async with running(house) as daemon:
            await daemon.until(lambda: len(house.hub.forms) == 2)
            found = daemon.subscription()
            assert found is not None
            assert found.error == "the hub accepted the request but never called back"
            assert found.state is SubscriptionState.ASKED

    asyncio.run(run())
    assert {heard.status for heard in house.hub.heard} <= {404}


def test_an_unlisted_feed_is_unsubscribed_and_its_address_is_gone(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            callback = house.callback()
            house.configure(listed=False)
            secret = house.hub.subscribers[callback]
            await daemon.deliver(rss(2))
            await daemon.until(lambda: house.hub.asked("unsubscribe"))
            await daemon.until(lambda: house.hub.subscribers == {})
            house.hub.subscribers[callback] = secret
            assert await daemon.deliver(rss(3)) in {404, 410}
            assert "Meldung 3" not in daemon.titles()

    asyncio.run(run())


def test_without_a_callback_hubs_are_told_and_the_door_is_closed(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            house.configure(websub=False)
            await daemon.deliver(rss(2))
            await daemon.until(lambda: house.hub.subscribers == {})
            house.now += timedelta(hours=2)
            daemon.stopping._event.set()
        callback = house.callback()
        async with running(house) as daemon:
            heard = await asyncio.to_thread(house.hub.call_back, callback, "subscribe", house.topic)
            assert heard.status in {0, 404}
            assert not subscriptions.any_left(daemon.db)

    asyncio.run(run())


def test_the_door_is_closed_though_a_hub_never_confirms_the_end(house: House) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.active()
            house.hub.way = "silent"
            house.configure(websub=False)
            await daemon.deliver(rss(2))
            await daemon.until(lambda: house.hub.asked("unsubscribe"))
            assert subscriptions.any_left(daemon.db)
            house.now += timedelta(hours=1.5)
            daemon.stopping._event.set()
        async with running(house) as daemon:
            await daemon.until(lambda: not subscriptions.any_left(daemon.db))
            assert len(house.hub.asked("unsubscribe")) == 1

    asyncio.run(run())


def test_a_place_that_is_taken_leaves_polling_as_it_is(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with running(house) as daemon:
            await daemon.until(lambda: daemon.titles() == ["Meldung 1"])

    with socket.create_server(("127.0.0.1", house.port)):
        asyncio.run(run())
    assert f"websub.listen: 127.0.0.1:{house.port} cannot be listened at" in caplog.text
    assert house.hub.forms == []


# --- as a process ------------------------------------------------------------------------------


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_a_restart_keeps_the_subscription_and_what_was_delivered(house: House) -> None:
    feeds = house.folder / "feeds.yaml"
    logs = []
    for number in (2, 3):
        with subprocess.Popen(
            command(feeds, house.db), stderr=subprocess.PIPE, text=True
        ) as daemon:
            wait_for(lambda: house.hub.subscribers)
            news = rss(number)
            wait_for(partial(delivered, house.hub, news))
            if number == 3:
                wait_for(lambda: len(stored(house.db)) == 3)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(20) == 0
            assert daemon.stderr is not None
            logs.append(daemon.stderr.read())
    assert len(house.hub.forms) == 1
    assert house.polls() == 1
    assert stored(house.db) == ["Meldung 1", "Meldung 2", "Meldung 3"]
    ((callback, secret),) = house.hub.subscribers.items()
    said = "".join(logs)
    assert "listening for hubs at" in said
    assert "Traceback" not in said
    assert secret not in said
    assert callback.rpartition("/")[2] not in said


def delivered(hub: Hub, body: bytes) -> bool:
    """Whether the hub could deliver; the daemon may still be about to start."""
    return hub.deliver(body) == 202


def stored(path: Path) -> list[str]:
    """The titles of all articles."""
    with open_database(path, readonly=True) as db:
        return sorted(row["title"] for row in db.rows("SELECT title FROM articles"))


def test_a_run_for_cron_takes_in_what_waits_but_asks_no_hub(house: House) -> None:
    assert once(house.folder / "feeds.yaml", house.db).returncode == 0
    assert house.hub.forms == []
    with open_database(house.db) as db:
        waits = Subscription(1, house.hub.url, house.topic, "http://127.0.0.1", "t", "s")
        subscriptions.keep(db, waits)
        subscriptions.receive(
            db, waits, rss(2), content_type="", body_hash="2", now=datetime.now(UTC)
        )
    assert once(house.folder / "feeds.yaml", house.db).returncode == 0
    assert stored(house.db) == ["Meldung 1", "Meldung 2"]
    assert house.hub.forms == []


def test_websub_is_imported_only_where_it_is_wanted(house: House) -> None:
    feeds = house.configure(websub=False)
    line = command(feeds, house.db)
    line[1:1] = ["-X", "importtime"]
    said = house.folder / "said"
    with said.open("w") as log, subprocess.Popen(line, stderr=log) as daemon:
        wait_for(lambda: house.polls() and len(stored(house.db)) == 1)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    imported = set(re.findall(r"\| +([\w.]+)$", said.read_text(), re.MULTILINE))
    assert "aggregator.daemon.loop" in imported
    ours = {
        "aggregator.core.websub",
        "aggregator.storage.subscriptions",
        "aggregator.daemon.websub",
    }
    assert {"starlette", "uvicorn", "h11", "anyio", *ours} & imported == set()
