"""Brings back the lists of an article's own that trafilatura dropped, however they are marked up.

A list is one by its element, or is written as lines of one make side by side: divisions,
paragraphs, or lines parted by breaks.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from lxml.etree import _Element as Element

from aggregator.core.blocks import Block, Line

__all__ = ["ANNOUNCES", "listed"]

# What the article itself announces so is of it, be it all links: its sources, its background.
ANNOUNCES: Final = re.compile(
    r"^\W*(?:quellen?|sources?|literatur|links? zum|dokumente?|(?:zum )?hintergr[uü]nde?|background"
    r"|weblinks|references?|fuentes?|fonti|bronnen|źródła|fontes|chronologie|timeline)\b",
    re.IGNORECASE,
)
_LINKED: Final = 0.5
_ITEM_WORDS: Final = 5
_ANNOUNCED_WORDS: Final = 3
_MOST_ITEMS: Final = 40
_NEAR: Final = 20
_BOLD: Final = 0.9
_LABEL_WORDS: Final = 12
_INLINE: Final = frozenset({"a", "b", "em", "font", "i", "mark", "small", "span", "strong", "u"})
_BULLET: Final = re.compile(r"[•·▪◦‣■●►▸–-]\s*\w")
_SENTENCE: Final = re.compile(r"\w{2}[.!?][\"”“»’)]*$")
_NOT_TEXT: Final = re.compile(
    r"share|social|teilen|teaser|related|recommend|breadcrumb|\bnav|menu|tags?\b|author|byline"
    r"|newsletter|comment|promo|most-?read|footer|sidebar|gallery|toc\b",
    re.IGNORECASE,
)
# What a line that is no item of a list must not be either.
_NO_LIST: Final = re.compile(
    r"caption|credit|copyright|cookie|consent|advert|\bads?\b|anzeige|\bmeta|\bdate|\btime|player",
    re.IGNORECASE,
)
_TEASER: Final = re.compile("teaser", re.IGNORECASE)


class _Shelf(NamedTuple):
    """What the lines of one list have in common."""

    around: object
    tag: object
    names: object


def listed(matched: set[int], inside: Sequence[bool], raw: Sequence[Line]) -> list[int]:
    """The places of lines in lists that belong to the article although they were dropped.

    `raw` are all lines of the page, `matched` the places of those that were found, and `inside`
    says which stand where the article does.
    """
    if not matched:
        return []
    dropped = [at not in matched and within for at, within in enumerate(inside)]
    near = range(min(matched) - _NEAR, max(matched) + _NEAR + 1)
    found = [*_items(matched, dropped, raw), *_rows(matched, dropped, raw)]
    found = [at for at in found if at in near]
    # An article of which most were dropped as lists is none: they are what the page lists.
    letters = sum(len(raw[at].block.text) for at in found)
    return found if letters <= sum(len(raw[at].block.text) for at in matched) else []


# --- lists by their element ------------------------------------------------------------------


def _items(matched: set[int], dropped: Sequence[bool], raw: Sequence[Line]) -> Iterator[int]:
    first = min(matched)
    groups = {raw[at].block.group for at in matched if raw[at].block.kind == "item"}
    items = [each and raw[at].block.kind == "item" for at, each in enumerate(dropped)]
    for run in _runs(
        [line.block.group if item else None for item, line in zip(items, raw, strict=True)]
    ):
        label = run[0] - 1
        summary = run[-1] < first
        if raw[run[0]].block.group not in groups and not _belongs(run, label, raw, summary=summary):
            continue
        if label >= 0 and label not in matched and _is_label(raw[label].block):
            yield label
        yield from run


def _runs(marks: Sequence[object]) -> Iterator[list[int]]:
    """Consecutive places with the same mark; None is none."""
    run: list[int] = []
    for at, mark in enumerate(marks):
        if run and mark != marks[run[0]]:
            yield run
            run = []
        if mark is not None:
            run.append(at)
    if run:
        yield run


def _belongs(run: Sequence[int], label: int, raw: Sequence[Line], *, summary: bool) -> bool:
    """Whether a dropped list is text: unlinked, not furniture, announced or in whole sentences.

    A `summary` stands before the text, where many templates name it a teaser.
    """
    blocks = [raw[at].block for at in run]
    linked = sum(block.links for block in blocks) > _LINKED * len(run)
    own = label >= 0 and _is_label(raw[label].block) and ANNOUNCES.match(raw[label].block.text)
    if len(run) > _MOST_ITEMS or (linked and not own):
        return False
    marks = _marks(raw[run[0]].element)
    if _NOT_TEXT.search(_TEASER.sub("", marks) if summary else marks):
        return False
    words = _words(run, raw)
    if label < 0 or not _is_label(raw[label].block):
        return len(run) > 1 and words >= _ITEM_WORDS
    # Under a heading there may be names or sections too; a colon announces whatever follows.
    colon = raw[label].block.text.rstrip().endswith(":")
    return len(run) > 1 and (colon or words >= _ANNOUNCED_WORDS)


def _words(run: Sequence[int], raw: Sequence[Line]) -> float:
    """How many words a line has on average."""
    return sum(len(raw[at].block.text.split()) for at in run) / len(run)


def _is_label(block: Block) -> bool:
    bold = block.strong > _BOLD and len(block.text.split()) <= _LABEL_WORDS
    announces = block.kind == "heading" or bold or block.text.rstrip().endswith(":")
    return announces and block.links < _LINKED and block.level != 1


def _marks(element: Element) -> str:
    """The class and id names of the list around an item."""
    names = []
    for around in element.iterancestors():
        names += [around.get("class") or "", around.get("id") or ""]
        if around.tag in {"ul", "ol", "dl", "article", "main", "body"}:
            parent = around.getparent()
            names += [parent.get("class") or ""] if parent is not None else []
            break
    return " ".join(names)


# --- lists by their look ---------------------------------------------------------------------


def _rows(matched: set[int], dropped: Sequence[bool], raw: Sequence[Line]) -> Iterator[int]:
    first = min(matched)
    shelves = [
        _shelf(line) if each and line.block.kind == "paragraph" else None
        for each, line in zip(dropped, raw, strict=True)
    ]
    for run in _runs(shelves):
        announced = _is_announced(raw[run[0]].block)
        label = run[0] if announced else run[0] - 1
        rows = run[1:] if announced else run
        announced = announced or (label >= 0 and _is_announced(raw[label].block))
        summary = run[-1] < first
        if len(rows) > 1 and _are_text(rows, raw, announced=announced, summary=summary):
            yield from [label, *rows] if announced and label not in matched else rows


def _shelf(line: Line) -> _Shelf:
    """What is around the block that a line stands in, and how that is marked up."""
    here = line.element
    while here.tag in _INLINE and (around := here.getparent()) is not None:
        here = around
    return _Shelf(here.getparent(), here.tag, here.get("class"))


def _is_announced(block: Block) -> bool:
    return _is_label(block) and ANNOUNCES.match(block.text) is not None


def _are_text(rows: Sequence[int], raw: Sequence[Line], *, announced: bool, summary: bool) -> bool:
    """Whether dropped lines of one make are a list of the article's own.

    They are announced; or bulleted; or above the text, where they are a summary if each is a
    sentence.
    """
    blocks = [raw[at].block for at in rows]
    marks = f"{_marks(raw[rows[0]].element)} {raw[rows[0]].element.get('class') or ''}"
    if len(rows) > _MOST_ITEMS or any(block.links >= _LINKED for block in blocks):
        return False
    if _NOT_TEXT.search(marks) or _NO_LIST.search(marks):
        return False
    words = _words(rows, raw)
    if announced:
        return words >= _ANNOUNCED_WORDS
    if all(_BULLET.match(block.text) for block in blocks):
        return words >= _ITEM_WORDS
    # Paragraphs there are a lead; lines of one with breaks are a list.
    parted = raw[rows[0]].element.tag == "p" and raw[rows[0]].element is not raw[rows[1]].element
    return (
        summary
        and not parted
        and words >= _ITEM_WORDS
        and all(_SENTENCE.search(each.text) for each in blocks)
    )
