"""What is wrong with an Atom feed by RFC 4287: its grammar, and what a grammar cannot say."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

__all__ = ["problems"]

_GRAMMAR: Final = Path(__file__).parent.parent / "data" / "syndication" / "atom.rng"
_ATOM: Final = "{http://www.w3.org/2005/Atom}"


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(_GRAMMAR))


def problems(document: bytes) -> list[str]:
    """All that is wrong with it; empty where it is valid."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        feed = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return [f"no sound XML: {error}"]
    grammar = _grammar()
    found = [] if grammar.validate(feed) else [str(each) for each in grammar.error_log]
    return [*found, *_said_in_words(feed)]


def _said_in_words(feed: etree._Element) -> Iterator[str]:
    entries = feed.findall(f"{_ATOM}entry")
    if feed.find(f"{_ATOM}author") is None and not all(map(_has_author, entries)):
        yield "no author (4.1.1)"
    yield from _links(feed)
    same = Counter((_text(each, "id"), _text(each, "updated")) for each in entries)
    yield from (f"twice: {each}" for each, times in same.items() if times > 1)
    for entry in entries:
        yield from _links(entry)
        yield from _content(entry)


def _has_author(entry: etree._Element) -> bool:
    return entry.find(f"{_ATOM}author") is not None or (
        entry.find(f"{_ATOM}source/{_ATOM}author") is not None
    )


def _links(parent: etree._Element) -> Iterator[str]:
    """No two alternates of one type and language (4.1.1)."""
    links = parent.findall(f"{_ATOM}link")
    alternates = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    )
    yield from (f"alternates of one kind: {kind}" for kind, n in alternates.items() if n > 1)


def _content(entry: etree._Element) -> Iterator[str]:
    content = entry.find(f"{_ATOM}content")
    if content is None:
        links = entry.findall(f"{_ATOM}link")
        if not any(link.get("rel", "alternate") == "alternate" for link in links):
            yield "neither content nor alternate link (4.1.2)"
        return
    kind = content.get("type", "text")
    inside = kind in {"text", "html", "xhtml"} or kind.startswith("text/")
    inside = inside or kind.endswith(("+xml", "/xml"))
    if (content.get("src") or not inside) and entry.find(f"{_ATOM}summary") is None:
        yield "no summary of content that is elsewhere or encoded (4.1.2)"


def _text(parent: etree._Element, name: str) -> str | None:
    return parent.findtext(f"{_ATOM}{name}")
