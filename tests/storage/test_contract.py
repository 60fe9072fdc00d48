"""What the contract with readers says of the database is so."""

import re
from datetime import UTC, datetime
from typing import Final

import pytest

from aggregator.model.contract import Query
from aggregator.output import schema_page
from aggregator.storage import contract, feeds
from aggregator.storage.database import Database
from aggregator.storage.times import to_text
from benchmarks.planted import plant
from benchmarks.queries import ask_as_of_newest, plan, whole
from tests.data.contract.freeze import frozen, laid_down
from tests.support.kept import POST, keep, report
from tests.support.runs import ROOT

MADE_OF: Final = {
    "articles": "article", "article_versions": "former_version", "boilerplate": "furniture",
    "changes": "change", "copy_groups": "copy_group", "copy_members": "copy_member",
    "decisions": "decision", "feeds": "feed", "former_addresses": "former_address",
    "hosts": "host", "redirects": "redirect", "rejected": "rejection", "removed": "removed_block",
    "requests": "request", "runs": "run", "saved_searches": "saved_search", "stories": "story",
    "subscriptions": "subscription", "webhook_deliveries": "outbox", "webhooks": "webhook",
}  # fmt: skip
STORED: Final = {
    "INTEGER": {"integer", "boolean"}, "REAL": {"real"}, "TEXT": {"text", "time", "json"},
}  # fmt: skip
EMPTIED: Final = ("webhook_deliveries", "next_try_at")
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_every_view_and_column_is_described_in_its_order(db: Database) -> None:
    live = {
        row["name"]: tuple(
            column["name"] for column in db.rows(f"PRAGMA table_info({row['name']})")
        )
        for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    said = {view.name: tuple(column.name for column in view.columns) for view in contract.views()}
    assert said == live


def test_the_full_text_index_is_as_the_page_says(db: Database) -> None:
    names = [column["name"] for column in db.rows("PRAGMA table_info(article_fts)")]
    assert names == ["title", "lead", "text"]
    feeds.sync(db, [POST], NOW)
    article_id = keep(db, POST, report("a", NOW, text="Über die Brücke."), NOW)
    found = contract.run(db, contract.query("search"), {"words": "BRUCKE"})
    assert [row[0] for row in found.rows] == [article_id]


def test_the_database_names_the_version_that_the_program_keeps(db: Database) -> None:
    assert db.value("SELECT version FROM contract") == contract.version()


@pytest.mark.parametrize("name", MADE_OF)
def test_types_and_nulls_are_those_of_the_tables_behind(db: Database, name: str) -> None:
    behind = {row["name"]: row for row in db.rows(f"PRAGMA table_info({MADE_OF[name]})")}
    direct = [each for each in contract.view(name).columns if each.name in behind]
    assert direct
    for column in direct:
        row = behind[column.name]
        assert column.type in STORED[row["type"]], column.name
        if (name, column.name) != EMPTIED:
            assert column.nullable != bool(row["notnull"] or row["pk"]), column.name


def test_the_page_is_current() -> None:
    made = schema_page.page(
        contract.introduction(), contract.version(), contract.views(), contract.queries()
    )
    kept = (ROOT / "docs" / "schema.md").read_text("utf-8")
    assert kept == made, "docs/schema.md is not what it is made of: run make schema"


def test_nothing_that_is_frozen_is_gone_or_other_than_it_was() -> None:
    now = laid_down(contract.views())
    for name, then in frozen(contract.version()).items():
        assert name in now, f"the view {name} is gone: that takes a new version"
        assert now[name]["key"] == then["key"]
        names = list(now[name]["columns"])
        assert names[: len(then["columns"])] == list(then["columns"]), f"{name}: columns moved"
        for column, promise in then["columns"].items():
            assert now[name]["columns"][column] == promise, f"{name}.{column}"


def test_all_that_is_offered_is_frozen() -> None:
    kept = frozen(contract.version())
    for name, view in laid_down(contract.views()).items():
        missing = view["columns"].keys() - kept.get(name, {"columns": {}})["columns"]
        assert not missing, f"{name}: {missing} is new: run make schema"


def test_every_query_runs_on_an_empty_database(db: Database) -> None:
    for query in contract.queries():
        assert contract.run(db, query, {}).columns


@pytest.mark.parametrize("query", contract.queries(), ids=lambda query: query.name)
def test_no_query_reads_the_whole_archive_where_an_index_serves(db: Database, query: Query) -> None:
    assert whole(plan(db, query)) == []


def test_statistics_lead_no_query_to_read_the_whole_archive(db: Database) -> None:
    plant(db, 3000, NOW)
    read = {query.name: whole(plan(db, query)) for query in contract.queries()}
    assert {name: found for name, found in read.items() if found} == {}
    assert all(
        contract.run(db, each, ask_as_of_newest(db, each)).rows for each in contract.queries()
    )


def test_reading_the_whole_archive_is_seen(db: Database) -> None:
    lines = ["SELECT count(*) FROM articles WHERE word_count = 1", "SELECT * FROM removed LIMIT 1"]
    found = [whole(plan(db, Query("q", "", "", (), sql))) for sql in lines]
    assert found == [["article"], ["removed_block"]]


@pytest.mark.parametrize("query", contract.queries(), ids=lambda query: query.name)
def test_queries_read_views_and_no_tables(query: Query) -> None:
    offered = {view.name for view in contract.views()} | {"article_fts", "json_each"}
    named = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", query.sql))
    made = set(re.findall(r"(\w+) AS (?:MATERIALIZED )?\(", query.sql))
    assert named
    assert named - made <= offered


def test_a_headline_that_was_changed_silently_is_found_and_no_other(db: Database) -> None:
    feeds.sync(db, [POST], NOW)
    ids = [keep(db, POST, report(name, NOW), NOW) for name in ("silent", "said", "text")]
    with db.write():
        for article_id, title, said in zip(
            ids, "ab-", (None, "2026-03-01T13:00:00Z", None), strict=True
        ):
            db.execute(
                """INSERT INTO former_version
                   SELECT id, 1, iif(?2 = '-', title, ?2), lead, 'Else.', fetched_at, NULL, 'first'
                   FROM article WHERE id = ?1""",
                (article_id, title),
            )
            db.execute(
                """UPDATE article SET version = 2, version_at = ?2, version_cause = 'revised',
                   updated_at = ?3 WHERE id = ?1""",
                (article_id, to_text(NOW), said),
            )
    found = contract.run(db, contract.query("silent-headlines"), {"now": to_text(NOW), "hours": 1})
    at = found.columns.index("title_before")
    assert [(row[0], row[at]) for row in found.rows] == [(ids[0], "a")]
    changes = contract.run(db, contract.query("article-changes"), {"article": ids[2]})
    columns = dict(zip(changes.columns, zip(*changes.rows, strict=True), strict=True))
    assert columns["version"] == (1, 2)
    assert columns["new_title"] == (None, 0)
    assert columns["new_text"] == (None, 1)
