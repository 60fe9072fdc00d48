"""What is measured on a stream: of copies or stories, on which articles, against which truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.evaluation.clustering.partitions import (
    Agreement,
    Pair,
    agreement,
    agreement_with_pairs,
)
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Kind

__all__ = ["Check", "Level", "Stream", "Task", "checked", "measured"]


class Level(StrEnum):
    """What of the outcome is measured."""

    COPIES = "copies"
    STORIES = "stories"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is measured on a stream, of the articles at `places` in it.

    `truth` is either each one's label, or the pairs of them (by their place in `places`) that
    belong together. `halves` are those of the articles. What is only `part` of another task, a
    point on its curve, is not worth every contestant's time.
    """

    group: str
    level: Level
    places: tuple[int, ...]
    halves: tuple[Half, ...]
    truth: tuple[str, ...] | frozenset[Pair]
    part: bool = False

    def of(self, found: Sequence[int]) -> list[int]:
        """Of what was found for all articles of the stream that for those of the task."""
        return [found[at] for at in self.places]


@dataclass(frozen=True, slots=True)
class Check:
    """Pairs of places in a stream that belong together, or apart; a figure is the share that are.

    `halves` are those of the pairs.
    """

    kind: Kind
    group: str
    level: Level
    pairs: tuple[tuple[int, int], ...]
    halves: tuple[Half, ...]
    together: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """Articles that come in one stream, and what is measured on it; `digests` are of its data."""

    name: str
    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    digests: Mapping[str, str]
    checks: tuple[Check, ...] = ()


def measured(task: Task, found: Sequence[int]) -> dict[Half, Agreement]:
    """How near the groups that were `found`, for the articles of the task, come to the truth.

    Every half that has articles is judged by itself; all were clustered together.
    """
    judged = {
        half: [at for at, of in enumerate(task.halves) if half in {of, Half.BOTH}] for half in Half
    }
    return {half: _agreement(task, found, chosen) for half, chosen in judged.items() if chosen}


def _agreement(task: Task, found: Sequence[int], judged: Sequence[int]) -> Agreement:
    if isinstance(task.truth, frozenset):
        return agreement_with_pairs(task.truth, found, judged)
    return agreement(task.truth, found, judged)


def checked(check: Check, found: Sequence[int]) -> dict[Half, tuple[float, int]]:
    """Which share of the pairs of each half is as it should be, and of how many."""
    right = [(found[a] == found[b]) is check.together for a, b in check.pairs]
    shares = {}
    for half in Half:
        judged = [ok for ok, of in zip(right, check.halves, strict=True) if half in {of, Half.BOTH}]
        if judged:
            shares[half] = sum(judged) / len(judged), len(judged)
    return shares
