"""Names what trafilatura left out amid an article and around it, so that nothing goes unseen."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from aggregator.core.blocks import key
from aggregator.core.boilerplate import Stripped
from aggregator.core.region import Placed
from aggregator.model import Removed

__all__ = ["beside", "without"]

_LEFT_OUT: Final = "left out by trafilatura"


def beside(stripped: Stripped, every: Sequence[Placed]) -> Stripped:
    """What was stripped, among all that stood there: also what never was in the text.

    The places in `stripped` are those among the blocks that were not left out.
    """
    gone = [at for at, each in enumerate(every) if each.left_out]
    before = [at - number for number, at in enumerate(gone)]
    moved = [
        replace(each, position=each.position + bisect_right(before, each.position))
        for each in stripped.removed
    ]
    taken = [Removed(every[at].block.text, _LEFT_OUT, at) for at in gone]
    return replace(
        stripped,
        removed=sorted(moved + taken, key=lambda each: each.position),
        places=[place + bisect_right(before, place) for place in stripped.places],
    )


def without(removed: Iterable[Removed], lead: str) -> list[Removed]:
    """What was removed, but for the lines of the lead, which was found beside the text."""
    found = key(lead)
    return [each for each in removed if each.reason != _LEFT_OUT or key(each.text) not in found]
