"""Who wrote an article, by the elements that templates make for it: bylines, author boxes."""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate, islice
from typing import Final, NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

from aggregator.core import naming, people
from aggregator.core.page import Tree

__all__ = ["authors"]

# In this form it costs half of what it does with one predicate for all. What is found is compared
# with all else that is, so of no kind more is taken than any page has.
_MADE_FOR: Final = etree.XPath(
    "(descendant::*[@class[contains(., 'utho') or contains(., 'yline') or contains(., 'utor')"
    " or contains(., 'uteur') or contains(., 'riter') or contains(., 'ontributor')]])"
    "[position() < 1000] | (descendant::a[contains(@rel, 'author')])[position() < 1000]"
    " | (descendant::*[@itemprop = 'author'])[position() < 1000]"
    " | (descendant::h1)[position() < 1000]"
)
_CREDITS: Final = re.compile(
    r"(?:authors?|bylines?|autor(?:en|in|es|a)?|auteurs?|writers?|contributors?|authored)"
    r"(?:name|link|box|info)?"
)
# Names in boxes called so are those of other articles, or of readers.
_ELSEWHERE: Final = frozenset(
    """
    comment comments commentlist reply replies respond related recommended recommendation
    recommendations sidebar nav navigation menu trending popular carousel latest
    teaser teasers card cards
    """.split()
)
_OF_READERS: Final = frozenset({"comment", "comments", "reply", "form"})
_NEVER_SHOWN: Final = frozenset({"script", "style", "noscript", "template", "svg", "time"})
_ELSEWHERE_TAGS: Final = frozenset({"nav", "figure", "figcaption"})
_LONGEST: Final = 200
_MOST: Final = 300
_FELLOWS: Final = 5
_LONGEST_LONE: Final = 30
_LONE_WORDS: Final = 3
_LEAST_HEADLINE: Final = 12
# What stands beside a name in such a box: prompts, networks, offices.
_BESIDE: Final = re.compile(
    r"\b(?:twitter|facebook|instagram|linkedin|xing|youtube|mastodon|bluesky|website|webseite|"
    r"e-?mail|rss|follow|folgen|profile?|more|mehr|view|about|über|posts?|articles?|artikel|"
    r"beiträge|alle|all|read|lesen|bio|archiv|share|teilen|search|comments?|kommentare?|"
    r"editor|reporter|writer|staff|expert|founder|attorney|senior|former|chief|director|"
    r"consultant|manager|correspondent|redakteur(?:in)?|korrespondent(?:in)?|autor(?:in|en)?|"
    r"authors?|contributors?|journalist(?:in)?|specialist|counsel|professor|analyst|updated|"
    r"published|posted|written|reviewed|today|yesterday|ago|"
    r"hours?|days?|weeks?|min|kommentar|photos?|fotos?|tags?|kategorien?|categor(?:y|ies))\b",
    re.IGNORECASE,
)
_FULL: Final = re.compile(rf"(?:(?:[Dd]r|[Pp]rof|[Dd]ipl)\.[\w.-]*\s+)*{people.PERSON}")
_JOINS: Final = re.compile(r"\s*(?:,|&|und|and|et|y|e|en|och|og|with|mit)\s*", re.IGNORECASE)


def authors(tree: Tree) -> tuple[str, ...]:
    """Return the authors in the elements that a page makes for them, the nearest to its headline.

    Behind the headline stands the article's byline before those of other articles.
    """
    made = _MADE_FOR(tree)
    found = [each for each in made if isinstance(each, Element)] if isinstance(made, list) else []
    headline = _headline(found)
    at = found.index(headline) if headline is not None else -1
    above = set() if headline is None else {headline, *headline.iterancestors()}
    for each in (*found[at + 1 :][:_MOST], *found[: max(at, 0)][:_MOST]):
        if each not in above and _is_made_for(each) and not _is_elsewhere(each, above):
            names = [name for box in (each, *_fellows(each)) for name in _named(box)]
            if names:
                return tuple(dict.fromkeys(names))
    return ()


def _headline(found: Iterable[Element]) -> Element | None:
    """The first heading of first rank that is long enough for one, else the first at all."""
    headings = [each for each in found if each.tag == "h1"]
    long = (each for each in headings if sum(map(len, each.itertext())) >= _LEAST_HEADLINE)
    return next(long, headings[0] if headings else None)


