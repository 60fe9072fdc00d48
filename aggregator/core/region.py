"""Finds where on the page the article stands, and mends what trafilatura got wrong around it.

Lists of the article's own that were dropped are brought back; lines from elsewhere on the page
are named, so that they can be taken out with that reason.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml.etree import _Element as Element

from aggregator.core import agency
from aggregator.core.blocks import Block, Line, key
from aggregator.core.cards import cards
from aggregator.core.listed import ANNOUNCES, listed
from aggregator.core.lost import Form, form, lost
from aggregator.core.naming import furniture
from aggregator.core.page import Tree

__all__ = ["Placed", "flatten", "layout_tables", "place"]

_LAYOUT: Final = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th", "center"})
_CAPTIONS: Final = frozenset({"caption", "figcaption"})
_LAYOUT_SHARE: Final = 0.4
_LONG: Final = 200
_MOST_OF_IT: Final = 0.85
_LINKED: Final = 0.5
_NEAR: Final = 20
_BEGINNING: Final = 8
_NEXT: Final = 6
_LAST: Final = 3
_PARAGRAPH: Final = 60
_LISTS: Final = frozenset({"ul", "ol", "dl", "table", "tbody", "tr"})
_SHARE: Final = 0.3
_TAIL: Final = 0.1


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of the article, or one that was taken for it but stands elsewhere on the page.

    `above` is the line of the page directly before it, if that was dropped: a label, or a link;
    `named` is the word by which the page's template names it furniture, or "". `spared` stands in
    a card like teasers, as so much of the text does that it cannot be furniture. `left_out` was
    not taken for the article, and is named so that it can be seen what was left out.
    """

    block: Block
    outside: bool = False
    above: Block | None = None
    named: str = ""
    spared: bool = False
    left_out: bool = False


# --- layout tables ---------------------------------------------------------------------------


def layout_tables(tree: Tree) -> list[Element]:
    """Return the tables that lay out a page; tables of data are none."""
    tables = list(tree.iter("table"))
    most = _LAYOUT_SHARE * _letters(tree) if tables else 0
    return [table for table in tables if _lays_out(table, most)]


def flatten(tables: Iterable[Element]) -> list[tuple[Element, str]]:
    """Turn tables into divisions, in place; return what was changed, with the tags before."""
    parts = [
        (element, str(element.tag))
        for table in tables
        for element in table.iter(*_LAYOUT)
        if element is table
        or (element.tag != "table" and next(element.iterancestors("table"), None) is table)
    ]
    for element, _ in parts:
        element.tag = "div"
    return parts


def _lays_out(table: Element, most: float) -> bool:
    """Whether a table holds a page, or with long paragraphs or headings `most` of its letters.

    One within another table is a column of the page unless it has columns itself.
    """
    if next(table.iterdescendants("h1", "article"), None) is not None:
        return True
    if next(table.iterancestors("table"), None) is not None and not _has_columns(table):
        return True
    parted = next(table.iterdescendants("table", "h2"), None) is not None
    long = parted or any(_letters(each) > _LONG for each in table.iterdescendants("p"))
    return long and _letters(table) >= most


def _has_columns(table: Element) -> bool:
    """Whether most rows of a table have several cells."""
    rows = [len(row.findall("td")) + len(row.findall("th")) for row in table.iterdescendants("tr")]
    return sum(cells > 1 for cells in rows) > len(rows) / 2


def _letters(element: Element) -> int:
    return sum(map(len, element.itertext()))


# --- place -----------------------------------------------------------------------------------


