"""What editors decided, thought through: what contradicts it, and what it means for grouping.

Decisions are taken at two levels. Articles of one text (level "copies") always report one event, so
together at "copies" is together at "story" too, and apart at "story" is apart at "copies" too. What
is together connects over any number of decisions: A with B and B with C is A with C.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import Final

from aggregator.core.connecting import reach
from aggregator.model import Constraints, Decision, Level

__all__ = [
    "Bounds",
    "Groups",
    "articles_in",
    "between",
    "conflict",
    "connected",
    "copy_constraints",
    "settled",
    "standing",
    "story_constraints",
]

Groups = tuple[frozenset[int], ...]
"""A partition of articles."""

_NARROWER: Final[Mapping[Level, frozenset[Level]]] = {
    "copies": frozenset({"copies"}),
    "story": frozenset({"copies", "story"}),
}
"""Which levels' "together" make articles belong together at a level."""


def articles_in(decisions: Iterable[Decision]) -> frozenset[int]:
    """All articles that decisions speak of."""
    return frozenset(a for each in decisions for a in (*each.articles, *each.others))


def connected(decisions: Iterable[Decision], ids: Iterable[int]) -> frozenset[int]:
    """These articles with all that is together with any of them at either level, however far."""
    events = _classes(decisions, "story")
    return frozenset(other for each in ids for other in events.get(each, (each,)))


# --- contradictions --------------------------------------------------------------------------


def conflict(kept: Sequence[Decision], new: Decision) -> tuple[Decision, ...]:
    """The decisions that `new` contradicts, the fewest that do; empty where it contradicts none.

    `kept` hold now and contradict each other in nothing. A decision that contradicts itself, one
    article being on both its sides, is returned itself.
    """
    if set(new.articles) & set(new.others):
        return (new,)
    every = (*kept, new)
    apart = (new,) if new.kind == "apart" else _parted_by(every, new)
    paths: list[tuple[Decision, ...]] = []
    for each in apart:
        chain = _chain(every, each)
        if chain is not None:
            paths.append(tuple(d for d in (*chain, each) if d is not new))
    found = min(paths, key=lambda path: (len(path), [d.id for d in path]), default=())
    return tuple(sorted(set(found), key=lambda d: d.id))


def between(kept: Sequence[Decision], a: int, b: int) -> tuple[Decision, ...]:
    """The fewest decisions that say how two articles stand to each other; empty where none do.

    They are those that the opposite would contradict.
    """
    now = max((each.at for each in kept), default=None)
    if now is None:
        return ()
    opposites = (
        Decision(0, now, "", "apart", "story", (a,), (b,)),
        Decision(0, now, "", "together", "copies", (a, b)),
    )
    found = {each.id: each for opposite in opposites for each in conflict(kept, opposite)}
    return tuple(found[each] for each in sorted(found))


def _parted_by(every: Sequence[Decision], new: Decision) -> tuple[Decision, ...]:
    """The "apart" that part what `new` connects."""
    joined = {
        level: _classes(every, level).get(next(iter(new.articles), 0), frozenset())
        for level, kinds in _NARROWER.items()
        if new.level in kinds
    }
    return tuple(
        each
        for each in every
        if each.kind == "apart"
        and not (here := joined.get(each.level, frozenset())).isdisjoint(each.articles)
        and not here.isdisjoint(each.others)
    )


def _chain(decisions: Iterable[Decision], apart: Decision) -> tuple[Decision, ...] | None:
    """The fewest decisions that connect the two sides of `apart`; None where none do.

    Breadth first over decisions, of which each is a hub between all its articles.
    """
    hubs = [d for d in decisions if d.kind == "together" and d.level in _NARROWER[apart.level]]
    of_article: dict[int, list[Decision]] = defaultdict(list)
    for hub in hubs:
        for each in hub.articles:
            of_article[each].append(hub)
    goal = set(apart.others)
    reached: dict[int, tuple[Decision, ...]] = dict.fromkeys(apart.articles, ())
    queue = deque(apart.articles)
    while queue:
        article = queue.popleft()
        if article in goal:
            return reached[article]
        for hub in of_article[article]:
            for each in hub.articles:
                if each not in reached:
                    reached[each] = (*reached[article], hub)
                    queue.append(each)
    return None


def standing(decisions: Sequence[Decision]) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """Part decisions into those that hold and those that are outranked by newer ones.

    None is kept that contradicts another; but two articles may have become one since, or one that
    was gone came back. Then the newer decision holds, and an article that is now on both sides of a
    decision counts on neither.
    """
    mended = [_mended(each) for each in decisions]
    if not _contradict(mended):
        return tuple(mended), ()
    holding: list[Decision] = []
    outranked: list[Decision] = []
    for each in sorted(mended, key=lambda d: -d.id):
        (outranked if conflict(holding, each) else holding).append(each)
    return tuple(sorted(holding, key=lambda d: d.id)), tuple(outranked)


def _mended(decision: Decision) -> Decision:
    both = set(decision.articles) & set(decision.others)
    if not both:
        return decision
    sides = (decision.articles, decision.others)
    left, right = (tuple(a for a in side if a not in both) for side in sides)
    return replace(decision, articles=left, others=right)


