"""What the operator is shown of polling, held against what real servers recorded of it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from aggregator.config import load
from aggregator.daemon import Job, once
from tests.cli.conftest import Call
from tests.support.papers import feed, page
from tests.support.runs import write_feeds
from tests.support.server import Answer, Request, Server

DB = Path("news.db")
TAGGED = {"ETag": '"a|1"', "Last-Modified": "Wed, 04 Mar 2026 09:00:00 GMT"}
EXPIRING = {"Cache-Control": "max-age=60"}
# A request as `manners HOST` shows it.
ASKED: Final = re.compile(
    r"  \S+ \S+  (feed|page|robots)  http://[^/]+(/\S*)(?:  [\d.]+ s after the last)?"
)
SENT: Final = re.compile(r"    sent ([A-Za-z-]+): (.+)")
ANSWERED: Final = re.compile(
    r"    (\d+), (?:to (\S+), )?(?:not before [^,]+, )?([\d,]+) bytes? in [\d.]+ s, from [\d.]+"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: what was asked under which conditions, and what came back."""

    kind: str
    path: str
    conditions: tuple[str | None, str | None]
    status: int
    location: str | None
    size: int


class Recorder:
    """Takes down all that a server is asked and answers, by its own account."""

    def __init__(
        self, server: Server, answers: Mapping[str, Answer], kinds: Mapping[str, str]
    ) -> None:
        """Serve `answers`; `kinds` says which path is what ("page" unless it is told)."""
        self.seen: list[Seen] = []
        self.host, self._answers, self._kinds = server.host, answers, kinds
        server.routes.update(dict.fromkeys(answers, self._answer))

    def _answer(self, request: Request) -> Answer:
        answer = self._answers[request.path]
        given = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        if "ETag" in answer.headers and given[0] == answer.headers["ETag"]:
            answer = Answer(status=304, headers=TAGGED)
        kind = self._kinds.get(request.path, "page")
        location = answer.headers.get("Location")
        size = len(answer.body)
        self.seen.append(Seen(kind, request.path, given, answer.status, location, size))
        return answer


def conditions(sent: Mapping[str, str]) -> tuple[str | None, str | None]:
    assert set(sent) <= {"If-None-Match", "If-Modified-Since"}
    return sent.get("If-None-Match"), sent.get("If-Modified-Since")


def from_json(call: Call, host: str) -> list[Seen]:
    log = json.loads(call("manners", host, "--json").stdout)["log"]
    assert {hop["host"] for hop in log} == {host}
    return [
        Seen(
            hop["kind"],
            "/" + hop["url"].split("/", 3)[3],
            conditions(hop["sent"]),
            hop["status"],
            hop["location"],
            hop["size"],
        )
        for hop in log
    ]


