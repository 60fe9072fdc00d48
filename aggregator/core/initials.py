"""Joins ornamental first letters with the word that they begin: "N a endlich!" is "Na endlich!".

Templates put a drop cap into an element of its own, and between it and the rest of its word a
space that nobody sees, since the letter floats.
"""

from itertools import islice
from typing import Final

from lxml.etree import XPath
from lxml.etree import _Element as Element

from aggregator.core.page import Tree

__all__ = ["join_initials"]

# That they stand in a paragraph is asked of what is found: "//p//*" compares each with all others.
_NAMED: Final = XPath(
    "descendant::*[@class[contains(., 'nitial') or contains(., 'rop') or contains(., 'irst')]]"
)
_MOST_PIECES: Final = 4
_INLINE: Final = frozenset({"span", "b", "strong", "i", "em", "big", "font", "a", "mark"})
# These are words, in one language or another; German has none.
_WORDS: Final = frozenset("AIOYEUWZÀÈÉÔ")


def join_initials(tree: Tree) -> None:
    """Take the space behind every drop cap out of a page, in place."""
    named = _NAMED(tree)
    for element in named if isinstance(named, list) else ():
        if not isinstance(element, Element) or element.tag not in _INLINE:
            continue
        pieces = list(islice(element.itertext(), _MOST_PIECES))
        letter = "".join(map(str, pieces)).strip()
        # A small one is a sign of a formula, or a point of a list.
        if len(letter) != 1 or not letter.isalpha() or letter.islower():
            continue
        if len(pieces) == _MOST_PIECES or next(element.iterancestors("p"), None) is None:
            continue
        if not len(element):
            element.text = letter
        if letter not in _WORDS or (tree.get("lang") or "").startswith("de"):
            _close_up(element)


def _close_up(element: Element) -> None:
    """Take away the space between an element and what is said next in its line."""
    here = element
    while not here.tail and here.getnext() is None:
        around = here.getparent()
        if around is None or around.tag not in _INLINE:
            return
        here = around
    said = (here.tail or "").lstrip()
    here.tail = said
    behind = here.getnext()
    if not said and behind is not None and behind.tag in _INLINE and behind.text:
        behind.text = behind.text.lstrip()
