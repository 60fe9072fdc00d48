"""Finds which words of two texts stand in both: in the same order, or moved to another place."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from aggregator.core.alignment import Run, runs_of_two

__all__ = ["Matches", "matches"]

_LEAST_MOVED: Final = 5
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Matches:
    """Equal runs of words, each by its places in both texts; no word is in two of them.

    Those of `in_place` follow each other in both texts; those of `moved` do not, and are in the
    order of the first text.
    """

    in_place: tuple[Run, ...]
    moved: tuple[Run, ...]


def matches(words: Sequence[str], others: Sequence[str]) -> Matches:
    """Match two texts word by word, in O(n log n) for texts of any kind.

    Equal runs of two words or more are looked for, wherever they stand. The heaviest of them that
    follow each other in both texts are in place, and so is what is equal around them; those of five
    words or more that are left over have moved. What is in place but short, among much that
    differs, is chance ("in the"), and left out as in the "semantic cleanup" of diff-match-patch
    (Fraser, 2006).
    """
    runs = _apart(_found(words, others))
    chain = _heaviest_chain(runs)
    chosen = set(chain)
    moved = [run for run in runs if run not in chosen and run.length >= _LEAST_MOVED]
    end = Run(len(words), len(others), 0)
    settled = _without_islands(chain, end)
    here = {at for run in moved for at in range(run.start, run.start + run.length)}
    there = {at for run in moved for at in range(run.other, run.other + run.length)}

    def equal(one: int, other: int) -> bool:
        return words[one] == others[other] and one not in here and other not in there

    return Matches(tuple(_grown(settled, end, equal)), tuple(moved))


def _found(words: Sequence[str], others: Sequence[str]) -> list[Run]:
    """Equal runs: what both begin and end with, which costs little, and those in between."""
    begin = _common(words, others)
    end = _common(words[begin:][::-1], others[begin:][::-1])
    here, there = len(words) - end, len(others) - end
    between = runs_of_two(words[begin:here], others[begin:there])
    runs = [Run(run.start + begin, run.other + begin, run.length) for run in between]
    return [Run(0, 0, begin), *runs, Run(here, there, end)]


def _common(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(words, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _apart(runs: Iterable[Run]) -> list[Run]:
    """Without words that two runs claim: the longer run has them."""
    here: set[int] = set()
    there: set[int] = set()
    found = []
    for run in sorted(runs, key=lambda each: (-each.length, each.start)):
        free = [
            run.start + at not in here and run.other + at not in there for at in range(run.length)
        ]
        first = free.index(True) if True in free else run.length
        length = sum(free)
        # What lies within a longer run is a part of both sides of it: nobody would call it moved.
        if length > 1 and all(free[first : first + length]):
            found.append(Run(run.start + first, run.other + first, length))
            here.update(range(run.start + first, run.start + first + length))
            there.update(range(run.other + first, run.other + first + length))
    return sorted(found)


def _heaviest_chain(runs: Sequence[Run]) -> list[Run]:
    """Of runs in the order of one text those in the order of both that have most words together.

    The best chain that ends at or before each place of the other text is kept as a staircase that
    rises, so that a run finds the one it goes on with by halving.
    """
    places, weights, last = [0], [0], [_NOWHERE]
    before: list[int] = []
    for at, run in enumerate(runs):
        step = bisect_right(places, run.other) - 1
        before.append(last[step])
        end, weight = run.other + run.length, weights[step] + run.length
        step = bisect_right(places, end)
        if weights[step - 1] >= weight:
            continue
        behind = step
        while behind < len(places) and weights[behind] <= weight:
            behind += 1
        step -= places[step - 1] == end
        places[step:behind], weights[step:behind], last[step:behind] = [end], [weight], [at]
    return _followed(runs, before, last[-1])


def _followed(runs: Sequence[Run], before: Sequence[int], at: int) -> list[Run]:
    chain = []
    while at != _NOWHERE:
        chain.append(runs[at])
        at = before[at]
    return chain[::-1]


def _without_islands(chain: Iterable[Run], end: Run) -> list[Run]:
    """Without short runs that have at least as many words that differ on either side."""
    kept = [Run(0, 0, 0)]
    for run in (*chain, end):
        while len(kept) > 1 and _is_island(kept[-2], kept[-1], run):
            kept.pop()
        kept.append(run)
    return kept[1:-1]


def _is_island(before: Run, run: Run, behind: Run) -> bool:
    if run.length >= _LEAST_MOVED:
        return False
    return run.length <= min(_gap(before, run), _gap(run, behind))


def _gap(before: Run, behind: Run) -> int:
    """How many words stand between two runs, in the text where those are more."""
    return max(
        behind.start - before.start - before.length, behind.other - before.other - before.length
    )


def _grown(chain: Iterable[Run], end: Run, equal: Callable[[int, int], bool]) -> Iterator[Run]:
    """With the equal words next to each run; runs that meet become one."""
    last = Run(0, 0, 0)
    for run in (*chain, end):
        last = _forwards(last, run, equal)
        grown = _backwards(last, run, equal)
        if _gap(last, grown) == 0:
            last = last._replace(length=last.length + grown.length)
            continue
        if last.length:
            yield last
        last = grown
    if last.length:
        yield last


def _forwards(run: Run, behind: Run, equal: Callable[[int, int], bool]) -> Run:
    start, other, length = run
    while start + length < behind.start and other + length < behind.other:
        if not equal(start + length, other + length):
            break
        length += 1
    return Run(start, other, length)


def _backwards(before: Run, run: Run, equal: Callable[[int, int], bool]) -> Run:
    start, other, length = run
    first, place = before.start + before.length, before.other + before.length
    while start > first and other > place and equal(start - 1, other - 1):
        start, other, length = start - 1, other - 1, length + 1
    return Run(start, other, length)
