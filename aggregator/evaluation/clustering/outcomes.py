"""From agreement with the truth to figures, and to tables of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aggregator.evaluation.clustering.partitions import Agreement
from aggregator.evaluation.clustering.tasks import Check, Level, Task
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Figure, Kind
from aggregator.evaluation.metrics import Rates
from aggregator.evaluation.tables import Table

__all__ = [
    "KINDS",
    "Curve",
    "best_of",
    "curves_of",
    "figures_of",
    "figures_of_check",
    "tables",
]

# Of each level, in the order of _values.
KINDS: Final = MappingProxyType(
    {
        Level.COPIES: (
            Kind.COPIES_PRECISION,
            Kind.COPIES_RECALL,
            Kind.COPIES_F1,
            Kind.COPIES_BCUBED_PRECISION,
            Kind.COPIES_BCUBED_RECALL,
            Kind.COPIES_BCUBED_F1,
            Kind.COPIES_RAND,
        ),
        Level.STORIES: (
            Kind.STORIES_PRECISION,
            Kind.STORIES_RECALL,
            Kind.STORIES_F1,
            Kind.STORIES_BCUBED_PRECISION,
            Kind.STORIES_BCUBED_RECALL,
            Kind.STORIES_BCUBED_F1,
            Kind.STORIES_RAND,
        ),
    }
)
Key = tuple[str, Half, str, Kind]
_HEADERS: Final = (
    "", "half", "articles", "who", "at", "pairs P", "R", "F1", "BCubed P", "R", "F1", "ARI"
)  # fmt: skip
_PAIRS: Final = ("", "half", "pairs", "who", "share")
_CHECKS: Final = (Kind.ABRIDGED, Kind.PARTIAL, Kind.TOGETHER, Kind.APART)


def figures_of(
    task: Task, contestant: str, agreements: Mapping[Half, Agreement]
) -> Iterator[Figure]:
    """The figures of one contestant in one task."""
    for half, each in agreements.items():
        for kind, value in zip(KINDS[task.level], _values(each), strict=True):
            yield Figure(kind, task.group, half, contestant, value, each.items)


@dataclass(frozen=True, slots=True)
class Curve:
    """What a peer reaches in one half of a task: for each threshold its precision and recall.

    Those of pairs for copies, of BCubed for stories; at the threshold `best` their F1 is highest.
    """

    group: str
    level: Level
    half: Half
    contestant: str
    points: Mapping[float, Rates]
    best: float


def curves_of(
    task: Task, contestant: str, swept: Mapping[float, Mapping[Half, Agreement]]
) -> Iterator[Curve]:
    """The curve of a peer in each half."""
    for half in next(iter(swept.values())):
        points = {at: _counted(task, each[half]) for at, each in swept.items()}
        best = max(points, key=lambda at: points[at].f1)
        yield Curve(task.group, task.level, half, contestant, points, best)


def _counted(task: Task, found: Agreement) -> Rates:
    return found.pairs if task.level is Level.COPIES else found.bcubed


def best_of(
    task: Task, curve: Curve, swept: Mapping[float, Mapping[Half, Agreement]]
) -> Iterator[Figure]:
    """The figures of a peer at its best threshold for this very half, and which that is."""
    found = swept[curve.best][curve.half]
    yield from figures_of(task, curve.contestant, {curve.half: found})
    yield Figure(Kind.THRESHOLD, task.group, curve.half, curve.contestant, curve.best, found.items)


def figures_of_check(
    check: Check, contestant: str, shares: Mapping[Half, tuple[float, int]]
) -> Iterator[Figure]:
    """The figures of one contestant in one check."""
    for half, (value, pairs) in shares.items():
        yield Figure(check.kind, check.group, half, contestant, value, pairs)


def _values(found: Agreement) -> tuple[float, ...]:
    pairs, bcubed = found.pairs, found.bcubed
    return (*pairs, pairs.f1, *bcubed, bcubed.f1, found.rand)


def tables(figures: Sequence[Figure]) -> list[Table]:
    """Copies and stories: each set, each half, each contestant in a row."""
    found = [Table(f"{level.capitalize()}", _HEADERS, _rows(figures, level)) for level in Level]
    chosen = [
        each
        for kind in _CHECKS
        for half in reversed(Half)
        for each in figures
        if (each.kind, each.half) == (kind, half)
    ]
    rows = tuple(
        (
            f"{each.kind}: {each.group}",
            each.half,
            str(each.pages),
            each.contestant,
            f"{each.value:.3f}",
        )
        for each in chosen
    )
    found.append(Table("Pairs that are as they should be", _PAIRS, rows))
    return [table for table in found if table.rows]


def _rows(figures: Sequence[Figure], level: Level) -> tuple[tuple[str, ...], ...]:
    chosen = [each for each in figures if each.kind in KINDS[level]]
    groups = dict.fromkeys(each.group for each in chosen)
    values = {(each.group, each.half, each.contestant, each.kind): each for each in figures}
    rows = dict.fromkeys(
        (group, half, each.contestant, each.pages)
        for group in groups
        for half in reversed(Half)
        for each in chosen
        if (each.group, each.half) == (group, half)
    )
    return tuple(
        (group, half, str(articles), who, *_shown(values, (group, half, who), level))
        for group, half, who, articles in rows
    )


def _shown(values: Mapping[Key, Figure], row: tuple[str, Half, str], level: Level) -> Iterator[str]:
    threshold = values.get((*row, Kind.THRESHOLD))
    yield f"{threshold.value:.3g}" if threshold else ""
    for kind in KINDS[level]:
        yield f"{values[(*row, kind)].value:.3f}"
