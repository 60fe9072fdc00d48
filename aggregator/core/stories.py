"""Decides to which story a copy group belongs: a softer likeness than that of copies, with time.

Terms are weighed by tf-idf with document frequencies learnt from the stream itself (Salton and
Buckley, "Term-weighting approaches in automatic text retrieval", 1988). A group joins the story
that it resembles best both as a whole (by its centroid) and in the documents nearest to it: the
whole alone lets a large story swallow its neighbours, the nearest alone lets it chain.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aggregator.core.series import same_series
from aggregator.model import StoryDocument, StoryLink
from aggregator.settings import ClusterSettings

__all__ = ["TermFrequencies", "assign", "keys", "likeness"]

_KEYS: Final = 24
_SHOWN_TERMS: Final = 8
_LEAST_SHARED: Final = 2
_NEAREST: Final = 3
_PRIOR: Final = 100.0
_DECAY: Final = 0.8
_FULL_TERMS: Final = 40
_HEADLINE_EXPONENT: Final = 0.73

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TermFrequencies:
    """In how many of `documents` of one language each term stands."""

    documents: int
    counts: Mapping[str, int]

    def idf(self, term: str) -> float:
        """How much a term tells; smoothed, so that it is sensible after few documents too."""
        seen = min(self.counts.get(term, 0), self.documents)
        return math.log((self.documents + _PRIOR) / (seen + 0.5))


def keys(
    document: StoryDocument, frequencies: TermFrequencies, limit: int = _KEYS
) -> tuple[str, ...]:
    """The terms that tell most of a document, under which a story with it is looked up.

    Each is led by the language, so that languages do not meet in the index.
    """
    vector = _vector(document, frequencies)
    best = sorted(vector, key=lambda term: (-vector[term], term))[:limit]
    return tuple(f"{_code(document)}:{term}" for term in best)


def likeness(
    a: StoryDocument, b: StoryDocument, frequencies: TermFrequencies
) -> tuple[float, tuple[str, ...]]:
    """How alike two documents are, 0 to 1, and the terms that make most of it, most telling first.

    The cosine of their tf-idf vectors, lifted where there is little text: headlines alone say one
    thing in fewer and more varied words than texts do. 0 where fewer than two terms are shared.
    """
    left, right = _vector(a, frequencies), _vector(b, frequencies)
    shared = _shared(left, right)
    if len(shared) < _LEAST_SHARED:
        return 0.0, ()
    cosine = _dot(left, right)
    return _levelled(cosine, len(left), len(right)), shared[:_SHOWN_TERMS]


def assign(
    documents: Sequence[StoryDocument],
    open_stories: Mapping[int, Sequence[StoryDocument]],
    frequencies: TermFrequencies,
    settings: ClusterSettings,
) -> StoryLink | None:
    """The story that a copy group with `documents` joins, or None where it founds its own.

    Looks at stories of the same language that have a document within `settings.story_window`
    hours; of equally like ones the one with the smaller id is taken.
    """
    group = _centroid([_vector(each, frequencies) for each in documents])
    links = [
        link
        for story_id, others in sorted(open_stories.items())
        if (link := _link(story_id, documents, group, others, frequencies, settings)) is not None
    ]
    return max(links, key=lambda link: (link.likeness, -link.story_id), default=None)


def _link(
    story_id: int,
    documents: Sequence[StoryDocument],
    group: Vector,
    others: Sequence[StoryDocument],
    frequencies: TermFrequencies,
    settings: ClusterSettings,
) -> StoryLink | None:
    others = [each for each in others if any(_comparable(each, own) for own in documents)]
    fading = _fading(documents, others, settings)
    if fading <= 0:
        return None
    vectors = [_vector(each, frequencies) for each in others]
    story = _centroid(vectors)
    shared = _shared(group, story)
    if len(shared) < _LEAST_SHARED:
        return None
    nearest = sorted((_dot(group, vector) for vector in vectors), reverse=True)[:_NEAREST]
    cosine = (_dot(group, story) + math.fsum(nearest) / len(nearest)) / 2
    score = _levelled(fading * cosine, _typical(documents), _typical(others))
    if score < settings.story_likeness:
        return None
    return StoryLink(story_id, score, shared[:_SHOWN_TERMS])


# --- vectors of length 1 ---------------------------------------------------------------------


def _vector(document: StoryDocument, frequencies: TermFrequencies) -> dict[str, float]:
    weighed = {term: count * frequencies.idf(term) for term, count in document.terms.items()}
    return _scaled(weighed)


def _centroid(vectors: Iterable[Vector]) -> dict[str, float]:
    total: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            total[term] = total.get(term, 0.0) + value
    return _scaled(total)


def _scaled(vector: Vector) -> dict[str, float]:
    norm = math.sqrt(math.fsum(value * value for value in vector.values())) or 1.0
    return {term: value / norm for term, value in vector.items()}


def _dot(a: Vector, b: Vector) -> float:
    return math.fsum(value * b[term] for term, value in a.items() if term in b)


def _shared(a: Vector, b: Vector) -> tuple[str, ...]:
    """The terms of both, those that add most to the cosine first."""
    products = {term: value * b[term] for term, value in a.items() if term in b}
    return tuple(sorted(products, key=lambda term: (-products[term], term)))


# --- what else counts ------------------------------------------------------------------------


def _levelled(cosine: float, a: float, b: float) -> float:
    """Make cosines comparable between documents of `a` and `b` terms, whatever their length.

    The exponent was found by measurement: .15 between two headlines says as much about whether
    they report one event as .25 between two texts.
    """
    fullness = min(1.0, a / _FULL_TERMS, b / _FULL_TERMS)
    exponent = _HEADLINE_EXPONENT + (1 - _HEADLINE_EXPONENT) * fullness
    return float(min(1.0, max(0.0, cosine)) ** exponent)


def _typical(documents: Sequence[StoryDocument]) -> float:
    return sum(len(each.terms) for each in documents) / len(documents)


def _fading(
    documents: Sequence[StoryDocument], others: Sequence[StoryDocument], settings: ClusterSettings
) -> float:
    """1 for reports of the same hour, falling to 0.2 at the end of the window, then 0."""
    gaps = (abs(a.published_at - b.published_at) for a in documents for b in others)
    gap = min(gaps, default=None)
    if gap is None:
        return 0.0
    apart = gap / timedelta(hours=settings.story_window)
    return 1 - _DECAY * apart if apart <= 1 else 0.0


def _comparable(a: StoryDocument, b: StoryDocument) -> bool:
    """Whether two documents may report one event: one language, and no two of a series."""
    if _code(a) != _code(b):
        return False
    return a.outlet != b.outlet or not same_series(a.title, b.title)


def _code(document: StoryDocument) -> str:
    return (document.language or "").partition("-")[0].lower()
