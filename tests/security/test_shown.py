"""What feeds carry cannot execute when it is shown: in the database, and in a real browser."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from aggregator.core import changes
from aggregator.core.feeds import parse
from aggregator.model import FeedSource, FeedState, Fetched, ParsedFeed, SiteRule
from aggregator.pipeline.work import TextJob, extract_text
from aggregator.settings import ExtractSettings
from aggregator.storage import articles, entries, feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from tests.security.desk import Shown, look_at, page, raw_page
from tests.security.vectors import FEEDS, article_page, load
from tests.support.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Item = TypeVar("Item")
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
_IN_A_FEED: Final = 500
_ON_A_PAGE: Final = 2000
_RAW_ON_A_PAGE: Final = 100
_SCRIPT: Final = re.compile(r"ran: (raw\d+) (?:script-src|alert|confirm|prompt)")


@pytest.fixture(scope="module")
def vectors(corpora: Path) -> list[str]:
    """All hostile inputs."""
    return load(corpora)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in parts of `size`."""
    return (items[at : at + size] for at in range(0, len(items), size))


def keep(db: Database, kind: str, vectors: Sequence[str]) -> None:
    """Bring feeds in as a run does."""
    parts = list(batches(vectors, _IN_A_FEED))
    sources = [FeedSource(f"https://{kind}.example/{n}", kind) for n in range(len(parts))]
    feeds.sync(db, sources, NOW)
    for feed, part in zip(feeds.all_feeds(db), parts, strict=True):
        parsed = parse(FEEDS[kind](part), {}, feed.source.url)
        assert isinstance(parsed, ParsedFeed)
        assert len(parsed.entries) == len(part)
        decided = changes.decide(parsed, {}, NOW)
        feeds.save_poll(db, feed, FeedState(), parsed, decided, NOW)


def kept(db: Database) -> list[Shown]:
    """What the desk reads back."""
    waiting = [item for together in entries.pending(db, NOW) for item in together]
    return [
        Shown(
            key=f"{item.feed_id}-{item.entry.key}",
            title=item.entry.title,
            link=item.entry.link,
            image=item.entry.image,
            names=(*item.entry.authors, *item.entry.tags),
            markup=(item.entry.summary, item.entry.content),
        )
        for item in waiting
    ]


@pytest.mark.parametrize("kind", FEEDS)
def test_nothing_kept_executes_when_shown(
    browser: "Browser", server: Server, db: Database, vectors: list[str], kind: str
) -> None:
    keep(db, kind, vectors)
    shown = kept(db)
    assert len(shown) == len(vectors)
    for at in range(0, len(shown), _ON_A_PAGE):
        part = shown[at : at + _ON_A_PAGE]
        seen = look_at(browser, server, page(part))
        assert seen.trouble == []
        assert seen.shown == len(part)
        assert seen.shapes == ["H2 UL P P DIV DIV"]


def test_no_article_kept_executes_when_shown(
    browser: "Browser", server: Server, db: Database, vectors: list[str]
) -> None:
    sample = vectors[::60]
    keep(db, "json", sample)
    waiting = [item for together in entries.pending(db, NOW) for item in together]
    for n, item in enumerate(waiting):
        url = f"https://pages.example/{n}"
        body = article_page(sample[int(item.entry.key)])
        fetched = Fetched(url, 200, {"content-type": "text/html; charset=utf-8"}, body)
        done = extract_text(
            TextJob(item.entry, url, fetched, SiteRule(language="en"), (), ExtractSettings())
        )
        if isinstance(done, Extracted):
            articles.save(db, [item], done, fetched, NOW)
    shown = [
        Shown(
            key=str(row["id"]),
            title=row["title"],
            link=row["canonical_url"],
            image=row["image"],
            names=(*json.loads(row["authors"]), row["agency"] or "", row["lead"], row["url"]),
            markup=tuple(f"<p>{escape(line)}</p>" for line in row["text"].splitlines()),
        )
        for row in db.rows("SELECT * FROM articles")
    ]
    assert len(shown) > len(sample) / 2
    seen = look_at(browser, server, page(shown))
    assert seen.trouble == []
    assert seen.shown == len(shown)


def test_the_same_page_with_raw_input_executes_much(
    browser: "Browser", server: Server, vectors: list[str]
) -> None:
    sample = [each for each in vectors if "alert(" in each][::20]
    raw = [
        Shown(f"raw{at}", each, each, each, (each,), (each, each)) for at, each in enumerate(sample)
    ]
    ran: list[str] = []
    for part in batches(raw, _RAW_ON_A_PAGE):
        ran += look_at(browser, server, raw_page(part)).ran
    executed = {found[1] for each in ran if (found := _SCRIPT.match(each))}
    print(f"{len(executed)} of {len(raw)} raw inputs executed script")
    assert len(executed) > len(raw) / 2
