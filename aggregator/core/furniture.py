"""Learns which lines are a site's furniture, and takes them out of its articles.

A line is furniture where it stands on at least three pages of the site that have nothing else in
common. What a site repeats for its readers' sake (a weather warning, "previously" in a serial, the
background of a war) stands on pages about one thing and speaks of what they speak of; copies of
one text share most of what they say. Neither is evidence. What an editor laid down outranks all.

Whether two pages are evidence depends on these two alone, and evidence is never taken back: so it
does not matter in which order they came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from aggregator.core.evidence import Evidence, Page
from aggregator.core.forms import Form, Kin, likeness

__all__ = ["LEARNT", "Book", "Furniture", "Page", "State", "Taken", "learn", "take"]

LEARNT: Final = "recurs on the site"
"""Why a line was taken out."""

State = Literal["learnt", "approved", "rejected", "added"]

# Pages that a line must stand on, by its words: little can recur by chance, and much is dear.
_EVIDENCE: Final = ((2, 5), (3, 4), (40, 3), (80, 4))
_MOST_EVIDENCE: Final = 5
_LETTERS: Final = 1500
_BACK_OFF: Final = 0.4
_OF_THE_HEADLINE: Final = 0.5
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Furniture:
    """One form that recurs on a site, or that an editor spoke of.

    `example` is a line of this form; `pages` the most pages it was seen on at a time. It was seen
    from `first_seen_at` to `last_seen_at`, which are None for what an editor added unseen.
    """

    form: Form
    example: str
    state: State = "learnt"
    pages: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None


class Book:
    """What is known of a site, to be looked up line by line."""

    def __init__(self, known: Iterable[Furniture]) -> None:
        """Hold `known`."""
        self.known = {each.form: each for each in known}
        self._kin = Kin(self.known)

    def decision(self, wanted: Form) -> State | None:
        """What an editor laid down for the nearest form, if for any; of two as near, to keep."""
        decided = [
            (likeness(wanted, each), state == "rejected", state)
            for each in self._kin.of(wanted)
            if (state := self.known[each].state) != "learnt"
        ]
        return max(decided)[2] if decided else None

    def has(self, wanted: Form) -> bool:
        """Whether it, or what is nearly the same, was learnt or decided on."""
        return bool(self._kin.of(wanted))


# --- learning --------------------------------------------------------------------------------


def learn(
    pages: Sequence[Page],
    known: Iterable[Furniture],
    *,
    forget_before: datetime | None = None,
) -> list[Furniture]:
    """What is furniture of a site, by `pages` that stand close in time and what was `known`.

    Only what a fresh page adds is looked at. What was learnt is forgotten where it is on none of
    the pages and was last seen before `forget_before`; what an editor decided never is.
    """
    evidence = Evidence(pages)
    book = Book(known)
    found = dict(book.known)
    for candidate in sorted(_candidates(evidence) - found.keys()):
        if book.decision(candidate) is None and _recurs(candidate, evidence):
            found[candidate] = Furniture(candidate, evidence.example(candidate))
    alive = (
        _seen(each, evidence)
        for each in found.values()
        if evidence.carriers(each.form) or not _is_past(each, forget_before)
    )
    return sorted(alive, key=lambda each: each.form)


def _candidates(evidence: Evidence) -> set[Form]:
    """The forms on fresh pages, and those elsewhere for which they may be evidence."""
    fresh = {each for page in evidence.pages if page.fresh for each in page.forms if each}
    return {near for each in fresh for near in evidence.kin.of(each)}


def _recurs(candidate: Form, evidence: Evidence) -> bool:
    from aggregator.core.listed import ANNOUNCES

    needed = next((pages for most, pages in _EVIDENCE if len(candidate) <= most), _MOST_EVIDENCE)
    example = evidence.example(candidate)
    if len(example) > _LETTERS or ANNOUNCES.match(example):
        return False
    return evidence.unrelated(candidate, needed)


def _seen(each: Furniture, evidence: Evidence) -> Furniture:
    """With what the pages add to where and when it was seen."""
    carriers = evidence.carriers(each.form)
    if not carriers:
        return each
    times = [page.seen_at for page in carriers]
    lines = [line for line in (each.example, evidence.example(each.form)) if line]
    return replace(
        each,
        example=min(lines) if each.state == "learnt" else each.example,
        pages=max(each.pages, len(carriers)),
        first_seen_at=min(filter(None, (each.first_seen_at, *times))),
        last_seen_at=max(filter(None, (each.last_seen_at, *times))),
    )


def _is_past(each: Furniture, forget_before: datetime | None) -> bool:
    if each.state != "learnt" or forget_before is None or each.last_seen_at is None:
        return False
    return each.last_seen_at < forget_before


# --- taking out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """The places of the lines that go; `backed_off` says that most of the text would have gone."""

    places: frozenset[int]
    backed_off: bool = False


def take(page: Page, book: Book) -> Taken:
    """Find what of a page is furniture.

    What was learnt stays where it would be most of the text, where it says what the headline says
    (a teaser, on the page it leads to), and where it announces what is the article's own. What an
    editor approved or added goes, unless nothing would be left.
    """
    decisions = {at: book.decision(each) for at, each in enumerate(page.forms) if each}
    must = {at for at, state in decisions.items() if state in {"approved", "added"}}
    if len(must) == len(page.lines):
        return Taken(frozenset(), backed_off=bool(must))
    may = {
        at
        for at, state in decisions.items()
        if state is None and book.has(page.forms[at]) and not _is_of_the_headline(page, at)
    }
    may -= _announcing(page, must | may)
    if _letters(page, must | may) > _BACK_OFF * _letters(page, range(len(page.lines))):
        return Taken(frozenset(must), backed_off=bool(may))
    return Taken(frozenset(must | may))


def _letters(page: Page, places: Iterable[int]) -> int:
    return sum(len(page.lines[at]) for at in places)


def _is_of_the_headline(page: Page, at: int) -> bool:
    terms = page.terms(at).keys()
    common = len(terms & page.headline.keys())
    return common >= _TWO and common >= _OF_THE_HEADLINE * len(terms)


def _announcing(page: Page, taken: set[int]) -> set[int]:
    """The places of lines that end in a colon, where what they announce stays."""
    own: set[int] = set()
    for at in range(len(page.lines) - 2, -1, -1):
        if page.lines[at].rstrip().endswith(":") and at + 1 not in taken - own:
            own.add(at)
    return own
