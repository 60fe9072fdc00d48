"""Following along on the command line, and what articles said before."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage import changes
from aggregator.storage.database import open_database
from tests.support.editing import on_story, together
from tests.support.events import FOUND, bring
from tests.support.runs import ROOT


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with open_database("news.db") as db:
        bring(db, FOUND[:5])
        together(db, 1, 5)
    return tmp_path / "news.db"


@pytest.mark.usefixtures("followed")
def test_what_happened_is_printed_line_by_line(call: Callable[..., Result]) -> None:
    lines = call("follow", "--from", "0", "--once").stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, len(lines) + 1))
    with open_database("news.db") as db:
        title = db.value("SELECT title FROM stories")
    assert lines[-2].endswith("story merged 2 into 1")
    assert re.search(rf"  story grown 1  {title}$", lines[-3])
    assert lines[-1].endswith("  decision made 1")


@pytest.mark.usefixtures("followed")
def test_for_programs_each_change_is_a_line_of_json(call: Callable[..., Result]) -> None:
    lines = call("follow", "--from", "3", "--once", "--json").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["seq"] for each in found] == list(range(4, 4 + len(found)))
    assert set(found[0]) == {"seq", "at", "kind", "id", "other_id", "detail"}
    assert call("follow", "--once").stdout == ""


@pytest.mark.usefixtures("followed")
def test_what_never_was_cannot_be_followed(call: Callable[..., Result]) -> None:
    result = call("follow", "--from", "4711")
    assert result.exit_code == 1
    assert "cannot be followed from 4711" in result.stderr


def test_what_comes_is_printed_as_it_comes(followed: Path) -> None:
    command = [sys.executable, "-m", "aggregator.cli", "follow", "--json", "--from"]
    with open_database(followed) as db:
        last = str(changes.last(db))
        with subprocess.Popen(
            [*command, last, "--db", str(followed)], stdout=subprocess.PIPE, cwd=ROOT
        ) as following:
            assert following.stdout is not None
            on_story(db, "rename", 1, "Named")
            heard = [json.loads(following.stdout.readline())["kind"] for _ in range(2)]
            following.send_signal(signal.SIGINT)
            assert following.wait(timeout=20) == 130
    assert heard == ["story_changed", "decision_made"]


def test_another_file_in_its_place_is_followed(followed: Path) -> None:
    command = [sys.executable, "-m", "aggregator.cli", "follow", "--json", "--from", "0"]
    shutil.copy(followed, followed.with_name("other.db"))
    with subprocess.Popen(
        [*command, "--db", str(followed)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as following:
        assert following.stdout is not None
        with open_database(followed) as db:
            for _ in range(changes.last(db)):
                following.stdout.readline()
        with open_database(followed.with_name("other.db")) as other:
            on_story(other, "rename", 1, "Named")
            other.checkpoint()
        followed.with_name("other.db").replace(followed)
        assert json.loads(following.stdout.readline())["kind"] == "story_changed"
        following.send_signal(signal.SIGINT)
        assert following.wait(timeout=20) == 130


def test_versions_are_listed_and_compared(followed: Path, call: Callable[..., Result]) -> None:
    assert "1 " in call("article", "1", "--versions").stdout
    assert call("article", "1", "--diff").stdout == "Its outlet changed nothing so far.\n"
    with open_database(followed) as db, db.write():
        db.execute(
            """INSERT INTO former_version
               SELECT 1, 1, title, lead, text, '2026-03-01T10:00:00Z', NULL, 'first'
               FROM article WHERE id = 1"""
        )
        db.execute(
            """UPDATE article SET version = 2, version_at = '2026-03-01T11:00:00Z',
                 version_cause = 'revised', title = 'Rat beschließt Haushalt',
                 text = 'Neu ist' || substr(text, instr(text, ' ')) WHERE id = 1"""
        )
    listed = call("article", "1", "--versions").stdout.splitlines()
    assert len(listed) == 3
    assert "revised" in listed[2]
    assert listed[2].endswith("Rat beschließt Haushalt")
    shown = call("article", "1", "--diff").stdout
    assert "(revised)" in shown
    assert "{+Rat beschließt Haushalt+}" in shown
    assert "{+Neu ist+}" in shown
    first, second = json.loads(call("article", "1", "--versions", "--json").stdout)
    assert (first["version"], second["version"]) == (1, 2)
    (step,) = json.loads(call("article", "1", "--diff", "--json").stdout)
    assert "".join(text for sign, text in step["text"] if sign != "-") == second["text"]
    assert "".join(text for sign, text in step["title"] if sign != "+") == first["title"]
