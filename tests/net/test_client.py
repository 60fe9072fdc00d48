"""The client asks politely, within bounds, and names what went wrong."""

import asyncio
import gzip
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from aggregator.model import Failed, Fetched, FetchResult, NotModified, Validators
from aggregator.net.client import Client
from aggregator.settings import NetworkSettings
from tests.support.server import Answer, Request, Server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAST = NetworkSettings(
    seconds_between_requests=0.0,
    requests_per_second=1000.0,
    timeout=1.0,
    deadline=2.0,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)
NONE = Validators()


def ask(
    *urls: str, settings: NetworkSettings = FAST, validators: Validators = NONE
) -> list[FetchResult]:
    async def run() -> list[FetchResult]:
        async with Client(settings, lambda: NOW) as client:
            return await asyncio.gather(*(client.feed(url, validators) for url in urls))

    return asyncio.run(run())


def failed(result: FetchResult) -> Failed:
    assert isinstance(result, Failed)
    return result


def test_first_request_is_unconditional_and_honest(server: Server) -> None:
    server.routes["/feed"] = Answer(b"<rss/>", headers={"ETag": 'W/"a"', "Last-Modified": "x y"})
    settings = replace(FAST, contact="https://example.org/bot")
    (result,) = ask(server.url("/feed"), settings=settings)
    assert isinstance(result, Fetched)
    assert result.body == b"<rss/>"
    assert result.validators == Validators('W/"a"', "x y")
    headers = server.requests[0].headers
    assert {"if-none-match", "if-modified-since", "cookie", "referer"}.isdisjoint(headers)
    assert "+https://example.org/bot" in headers["user-agent"]
    assert "gzip" in headers["accept-encoding"]


def test_validators_go_back_byte_for_byte(server: Server) -> None:
    server.routes["/feed"] = Answer(status=304)
    (result,) = ask(server.url("/feed"), validators=Validators('W/"a b"', "Sun, 1 Mar 2026"))
    assert isinstance(result, NotModified)
    assert server.requests[0].headers["if-none-match"] == 'W/"a b"'
    assert server.requests[0].headers["if-modified-since"] == "Sun, 1 Mar 2026"


def test_cookies_are_never_sent_back(server: Server) -> None:
    server.routes["/feed"] = Answer(b"x", headers={"Set-Cookie": "id=1; Path=/"})

    async def twice() -> None:
        async with Client(FAST, lambda: NOW) as client:
            await client.page(server.url("/feed"))
            await client.page(server.url("/feed"))

    asyncio.run(twice())
    assert [request for request in server.requests if "cookie" in request.headers] == []


def test_gzip_is_unpacked(server: Server) -> None:
    packed = gzip.compress(b"<rss/>" * 100)
    server.routes["/feed"] = Answer(packed, headers={"Content-Encoding": "gzip"})
    (result,) = ask(server.url("/feed"))
    assert isinstance(result, Fetched)
    assert result.body == b"<rss/>" * 100


def test_redirects_are_followed_and_bounded(server: Server) -> None:
    server.routes["/old"] = Answer(status=301, headers={"Location": "/new"})
    server.routes["/new"] = Answer(b"here")
    server.routes["/loop"] = Answer(status=302, headers={"Location": "/loop"})
    moved, loop = ask(server.url("/old"), server.url("/loop"))
    assert isinstance(moved, Fetched)
    assert moved.url == server.url("/new")
    assert failed(loop).reason == "redirects"
    assert len(server.asked("/loop")) == 1


@pytest.mark.parametrize(
    ("answer", "reason", "transient"),
    [
        (Answer(status=404), "http_404", False),
        (Answer(status=410), "http_410", False),
        (Answer(status=503), "http_503", True),
        (Answer(status=204), "http_204", False),
        (Answer(b"late", delay=1.5), "timeout", True),
        (Answer(b"short", length=500), "truncated", True),
        (Answer(b"x" * 200_000), "too_large", False),
        (Answer(b"no", headers={"Content-Encoding": "gzip"}), "protocol", True),
        (Answer(status=301, headers={"Location": "ftp://a/b"}), "bad_url", False),
    ],
)
def test_failures_are_named(server: Server, answer: Answer, reason: str, transient: bool) -> None:
    server.routes["/feed"] = answer
    settings = replace(FAST, max_feed_bytes=100_000)
    result = failed(ask(server.url("/feed"), settings=settings)[0])
    assert (result.reason, result.transient) == (reason, transient)
    assert result.detail


def test_names_and_closed_ports_are_named(server: Server) -> None:
    closed = server.url("/feed")
    server.__exit__(None, None, None)
    server._http.server_close()
    refused, unknown, odd, broken = ask(
        closed, "http://no-such-host.invalid/", "file:///etc/passwd", "http://[/"
    )
    assert failed(refused).reason == "refused"
    assert failed(unknown).reason == "dns"
    assert failed(odd).reason == "bad_url"
    assert failed(broken).reason == "bad_url"
    server._thread.join()


@pytest.mark.parametrize("after", ["120", "Sun, 01 Mar 2026 12:02:00 GMT"])
def test_retry_after_is_read(server: Server, after: str) -> None:
    server.routes["/feed"] = Answer(status=429, headers={"Retry-After": after})
    result = failed(ask(server.url("/feed"))[0])
    assert result.retry_after == datetime(2026, 3, 1, 12, 2, tzinfo=UTC)


def test_requests_to_one_host_keep_their_distance(server: Server) -> None:
    server.routes.update({f"/{n}": Answer(b"x") for n in range(4)})
    settings = replace(FAST, seconds_between_requests=0.2, deadline=20.0)
    ask(*(server.url(f"/{n}") for n in range(4)), settings=settings)
    times = sorted(request.at for request in server.requests)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # A thread that starts late may shorten one gap a little; none may come close to a burst.
    assert all(gap > 0.1 for gap in gaps)


def test_connections_to_one_host_are_bounded(server: Server) -> None:
    now_open: list[int] = []
    running = 0

    def slow(_request: Request) -> Answer:
        nonlocal running
        running += 1
        now_open.append(running)
        asyncio.run(asyncio.sleep(0.1))
        running -= 1
        return Answer(b"x")

    server.routes.update({f"/{n}": slow for n in range(8)})
    ask(*(server.url(f"/{n}") for n in range(8)))
    assert max(now_open) <= FAST.connections_per_host


def test_a_validator_outside_of_ascii_goes_back_byte_for_byte(server: Server) -> None:
    server.routes["/feed"] = Answer(b"x", headers={"ETag": '"\xe9"', "Last-Modified": "today"})
    (result,) = ask(server.url("/feed"))
    assert isinstance(result, Fetched)
    assert result.validators == Validators('"\xe9"', "today")
    ask(server.url("/feed"), validators=result.validators)
    assert server.requests[1].headers["if-none-match"] == '"\xe9"'


def test_a_retry_after_beyond_all_calendars_is_the_end_of_time(server: Server) -> None:
    server.routes["/feed"] = Answer(status=503, headers={"Retry-After": "9" * 5000})
    result = failed(ask(server.url("/feed"))[0])
    assert result.retry_after == datetime(9999, 1, 1, tzinfo=UTC)
