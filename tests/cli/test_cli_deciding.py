"""The commands by which editors decide, as an editor calls them."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from aggregator.storage.database import open_database
from aggregator.storage.lock import run_lock

Call = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("news")


def told(call: Call, *words: str) -> Any:  # noqa: ANN401 - JSON is untyped
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def stories(call: Call, *more: str) -> list[int]:
    return [each["id"] for each in told(call, "stories", *more)]


def articles(call: Call, story: int) -> set[int]:
    found = told(call, "story", str(story))
    return {each["id"] for group in found["copy_groups"] for each in group["articles"]}


def test_split_parts_a_story_for_good_and_undo_mends_it(call: Call) -> None:
    assert articles(call, 1) == {1, 2, 3}
    result = call("split", "1", "3", "--author", "eva")
    assert result.exit_code == 0
    assert "Decision 1 is kept: apart: article 3 from 1, 2" in result.stdout
    assert "To take it back: aggregator undo 1" in result.stdout
    assert 3 not in articles(call, told(call, "article", "1")["story_id"])
    (listed,) = told(call, "decisions")
    assert (listed["author"], listed["kind"], listed["state"]) == ("eva", "apart", "holds")
    assert "decision 1, eva" in call("story", "1").stdout
    undone = told(call, "undo", "1", "--author", "tom")
    assert [each["undone_by"] for each in undone["decisions"]] == ["tom"]
    assert told(call, "decisions") == []
    assert told(call, "decisions", "--all")[0]["state"] == "undone"
    assert "decisions --all" in call("decisions").stdout
    assert "1 was undone by tom" in call("decisions", "--all").stdout


def test_those_that_are_split_off_leave_together(call: Call) -> None:
    made = told(call, "split", "1", "2", "3")
    assert [each["kind"] for each in made["decisions"]] == ["apart", "together"]
    assert sorted(each["articles"] for each in made["stories"]) == [[1], [2, 3]]


def test_together_makes_one_story_and_tells_which(call: Call) -> None:
    result = call("together", "1", "4")
    assert "Decision 1 is kept: together: articles 1, 4" in result.stdout
    assert "articles 1, 4" in result.stdout.splitlines()[1]
    again = call("together", "4", "1")
    assert "Decision 1 says so already" in again.stdout
    assert again.exit_code == 0


def test_it_tells_how_many_more_a_story_has(call: Call) -> None:
    call("together", "1", "2", "4")
    assert "articles 3, 4 (and 2 others)\n" in call("together", "3", "4").stdout


def test_apart_can_be_of_copies_alone(call: Call) -> None:
    made = told(call, "apart", "1", "2", "--copies")
    assert made["decisions"][0]["level"] == "copies"
    assert "apart as copies: article 1 from 2" in call("decisions").stdout


def test_the_author_is_the_user_unless_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ida")
    assert told(call, "pin", "1")["decisions"][0]["author"] == "ida"
    assert call("hide", "1", "--author", " ").exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["apart", "1", "1"], 2, "article 1 is named twice"),
        (["together", "1"], 2, "name two articles"),
        (["together", "1", "99"], 1, "there is no article 99"),
        (["split", "1", "4"], 2, "article 4 is not in story 1"),
        (["split", "1", "1", "2", "3"], 2, "nothing would remain"),
        (["split", "9", "1"], 1, "there is no story 9"),
        (["pin", "9"], 1, "there is no story 9"),
        (["rename", "1", " \n"], 2, "a title that says something"),
        (["undo", "9"], 1, "there is no decision 9"),
        (["pin", "1", "--db", "none.db"], 1, "no such database"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    call: Call, words: list[str], code: int, says: str
) -> None:
    result = call(*words)
    assert result.exit_code == code
    assert says in result.stderr
    assert told(call, "decisions") == []


def test_a_contradiction_names_the_decision_and_the_way_out(call: Call) -> None:
    call("together", "1", "4", "--author", "eva")
    result = call("apart", "1", "4")
    assert result.exit_code == 1
    assert "decision 1 (together, by eva, " in result.stderr
    assert "'undo 1'" in result.stderr
    assert call("undo", "1").exit_code == call("apart", "1", "4").exit_code == 0


def test_pin_rename_and_hide_show_in_the_list(call: Call) -> None:
    assert stories(call) == [1, 2]
    assert "\n  story 2, Elephant" in call("pin", "2").stdout
    assert stories(call) == [2, 1]
    assert "[pinned] Elephant" in call("stories").stdout
    call("rename", "1", "Bridge\n out of use")
    assert "Bridge out of use" in call("stories").stdout
    assert "(computed title: Bridge)" in call("story", "1").stdout
    call("hide", "40")
    assert stories(call) == [2]
    assert stories(call, "--hidden") == [2, 1]
    assert "[hidden] Bridge out of use" in call("stories", "--hidden").stdout
    assert "article 1 " in call("search", "bridge").stdout
    call("undo", "1", "2", "3")
    assert stories(call) == [1, 2]
    assert told(call, "story", "1")["title"] == "Bridge"


def test_the_last_of_several_titles_counts(call: Call) -> None:
    call("rename", "1", "One")
    call("rename", "1", "Two")
    assert told(call, "story", "1")["title"] == "Two"
    assert "says so already" in call("rename", "1", "Two").stdout
    call("undo", "2")
    assert told(call, "story", "1")["title"] == "One"


def test_it_works_beside_a_run_that_holds_the_lock(call: Call, tmp_path: Path) -> None:
    with run_lock(tmp_path / "news.db", doing="daemon", now=datetime.now(UTC)):
        assert call("split", "1", "3").exit_code == 0
    assert 3 not in articles(call, told(call, "article", "1")["story_id"])


def test_it_waits_for_the_transaction_of_a_run(call: Call, tmp_path: Path) -> None:
    begun = threading.Event()

    def write() -> None:
        with open_database(tmp_path / "news.db") as run, run.write():
            begun.set()
            time.sleep(0.5)

    run = threading.Thread(target=write)
    run.start()
    begun.wait()
    result = call("split", "1", "3")
    run.join()
    assert result.exit_code == 0, result.output
    assert told(call, "decisions")[0]["others"] == [1, 2]


def test_what_is_decided_of_an_article_that_waits_says_so(call: Call, tmp_path: Path) -> None:
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute(
            "UPDATE article SET clustered = 0, copy_group_id = NULL, story_id = NULL WHERE id = 4"
        )
        db.execute("DELETE FROM copy_group WHERE id = 3")
        db.execute("DELETE FROM story WHERE id = 2")
    result = call("together", "1", "4")
    assert "article 4 waits to be clustered: the run at work, or the next one" in result.stdout


def test_a_decision_whose_article_is_gone_is_listed_so(call: Call, tmp_path: Path) -> None:
    call("together", "1", "2", "3")
    call("apart", "3", "4")
    with closing(sqlite3.connect(tmp_path / "news.db")) as tool:
        tool.execute("DELETE FROM article WHERE id = 3")
        tool.commit()
    shown = call("decisions").stdout
    assert [each["state"] for each in told(call, "decisions")] == ["partly", "gone"]
    assert "1: no longer there: https://news.example/detour" in shown
    assert "together: articles 1, 2" in shown
