"""The client asks politely, within bounds, and names what went wrong."""

import asyncio
import gzip
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from aggregator.model import Failed, Fetched, FetchResult, NotModified, Validators
from aggregator.net.client import Client
from aggregator.settings import NetworkSettings
from tests.support.raw import RawServer, answer
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


# --- what is noted of it ---------------------------------------------------------------------


def test_every_request_leaves_a_hop(server: Server) -> None:
    server.routes["/old"] = Answer(status=302, headers={"Location": "/new?a=b#c"})
    server.routes["/new?a=b"] = Answer(b"12345", headers={"Retry-After": "60"})
    (result,) = ask(server.url("/old"), validators=Validators('"a"', "today"))
    first, second = result.hops
    assert (first.status, first.location, first.outcome) == (302, "/new?a=b#c", "")
    assert (second.url, second.status, second.size) == (server.url("/new?a=b"), 200, 5)
    assert second.retry_after == NOW + timedelta(minutes=1)
    for hop in result.hops:
        assert (hop.kind, hop.host, hop.address) == ("feed", "127.0.0.1", "127.0.0.1")
        assert (hop.at, hop.seconds >= 0) == (NOW, True)
    assert first.sent == {"If-None-Match": '"a"', "If-Modified-Since": "today"}
    assert second.sent == {}


def test_what_could_not_be_sent_leaves_a_hop_too(server: Server) -> None:
    server.routes["/away"] = Answer(status=302, headers={"Location": "http://10.0.0.1/"})
    away, unknown = ask(server.url("/away"), "http://no-such-host.invalid/")
    assert [hop.outcome for hop in away.hops] == ["", "forbidden_address"]
    assert [(hop.outcome, hop.host) for hop in unknown.hops] == [("dns", "no-such-host.invalid")]


P, T = 301, 302


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([], None),
        ([P], "/1"),
        ([308], "/1"),
        ([T], None),
        ([P, P, P], "/3"),
        ([P, 308, T], "/2"),
        ([P, T, P], "/1"),
        ([T, P], None),
        ([307], None),
        ([303], None),
    ],
)
@pytest.mark.parametrize("last", [200, 304])
def test_a_feed_moves_as_far_as_permanent_redirects_lead(
    server: Server, statuses: list[int], moved_to: str | None, last: int
) -> None:
    for number, status in enumerate(statuses):
        server.routes[f"/{number}"] = Answer(status=status, headers={"Location": f"/{number + 1}"})
    server.routes[f"/{len(statuses)}"] = Answer(b"" if last != 200 else b"x", status=last)
    (result,) = ask(server.url("/0"))
    assert isinstance(result, Fetched | NotModified)
    assert result.moved_to == (moved_to and server.url(moved_to))


@pytest.mark.parametrize(
    "location", ["ftp://a/b", "file:///etc/passwd", "javascript:alert(1)", "http://[", "data:,x"]
)
def test_redirects_lead_to_http_only(server: Server, location: str) -> None:
    server.routes["/away"] = Answer(status=302, headers={"Location": location})
    result = failed(ask(server.url("/away"))[0])
    assert result.reason == "bad_url"
    assert len(server.requests) == 1


def test_a_circle_of_redirects_is_left_early_and_a_long_row_in_the_end(server: Server) -> None:
    for number in range(9):
        server.routes[f"/{number}"] = Answer(status=302, headers={"Location": f"/{number + 1}"})
    server.routes["/a"] = Answer(status=302, headers={"Location": "/b"})
    server.routes["/b"] = Answer(status=302, headers={"Location": "/a"})
    row, circle = ask(server.url("/0"), server.url("/a"))
    assert (failed(row).reason, failed(circle).reason) == ("redirects", "redirects")
    assert len(row.hops) == FAST.max_redirects + 1
    assert len(circle.hops) == 2


# --- logins ----------------------------------------------------------------------------------

LOGIN = "Basic " + b64encode(b"me:s3cr&t").decode()


def with_login(url: str) -> str:
    return url.replace("://", "://me:s3cr%26t@")


