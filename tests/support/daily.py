"""A paper with numbered reports, read hour by hour by the pipeline within this process."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from aggregator.executors.in_process import InProcess
from aggregator.model import FeedSource, PhraseRule, TextSource
from aggregator.net.client import Client
from aggregator.pipeline.cycle import Cycle
from aggregator.pipeline.hosts import HostBook
from aggregator.pipeline.report import RunReport
from aggregator.pipeline.robots import Gate
from aggregator.pipeline.stalls import Stalls
from aggregator.settings import PollSettings, Settings
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database
from tests.support.papers import BEGIN, LOOPBACK
from tests.support.server import Answer, Server

__all__ = ["Carried", "Paper", "prompt", "text", "whole"]

WORDS = (
    "the council of the town has met on Monday night and after a long debate about money for "
    "schools roads and the old harbour it has found that there is less of it than last year"
).split()
Carried = Callable[[int, str], str]
WEB = {"Content-Type": "text/html; charset=utf-8"}


def text(number: int, sentences: int = 8) -> list[str]:
    """Paragraphs that no other report has."""
    chance = Random(number)
    return [
        f"Report {number} says in part {part} that {' '.join(chance.choices(WORDS, k=25))} again."
        for part in range(sentences)
    ]


def whole(number: int, link: str) -> str:
    """An entry with all that its page has."""
    del link
    return "".join(f"<p>{each}</p>" for each in text(number))


def prompt(number: int) -> str:
    """A line that is no part of a report, and of which no other has the words."""
    return f"<p>Read more about {' '.join(Random(-number - 1).choices(WORDS, k=9))}.</p>"


@dataclass
class Paper:
    """A paper whose entries and pages are numbered, and one who reads it hour by hour.

    `report` gives the paragraphs of a page, `below` what stands under them; `rules` are those of
    the reader.
    """

    server: Server
    folder: Path
    wish: TextSource = "auto"
    now: datetime = BEGIN
    items: list[dict[str, str]] = field(default_factory=list)
    page_status: int = 200
    rules: Sequence[PhraseRule] = ()
    below: Callable[[int], str] = lambda _number: ""
    report: Callable[[int], Sequence[str]] = text

    def publish(self, numbers: Iterable[int], carried: Carried) -> None:
        """Add entries one at a time, each read at once; their pages are whole."""
        for number in numbers:
            self.add(number, carried)
            self.read()

    def add(self, number: int, carried: Carried) -> None:
        """Put an entry into the feed that will be read next, and its page online."""
        path = f"/report/{number}"
        link = self.server.url(path)
        body = "".join(f"<p>{each}</p>" for each in self.report(number))
        page = f"<html lang=en><title>Report {number}</title><article><h1>Report {number}</h1>"
        self.server.routes[path] = Answer(
            f"{page}{body}{self.below(number)}".encode(), self.page_status, WEB
        )
        entry = {"id": str(number), "url": link, "title": f"Report {number}"}
        self.items.insert(0, {**entry, "content_html": carried(number, link)})

    def read(self) -> None:
        """Poll and fetch."""
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Paper"}
        body = json.dumps({**feed, "items": self.items[:30]}).encode()
        kind = {"Content-Type": "application/feed+json"}
        self.server.routes["/feed"] = Answer(body, headers=kind)
        self.now += timedelta(hours=1)
        source = FeedSource(self.server.url("/feed"), "Paper", text=self.wish)
        with open_database(self.folder / "news.db") as db:
            feeds.sync(db, [source], self.now)
            asyncio.run(self._cycle(db))

    async def _cycle(self, db: Database) -> None:
        def clock() -> datetime:
            return self.now

        book = HostBook((), clock)
        polling = PollSettings(interval=0, min_interval=0)
        async with Client(LOOPBACK, clock) as client:
            await Cycle(
                db=db,
                client=client,
                book=book,
                gate=Gate(db, client, book, clock, pause=0),
                executor=InProcess(),
                settings=Settings(network=LOOPBACK, polling=polling),
                rules=self.rules,
                stalls=Stalls(db),
                clock=clock,
                jitter=lambda: 0.0,
            ).run(RunReport())

    def asked(self) -> list[int]:
        """The numbers of the reports whose pages were asked for, in order."""
        paths = (request.path for request in self.server.requests)
        return [int(path.rpartition("/")[2]) for path in paths if path.startswith("/report/")]

    def rows(self, sql: str) -> list[Sequence[object]]:
        with open_database(self.folder / "news.db") as db:
            return [tuple(row) for row in db.rows(sql)]

    def texts(self) -> dict[str, int]:
        """How many lines each article has."""
        rows = self.rows("SELECT title, text FROM articles")
        return {str(title): len(str(text).splitlines()) for title, text in rows}
