"""Copy groups hold together, whatever links are found, in whatever order, under any decisions."""

import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.core.grouping import groups
from aggregator.core.shingles import containment, jaccard
from aggregator.model import Constraints, CopyLink

IDS = range(12)
SHARES = st.floats(0, 1).map(lambda share: round(share, 2))
RULES = st.sampled_from(["jaccard", "containment", "headline", "compound"])
PAIRS = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda p: p[0] < p[1])
SIZES = st.dictionaries(st.sampled_from(IDS), st.integers(1, 5))


@st.composite
def graphs(draw: st.DrawFn) -> list[CopyLink]:
    found = draw(st.lists(PAIRS, unique=True, max_size=20))
    return [CopyLink(a, b, draw(SHARES), draw(SHARES), draw(RULES)) for a, b in found]


@st.composite
def decisions(draw: st.DrawFn) -> Constraints:
    """Pairs that must be together, and pairs apart that do not contradict them."""
    together = draw(st.frozensets(PAIRS, max_size=4))
    blocks = groups(IDS, [], Constraints(together))
    block_of = {each: n for n, block in enumerate(blocks) for each in block}
    apart = draw(st.frozensets(PAIRS, max_size=6))
    return Constraints(together, frozenset(p for p in apart if block_of[p[0]] != block_of[p[1]]))


def as_links(texts: Iterable[frozenset[int]], least: float) -> list[CopyLink]:
    """The links that exact comparison of sets of shingles finds, each by Jaccard."""
    pairs = combinations(enumerate(texts), 2)
    shares = ((a, b, jaccard(x, y), containment(x, y)) for (a, x), (b, y) in pairs)
    return [CopyLink(a, b, j, c, "jaccard") for a, b, j, c in shares if j >= least]


# --- whatever the links ----------------------------------------------------------------------


@given(graphs(), decisions(), SIZES, st.randoms(use_true_random=False))
def test_the_order_of_ids_and_links_does_not_matter(
    links: list[CopyLink], decided: Constraints, sizes: dict[int, int], chance: random.Random
) -> None:
    ids = chance.sample(IDS, len(IDS))
    turned = groups(ids, chance.sample(links, len(links)), decided, sizes)
    assert turned == groups(IDS, links, decided, sizes)


@given(graphs(), decisions())
def test_groups_part_all_ids_in_order(links: list[CopyLink], decided: Constraints) -> None:
    found = groups(IDS, links, decided)
    assert sorted(each for group in found for each in group) == list(IDS)
    assert [min(group) for group in found] == sorted(min(group) for group in found)


@given(graphs())
def test_every_member_has_a_way_of_three_links_to_the_centre(links: list[CopyLink]) -> None:
    """Its core's text, over a link into the core at the centre, that core's text: never farther.

    No help comes from compound pages or outsiders.
    """
    used = [each for each in links if each.rule != "compound"]
    near = {each: {each} for each in IDS}
    for link in used:
        near[link.a].add(link.b)
        near[link.b].add(link.a)
    same = {each: {each} for each in IDS}
    for link in used:
        if link.jaccard >= 0.8:
            same[link.a].add(link.b)
            same[link.b].add(link.a)
    for group in groups(IDS, links):
        assert any(_reached(centre, group, near, same) == group for centre in group)


def _reached(
    centre: int, group: frozenset[int], near: dict[int, set[int]], same: dict[int, set[int]]
) -> frozenset[int]:
    """Centre → its core → linked texts → the texts of their cores → those cores."""
    reached = {centre}
    for step in (same, near, same, same):
        reached |= {other for each in reached for other in step[each] & group}
    return frozenset(reached)


