"""Searches that are kept under a name."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import NotFound, UsageError
from aggregator.storage import feeds, saved_searches
from aggregator.storage.database import Database
from aggregator.storage.readers import Filter
from tests.support.kept import HERALD, POST, keep, report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reports(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)
    for name, source, hours in (("strike one", POST, 9), ("strike two", HERALD, 1)):
        keep(db, source, report(name, NOW - timedelta(hours=hours)), NOW)


def save(db: Database, name: str, words: str, chosen: Filter | None = None) -> None:
    with db.write():
        saved_searches.save(db, name, words, chosen or Filter(), NOW)


def test_what_was_saved_is_found_in_any_case_and_listed_by_name(db: Database) -> None:
    save(db, "  Rail   strikes ", "rail strike*", Filter(outlet="Post", language="de", tag="x"))
    save(db, "bridges", "bridge")
    assert [each.name for each in saved_searches.listed(db)] == ["bridges", "Rail strikes"]
    found = saved_searches.find(db, "RAIL strikes")
    assert found is not None
    assert (found.words, found.created_at) == ("rail strike*", NOW)
    assert found.filter == Filter(None, "Post", "de", "x")
    assert saved_searches.find(db, "trams") is None


def test_it_finds_what_the_search_finds(db: Database) -> None:
    save(db, "strikes", "strike")
    save(db, "posted", "strike", Filter(outlet="post"))
    strikes, posted = (saved_searches.find(db, name) for name in ("strikes", "posted"))
    assert strikes is not None
    assert posted is not None
    hits = saved_searches.hits(db, strikes, limit=9)
    assert {hit.article.id for hit in hits} == {1, 2}
    newer = saved_searches.hits(db, strikes, limit=9, since=NOW - timedelta(hours=2))
    assert [hit.article.id for hit in newer] == [2]
    assert saved_searches.matches(db, strikes, [2, 3]) == {2}
    assert saved_searches.matches(db, strikes, []) == set()
    assert saved_searches.matches(db, posted, [1, 2]) == {1}


def test_a_name_is_given_once_until_it_is_free_again(db: Database) -> None:
    save(db, "strikes", "strike")
    with pytest.raises(UsageError, match="'Strikes' already"):
        save(db, "Strikes", "other")
    with db.write():
        assert saved_searches.delete(db, "STRIKES").words == "strike"
    with pytest.raises(NotFound, match="no saved search 'strikes'"), db.write():
        saved_searches.delete(db, "strikes")
    save(db, "Strikes", "other")


@pytest.mark.parametrize(
    ("name", "words", "chosen"),
    [
        (" ", "strike", Filter()),
        ("x" * 101, "strike", Filter()),
        ("a\x00b", "strike", Filter()),
        ("nothing", "?! *", Filter()),
        ("old", "strike", Filter(since=NOW)),
    ],
)
def test_what_cannot_be_saved_is_refused(
    db: Database, name: str, words: str, chosen: Filter
) -> None:
    with pytest.raises(UsageError):
        save(db, name, words, chosen)
    assert saved_searches.listed(db) == []
