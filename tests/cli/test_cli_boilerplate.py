"""`aggregator boilerplate`: what was learnt of a site is shown, and an editor's word is kept."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.executors.in_process import InProcess
from aggregator.model import Article, Removed
from aggregator.pipeline.learning import Learning
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.furniture import PROMPT, article, words
from tests.support.kept import POST, keep, report

Call = Callable[..., Result]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(topic: int) -> Article:
    """An article of its own topic with furniture of two kinds."""
    label = f"Foto {topic}: Archiv der Redaktion in der Stadt"
    made = report(f"a{topic}", NOW + timedelta(minutes=topic), language="de")
    lines = (*article(topic), PROMPT, label)
    return replace(
        made,
        title=" ".join(words(topic, 4)).title(),
        text="\n".join(lines),
        removed=(Removed("Von Anna", "byline", 0),),
        places=tuple(range(1, len(lines) + 1)),
    )


def learn(path: Path) -> None:
    """Do what a run does between fetching and clustering."""
    with open_database(path) as db:
        step = Learning(db, InProcess(), lambda: NOW, remember=30)
        asyncio.run(step.run(lambda _: None))


@pytest.fixture
def learnt(tmp_path: Path) -> Path:
    """news.db in the folder of `call`, with four articles of news.example."""
    path = tmp_path / "news.db"
    with open_database(path) as db:
        feeds.sync(db, [POST], NOW)
        for topic in range(4):
            keep(db, POST, page(topic), NOW + timedelta(minutes=topic))
    learn(path)
    return path


def ids(call: Call) -> dict[str, int]:
    """The number of each line that is known."""
    found = json.loads(call("boilerplate", "news.example", "--json").stdout)
    return {each["example"]: each["id"] for each in found["lines"]}


@pytest.mark.usefixtures("learnt")
def test_it_lists_what_was_learnt_with_numbers_and_counts(call: Call) -> None:
    result = call("boilerplate", "https://news.example/anything")
    assert result.exit_code == 0
    assert "news.example: 2 lines" in result.stdout
    number = ids(call)[PROMPT]
    (row,) = (line for line in result.stdout.splitlines() if PROMPT in line)
    assert row.split()[:3] == [str(number), "learnt", "4"]
    assert f"boilerplate news.example --reject {number}" in result.stdout


@pytest.mark.usefixtures("learnt")
def test_it_lists_the_sites(call: Call) -> None:
    assert json.loads(call("boilerplate", "--json").stdout) == [
        {"site": "news.example", "learnt": 2, "decided": 0}
    ]
    assert "news.example" in call("boilerplate").stdout


def test_rejecting_brings_a_line_back_with_the_next_run(call: Call, learnt: Path) -> None:
    assert PROMPT in call("article", "1").stdout.partition("Stripped")[2]
    number = str(ids(call)[PROMPT])
    result = call("boilerplate", "news.example", "--reject", number, "--as", "eva")
    assert "1 decision kept; the next run looks at 4 articles again." in result.stdout
    assert "rejected" in result.stdout
    assert "eva" in result.stdout
    learn(learnt)
    shown = call("article", "1").stdout
    assert PROMPT in shown
    assert PROMPT not in shown.partition("Stripped")[2]


def test_adding_and_approving(call: Call, learnt: Path) -> None:
    own = article(2)[1]
    number = str(ids(call)[PROMPT])
    call("boilerplate", "news.example", "--add", f"  {own} ", "--approve", number, "--as", "eva")
    learn(learnt)
    assert own in call("article", "3").stdout.partition("Stripped")[2]
    found = json.loads(call("boilerplate", "news.example", "--json").stdout)["lines"]
    states = {each["example"]: (each["state"], each["decided_by"]) for each in found}
    assert states[own] == ("added", "eva")
    assert states[PROMPT] == ("approved", "eva")
    assert "news.db: fine" in call("check").stdout


@pytest.mark.usefixtures("learnt")
def test_a_line_that_stands_nowhere_is_kept_and_told_so(call: Call) -> None:
    result = call("boilerplate", "news.example", "--add", "Nirgends steht so eine Zeile im Text.")
    assert "1 decision kept; no article that is kept has such a line." in result.stdout


@pytest.mark.usefixtures("learnt")
def test_what_was_taken_out_is_shown_with_reason_and_place(call: Call) -> None:
    shown = call("article", "1").stdout
    assert "- byline (block 1): Von Anna" in shown
    assert f"- recurs on the site (block 7): {PROMPT}" in " ".join(shown.split())
    removed = json.loads(call("article", "1", "--json").stdout)["removed"]
    assert [each["position"] for each in removed] == [0, 6, 7]


@pytest.mark.usefixtures("learnt")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["news.example", "--reject", "999"], 1, "nothing is known of news.example under"),
        (["elsewhere.example"], 1, "no article of elsewhere.example"),
        (["news.example", "--add", "24.11.2026"], 2, "has no words"),
        (["news.example", "--add", PROMPT, "--reject", "1"], 2, "both to stay and to go"),
        (["--reject", "1"], 2, "say of which site"),
        (["//"], 2, "is no site"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    call: Call, arguments: list[str], code: int, message: str
) -> None:
    before = call("boilerplate", "news.example", "--json").stdout
    result = call("boilerplate", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert call("boilerplate", "news.example", "--json").stdout == before


@pytest.mark.usefixtures("news")
def test_a_site_of_which_nothing_is_known(call: Call) -> None:
    assert "Nothing is known to recur on news.example" in call("boilerplate", "news.example").stdout
    assert "Nothing is known to recur on any site" in call("boilerplate").stdout


def test_without_a_database_it_says_how_to_begin(call: Call) -> None:
    for arguments in ([], ["a.example"], ["a.example", "--add", "Eine Zeile"]):
        result = call("boilerplate", *arguments)
        assert result.exit_code == 1
        assert "aggregator poll" in result.stderr
