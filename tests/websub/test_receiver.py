"""What hubs, and whoever else finds the door, hear from us: a real server on loopback."""

import asyncio
import contextlib
import hmac
import http.client
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

import pytest

from aggregator.core import websub
from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.daemon import websub as receiving
from aggregator.daemon.websub import Receiver, Server
from aggregator.model import FeedSource
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import Database

Result = TypeVar("Result")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPIC = "https://post.example/rss?a=1&b=ü"
SECRET = "s3cret"  # noqa: S105 - invented
MOST = 100_000


@dataclass
class Door:
    """Where the receiver listens, and how often it woke the daemon."""

    port: int
    woken: list[None] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Send one request; returns status, header and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        read = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        connection.close()
        return read

    def deliver(self, body: bytes, *, path: str = "/hub/t0ken", **headers: str) -> int:
        """Deliver a body with its signature; returns the status."""
        return self.ask("POST", path, body, **{"X_Hub_Signature": signed(body), **headers})[0]


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


@asynccontextmanager
async def opened(db: Database) -> AsyncIterator[Door]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        door = Door(free.getsockname()[1])
    receiver = Receiver(
        db, lambda: NOW, lambda: 0.0, lambda: door.woken.append(None), most_bytes=MOST
    )
    server = Server(receiver, f"127.0.0.1:{door.port}")
    try:
        yield door
    finally:
        await server.stop()


def at_the_door(db: Database, work: Callable[[Door], Result]) -> Result:
    """Run `work` in a thread while the receiver serves in a loop, as in the daemon."""

    async def run() -> Result:
        async with opened(db) as door:
            return await asyncio.to_thread(work, door)

    return asyncio.run(run())


@pytest.fixture
def asked(db: Database) -> Subscription:
    """A subscription that a hub was asked for."""
    feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
    new = Subscription(1, "https://hub.example/", TOPIC, "https://us.example", "t0ken", SECRET)
    asked = websub.asking(new, NOW, jitter=0)
    subscriptions.keep(db, asked)
    return asked


@pytest.fixture
def active(db: Database, asked: Subscription) -> Subscription:
    """A subscription that its hub has confirmed."""
    query = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    found = websub.answered(asked, query, NOW, jitter=0)
    assert found is not None
    subscriptions.keep(db, found[0])
    return found[0]


def question(mode: str = "subscribe", topic: str = TOPIC, path: str = "/hub/t0ken") -> str:
    query = {
        "hub.mode": mode,
        "hub.topic": topic,
        "hub.challenge": "<b>ü&=",
        "hub.lease_seconds": 9,
    }
    return f"{path}?{urlencode(query)}"


def only(db: Database) -> Subscription:
    (found,) = subscriptions.known(db)
    return found


