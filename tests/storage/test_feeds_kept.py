"""Whose turn it is, what a poll leaves behind, and what the file of feeds does to those kept."""

import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.polling.wishes import END
from aggregator.model import (
    Change,
    Entry,
    EntryChange,
    Feed,
    FeedSource,
    FeedState,
    FeedStatus,
    ParsedFeed,
    Rejected,
    Schedule,
    Validators,
)
from aggregator.storage import entries, feeds, subscriptions
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCES = tuple(FeedSource(f"https://{name}.example/rss", name) for name in ("a", "b", "c"))
PARSED = ParsedFeed("News", "rss20", ())


def outlets(found: list[Feed]) -> list[str]:
    return [feed.source.outlet for feed in found]


def by_outlet(db: Database, outlet: str) -> Feed:
    return next(feed for feed in feeds.all_feeds(db) if feed.source.outlet == outlet)


def polled(db: Database, outlet: str, state: FeedState, title: str = "News") -> None:
    feeds.save_poll(db, by_outlet(db, outlet), state, replace(PARSED, title=title), [], NOW)


def at(minutes: float) -> FeedState:
    return FeedState(next_poll_at=NOW + timedelta(minutes=minutes))


def test_those_never_asked_come_first_then_those_waiting_longest(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    assert outlets(feeds.due(db, NOW)) == ["a", "b", "c"]
    polled(db, "a", at(-5))
    polled(db, "b", at(-30))
    assert outlets(feeds.due(db, NOW)) == ["c", "b", "a"]
    polled(db, "c", at(1))
    assert outlets(feeds.due(db, NOW)) == ["b", "a"]
    assert feeds.next_due(db) == NOW - timedelta(minutes=30)


def test_hosts_take_turns(db: Database) -> None:
    addresses = (
        "a.example/1",
        "a.example/2",
        "a.example/3",
        "b.example/1",
        "b.example/2",
        "c.example",
    )
    feeds.sync(db, [FeedSource(f"https://{each}", each) for each in addresses], NOW)
    expected = [
        "a.example/1",
        "b.example/1",
        "c.example",
        "a.example/2",
        "b.example/2",
        "a.example/3",
    ]
    assert outlets(feeds.due(db, NOW)) == expected
    # A feed that moved counts where it is asked.
    polled(db, "b.example/1", replace(at(-9), address="https://c.example/feed"))
    assert outlets(feeds.due(db, NOW))[:3] == ["a.example/1", "b.example/2", "c.example"]


def test_a_turn_never_comes_a_fraction_too_early(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    turn = NOW + timedelta(microseconds=1)
    polled(db, "a", FeedState(next_poll_at=turn))
    assert feeds.due(db, NOW) == []
    assert outlets(feeds.due(db, NOW + timedelta(seconds=1))) == ["a"]


def test_a_clock_that_was_years_ahead_silences_no_feed(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    ahead = NOW + timedelta(days=4000)
    polled(db, "a", FeedState(last_polled_at=ahead, next_poll_at=ahead + timedelta(hours=1)))
    assert outlets(feeds.due(db, NOW)) == ["a"]
    soon = NOW + timedelta(hours=1)
    polled(db, "a", FeedState(last_polled_at=soon, next_poll_at=soon + timedelta(hours=1)))
    assert feeds.due(db, NOW) == []


def test_a_feed_that_is_gone_is_kept_but_not_asked(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    polled(db, "a", FeedState(status=FeedStatus.GONE))
    assert outlets(feeds.due(db, NOW)) == ["b", "c"]
    assert outlets(feeds.all_feeds(db)) == ["a", "b", "c"]


def test_a_feed_taken_off_the_file_is_kept_and_comes_back(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    state = FeedState(validators=Validators('"x"', None), next_poll_at=NOW, interval=45.0)
    polled(db, "b", state)
    before = by_outlet(db, "b")
    feeds.sync(db, (SOURCES[0], SOURCES[2]), NOW)
    assert outlets(feeds.due(db, NOW)) == outlets(feeds.all_feeds(db)) == ["a", "c"]
    assert db.value("SELECT count(*) FROM feed") == 3
    feeds.sync(db, SOURCES, NOW)
    assert by_outlet(db, "b") == before


def test_what_the_file_says_anew_is_taken_over(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    revised = replace(SOURCES[0], outlet="z", language="de", tags=("ä", "b"), text="feed")
    feeds.sync(db, (revised, *SOURCES[1:]), NOW)
    assert by_outlet(db, "z").source == revised
    assert db.value("SELECT count(*) FROM feed") == 3


def test_a_file_without_news_writes_nothing(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    before = db.value("SELECT total_changes()")
    feeds.sync(db, tuple(reversed(SOURCES)), NOW)
    assert db.value("SELECT total_changes()") == before


def test_a_state_comes_back_as_it_was_kept(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    state = FeedState(
        validators=Validators('W/"é"', "Sun, 01 Mar 2026 12:00:00 GMT"),
        body_hash="abc",
        status=FeedStatus.GONE,
        next_poll_at=NOW + timedelta(hours=1),
        last_polled_at=NOW,
        last_success_at=NOW - timedelta(days=1),
        last_error="timeout: no answer",
        failures=3,
        interval=12.5,
        schedule=Schedule(ttl=60.5, period=1e12, skip_hours=(0, 23), skip_days=(6,)),
        lifetime=1e12,
        rhythm=0.25,
        last_new_at=NOW - timedelta(days=2),
        moved_to="https://new.example/rss",
        moved_times=3,
        address="https://newer.example/rss",
        id_churn=2,
        hub="https://hub.example/",
        topic="https://a.example/topic",
    )
    missing = [each.name for each in fields(state) if getattr(state, each.name) == each.default]
    assert missing == []
    polled(db, "a", state, "Titel")
    kept = by_outlet(db, "a")
    assert (kept.state, kept.title) == (state, "Titel")
    assert kept.address == "https://newer.example/rss"
    polled(db, "a", FeedState())
    assert by_outlet(db, "a").state == FeedState()


def test_the_last_moment_of_all_can_be_kept(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    polled(db, "a", FeedState(next_poll_at=END, last_success_at=NOW))
    assert feeds.next_due(db) == END
    assert feeds.any_success(db)


def test_a_poll_without_a_title_keeps_the_one_known(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    assert not feeds.any_success(db)
    polled(db, "a", FeedState(), "Titel")
    polled(db, "a", FeedState(), "")
    feeds.save_poll(db, by_outlet(db, "a"), FeedState(), None, [], NOW)
    assert by_outlet(db, "a").title == "Titel"


def test_a_poll_is_kept_whole_or_not_at_all(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    feed = by_outlet(db, "a")
    good = Entry("1", "https://a.example/1", "Title", "hash")
    bad = replace(good, key="2", published_at=None, summary=None)  # type: ignore[arg-type] # the database refuses it
    changes = [EntryChange(each, Change.NEW) for each in (good, bad)]
    with pytest.raises(sqlite3.IntegrityError):
        feeds.save_poll(db, feed, FeedState(failures=9), PARSED, changes, NOW)
    assert by_outlet(db, "a") == feed
    assert entries.known(db, feed.id) == {}


def test_why_a_feed_was_not_understood_is_kept_until_it_is(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    feed = by_outlet(db, "a")
    why = Rejected("parse", "no_feed", "This is a page.")
    for _ in range(2):
        feeds.save_poll(db, feed, FeedState(), why, [], NOW)
    found = [tuple(row) for row in db.rows("SELECT url, stage, reason, detail FROM rejected")]
    assert found == [(feed.source.url, "parse", "no_feed", "This is a page.")]
    feeds.save_poll(db, feed, FeedState(), PARSED, [], NOW)
    assert db.rows("SELECT * FROM rejected") == []


def test_a_feed_that_was_gone_is_asked_again_once_it_is_listed_anew(db: Database) -> None:
    source = FeedSource("https://gone.example/rss", "Gone")
    feeds.sync(db, [source], NOW)
    with db.write():
        db.execute("UPDATE feed SET status = 'gone', next_poll_at = '2999-01-01T00:00:00Z'")
    feeds.sync(db, [source], NOW)
    assert feeds.due(db, NOW) == []
    feeds.sync(db, [], NOW)
    feeds.sync(db, [source], NOW)
    assert [feed.source.url for feed in feeds.due(db, NOW)] == [source.url]


# --- what readers may see ----------------------------------------------------------------------


def test_a_login_in_an_address_is_in_no_view(db: Database) -> None:
    secret = FeedSource("https://me:pa%40ss@d.example/@user/rss", "d")
    feeds.sync(db, [secret], NOW)
    feed = by_outlet(db, "d")
    assert feed.source.url == secret.url
    entry = Entry("1", None, "No link", "h")
    rejected = Rejected("parse", "html", "an HTML page")
    feeds.save_poll(db, feed, feed.state, rejected, [EntryChange(entry, Change.NEW)], NOW)
    for view in db.rows("SELECT name FROM sqlite_master WHERE type = 'view'"):
        rows = db.rows(f"SELECT * FROM {view['name']}")  # noqa: S608 - our own views
        assert not [row for row in rows if "pa%40ss" in str(tuple(row))], view["name"]
    assert db.value("SELECT url FROM feeds") == "https://d.example/@user/rss"
    assert db.value("SELECT url FROM rejected") == "https://d.example/@user/rss"
    assert db.value("SELECT identity FROM entry") == "https://d.example/@user/rss#1"


def test_an_address_kept_before_logins_were_hidden_is_hidden_at_the_next_run(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    with db.write():
        db.execute("UPDATE feed SET shown_url = NULL")
    feeds.sync(db, SOURCES, NOW)
    assert db.value("SELECT count(*) FROM feed WHERE shown_url = url") == len(SOURCES)


def test_a_paused_feed_has_no_turn_until_it_is_resumed(db: Database) -> None:
    feeds.sync(db, SOURCES, NOW)
    polled(db, "a", at(-5))
    polled(db, "c", at(3))
    feeds.sync(db, [replace(SOURCES[0], paused=True), *SOURCES[1:]], NOW)
    assert outlets(feeds.due(db, NOW)) == ["b"]
    assert feeds.next_due(db) == NOW + timedelta(minutes=3)
    assert by_outlet(db, "a").source.paused
    assert [row["paused"] for row in db.rows("SELECT paused FROM feeds ORDER BY id")] == [1, 0, 0]
    feeds.sync(db, SOURCES, NOW)
    assert outlets(feeds.due(db, NOW)) == ["b", "a"]


def test_hubs_are_asked_for_no_paused_feed(db: Database) -> None:
    feeds.sync(db, SOURCES[:1], NOW)
    hub = FeedState(hub="https://hub.example/", topic="https://a.example/rss")
    polled(db, "a", hub)
    assert len(subscriptions.wishes(db)) == 1
    feeds.sync(db, [replace(SOURCES[0], paused=True)], NOW)
    assert subscriptions.wishes(db) == []
