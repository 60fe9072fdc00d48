"""Which outlets bring far more or less than they mostly do.

A jump is what lies outside twice the range of the last days, and by a number that matters: a week
has its Sunday, so that is no jump.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Jump", "jump"]

_FEWEST_SPANS: Final = 3
_TIMES: Final = 2
_MATTERS: Final = 10


@dataclass(frozen=True, slots=True)
class Jump:
    """An outlet that brought `now` articles, and in each span before `least` to `most`."""

    outlet: str
    now: int
    least: int
    most: int


def jump(outlet: str, now: int, before: Sequence[int]) -> Jump | None:
    """Whether `now` is far from what it was in each of the spans `before`, which are as long.

    Less than half of the least, or more than twice the most, and by ten articles at least. Of
    fewer than three spans nobody can tell.
    """
    if len(before) < _FEWEST_SPANS:
        return None
    least, most = min(before), max(before)
    fell = now * _TIMES < least and least - now >= _MATTERS
    rose = now > most * _TIMES and now - most >= _MATTERS
    return Jump(outlet, now, least, most) if fell or rose else None
