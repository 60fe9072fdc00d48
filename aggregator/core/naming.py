"""Tells furniture by the names, classes and ids, that templates give its boxes."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from lxml.etree import _Element as Element

__all__ = ["furniture", "parts"]

# What none of these holds is the article's own; a name is parted at hyphens and at capitals.
_FURNITURE: Final = frozenset(
    """
    adslot advert advertisement advertorial affiliate anzeige werbung sponsor sponsored
    cta promo promotion upsell paywall abo subscribe subscription signup donate donation spende
    spenden newsletter
    related recommended recommendation recommendations recirc teaser teasers trending
    share sharing shares follow comment comments feedback
    author authors authorbox byline bio autor autoren
    caption captions imagedescription bildunterschrift credit credits copyright bildnachweis
    disclaimer disclosure tags topics breadcrumb breadcrumbs cookie consent btn button tooltip
    dropdown abbinder ctas meta outbrain taboola poll polls opinary civey lesetipp lesetipps
    """.split()
)
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_AROUND: Final = 4
# A box with more of the text than this is no box in it.
_SHARE: Final = 0.3
_LONGEST: Final = 400
_ID_PARTS: Final = 3
_LABEL: Final = "aria-label"
_HOOKS: Final = ("data-testid", "data-component", "data-qa", "itemprop", _LABEL)
_LABEL_WORDS: Final = 3
_INLINE: Final = frozenset({"a", "b", "em", "i", "mark", "span", "strong"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def parts(names: str) -> list[str]:
    """Return the words that class and id names are made of, in small letters."""
    return [part.lower() for part in _PARTS.findall(names[:_LONGEST])]


def furniture(element: Element, weight: Mapping[Element, int], whole: int) -> str:
    """Return the word that names a box around a line as furniture, or "".

    `weight` are the letters of the article in each element, `whole` all of them.
    """
    for around in chain((element,), islice(element.iterancestors(), _AROUND)):
        if weight.get(around, 0) > _SHARE * whole:
            return ""
        if around.tag in _INLINE and _begins_more(around):
            continue
        if around.tag == "figcaption":
            return "figcaption"
        if word := _in(around.get("class")) or _in_id(around) or _in_hook(around):
            return word
    return ""


def _begins_more(element: Element) -> bool:
    """Whether the line goes on behind an element with more than stands in it: a linked name."""
    return len((element.tail or "").strip()) > sum(map(len, element.itertext()))


def _in_id(element: Element) -> str:
    """The word in an element's id, if it is a name and not made of a heading's text."""
    name = element.get("id")
    if not name or element.tag in _HEADINGS or len(_PARTS.findall(name[:_LONGEST])) > _ID_PARTS:
        return ""
    return _in(name)


def _in_hook(element: Element) -> str:
    """The word in what is there for programs and screen readers, where classes are but hashes."""
    for hook in _HOOKS:
        name = element.get(hook)
        # What is read out may be a headline: "Comment réussir son jardin", "Share of women rises".
        if name and (hook != _LABEL or len(name.split()) <= _LABEL_WORDS) and (word := _in(name)):
            return word
    return ""


def _in(names: str | None) -> str:
    return _known(names[:_LONGEST]) if names else ""


@lru_cache(maxsize=4096)
def _known(names: str) -> str:
    return next((part for part in parts(names) if part in _FURNITURE), "")
