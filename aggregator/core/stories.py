"""Decides to which story a copy group belongs: a softer likeness than that of copies, with time.

Terms are weighed by tf-idf with document frequencies learnt from the stream itself (Salton and
Buckley, 1988); a group joins the story whose documents it resembles best on average.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aggregator.core.series import same_series
from aggregator.model import StoryDocument, StoryLink
from aggregator.settings import ClusterSettings

__all__ = ["TermFrequencies", "assign", "keys", "likeness"]

_KEYS: Final = 16
_SHARED_TERMS: Final = 8
_LEAST_SHARED: Final = 3
_PRIOR: Final = 50.0


@dataclass(frozen=True, slots=True)
class TermFrequencies:
    """In how many of `documents` of one language each term stands."""

    documents: int
    counts: Mapping[str, int]

    def idf(self, term: str) -> float:
        """How much a term tells; smoothed, so that it is sensible after few documents too."""
        seen = self.counts.get(term, 0)
        return math.log((self.documents + _PRIOR) / (seen + 1))


def keys(document: StoryDocument, frequencies: TermFrequencies, limit: int = _KEYS) -> list[str]:
    """The terms that tell most of a document, under which a story with it is looked up."""
    vector = _vector(document, frequencies)
    prefix = f"{(document.language or '')[:2]}:"
    return [prefix + term for term in sorted(vector, key=lambda t: (-vector[t], t))[:limit]]


def likeness(
    a: StoryDocument, b: StoryDocument, frequencies: TermFrequencies
) -> tuple[float, tuple[str, ...]]:
    """The cosine of two documents' tf-idf vectors, 0 to 1, and the terms that make most of it."""
    left, right = _vector(a, frequencies), _vector(b, frequencies)
    shared = {term: left[term] * right[term] for term in left.keys() & right.keys()}
    if len(shared) < _LEAST_SHARED:
        return 0.0, ()
    norm = _norm(left) * _norm(right)
    best = sorted(shared, key=lambda term: (-shared[term], term))[:_SHARED_TERMS]
    return min(1.0, math.fsum(shared.values()) / norm), tuple(best)


def _vector(document: StoryDocument, frequencies: TermFrequencies) -> dict[str, float]:
    return {
        term: math.log1p(count) * frequencies.idf(term) for term, count in document.terms.items()
    }


def _norm(vector: Mapping[str, float]) -> float:
    return math.sqrt(math.fsum(value * value for value in vector.values()))


def assign(
    documents: Sequence[StoryDocument],
    open_stories: Mapping[int, Sequence[StoryDocument]],
    frequencies: TermFrequencies,
    settings: ClusterSettings,
) -> StoryLink | None:
    """The story that a copy group with `documents` joins, or None where it founds its own."""
    links = [
        link
        for story_id, others in open_stories.items()
        if (link := _link(story_id, documents, others, frequencies, settings)) is not None
    ]
    return max(links, key=lambda link: (link.likeness, -link.story_id), default=None)


def _link(
    story_id: int,
    documents: Sequence[StoryDocument],
    others: Sequence[StoryDocument],
    frequencies: TermFrequencies,
    settings: ClusterSettings,
) -> StoryLink | None:
    """Average the best likeness of each pair with the likeness to all, so that none chains."""
    found = [
        (score * _decay(a, b, settings), shared)
        for a in documents
        for b in others
        if _comparable(a, b)
        for score, shared in [likeness(a, b, frequencies)]
    ]
    if not found:
        return None
    best, shared = max(found)
    score = (best + math.fsum(value for value, _ in found) / len(found)) / 2
    return StoryLink(story_id, score, shared) if score >= settings.story_likeness else None


def _comparable(a: StoryDocument, b: StoryDocument) -> bool:
    """Whether two documents may report one event: one language, and no two of a series."""
    if (a.language or "")[:2] != (b.language or "")[:2]:
        return False
    return a.outlet != b.outlet or not same_series(a.title, b.title)


def _decay(a: StoryDocument, b: StoryDocument, settings: ClusterSettings) -> float:
    """1 for reports of the same hour, falling to a half at the end of the window, then 0."""
    apart = abs(a.published_at - b.published_at) / timedelta(hours=settings.story_window)
    return 1 - apart / 2 if apart <= 1 else 0.0
