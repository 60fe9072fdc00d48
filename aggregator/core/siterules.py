"""What is known of one site, applied to a page: where the article stands, and what it is not."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from typing import Final, cast

from lxml import etree
from lxml.etree import XPath
from lxml.etree import _Element as Element
from lxml.etree import _ElementUnicodeResult as FoundText
from lxml.html import HtmlElement, document_fromstring

from aggregator.core import clean
from aggregator.core.blocks import Block, Line, key, lines
from aggregator.core.page import Tree
from aggregator.model import Removed, SiteRule

__all__ = ["Dropped", "among_all", "beside", "broken", "drop", "keep", "names", "replaced", "texts"]

_REASON: Final = "site rule"
_XPATH: Final = ("/", "(/", "./")
_MARK: Final = "xpath:"
_LONGEST: Final = 1000
_LITERAL: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALLED: Final = re.compile(r"([A-Za-z_][\w.-]*)\s*\(")
_KNOWN: Final = frozenset(
    "and or div mod text node comment processing-instruction boolean ceiling concat contains count "
    "false floor id lang last local-name name namespace-uri normalize-space not number position "
    "round starts-with string string-length substring substring-after substring-before sum "
    "translate true".split()
)
# On it every selector is tried once, so that one that can never work is known before any page.
_SAMPLE: Final = "<html><body><div id='a' class='a'><h1>a</h1><p><a href='/a'>a</a></p></div>"
_LETTERS: Final = 300
_WHOLE: Final = ("html", "body")


def names(host: str) -> Iterator[str]:
    """Yield a host and the domains it stands in, nearest first, but for the last label alone."""
    labels = host.lower().rstrip(".").split(".")
    for at in range(max(len(labels) - 1, 1)):
        yield ".".join(labels[at:])


# --- selectors -------------------------------------------------------------------------------


def broken(selector: str, *, elements: bool = True) -> str | None:
    """Say why a selector cannot work, or None; `elements` are what it must find."""
    if not selector.strip():
        return "it is empty"
    if len(selector) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    try:
        found = _compiled(selector)(document_fromstring(_SAMPLE))
    except (etree.XPathError, ValueError) as error:
        return clean.line(str(error)) or "it is not sound"
    return None if isinstance(found, list) or not elements else "it finds no elements"


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> XPath:
    """A selector ready to be used, or raises ValueError or XPathError with what is wrong."""
    if selector.startswith(_MARK):
        return _xpath(selector.removeprefix(_MARK).strip())
    return _xpath(selector) if selector.startswith(_XPATH) else XPath(_from_css(selector))


def _xpath(path: str) -> XPath:
    """Names that nobody knows would come to light only on a page where they are reached."""
    bare = _LITERAL.sub("''", path).replace("::", " ")
    unknown = [name for name in _CALLED.findall(bare) if name not in _KNOWN]
    if unknown:
        message = f"XPath 1.0 has no function {unknown[0]}()"
        raise ValueError(message)
    if ":" in bare or "$" in bare:
        message = "it uses a prefix or a variable, and there are none here"
        raise ValueError(message)
    return XPath(path, regexp=False)


def _from_css(selector: str) -> str:
    from cssselect import HTMLTranslator, SelectorError, parse

    try:
        found = parse(selector)
        if any(each.pseudo_element for each in found):
            message = "a pseudo-element is no element"
            raise ValueError(message)
        translated = (HTMLTranslator().selector_to_xpath(each) for each in found)
        return " | ".join(translated)
    except SelectorError as error:
        message = f"not sound CSS: {error}"
        raise ValueError(message) from error


def _found(selector: str, tree: Tree) -> Sequence[object]:
    found = _compiled(selector)(tree)
    return cast("list[object]", found) if isinstance(found, list) else [found]


def _outermost(found: Iterable[object], tree: Tree) -> list[HtmlElement]:
    """The elements among what was found, each once, without those inside others or the page."""
    elements = (each for each in found if isinstance(each, HtmlElement))
    wanted = dict.fromkeys(each for each in elements if each.tag not in _WHOLE and each is not tree)
    return [each for each in wanted if not any(up in wanted for up in each.iterancestors())]


# --- what a rule says ------------------------------------------------------------------------


def texts(selectors: Iterable[str], tree: Tree) -> tuple[str, ...]:
    """The texts that the first selector with any finds on the page, each a clean line."""
    for selector in selectors:
        found = (_text(each) for each in _found(selector, tree))
        if some := tuple(dict.fromkeys(text for text in found if text)):
            return some
    return ()


def _text(found: object) -> str:
    text = found.text_content() if isinstance(found, HtmlElement) else found
    return clean.line(text[:_LETTERS]) if isinstance(text, str) else ""


def replaced(html: str, rule: SiteRule) -> str:
    """The page's source with the rule's texts replaced."""
    for old, new in rule.replaced:
        html = html.replace(old, new)
    return html


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a rule took from the page: its texts with their places, and those of all elements."""

    texts: tuple[tuple[int, str], ...] = ()
    places: Mapping[Element, int] = field(default_factory=dict)


