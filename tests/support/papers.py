"""Outlets for runs that fetch pages too: feeds with entries, pages with an article, and the run."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from aggregator.config import Config
from aggregator.daemon.job import Job
from aggregator.daemon.run import once
from aggregator.model import FeedSource
from aggregator.pipeline.report import RunReport
from aggregator.settings import NetworkSettings, PollSettings, Settings, WorkerSettings
from tests.support.server import Answer

__all__ = ["BEGIN", "LOOPBACK", "TEXT", "feed", "page", "run"]

BEGIN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""When it is, unless a run is told otherwise."""

LOOPBACK = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=1000,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)
"""Servers on this machine, which mind no haste."""

TEXT = "The bridge over the river was closed this morning after a ship had touched a pillar. " * 8


def feed(*links: str, content: str = "") -> Answer:
    """A feed with an entry for each link; `content` is what each carries of its text."""
    carried = f"<content:encoded><![CDATA[<p>{content}</p>]]></content:encoded>" if content else ""
    items = "".join(
        f"<item><title>Report {at} of the day</title><link>{escape(link)}</link>{carried}</item>"
        for at, link in enumerate(links)
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    body = f'<rss version="2.0" {space}><channel><title>Paper</title>{items}</channel></rss>'
    return Answer(body.encode(), headers={"Content-Type": "application/rss+xml"})


def page(more: str = "", *, head: str = "") -> Answer:
    """An article's page; `more` stands below the text, `head` in its head."""
    body = (
        f'<html lang="en"><head><title>The bridge is closed</title>{head}</head><body><main>'
        f"<article><h1>The bridge is closed</h1><p>{TEXT}</p><p>{TEXT[::-1]}</p></article></main>"
        f"{more}</body></html>"
    )
    return Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def run(
    folder: Path,
    feeds: Sequence[str],
    *,
    network: NetworkSettings = LOOPBACK,
    now: datetime | Callable[[], datetime] = BEGIN,
) -> RunReport:
    """Run once with the feeds at these addresses, into the database in `folder`."""
    sources = tuple(FeedSource(url, f"Paper {at}") for at, url in enumerate(feeds))
    polling = PollSettings(interval=30, min_interval=10)
    settings = Settings(network=network, polling=polling, workers=WorkerSettings(count=1))
    clock = now if callable(now) else lambda: now
    return once(
        Job(Config(settings, sources, folder / "feeds.yaml"), folder / "news.db", clock=clock)
    )
