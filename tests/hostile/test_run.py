"""One run over everything that is hostile, with 200 good feeds: they lose nothing by it."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from aggregator.storage.database import open_database
from tests.hostile.memory import Peak
from tests.hostile.poisons import FEEDS, PAGES, Maker
from tests.hostile.wires import ROBOTS, WIRES
from tests.support.raw import Behaviour, RawServer, answer
from tests.support.runs import LOOPBACK, command

GOOD: Final = 200
# In seconds: how long one answer may take, and one piece of work with it; how long the good feeds
# take alone on two idle cores.
DEADLINE: Final = 20
WORK: Final = 20
MOST_MEMORY: Final = 1_500_000_000
_SETTINGS: Final = f"""\
    seconds_between_requests: 0
    requests_per_second: 1000
    timeout: 6
    deadline: {DEADLINE}
  workers:
    timeout: {WORK}
feeds:
"""
_WORDS: Final = (
    "council bridge river harvest rail school budget storm museum market harbour".split()
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: seconds, and bytes at its peak over all processes."""

    seconds: float
    peak: int
    log: str


class Internet:
    """Many hosts on loopback, each with an address of its own."""

    def __init__(self, stack: ExitStack) -> None:
        """Hosts are there until `stack` ends."""
        self._stack = stack
        self._hosts = 0
        self.feeds: dict[str, tuple[str, str]] = {}

    def host(self, **routes: Behaviour) -> RawServer:
        """A new host; the names of `routes` are its paths."""
        self._hosts += 1
        address = f"127.9.{self._hosts // 250}.{self._hosts % 250 + 1}"
        server = self._stack.enter_context(RawServer(address))
        for path, behaviour in routes.items():
            server.on(f"/{path}", behaviour)
        return server

    def feed(
        self, name: str, behaviour: Behaviour, *, text: str = "feed", **routes: Behaviour
    ) -> str:
        """A feed at a host of its own, remembered by its name; returns its address."""
        url = self.host(feed=behaviour, **routes).url("/feed")
        self.feeds[name] = (url, text)
        return url

    def yaml(self, path: Path, names: Iterator[str]) -> Path:
        """Write a feeds.yaml with these feeds."""
        listed = (
            f"  - url: {url}\n    outlet: {json.dumps(name)}\n    language: en\n    text: {text}\n"
            for name, (url, text) in ((name, self.feeds[name]) for name in names)
        )
        path.write_text(LOOPBACK + _SETTINGS + "".join(listed), encoding="utf-8")
        return path


def _rss(*items: tuple[str, str, str]) -> bytes:
    """A feed of (title, link, description)."""
    listed = "".join(
        f"<item><title>{escape(title)}</title><guid isPermaLink='false'>{escape(title)}</guid>"
        f"<link>{link}</link><description>{escape(text)}</description></item>"
        for title, link, text in items
    )
    return f"<rss version='2.0'><channel><title>t</title>{listed}</channel></rss>".encode()


def _prose(number: int) -> str:
    """A text that no other number has."""
    words = (_WORDS[(number * 7 + n * n) % len(_WORDS)] + str(number * n % 97) for n in range(90))
    return f"Report {number} of the day: {' '.join(words)}."


def _good(internet: Internet, number: int) -> str:
    """A good feed: of every two, one carries its text, the other leads to a page."""
    name = f"good {number}"
    if number % 2:
        internet.feed(name, answer(_rss((name, "", f"<p>{_prose(number)}</p>"))))
        return name
    page = f"<html><body><article><h1>{name}</h1><p>{_prose(number)}</p></article></body></html>"
    host = internet.host(page=answer(page.encode(), "200 OK", "Content-Type: text/html"))
    feed = answer(_rss((name, host.url("/page"), "")))
    internet.feeds[name] = (host.on("/feed", feed), "page")
    return name


def _made(maker: Maker, kind: str) -> Behaviour:
    """Make a poison when it is asked for: all at once they would fill the memory."""

    def behave(connection: socket.socket) -> None:
        answer(maker(), "200 OK", f"Content-Type: {kind}")(connection)

    return behave


def _poisoned_page(internet: Internet, name: str, **routes: Behaviour) -> None:
    """A feed that leads to a page of the same host, which is hostile, or is behind what is."""
    host = internet.host(**routes)
    feed = answer(_rss((name, host.url("/page"), "")))
    internet.feeds[f"page: {name}"] = (host.on("/feed", feed), "page")


