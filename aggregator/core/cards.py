"""Tells teasers that need no label: cards of one make, each a headline that leads elsewhere.

With the headline a card often has a line or two of its article, which no link gives away.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from lxml.etree import _Element as Element

from aggregator.core.blocks import Line

__all__ = ["cards"]

_LINKED: Final = 0.8
_UNLINKED: Final = 0.5
_WORDS: Final = 3
_CARDS: Final = 3
_DEEP: Final = 6
_LETTERS: Final = 400
_FEW_LETTERS: Final = 320
_REST: Final = 5
_PARAGRAPHS: Final = 3
_PROSE: Final = 100
_NEVER: Final = frozenset({"p", "h1", "tr", "td", "tbody", "body", "html", "section"})
_LEADS: Final = re.compile(r"\blocation\b|\bwindow\.open\b|\bnavigate")
# What a card's link says where its headline is none.
_MORE: Final = re.compile(
    r"(?:\b(?:weiter ?lesen|mehr (?:lesen|dazu|erfahren)|zum (?:ganzen )?artikel|read (?:more|on)"
    r"|continue reading|full story|lire (?:la suite|l[’']article)|en savoir plus|leer más"
    r"|seguir leyendo|leggi (?:tutto|di più|l[’']articolo)|lees (?:meer|verder)|czytaj (?:więcej"
    r"|dalej)|(?:leia|ler|saiba) mais))\W*$",
    re.IGNORECASE,
)

_Make: TypeAlias = tuple[Element, object, str | None]


def cards(raw: Sequence[Line]) -> set[int]:
    """The places of the lines in cards; `raw` are all lines of the page."""
    heads = {at for at in range(len(raw)) if _is_headline(raw, at)}
    rows = _rows(raw, heads)
    inside: dict[Element, list[int]] = {card: [] for row in rows.values() for card in row}
    if not inside:
        return set()
    for at, line in enumerate(raw):
        for around in islice(line.element.iterancestors(), _DEEP):
            if around in inside:
                inside[around].append(at)
    found: set[int] = set()
    few: dict[_Make, list[list[int]]] = {}
    for make, row in rows.items():
        places = [inside[card] for card in row]
        if len(row) >= _CARDS:
            found.update(*places if _are_cards(places, raw, heads) else ())
        elif all(_is_single(card, raw, heads) for card in places):
            few[make] = places
    found.update(*_alone(few))
    # On a page that has no other text they may be what it is about.
    prose = sum(at not in found and _is_prose(line) for at, line in enumerate(raw))
    return found if prose >= _PARAGRAPHS else set()


def _rows(raw: Sequence[Line], heads: set[int]) -> Mapping[_Make, set[Element]]:
    """Elements of one make, side by side, in each of which a headline leads elsewhere."""
    rows: dict[_Make, set[Element]] = defaultdict(set)
    for at in heads:
        for card, around in _steps(raw[at].element):
            if card.tag not in _NEVER:
                rows[around, card.tag, card.get("class")].add(card)
    return rows


def _steps(element: Element) -> Iterator[tuple[Element, Element]]:
    """The elements around a line, each with the one around it."""
    here = element
    for around in islice(element.iterancestors(), _DEEP):
        yield here, around
        here = around


def _is_headline(raw: Sequence[Line], at: int) -> bool:
    """Whether a line leads elsewhere: by a link, a script, or what a link behind it says."""
    block, element = raw[at]
    if len(block.text.split()) < _WORDS:
        return False
    if block.links >= _LINKED:
        here = element if element.tag == "a" else next(element.iterancestors("a"), None)
        return here is None or not (here.get("href") or "").startswith("#")
    if block.kind != "heading" or block.links >= _UNLINKED or block.level == 1:
        return False
    boxes = islice(element.iterancestors(), _CARDS)
    return _leads_on(raw, at) or any(_LEADS.search(each.get("onclick") or "") for each in boxes)


def _leads_on(raw: Sequence[Line], at: int) -> bool:
    """Whether one of the next two lines ends in a link that says to read on."""
    behind = [line.block for line in raw[at + 1 : at + 3]]
    more = next((n for n, each in enumerate(behind) if each.links and _MORE.search(each.text)), 2)
    return more < len(behind) and all(each.kind != "heading" for each in behind[: more + 1])


def _are_cards(row: Sequence[Sequence[int]], raw: Sequence[Line], heads: set[int]) -> bool:
    """Whether each of the row is a headline with a line or two about what it leads to.

    Names and prices beside a link make none: they belong to the lists of an article's own.
    """
    beside = [raw[at].block for card in row for at in card if raw[at].block.links < _LINKED]
    words = sum(len(block.text.split()) for block in beside)
    return words >= _REST * len(row) and all(_is_card(card, raw, heads) for card in row)


def _is_card(card: Sequence[int], raw: Sequence[Line], heads: set[int]) -> bool:
    letters = sum(len(raw[at].block.text) for at in card)
    told = [at for at in card if len(raw[at].block.text.split()) >= _WORDS]
    return letters <= _LETTERS and bool(told) and told[0] in heads


def _alone(few: Mapping[_Make, Sequence[list[int]]]) -> Iterator[list[int]]:
    """The one or two boxes that are cards, each a heading with one line: nothing else is so made.

    What an article is made of comes in several boxes of a kind, or in none.
    """
    made: Counter[_Make] = Counter(
        (around, each.tag, each.get("class"))
        for around in {around for around, _, _ in few}
        for each in around
    )
    for make, places in few.items():
        if made[make] == len(places):
            yield from places


def _is_prose(line: Line) -> bool:
    block = line.block
    return block.kind == "paragraph" and block.links < _UNLINKED and len(block.text) >= _PROSE


def _is_single(card: Sequence[int], raw: Sequence[Line], heads: set[int]) -> bool:
    blocks = [raw[at].block for at in card]
    told = [at for at in card if len(raw[at].block.text.split()) >= _WORDS]
    if not told or told[0] not in heads or sum(len(each.text) for each in blocks) > _FEW_LETTERS:
        return False
    beside = [raw[at].block for at in told[1:] if raw[at].block.links < _LINKED]
    return (
        raw[told[0]].block.kind == "heading"
        and len(beside) == 1
        and beside[0].kind == "paragraph"
        and len(beside[0].text.split()) >= _REST
    )
