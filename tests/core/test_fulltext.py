"""When a feed is believed to carry articles whole, and what ends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.fulltext import (
    Carrying,
    Measure,
    after_measure,
    after_taking,
    carries_whole,
    plan,
    reason,
)
from aggregator.model import Entry

ENTRY = Entry("1", "https://post.example/1", "Bridge closed", "h", content="<p>Text.</p>")
WHOLE = Measure(0.98, 300)
TEASER = Measure(0.12, 30)
CUT = Measure(0.95, 290, "ends in dots")


def known(*measures: Measure, taken: int = 0) -> Carrying:
    done = Carrying()
    for each in measures:
        done = after_measure(done, each)
    return Carrying(done.measures, taken)


def planned(of: Carrying) -> str:
    return plan(ENTRY, "auto", of, shared=False)


def test_three_whole_ones_make_it_believed() -> None:
    assert [planned(known(*[WHOLE] * n)) for n in range(5)] == [*["measure"] * 3, "feed", "feed"]


@pytest.mark.parametrize("cut", [TEASER, CUT])
def test_one_that_was_cut_is_remembered_for_ten(cut: Measure) -> None:
    assert not carries_whole(known(WHOLE, WHOLE, cut))
    assert not carries_whole(known(cut, *[WHOLE] * 9))
    assert carries_whole(known(cut, *[WHOLE] * 10))


def test_every_twentieth_is_measured_again() -> None:
    of = known(WHOLE, WHOLE, WHOLE)
    plans = []
    for _ in range(40):
        plans.append(planned(of))
        of = after_measure(of, WHOLE) if plans[-1] == "measure" else after_taking(of)
    assert [at for at, each in enumerate(plans, 1) if each == "measure"] == [20, 40]


def test_a_page_that_cannot_be_had_is_not_asked_for_each_time() -> None:
    due = known(WHOLE, WHOLE, WHOLE, taken=19)
    assert planned(due) == "measure"
    assert planned(after_measure(due, None)) == "feed"
    assert after_measure(due, None).measures == due.measures


@pytest.mark.parametrize("wish", ["page", "feed"])
@pytest.mark.parametrize("of", [Carrying(), known(WHOLE, WHOLE, WHOLE), known(TEASER)])
def test_the_operator_can_force_either_way(wish: str, of: Carrying) -> None:
    assert plan(ENTRY, wish, of, shared=False) == wish  # type: ignore[arg-type] # a text here
    assert reason(wish, of).sentence == "as feeds.yaml says"  # type: ignore[arg-type]


def test_a_page_that_is_not_the_entrys_own_measures_nothing() -> None:
    whole = known(WHOLE, WHOLE, WHOLE)
    front = Entry("1", "https://post.example/", "", "h")
    assert plan(ENTRY, "auto", whole, shared=True) == "page"
    assert plan(front, "auto", whole, shared=False) == "page"
    assert plan(Entry("1", None, "", "h"), "auto", Carrying(), shared=False) == "feed"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (known(), "not measured yet"),
        (known(WHOLE, TEASER, WHOLE), "an entry carries less than its page"),
        (known(WHOLE, CUT), "an entry ends in dots"),
        (known(WHOLE, WHOLE), "entries carry what their pages do, but 3 must be measured"),
        (known(WHOLE, WHOLE, WHOLE), "entries carry what their pages do"),
    ],
)
def test_it_says_why(of: Carrying, said: str) -> None:
    assert reason("auto", of).sentence == said


@given(st.lists(st.sampled_from([WHOLE, TEASER, CUT])))
def test_belief_is_in_the_last_ten_alone(measures: list[Measure]) -> None:
    last = measures[-10:]
    assert carries_whole(known(*measures)) == (len(last) >= 3 and all(m.whole for m in last))
