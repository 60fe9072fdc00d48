"""Reports on events, of which some are one text: what belongs together is beyond doubt."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database

__all__ = ["EVENTS", "FOUND", "NOW", "OUTLETS", "SETTINGS", "bring", "ids_of", "made", "run"]

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS: Final = ClusterSettings()
OUTLETS: Final = 4
EVENTS: Final = 3


def _words(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices("abdeginorstu", k=7)) for _ in range(count)]


def _report(event: int, outlet: int) -> Article:
    """What an outlet has on an event: the last outlet a text of its own, the others one text.

    Two have it word for word, the third shortened it. Texts on one event share their words; those
    on different events share nothing.
    """
    known = _words(event, 60)
    chance = random.Random(f"{event} {'own' if outlet == OUTLETS - 1 else 'wire'}")
    text = " ".join(chance.choices(known, k=160)[: 120 if outlet == 2 else 160])
    url = f"https://press.example/{event}/{outlet}"
    title = " ".join(chance.choices(known, k=6)).title()
    at = NOW - timedelta(minutes=7 * event + outlet)
    return Article(url, url, title, f"{text}.", language="de", published_at=at)


def made(event: int, outlet: int) -> tuple[Extracted, str]:
    """A report with what clustering needs, and its outlet."""
    return fingerprint(_report(event, outlet)), f"outlet {outlet}"


FOUND: Final = tuple(made(event, outlet) for event in range(EVENTS) for outlet in range(OUTLETS))
"""Of each event a text at three outlets, and one outlet's own."""


def ids_of(event: int) -> list[int]:
    """The ids of the reports on an event, in a database that was given FOUND."""
    return list(range(event * OUTLETS + 1, (event + 1) * OUTLETS + 1))


def bring(db: Database, found: Iterable[tuple[Extracted, str]]) -> list[int]:
    """Keep articles, and cluster them."""
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    with db.write():
        ids = [articles.insert(db, each, 1, outlet, NOW) for each, outlet in found]
    run(db)
    return ids


def run(db: Database) -> None:
    """Cluster what waits."""
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)
