"""What the contract with readers says of the database is so."""

from aggregator.output import schema_page
from aggregator.storage import contract
from aggregator.storage.database import Database
from tests.support.runs import ROOT


def test_every_view_and_column_is_described_in_its_order(db: Database) -> None:
    live = {
        row["name"]: tuple(
            column["name"] for column in db.rows(f"PRAGMA table_info({row['name']})")
        )
        for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    said = {view.name: tuple(column.name for column in view.columns) for view in contract.views()}
    assert said == live


def test_the_database_names_the_version_that_the_program_keeps(db: Database) -> None:
    assert db.value("SELECT version FROM contract") == contract.version()


def test_the_page_is_current() -> None:
    made = schema_page.page(
        contract.introduction(), contract.version(), contract.views(), contract.queries()
    )
    kept = (ROOT / "docs" / "schema.md").read_text("utf-8")
    assert kept == made, "docs/schema.md is not what it is made of: run make schema"


def test_every_query_runs_on_an_empty_database(db: Database) -> None:
    for query in contract.queries():
        assert contract.run(db, query, {}).columns
