"""The gate: a fall is named, nothing is lowered, other data is not compared."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from aggregator.evaluation import floors
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import ALL, Figure, Kind
from aggregator.evaluation.floors import Floors

HALF = Half.HELD_BACK
DIGESTS = {"one": "1" * 64, "two": "2" * 64}
F1_ONE, F1_ALL = (Kind.F1, "one", HALF), (Kind.F1, ALL, HALF)
LEAKED_ONE = (Kind.LEAKED, "one", HALF)
KEPT = Floors(DIGESTS, {F1_ONE: 0.9, F1_ALL: 0.8, LEAKED_ONE: 1.5})


def figures(**others: float) -> list[Figure]:
    """What a run reached: just the floors, unless told otherwise."""
    values = {"f1": 0.9, "all": 0.8, "leaked": 1.5} | others
    keys = {"f1": F1_ONE, "all": F1_ALL, "leaked": LEAKED_ONE}
    return [Figure(*keys[name], OURS, value, 10) for name, value in values.items()]


def judged(found: list[Figure], digests: Mapping[str, str] = DIGESTS) -> floors.Verdict:
    return floors.judge(KEPT, digests, found)


def test_who_reaches_the_floor_passes() -> None:
    verdict = judged(figures())
    assert verdict.holds
    assert verdict.compared == 3


@pytest.mark.parametrize(
    ("fallen", "named"),
    [
        ({"f1": 0.8999}, "F1 of words: one (not developed on) is 0.8999, its floor is 0.9000"),
        ({"leaked": 1.5001}, "leaked lines per page: one (not developed on) is 1.5001"),
    ],
)
def test_what_falls_is_named(fallen: dict[str, float], named: str) -> None:
    verdict = judged(figures(**fallen))
    assert not verdict.holds
    assert len(verdict.falls) == 1
    assert verdict.falls[0].startswith(named)


def test_a_figure_that_is_no_longer_there_has_fallen() -> None:
    verdict = judged(figures()[1:])
    assert verdict.falls == (
        "F1 of words: one (not developed on) is not there, its floor is 0.9000",
    )


def test_figures_of_others_and_speed_have_no_floor() -> None:
    rival = Figure(*F1_ONE, "trafilatura", 0.1, 10)
    speed = Figure(Kind.SPEED, ALL, HALF, OURS, 0.1, 10)
    assert judged([*figures(), rival, speed]).holds
    assert floors.raised(Floors(), DIGESTS, [rival, speed]).values == {}


def test_other_data_is_not_compared_and_fails() -> None:
    verdict = judged(figures(f1=0.1, all=0.1), DIGESTS | {"one": "9" * 64})
    assert not verdict.holds
    assert verdict.falls == ()
    assert verdict.strange == (
        "the set one is not the one its floors are of: they cannot be compared",
    )


def test_a_set_that_is_absent_fails_unless_it_was_left_out_on_purpose() -> None:
    only = {"one": DIGESTS["one"]}
    assert "two is not here" in judged(figures(), only).strange[0]
    part = floors.judge(KEPT, only, figures(all=0.1), part=True)
    assert part.holds
    assert part.compared == 2, "what is of all pages is not compared with that of a part"


def test_a_new_set_is_said_to_be_one() -> None:
    verdict = judged(figures(), DIGESTS | {"three": "3" * 64})
    assert not verdict.holds
    assert "three is new" in verdict.strange[0]


def test_raising_never_lowers() -> None:
    reached = figures(f1=0.95678, all=0.1, leaked=0.98761)
    higher = floors.raised(KEPT, DIGESTS, reached)
    assert higher.values == {F1_ONE: 0.9567, F1_ALL: 0.8, LEAKED_ONE: 0.9877}
    assert floors.raised(higher, DIGESTS, figures()).values == higher.values


def test_what_was_reached_passes_its_own_floor() -> None:
    reached = figures(f1=1 / 3, all=2 / 3, leaked=1 / 7)
    made = floors.raised(Floors(), DIGESTS, reached)
    assert floors.judge(made, DIGESTS, reached).holds
    assert len(made.values) == 3


def test_floors_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    assert floors.read(path) == Floors()
    floors.write(KEPT, path)
    assert floors.read(path) == KEPT
