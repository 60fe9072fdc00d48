"""What the database keeps for itself: passwords and keys reach no view, query or export."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage import contract
from aggregator.storage.database import Database, open_database
from tests.support.secret import SECRETS, plant

Call = Callable[..., Result]

# By their names they might hold one, and do not: what they hold is said here.
HARMLESS = {
    ("account", "key"): "a name as it is compared",
    ("entry", "key"): "what identifies an entry",
    ("story_key", "key"): "a number of a term",
    ("band", "key"): "a number of a passage",
    ("fingerprint", "signature"): "numbers of a text",
    ("fingerprint", "keys"): "numbers of a text",
    ("story_text", "keys"): "numbers of terms",
    ("touched", "key"): "what a change is told of",
}
SUSPICIOUS = re.compile(r"secret|token|passw|credential|callback|keys?$|signature|auth$|digest")


@pytest.fixture
def planted(tmp_path: Path, news: datetime) -> Iterator[Database]:
    """news.db, with a secret in each column that may hold one."""
    del news
    with open_database(tmp_path / "news.db") as db:
        plant(db)
        yield db


def test_secrets_stand_where_they_are_planted(planted: Database) -> None:
    for table, column in SECRETS:
        found = planted.rows(f"SELECT {column} FROM {table}")  # noqa: S608 - ours
        assert any("geheim" in str(row[0]) for row in found), (table, column)


def test_no_column_that_sounds_like_a_secret_is_forgotten(db: Database) -> None:
    named = {
        (table["name"], column["name"])
        for table in db.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        )
        for column in db.rows(f"PRAGMA table_info({table['name']})")
        if SUSPICIOUS.search(column["name"])
    }
    assert named - SECRETS.keys() == HARMLESS.keys()


def test_no_view_shows_a_secret(planted: Database) -> None:
    for view in contract.views():
        for row in planted.rows(f"SELECT * FROM {view.name}"):  # noqa: S608 - ours
            assert "geheim" not in repr(tuple(row)), view.name


def test_no_query_shows_a_secret(planted: Database) -> None:
    for query in contract.queries():
        found = contract.run(planted, query, {})
        assert "geheim" not in repr(found), query.name


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_no_export_shows_a_secret(call: Call, form: str) -> None:
    for view in contract.views():
        result = call("export", view.name, "--format", form)
        assert result.exit_code == 0
        assert "geheim" not in result.stdout, view.name


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    "words", ["feeds", "stories", "manners", "check", "query failing-feeds", "schema feeds"]
)
def test_no_command_shows_a_secret(call: Call, words: str) -> None:
    Path("feeds.yaml").write_text("feeds: [{url: 'http://127.0.0.1:9/', outlet: Nowhere}]\n")
    for more in ((), ("--json",)):
        assert "geheim" not in call(*words.split(), *more).output