def drop(tree: Tree, rule: SiteRule) -> Dropped:
    """Take from the page what the rule drops, in place; tells what had text, in order."""
    found = [each for selector in rule.drop for each in _found(selector, tree)]
    if not found:
        return Dropped()
    places = {element: at for at, element in enumerate(tree.iter())}
    elements = sorted(_outermost(found, tree), key=places.__getitem__)
    gone = ((places[each], " ".join(line.block.text for line in lines(each))) for each in elements)
    texts = tuple((place, text) for place, text in gone if text)
    for each in elements:
        each.drop_tree()
    _blank(found)
    return Dropped(texts, places)


def _blank(found: Iterable[object]) -> None:
    """Empty the pieces of text that were found; attributes are none."""
    for each in found:
        if not isinstance(each, FoundText) or (parent := each.getparent()) is None:
            continue
        if each.is_text:
            parent.text = None
        elif each.is_tail:
            parent.tail = None


def keep(tree: Tree, rule: SiteRule) -> Tree | None:
    """A page of nothing but the elements in which the article stands, or None.

    The first selector that finds something counts. Where none does the site looks otherwise by
    now, and the rule does not help.
    """
    for selector in rule.keep:
        if elements := _outermost(_found(selector, tree), tree):
            page = document_fromstring("<html><body><article></article></body></html>")
            for element in elements:
                copied = deepcopy(element)
                copied.tail = None
                page[0][0].append(copied)
            return page
    return None


def beside(
    removed: Iterable[Removed], blocks: Iterable[Block], page: Sequence[Line], dropped: Dropped
) -> list[Removed]:
    """What was removed among `blocks`, and what a rule had dropped, each in its place."""
    before = _before(blocks, page, dropped)
    moved = [
        replace(each, position=each.position + bisect_right(before, each.position))
        for each in removed
    ]
    taken = [
        Removed(text, _REASON, at + number)
        for number, (at, (_, text)) in enumerate(zip(before, dropped.texts, strict=True))
    ]
    return sorted(moved + taken, key=lambda each: each.position)


def _before(blocks: Iterable[Block], page: Sequence[Line], dropped: Dropped) -> list[int]:
    """For each text that a rule dropped how many of `blocks` stand before it."""
    if not dropped.texts:
        return []
    known = {key(line.block.text): dropped.places.get(line.element, 0) for line in reversed(page)}
    places = list(accumulate((known.get(key(block.text), 0) for block in blocks), max))
    return [bisect_left(places, place) for place, _ in dropped.texts]


def among_all(
    places: Iterable[int], blocks: Iterable[Block], page: Sequence[Line], dropped: Dropped
) -> list[int]:
    """The places among `blocks` as they are among these and what a rule had dropped."""
    before = _before(blocks, page, dropped)
    return [place + bisect_right(before, place) for place in places]
