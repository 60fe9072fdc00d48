"""The commands schema and query: what they list, run and refuse."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage import contract
from tests.support.runs import ROOT

Call = Callable[..., Result]
SHELL = shutil.which("sqlite3")


def test_schema_lists_all_views(call: Call) -> None:
    lines = call("schema").stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(contract.views())]] == [
        view.name for view in contract.views()
    ]


def test_schema_shows_a_view_with_its_columns(call: Call) -> None:
    shown = call("schema", "copy_members").stdout
    assert "article_id" in shown
    assert "share, 0 to 1" in shown
    (view,) = json.loads(call("schema", "copy_members", "--json").stdout)["views"]
    assert [column["name"] for column in view["columns"]][:2] == ["article_id", "copy_group_id"]
    assert view["key"] == ["article_id"]


def test_schema_writes_the_page(call: Call) -> None:
    page = (ROOT / "docs" / "schema.md").read_text("utf-8")
    assert call("schema", "--page").stdout == page
    assert call("schema", "stories", "--page").exit_code == 2


def test_a_view_or_query_that_is_not_there_is_answered_with_those_that_are(call: Call) -> None:
    for words in (("schema", "articel"), ("query", "articel")):
        result = call(*words)
        assert result.exit_code == 1
        assert "there is no" in result.stderr
        assert "top-stories" in result.stderr or "stories" in result.stderr


@pytest.mark.usefixtures("news")
def test_queries_are_listed_and_run(call: Call) -> None:
    assert "top-stories" in call("query").stdout
    shown = call("query", "top-stories").stdout
    assert "1 row" in shown
    (story,) = json.loads(call("query", "top-stories", "--json").stdout)
    assert (story["id"], story["article_count"], story["independent_texts"]) == (1, 3, 2)


@pytest.mark.usefixtures("news")
def test_parameters_change_what_a_query_asks(call: Call) -> None:
    wide = json.loads(call("query", "top-stories", "--param", "hours=480", "--json").stdout)
    assert [story["id"] for story in wide] == [1, 2]
    few = call("query", "top-stories", "--param", "hours=480", "--param", ":limit=1", "--json")
    assert len(json.loads(few.stdout)) == 1
    assert "Nothing" in call("query", "top-stories", "--param", "hours=0").stdout


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("limit", "NAME=VALUE"),
        ("limit=many", "is a whole number"),
        ("limit=99999999999999999999", "too large: 99999999999999999999"),
        ("now=yesterday", "'yesterday' is no time that SQLite reads"),
        ("hours=-5", "so many hours cannot be counted back"),
        ("hours=100000000", "so many hours cannot be counted back"),
        ("colour=red", "has no parameter 'colour'"),
    ],
)
def test_a_wrong_parameter_is_refused(call: Call, given: str, said: str) -> None:
    result = call("query", "top-stories", "--param", given)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.usefixtures("news")
def test_a_parameter_that_asks_for_nothing_is_told_as_sql_has_it(call: Call) -> None:
    assert "(outlet NULL, limit 20)" in call("query", "latest-articles").stdout


@pytest.mark.usefixtures("news")
def test_words_that_full_text_search_cannot_read_are_wrong_usage(call: Call) -> None:
    result = call("query", "search", "--param", 'words="')
    assert result.exit_code == 2
    assert 'search cannot be asked with words="' in result.stderr


@pytest.mark.usefixtures("news")
def test_a_query_never_writes(call: Call) -> None:
    before = Path("news.db").read_bytes()
    for query in contract.queries():
        assert call("query", query.name).exit_code == 0, query.name
    assert Path("news.db").read_bytes() == before


@pytest.mark.usefixtures("news")
@pytest.mark.skipif(SHELL is None, reason="SQLite's own shell is not here")
def test_sql_is_what_sqlites_shell_reads(call: Call) -> None:
    odd = 'O\'Neill "Ö" \\n ; --\nDROP'
    with closing(sqlite3.connect("news.db")) as db, db:
        db.execute("UPDATE article SET outlet = ? WHERE id = 1", (odd,))
    script = call("query", "latest-articles", "--param", f"outlet={odd}", "--sql").stdout
    found = subprocess.run(
        [str(SHELL), "-json", "news.db"], input=script, capture_output=True, text=True, check=True
    )
    assert found.stderr == ""
    assert [row["id"] for row in json.loads(found.stdout)] == [1]


def test_a_query_without_a_database_says_how_to_begin(call: Call) -> None:
    result = call("query", "top-stories")
    assert result.exit_code == 1
    assert "poll" in result.stderr
