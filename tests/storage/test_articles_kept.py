"""Articles are read back as they were kept."""

from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Article, FeedSource, Fetched, Fingerprint, Removed
from aggregator.storage import articles, feeds, reextraction
from aggregator.storage.articles import Extracted, as_kept
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://post.example/bridge"
WHOLE = Article(
    f"{URL}?a",
    URL,
    "Bridge closed",
    "One.\nTwo.",
    lead="Why the bridge is closed.",
    authors=("Ann Other", "Bo"),
    agency="dpa",
    language="de",
    published_at=NOW - timedelta(hours=2),
    updated_at=NOW - timedelta(hours=1),
    image="https://post.example/bridge.jpg",
    removed=(Removed("Read more", "teaser", 3), Removed("Share", "social", 0)),
    places=(1, 2),
    paywalled=True,
    spared="12 blocks, 61% of the text: teaser link",
)


def keep(db: Database, article: Article) -> int:
    feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
    with db.write():
        extracted = Extracted(article, Fingerprint("test", b"", ()), {})
        return articles.insert(db, extracted, 1, "Post", NOW)


def test_an_article_is_read_back_whole(db: Database) -> None:
    """What is not read back would seem to change whenever it is extracted anew."""
    plain = [
        each.name
        for each in fields(Article)
        if each.default is not MISSING and getattr(WHOLE, each.name) == each.default
    ]
    assert plain == [], "give each field a value here that is not its default"
    found = articles.load(db, keep(db, WHOLE))
    assert found is not None
    assert found.article == WHOLE
    assert (found.feed_id, found.outlet, found.fetched_at) == (1, "Post", NOW)
    assert articles.load(db, 2) is None


def test_no_number_is_given_again(db: Database) -> None:
    """Other people's tools know it, though its article became part of another."""
    first = keep(db, WHOLE)
    newest = keep(db, replace(WHOLE, canonical_url=f"{URL}/2"))
    assert keep(db, WHOLE) == first
    with db.write():
        db.execute("DELETE FROM article WHERE id = ?", (newest,))
    assert keep(db, replace(WHOLE, canonical_url=f"{URL}/3")) == newest + 1
    with db.write():
        db.execute("DELETE FROM article")
    assert keep(db, WHOLE) == newest + 2


@pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(milliseconds=700)])
def test_as_kept_is_what_is_read_back(db: Database, ahead: timedelta) -> None:
    odd = Article(URL, URL, "", "Text.", published_at=NOW + ahead, updated_at=NOW + ahead)
    found = articles.load(db, keep(db, odd))
    assert found is not None
    assert found.article == as_kept(odd, NOW)


def test_a_kept_page_is_read_back_as_it_came(db: Database) -> None:
    body = "<p>Größe</p>".encode("cp1252")
    page = Fetched(f"{URL}?b", 200, {"content-type": "text/html; charset=cp1252"}, body)
    article_id = keep(db, WHOLE)
    with db.write():
        articles._save_page(db, URL, page, NOW)
        db.execute(
            """INSERT INTO entry (feed_id, key, identity, title, summary, content, authors, tags,
                 content_hash, first_seen_at, next_try_at, state, article_id)
               VALUES (1, 'k', ?, 't', '', '', '[]', '[]', '', ?, '', 'done', ?)""",
            (URL, "2026-03-01T12:00:00Z", article_id),
        )
        db.execute("UPDATE article SET entry_id = 1")
    found = reextraction.load(db, article_id)
    assert found is not None
    assert found.page == page
    assert found.has_text
    assert found.entry is not None
    assert found.entry.entry.key == "k"
