"""A reader of feeds with a clock of its own, beside a real server that records what it asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.daemon.job import Job
from aggregator.daemon.run import once
from aggregator.model import Feed, FeedSource
from aggregator.settings import NetworkSettings, PollSettings, Settings, WorkerSettings
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.server import Answer, Request, Route, Server

__all__ = [
    "BEGIN",
    "GOOD",
    "SAME",
    "TAGGED",
    "Reader",
    "Script",
    "Wish",
    "held",
    "http_date",
    "rss",
    "told",
]

BEGIN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""When a reader's clock begins: a Wednesday."""

_MOST_RUNS = 50
_POLLING = PollSettings(interval=30, min_interval=10, max_interval=1440)
_NETWORK = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=1000,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)


def rss(*titles: str, elements: str = "", dates: Sequence[datetime] = ()) -> bytes:
    """A feed with an entry for each title, and other `elements` of its channel."""
    written = [f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" for date in dates]
    written += [""] * (len(titles) - len(written))
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title>{date}</item>"
        for title, date in zip(titles, written, strict=True)
    )
    head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
    return f"{head}<title>Paper</title>{elements}{items}</channel></rss>".encode()


TAGGED = {"ETag": '"1"', "Last-Modified": "Wed, 04 Mar 2026 09:00:00 GMT"}
GOOD = Answer(rss("One"), headers=TAGGED)
SAME = Answer(status=304)


class Script:
    """Answers one after the other, the last for ever."""

    def __init__(self, *answers: Answer) -> None:
        """Begin with the first of `answers`."""
        self._answers = list(answers)

    def __call__(self, _request: Request) -> Answer:
        """Give the next answer."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@dataclass
class Reader:
    """Reads feeds of `server` into the file `database`; every run opens it anew, as a restart does.

    `now` is its present and stands still unless it is moved; `times` are the moments, by this
    clock, of all requests that the server recorded.
    """

    server: Server
    database: Path
    polling: PollSettings = _POLLING
    now: datetime = BEGIN
    paths: tuple[str, ...] = ()
    times: list[datetime] = field(default_factory=list)

    def follow(self, path: str, answer: Answer | Route) -> str:
        """Serve `answer` at `path` and read it from now on; returns its address."""
        self.server.routes[path] = answer
        self.paths += (path,)
        return self.server.url(path)

    def run(self) -> int:
        """Run once; returns how many requests that made."""
        once(Job(self._config(), self.database, clock=lambda: self.now))
        made = len(self.server.requests) - len(self.times)
        self.times += [self.now] * made
        return made

    def _config(self) -> Config:
        sources = tuple(FeedSource(self.server.url(path), path, text="feed") for path in self.paths)
        settings = Settings(network=_NETWORK, polling=self.polling, workers=WorkerSettings(count=1))
        return Config(settings, sources, self.database.with_suffix(".yaml"))

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def turn(self) -> datetime:
        """When the next feed is due."""
        with open_database(self.database) as db:
            due = feeds.next_due(db)
        assert due is not None, "no feed is due ever"
        return due

    def next_poll(self) -> datetime:
        """Run whenever a feed is due, until one was asked; returns when that was."""
        for _ in range(_MOST_RUNS):
            self.now = max(self.now, self.turn() if self.times else self.now)
            if self.run():
                return self.now
        message = f"nothing was asked in {_MOST_RUNS} runs"
        raise AssertionError(message)

    def asked(self, path: str) -> list[Request]:
        """What the server was asked for at `path`."""
        return self.server.asked(path)

    def feed(self, path: str) -> Feed:
        """What is kept of a feed."""
        with open_database(self.database) as db:
            found = feeds.all_feeds(db)
        return next(feed for feed in found if feed.source.url == self.server.url(path))

    def minutes(self, path: str) -> list[float]:
        """When `path` was asked, in minutes since the clock began."""
        asked = zip(self.server.requests, self.times, strict=True)
        return [(at - BEGIN).total_seconds() / 60 for req, at in asked if req.path == path]


def conditions(request: Request) -> tuple[str | None, str | None]:
    """What a request made its answer depend on: If-None-Match and If-Modified-Since."""
    return request.headers.get("if-none-match"), request.headers.get("if-modified-since")


def told(times: list[float]) -> str:
    """Minutes as they passed on the reader's clock."""
    return "asked at minute " + ", ".join(f"{minute:.0f}" for minute in times)


def http_date(moment: datetime) -> str:
    """Write a moment as HTTP does."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a publisher says, in a header (made of the present) or in the feed, and means by it."""

    name: str
    minutes: float
    sent: Callable[[datetime], Mapping[str, str]] = lambda _now: {}
    elements: str = ""


def held(reader: Reader, wish: Wish) -> list[float]:
    """Hold that the reader waits out a wish just heard, and asks then; returns when, in minutes."""
    heard = reader.now
    for share in (0.1, 0.5):
        reader.now = heard + timedelta(minutes=wish.minutes * share)
        assert reader.run() == 0
    reader.now = heard + timedelta(minutes=wish.minutes) - timedelta(seconds=1)
    assert reader.run() == 0
    reader.next_poll()
    asked = [0.0, (reader.now - heard).total_seconds() / 60]
    # Our own spread on top is within our own longest interval.
    assert wish.minutes <= asked[1] <= wish.minutes + 1440
    return asked
