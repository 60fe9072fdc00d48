"""What overlapping sets connect."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.connecting import reach, smallest

SETS = st.lists(st.frozensets(st.integers(-9, 30), max_size=4), max_size=12)


@given(SETS)
def test_sets_that_overlap_are_one_and_others_are_not(sets: list[frozenset[int]]) -> None:
    found = reach(sets)
    parts = set(found.values())
    assert found.keys() == frozenset().union(*sets)
    assert all(each in part for each, part in found.items())
    assert sum(map(len, parts)) == len(found)
    assert all(any(some <= part for part in parts) for some in sets if some)
    # No part could be parted further without tearing a set.
    assert all(
        any(some & {low} and some - {low} for some in sets)
        for part in parts
        if len(part) > 1
        for low in part
    )


@given(SETS)
def test_the_smallest_stands_for_all(sets: list[frozenset[int]]) -> None:
    assert smallest(sets) == {each: min(part) for each, part in reach(sets).items()}


def test_a_long_chain_is_one_whatever_its_direction() -> None:
    chain = [(at, at + 1) for at in range(20_000)]
    assert set(smallest(chain).values()) == {0}
    assert set(smallest(chain[::-1]).values()) == {0}
