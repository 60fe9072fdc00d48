"""The form of a line: what stays of it when numbers and dates change, and which forms are near."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from aggregator.core.series import is_date
from aggregator.core.shingles import is_number, tokens

__all__ = ["Form", "Kin", "are_near", "form", "likeness"]

Form = tuple[str, ...]
"""Folded words in order, "0" for each number or date; empty for a line without other words."""

_MASK: Final = "0"
_SHORT_DATES: Final = frozenset(
    "jan feb mär mrz apr jun jul aug sep sept okt oct nov dez dec".split()
)
_DIGITS: Final = re.compile(r"\d+")
# One word of six may be another one: 5 in common of 7.
_NEAR: Final = 0.7
_LEAST_WORDS: Final = 5
_ROUNDING: Final = 1e-9
# A word that so many forms have is rare in none of them; only texts made by machines come here.
_MOST_LOOKED_AT: Final = 50


def form(line: str) -> Form:
    """Case folded, punctuation dropped, numbers and dates masked, however many in a row."""
    found: list[str] = []
    for word in tokens(line):
        if not word.isalpha():
            masked = _MASK if is_number(word) else _DIGITS.sub(_MASK, word)
        else:
            masked = _MASK if word in _SHORT_DATES or is_date(word) else word
        # "3. März 2026, 14 Uhr" is as long as "gestern, 8 Uhr" is to the reader: one date.
        if masked != _MASK or not found or found[-1] != _MASK:
            found.append(masked)
    return () if found in ([], [_MASK]) else tuple(found)


def likeness(a: Form, b: Form) -> float:
    """1 for the same form, else the Jaccard likeness of their words; 0 where one is short."""
    if a == b:
        return 1.0
    if min(len(a), len(b)) < _LEAST_WORDS:
        return 0.0
    return _jaccard(frozenset(a), frozenset(b))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    common = len(a & b)
    return common / (len(a) + len(b) - common)


def are_near(a: Form, b: Form) -> bool:
    """Whether two forms are nearly the same."""
    return likeness(a, b) >= _NEAR


class Kin:
    """Finds, among many forms, those that are nearly the same as one.

    Two sets of words with a Jaccard likeness of at least t share one of the rarest of each: of n
    words the first n - ceil(t * n) + 1 (Chaudhuri, Ganti, Kaushik, "A primitive operator for
    similarity joins in data cleaning", 2006). So only those are looked up.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        """Hold `forms`."""
        self._forms = frozenset(forms)
        self._words = {each: frozenset(each) for each in self._forms}
        self._counts = Counter(word for words in self._words.values() for word in words)
        self._having: defaultdict[str, list[Form]] = defaultdict(list)
        for each in sorted(self._forms):
            if len(each) >= _LEAST_WORDS:
                for word in self._rarest(each):
                    self._having[word].append(each)
        self._known: dict[Form, frozenset[Form]] = {}

    def of(self, wanted: Form) -> frozenset[Form]:
        """All forms that are near `wanted`, itself included where it is held."""
        found = self._known.get(wanted)
        if found is None:
            found = self._known[wanted] = frozenset(self._look(wanted))
        return found

    def _look(self, wanted: Form) -> Iterator[Form]:
        if wanted in self._forms:
            yield wanted
        if len(wanted) < _LEAST_WORDS:
            return
        words = frozenset(wanted)
        for word in self._rarest(wanted):
            for each in self._having.get(word, ())[:_MOST_LOOKED_AT]:
                if _jaccard(words, self._words[each]) >= _NEAR:
                    yield each

    def _rarest(self, words: Form) -> list[str]:
        ordered = sorted(set(words), key=lambda word: (self._counts[word], word))
        return ordered[: len(ordered) - math.ceil(_NEAR * len(ordered) - _ROUNDING) + 1]
