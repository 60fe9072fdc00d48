"""Brings articles, copy groups and stories into a database by the functions that runs use."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.model import (
    Article,
    Change,
    Entry,
    EntryChange,
    FeedSource,
    FeedState,
    Fingerprint,
    ParsedFeed,
    StoryEvidence,
)
from aggregator.pipeline.tracing import trace
from aggregator.storage import articles, clusters, entries, feeds, stories
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database

__all__ = ["HERALD", "POST", "keep", "report", "tell"]

POST = FeedSource("https://post.example/rss", "Post", "de", ("politik",))
HERALD = FeedSource("https://herald.example/rss", "Herald", "en", ("world",))


def report(
    name: str, published_at: datetime, *, language: str = "en", text: str = "Text."
) -> Article:
    """An article with a title and URLs after its name."""
    url = f"https://news.example/{name}"
    return Article(url, url, name.title(), text, language=language, published_at=published_at)


def keep(db: Database, source: FeedSource, article: Article, now: datetime) -> int:
    """Bring an article in as a run does: poll, entry, page; returns its id."""
    feed = next(feed for feed in feeds.all_feeds(db) if feed.source == source)
    entry = Entry(article.url, article.url, article.title, article.url)
    poll = ParsedFeed(f"{source.outlet} news", "rss20", (entry,))
    later = now + timedelta(hours=1)
    state = FeedState(last_polled_at=now, last_success_at=now, next_poll_at=later)
    feeds.save_poll(db, feed, state, poll, [EntryChange(entry, Change.NEW)], now)
    waiting = next(each for each in entries.pending(db, now) if each[0].url == article.url)
    extracted = Extracted(article, Fingerprint("test", b"", ()), {"term": 1.0})
    return articles.save(db, waiting, extracted, None, now)


def tell(db: Database, groups: Sequence[Sequence[int]]) -> int:
    """Put copy groups of articles into one new story; returns its id."""
    with db.write():
        story = stories.new_story(db)
        first = None
        for at, members in enumerate(groups):
            group = clusters.new_group(db)
            clusters.move(db, members, group)
            clusters.recount(db, [group])
            stories.place(db, group, story)
            why = StoryEvidence("terms", first, 0.5, ("rail", "strike")) if at else None
            first = group if why is None else first
            stories.explain(db, {group: why})
        stories.recount(db, [story])
        told = [each for members in groups for each in members]
        trace(db, told)
        clusters.mark_clustered(db, told)
    return story