def place(body: Sequence[Block], raw: Sequence[Line]) -> list[Placed]:
    """The blocks of `body` with what the page says of each, and lost lists in their places.

    `raw` are all lines of the page. Blocks that stand behind the region that holds nearly all of
    the text, or before the page's headline, are outside.
    """
    keys = [key(line.block.text) for line in raw]
    matches = _aligned(body, keys)
    matched = set(matches.values())
    weight = _weight(matched, raw)
    whole = sum(len(raw[at].block.text) for at in matched)
    inside = _region(weight, whole, raw)
    headline = next((at for at, line in enumerate(raw) if line.block.level == 1), -1)
    first = min(matched, default=0)
    # Between headline and text many templates put a summary, outside of the text's element.
    if 0 <= headline < first <= headline + _NEAR:
        inside[headline:first] = [True] * (first - headline)
    last = max((at for at in matched if inside[at]), default=-1)
    tail = _tail(sorted(matched), raw)
    teased = matched & {first + at for at in cards(raw[first : max(matched, default=0) + 1])}
    spared = set[int]()
    if sum(len(raw[at].block.text) for at in teased) > _SHARE * whole:
        teased, spared = spared, teased
    back = {
        *listed(matched, inside, raw),
        *_lost_sign_off(matched, inside, raw),
        *lost(body, matched, inside, raw),
    }
    found: list[tuple[float, Placed]] = [
        (at, Placed(raw[at].block, named=_named(raw[at].element, weight, whole))) for at in back
    ]
    near = range(max(first - _NEAR, headline + 1), last + 1 + _NEAR) if matched else ()
    left = _left_out(body, {*matched, *back}, inside, raw, near)
    found += [(at, Placed(raw[at].block, left_out=True)) for at in left]
    apart = [not within and (at > last or at < headline) for at, within in enumerate(inside)]
    links = [line.block for line in raw if line.block.links > _LINKED]
    here = -1.0
    for number, block in enumerate(body):
        at = matches.get(number)
        if at is None:
            found.append((here + 0.5, _unmatched(block, links, _beginnings(block, keys), apart)))
        else:
            here = at
            outside = at >= tail or apart[at] or at in teased
            shown = _as_shown(block, raw[at].block)
            named = furniture(raw[at].element, weight, whole)
            above = _above(at, matched, raw)
            found.append((at, Placed(shown, outside, above, named, spared=at in spared)))
    return [placed for _, placed in sorted(found, key=lambda each: each[0])]


def _unmatched(
    block: Block, links: Iterable[Block], begins: Sequence[int], apart: Sequence[bool]
) -> Placed:
    """A block that is no line of the page: outside if it is links, or begins `apart` alone."""
    share = _share_of_links(block, links)
    outside = share > _LINKED or (bool(begins) and all(apart[at] for at in begins))
    return Placed(replace(block, links=share), outside=outside)


def _left_out(
    body: Sequence[Block],
    taken: Container[int],
    inside: Sequence[bool],
    raw: Sequence[Line],
    near: Iterable[int],
) -> list[int]:
    """The places of lines amid the article, or close to it, that are in none of its blocks."""
    told = "\n".join(key(block.text) for block in body)
    return [
        at
        for at in near
        if at < len(raw) and inside[at] and at not in taken and key(raw[at].block.text) not in told
    ]


def _named(element: Element, weight: Mapping[Element, int], whole: int) -> str:
    """What names a line that comes back furniture; captions belong to the lists they are in."""
    name = furniture(element, weight, whole)
    return "" if name in _CAPTIONS else name


def _above(at: int, matched: set[int], raw: Sequence[Line]) -> Block | None:
    """The line of the page before this one, if it was dropped."""
    return raw[at - 1].block if at > 0 and at - 1 not in matched else None


def _as_shown(block: Block, shown: Block) -> Block:
    """A block with its links, its emphasis and its list as on the page."""
    kind = shown.kind if block.kind in {"paragraph", "row"} else block.kind
    return replace(
        block, links=shown.links, strong=shown.strong, kind=kind, group=shown.group,
        continued=shown.continued,
    )  # fmt: skip


def _share_of_links(block: Block, links: Iterable[Block]) -> float:
    """Of a block that is no single line of the page, the share that is text of linked lines."""
    whole = key(block.text)
    linked = sum(len(part) for link in links if (part := key(link.text)) in whole)
    return min(linked / len(whole), 1.0) if whole else 0.0


def _beginnings(block: Block, keys: Iterable[str]) -> list[int]:
    """The places of lines of the page with which a block begins that is more than one of them."""
    whole = key(block.text)
    return [
        at for at, line in enumerate(keys) if len(line) >= _BEGINNING and whole.startswith(line)
    ]