def _contradict(decisions: Sequence[Decision]) -> bool:
    for level in ("copies", "story"):
        of = _classes(decisions, level)
        for each in decisions:
            if each.kind == "apart" and each.level == level:
                left, right = ({of.get(a, a) for a in s} for s in (each.articles, each.others))
                if left & right:
                    return True
    return False


def _classes(decisions: Iterable[Decision], level: Level) -> dict[int, frozenset[int]]:
    """Map each article that is together with another at a level to all that it is together with."""
    hubs = [d.articles for d in decisions if d.kind == "together" and d.level in _NARROWER[level]]
    return reach(hubs)


# --- what it means for grouping --------------------------------------------------------------


def copy_constraints(decisions: Iterable[Decision], ids: Iterable[int]) -> Constraints:
    """What decisions that hold mean for the copy groups of the articles `ids`."""
    every, known = tuple(decisions), frozenset(ids)
    texts = _classes(every, "copies")
    together = _in_line(texts.values(), known)
    apart = {
        pair
        for level, classes in (("copies", texts), ("story", _classes(every, "story")))
        for left, right in _sides(every, level, classes)
        for pair in _across(left & known, right & known)
    }
    return Constraints(together, frozenset(apart))


def story_constraints(decisions: Iterable[Decision], group_of: Mapping[int, int]) -> Constraints:
    """What decisions that hold mean for the stories of copy groups.

    `group_of` maps articles to their groups, which are `settled`.
    """
    every = tuple(decisions)
    events = _classes(every, "story")
    groups = ({group_of[a] for a in event if a in group_of} for event in set(events.values()))
    together = {tuple(sorted(pair)) for found in groups for pair in pairwise(sorted(found))}
    apart = {
        pair
        for sides in _sides(every, "story", events)
        for pair in _across(*({group_of[a] for a in side if a in group_of} for side in sides))
    }
    return Constraints(frozenset((a, b) for a, b in together), frozenset(apart))


def _sides(
    decisions: Iterable[Decision], level: str, classes: Mapping[int, frozenset[int]]
) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """Both sides of each "apart" of a level, with all that is together with them."""
    for each in decisions:
        if each.kind == "apart" and each.level == level:
            left, right = (
                frozenset().union(*(classes.get(a, frozenset({a})) for a in side))
                for side in (each.articles, each.others)
            )
            yield left, right


def _in_line(
    classes: Iterable[frozenset[int]], known: frozenset[int]
) -> frozenset[tuple[int, int]]:
    """Pairs that hold together what is known of each class, as few as there can be."""
    return frozenset(pair for each in set(classes) for pair in pairwise(sorted(each & known)))


def _across(left: Iterable[int], right: Iterable[int]) -> set[tuple[int, int]]:
    return {(min(pair), max(pair)) for pair in product(left, right)}


def settled(
    form: Callable[[Constraints], Groups], decisions: Sequence[Decision], ids: Iterable[int]
) -> Groups:
    """The copy groups that `form` makes of `ids` and with which every decision can be kept.

    A and X may be copies, and B and Y, where an editor put A together with B, and X apart from Y,
    at the level of stories: then no story can have both groups whole. So groups that would connect
    what must be apart are parted, and the rest is formed anew, until none does. `ids` hold
    whatever decisions and groups connect.
    """
    wanted = copy_constraints(decisions, ids)
    while True:
        groups = form(wanted)
        more = _strained(groups, decisions) - wanted.apart
        if not more:
            return groups
        wanted = replace(wanted, apart=wanted.apart | more)


def _strained(groups: Groups, decisions: Sequence[Decision]) -> frozenset[tuple[int, int]]:
    """Pairs of articles whose group connects the two sides of an "apart" of stories."""
    events = _classes(decisions, "story")
    spoken_of = articles_in(decisions)
    bridges = [group & spoken_of for group in groups if len(group & spoken_of) > 1]
    if not bridges:
        return frozenset()
    whole = reach([*bridges, *set(events.values())])
    torn: set[frozenset[int]] = set()
    for left, right in _sides(decisions, "story", events):
        sides = ({whole[a] for a in side if a in whole} for side in (left, right))
        torn |= set.intersection(*sides)
    return frozenset(
        pair
        for bridge in bridges
        if whole[next(iter(bridge))] in torn
        for pair in combinations(sorted(bridge), 2)
        if pair[1] not in events.get(pair[0], ())
    )


# --- constraints thought to their end --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bounds:
    """With whom each id must be, over however many pairs, and with whom none of those may."""

    _mates: Mapping[int, frozenset[int]]
    _foes: Mapping[int, frozenset[int]]

    @classmethod
    def of(cls, wanted: Constraints) -> "Bounds":
        """Think constraints to their end."""
        mates = reach(wanted.together)
        foes: dict[int, set[int]] = defaultdict(set)
        for a, b in wanted.apart:
            left, right = (mates.get(each, frozenset({each})) for each in (a, b))
            for each in left:
                foes[each] |= right
            for each in right:
                foes[each] |= left
        return cls(mates, {each: frozenset(others) for each, others in foes.items()})

    def mates(self, one: int) -> frozenset[int]:
        """All that must be where `one` is, itself too."""
        return self._mates.get(one, frozenset({one}))

    def foes(self, one: int) -> frozenset[int]:
        """All that must not be where `one` is."""
        return self._foes.get(one, frozenset())
