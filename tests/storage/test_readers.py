"""What the faces read from a real file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import (
    Article,
    Change,
    Entry,
    EntryChange,
    Feed,
    FeedSource,
    FeedState,
    ParsedFeed,
    Rejected,
    Removed,
)
from aggregator.storage import articles, clusters, entries, feeds, readers
from aggregator.storage.database import Database, open_database
from aggregator.storage.readers import Filter, StoryRow
from aggregator.storage.search import match_expression, search
from tests.support import kept
from tests.support.kept import tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POST = FeedSource("https://post.example/rss", "Post", "de", ("politik", "Inland"))
HERALD = FeedSource("https://herald.example/rss", "Herald", "en", ("world",))
GAZETTE = FeedSource("https://gazette.example/rss", "Gazette", "en")


@pytest.fixture(autouse=True)
def _listed(db: Database) -> None:
    feeds.sync(db, [POST, HERALD, GAZETTE], NOW)


def feed_of(db: Database, source: FeedSource) -> Feed:
    return next(feed for feed in feeds.all_feeds(db) if feed.source == source)


def keep(db: Database, source: FeedSource, article: Article) -> int:
    return kept.keep(db, source, article, NOW)


def report(name: str, age: timedelta, *, language: str = "en", text: str = "Text.") -> Article:
    return kept.report(name, NOW - age, language=language, text=text)


# --- stories ---------------------------------------------------------------------------------


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_new_and_big_stories_come_first(db: Database) -> None:
    three_days_old = tell(db, [[keep(db, POST, report("old", hours(72)))]])
    fresh = tell(db, [[keep(db, POST, report("fresh", hours(1)))]])
    big = tell(
        db,
        [
            [
                keep(db, source, report(f"big-{source.outlet}", hours(11)))
                for source in (POST, HERALD, GAZETTE)
            ]
        ],
    )
    found = readers.stories(db, Filter(), limit=10, now=NOW)
    assert [story.id for story in found] == [big, fresh, three_days_old]
    assert [story.id for story in readers.stories(db, Filter(), limit=1, now=NOW)] == [big]


def test_twice_the_outlets_weigh_as_much_as_one_half_life(db: Database) -> None:
    one = tell(db, [[keep(db, POST, report("one", hours(1)))]])
    at_two = [
        keep(db, POST, report("two-a", hours(13))),
        keep(db, HERALD, report("two-b", hours(13))),
    ]
    two = tell(db, [at_two])
    found = readers.stories(db, Filter(), limit=5, now=NOW)
    assert [story.id for story in found] == [two, one], "equal worth: the one with more articles"


def test_a_story_from_the_future_is_as_new_as_now(db: Database) -> None:
    tell(db, [[keep(db, POST, report("wrong clock", -hours(24 * 365)))]])
    two = [keep(db, POST, report("a", hours(0))), keep(db, HERALD, report("b", hours(0)))]
    right = tell(db, [two])
    assert readers.stories(db, Filter(), limit=1, now=NOW)[0].id == right


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(-50, 500)), max_size=25),
    st.integers(1, 8),
)
def test_looking_back_only_so_far_loses_no_story(
    given_stories: list[tuple[int, int]], limit: int
) -> None:
    with open_database(":memory:") as db:
        with db.write():
            for outlets, age in given_stories:
                moment = (NOW - hours(age)).strftime("%Y-%m-%dT%H:%M:%SZ")
                db.execute(
                    "INSERT INTO story (last_published_at, outlet_count, article_count)"
                    " VALUES (?, ?, ?)",
                    (moment, outlets, outlets),
                )
        everything = readers.stories(db, Filter(), limit=1000, now=NOW)
        assert readers.stories(db, Filter(), limit=limit, now=NOW) == everything[:limit]
        assert len(everything) == len(given_stories)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(), {"german", "english", "austrian"}),
        (Filter(since=NOW - hours(5)), {"english"}),
        (Filter(outlet="herald"), {"english"}),
        (Filter(language="de"), {"german", "austrian"}),
        (Filter(language="de-AT"), {"austrian"}),
        (Filter(tag="inland"), {"german", "austrian"}),
        (Filter(tag="world"), {"english"}),
        (Filter(tag="politik", language="de-AT"), {"austrian"}),
        (Filter(tag="world", outlet="Post"), set()),
        (Filter(outlet="' OR 1=1 --"), set()),
    ],
)
def test_filters(db: Database, chosen: Filter, expected: set[str]) -> None:
    tell(db, [[keep(db, POST, report("german", hours(9), language="de"))]])
    tell(db, [[keep(db, HERALD, report("english", hours(3)))]])
    tell(db, [[keep(db, POST, report("austrian", hours(8), language="de-AT"))]])
    found = readers.stories(db, chosen, limit=10, now=NOW)
    assert {story.title.lower() for story in found} == expected


def test_filters_ask_for_one_article_that_has_it_all(db: Database) -> None:
    german = keep(db, POST, report("a", hours(1), language="de"))
    english = keep(db, HERALD, report("b", hours(1), language="en"))
    tell(db, [[german], [english]])
    assert readers.stories(db, Filter(outlet="Post", language="de"), limit=5, now=NOW)
    assert not readers.stories(db, Filter(outlet="Post", language="en"), limit=5, now=NOW)


def test_a_story_with_its_groups(db: Database) -> None:
    late = keep(db, POST, report("late", hours(1)))
    first = keep(db, HERALD, report("herald", hours(5)))
    copy = keep(db, GAZETTE, report("gazette", hours(4)))
    story_id = tell(db, [[late], [first, copy]])
    found = readers.story(db, story_id)
    assert found is not None
    assert found.story == StoryRow(
        story_id, "Herald", NOW - hours(5), NOW - hours(1), 3, 3, 2, "Herald"
    )
    assert [[a.id for a in group.articles] for group in found.copy_groups] == [
        [first, copy],
        [late],
    ]
    assert found.copy_groups[0].likeness == 0.5
    assert found.copy_groups[0].shared_terms == ("rail", "strike")
    assert found.copy_groups[1].likeness is None


def test_a_merged_story_leads_to_where_it_went(db: Database) -> None:
    story_id = tell(db, [[keep(db, POST, report("a", hours(1)))]])
    with db.write():
        clusters.redirect(db, "story", {99: story_id}, NOW)
        clusters.redirect(db, "copy_group", {77: story_id}, NOW)
    found = readers.story(db, 99)
    assert found is not None
    assert found.story.id == story_id
    assert readers.story(db, 77) is None
    assert readers.story(db, 12345) is None


# --- articles --------------------------------------------------------------------------------


def test_an_article_with_what_was_stripped_and_its_copies(db: Database) -> None:
    removed = (Removed("Read more", "teaser", 4), Removed("(dpa)", "agency", 9))
    mine = replace(report("mine", hours(2)), removed=removed, authors=("A. B.",), agency="dpa")
    first, copy = keep(db, POST, mine), keep(db, HERALD, report("copy", hours(1)))
    tell(db, [[first, copy]])
    found = readers.article(db, first)
    assert found is not None
    assert [(block.text, block.reason) for block in found.removed] == [
        ("Read more", "teaser"),
        ("(dpa)", "agency"),
    ]
    assert (found.article.agency, found.authors) == ("dpa", ("A. B.",))
    assert (found.feed_url, found.text) == (POST.url, "Text.")
    assert [each.id for each in found.copies] == [copy]


def test_an_article_not_yet_clustered_has_no_copies(db: Database) -> None:
    one = keep(db, POST, report("one", hours(2)))
    keep(db, POST, report("two", hours(2)))
    found = readers.article(db, one)
    assert found is not None
    assert (found.copies, found.article.story_id) == ((), None)
    assert readers.article(db, 4711) is None


@pytest.mark.parametrize("told", [True, False, None])
def test_an_article_may_be_behind_a_paywall(db: Database, told: bool | None) -> None:
    told_so = replace(report("one", hours(2)), paywalled=told)
    kept = keep(db, POST, told_so)
    found, loaded = readers.article(db, kept), articles.load(db, kept)
    assert found is not None
    assert loaded is not None
    assert found.paywalled is told
    assert loaded.article == told_so


def test_what_was_spared_is_told(db: Database) -> None:
    kept = keep(db, POST, replace(report("one", hours(2)), spared="most of it: teaser link"))
    found = readers.article(db, kept)
    assert found is not None
    assert found.spared == "most of it: teaser link"


# --- search ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bruecke", set()),
        ("brücke", {"bridge"}),
        ("BRUCKE", {"bridge"}),
        ("brücke gesperrt", {"bridge"}),
        ("brücke strike", set()),
        ('"gesperrt die"', set()),
        ('"die brücke"', {"bridge"}),
        ("gesp*", {"bridge"}),
        ("gesp", set()),
        ('"brü"*', {"bridge"}),
        ("strike OR bridge", set()),
        ("title:strike", set()),
        ("strike", {"strike"}),
        ("- strike", {"strike"}),
        ("", set()),
        ('"', set()),
        ("***", set()),
    ],
)
def test_search(db: Database, words: str, expected: set[str]) -> None:
    keep(db, POST, report("bridge", hours(1), text="Heute ist die Brücke gesperrt.", language="de"))
    keep(db, HERALD, report("strike", hours(1), text="The rail strike goes on."))
    found = search(db, words, Filter(), limit=10)
    assert {hit.article.title.lower() for hit in found} == expected


def test_a_title_counts_more_than_the_text(db: Database) -> None:
    in_text = keep(db, POST, report("other", hours(1), text="A strike, a strike, and more of it."))
    in_title = keep(db, POST, report("strike", hours(1), text="What the rail workers want now."))
    found = search(db, "strike", Filter(), limit=10)
    assert [hit.article.id for hit in found] == [in_title, in_text]
    assert found[1].snippet == "A [strike], a [strike], and more of it."
    assert len(search(db, "strike", Filter(), limit=1)) == 1


def test_search_takes_the_same_filters(db: Database) -> None:
    keep(db, POST, report("strike one", hours(9), language="de"))
    keep(db, HERALD, report("strike two", hours(1)))
    for chosen in (
        Filter(language="de"),
        Filter(outlet="post"),
        Filter(tag="politik"),
    ):
        found = search(db, "strike", chosen, limit=10)
        assert [hit.article.title for hit in found] == ["Strike One"], chosen
    newer = search(db, "strike", Filter(since=NOW - hours(2)), limit=10)
    assert [hit.article.title for hit in newer] == ["Strike Two"]


@pytest.fixture(scope="module")
def searchable() -> Iterator[Database]:
    with open_database(":memory:") as db:
        feeds.sync(db, [POST], NOW)
        keep(db, POST, report("strike", hours(1), text="The rail strike goes on."))
        yield db


TRICKY = st.sampled_from(
    ["\"'*^:-+(){}[]<>,;.\\\x00�", "NEAR", "AND", "OR", "NOT", "title:", "strike", "1e9", "ä"]
)


@given(
    st.one_of(
        st.text(),
        st.lists(TRICKY, max_size=12).map(" ".join),
        st.lists(TRICKY, max_size=12).map("".join),
    )
)
def test_nothing_typed_is_a_syntax_error(searchable: Database, words: str) -> None:
    search(searchable, words, Filter(), limit=3)


def test_a_thousand_words_are_no_error_either(searchable: Database) -> None:
    assert search(searchable, "strike " * 10_000, Filter(), limit=3)
    assert match_expression("a " * 100).count('"a"') == 64


# --- feeds and totals ------------------------------------------------------------------------


def test_feeds_with_their_state(db: Database) -> None:
    state = FeedState(
        last_success_at=NOW - hours(9),
        next_poll_at=NOW + hours(1),
        last_error="dns: no such host",
        failures=2,
    )
    feeds.save_poll(db, feed_of(db, HERALD), state, None, (), NOW)
    feeds.sync(db, [HERALD, GAZETTE], NOW)
    found = readers.feeds(db)
    assert [(feed.outlet, feed.listed) for feed in found] == [
        ("Gazette", True),
        ("Herald", True),
        ("Post", False),
    ]
    herald = found[1]
    assert (herald.last_success_at, herald.next_poll_at) == (NOW - hours(9), NOW + hours(1))
    assert (herald.last_error, herald.failures, herald.status) == ("dns: no such host", 2, "active")
    assert herald.tags == ("world",)


def test_totals(db: Database) -> None:
    ids = [keep(db, s, report(s.outlet, hours(1))) for s in (POST, HERALD, GAZETTE)]
    tell(db, [ids[:2], ids[2:]])
    feed = feed_of(db, POST)
    fresh = [EntryChange(Entry(key, key, key, key), Change.NEW) for key in "ab"]
    feeds.save_poll(db, feed, FeedState(), ParsedFeed("", "rss20", ()), fresh, NOW)
    entries.reject(db, entries.pending(db, NOW)[0], Rejected("fetch", "http_404"), NOW)
    found = readers.totals(db)
    assert (found.feeds, found.articles, found.copy_groups, found.copies) == (3, 3, 1, 2)
    assert (found.stories, found.waiting, found.rejected) == (1, 1, 1)


def test_placements_come_by_article_whatever_their_number(db: Database) -> None:
    ids = [keep(db, POST, report(f"number {n}", hours(n))) for n in range(5)]
    tell(db, [ids])
    found = list(readers.placements(db, portion=2))
    assert [each.id for each in found] == ids
    assert {json.dumps([each.copy_group_id, each.story_id]) for each in found} == {"[1, 1]"}
