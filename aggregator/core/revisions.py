"""Tells an edited report from another one that came under the id of an entry."""

from typing import Final, NamedTuple

from aggregator.core.series import same_series
from aggregator.core.shingles import body, containment, shingles

__all__ = ["Wording", "is_revision"]

# Reports on different things share next to nothing, those on one event by two reporters 3%.
_LEAST_KEPT: Final = 0.2


class Wording(NamedTuple):
    """What an article says."""

    title: str
    lead: str
    text: str


def is_revision(before: Wording, after: Wording) -> bool:
    """Whether `after` is what was made of `before`: enough of its words are still there.

    Some feeds number their entries by place, or give one id to today's piece of a series: what
    then comes under a known id is another report.
    """
    if same_series(before.title, after.title):
        return False
    old, new = (shingles(body(each.lead, each.text)) for each in (before, after))
    return containment(old, new) >= _LEAST_KEPT
