"""From agreement with the truth to figures, and to tables of them."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from aggregator.evaluation.clustering.partitions import Agreement
from aggregator.evaluation.clustering.tasks import Level, Task
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Figure, Kind
from aggregator.evaluation.tables import Table

__all__ = ["KINDS", "figures_of", "tables"]

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
    "", "half", "articles", "who", "pairs P", "R", "F1", "BCubed P", "R", "F1", "ARI"
)  # fmt: skip


def figures_of(
    task: Task, contestant: str, agreements: Mapping[Half, Agreement]
) -> Iterator[Figure]:
    """The figures of one contestant in one task."""
    for half, each in agreements.items():
        for kind, value in zip(KINDS[task.level], _values(each), strict=True):
            yield Figure(kind, task.group, half, contestant, value, each.items)


def _values(found: Agreement) -> tuple[float, ...]:
    pairs, bcubed = found.pairs, found.bcubed
    return (*pairs, pairs.f1, *bcubed, bcubed.f1, found.rand)


def tables(figures: Sequence[Figure]) -> list[Table]:
    """Copies and stories: each set, each half, each contestant in a row."""
    found = [Table(f"{level.capitalize()}", _HEADERS, _rows(figures, level)) for level in Level]
    return [table for table in found if table.rows]


def _rows(figures: Sequence[Figure], level: Level) -> tuple[tuple[str, ...], ...]:
    chosen = [each for each in figures if each.kind in KINDS[level]]
    groups = dict.fromkeys(each.group for each in chosen)
    values = {(each.group, each.half, each.contestant, each.kind): each for each in chosen}
    rows = dict.fromkeys(
        (group, half, each.contestant, each.pages)
        for group in groups
        for half in reversed(Half)
        for each in chosen
        if (each.group, each.half) == (group, half)
    )
    return tuple(
        (group, half, str(articles), who, *(_shown(values, (group, half, who), level)))
        for group, half, who, articles in rows
    )


def _shown(values: Mapping[Key, Figure], row: tuple[str, Half, str], level: Level) -> Iterator[str]:
    return (f"{values[(*row, kind)].value:.3f}" for kind in KINDS[level])