@given(graphs(), SIZES)
def test_what_is_not_connected_has_no_influence(
    links: list[CopyLink], sizes: dict[int, int]
) -> None:
    moved = [replace(link, a=link.a + 100, b=link.b + 100) for link in links]
    every = sizes | {each + 100: size for each, size in sizes.items()}
    both = groups([*IDS, *(each + 100 for each in IDS)], [*links, *moved], sizes=every)
    assert both[: len(both) // 2] == groups(IDS, links, sizes=sizes)


def test_links_to_unknown_ids_are_ignored() -> None:
    assert groups([1], [CopyLink(1, 2, 1.0, 1.0, "jaccard")]) == (frozenset({1}),)


# --- no chaining -----------------------------------------------------------------------------


def test_a_chain_of_partial_likeness_does_not_unite_strangers() -> None:
    links = [CopyLink(n, n + 1, 0.5, 0.6, "jaccard") for n in range(6)]
    assert max(len(group) for group in groups(range(7), links)) <= 3


def test_texts_that_drift_apart_step_by_step_do_not_end_together() -> None:
    """Each is .85 like the next, and the first and the last have not one run of words in common."""
    texts = [frozenset(range(8 * n, 8 * n + 100)) for n in range(14)]
    links = as_links(texts, 0.45)
    assert min(jaccard(a, b) for a, b in pairwise(texts)) > 0.85
    for group in groups(range(14), links):
        assert all(texts[a] & texts[b] for a in group for b in group)


@given(st.integers(2, 40), st.integers(1, 20), st.integers(20, 60))
@example(steps=40, drift=2, size=40)
def test_a_drift_in_small_steps_ends_near_the_centre(steps: int, drift: int, size: int) -> None:
    """Four steps of .2 in Jaccard distance are farthest from a text to its group's centre."""
    texts = [frozenset(range(drift * n, drift * n + size)) for n in range(steps)]
    for group in groups(range(steps), as_links(texts, 0.8)):
        likeness = [min(jaccard(texts[each], texts[other]) for other in group) for each in group]
        assert max(likeness) >= 0.2


def test_a_compound_page_is_no_bridge() -> None:
    links = [CopyLink(1, 2, 0.1, 1.0, "compound"), CopyLink(2, 3, 0.1, 1.0, "compound")]
    assert len(groups([1, 2, 3], links)) == 3


def held(page: int, *texts: int, jaccard: float = 0.5) -> list[CopyLink]:
    """Links that say a page holds texts."""
    return [
        CopyLink(min(page, each), max(page, each), jaccard, 1.0, "containment") for each in texts
    ]


def test_a_page_that_holds_two_texts_that_others_have_is_no_bridge() -> None:
    copies = [CopyLink(1, 2, 0.7, 0.9, "jaccard"), CopyLink(3, 4, 0.7, 0.9, "jaccard")]
    found = groups(range(1, 6), [*copies, *held(5, 1, 2, 3, 4)])
    assert found == (frozenset({1, 2}), frozenset({3, 4}), frozenset({5}))


def test_so_it_is_with_texts_that_several_articles_have_word_for_word() -> None:
    links = held(5, 1, 2)
    assert len(groups([1, 2, 5], links, sizes={1: 2, 2: 3})) == 3
    assert len(groups([1, 2, 5], links, sizes={1: 2})) == 1


def test_a_copy_with_another_text_at_its_end_stays_a_copy() -> None:
    copies = [CopyLink(1, 2, 0.7, 0.9, "jaccard"), CopyLink(3, 4, 0.7, 0.9, "jaccard")]
    own = held(5, 1, 2, jaccard=0.75)
    found = groups(range(1, 6), [*copies, *own, *held(5, 3, 4, jaccard=0.2)])
    assert found == (frozenset({1, 2, 5}), frozenset({3, 4}))


# --- decisions -------------------------------------------------------------------------------


@given(graphs(), decisions(), SIZES)
def test_decisions_outrank_every_link(
    links: list[CopyLink], decided: Constraints, sizes: dict[int, int]
) -> None:
    found = groups(IDS, links, decided, sizes)
    group_of = {each: n for n, group in enumerate(found) for each in group}
    assert all(group_of[a] == group_of[b] for a, b in decided.together)
    assert all(group_of[a] != group_of[b] for a, b in decided.apart)


def test_what_is_kept_apart_takes_only_itself_out() -> None:
    links = [CopyLink(a, b, 1.0, 1.0, "jaccard") for a, b in combinations(range(5), 2)]
    found = groups(range(5), links, Constraints(apart=frozenset({(0, 4)})))
    assert found == (frozenset({0, 1, 2, 3}), frozenset({4}))


def test_those_put_together_bring_their_copies_along() -> None:
    links = [CopyLink(1, 2, 0.9, 0.9, "jaccard"), CopyLink(3, 4, 0.9, 0.9, "jaccard")]
    found = groups([1, 2, 3, 4], links, Constraints(together=frozenset({(2, 3)})))
    assert found == (frozenset({1, 2, 3, 4}),)
