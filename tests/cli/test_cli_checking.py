"""`check`: what is wrong is named, and the exit code says whether anything is."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage.soundness import PROMISES

Call = Callable[..., Result]
GOOD = "feeds:\n- {url: 'https://post.example/rss', outlet: Post}\n"


@pytest.mark.usefixtures("news")
def test_all_is_well(call: Call) -> None:
    Path("feeds.yaml").write_text(GOOD)
    result = call("check")
    assert result.exit_code == 0, result.stdout
    assert "feeds.yaml: fine\n  1 feed" in result.stdout
    assert f"news.db: fine\n  {len(PROMISES)} of {len(PROMISES)} promises kept" in result.stdout


@pytest.mark.usefixtures("news")
def test_what_is_wrong_is_named_with_its_line_or_place(call: Call) -> None:
    Path("feeds.yaml").write_text(GOOD + "  colour: red\nsettings: {polling: {interval: soon}}\n")
    with closing(sqlite3.connect("news.db")) as connection:
        connection.execute("UPDATE story SET article_count = 99 WHERE id = 1")
        connection.commit()
    result = call("check")
    assert result.exit_code == 1
    assert "feeds.yaml: wrong" in result.stdout
    assert "broken promise: a story's figures are true (1 place: story 1)" in result.stdout
    found = json.loads(call("check", "--json").stdout)
    assert all(each["line"] for each in found["configuration"]["problems"])
    assert found["database"]["problems"] == [
        {
            "problem": "broken promise: a story's figures are true",
            "line": None,
            "count": 1,
            "examples": ["story 1"],
        }
    ]


def test_a_missing_database_and_a_missing_file(call: Call) -> None:
    result = call("check")
    assert result.exit_code == 1
    assert "there is no such file" in result.stdout
    assert "Begin with" in result.stdout
    assert not Path("news.db").exists()


def test_a_file_that_is_something_else(call: Call) -> None:
    Path("feeds.yaml").write_text(GOOD)
    Path("news.db").write_bytes(b"a poem, by and large" * 100)
    result = call("check")
    assert result.exit_code == 1
    assert "not a database" in result.stdout


@pytest.mark.usefixtures("news")
def test_checking_while_somebody_writes(call: Call) -> None:
    Path("feeds.yaml").write_text(GOOD)
    with closing(sqlite3.connect("news.db")) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM article").fetchall()
        assert call("check").exit_code == 0


@pytest.mark.usefixtures("news")
def test_rules_for_sites_are_checked(call: Call) -> None:
    Path("configs").mkdir()
    Path("configs/post.example.txt").write_text("strip: //nav\ncolour: red\n")
    folder = "settings: {extraction: {site_config_folder: configs}}\n"
    Path("feeds.yaml").write_text(GOOD + folder + "sites: {post.example: {drop: [.box]}}\n")
    result = call("check")
    assert result.exit_code == 0, result.stdout
    assert "\n  1 site rule\n" in result.stdout
    assert "1 site config in configs, of which 1 line cannot be used" in result.stdout
    assert "post.example.txt line 2: unknown directive 'colour'" in result.stdout
    Path("configs/post.example.txt").write_text("colour: red\n" * 30)
    assert "and 10 lines more" in call("check").stdout


@pytest.mark.usefixtures("news")
def test_a_selector_that_is_not_sound_is_named_with_its_line(call: Call) -> None:
    Path("feeds.yaml").write_text(GOOD + "sites:\n  post.example:\n    drop: ['//div[']\n")
    result = call("check")
    assert result.exit_code == 1
    assert "line 5: sites.drop: '//div[' is no CSS or XPath: Invalid expression" in result.stdout
