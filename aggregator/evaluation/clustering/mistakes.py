"""Where copies or stories went wrong, worst first: of the half that may be looked at alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.clustering.tasks import Task
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.tables import Table

__all__ = ["Mistake", "mistakes", "table"]

_SHOWN: Final = 70


@dataclass(frozen=True, slots=True)
class Mistake:
    """Articles that are wrongly together or apart: `pairs` of them, two for all."""

    group: str
    together: bool
    pairs: int
    one: str
    other: str


def mistakes(task: Task, documents: Sequence[Document], found: Sequence[int]) -> list[Mistake]:
    """What went wrong with the articles of a task whose group each of them was given.

    Where the truth is known pair by pair it is taken for the groups that these connect.
    """
    places = [at for at, half in enumerate(task.halves) if half is Half.DEVELOPED]
    labels = _labels(task)
    titles = [documents[at].title or documents[at].text for at in task.places]
    made = [
        *_torn(task.group, places, found, labels, titles, together=True),
        *_torn(task.group, places, labels, found, titles, together=False),
    ]
    return sorted(made, key=lambda each: (-each.pairs, each.one, each.other))


def _labels(task: Task) -> Sequence[str | int]:
    if not isinstance(task.truth, frozenset):
        return task.truth
    label = list(range(len(task.places)))
    for a, b in sorted(sorted(pair) for pair in task.truth):
        former = label[b]
        label = [label[a] if each == former else each for each in label]
    return label


def _torn(
    group: str,
    places: Sequence[int],
    whole: Sequence[str | int],
    parts: Sequence[str | int],
    titles: Sequence[str],
    *,
    together: bool,
) -> Iterator[Mistake]:
    """What is one group by `whole` and several by `parts`."""
    members: dict[str | int, list[int]] = defaultdict(list)
    for at in places:
        members[whole[at]].append(at)
    for each in members.values():
        sizes = Counter(parts[at] for at in each)
        if len(sizes) > 1:
            (first, _), (second, _) = sizes.most_common(2)
            pairs = (len(each) ** 2 - sum(size**2 for size in sizes.values())) // 2
            one, other = (next(at for at in each if parts[at] == part) for part in (first, second))
            yield Mistake(group, together, pairs, titles[one], titles[other])


def table(found: Sequence[Mistake], most: int) -> Table:
    """The worst mistakes of each group of figures."""
    shown: Counter[tuple[str, bool]] = Counter()
    rows = []
    for each in found:
        shown[each.group, each.together] += 1
        if shown[each.group, each.together] <= most:
            what = "wrongly together" if each.together else "wrongly apart"
            rows.append((each.group, what, str(each.pairs), _short(each.one), _short(each.other)))
    return Table("Mistakes, worst first", ("", "what", "pairs", "one", "other"), tuple(rows))


def _short(title: str) -> str:
    return " ".join(title.split())[:_SHOWN]
