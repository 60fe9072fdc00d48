"""Lays a text along a longer one, to tell a copy with replaced words from a rewritten text."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from aggregator.core.shingles import is_number

__all__ = ["Alignment", "Run", "align", "common_runs", "runs_of_two"]

_BRIDGED_GAP: Final = 8
_PENALTY: Final = 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a text stands in a longer one.

    `share` of its words stand there in the same places, 0 to 1; `replaced` is the part of it whose
    words are others there, one for one, and `run` how many equal words stand together in the mean:
    few where both fill one form. `stretch` is how much of it the
    part spans that is taken over best, and `purity` the share of the words of that part that stand
    in the longer text: what surrounds a copied text on its page lies outside. Of the numbers that
    have a counterpart, `kept_numbers` are equal and `changed_numbers` are not.
    """

    share: float = 0.0
    replaced: float = 0.0
    run: float = 0.0
    stretch: float = 0.0
    purity: float = 0.0
    kept_numbers: int = 0
    changed_numbers: int = 0


class Run(NamedTuple):
    """Equal words of two texts: the places where they begin, and how many they are."""

    start: int
    other: int
    length: int


def align(short: Sequence[str], long: Sequence[str]) -> Alignment:
    """Lay `short` along `long`.

    Runs of two or more equal words count, wherever they stand (paragraphs may be reordered), and
    so do up to eight words between two such runs where the gap is equally wide in both texts: that
    is how a text looks in which single words were replaced, and not how a rewritten one looks.
    What `short` repeats counts once.
    """
    spans: list[tuple[int, int]] = []
    kept = changed = replaced = equal = here = there = 0
    for start, place, length in common_runs(short, long):
        gap, other = short[here:start], long[there:place]
        bridged = len(gap) <= _BRIDGED_GAP and 0 <= place - there <= _BRIDGED_GAP
        changed += _changed_numbers(gap, other) if bridged else 0
        even = bridged and len(gap) == len(other)
        replaced += len(gap) if even else 0
        equal += length
        first = here if even else start
        here, there = start + length, place + length
        kept += sum(map(is_number, short[start:here]))
        spans.append((first, here))
    stretch, inside = _best_stretch(spans)
    return Alignment(
        share=sum(end - first for first, end in spans) / max(1, len(short)),
        replaced=replaced / max(1, len(short)),
        run=equal / max(1, len(spans)),
        stretch=stretch / max(1, len(short)),
        purity=inside / max(1, stretch),
        kept_numbers=kept,
        changed_numbers=changed,
    )


def common_runs(short: Sequence[str], long: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield (place in `short`, place in `long`, length) of equal runs, along `short`.

    Of several places in `long` the one nearest to where the last run would go on is taken.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, pair in enumerate(pairwise(long)):
        places[pair].append(place)
    taken: set[int] = set()
    here = shift = 0
    while here < len(short) - 1:
        found = places.get((short[here], short[here + 1]))
        if not found:
            here += 1
            continue
        there = _nearest(found, here + shift)
        length = _common_length(short, here, long, there)
        if there not in taken:
            yield here, there, length
            taken.update(range(there, there + length - 1))
        shift, here = there - here, here + length


def runs_of_two(words: Sequence[str], others: Sequence[str]) -> list[Run]:
    """The equal runs of two texts, whichever is longer; in the shorter one they do not overlap."""
    if len(words) <= len(others):
        return [Run(*each) for each in common_runs(words, others)]
    return [Run(start, other, length) for other, start, length in common_runs(others, words)]


def _nearest(places: Sequence[int], wanted: int) -> int:
    """The one of `places`, which ascend, that is nearest to `wanted`; of two the earlier.

    Halving, since a text may repeat two words a hundred thousand times.
    """
    after = bisect_left(places, wanted)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - wanted))


def _common_length(a: Sequence[str], i: int, b: Sequence[str], j: int) -> int:
    length = 0
    while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
        length += 1
    return length


def _changed_numbers(gap: Sequence[str], other: Sequence[str]) -> int:
    """How many numbers on one side of a gap stand against other numbers on the other side."""
    mine, theirs = (set(filter(is_number, side)) for side in (gap, other))
    return min(len(mine - theirs), len(theirs - mine))


def _best_stretch(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Width and covered words of the stretch with most covered words over uncovered ones.

    Each uncovered word outweighs two covered ones; the largest sum is found in one pass (Kadane).
    """
    best = best_width = best_inside = 0
    score = opened = inside = last = 0
    for first, end in spans:
        score -= _PENALTY * (first - last)
        if score <= 0:
            score, opened, inside = 0, first, 0
        score += end - first
        inside += end - first
        last = end
        if score > best:
            best, best_width, best_inside = score, end - opened, inside
    return best_width, best_inside
