"""How high a story stands on the board: how new it is, and how many hours its weight is worth.

The score is a time that does not run on: a story stands where a lone report would, had it come so
many hours later. So the order changes only when a story does, and can be an index. This is how the
"hot" lists of link sites rank, with the logarithm of votes beside the time of submission.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["JOINING", "Figures", "Rank", "floor", "rank"]

JOINING: Final = timedelta(hours=2)
"""Outlets that joined a story within so long before its last report are its speed."""

_HOUR: Final = timedelta(hours=1)
# Hours for each doubling: of own texts most, since copies say nothing new; and of the outlets that
# came lately.
_TEXTS: Final = 9.0
_OUTLETS: Final = 4.5
_SPEED: Final = 3.0
# More than this lifts a story no further: a text that a thousand carry is mostly an advertisement.
_MOST: Final = 1024
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a story is ranked by; `joined` counts the outlets that came within `JOINING`.

    The first outlet of all never joined.
    """

    texts: int
    outlets: int
    joined: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Rank:
    """A story's `score`, in hours since 1970, and how many hours of it each part gave."""

    score: float
    texts: float
    outlets: float
    speed: float


def rank(figures: Figures) -> Rank:
    """Weigh a story: each doubling of a figure is worth some hours, whatever the hour is."""
    texts = _TEXTS * _doublings(figures.texts)
    outlets = _OUTLETS * _doublings(figures.outlets)
    speed = _SPEED * _doublings(1 + figures.joined)
    score = floor(figures.last_at) + texts + outlets + speed
    return Rank(round(score, 4), round(texts, 2), round(outlets, 2), round(speed, 2))


def floor(since: datetime) -> float:
    """The least score of a story whose last report is no older than `since`."""
    return (since - _EPOCH) / _HOUR


def _doublings(count: int) -> float:
    return math.log2(min(max(count, 1), _MOST))
