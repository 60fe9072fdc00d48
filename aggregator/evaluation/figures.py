"""From the scores of pages to figures: what counts, for which pages, for whom."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from types import MappingProxyType
from typing import Final

from aggregator.evaluation.corpora import Half
from aggregator.evaluation.metrics import Rates
from aggregator.evaluation.scoring import Measure, Score

__all__ = ["ALL", "GERMAN", "Figure", "Kind", "figures"]

ALL: Final = "all"
GERMAN: Final = "German"
# Fewer pages are no part of a set to speak of.
_FEWEST: Final = 10


class Kind(StrEnum):
    """What a figure tells."""

    F1 = "F1 of words"
    PRECISION = "precision of words"
    RECALL = "recall of words"
    SEGMENTS_F1 = "F1 of segments"
    SEGMENTS_PRECISION = "precision of segments"
    SEGMENTS_RECALL = "recall of segments"
    RUNS_F1 = "F1 of 4-word runs"
    LEAKED = "leaked lines per page"
    LEAD = "leads found"
    LEAD_APART = "leads told apart"
    TITLE = "title exact"
    AUTHORS = "authors F1"
    TIME = "time right to 5 minutes"
    DAY = "date right"
    LANGUAGE = "language right"
    TEXT = "pages that gave text"
    SPEED = "pages per CPU second"
    COPIES_PRECISION = "copies: pairwise precision"
    COPIES_RECALL = "copies: pairwise recall"
    COPIES_F1 = "copies: pairwise F1"
    COPIES_BCUBED_PRECISION = "copies: BCubed precision"
    COPIES_BCUBED_RECALL = "copies: BCubed recall"
    COPIES_BCUBED_F1 = "copies: BCubed F1"
    COPIES_RAND = "copies: ARI"
    THRESHOLD = "best threshold"
    ABRIDGED = "abridged copies found"
    TOGETHER = "same headline at two outlets together"
    APART = "forecasts, draws and columns of two days apart"
    PARTIAL = "texts in part the same kept apart"
    STORIES_PRECISION = "stories: pairwise precision"
    STORIES_RECALL = "stories: pairwise recall"
    STORIES_F1 = "stories: pairwise F1"
    STORIES_BCUBED_PRECISION = "stories: BCubed precision"
    STORIES_BCUBED_RECALL = "stories: BCubed recall"
    STORIES_BCUBED_F1 = "stories: BCubed F1"
    STORIES_RAND = "stories: ARI"

    @property
    def less_is_better(self) -> bool:
        """Whether a fall is a gain."""
        return self is Kind.LEAKED

    @property
    def of_the_machine(self) -> bool:
        """Whether the figure depends on the machine more than on the program."""
        return self is Kind.SPEED


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one contestant: over `pages` pages or articles of a group, in one half."""

    kind: Kind
    group: str
    half: Half
    contestant: str
    value: float
    pages: int


def _mean(measure: Measure) -> Callable[[Sequence[Score]], float]:
    return lambda scores: fmean(score.values[measure] for score in scores)


def _runs(scores: Sequence[Score]) -> float:
    """F1 of the mean precision and the mean recall, as the set's own benchmark has it."""
    return Rates(_mean(Measure.RUNS_PRECISION)(scores), _mean(Measure.RUNS_RECALL)(scores)).f1


def _segments(scores: Sequence[Score]) -> Rates:
    """Over all segments, as the set's own evaluation has it."""
    kept, lost, leaked = (
        sum(score.values[measure] for score in scores)
        for measure in (Measure.KEPT, Measure.LOST, Measure.WRONG)
    )
    return Rates(kept / ((kept + leaked) or 1), kept / ((kept + lost) or 1))


def _speed(scores: Sequence[Score]) -> float:
    return len(scores) / sum(score.values[Measure.SECONDS] for score in scores)


# Each kind: which pages have what it needs, and how it is made of them.
_MADE: Final = MappingProxyType(
    {
        Kind.F1: (Measure.F1, _mean(Measure.F1)),
        Kind.PRECISION: (Measure.PRECISION, _mean(Measure.PRECISION)),
        Kind.RECALL: (Measure.RECALL, _mean(Measure.RECALL)),
        Kind.SEGMENTS_F1: (Measure.KEPT, lambda scores: _segments(scores).f1),
        Kind.SEGMENTS_PRECISION: (Measure.KEPT, lambda scores: _segments(scores).precision),
        Kind.SEGMENTS_RECALL: (Measure.KEPT, lambda scores: _segments(scores).recall),
        Kind.RUNS_F1: (Measure.RUNS_PRECISION, _runs),
        Kind.LEAKED: (Measure.LEAKED, _mean(Measure.LEAKED)),
        Kind.LEAD: (Measure.LEAD, _mean(Measure.LEAD)),
        Kind.LEAD_APART: (Measure.LEAD_APART, _mean(Measure.LEAD_APART)),
        Kind.TITLE: (Measure.TITLE, _mean(Measure.TITLE)),
        Kind.AUTHORS: (Measure.AUTHORS, _mean(Measure.AUTHORS)),
        Kind.TIME: (Measure.TIME, _mean(Measure.TIME)),
        Kind.DAY: (Measure.DAY, _mean(Measure.DAY)),
        Kind.LANGUAGE: (Measure.LANGUAGE, _mean(Measure.LANGUAGE)),
        Kind.TEXT: (Measure.TEXT, _mean(Measure.TEXT)),
        Kind.SPEED: (Measure.SECONDS, _speed),
    }
)


def figures(scores: Sequence[Score]) -> list[Figure]:
    """All figures that the scores allow, by kind, group, half and contestant."""
    mixed = _mixed(scores)
    parts: dict[tuple[str, Half, str], list[Score]] = defaultdict(list)
    for score in scores:
        for group in _groups(score, mixed):
            parts[group, score.half, score.contestant].append(score)
    return [
        Figure(kind, group, half, contestant, made(judged), len(judged))
        for kind, (needed, made) in _MADE.items()
        for (group, half, contestant), of_these in parts.items()
        if (judged := [score for score in of_these if needed in score.values])
    ]


def _mixed(scores: Sequence[Score]) -> Collection[str]:
    """The sets with German pages and with others."""
    pages = {(score.of, score.page, score.language == "de") for score in scores}
    counts = Counter((of, german) for of, _, german in pages)
    return {of for of, _ in counts if min(counts[of, True], counts[of, False]) >= _FEWEST}


def _groups(score: Score, mixed: Collection[str]) -> Iterator[str]:
    yield ALL
    if score.language == "de":
        yield GERMAN
    yield score.of
    if score.language == "de" and score.of in mixed:
        yield f"{score.of}, {GERMAN}"
