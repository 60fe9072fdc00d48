"""Which decisions contradict each other, and what those that do not mean for groups and stories."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.decisions import (
    Groups,
    between,
    conflict,
    copy_constraints,
    settled,
    standing,
    story_constraints,
)
from aggregator.model import Constraints, Decision, Level

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def together(number: int, *articles: int, level: Level = "story") -> Decision:
    return Decision(number, NOW, "eva", "together", level, articles)


def apart(number: int, a: int, b: int, level: Level = "story") -> Decision:
    return Decision(number, NOW, "eva", "apart", level, (a,), (b,))


def numbers(decisions: Iterable[Decision]) -> list[int]:
    return [each.id for each in decisions]


# --- contradictions --------------------------------------------------------------------------


def test_the_opposite_is_a_contradiction() -> None:
    assert numbers(conflict([together(1, 1, 2)], apart(2, 2, 1))) == [1]
    assert numbers(conflict([apart(1, 1, 2)], together(2, 1, 2))) == [1]


def test_what_says_the_same_or_something_else_is_none() -> None:
    assert conflict([together(1, 1, 2)], together(2, 2, 1)) == ()
    assert conflict([apart(1, 1, 2)], apart(2, 2, 1)) == ()
    assert conflict([apart(1, 1, 2)], together(2, 2, 3)) == ()


def test_a_chain_is_named_in_full_and_is_the_shortest() -> None:
    kept = [together(1, 1, 2), together(2, 2, 3), together(3, 1, 7), together(4, 7, 8, 3)]
    assert numbers(conflict([*kept[:2], together(5, 3, 4)], apart(6, 1, 4))) == [1, 2, 5]
    assert numbers(conflict([*kept, together(5, 1, 3)], apart(6, 1, 3))) == [5]


def test_a_new_together_may_close_a_chain_at_either_end() -> None:
    kept = [together(1, 1, 2), apart(2, 1, 4), together(3, 3, 4)]
    assert numbers(conflict(kept, together(4, 2, 3))) == [1, 2, 3]


def test_what_says_how_two_stand_to_each_other() -> None:
    kept = [together(1, 1, 2), apart(2, 2, 3), together(3, 4, 3), apart(4, 1, 2, "copies")]
    assert numbers(between(kept, 1, 4)) == [1, 2, 3]
    assert numbers(between(kept, 1, 2)) == [1, 4]
    assert between(kept, 1, 9) == ()
    assert between([], 1, 2) == ()


def test_an_article_on_both_sides_contradicts_itself() -> None:
    new = apart(1, 5, 5)
    assert conflict([], new) == (new,)


def test_one_text_is_one_event_but_not_the_other_way_round() -> None:
    assert numbers(conflict([together(1, 1, 2, level="copies")], apart(2, 1, 2))) == [1]
    assert numbers(conflict([apart(1, 1, 2)], together(2, 1, 2, level="copies"))) == [1]
    assert conflict([together(1, 1, 2)], apart(2, 1, 2, "copies")) == ()
    assert conflict([apart(1, 1, 2, "copies")], together(2, 1, 2)) == ()
    chain = [together(1, 1, 2, level="copies"), together(2, 2, 3)]
    assert numbers(conflict(chain, apart(3, 1, 3))) == [1, 2]
    assert conflict(chain, apart(3, 1, 3, "copies")) == ()


def test_the_newer_holds_where_two_articles_became_one() -> None:
    kept = [together(1, 1, 2), apart(2, 1, 2), together(3, 8, 9)]
    holding, outranked = standing(kept)
    assert (numbers(holding), numbers(outranked)) == ([2, 3], [1])
    split = replace(apart(1, 1, 2), articles=(1, 3))
    (mended,) = standing([replace(split, others=(1, 2))])[0]
    assert (mended.articles, mended.others) == ((3,), (2,))


# --- what it means for groups and stories ----------------------------------------------------


def test_the_apart_of_stories_reaches_all_that_is_together_with_both_sides() -> None:
    kept = [together(1, 1, 2), together(2, 3, 4, level="copies"), apart(3, 2, 3)]
    found = copy_constraints(kept, [1, 2, 3, 4])
    assert found.together == {(3, 4)}
    assert found.apart == {(1, 3), (1, 4), (2, 3), (2, 4)}
    assert copy_constraints(kept, [1, 4]).apart == {(1, 4)}
    found = story_constraints(kept, {1: 11, 2: 12, 3: 13, 4: 13, 5: 15})
    assert found == Constraints(frozenset({(11, 12)}), frozenset({(11, 13), (12, 13)}))


def test_together_holds_over_an_article_that_is_not_there() -> None:
    kept = [together(1, 1, 2), together(2, 2, 3)]
    assert story_constraints(kept, {1: 11, 3: 13}).together == {(11, 13)}


def test_groups_that_would_connect_what_is_apart_are_parted() -> None:
    kept = [together(1, 1, 2), apart(2, 8, 9)]
    groups = settled(obeying([{1, 8, 5}, {2, 9}]), kept, [1, 2, 5, 8, 9])
    assert all(len(group & {1, 2, 8, 9}) == 1 for group in groups)
    found = story_constraints(kept, {each: at for at, group in enumerate(groups) for each in group})
    assert found.together
    assert found.apart


def obeying(computed: Iterable[set[int]]) -> Callable[[Constraints], Groups]:
    """Forms groups as computation wants them, parted as far as constraints ask."""
    parts = tuple(computed)

    def form(wanted: Constraints) -> Groups:
        made: list[set[int]] = []
        for unit in connected(sorted(set().union(*parts)), wanted.together):
            near = next(part for part in parts if min(unit) in part)
            fits = (each for each in made if each & near and not crossed(each, unit, wanted.apart))
            found = next(fits, None)
            if found is None:
                made.append(set(unit))
            else:
                found |= unit
        return tuple(map(frozenset, made))

    return form


def crossed(left: Iterable[int], right: Iterable[int], apart: frozenset[tuple[int, int]]) -> bool:
    return any((min(pair), max(pair)) in apart for pair in product(left, right))


def connected(ids: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    units = [{each} for each in ids]
    for pair in pairs:
        joined = [unit for unit in units if unit & set(pair)]
        units = [unit for unit in units if not unit & set(pair)] + [set().union(*joined)]
    return sorted(units, key=min)


ARTICLES = st.integers(1, 9)
LEVELS: st.SearchStrategy[Level] = st.sampled_from(["copies", "story"])


@st.composite
def consistent(draw: st.DrawFn) -> list[Decision]:
    """Decisions that were kept one after the other, those that contradicted being refused."""
    kept: list[Decision] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        sides = draw(st.lists(ARTICLES, min_size=2, max_size=4, unique=True))
        level = draw(LEVELS)
        if draw(st.booleans()):
            new = Decision(number, NOW, "eva", "together", level, tuple(sides))
        else:
            new = Decision(number, NOW, "eva", "apart", level, (sides[0],), tuple(sides[1:]))
        if not conflict(kept, new):
            kept.append(new)
    return kept


PARTITIONS = st.lists(st.integers(0, 3), min_size=9, max_size=9)


@given(consistent(), PARTITIONS)
def test_no_decision_is_broken_by_any_groups_and_stories(
    kept: list[Decision], places: list[int]
) -> None:
    computed = [{n for n, place in enumerate(places, 1) if place == at} for at in set(places)]
    groups = settled(obeying(computed), kept, range(1, 10))
    assert sorted(each for group in groups for each in group) == list(range(1, 10))
    group_of = {each: at for at, group in enumerate(groups) for each in group}
    wanted = story_constraints(kept, group_of)
    stories = connected(range(len(groups)), wanted.together)
    story_of = {group: at for at, story in enumerate(stories) for group in story}
    assert not any(story_of[a] == story_of[b] for a, b in wanted.apart)
    for each in kept:
        at = group_of if each.level == "copies" else {a: story_of[g] for a, g in group_of.items()}
        left, right = ({at[a] for a in side} for side in (each.articles, each.others))
        assert len(left) == 1 if each.kind == "together" else not left & right


@given(consistent())
def test_what_was_kept_holds_as_a_whole(kept: list[Decision]) -> None:
    assert standing(kept) == (tuple(kept), ())


@given(PARTITIONS)
def test_without_decisions_nothing_changes(places: list[int]) -> None:
    computed = [{n for n, place in enumerate(places, 1) if place == at} for at in set(places)]
    assert set(settled(obeying(computed), [], range(1, 10))) == set(map(frozenset, computed))
