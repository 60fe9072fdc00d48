"""Pages of lists: each one behind the last, through an index."""

from datetime import datetime, timedelta

import pytest

from aggregator.storage import feeds, paging, readers
from aggregator.storage.database import Database
from aggregator.storage.paging import Place
from aggregator.storage.readers import Filter
from tests.support.kept import HERALD, POST, keep, report, tell
from tests.web.conftest import NOW

FILTERS = [
    Filter(),
    Filter(outlet="POST"),
    Filter(outlet="herald", language="en"),
    Filter(language="DE"),
    Filter(tag="Politik"),
    Filter(tag="world", language="en"),
    Filter(since=NOW - timedelta(hours=5)),
    Filter(outlet="nobody"),
    Filter(tag="nothing"),
]


@pytest.fixture
def filled(db: Database) -> Database:
    """Stories of one to three articles, three of each hour's at the same second."""
    feeds.sync(db, [POST, HERALD], NOW)
    for at in range(24):
        source = (POST, HERALD)[at % 2]
        language = ("de", "de-AT", "en")[at % 3]
        kept = [
            keep(db, source, report(f"{at}-{each}", hour(at), language=language), NOW)
            for each in range(at % 3 + 1)
        ]
        tell(db, [kept])
    return db


def hour(at: int) -> datetime:
    return NOW - timedelta(hours=at // 3)


@pytest.mark.parametrize("chosen", FILTERS)
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_stories_are_those_of_the_other_list_by_time(
    filled: Database, chosen: Filter, limit: int
) -> None:
    found, after = [], None
    while True:
        page, after = paging.newest_stories(filled, chosen, after, limit=limit)
        assert len(page) <= limit
        found += page
        if after is None:
            break
    expected = readers.stories(filled, chosen, limit=1000, now=NOW)
    assert found == sorted(
        expected, key=lambda each: (each.last_published_at or NOW, each.id), reverse=True
    )


@pytest.mark.parametrize("chosen", FILTERS)
def test_articles_come_once_in_their_order(filled: Database, chosen: Filter) -> None:
    whole, end = paging.articles(filled, chosen, None, limit=1000)
    assert end is None
    found, after = [], None
    while True:
        page, after = paging.articles(filled, chosen, after, limit=5)
        found += page
        if after is None:
            break
    assert found == whole
    if chosen == Filter():
        assert len(found) == filled.value("SELECT count(*) FROM articles") == 48


def test_no_list_is_read_beyond_its_page(filled: Database) -> None:
    """Each goes along an index from its place, instead of sorting all there is."""
    plans: list[str] = []
    rows = filled.rows

    def watched(sql: str, parameters: tuple[object, ...] = ()) -> object:
        if "ORDER BY" in sql:
            plans.extend(row["detail"] for row in rows(f"EXPLAIN QUERY PLAN {sql}", parameters))
        return rows(sql, parameters)

    filled.rows = watched  # type: ignore[method-assign, assignment] # to see what is asked
    place = Place("2026-03-01T08:00:00Z", 10)
    for chosen in FILTERS[:7]:
        paging.newest_stories(filled, chosen, place, limit=5)
        paging.articles(filled, chosen, place, limit=5)
    assert any("story_recent" in each for each in plans)
    assert any("article_outlet" in each for each in plans)
    assert not [each for each in plans if "USE TEMP B-TREE FOR ORDER BY" in each]
    assert not [each for each in plans if each in {"SCAN story", "SCAN article"}]
