"""Tells how alike two copy groups are as reports on an event: a softer likeness, with time.

Terms are weighed by tf-idf with document frequencies learnt from the stream itself (Salton and
Buckley, "Term-weighting approaches in automatic text retrieval", 1988). What the likenesses make of
many groups is decided in `core.story_forming`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from xxhash import xxh64_intdigest

from aggregator.core.copies import Check
from aggregator.core.series import same_series
from aggregator.model import StoryText

__all__ = [
    "TermFrequencies",
    "centre",
    "digest",
    "fading",
    "keys",
    "likeness",
    "may_fill_one_form",
    "questions",
    "shared_terms",
    "vector",
]

_KEYS: Final = 24
# Six bytes in the index; that two terms meet in one costs a look at a stranger.
_KEY_BITS: Final = 40
_MOST_TERMS: Final = 80
_SHOWN_TERMS: Final = 8
_LEAST_SHARED: Final = 2
_PRIOR: Final = 20.0
_HALVINGS: Final = 2
_FULL_TERMS: Final = 13
_LEAST_EXPONENT, _FULL_EXPONENT = 0.55, 1.06
_DIGITS: Final = 4
_ANOTHER_DAY: Final = timedelta(hours=12)
_FORM_COSINE: Final = 0.3

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


def vector(terms: Mapping[str, float], frequencies: TermFrequencies) -> dict[str, float]:
    """Weigh terms by how much they tell, the 80 that tell most, as a vector of length 1."""
    weighed = {term: count * frequencies.idf(term) for term, count in terms.items()}
    best = sorted(weighed, key=lambda term: (-weighed[term], term))[:_MOST_TERMS]
    return _scaled({term: weighed[term] for term in best})


def centre(bags: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of the weighted terms of several versions of one text."""
    if len(bags) == 1:
        return dict(bags[0])
    total: dict[str, float] = {}
    for bag in bags:
        for term, count in bag.items():
            total[term] = total.get(term, 0.0) + count / len(bags)
    return total


def keys(text: StoryText) -> dict[int, float]:
    """Under what a text is looked up: hashes of the 24 terms that tell most, with their weights.

    The language is part of each, so that languages do not meet in the index.
    """
    best = sorted(text.vector, key=lambda term: (-text.vector[term], term))[:_KEYS]
    code = _code(text)
    return {
        xxh64_intdigest(f"{code}:{term}".encode()) >> (64 - _KEY_BITS): text.vector[term]
        for term in best
    }


def digest(*parts: str) -> int:
    """A number of 63 bits for what a text is made of, by which a change is noticed."""
    return xxh64_intdigest("\n".join(parts).encode()) >> 1


def likeness(a: StoryText, b: StoryText, window: timedelta) -> float:
    """How alike two texts are as reports on one event, 0 to 1.

    The cosine of their vectors, which fades with the time between them and is lifted where there
    is little text: headlines alone say one thing in fewer and more varied words than texts do.
    0 where they are of two languages, more than `window` apart, two pieces of one series, or share
    fewer than two terms.
    """
    faded = fading(a, b, window)
    if faded <= 0 or not _comparable(a, b):
        return 0.0
    products = _products(a, b)
    if len(products) < _LEAST_SHARED:
        return 0.0
    terms = min(len(a.vector), len(b.vector))
    return round(_levelled(faded * math.fsum(products), terms), _DIGITS)


def may_fill_one_form(a: StoryText, b: StoryText) -> bool:
    """Whether two are to be asked for `series.fill_one_form`: reports of two days, much alike.

    What one day brings up to date is one event.
    """
    if abs(a.first_at - b.first_at) < _ANOTHER_DAY:
        return False
    return math.fsum(_products(a, b)) >= _FORM_COSINE


def questions(a: StoryText, b: StoryText, window: timedelta) -> tuple[Check, ...]:
    """What is asked of two texts first: their likeness is 0 unless all answers are yes."""
    gap = max(a.first_at - b.last_at, b.first_at - a.last_at, timedelta())
    hour = timedelta(hours=1)
    in_series = a.outlet == b.outlet and same_series(a.title, b.title)
    return (
        Check("language", _code(a) == _code(b), "least", 1),
        Check("hours_apart", gap / hour, "most", window / hour),
        Check("series", in_series, "most", 0),
        Check("terms", len(a.vector.keys() & b.vector.keys()), "least", _LEAST_SHARED),
    )


def shared_terms(a: StoryText, b: StoryText) -> tuple[str, ...]:
    """The terms that make most of the likeness of two texts, at most eight, the strongest first."""
    products = {t: value * b.vector[t] for t, value in a.vector.items() if t in b.vector}
    return tuple(sorted(products, key=lambda term: (-products[term], term))[:_SHOWN_TERMS])


def _products(a: StoryText, b: StoryText) -> list[float]:
    short, long = sorted((a.vector, b.vector), key=len)
    return [value * long[term] for term, value in short.items() if term in long]


def _scaled(weighed: Vector) -> dict[str, float]:
    norm = math.sqrt(math.fsum(value * value for value in weighed.values())) or 1.0
    return {term: round(value / norm, _DIGITS) for term, value in weighed.items()}


def _levelled(cosine: float, terms: int) -> float:
    """Make cosines comparable, whatever the length: `terms` are those of the shorter text.

    The exponent was found by measurement: a cosine of .10 between two headlines of seven terms
    says as much about whether they report one event as .17 between two texts.
    """
    fullness = min(1.0, terms / _FULL_TERMS)
    exponent = _LEAST_EXPONENT + (_FULL_EXPONENT - _LEAST_EXPONENT) * fullness
    return float(min(1.0, max(0.0, cosine)) ** exponent)


def fading(a: StoryText, b: StoryText, window: timedelta) -> float:
    """1 for texts that were about at one time, halved with each half of the window, then 0."""
    gap = max(a.first_at - b.last_at, b.first_at - a.last_at, timedelta())
    return float(0.5 ** (_HALVINGS * (gap / window))) if gap <= window else 0.0


def _comparable(a: StoryText, b: StoryText) -> bool:
    """Whether two texts may report one event: one language, and no two of a series."""
    if _code(a) != _code(b):
        return False
    return a.outlet != b.outlet or not same_series(a.title, b.title)


def _code(text: StoryText) -> str:
    return (text.language or "").partition("-")[0].lower()
