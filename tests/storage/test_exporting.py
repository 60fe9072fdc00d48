"""Exports ask the database for rows in an order that it has: nothing large is ever sorted."""

from datetime import UTC, datetime

import pytest

from aggregator.errors import UsageError
from aggregator.storage import contract, exporting
from aggregator.storage.database import Database
from aggregator.storage.readers import Filter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERYTHING = Filter(NOW, "Post", "de", "politik")
# Those with texts, or without an end. Rows of copy_members are short; what is sorted of them beyond
# two megabytes, SQLite keeps in a file.
LARGE = ("articles", "article_versions", "changes", "copy_groups", "stories", "story_members")


def plan(db: Database, view: str, chosen: Filter, behind: int | None) -> list[str]:
    """What SQLite means to do for an export, step by step."""
    asked: list[str] = []
    db._connection.set_trace_callback(asked.append)
    list(exporting.rows(db, exporting.view(view), chosen, behind=behind))
    db._connection.set_trace_callback(None)
    sql = next(each for each in reversed(asked) if f" FROM {view}" in each)
    return [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {sql}")]


@pytest.mark.parametrize("view", LARGE)
@pytest.mark.parametrize("behind", [None, 0])
def test_rows_are_not_sorted(db: Database, view: str, behind: int | None) -> None:
    for chosen in (Filter(), EVERYTHING):
        if view != "changes" or chosen == Filter():
            steps = plan(db, view, chosen, behind)
            assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step]


def test_what_is_new_of_a_time_is_found_by_an_index(db: Database) -> None:
    steps = plan(db, "articles", Filter(NOW), None)
    assert any("article_ordered" in step for step in steps)
    assert any("INTEGER PRIMARY KEY" in step for step in steps)
    assert any("change" in step for step in plan(db, "articles", Filter(), 0))


@pytest.mark.parametrize("view", [each.name for each in contract.views()])
def test_every_view_can_be_exported_with_its_columns(db: Database, view: str) -> None:
    asked = exporting.view(view)
    found = list(exporting.rows(db, asked, Filter()))
    assert all(len(row) == len(asked.columns) for row in found)
    chosen_by = {*exporting.CHOSEN_BY_ARTICLE, *exporting.NAMED_BY, "changes"}
    if view not in chosen_by:
        for filtered, behind in ((EVERYTHING, None), (Filter(), 0)):
            with pytest.raises(UsageError):
                exporting.rows(db, asked, filtered, behind=behind)