def test_a_login_goes_to_its_own_origin_only(server: Server) -> None:
    with Server() as other:
        server.routes["/feed"] = Answer(status=302, headers={"Location": "/same"})
        server.routes["/same"] = Answer(status=302, headers={"Location": other.url("/other")})
        other.routes["/other"] = Answer(status=302, headers={"Location": server.url("/back")})
        server.routes["/back"] = Answer(b"x")
        (result,) = ask(with_login(server.url("/feed")))
        assert isinstance(result, Fetched)
        assert [r.headers.get("authorization") for r in server.requests] == [LOGIN, LOGIN, None]
        assert [r.headers.get("authorization") for r in other.requests] == [None]
        for request in [*server.requests, *other.requests]:
            assert {"referer", "cookie"}.isdisjoint(request.headers)
            assert "@" not in request.headers["host"]


def test_a_login_that_a_redirect_brings_is_ignored(server: Server) -> None:
    server.routes["/feed"] = Answer(
        status=301, headers={"Location": with_login(server.url("/new"))}
    )
    server.routes["/new"] = Answer(b"x")
    (result,) = ask(server.url("/feed"))
    assert isinstance(result, Fetched)
    assert result.moved_to == server.url("/new")
    assert [r.headers.get("authorization") for r in server.requests] == [None, None]
    assert "s3cr" not in repr(result)


def test_a_login_appears_in_nothing_that_is_kept(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.routes["/gone"] = Answer(status=410)
    server.routes["/away"] = Answer(
        status=301, headers={"Location": with_login("http://[/") + "?s3cr"}
    )
    server.routes["/moved"] = Answer(status=301, headers={"Location": "/here"})
    server.routes["/here"] = Answer(b"x")
    urls = [server.url(path) for path in ("/gone", "/moved", "/here")]
    odd = [
        "http://[@/",
        "http://no-such-host.invalid/",
        "http://10.0.0.1/",
        "http://[/",
        "ftp://a/",
        "http://:99999999/",
    ]
    slips = ["http://me:s3cr/et@a.example/", "http://me:s3cr@a.example:port/", "me:s3cr@a.example"]
    results = ask(*(with_login(url) for url in [*urls, *odd]), *slips)
    assert len(results) == len(urls) + len(odd) + len(slips)
    assert [each for each in results if "s3cr" in repr(each)] == []
    assert [each for each in results if getattr(each, "moved_to", None)] == []
    assert "s3cr" not in caplog.text


# --- what may keep it from being sent --------------------------------------------------------


def test_a_host_that_wants_quiet_is_not_asked(server: Server) -> None:
    server.routes["/feed"] = Answer(status=302, headers={"Location": "http://quiet.example/"})
    until = NOW + timedelta(hours=1)
    asked: list[tuple[str, tuple[str, ...]]] = []

    def quiet(host: str, addresses: tuple[str, ...]) -> datetime | None:
        asked.append((host, addresses))
        return until if "127.0.0.9" in addresses or host == "quiet.example" else None

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.9"]

    async def run() -> list[FetchResult]:
        async with Client(FAST, lambda: NOW, quiet=quiet, resolve=resolve) as client:
            urls = (server.url("/feed"), "http://other.example/")
            return [await client.feed(url, NONE) for url in urls]

    first, second = asyncio.run(run())
    for result in (first, second):
        assert failed(result).reason == "backed_off"
        assert failed(result).retry_after == until
        assert failed(result).transient
    assert (len(first.hops), len(second.hops)) == (1, 0)
    assert ("127.0.0.1", ("127.0.0.1",)) in asked
    assert len(server.requests) == 1


def test_a_gate_is_asked_before_every_page(server: Server) -> None:
    server.routes["/page"] = Answer(status=302, headers={"Location": "/private"})
    asked: list[str] = []

    async def gate(url: str) -> Failed | None:
        asked.append(url)
        refused = Failed(url, "robots", "robots.txt says no", transient=False)
        return refused if url.endswith("/private") else None

    async def run() -> FetchResult:
        async with Client(FAST, lambda: NOW) as client:
            return await client.page(server.url("/page"), gate=gate)

    result = failed(asyncio.run(run()))
    assert (result.reason, len(result.hops)) == ("robots", 1)
    assert asked == [server.url("/page"), server.url("/private")]
    assert len(server.requests) == 1


# --- robots.txt and hubs ---------------------------------------------------------------------


def test_of_a_large_robots_txt_the_beginning_is_taken(server: Server) -> None:
    server.routes["/robots.txt"] = Answer(b"Disallow: /a\n" * 100_000)

    async def run() -> FetchResult:
        async with Client(FAST, lambda: NOW) as client:
            return await client.robots(server.url("/robots.txt"))

    result = asyncio.run(run())
    assert isinstance(result, Fetched)
    assert len(result.body) == 512 * 1024
    assert result.hops[0].kind == "robots"


def test_a_hub_is_sent_a_form() -> None:
    with RawServer(keep=True) as hub:
        hub.on("/hub", answer(b"", "307 Elsewhere", "Location: /there"))
        hub.on("/there", answer(b"", "202 Accepted"))
        hub.on("/no", answer(b"no such topic", "400 Bad Request"))
        form = {"hub.mode": "subscribe", "hub.topic": "https://a.example/?b&c"}

        async def run() -> list[FetchResult]:
            async with Client(FAST, lambda: NOW) as client:
                return [await client.hub(hub.url(path), form) for path in ("/hub", "/no")]

        taken, refused = asyncio.run(run())
        assert isinstance(taken, Fetched)
        assert [hop.kind for hop in taken.hops] == ["hub", "hub"]
        assert failed(refused).reason == "http_400"
        sent = hub.heads[1].lower()
        assert sent.startswith(b"post /there http/1.1\r\n")
        assert b"content-type: application/x-www-form-urlencoded\r\n" in sent
        assert sent.endswith(b"hub.mode=subscribe&hub.topic=https%3a%2f%2fa.example%2f%3fb%26c")
        assert b"expect:" not in sent


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        (b"http://\x1b[31ma.example/\x07\x9b", "http://[31ma.example/"),
        (b"http://ann:s3\x08cret@a.example/", "http://a.example/"),
        (b"http://a.example/\xed\xa0\x80", "http://a.example/í\xa0"),
        (b"/" + b"a" * 9000, "/" + "a" * 8191),
    ],
)
def test_where_a_redirect_leads_is_kept_legibly(location: bytes, kept: str) -> None:
    with RawServer() as raw:
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        (result,) = ask(raw.on("/", lambda client: client.sendall(head)))
    assert result.hops[0].location == kept


