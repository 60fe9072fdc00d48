"""Pairs of headlines on front pages that are surely copies, and such that surely are not.

Nobody labelled them: they are told by the headlines alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import timedelta
from itertools import combinations
from typing import Final

from aggregator.core.series import is_date
from aggregator.core.shingles import tokens
from aggregator.evaluation.clustering.sets import Document

__all__ = ["copies", "strangers"]

Pair = tuple[int, int]

_LEAST_WORDS: Final = 5
_KICKER_WORDS: Final = 4
_ANOTHER_DAY: Final = timedelta(hours=20)
_SIGNS: Final = frozenset(
    "widder stier zwillinge krebs löwe jungfrau waage skorpion schütze steinbock wassermann "
    "fische".split()
)
_RETURNING: Final = re.compile(
    r"horoskop|sternzeichen|lotto|eurojackpot|wetter|\bdax\b|börse|spritpreis|benzinpreis"
    r"|goldpreis|bitcoin|blitzer|tv-tipps?|kalenderblatt|was geschah|sudoku|vorschau"
)


def copies(documents: Sequence[Document]) -> list[Pair]:
    """The pairs of articles at two outlets under the same headline, but for kickers.

    A headline has five words or more; with a date or number in it, it may be a column's.
    """
    return [
        (a, b)
        for alike in _together(documents, _headline)
        for a, b in combinations(alike, 2)
        if documents[a].outlet != documents[b].outlet
    ]


def strangers(documents: Sequence[Document]) -> list[Pair]:
    """The pairs of articles of which one is another day's piece of what comes back every day.

    Either their headlines differ in dates, numbers or signs of the zodiac alone, or one outlet
    has them on another day, both on one of what comes back: weather, draws, stocks, the stars.
    """
    found = {pair for alike in _together(documents, _form) for pair in combinations(alike, 2)}
    found |= {
        (a, b)
        for alike in _together(documents, _column)
        for a, b in combinations(alike, 2)
        if _apart(documents[a], documents[b])
    }
    return sorted(
        (a, b)
        for a, b in found
        if tokens(documents[a].title) != tokens(documents[b].title)
        and _bare(documents[a]) != _bare(documents[b])
    )


def _together(
    documents: Sequence[Document], key: Callable[[Document], Hashable]
) -> Iterator[list[int]]:
    """The places of articles with the same key; those without a key are left out."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        if (made := key(document)) is not None:
            found[made].append(place)
    yield from found.values()


def _bare(document: Document) -> tuple[str, ...]:
    """The words of a headline without the kicker before it."""
    kicker, colon, rest = document.title.partition(":")
    bare = colon and len(tokens(kicker)) <= _KICKER_WORDS and tokens(rest)
    return tuple(bare or tokens(document.title))


def _headline(document: Document) -> tuple[str, ...] | None:
    words = _bare(document)
    return words if len(words) >= _LEAST_WORDS and not any(map(is_date, words)) else None


def _form(document: Document) -> tuple[str, ...] | None:
    """A headline with its dates, numbers and signs left blank; None where it has none."""
    words = tuple("#" if is_date(each) or each in _SIGNS else each for each in _bare(document))
    return words if "#" in words and len(words) >= _LEAST_WORDS else None


def _column(document: Document) -> tuple[str, str] | None:
    """An outlet and what it has every day."""
    found = _RETURNING.search(document.title.casefold())
    return (document.outlet, found[0]) if found else None


def _apart(a: Document, b: Document) -> bool:
    if a.published_at is None or b.published_at is None:
        return False
    return abs(a.published_at - b.published_at) >= _ANOTHER_DAY
