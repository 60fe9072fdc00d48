"""Databases as every earlier program wrote them: migrated, sound, and read by today's contract."""

import json
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from aggregator.model.contract import Column, Query, Result, View
from aggregator.storage import contract
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.runs import ROOT

ARCHIVE: Final = ROOT / "tests" / "data" / "schemas" / "written.tar.xz"
NUMBERS: Final = range(1, 19)
# Windows wide enough for a small newsroom of one day.
ASKED: Final = {
    "articles": 1, "before": 1, "days": 0, "hours": 10_000, "least": 1, "outlets": 2, "times": 0,
}  # fmt: skip
FACTS: Final = {
    "article": "SELECT max(id) FROM articles",
    "now": "SELECT max(fetched_at) FROM articles",
    "outlet": """SELECT outlet FROM stories JOIN articles ON story_id = stories.id
                 ORDER BY outlet_count LIMIT 1""",
    "story": "SELECT id FROM stories ORDER BY copy_group_count DESC, id LIMIT 1",
}
NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all of them, as they were written."""
    folder = tmp_path_factory.mktemp("written")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module", params=NUMBERS, ids=lambda number: f"after migration {number}")
def migrated(
    written: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """One of them, brought up to date."""
    name = f"{request.param:02}.db"
    path = shutil.copy(written / name, tmp_path_factory.mktemp("migrated") / name)
    with open_database(path) as db:
        yield db


@pytest.mark.parametrize("number", NUMBERS)
def test_they_are_as_they_were_written(written: Path, number: int) -> None:
    with closing(sqlite3.connect(written / f"{number:02}.db")) as db:
        applied = db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()
        assert applied == (number,)
        assert db.execute("SELECT count(*) > 20 FROM article").fetchone() == (1,)


def test_no_article_is_lost_and_every_promise_kept(migrated: Database) -> None:
    assert migrated.value("SELECT count(*) FROM articles") > 20
    assert list(broken_promises(Path(migrated.path), NOW)) == []


def test_the_version_is_named(migrated: Database) -> None:
    assert migrated.value("SELECT version FROM contract") == contract.version()


def test_every_field_is_what_is_said_of_it(migrated: Database) -> None:
    for view in contract.views():
        for row in migrated.rows(f"SELECT * FROM {view.name}"):  # noqa: S608 - the names are ours
            wrong = [each.name for each in view.columns if not fits(row[each.name], each)]
            assert wrong == [], (view.name, tuple(row))


def fits(value: object, column: Column) -> bool:
    """Whether a field has its column's type."""
    if value is None:
        return column.nullable
    match column.type:
        case "integer" | "boolean":
            return isinstance(value, int) and (column.type == "integer" or value in {0, 1})
        case "real":
            return isinstance(value, float)
        case "time":
            return isinstance(value, str) and TIME.fullmatch(value) is not None
        case "json":
            return isinstance(value, str) and json.loads(value) is not None
    return isinstance(value, str)


@pytest.mark.parametrize("view", contract.views(), ids=lambda view: view.name)
def test_examples_are_what_is_said_of_their_columns(view: View) -> None:
    for column in view.columns:
        assert fits(column.example, column), column.name


def test_no_two_rows_have_the_same_key(migrated: Database) -> None:
    for view in contract.views():
        key = ", ".join(view.key) or "1"
        sql = f"SELECT {key} FROM {view.name} GROUP BY {key} HAVING count(*) > 1"  # noqa: S608 - ours
        assert migrated.rows(sql) == [], view.name


def test_every_documented_query_finds_something(migrated: Database) -> None:
    empty = {query.name for query in contract.queries() if not ask(migrated, query).rows}
    assert empty == unknown_then(migrated)


def ask(db: Database, query: Query) -> Result:
    """Run a query as of the database's own day."""
    asked = ASKED | {each: db.value(sql) for each, sql in FACTS.items()}
    given = {each.name: asked.get(each.name, each.default) for each in query.parameters}
    return contract.run(db, query, given)


def unknown_then(db: Database) -> set[str]:
    """Queries after what an older program did not know of."""
    asked = {
        "decisions-in-force": "SELECT count(*) FROM decisions",
        "silent-feeds": "SELECT count(last_new_at) FROM feeds",
        "silent-headlines": "SELECT count(*) FROM articles WHERE version > 1",
    }
    return {name for name, sql in asked.items() if not db.value(sql)}
