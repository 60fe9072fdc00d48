"""Tells teasers that need no label: cards of one make, each a headline that leads elsewhere.

With the headline a card often has a line or two of its article, which no link gives away.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from lxml.etree import _Element as Element

from aggregator.core.blocks import Line

__all__ = ["cards"]

_LINKED: Final = 0.8
_WORDS: Final = 3
_CARDS: Final = 3
_DEEP: Final = 6
_LETTERS: Final = 400
_REST: Final = 5
_NEVER: Final = frozenset({"p", "h1", "tr", "td", "tbody", "body", "html", "section"})


def cards(raw: Sequence[Line]) -> set[int]:
    """The places of the lines in cards; `raw` are all lines of the page."""
    rows = list(_rows(raw))
    inside: dict[Element, list[int]] = {card: [] for row in rows for card in row}
    if not inside:
        return set()
    for at, line in enumerate(raw):
        for around in islice(line.element.iterancestors(), _DEEP):
            if around in inside:
                inside[around].append(at)
    found: set[int] = set()
    for row in rows:
        places = [inside[card] for card in row]
        if _are_cards([[raw[at] for at in card] for card in places]):
            found.update(*places)
    return found


def _rows(raw: Sequence[Line]) -> Iterator[set[Element]]:
    """Elements of one make, side by side, in each of which a headline leads elsewhere."""
    rows: dict[tuple[Element, object, str | None], set[Element]] = defaultdict(set)
    for line in filter(_is_headline, raw):
        for card, around in _steps(line.element):
            if card.tag not in _NEVER:
                rows[around, card.tag, card.get("class")].add(card)
    yield from (row for row in rows.values() if len(row) >= _CARDS)


def _steps(element: Element) -> Iterator[tuple[Element, Element]]:
    """The elements around a line, each with the one around it."""
    here = element
    for around in islice(element.iterancestors(), _DEEP):
        yield here, around
        here = around


def _is_headline(line: Line) -> bool:
    if line.block.links < _LINKED or len(line.block.text.split()) < _WORDS:
        return False
    around = chain((line.element,), line.element.iterancestors())
    href = next((each.get("href") or "" for each in around if each.tag == "a"), "")
    return not href.startswith("#")


def _are_cards(row: Sequence[Sequence[Line]]) -> bool:
    """Whether each of the row is a headline with a line or two about what it leads to.

    Names and prices beside a link make none: they belong to the lists of an article's own.
    """
    beside = [line.block for card in row for line in card if line.block.links < _LINKED]
    words = sum(len(block.text.split()) for block in beside)
    return words >= _REST * len(row) and all(map(_is_card, row))


def _is_card(lines: Sequence[Line]) -> bool:
    letters = sum(len(line.block.text) for line in lines)
    told = [line for line in lines if len(line.block.text.split()) > _WORDS]
    return letters <= _LETTERS and bool(told) and _is_headline(told[0])