def _hostile(internet: Internet) -> None:
    """All that is hostile, each at a host of its own."""
    for name, wire in WIRES.items():
        internet.feed(f"wire: {name}", wire.behaviour)
        _poisoned_page(internet, name, page=wire.behaviour)
    for name, maker in FEEDS.items():
        internet.feed(f"feed: {name}", _made(maker, "application/xml"))
    for name, maker in PAGES.items():
        _poisoned_page(internet, name, page=_made(maker, "text/html; charset=utf-8"))
    for name, behaviour in ROBOTS.items():
        _poisoned_page(internet, name, page=answer(b"<p>x</p>"), **{"robots.txt": behaviour})


def _run(feeds: Path, db: Path) -> Ended:
    began = time.monotonic()
    with subprocess.Popen(
        command(feeds, db, "--once"), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        try:
            with Peak(run.pid) as peak:
                _, log = run.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            raise
    assert run.returncode == 0, log[-2000:]
    assert "Traceback" not in log
    return Ended(time.monotonic() - began, peak.bytes, log)


def _complete(db: Path) -> set[str]:
    """The good feeds whose every entry has become an article."""
    with open_database(db) as opened:
        rows = opened.rows(
            "SELECT feed.outlet FROM feed JOIN entry ON entry.feed_id = feed.id"
            " WHERE feed.outlet LIKE 'good %' GROUP BY feed.id HAVING min(state = 'done')"
        )
    return {row["outlet"] for row in rows}


def test_a_hostile_internet_costs_good_feeds_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        internet = Internet(stack)
        good = [_good(internet, number) for number in range(GOOD)]
        _hostile(internet)

        alone = _run(internet.yaml(tmp_path / "good.yaml", iter(good)), tmp_path / "good.db")
        everything = internet.yaml(tmp_path / "all.yaml", iter(internet.feeds))
        together = _run(everything, tmp_path / "all.db")

    print(f"\n{len(WIRES)} servers, as feed and as page; {len(FEEDS)} feeds, {len(PAGES)} pages")
    print(f"{GOOD} good feeds alone: {alone.seconds:.1f} s, {alone.peak / 1e6:.0f} MB; with all")
    print(f"that is hostile: {together.seconds:.1f} s, {together.peak / 1e6:.0f} MB")
    # Not asserted: it is a time, and the machine's other work counts in it. Too long is a hang.
    print(f"aim: {alone.seconds:.1f} s and the longest answer of {DEADLINE:g} s")
    outcomes = _outcomes(tmp_path / "all.db")
    for name, outcome in outcomes.items():
        print(f"  {name:55} {outcome[:120]}")
    assert _complete(tmp_path / "good.db") == set(good)
    assert _complete(tmp_path / "all.db") == set(good)
    assert together.peak < MOST_MEMORY
    unlike = {
        name: outcomes[f"wire: {name}"]
        for name, wire in WIRES.items()
        if outcomes[f"wire: {name}"].partition(":")[0] not in wire.reasons
    }
    assert unlike == {}
    assert len(outcomes) == len(internet.feeds) - GOOD
    assert [name for name, outcome in outcomes.items() if not outcome] == []


def _outcomes(db: Path) -> dict[str, str]:
    """What was recorded of each hostile feed and page; "" where nothing was."""
    with open_database(db) as opened:
        rows = opened.rows(
            "SELECT outlet, last_error, count(entry.id) AS entries, min(entry.state) AS state,"
            " max(rejection.reason || ': ' || rejection.detail) AS rejected FROM feed"
            " LEFT JOIN entry ON entry.feed_id = feed.id"
            " LEFT JOIN rejection ON rejection.feed_id = feed.id"
            " WHERE outlet NOT LIKE 'good %' GROUP BY feed.id ORDER BY feed.id"
        )
    return {row["outlet"]: _outcome(dict(row)) for row in rows}


def _outcome(row: dict[str, str | int | None]) -> str:
    if row["last_error"]:
        return str(row["last_error"])
    if row["outlet"] is not None and str(row["outlet"]).startswith("page: "):
        return str(row["rejected"] or ("read" if row["state"] == "done" else ""))
    return f"read: {row['entries']} entries" if row["entries"] else ""