def matched(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    found = pattern.fullmatch(line)
    assert found is not None, line
    return found


def from_text(call: Call, host: str) -> Iterator[Seen]:
    lines = call("manners", host).stdout.partition("The last ")[2].splitlines()[1:]
    while lines:
        asked = matched(ASKED, lines.pop(0))
        sent = {}
        while found := SENT.fullmatch(lines[0]):
            sent[found[1]] = found[2]
            del lines[0]
        answered = matched(ANSWERED, lines.pop(0))
        status, size = int(answered[1]), int(answered[3].replace(",", ""))
        yield Seen(asked[1], asked[2], conditions(sent), status, answered[2], size)


def poll_twice(urls: list[str]) -> None:
    """Poll now and half a day later: by the second run's clock it is the present."""
    file = write_feeds(Path("feeds.yaml"), [(url, f"Paper {at}") for at, url in enumerate(urls)])
    file.write_text(file.read_text().replace("network:", "network:\n    connections_per_host: 1"))
    for ago in (timedelta(hours=12), timedelta(0)):
        once(Job(load(file), DB, clock=clock_of(ago)))


def clock_of(ago: timedelta) -> Callable[[], datetime]:
    """A clock that is late by `ago`, and goes on."""
    return lambda: datetime.now(UTC) - ago


@pytest.fixture
def proof(server: Server) -> Iterator[list[Recorder]]:
    """Two hosts polled twice: feeds, pages, robots.txt, redirects, a 304, a 404, a 429."""
    with Server("127.0.1.1") as neighbour:
        links = [server.url("/report"), server.url("/old?a=1"), server.url("/lost")]
        first = {
            "/feed": replace(feed(*links), headers=TAGGED | EXPIRING),
            "/moved": Answer(b"", 301, {"Location": "/feed-2"}),
            "/feed-2": replace(feed(neighbour.url("/1")), headers=EXPIRING),
            "/robots.txt": Answer(b"User-agent: *\nDisallow: /x\n"),
            "/report": page(),
            "/old?a=1": Answer(status=302, headers={"Location": "/there"}),
            "/there": page("<p>more</p>"),
            "/lost": Answer(status=404),
        }
        second = {"/busy": Answer(b"", 429, {"Retry-After": "86400"}), "/calm": feed()}
        kinds = {"/robots.txt": "robots"} | dict.fromkeys(("/feed", "/moved", "/feed-2"), "feed")
        recorders = [
            Recorder(server, first, kinds),
            Recorder(neighbour, second, dict.fromkeys(second, "feed")),
        ]
        poll_twice([*map(server.url, ("/feed", "/moved")), *map(neighbour.url, ("/busy", "/calm"))])
        yield recorders


def test_manners_shows_what_servers_recorded(call: Call, proof: list[Recorder]) -> None:
    """Host by host and request by request, in their order, as text and as JSON."""
    for recorder in proof:
        assert from_json(call, recorder.host) == recorder.seen
        assert list(from_text(call, recorder.host)) == recorder.seen
    one, other = proof
    assert [seen.path for seen in other.seen] == ["/busy"], "a day of quiet is not over"
    statuses = Counter(seen.status for seen in one.seen)
    assert set(statuses) == {200, 301, 302, 304, 404}
    assert {seen.kind for seen in one.seen} == {"feed", "page", "robots"}
    assert [seen.conditions for seen in one.seen if seen.path == "/feed"] == [
        (None, None),
        (TAGGED["ETag"], TAGGED["Last-Modified"]),
    ]


def test_the_line_of_each_host_sums_up_what_it_recorded(call: Call, proof: list[Recorder]) -> None:
    """The table and its JSON: requests, and how they were answered."""
    rows = {row.split()[0]: row.split() for row in call("manners").stdout.splitlines() if row}
    objects = {each["host"]: each for each in json.loads(call("manners", "--json").stdout)}
    assert set(objects) == {recorder.host for recorder in proof}
    for recorder in proof:
        statuses = Counter(seen.status for seen in recorder.seen)
        total, ok, same = statuses.total(), statuses[200], statuses[304]
        counts = [total, ok, same, total - ok - same]
        assert rows[recorder.host][1:5] == [str(count) for count in counts]
        found = objects[recorder.host]
        keys = ("requests", "ok", "not_modified", "other")
        assert [found[key] for key in keys] == counts
    busy = objects[proof[1].host]
    assert (busy["refusals"], busy["reason"]) == (1, "http_429 with Retry-After")
    quiet = datetime.fromisoformat(busy["quiet_until"])
    assert quiet >= datetime.fromisoformat(busy["last_at"]) + timedelta(days=1), "its Retry-After"
    assert busy["next_request_at"] == busy["quiet_until"]
    assert f"{quiet.astimezone():%Y-%m-%d %H:%M}" in " ".join(rows[proof[1].host])


# --- feeds that have gone, and moved -----------------------------------------------------------


def test_feeds_shows_what_has_gone_and_what_has_moved(call: Call, server: Server) -> None:
    """410 ends a feed, five 301 in a row move it: the operator is told both, and what to do."""
    server.routes["/gone"] = Answer(b"no more", 410)
    server.routes["/moved"] = Answer(status=301, headers={"Location": "/new"})
    server.routes["/new"] = feed("https://paper.example/1")
    urls = [server.url("/gone"), server.url("/moved")]
    feeds = write_feeds(Path("feeds.yaml"), [(urls[0], "Gone"), (urls[1], "Moved")], text="feed")
    for days in range(12, 0, -2):
        once(Job(load(feeds), DB, clock=clock_of(timedelta(days=days))))
    asked = Counter(request.path for request in server.requests)
    assert asked == {"/gone": 1, "/moved": 5, "/new": 6}
    shown = call("feeds").stdout
    rows = {row.split()[0]: row.split() for row in shown.splitlines()[1:3]}
    assert (rows["Gone"][1], rows["Moved"][1]) == ("gone", "moved")
    assert rows["Gone"][4:] == ["-", urls[0]], "it has no next turn"
    assert "the publisher says that it is gone for good (410); it is not asked any more" in shown
    assert f"has moved for good to {server.url('/new')}" in shown
    assert f"what to do: change its url in feeds.yaml to {server.url('/new')}" in shown
    gone, moved = json.loads(call("feeds", "--json").stdout)
    assert (gone["health"], gone["status"], moved["health"]) == ("gone", "gone", "moved")
    assert "http_410" in gone["last_error"]
    assert gone["action"]
    assert (moved["url"], moved["status"]) == (urls[1], "active")
    assert server.url("/new") in moved["diagnosis"]
    assert moved["detail"] == "is asked there now"
