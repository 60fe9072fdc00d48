"""An outlet whose feeds and pages a real server gives, and a reader of it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import Config
from aggregator.daemon.job import Job
from aggregator.daemon.run import once
from aggregator.model import FeedSource, TextSource
from aggregator.settings import NetworkSettings, Settings, WorkerSettings
from aggregator.storage.database import open_database
from tests.support.server import Answer, Server

__all__ = ["NORTH", "TEXT", "Outlet", "item", "page", "rss"]

_NETWORK = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=1000,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)
TEXT = (
    "Der Rat der Stadt hat am Montagabend nach langer Debatte den Haushalt für das kommende Jahr "
    "beschlossen. Dafür stimmten alle Fraktionen bis auf eine, die mehr Geld für Schulen verlangt "
    "hatte. Der Kämmerer warnte vor steigenden Zinsen und sprach von einem Kraftakt."
)
NORTH = (
    "Am Sonntag gewann der Verein aus dem Norden gegen den Tabellenführer mit drei zu null. Der "
    "Trainer lobte seine Mannschaft, die Fans feierten noch lange vor dem Stadion am Fluss."
)


def item(title: str, link: str = "", guid: str = "", text: str = TEXT) -> str:
    ids = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    link = f"<link>{link}</link>" if link else ""
    return f"<item><title>{title}</title>{link}{ids}<description>{text}</description></item>"


def rss(*items: str) -> Answer:
    body = f"<rss version='2.0'><channel><title>Bote</title>{''.join(items)}</channel></rss>"
    return Answer(body.encode("utf-8", "surrogatepass"), headers={"Content-Type": "text/xml"})


def page(title: str, canonical: str = "", text: str = TEXT) -> Answer:
    link = f"<link rel='canonical' href='{canonical}'>" if canonical else ""
    body = (
        f"<!doctype html><html lang='de'><head><title>{title}</title>{link}</head><body>"
        f"<article><h1>{title}</h1><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    )
    kind = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(body.encode("utf-8", "surrogatepass"), headers=kind)


@dataclass
class Outlet:
    """An outlet's feeds on `server`, read into a file once a day; `others` are not its own."""

    server: Server
    database: Path
    text: TextSource = "page"
    now: datetime = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    others: dict[str, str] = field(default_factory=dict)

    def read(self, **answers: Answer) -> None:
        """Let feeds answer so from now on, and run until each of them was polled."""
        for name, answer in answers.items():
            self.server.routes[f"/{name}.xml"] = answer
        for _ in range(2):
            self.now += timedelta(days=2)
            once(Job(self._config(), self.database, clock=lambda: self.now))

    def _config(self) -> Config:
        paths = sorted(path for path in self.server.routes if path.endswith(".xml"))
        sources = tuple(
            FeedSource(self.server.url(path), self.others.get(path, "Bote"), "de", text=self.text)
            for path in paths
        )
        settings = Settings(network=_NETWORK, workers=WorkerSettings(count=1))
        return Config(settings, sources, self.database.with_suffix(".yaml"))

    def articles(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each article's title and the feeds it is listed under."""
        sql = """SELECT articles.title, json_group_array(feeds.url) AS urls FROM articles
                 JOIN article_feeds ON article_id = articles.id
                 JOIN feeds ON feeds.id = article_feeds.feed_id
                 GROUP BY articles.id ORDER BY articles.title"""
        with open_database(self.database) as db:
            rows = list(db.rows(sql))
        prefix, suffix = self.server.url("/"), ".xml"
        return [
            (row["title"], tuple(u.removeprefix(prefix).removesuffix(suffix) for u in sorted(urls)))
            for row in rows
            for urls in [json.loads(row["urls"])]
        ]

    def value(self, sql: str) -> object:
        with open_database(self.database) as db:
            return db.value(sql)

    def asked(self, path: str) -> int:
        """How many pages were asked for at a path, whatever its query."""
        return sum(each.path.partition("?")[0] == path for each in self.server.requests)
