"""What each poll adds to the day of its feed, and that days go after a season."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from aggregator.core.feed_days import Day
from aggregator.model import Change, Entry, EntryChange, FeedSource, FeedState, ParsedFeed
from aggregator.storage import feed_acts, feed_days, feeds
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
EARLIER = NOW - timedelta(hours=1)
SOURCE = FeedSource("https://a.example/rss", "a")
PARSED = ParsedFeed("News", "rss20", ())
READ = FeedState(last_polled_at=EARLIER, last_success_at=EARLIER)


def poll(db: Database, state: FeedState, minutes: tuple[int, ...], now: datetime = NOW) -> None:
    changes = [
        EntryChange(_entry(number, now - timedelta(minutes=each)), Change.NEW)
        for number, each in enumerate(minutes)
    ]
    feeds.save_poll(db, feeds.all_feeds(db)[0], state, PARSED, changes, now)


def _entry(number: int, at: datetime) -> Entry:
    link = f"https://a.example/{at:%d}/{number}"
    return Entry(link, link, "t", "h", published_at=at, canonical_link=link)


def days(db: Database, since: date = TODAY) -> list[Day]:
    return feed_days.of(db, [1, 7], since).get(1, [])


def test_polls_are_counted_and_turns_put_off_are_not(db: Database) -> None:
    feeds.sync(db, [SOURCE], NOW)
    poll(db, READ, (400, 500))
    assert days(db) == [Day(TODAY, 1, 0, 2)]
    poll(db, replace(READ, next_poll_at=NOW), ())
    assert days(db) == [Day(TODAY, 1, 0, 2)]
    poll(db, replace(READ, last_polled_at=NOW, last_success_at=NOW), (0, 5, 6))
    assert days(db) == [Day(TODAY, 2, 0, 5, (1, 0, 0, 2))]
    failed = replace(READ, last_polled_at=NOW + timedelta(days=1), last_error="dns: x", failures=1)
    poll(db, failed, (), NOW + timedelta(days=1))
    assert days(db)[1] == Day(TODAY + timedelta(days=1), 1, 1)
    assert days(db, TODAY + timedelta(days=1)) == days(db)[1:]


def test_days_go_after_a_season(db: Database) -> None:
    feeds.sync(db, [SOURCE], NOW)
    poll(db, READ, (1,))
    feed_days.drop_old(db, NOW + feed_days.KEPT)
    assert len(days(db)) == 1
    feed_days.drop_old(db, NOW + feed_days.KEPT + timedelta(days=1))
    assert days(db) == []


def test_acts_are_kept_for_a_year_with_who_did_them(db: Database) -> None:
    with db.write():
        feed_acts.note(db, "paused", SOURCE, "eva", NOW)
        secret = replace(SOURCE, url="https://ann:secret@a.example/rss")
        feed_acts.note(db, "moved", secret, "ann", NOW, "https://b:c@b.example/rss")
    moved, paused = feed_acts.latest(db, 5)
    assert (paused.act, paused.by, paused.at, paused.url) == ("paused", "eva", NOW, SOURCE.url)
    assert (moved.url, moved.target) == (SOURCE.url, "https://b.example/rss")
    feed_acts.drop_old(db, NOW + timedelta(days=365))
    assert len(feed_acts.latest(db, 5)) == 2
    feed_acts.drop_old(db, NOW + timedelta(days=366))
    assert feed_acts.latest(db, 5) == []
