"""Brings back lines of the article that trafilatura dropped from its midst.

What it drops there is mostly furniture, but also headings whose markup is odd, whole paragraphs
of a section with a telling class, and quotes in a figure. A line is the article's own where it
stands between others of it and reads or is marked up like them.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from lxml.etree import _Element as Element

from aggregator.core.blocks import Block, Line, key

__all__ = ["Form", "form", "lost"]

_LINKED: Final = 0.3
_WORDS: Final = 15
_ALIKE: Final = 2
_PART: Final = 30
_MUCH: Final = 0.3
_RUN: Final = 0.2
_SENTENCE: Final = re.compile(r"[.!?:…][\"”“»’)\]]*$")
_NOT_TEXT: Final = re.compile(
    r"share|sharing|social|teaser|related|recommend|breadcrumb|\bnav|menu|\btags?\b|author|byline"
    r"|newsletter|comment|promo|most-?read|footer|sidebar|gallery|toc\b|modal|popup|tooltip|cookie"
    r"|consent|caption|credit|advert|\bads?\b|signup|sign-up|subscri|paywall|player|\bcta|banner"
    r"|call-?to-?action|disclaimer|copyright|hidden|sr-only|screen-reader|widget|carousel"
    r"|unterschrift|embed|privacy|tweet|fb-post|testimonial|donat|spende|\babo\b|\bquiz|survey"
    r"|feedback|affiliate|sponsor|anzeige",
    re.IGNORECASE,
)
_ELSEWHERE: Final = frozenset(
    {"article", "figure", "figcaption", "nav", "aside", "footer", "form", "button"}
)


class Form(NamedTuple):
    """How a line is marked up: its element and the one around it."""

    tag: object
    names: str | None
    around: object
    around_names: str | None


def lost(
    body: Sequence[Block], matched: set[int], inside: Sequence[bool], raw: Sequence[Line]
) -> list[int]:
    """The places of lines between those that were found (`matched`) which belong to them.

    What `body` has already, be it within another line, is not lost.
    """
    if not matched:
        return []
    keys = [key(block.text) for block in body]
    told = "\n".join(keys)
    parts = [each for each in keys if len(each) >= _PART]
    forms = Counter(form(raw[at].element) for at in matched)
    known = dict.fromkeys(_around([raw[at] for at in matched]), True)
    found: list[int] = []
    behind = set(matched)
    # From the end, so that a heading is known to stand over a line that comes back itself.
    for at in range(max(matched) - 1, min(matched), -1):
        line = raw[at]
        if at in matched or not inside[at] or not _may_be(line.block):
            continue
        if not _belongs(line, forms, above=at + 1 in behind) or not _is_text(line, known):
            continue
        here = key(line.block.text)
        if here not in told and not any(part in here for part in parts):
            found.append(at)
            behind.add(at)
    return _without_runs(found[::-1], matched, forms, raw)


def _without_runs(
    found: Sequence[int], matched: set[int], forms: Counter[Form], raw: Sequence[Line]
) -> list[int]:
    """Leave away what is so long in one piece and marked up so differently as another text is.

    Such are a second article on the page, and the terms of a subscription.
    """
    most = _RUN * sum(len(raw[at].block.text) for at in matched)
    places = sorted(matched)
    runs: dict[int, list[int]] = defaultdict(list)
    for at in found:
        runs[bisect_left(places, at)].append(at)
    strange = {
        gap: sum(len(raw[at].block.text) for at in run if forms[form(raw[at].element)] < _ALIKE)
        for gap, run in runs.items()
    }
    return [at for gap, run in runs.items() if strange[gap] <= most for at in run]


def _may_be(block: Block) -> bool:
    return block.links < _LINKED and block.level != 1 and block.kind != "row"


def _belongs(line: Line, forms: Counter[Form], *, above: bool) -> bool:
    """Whether a line reads or is marked up like the article's own; `above` one of them."""
    block = line.block
    if block.kind == "heading":
        return above
    if forms[form(line.element)] >= _ALIKE:
        return True
    return len(block.text.split()) >= _WORDS and _SENTENCE.search(block.text) is not None


def form(element: Element) -> Form:
    """Return how the line in `element` is marked up."""
    around = element.getparent()
    names = None if around is None else around.get("class")
    return Form(element.tag, element.get("class"), None if around is None else around.tag, names)


def _around(lines: Sequence[Line]) -> list[Element]:
    """The elements that hold much of the article: no furniture, whatever they are called."""
    weight: Counter[Element] = Counter()
    for line in lines:
        for around in line.element.iterancestors():
            weight[around] += len(line.block.text)
    much = _MUCH * sum(len(line.block.text) for line in lines)
    return [element for element, letters in weight.items() if letters >= much]


def _is_text(line: Line, known: dict[Element, bool]) -> bool:
    """Whether nothing around a line says that it is furniture; remembers what it passed."""
    passed: list[Element] = []
    here: Element | None = line.element
    answer = True
    while here is not None:
        if here in known:
            answer = known[here]
            break
        passed.append(here)
        if _is_furniture(here, quoted=line.block.kind == "quote"):
            answer = False
            break
        here = here.getparent()
    known.update(dict.fromkeys(passed[1:] if answer else passed[-1:], answer))
    return answer


def _is_furniture(element: Element, *, quoted: bool) -> bool:
    if element.tag in _ELSEWHERE and not (quoted and element.tag == "figure"):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.get("hidden") is not None or _NOT_TEXT.search(names) is not None
