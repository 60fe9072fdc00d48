"""`aggregator reextract` as a user calls it, on a database that polls have filled."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage.database import open_database
from aggregator.storage.lock import run_lock
from tests.support.daily import Paper, prompt, whole
from tests.support.papers import BEGIN
from tests.support.server import Server

Call = Callable[..., Result]
FILE = """\
feeds:
  - {url: "https://post.example/rss", outlet: Paper}
"""
RULES = "rules: [{language: en, reason: prompt, phrases: [Read more about]}]\n"


@pytest.fixture
def paper(call: Call, server: Server, tmp_path: Path) -> Paper:
    del call  # it makes the folder ours
    made = Paper(server, tmp_path, below=prompt, wish="page")
    made.publish(range(1, 4), whole)
    (tmp_path / "feeds.yaml").write_text(FILE)
    return made


def texts(paper: Paper) -> int:
    """How many articles still have the prompt."""
    return len(paper.rows("SELECT 1 FROM articles WHERE instr(text, 'Read more about')"))


def test_it_shows_what_would_change_and_then_changes_it(call: Call, paper: Paper) -> None:
    unchanged = call("reextract")
    assert unchanged.exit_code == 0, unchanged.stderr
    assert "0 articles changed, 3 stay the same." in unchanged.stdout
    with Path("feeds.yaml").open("a") as file:
        file.write(RULES)
    looked = call("reextract", "--dry-run")
    assert "Paper: Report 1\n  article 1  http" in looked.stdout
    assert f"  - [prompt] {prompt(1)[3:-4]}" in looked.stdout
    assert "3 articles would change, 0 stay the same." in looked.stdout
    assert texts(paper) == 3
    done = call("reextract", "--site", "http://127.0.0.1/")
    assert "3 articles changed, 0 stay the same.\nNext: aggregator poll" in done.stdout
    assert texts(paper) == 0
    assert "0 articles changed, 3 stay the same." in call("reextract").stdout


def test_programs_get_one_document(call: Call, paper: Paper) -> None:
    with Path("feeds.yaml").open("a") as file:
        file.write(RULES)
    found = json.loads(call("reextract", "--json", "--dry-run").stdout)
    assert found["counts"] == {
        "changed": 3, "unchanged": 0, "rejected": 0, "failed": 0, "no_page": 0,
    }  # fmt: skip
    assert [each["id"] for each in found["articles"]] == [1, 2, 3]
    assert found["articles"][0]["lines"][0]["reason"] == "prompt"
    assert (found["dry_run"], found["behind"], found["complete"]) == (True, None, True)
    none = json.loads(call("reextract", "--json", "--site", "post.example").stdout)
    assert (none["articles"], none["counts"]["changed"]) == ([], 0)
    assert texts(paper) == 3


def test_what_would_be_none_is_named_and_stays(call: Call, paper: Paper) -> None:
    with Path("feeds.yaml").open("a") as file:
        file.write("settings: {extraction: {min_words: 5000}}\n")
    shown = call("reextract").stdout
    assert "would be none now, so it stays as it is: too_short: " in shown
    assert "3 articles would be none by today's rules: they stay as they are." in shown
    assert texts(paper) == 3


def test_an_article_says_whether_its_page_is_kept(call: Call, paper: Paper) -> None:
    assert "Its page is kept, as fetched 2026-03-04 " in call("article", "1").stdout
    assert json.loads(call("article", "1", "--json").stdout)["page_fetched_at"] is not None
    with open_database(paper.folder / "news.db") as db, db.write():
        db.execute("DELETE FROM page")
    assert "Its page is no longer kept." in call("article", "1").stdout
    assert (
        "3 articles cannot be extracted anew: the page is no longer kept."
        in call("reextract").stdout
    )
    paper.wish = "feed"
    paper.publish([4], whole)
    found = json.loads(call("article", "4", "--json").stdout)
    assert (found["text_from"], found["page_fetched_at"]) == ("feed", None)
    assert "Its text came with the feed; no page was fetched." in call("article", "4").stdout


def test_beside_a_run_one_can_only_look(call: Call, paper: Paper) -> None:
    with run_lock(paper.folder / "news.db", doing="a run", now=BEGIN):
        assert call("reextract").exit_code == 75
        assert call("reextract", "--dry-run").exit_code == 0


def test_without_a_database_it_says_how_to_begin(call: Call) -> None:
    Path("feeds.yaml").write_text(FILE)
    result = call("reextract")
    assert result.exit_code == 1
    assert "there is no such database yet" in result.stderr
    assert not Path("news.db").exists()


def test_killed_at_any_moment_it_loses_nothing(call: Call, paper: Paper) -> None:
    paper.publish(range(4, 25), whole)
    with Path("feeds.yaml").open("a") as file:
        file.write(RULES)
    command = [sys.executable, "-m", "aggregator.cli", "reextract"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=paper.folder) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Paper: "):
                process.kill()
                break
    left = texts(paper)
    again = call("reextract")
    assert again.exit_code == 0, again.stderr
    assert f"{left} article" in again.stdout
    assert texts(paper) == 0
    assert json.loads(call("check", "--json").stdout)["database"]["problems"] == []
