"""Entries wait, become articles, are turned away or tried again; nothing is lost on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import (
    Article,
    Change,
    Entry,
    EntryChange,
    FeedSource,
    FeedState,
    Fetched,
    Fingerprint,
    ParsedFeed,
    Rejected,
)
from aggregator.storage import articles, entries, feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SOURCES = (
    FeedSource("https://a.example/rss", "A", "de", ("x",)),
    FeedSource("https://a.example/sport", "A", text="feed"),
)
LINK = "https://a.example/1"
ENTRY = Entry(
    "1", LINK, "Title", "h1", "Sum", "Content", ("Ann",), ("tag",), "de", "https://i/1", NOW, NOW
)
WHY = Rejected("fetch", "http_503", "Try later.")


@pytest.fixture(autouse=True)
def two_feeds(db: Database) -> None:
    """Two feeds of one outlet."""
    feeds.sync(db, SOURCES, NOW)


def poll(db: Database, *found: Entry, feed: int = 0, change: Change = Change.NEW) -> None:
    parsed = ParsedFeed("News", "rss20", found)
    changes = [EntryChange(each, change) for each in found]
    feeds.save_poll(db, feeds.all_feeds(db)[feed], FeedState(), parsed, changes, NOW)


def waiting(db: Database, now: datetime = NOW) -> list[PendingEntry]:
    (found,) = entries.pending(db, now)
    return found


def save(db: Database, found: Sequence[PendingEntry], page: Fetched | None = None) -> int:
    article = Article(LINK, LINK, "Title", "Text.", published_at=NOW)
    made = Extracted(article, Fingerprint("p", b"", (1,)), {"t": 1.0})
    return articles.save(db, found, made, page, NOW)


def rejected(db: Database) -> list[tuple[str, str]]:
    return [(row["url"], row["reason"]) for row in db.rows("SELECT * FROM rejected")]


def state(db: Database) -> list[tuple[str, int]]:
    return [tuple(row) for row in db.rows("SELECT state, attempts FROM entry ORDER BY id")]


def waiting_count(db: Database) -> int:
    """How many entries wait, now or later."""
    return int(db.value("SELECT count(*) FROM entry WHERE state = 'pending'"))


def test_an_entry_waits_as_it_came(db: Database) -> None:
    poll(db, ENTRY)
    (item,) = waiting(db)
    assert (item.entry, item.source, item.url) == (ENTRY, SOURCES[0], LINK)
    assert (item.attempts, item.revised) == (0, False)
    assert entries.known(db, item.feed_id) == {"1": "h1"}
    assert entries.any_pending(db, NOW)
    assert not entries.any_pending(db, NOW - timedelta(seconds=1))


def test_entries_of_one_article_wait_together_oldest_first(db: Database) -> None:
    other = replace(ENTRY, key="2", link="https://a.example/2")
    poll(db, other, ENTRY)
    poll(db, replace(ENTRY, link=f"{LINK}?utm_source=rss"), feed=1)
    found = [[item.entry.key for item in group] for group in entries.pending(db, NOW)]
    assert found == [["2"], ["1", "1"]]
    assert waiting_count(db) == 3


def test_no_feed_takes_a_run_for_itself(db: Database) -> None:
    """So many of each feed wait for this run, the oldest; the others come after them."""
    many = [replace(ENTRY, key=str(n), link=f"https://a.example/many/{n}") for n in range(5)]
    poll(db, *many)
    poll(db, ENTRY, feed=1)
    found = entries.pending(db, NOW, of_each=2)
    assert [group[0].entry.link for group in found] == [many[0].link, many[1].link, LINK]
    entries.reject(db, found[0], Rejected("extract", "too_short"), NOW)
    assert entries.pending(db, NOW, of_each=1)[0][0].entry.link == many[1].link


def test_an_entry_without_a_link_is_called_after_its_feed(db: Database) -> None:
    poll(db, replace(ENTRY, link=None))
    (item,) = waiting(db)
    assert item.url == item.identity == "https://a.example/rss#1"


def test_twins_are_found_without_a_look_at_all_entries(db: Database) -> None:
    said: list[str] = []
    db._connection.set_trace_callback(said.append)
    poll(db, replace(ENTRY, link=None))
    db._connection.set_trace_callback(None)
    read = next(sql for sql in said if "instr(identity" in sql)
    plan = [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {read}")]
    assert not [step for step in plan if step.startswith("SCAN entry")]
    assert [step for step in plan if step.startswith("SEARCH entry USING INDEX")]


def test_what_is_the_same_does_not_wait_again(db: Database) -> None:
    poll(db, ENTRY)
    save(db, waiting(db))
    poll(db, ENTRY, change=Change.SAME)
    assert entries.pending(db, NOW) == []
    assert state(db) == [("done", 0)]


def test_a_changed_entry_waits_as_a_revision(db: Database) -> None:
    poll(db, ENTRY)
    article_id = save(db, waiting(db))
    poll(db, replace(ENTRY, content_hash="h2", title="New"), change=Change.CHANGED)
    found = waiting(db)
    assert found[0].revised
    assert articles.attach_known(db, found) is None
    assert save(db, found) == article_id
    assert entries.known(db, found[0].feed_id) == {"1": "h2"}


def test_a_retry_counts_and_waits_keeping_the_reason(db: Database) -> None:
    poll(db, ENTRY)
    for attempt in (1, 2):
        entries.retry(db, waiting(db, LATER), WHY, LATER, NOW)
        assert state(db) == [("pending", attempt)]
    assert entries.pending(db, NOW) == []
    assert waiting(db, LATER)[0].attempts == 2
    assert rejected(db) == [(LINK, "http_503")]
    save(db, waiting(db, LATER))
    assert rejected(db) == []


def test_a_change_starts_the_attempts_anew_at_once(db: Database) -> None:
    poll(db, ENTRY)
    entries.retry(db, waiting(db), WHY, LATER, NOW)
    poll(db, replace(ENTRY, content_hash="h2"), change=Change.CHANGED)
    assert waiting(db)[0].attempts == 0


def test_what_is_rejected_rests_until_it_changes(db: Database) -> None:
    poll(db, ENTRY)
    entries.reject(db, waiting(db), Rejected("extract", "too_short"), NOW)
    assert waiting_count(db) == 0
    assert rejected(db) == [(LINK, "too_short")]
    poll(db, replace(ENTRY, content_hash="h2"), change=Change.CHANGED)
    save(db, waiting(db))
    assert rejected(db) == []
    assert state(db) == [("done", 0)]


def test_the_newest_reason_counts(db: Database) -> None:
    poll(db, ENTRY)
    entries.retry(db, waiting(db), WHY, LATER, NOW)
    entries.reject(db, waiting(db, LATER), Rejected("extract", "too_short"), LATER)
    assert rejected(db) == [(LINK, "too_short")]


def test_a_known_article_is_attached_without_asking(db: Database) -> None:
    poll(db, ENTRY)
    assert articles.attach_known(db, waiting(db)) is None
    article_id = save(db, waiting(db))
    poll(db, replace(ENTRY, key="9", link=f"{LINK}#top"), feed=1)
    assert articles.attach_known(db, waiting(db)) == article_id
    assert waiting_count(db) == 0
    assert len(db.rows("SELECT * FROM article_feeds")) == 2


def test_an_article_is_known_by_the_link_of_an_entry_too(db: Database) -> None:
    """The page may say another canonical URL than the feed links to."""
    short = replace(ENTRY, link="https://a.example/short")
    poll(db, short)
    article_id = save(db, waiting(db))
    poll(db, short, feed=1)
    assert articles.attach_known(db, waiting(db)) == article_id


def test_old_pages_are_dropped_and_articles_stay(db: Database) -> None:
    poll(db, ENTRY)
    page = Fetched(LINK, 200, {"content-type": "text/html"}, b"<p>Text.</p>" * 100)
    save(db, waiting(db), page)
    count = "SELECT count(*) FROM page"
    articles.drop_old_pages(db, 30, NOW + timedelta(days=30))
    assert db.value(count) == 1
    articles.drop_old_pages(db, 30, NOW + timedelta(days=30, seconds=1))
    assert (db.value(count), db.value("SELECT count(*) FROM article")) == (0, 1)
