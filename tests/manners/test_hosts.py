"""How hosts are asked, and left alone: each rule beside what real servers recorded."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.executors.in_process import InProcess
from aggregator.model import Failed, FeedSource, FetchResult, Hop, Validators
from aggregator.net.client import Client
from aggregator.net.curl import Resolve
from aggregator.pipeline.cycle import Cycle
from aggregator.pipeline.hosts import HostBook, kept_book
from aggregator.pipeline.report import RunReport
from aggregator.pipeline.robots import Gate
from aggregator.pipeline.stalls import Stalls
from aggregator.settings import NetworkSettings, Settings
from aggregator.storage import feeds, requests
from aggregator.storage.database import Database, open_database
from tests.support.manners import recorded
from tests.support.papers import BEGIN, LOOPBACK, feed, page, run
from tests.support.server import Answer, Request, Server

MINUTE = timedelta(minutes=1)
EMPTY = feed()


def present() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def logged(folder: Path, host: str = "127.0.0.1") -> list[Hop]:
    """What our own log says of a host."""
    with open_database(folder / "news.db") as db:
        return requests.of_host(db, host, 1000)


def gaps(moments: Sequence[float]) -> list[float]:
    """Seconds between one moment and the next."""
    return [b - a for a, b in pairwise(sorted(moments))]


def paths(asked: Sequence[Request]) -> list[str]:
    """What was asked for."""
    return [request.path for request in asked]


# --- connections and pauses --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "connections", "pause"),
    [
        (replace(LOOPBACK, seconds_between_requests=1.0), 2, 1.0),
        (replace(LOOPBACK, seconds_between_requests=0.4, connections_per_host=3), 3, 0.4),
        (replace(LOOPBACK, seconds_between_requests=0.2, connections_per_host=1), 1, 0.2),
    ],
    ids=["as it ships", "three, 0.4 s", "one, 0.2 s"],
)
def test_few_connections_and_a_pause(
    server: Server, tmp_path: Path, network: NetworkSettings, connections: int, pause: float
) -> None:
    """At most two connections to a host, at least 1 s between requests; both adjustable."""
    feeds = [f"/{n}" for n in range(5)]
    slow = {path: replace(EMPTY, delay=2.5 * pause) for path in feeds}
    server.routes.update(slow)
    run(tmp_path, [server.url(path) for path in feeds], network=network, now=present)
    assert sorted(paths(server.requests)) == feeds
    assert server.most_open <= connections
    sent = gaps([hop.at.timestamp() for hop in logged(tmp_path)])
    assert min(sent) >= pause - 0.01
    # What the server sees has passed two busy processes, so it is held less tightly.
    assert min(gaps([request.at for request in server.requests])) > pause / 2
    rule = f"at most {connections} connections, at least {pause:g} s between requests"
    shown = ", ".join(f"{gap:.3f} s" for gap in sent)
    recorded(rule, [f"{server.most_open} open at once", f"gaps {shown}"])


def test_what_ships_is_two_connections_and_a_second() -> None:
    """The defaults are the ones that the rule names."""
    shipped = NetworkSettings()
    assert (shipped.connections_per_host, shipped.seconds_between_requests) == (2, 1.0)


def test_a_pause_lasts_from_one_run_to_the_next(server: Server, tmp_path: Path) -> None:
    """The pause between two requests holds from one run to the next as well."""
    server.routes.update({"/a": EMPTY, "/b": EMPTY})
    network = replace(LOOPBACK, seconds_between_requests=4.0)
    run(tmp_path, [server.url("/a")], network=network, now=present)
    run(tmp_path, [server.url("/a"), server.url("/b")], network=network, now=present)
    first, second = server.requests
    assert (first.path, second.path) == ("/a", "/b")
    assert second.at - first.at > 3.0
    recorded("the pause holds over runs", [first, second, f"{second.at - first.at:.2f} s apart"])


def test_no_burst_at_the_start(tmp_path: Path) -> None:
    """All feeds are new: hosts take turns, and requests are spread over time."""
    network = replace(LOOPBACK, requests_per_second=20, seconds_between_requests=0.1)
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(f"127.0.1.{n}")) for n in range(1, 11)]
        for server in servers:
            server.routes.update(dict.fromkeys(("/a", "/b", "/c"), EMPTY))
        feeds = [server.url(path) for server in servers for path in ("/a", "/b", "/c")]
        run(tmp_path, feeds, network=network, now=present)
    sent = sorted(hop.at for server in servers for hop in logged(tmp_path, server.host))
    assert len(sent) == 30
    # Ten requests in a row take nine gaps of 50 ms.
    windows = [(b - a).total_seconds() for a, b in zip(sent, sent[9:], strict=False)]
    assert min(windows) >= 0.44
    first = max(server.requests[0].at for server in servers)
    third = min(server.requests[2].at for server in servers)
    assert first < third
    whole = (sent[-1] - sent[0]).total_seconds()
    recorded(
        "no burst at the start: spread over time and hosts",
        [f"30 feeds of 10 hosts in {whole:.1f} s, 10 in a row in {min(windows):.2f} s or more"],
    )


# --- back-off ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_retry_after_holds_for_the_whole_host(
    server: Server, tmp_path: Path, status: int, kind: str
) -> None:
    """429 and 503 with Retry-After: nothing at all is asked of the host until then."""
    until = BEGIN + 60 * MINUTE
    value = "3600" if kind == "seconds" else format_datetime(until, usegmt=True)
    server.routes["/busy"] = Answer(b"no", status, {"Retry-After": value})
    server.routes.update({"/calm": EMPTY, "/report": page()})
    network = replace(LOOPBACK, connections_per_host=1)
    with Server("127.0.1.1") as neighbour:
        neighbour.routes["/feed"] = feed(server.url("/report"))
        feeds = [server.url("/busy"), server.url("/calm"), neighbour.url("/feed")]
        for minutes in (0, 30, 59):
            run(tmp_path, feeds, network=network, now=BEGIN + minutes * MINUTE)
        assert paths(server.requests) == ["/busy"]
        assert waiting(tmp_path) == [("pending", 0)]
        assert failures(tmp_path) == {"/busy": 1, "/calm": 0}
        run(tmp_path, feeds, network=network, now=until + MINUTE)
        later = paths(server.requests)[1:]
    assert set(later) & {"/calm", "/busy"}
    recorded(
        f"{status} with Retry-After ({kind}) holds for the whole host",
        [server.requests[0], "nothing for an hour: no feed, no page, no robots.txt", *later],
    )


def test_without_a_time_the_pause_doubles_and_a_success_ends_it(
    server: Server, tmp_path: Path
) -> None:
    """503 without Retry-After: 5 minutes, then 10, then 20, over restarts; a success ends it."""
    feeds = [f"/{n}" for n in range(9)]
    server.routes.update({path: Answer(status=503) for path in feeds})
    network = replace(LOOPBACK, connections_per_host=1)
    urls = [server.url(path) for path in feeds]
    asked: list[int] = []
    for minute in range(36):
        before = len(server.requests)
        if minute == 35:
            server.routes.update(dict.fromkeys(feeds, EMPTY))
        run(tmp_path, urls, network=network, now=BEGIN + minute * MINUTE)
        asked += [minute] * (len(server.requests) - before)
    assert asked[:4] == [0, 5, 15, 35]
    assert len(asked) > 4
    assert set(asked[4:]) == {35}
    recorded("503 without a time: the pause doubles", [f"asked at minutes {asked[:4]}, then all"])


def test_what_waits_for_its_turn_hears_of_a_refusal(server: Server) -> None:
    """A request that waits for its turn is not sent when the host turns another one away."""
    book = HostBook([], lambda: BEGIN)
    network = replace(LOOPBACK, seconds_between_requests=2.0)
    server.routes.update({"/a": Answer(status=429), "/b": EMPTY})

    async def ask(client: Client, path: str) -> FetchResult:
        result = await client.feed(server.url(path), Validators())
        book.note(result.hops, BEGIN)
        return result

    async def both() -> Sequence[FetchResult]:
        async with Client(network, lambda: BEGIN, quiet=book.quiet_until) as client:
            return await asyncio.gather(ask(client, "/a"), ask(client, "/b"))

    _, second = asyncio.run(both())
    assert isinstance(second, Failed)
    assert (second.reason, second.retry_after, second.hops) == (
        "backed_off",
        BEGIN + 5 * MINUTE,
        (),
    )
    assert paths(server.requests) == ["/a"]
    recorded("a refusal is heard by what waits", [*server.requests, "/b was not asked for"])


def test_subdomains_that_share_an_address_share_the_pause(server: Server) -> None:
    """429 holds for other names of the registrable domain where they share an address."""
    names = {
        "www.post.example": server.host,
        "rss.post.example": server.host,
        "cdn.post.example": "127.0.1.1",
        "www.herald.example": server.host,
    }
    book = HostBook([], lambda: BEGIN)
    server.routes["/busy"] = Answer(status=429, headers={"Retry-After": "3600"})
    server.routes["/feed"] = EMPTY

    async def resolve(host: str, _port: int) -> Sequence[str]:
        return (names[host],)

    async def ask(host: str, path: str) -> FetchResult:
        quiet = book.quiet_until
        async with Client(LOOPBACK, lambda: BEGIN, quiet=quiet, resolve=resolve) as client:
            result = await client.feed(f"http://{host}:{server.port}{path}", Validators())
        book.note(result.hops, BEGIN)
        return result

    outcomes = {}
    for host, path in (("www.post.example", "/busy"), *((name, "/feed") for name in names)):
        result = asyncio.run(ask(host, path))
        outcomes[host] = result.reason if isinstance(result, Failed) else "asked"
    assert outcomes == {
        "www.post.example": "backed_off",
        "rss.post.example": "backed_off",
        "cdn.post.example": "refused",  # nothing listens there, but it was tried
        "www.herald.example": "asked",
    }
    hosts = [request.headers["host"].partition(":")[0] for request in server.requests]
    assert hosts == ["www.post.example", "www.herald.example"]
    recorded(
        "429 holds for subdomains at the same address", [f"{k}: {v}" for k, v in outcomes.items()]
    )


def test_a_restart_keeps_the_pause_of_subdomains(server: Server, tmp_path: Path) -> None:
    """What shares an address with the host that said 429 is left alone by the next run too."""
    names = {
        "www.post.co.uk": server.host,
        "rss.post.co.uk": server.host,
        "www.herald.co.uk": server.host,
    }
    server.routes["/busy"] = Answer(status=429, headers={"Retry-After": "86400"})
    server.routes["/feed"] = EMPTY

    async def resolve(host: str, _port: int) -> Sequence[str]:
        return (names[host],)

    def at(host: str, path: str) -> str:
        return f"http://{host}:{server.port}{path}"

    first, both = at("www.post.co.uk", "/busy"), [at(name, "/feed") for name in names][1:]
    run_among(resolve, tmp_path, [first], BEGIN)
    run_among(resolve, tmp_path, [first, *both], BEGIN + 60 * MINUTE)
    asked = [(name_of(request), request.path) for request in server.requests]
    assert asked == [("www.post.co.uk", "/busy"), ("www.herald.co.uk", "/feed")]
    with open_database(tmp_path / "news.db", readonly=True) as db:
        turns = {each.source.url: each.state.next_poll_at for each in feeds.all_feeds(db)}
    assert turns[both[0]] == BEGIN + 24 * 60 * MINUTE
    run_among(resolve, tmp_path, both, BEGIN + 25 * 60 * MINUTE)
    assert "rss.post.co.uk" in {name_of(request) for request in server.requests[2:]}
    recorded("429 holds for subdomains over a restart", [f"{host}{path}" for host, path in asked])


def name_of(request: Request) -> str:
    """The host that was asked for, without its port."""
    return request.headers["host"].partition(":")[0]


def run_among(resolve: Resolve, folder: Path, urls: Sequence[str], now: datetime) -> None:
    """Run once, as a process of its own does, in a network with names of its own."""
    settings = Settings(network=replace(LOOPBACK, connections_per_host=1))

    async def cycle(db: Database) -> None:
        book = kept_book(db, lambda: now)
        quiet = book.quiet_until
        async with Client(settings.network, lambda: now, quiet=quiet, resolve=resolve) as client:
            await Cycle(
                db=db,
                client=client,
                book=book,
                gate=Gate(db, client, book, lambda: now, pause=0),
                executor=InProcess(),
                settings=settings,
                rules=(),
                stalls=Stalls(db),
                clock=lambda: now,
                jitter=lambda: 0.0,
            ).run(RunReport())

    with open_database(folder / "news.db") as db:
        feeds.sync(db, [FeedSource(url, "Paper") for url in urls], now)
        asyncio.run(cycle(db))


def waiting(folder: Path) -> list[tuple[str, int]]:
    """State and attempts of all entries."""
    with open_database(folder / "news.db") as db:
        return [tuple(row) for row in db.rows("SELECT state, attempts FROM entry")]


def failures(folder: Path) -> dict[str, int]:
    """Failures in a row of the feeds on 127.0.0.1, by path."""
    with open_database(folder / "news.db") as db:
        rows = db.rows("SELECT url, failures FROM feeds WHERE url LIKE '%//127.0.0.1%'")
    return {"/" + row["url"].rpartition("/")[2]: row["failures"] for row in rows}


# --- what is sent ------------------------------------------------------------------------------


def test_nothing_is_sent_that_tells_on_readers(server: Server, tmp_path: Path) -> None:
    """No cookies, no Referer, nothing added to a query; an honest name; gzip is welcome."""
    cookie = {"Set-Cookie": "id=1; Path=/"}
    links = ["/report?id=7&utm_source=rss&b=%C3%A4", "/moved"]
    first = feed(*map(server.url, links))
    server.routes["/rss?format=full"] = replace(first, headers={**first.headers, **cookie})
    server.routes[links[0]] = replace(page(), headers={**page().headers, **cookie})
    server.routes["/moved"] = Answer(status=302, headers={"Location": "/there?x=1", **cookie})
    server.routes["/there?x=1"] = page()
    network = replace(LOOPBACK, contact="https://operator.example/bot")
    for minutes in (0, 60):
        run(
            tmp_path,
            [server.url("/rss?format=full")],
            network=network,
            now=BEGIN + minutes * MINUTE,
        )
    asked = server.requests
    assert sorted(paths(asked)) == sorted(
        ["/rss?format=full", "/robots.txt", *links, "/there?x=1", "/rss?format=full"]
    )
    for request in asked:
        assert {"cookie", "referer", "from", "dnt"}.isdisjoint(request.headers)
        assert request.headers["user-agent"].startswith("aggregator/")
        assert "+https://operator.example/bot" in request.headers["user-agent"]
        assert "gzip" in request.headers["accept-encoding"]
    names = sorted({name for request in asked for name in request.headers})
    recorded(
        "no cookies, no Referer, no added parameters", [*asked, f"headers: {', '.join(names)}"]
    )
    recorded("an honest name with a contact, gzip", [asked[0].headers["user-agent"]])


def test_no_url_is_asked_that_nobody_gave(server: Server, tmp_path: Path) -> None:
    """Only feeds, the links of their entries, and robots.txt: nothing that these mention."""
    u = server.url
    extras = (
        f"<link>{u('/site')}</link><image><url>{u('/logo.png')}</url></image>"
        f'<atom:link rel="self" href="{u("/self.xml")}"/>'
        f'<atom:link rel="next" href="{u("/2.xml")}"/>'
        f'<atom:link rel="hub" href="{u("/hub")}"/><docs>{u("/docs")}</docs>'
        f"<item><title>Report of the day</title><link>{u('/report')}</link>"
        f'<guid isPermaLink="true">{u("/guid")}</guid><comments>{u("/comments")}</comments>'
        f'<enclosure url="{u("/a.mp3")}" type="audio/mpeg" length="1"/>'
        f'<description>&lt;img src="{u("/pixel.gif")}"&gt; text</description></item>'
    )
    space = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    body = f'<rss version="2.0" {space}><channel><title>Paper</title>{extras}</channel></rss>'
    server.routes["/feed"] = Answer(body.encode())
    head = "".join(
        f'<link rel="{rel}" href="{u("/" + rel)}">'
        for rel in ("stylesheet", "icon", "amphtml", "next", "prefetch", "preload", "alternate")
    )
    head += f'<link rel="canonical" href="{u("/report")}"><base href="{u("/base/")}">'
    head += f'<meta http-equiv="refresh" content="0; url={u("/refresh")}">'
    head += (
        f'<meta property="og:image" content="{u("/og.jpg")}"><script src="{u("/x.js")}"></script>'
    )
    more = (
        f'<img src="{u("/i.jpg")}"><iframe src="{u("/frame")}"></iframe><a href="{u("/2")}">2</a>'
    )
    server.routes["/report"] = page(more, head=head)
    for minutes in (0, 60):
        report = run(tmp_path, [u("/feed")], now=BEGIN + minutes * MINUTE)
        assert report.articles_stored == (minutes == 0)
    assert sorted(paths(server.requests)) == ["/feed", "/feed", "/report", "/robots.txt"]
    recorded("no URL that nobody gave us", server.requests)