@pytest.mark.parametrize("status", [307, 308])
def test_a_form_is_told_to_no_other_origin(status: int) -> None:
    with RawServer(keep=True) as hub, RawServer("127.0.0.2", keep=True) as other:
        elsewhere = (
            other.url("/"),
            f"http://127.0.0.1:{other.port}/",
            f"https://{hub.url('/')[7:]}",
        )
        for number, place in enumerate(elsewhere):
            hub.on(f"/{number}", answer(b"", f"{status} Elsewhere", f"Location: {place}"))

        async def run() -> list[FetchResult]:
            async with Client(FAST, lambda: NOW) as client:
                form = {"hub.secret": "s3cret"}
                return [await client.hub(hub.url(f"/{n}"), form) for n in range(len(elsewhere))]

        for result, place in zip(asyncio.run(run()), elsewhere, strict=True):
            refused = failed(result)
            assert (refused.reason, refused.transient) == ("redirects", False)
            assert "another origin" in refused.detail
            assert [hop.location for hop in refused.hops] == [place]
        assert other.connections == 0


def test_conditions_go_to_the_url_that_gave_them_alone(server: Server) -> None:
    with Server("127.0.0.2") as other:
        other.routes["/there"] = Answer(b"feed", headers={"ETag": '"1"'})
        server.routes["/here"] = Answer(status=302, headers={"Location": other.url("/there")})
        (result,) = ask(server.url("/here"))
        assert isinstance(result, Fetched)
        assert result.validators.url == other.url("/there")
        ask(server.url("/here"), validators=result.validators)
        ask(server.url("/here"), validators=Validators('"mine"'))
    sent = [
        [request.headers.get("if-none-match") for request in each.requests]
        for each in (server, other)
    ]
    assert sent == [[None, None, '"mine"'], [None, '"1"', None]]