@pytest.mark.parametrize("path", ["/hub/t0ken", "/t0ken", "/a/b/t0ken"])
def test_a_hubs_question_is_answered_with_its_challenge(
    db: Database, asked: Subscription, path: str
) -> None:
    status, headers, text = at_the_door(db, lambda door: door.ask("GET", question(path=path)))
    assert (status, text) == (200, "<b>ü&=")
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"
    assert {"server", "date"} & set(headers) == set()
    assert only(db).state is SubscriptionState.ACTIVE
    assert only(db).token == asked.token


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", question(topic="https://post.example/other")),
        ("GET", question(mode="unsubscribe")),
        ("GET", question(path="/hub/other")),
        ("GET", "/hub/t0ken"),
        ("GET", "/"),
        ("GET", "/hub/t0ken/"),
        ("GET", "/hub/" + quote("' OR 1=1 --")),
        ("POST", "/hub/other"),
        ("POST", "/"),
    ],
)
def test_what_we_know_nothing_of_is_not_there(
    db: Database, asked: Subscription, method: str, path: str
) -> None:
    assert at_the_door(db, lambda door: door.ask(method, path, b""))[0] == 404
    assert only(db) == asked


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Host", "[", 404),
        ("Host", "a" * 5000, 404),
        ("Content-Length", "9" * 5000, 400),
        ("Content-Length", "-1", 400),
        ("Transfer-Encoding", "nonsense", 400),
        ("X-Hub-Signature", "\x80" * 100, 404),
    ],
)
def test_odd_headers_break_nothing(
    db: Database, name: str, value: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def work(door: Door) -> bytes:
        with socket.create_connection(("127.0.0.1", door.port), timeout=30) as odd:
            host = "" if name == "Host" else "Host: us\r\n"
            odd.sendall(f"POST /x HTTP/1.1\r\n{host}{name}: {value}\r\n\r\n".encode("latin-1"))
            return odd.recv(12)

    assert at_the_door(db, work) == b"HTTP/1.1 %d" % status
    assert caplog.text == ""


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(db: Database, asked: Subscription, method: str) -> None:
    assert at_the_door(db, lambda door: door.ask(method, question()))[0] == 405
    assert only(db) == asked


@pytest.mark.usefixtures("asked")
def test_a_denial_is_kept_with_its_reason(db: Database) -> None:
    path = f"{question(mode='denied')}&hub.reason=no+such+topic"
    assert at_the_door(db, lambda door: door.ask("GET", path))[0] == 200
    assert only(db).state is SubscriptionState.DENIED
    assert only(db).error == "the hub denied it: no such topic"


@pytest.mark.usefixtures("active")
def test_a_signed_delivery_is_kept_and_wakes_the_daemon(db: Database) -> None:
    def work(door: Door) -> tuple[int, int]:
        return door.deliver(b"<rss/>", Content_Type="application/rss+xml"), len(door.woken)

    assert at_the_door(db, work) == (202, 1)
    (delivery,) = subscriptions.waiting(db)
    assert (delivery.feed_id, delivery.topic) == (1, TOPIC)
    assert delivery.content_type == "application/rss+xml"
    assert subscriptions.body(db, delivery) == b"<rss/>"


@pytest.mark.usefixtures("active")
def test_a_delivery_that_is_not_signed_by_us_is_ignored_politely_and_recorded(db: Database) -> None:
    wrong = [signed(b"<rss/>", "other"), signed(b"<rss>"), "sha256=", "md5=00", ""]

    def work(door: Door) -> tuple[list[int], int]:
        answers = [door.deliver(b"<rss/>", X_Hub_Signature=each) for each in wrong]
        answers.append(door.ask("POST", "/t0ken", b"<rss/>")[0])
        return answers, len(door.woken)

    assert at_the_door(db, work) == ([202] * 6, 0)
    assert subscriptions.waiting(db) == []
    (row,) = db.rows("SELECT ignored, deliveries, error FROM subscriptions")
    assert tuple(row) == (6, 0, "a delivery with no signature was ignored")


@pytest.mark.usefixtures("active")
def test_a_repeated_delivery_is_taken_once(db: Database) -> None:
    def work(door: Door) -> tuple[list[int], int]:
        return [door.deliver(b"<rss/>") for _ in range(3)], len(door.woken)

    assert at_the_door(db, work) == ([202] * 3, 1)
    assert len(subscriptions.waiting(db)) == 1


@pytest.mark.usefixtures("active")
def test_a_body_too_large_is_refused_while_it_is_read(db: Database) -> None:
    def chunks(door: Door) -> int:
        """Without a length: only counting finds out."""
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
        pieces = (b"x" * 1000 for _ in range(MOST // 1000 + 1))
        connection.request("POST", "/t0ken", pieces, encode_chunked=True)
        status = connection.getresponse().status
        connection.close()
        return status

    def work(door: Door) -> tuple[int, int, int]:
        return door.deliver(b"x" * (MOST + 1)), chunks(door), door.deliver(b"x" * MOST)

    assert at_the_door(db, work) == (413, 413, 202)
    assert len(subscriptions.waiting(db)) == 1


@pytest.mark.usefixtures("active")
def test_a_packed_body_is_refused(db: Database) -> None:
    assert at_the_door(db, lambda door: door.deliver(b"x", Content_Encoding="gzip")) == 415


@pytest.mark.parametrize("state", [SubscriptionState.ENDED, SubscriptionState.DENIED])
def test_a_hub_we_want_no_more_hears_that_we_are_gone(
    db: Database, active: Subscription, state: SubscriptionState
) -> None:
    subscriptions.keep(db, replace(active, state=state))
    assert at_the_door(db, lambda door: door.deliver(b"<rss/>")) == 410
    assert subscriptions.waiting(db) == []


@pytest.mark.usefixtures("active")
def test_one_hub_fills_no_memory_with_many_deliveries_at_a_time(db: Database) -> None:
    def work(door: Door) -> int:
        with socket.create_connection(("127.0.0.1", door.port)) as slow:
            head = b"POST /t0ken HTTP/1.1\r\nHost: us\r\nContent-Length: 50\r\n\r\nx"
            slow.sendall(head)
            while door.deliver(b"<rss/>") != 503:
                pass
        status = 503
        while status == 503:
            status = door.deliver(b"<rss>other</rss>")
        return status

    assert at_the_door(db, work) == 202


@pytest.mark.usefixtures("active")
def test_a_body_that_drips_is_given_up(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "_SECONDS_FOR_A_BODY", 0.3)

    def work(door: Door) -> bytes:
        with socket.create_connection(("127.0.0.1", door.port), timeout=30) as slow:
            slow.sendall(b"POST /t0ken HTTP/1.1\r\nHost: us\r\nContent-Length: 50\r\n\r\nx")
            return slow.recv(12)

    assert at_the_door(db, work) == b"HTTP/1.1 408"


def test_a_connection_that_asks_nothing_is_closed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_SECONDS_FOR_A_HEAD", 0.3)

    def work(door: Door) -> bytes:
        with socket.create_connection(("127.0.0.1", door.port), timeout=30) as idle:
            idle.sendall(b"GET /t0ken HTTP/1.1\r\nX-Slow: ")
            return idle.recv(1)

    assert at_the_door(db, work) == b""


@pytest.mark.usefixtures("active")
def test_a_connection_that_asks_again_too_slowly_is_closed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_SECONDS_FOR_A_HEAD", 0.3)

    def work(door: Door) -> bytes:
        with socket.create_connection(("127.0.0.1", door.port), timeout=30) as idle:
            idle.sendall(b"GET /none HTTP/1.1\r\nHost: us\r\n\r\nGET /none HTTP/1.1\r\nX-Slow: ")
            read = bytearray()
            while piece := idle.recv(1000):
                read += piece
            return bytes(read)

    assert at_the_door(db, work).count(b"HTTP/1.1 404") == 1


def test_a_crowd_that_asks_nothing_keeps_nobody_out(db: Database, active: Subscription) -> None:
    def work(door: Door) -> list[int]:
        crowd = [socket.create_connection(("127.0.0.1", door.port), timeout=30) for _ in range(100)]
        for each in crowd:
            with contextlib.suppress(OSError):
                each.sendall(b"GET /t0ken HTTP/1.1\r\nX-Slow: ")
        heard = [door.deliver(b"news"), door.deliver(b"more news"), door.ask("GET", question())[0]]
        for each in crowd:
            each.close()
        return heard

    assert active.secret == SECRET
    assert at_the_door(db, work) == [202, 202, 200]


@pytest.mark.usefixtures("active")
def test_a_header_without_end_is_refused(db: Database) -> None:
    def work(door: Door) -> bytes:
        with socket.create_connection(("127.0.0.1", door.port), timeout=30) as flood:
            flood.sendall(b"GET /t0ken HTTP/1.1\r\nX-Long: " + b"x" * 40_000)
            return flood.recv(12)

    assert at_the_door(db, work) == b"HTTP/1.1 400"
