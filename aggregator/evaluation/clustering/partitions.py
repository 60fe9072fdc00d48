"""How far two partitions of the same articles agree: by pairs, by articles, corrected for chance.

By articles is B-Cubed (Bagga and Baldwin, "Entity-based cross-document coreferencing using the
vector space model", 1998), corrected for chance the adjusted Rand index (Hubert and Arabie,
"Comparing partitions", 1985).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

from aggregator.evaluation.metrics import Rates

__all__ = ["Agreement", "agreement", "agreement_with_pairs", "pairs_of"]

Label = Hashable
Pair = frozenset[int]


class Agreement(NamedTuple):
    """How near the groups that were found come to the true ones.

    `pairs` and `bcubed` are shares from 0 to 1, `rand` is 1 where both agree and about 0 where
    they do by chance. `items` were judged.
    """

    pairs: Rates
    bcubed: Rates
    rand: float
    items: int


def agreement(
    truth: Sequence[Label], found: Sequence[Label], judged: Collection[int] | None = None
) -> Agreement:
    """Compare two partitions, each given as one label per article, in the same order.

    Where only some articles are `judged` (by their places), the pairs are those that hold one of
    them and B-Cubed is the mean over them, so that what they are wrongly joined with counts though
    it is of the others; the Rand index is that of the judged alone. A share of nothing is 1.
    """
    chosen = range(len(truth)) if judged is None else sorted(judged)
    cells = [(truth[at], found[at]) for at in range(len(truth))]
    some = [cells[at] for at in chosen]
    return Agreement(_by_pairs(cells, some), _by_items(cells, some), _rand(some), len(some))


def _by_pairs(cells: Sequence[tuple[Label, Label]], judged: Sequence[tuple[Label, Label]]) -> Rates:
    both = _pairs_with(cells, judged)
    true = _pairs_with([cell[0] for cell in cells], [cell[0] for cell in judged])
    found = _pairs_with([cell[1] for cell in cells], [cell[1] for cell in judged])
    return _rates(both, found, true)


def _pairs_with(labels: Sequence[Label], judged: Sequence[Label]) -> int:
    """How many pairs of one label hold at least one that is judged."""
    sizes, inside = Counter(labels), Counter(judged)
    return sum(_pairs(sizes[each]) - _pairs(sizes[each] - inside[each]) for each in inside)


def _by_items(cells: Sequence[tuple[Label, Label]], judged: Sequence[tuple[Label, Label]]) -> Rates:
    both = Counter(cells)
    true, found = Counter(cell[0] for cell in cells), Counter(cell[1] for cell in cells)
    precision = sum(both[cell] / found[cell[1]] for cell in judged)
    recall = sum(both[cell] / true[cell[0]] for cell in judged)
    return Rates(precision / len(judged), recall / len(judged)) if judged else Rates(1.0, 1.0)


def _rand(cells: Sequence[tuple[Label, Label]]) -> float:
    both = sum(map(_pairs, Counter(cells).values()))
    true = sum(map(_pairs, Counter(cell[0] for cell in cells).values()))
    found = sum(map(_pairs, Counter(cell[1] for cell in cells).values()))
    return _corrected(both, found, true, _pairs(len(cells)))


def agreement_with_pairs(
    truth: Iterable[Pair], found: Sequence[Label], judged: Collection[int] | None = None
) -> Agreement:
    """Compare a partition with a truth that is known pair by pair, and may be no partition.

    `truth` are pairs of places in `found`; whatever is no such pair belongs apart. `judged` counts
    as in `agreement`.
    """
    chosen = set(range(len(found)) if judged is None else judged)
    near: dict[int, set[int]] = {at: {at} for at in range(len(found))}
    for a, b in map(tuple, truth):
        near[a].add(b)
        near[b].add(a)
    group: dict[Label, set[int]] = {}
    for at, label in enumerate(found):
        group.setdefault(label, set()).add(at)
    true = {frozenset((a, b)) for a, others in near.items() for b in others if a != b}
    ours = pairs_of(found)
    counts = [(near[at] & group[found[at]], group[found[at]], near[at]) for at in sorted(chosen)]
    return Agreement(
        _rates(*_sizes(true, ours, lambda pair: not pair.isdisjoint(chosen))),
        _mean([(len(both), len(mine), len(theirs)) for both, mine, theirs in counts]),
        _corrected(*_sizes(true, ours, lambda pair: pair <= chosen), _pairs(len(chosen))),
        len(chosen),
    )


def _sizes(
    true: set[Pair], ours: set[Pair], counts: Callable[[Pair], bool]
) -> tuple[int, int, int]:
    """How many of the pairs that count are in both, in ours and in the truth."""
    both, found, wanted = (sum(map(counts, each)) for each in (true & ours, ours, true))
    return both, found, wanted


def _mean(counts: Sequence[tuple[int, int, int]]) -> Rates:
    """The mean shares that each article's common neighbours have in those found and the true."""
    if not counts:
        return Rates(1.0, 1.0)
    precision = sum(both / found for both, found, _ in counts) / len(counts)
    return Rates(precision, sum(both / true for both, _, true in counts) / len(counts))


def pairs_of(labels: Sequence[Label]) -> set[Pair]:
    """All pairs of places that carry one label; for small sets."""
    places: dict[Label, list[int]] = {}
    for at, label in enumerate(labels):
        places.setdefault(label, []).append(at)
    return {
        frozenset((a, b))
        for group in places.values()
        for n, b in enumerate(group)
        for a in group[:n]
    }


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _rates(both: int, found: int, true: int) -> Rates:
    return Rates(both / found if found else 1.0, both / true if true else 1.0)


def _corrected(both: int, found: int, true: int, every: int) -> float:
    """How far the pairs in common exceed those to be expected, as a share of how far they could."""
    expected = found * true / every if every else 0.0
    most = (found + true) / 2
    return (both - expected) / (most - expected) if most != expected else 1.0
