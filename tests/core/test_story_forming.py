"""What stories are formed of likenesses: on average, in no order, and by what editors decided."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.story_forming import MOST_AVERAGED, form
from aggregator.model import Constraints, StoryLink

THRESHOLD = 0.2
NONE = Constraints()
PAIRS = list(combinations(range(7), 2))
LINKS = st.dictionaries(st.sampled_from(PAIRS), st.floats(THRESHOLD, 1))
CHOSEN = st.frozensets(st.sampled_from(PAIRS), max_size=4)


def stories(
    count: int, links: dict[tuple[int, int], float], constraints: Constraints = NONE
) -> set[frozenset[int]]:
    found = [StoryLink(a, b, likeness) for (a, b), likeness in links.items()]
    return set(form(dict.fromkeys(range(count), 1), found, constraints, THRESHOLD))


def parts(*members: str) -> set[frozenset[int]]:
    return {frozenset(map(int, each)) for each in members}


def test_what_is_alike_is_one_story_and_the_rest_stands_alone() -> None:
    assert stories(4, {(0, 1): 0.5, (1, 2): 0.4, (0, 2): 0.4}) == parts("012", "3")


def test_one_strong_likeness_does_not_unite_two_stories() -> None:
    first, second = (dict.fromkeys(combinations(each, 2), 0.8) for each in ((0, 1, 2), (3, 4, 5)))
    assert stories(6, {**first, **second, (2, 3): 0.7}) == parts("012", "345")
    across = {(a, b): 0.4 for a in (0, 1, 2) for b in (3, 4, 5)}
    assert stories(6, {**first, **second, **across}) == parts("012345")


def test_likenesses_do_not_chain() -> None:
    chain = {(n, n + 1): 0.3 for n in range(29)}
    assert max(map(len, stories(30, chain))) <= 4


def test_what_must_be_together_is_whatever_the_likeness() -> None:
    held = Constraints(together=frozenset({(0, 3), (3, 4)}))
    assert stories(5, {(1, 2): 0.9}, held) == parts("034", "12")


def test_of_a_large_story_a_newcomer_need_be_like_eight_only() -> None:
    story = dict.fromkeys(combinations(range(20), 2), 0.9)
    for like, expected in ((MOST_AVERAGED, 1), (MOST_AVERAGED - 1, 2)):
        newcomer = {(each, 20): 1.01 * THRESHOLD for each in range(like)}
        assert len(stories(21, {**story, **newcomer})) == expected


def test_a_large_part_counts_as_many() -> None:
    links = [StoryLink(0, 1, 0.9)]
    assert form({0: 1, 1: 1}, links, NONE, THRESHOLD) == (frozenset({0, 1}),)
    assert len(form({0: 1, 1: 100}, links, NONE, THRESHOLD)) == 2
    whole = [StoryLink(0, 1, 0.9 * MOST_AVERAGED)]
    assert len(form({0: 1, 1: 100}, whole, NONE, THRESHOLD)) == 1


@given(LINKS, CHOSEN)
def test_decisions_come_before_likeness(
    links: dict[tuple[int, int], float], apart: frozenset[tuple[int, int]]
) -> None:
    together = frozenset({(0, 1), (1, 2)}) - apart
    if (0, 2) in apart:
        together = frozenset()
    found = stories(7, links, Constraints(together, apart))
    for story in found:
        assert not any({a, b} <= story for a, b in apart)
    for a, b in together:
        assert any({a, b} <= story for story in found)
    assert sorted(each for story in found for each in story) == list(range(7))


@given(LINKS, st.randoms(use_true_random=False))
def test_no_order_matters(links: dict[tuple[int, int], float], chance: random.Random) -> None:
    order = list(links.items())
    chance.shuffle(order)
    assert stories(7, dict(order)) == stories(7, links)


@given(LINKS)
def test_every_member_is_alike_to_another(links: dict[tuple[int, int], float]) -> None:
    for story in stories(7, links):
        for one in story:
            assert len(story) == 1 or any(
                (min(one, other), max(one, other)) in links for other in story - {one}
            )
