"""What the contract with readers says of the database is so."""

from aggregator.output import schema_page
from aggregator.storage import contract
from aggregator.storage.database import Database
from tests.data.contract.freeze import frozen, laid_down
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
