"""Tells whether pages of one site that share a line have nothing else in common.

Two pages are compared by what they say besides the lines that both have: pages about one thing
share the words of their headlines and openings, copies have hardly anything else to say. And a
line that speaks of what its page speaks of is no stranger there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from aggregator.core.forms import Form, Kin, form
from aggregator.core.terms import count

__all__ = ["Evidence", "Page", "telling"]

# Of pairs of articles at random 1 in 100 is as alike, of reports on one event 19 in 20 are.
_RELATED: Final = 0.17
# Of prompts 1 in 100 shares so much with a page at random, of a report's paragraphs every second.
_ABOUT: Final = 0.17
_TWO: Final = 2
_OPENING: Final = 200
_HEADLINE: Final = 2.0
_LEAST_TERMS: Final = 8

Terms = Mapping[str, float]


@dataclass(frozen=True)
class Page:
    """The lines of one article of a site as they were before anything learnt was taken out.

    `seen_at` is when it was fetched; `fresh` says that it was never looked at.
    """

    title: str
    language: str | None
    lines: tuple[str, ...]
    seen_at: datetime
    fresh: bool = True

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The form of each line."""
        return tuple(form(line) for line in self.lines)

    @cached_property
    def headline(self) -> Terms:
        """The telling terms of the title."""
        return count(self.title, self.language)

    @cached_property
    def said(self) -> tuple[Terms, ...]:
        """The telling terms of each line."""
        return tuple(map(self.terms, range(len(self.lines))))

    def terms(self, at: int) -> Terms:
        """The telling terms of one line."""
        return count(self.lines[at], self.language)


def telling(words: Form, language: str | None) -> frozenset[str]:
    """The telling terms of a form."""
    return frozenset(count(" ".join(words).replace("0", " "), language))


class Evidence:
    """Pages of one site, and what stands on several of them."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Look at `pages`."""
        self.pages = pages
        self._on: dict[Form, int] = {}
        self._examples: dict[Form, str] = {}
        for at, page in enumerate(pages):
            for line, each in zip(page.lines, page.forms, strict=True):
                self._on[each] = self._on.get(each, 0) | 1 << at
                self._examples[each] = min(self._examples.get(each, line), line)
        self.kin = Kin(each for each in self._on if each)
        self._near: dict[Form, int] = {}
        self._besides: dict[tuple[int, int], Terms] = {}
        self._alike: dict[tuple[int, int], bool] = {}

    def example(self, wanted: Form) -> str:
        """A line of this form, or ""."""
        return self._examples.get(wanted, "")

    def carriers(self, wanted: Form) -> list[Page]:
        """The pages with a line that is nearly of this form."""
        return [self.pages[at] for at in _bits(self._mask(wanted))]

    def unrelated(self, wanted: Form, needed: int) -> bool:
        """Whether the line is a stranger on so many pages of which each two are unrelated."""
        places = _bits(self._mask(wanted))
        return len(places) >= needed and self._grows(wanted, 0, places, needed)

    def _grows(self, wanted: Form, chosen: int, rest: Sequence[int], needed: int) -> bool:
        """Whether to `chosen` pages, to which all of `rest` are unrelated, enough can be added."""
        if chosen == needed:
            return True
        for at, page in enumerate(rest):
            if chosen + len(rest) - at < needed:
                return False
            further = [other for other in rest[at + 1 :] if self._apart(wanted, page, other)]
            if self._grows(wanted, chosen + 1, further, needed):
                return True
        return False

    def _mask(self, wanted: Form) -> int:
        """The pages with a line near `wanted`, a bit each."""
        found = self._near.get(wanted)
        if found is None:
            found = 0
            for each in self.kin.of(wanted):
                found |= self._on[each]
            self._near[wanted] = found
        return found

    # --- two pages ---------------------------------------------------------------------------

    def _apart(self, wanted: Form, a: int, b: int) -> bool:
        """Whether two pages are evidence for a line: unrelated, and neither speaks of it."""
        if self._are_alike(min(a, b), max(a, b)):
            return False
        return not (self._speaks(a, b, wanted) or self._speaks(b, a, wanted))

    def _are_alike(self, a: int, b: int) -> bool:
        found = self._alike.get((a, b))
        if found is None:
            left, right = self._beside(a, b), self._beside(b, a)
            too_little = min(len(left), len(right)) < _LEAST_TERMS
            found = self._alike[a, b] = too_little or _cosine(left, right) >= _RELATED
        return found

    def _beside(self, page: int, other: int) -> Terms:
        """What a page is about besides the lines that it shares with the other."""
        found = self._besides.get((page, other))
        if found is None:
            found = self._besides[page, other] = self._summed(self.pages[page], 1 << other)
        return found

    def _summed(self, page: Page, other: int) -> Terms:
        summed = {term: _HEADLINE * often for term, often in page.headline.items()}
        words = 0
        for each, said in zip(page.forms, page.said, strict=True):
            if words >= _OPENING:
                break
            if each and self._mask(each) & other:
                continue
            words += len(each)
            for term, often in said.items():
                summed[term] = summed.get(term, 0.0) + often
        return {term: 1 + math.log(often) for term, often in summed.items()}

    def _speaks(self, page: int, other: int, wanted: Form) -> bool:
        """Whether a page is about what a line is about."""
        terms = telling(wanted, self.pages[page].language)
        common = len(terms & self._beside(page, other).keys())
        return common >= min(_TWO, len(terms)) and common > 0 and common >= _ABOUT * len(terms)


def _bits(mask: int) -> list[int]:
    return [at for at in range(mask.bit_length()) if mask >> at & 1]


def _cosine(a: Terms, b: Terms) -> float:
    common = sum(a[term] * b[term] for term in a.keys() & b.keys())
    size = math.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
    return common / size if size else 0.0