def _aligned(body: Sequence[Block], keys: Sequence[str]) -> dict[int, int]:
    """Map places in `body` to places with the same text in the page, in order where possible."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(keys):
        places[line].append(at)
    found: dict[int, int] = {}
    pointer = 0
    for number, block in enumerate(body):
        candidates = places.get(key(block.text), [])
        if not candidates:
            continue
        ahead = bisect_left(candidates, pointer)
        at = candidates[ahead if ahead < len(candidates) else 0]
        pointer = max(pointer, at + 1)
        found[number] = at
    return found


def _weight(matched: Iterable[int], raw: Sequence[Line]) -> dict[Element, int]:
    """How many letters of the text stand in each element of the page."""
    weight: dict[Element, int] = defaultdict(int)
    for at in matched:
        letters = len(raw[at].block.text)
        weight[raw[at].element] += letters
        for ancestor in raw[at].element.iterancestors():
            weight[ancestor] += letters
    return weight


def _region(weight: Mapping[Element, int], total: int, raw: Sequence[Line]) -> list[bool]:
    """For each line of the page whether it stands in the element that holds most of the text."""
    whole = [element for element, letters in weight.items() if letters >= _MOST_OF_IT * total]
    # The innermost: all of them lie on one path, each within the next.
    region = max(whole, key=_depth, default=None)
    while region is not None and region.tag in _LISTS:
        region = region.getparent()
    if region is None:
        return [True] * len(raw)
    known = set(region.iter())
    return [line.element in known for line in raw]


def _depth(element: Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _tail(matched: Sequence[int], raw: Sequence[Line]) -> int:
    """Where furniture begins behind the text: from there on all is short and once interrupted.

    What interrupts is a heading or a link that was not taken for the article.
    """
    tail, letters = len(raw), 0
    whole = sum(len(raw[at].block.text) for at in matched)
    for before, at in zip(reversed(matched[:-1]), reversed(matched[1:]), strict=True):
        letters += len(raw[at].block.text)
        if len(raw[at].block.text) >= _LONG or letters > _TAIL * whole:
            break
        if ANNOUNCES.match(raw[before].block.text) and raw[at].block.kind == "item":
            # A list that the article announces is its own, whatever stands before it.
            behind = (
                each
                for each in matched
                if each > at and raw[each].block.group != raw[at].block.group
            )
            tail = max(tail, next(behind, len(raw)))
            break
        between = (raw[each].block for each in range(before + 1, at))
        if any(block.kind == "heading" or block.links > _LINKED for block in between):
            tail = at
    forms = Counter(form(raw[at].element) for at in matched if at < tail)
    goes_on = (at for at in matched if at >= tail and _goes_on(raw[at], forms))
    return max(goes_on, default=tail - 1) + 1


def _goes_on(line: Line, forms: Counter[Form]) -> bool:
    """Whether a line is a sentence marked up like those of the text."""
    text = line.block.text
    return (
        len(text) >= _PARAGRAPH
        and line.block.kind == "paragraph"
        and line.block.links < _LINKED
        and text.endswith((".", "!", "?", "“", "”", '"'))
        and forms[form(line.element)] > _LAST
    )


# --- sign-offs ----------------------------------------------------------------------------------


def _lost_sign_off(matched: set[int], inside: Sequence[bool], raw: Sequence[Line]) -> list[int]:
    """The place of an agency's sign-off near the end that was dropped as too short.

    Prompts may stand behind it; far before the end such a line rather credits a picture, as
    does an agency's bare name anywhere.
    """
    paragraphs = sorted(at for at in matched if len(raw[at].block.text) >= _PARAGRAPH)
    if not paragraphs:
        return []
    behind = range(paragraphs[-_LAST:][0] + 1, min(paragraphs[-1] + 1 + _NEXT, len(raw)))
    lost = (at for at in behind if at not in matched and inside[at])
    return next(([at] for at in lost if _is_full_sign_off(raw[at])), [])


def _is_full_sign_off(line: Line) -> bool:
    text = line.block.text
    if not ("/" in text or text.startswith("(")) or agency.sign_off(text) is None:
        return False
    return next(line.element.iterancestors("figure", "figcaption"), None) is None
