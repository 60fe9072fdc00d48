"""`add` and `extract URL` ask hosts as a run does: before it, after it, and beside one at work."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.daemon import Job, once
from aggregator.model import Hop, Validators
from aggregator.storage import feeds, hosts, requests
from aggregator.storage.database import open_database
from aggregator.storage.lock import run_lock
from tests.cli.conftest import Call
from tests.support.papers import feed, page
from tests.support.server import Answer, Request, Server

FILE = """\
settings:
  network:
    seconds_between_requests: {pause}
    connections_per_host: 1
    allow_addresses: [127.0.0.0/8]
    allow_ports: []
feeds: [{feeds}]
"""
DB = Path("news.db")
FORBIDDING = Answer(b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})
BUSY = Answer(b"no", 429, {"Retry-After": "86400"})


def write(*urls: str, pause: float = 0) -> None:
    """Write a feeds.yaml with these feeds."""
    listed = ", ".join(f'{{url: "{url}", outlet: Paper, text: feed}}' for url in urls)
    Path("feeds.yaml").write_text(FILE.format(pause=pause, feeds=listed))


def paths(server: Server) -> list[str]:
    return [request.path for request in server.requests]


def logged() -> list[Hop]:
    with open_database(DB, readonly=True) as db:
        return requests.of_host(db, "127.0.0.1", 100)


def gaps(log: Sequence[Hop]) -> list[float]:
    return [(b.at - a.at).total_seconds() for a, b in pairwise(log)]


@pytest.fixture
def small(call: Call) -> Call:
    """The command, in a folder without a database, where hosts mind no haste."""
    write()
    return call


# --- a page that is extracted ------------------------------------------------------------------


@pytest.mark.parametrize("database", [True, False])
def test_a_page_that_robots_forbids_is_not_asked_for(
    small: Call, server: Server, *, database: bool
) -> None:
    if database:
        open_database(DB).close()
    server.routes.update({"/p": page(), "/robots.txt": FORBIDDING})
    result = small("extract", server.url("/p"))
    assert result.exit_code == 1
    assert "robots.txt: Disallow: /" in result.stderr
    assert paths(server) == ["/robots.txt"]
    assert DB.exists() == database


def test_a_page_is_not_asked_for_while_its_host_wants_quiet(call: Call, server: Server) -> None:
    server.routes.update({"/busy": BUSY, "/p": page()})
    write(server.url("/busy"))
    assert call("poll").exit_code == 1
    result = call("extract", server.url("/p"))
    assert result.exit_code == 1
    assert "wants no request before" in result.stderr
    assert "What to do: wait until" in result.stderr
    assert paths(server) == ["/busy"]


def test_what_a_page_took_is_logged_and_what_its_host_said_is_kept(
    small: Call, server: Server
) -> None:
    open_database(DB).close()
    server.routes.update({"/p": page(), "/q": BUSY})
    assert small("extract", server.url("/p")).exit_code == 0
    assert small("extract", server.url("/q")).exit_code == 1
    assert small("extract", server.url("/p")).exit_code == 1
    assert paths(server) == ["/robots.txt", "/p", "/q"]
    log = logged()
    assert [(hop.kind, hop.url, hop.status) for hop in log] == [
        ("robots", server.url("/robots.txt"), 404),
        ("page", server.url("/p"), 200),
        ("page", server.url("/q"), 429),
    ]
    assert "2 requests" not in small("manners", "127.0.0.1").stdout
    assert "The last 3 requests:" in small("manners", "127.0.0.1").stdout


def test_without_a_database_a_page_still_has_its_pause(call: Call, server: Server) -> None:
    write(pause=1.5)
    server.routes["/p"] = page()
    assert call("extract", server.url("/p")).exit_code == 0
    assert paths(server) == ["/robots.txt", "/p"]
    # What the server sees has passed two busy processes, so it is held less tightly.
    assert server.requests[1].at - server.requests[0].at > 0.75
    assert not DB.exists()


# --- pauses over commands ----------------------------------------------------------------------


def test_pauses_last_from_one_command_to_the_next(call: Call, server: Server) -> None:
    write(pause=3)
    server.routes.update({"/a": feed(), "/b": feed("https://b.example/1"), "/p": page()})
    assert call("add", server.url("/a")).exit_code == 0
    assert call("add", server.url("/b")).exit_code == 0
    assert call("extract", server.url("/p")).exit_code == 0
    assert paths(server) == ["/a", "/b", "/robots.txt", "/p"]
    assert min(gaps(logged())) >= 2.99


# --- beside a run ------------------------------------------------------------------------------


def test_beside_a_run_all_is_logged_and_remembered(small: Call, server: Server) -> None:
    open_database(DB).close()
    server.routes.update({"/a": feed(), "/p": page(), "/busy": BUSY})
    with run_lock(DB, doing="a test", now=datetime.now(UTC)):
        for words in (("add", "/a"), ("extract", "/p"), ("add", "/busy"), ("extract", "/p")):
            result = small(words[0], server.url(words[1]))
            assert "note:" not in result.stderr
    assert paths(server) == ["/a", "/robots.txt", "/p", "/busy"]
    assert [hop.url for hop in logged()] == [server.url(path) for path in paths(server)]
    with open_database(DB, readonly=True) as db:
        (state,) = hosts.load(db)
        (kept,) = feeds.all_feeds(db)
    assert (state.host, state.refusals) == ("127.0.0.1", 1)
    assert kept.source.url == server.url("/a")


def test_no_database_is_made_or_migrated_beneath_a_run(small: Call, server: Server) -> None:
    server.routes["/a"] = feed()
    with run_lock(DB, doing="a test", now=datetime.now(UTC)):
        result = small("add", server.url("/a"))
    assert result.exit_code == 75
    assert not DB.exists()
    assert paths(server) == []


def while_asked(answer: Answer, *words: str) -> Callable[[Request], Answer]:
    """Give `answer` once the command with these words has ended, in a process of its own."""

    def route(_request: Request) -> Answer:
        subprocess.run(
            [sys.executable, "-m", "aggregator.cli", *words],
            capture_output=True,
            check=False,
            timeout=120,
        )
        return answer

    return route


def test_a_run_at_work_hears_that_a_command_was_turned_away(call: Call, server: Server) -> None:
    write(server.url("/first"), server.url("/second"))
    server.routes["/first"] = while_asked(feed(), "add", server.url("/busy"))
    server.routes.update({"/second": feed(), "/busy": BUSY})
    assert call("poll").exit_code == 0
    assert paths(server) == ["/first", "/busy"]
    assert {hop.url for hop in logged()} == {server.url("/first"), server.url("/busy")}


def test_a_run_at_work_leaves_a_pause_behind_what_a_command_asked(
    call: Call, server: Server
) -> None:
    write(server.url("/first"), server.url("/second"), pause=4)
    server.routes["/first"] = while_asked(feed(), "add", server.url("/new"))
    server.routes.update({"/second": feed(), "/new": feed("https://new.example/1")})
    assert call("poll").exit_code == 0
    assert paths(server) == ["/first", "/new", "/second"]
    log = {hop.url: hop.at for hop in logged()}
    behind = log[server.url("/second")] - log[server.url("/new")]
    assert behind.total_seconds() >= 3.99


# --- what a feed said when it was added --------------------------------------------------------

TAGGED = {"ETag": '"1"', "Last-Modified": "Wed, 04 Mar 2026 09:00:00 GMT"}


def test_a_feed_just_added_is_not_asked_again_before_its_turn(small: Call, server: Server) -> None:
    report = server.url("/report")
    server.routes.update(
        {
            "/rss": replace(feed(report), headers={**TAGGED, "Cache-Control": "max-age=7200"}),
            "/report": page(),
        }
    )
    before = datetime.now(UTC)
    assert small("add", server.url("/rss")).exit_code == 0
    result = small("poll", "--json")
    assert result.exit_code == 0, result.stderr
    assert paths(server) == ["/rss", "/robots.txt", "/report"]
    with open_database(DB, readonly=True) as db:
        (kept,) = feeds.all_feeds(db)
        assert [row["state"] for row in db.rows("SELECT state FROM entry")] == ["done"]
    assert kept.title == "Paper"
    assert kept.state.next_poll_at is not None
    assert kept.state.next_poll_at - before >= timedelta(hours=2)
    assert kept.state.last_success_at is not None
    (shown,) = json.loads(small("feeds", "--json").stdout)
    assert (shown["url"], shown["health"]) == (server.url("/rss"), "waiting")


def test_the_next_request_for_a_feed_that_was_added_is_conditional(
    small: Call, server: Server
) -> None:
    server.routes["/rss"] = replace(feed("https://paper.example/1"), headers=TAGGED)
    assert small("add", server.url("/rss"), "--text", "feed").exit_code == 0
    server.routes["/rss"] = Answer(status=304)
    config = load(Path("feeds.yaml"))
    job = Job(config, DB, clock=lambda: datetime.now(UTC) + timedelta(days=2))
    once(job)
    first, second = server.requests
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == TAGGED["ETag"]
    assert second.headers["if-modified-since"] == TAGGED["Last-Modified"]


def test_a_feed_added_where_it_moved_to_has_not_moved_from_there(
    small: Call, server: Server
) -> None:
    server.routes["/old"] = Answer(status=301, headers={"Location": "/rss"})
    server.routes["/rss"] = replace(feed(), headers=TAGGED)
    assert small("add", server.url("/old")).exit_code == 0
    with open_database(DB, readonly=True) as db:
        (kept,) = feeds.all_feeds(db)
    assert kept.source.url == server.url("/rss")
    assert (kept.state.moved_to, kept.state.moved_times) == (None, 0)
    assert kept.state.validators == Validators(TAGGED["ETag"], TAGGED["Last-Modified"])


def test_of_feeds_that_were_found_only_those_picked_are_kept(small: Call, server: Server) -> None:
    """The others leave their lines in the log; those on file from before stay as they are."""
    write(server.url("/known"))
    server.routes["/known"] = feed("https://k.example/1")
    assert small("poll").exit_code == 0
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}.rss">' for name in "ab"
    )
    server.routes["/"] = Answer(
        f"<html><head>{links}</head></html>".encode(), headers={"Content-Type": "text/html"}
    )
    server.routes.update({f"/{n}.rss": feed(f"https://{n}.example/1") for n in "ab"})
    assert small("add", server.url("/")).exit_code == 1
    with open_database(DB, readonly=True) as db:
        assert len(feeds.all_feeds(db)) == 1
    assert small("add", server.url("/"), "--pick", "2").exit_code == 0
    with open_database(DB, readonly=True) as db:
        kept = [each.source.url for each in feeds.all_feeds(db)]
        entries = [row["link"] for row in db.rows("SELECT link FROM entry ORDER BY id")]
    assert kept == [server.url("/known"), server.url("/b.rss")]
    assert entries == ["https://k.example/1", "https://b.example/1"]
    found = ["/", "/a.rss", "/b.rss"]
    assert [hop.url for hop in logged()] == [
        server.url(path) for path in ("/known", *found, *found)
    ]
