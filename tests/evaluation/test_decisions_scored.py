"""Editors' decisions as labels: computation alone is measured by them, and nothing is changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.evaluation.decisions import Label, labels, score
from aggregator.model import Decision, Level
from aggregator.pipeline.correcting import decide, undo
from aggregator.storage.database import Database, open_database
from tests.support.events import FOUND, NOW, SETTINGS, bring, ids_of

A, B, C, OWN = ids_of(0)
STRANGER = ids_of(1)[0]


@pytest.fixture
def press(db: Database) -> Database:
    bring(db, FOUND)
    return db


def say(db: Database, kind: str, *ids: int, level: Level = "story") -> None:
    decision = (
        Decision(0, NOW, "eva", "together", level, ids)
        if kind == "together"
        else Decision(0, NOW, "eva", "apart", level, ids[:1], ids[1:])
    )
    decide(db, [decision], SETTINGS, NOW)


def test_what_computation_says_too_scores_full(press: Database) -> None:
    say(press, "together", A, B, OWN)
    say(press, "together", A, B, level="copies")
    say(press, "apart", A, STRANGER)
    found = score(press, SETTINGS, NOW)
    assert found.pairs == {"copies": 2, "story": 4}
    assert [(*rates, rates.f1) for rates in found.rates.values()] == [(1, 1, 1), (1, 1, 1)]
    assert found.disagreements == ()


def test_what_computation_says_otherwise_is_listed(press: Database) -> None:
    say(press, "apart", A, B)
    say(press, "together", A, STRANGER)
    say(press, "together", C, OWN)
    found = score(press, SETTINGS, NOW)
    assert found.pairs == {"copies": 1, "story": 3}
    assert found.rates["copies"] == (0.0, 1.0)
    assert found.rates["story"] == (0.5, 0.5)
    assert found.disagreements == (
        Label("copies", A, B, together=False, decision=1),
        Label("story", A, B, together=False, decision=1),
        Label("story", A, STRANGER, together=True, decision=2),
    )


def test_it_is_as_if_nothing_had_been_decided_and_changes_nothing(press: Database) -> None:
    say(press, "apart", A, B)
    say(press, "together", A, STRANGER)
    before = list(press._connection.iterdump())
    with open_database(press.path, readonly=True) as reading:
        first = score(reading, SETTINGS, NOW)
    assert list(press._connection.iterdump()) == before
    undo(press, [2], SETTINGS, by="tom", now=NOW)
    assert score(press, SETTINGS, NOW).disagreements == first.disagreements[:2]
    undo(press, [1], SETTINGS, by="tom", now=NOW)
    assert score(press, SETTINGS, NOW).pairs == {"copies": 0, "story": 0}


def test_one_text_is_one_event_in_labels_too() -> None:
    every = [
        Decision(1, NOW, "eva", "together", "copies", (2, 1)),
        Decision(2, NOW, "eva", "apart", "story", (1,), (3,)),
        Decision(3, NOW, "eva", "apart", "copies", (1,), (4,)),
        Decision(4, NOW, "eva", "together", "story", (1, 4)),
    ]
    assert labels(every) == (
        Label("copies", 1, 2, together=True, decision=1),
        Label("copies", 1, 3, together=False, decision=2),
        Label("copies", 1, 4, together=False, decision=3),
        Label("story", 1, 2, together=True, decision=1),
        Label("story", 1, 3, together=False, decision=2),
        Label("story", 1, 4, together=True, decision=4),
    )


# --- the command -----------------------------------------------------------------------------


@pytest.fixture
def call(press: Database) -> Callable[..., Result]:
    from aggregator.cli import main

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["evaluate", "decisions", "--db", press.path, *words])

    return run


def test_the_command_shows_figures_and_disagreements(
    press: Database, call: Callable[..., Result], tmp_path: Path
) -> None:
    assert "No decision says of articles" in call().stdout
    say(press, "together", A, OWN)
    assert "says the same of all of them" in call().stdout
    say(press, "apart", A, B)
    result = call()
    assert result.exit_code == 0
    assert "of 2 pairs computation alone says otherwise" in result.stdout.lower()
    assert f"stories: decision 2 has {A} and {B} apart" in result.stdout
    assert FOUND[0][0].article.title in result.stdout
    found = json.loads(call("--json").stdout)
    story = next(each for each in found["levels"] if each["level"] == "story")
    assert (story["pairs"], story["precision"], story["recall"]) == (2, 0.5, 1.0)
    assert [each["decision"] for each in found["disagreements"]] == [2, 2]
    assert not list(tmp_path.glob("*.lock"))