def _is_made_for(element: Element) -> bool:
    """Whether an element is named as one that holds authors, and holds not much more."""
    if element.tag in _NEVER_SHOWN:
        return False
    told = element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split()
    named = told or any(map(_CREDITS.fullmatch, naming.parts(element.get("class") or "")))
    letters = accumulate(len(text.strip()) for text in element.itertext())
    return named and all(each <= _LONGEST for each in letters)


def _is_elsewhere(element: Element, above: Container[Element]) -> bool:
    """Whether a box around an element, which does not hold the headline too, is about others."""
    if not _OF_READERS.isdisjoint(naming.parts(element.get("class") or "")):
        return True
    for each in element.iterancestors():
        if each in above:
            return False
        if each.tag in _ELSEWHERE_TAGS:
            return True
        if not _ELSEWHERE.isdisjoint(naming.parts(each.get("class") or "")):
            return True
    return False


def _fellows(element: Element) -> Iterator[Element]:
    """The elements that follow with the same names: one for each author."""
    for each in islice(element.itersiblings(element.tag), _FELLOWS):
        if each.get("class") == element.get("class") and each.get("rel") == element.get("rel"):
            yield each


class _Piece(NamedTuple):
    """A text in a box: whether it is linked, and whether its element is made for a name alone."""

    text: str
    linked: bool
    told: bool


def _named(box: Element) -> Iterator[str]:
    """The names in a box: those made for one, else those linked, else the first and its fellows."""
    linked = any(each.tag == "a" for each in (box, *box.iterancestors()))
    pieces = list(_written(_texts(box, linked=linked)))
    told = [each for each in pieces if each.told]
    for sort in (told, [each for each in pieces if each.linked]):
        names = [name for each in sort for name in _names(each.text)]
        if names or (sort is told and (names := list(_lone(told)))):
            yield from names
            return
    joined = True
    named = False
    for each in pieces:
        names = list(_names(each.text)) if joined else []
        yield from names
        named = named or bool(names)
        joined = _JOINS.fullmatch(each.text) is not None or (joined and not names)
    if not named:
        yield from _lone(pieces)


def _written(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """The pieces without the names of those who only checked it, or took its pictures."""
    other = False
    for each in pieces:
        if people.is_other_work(f"{each.text} "):
            other = True
        elif not (other and _names(each.text)):
            yield each


def _texts(element: Element, *, linked: bool) -> Iterator[_Piece]:
    if element.tag == "meta" and element.get("itemprop") == "name":
        yield _Piece(" ".join((element.get("content") or "").split()), linked, told=True)
        return
    if _is_told(element):
        whole = "".join(text for text in element.itertext() if isinstance(text, str))
        yield _Piece(" ".join(whole.split()), linked, told=True)
        return
    if text := " ".join((element.text or "").split()):
        yield _Piece(text, linked, told=False)
    for child in element:
        if child.tag not in _NEVER_SHOWN:
            yield from _texts(child, linked=linked or child.tag == "a")
        if text := " ".join((child.tail or "").split()):
            yield _Piece(text, linked, told=False)


def _is_told(element: Element) -> bool:
    """Whether an element is made for a name: a link to its author, a card's full name."""
    if "author" in (element.get("rel") or "").split() or element.get("itemprop") == "name":
        return True
    return "fn" in (element.get("class") or "").split()


def _names(text: str) -> tuple[str, ...]:
    """The full names in a text that holds hardly more."""
    if len(text) > _LONGEST:
        return ()
    found = people.authors((text,))
    return tuple(name for name in found if _FULL.fullmatch(name) and not _BESIDE.search(name))


def _lone(pieces: Iterable[_Piece]) -> Iterator[str]:
    """What names somebody by a first name, a name for the net, a newsroom: if it stands alone."""
    marked = [each for each in pieces if each.told or each.linked]
    texts = [people.without_by(each.text).strip(" ,.:|–—-") for each in marked or pieces]
    lone = [text for text in texts if _may_be_lone(text)]
    if len(lone) == 1:
        yield lone[0]


def _may_be_lone(text: str) -> bool:
    if people.is_newsroom(text):
        return True
    return (
        1 < len(text) <= _LONGEST_LONE
        and len(text.split()) <= _LONE_WORDS
        and any(map(str.isalpha, text))
        and not re.search(r"@|://|\s\d|\d\s|^(?:name|by|von|text)\b", text, re.IGNORECASE)
        and not people.is_nobody(text)
        and not _BESIDE.search(text)
    )
