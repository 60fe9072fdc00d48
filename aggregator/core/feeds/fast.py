"""Reads common, well-formed RSS 2.0, RSS 1.0 and Atom 1.0 as feedparser would, at less cost.

feedparser stays the authority: here is a declared subset of what it does, which tests over all
feed suites and over mutated feeds hold equal to it. What lies outside of the subset is handed
back: broken XML, document types, markup inside of elements, odd addresses and dates, and every
element to which feedparser gives a meaning that is not understood here.
"""

import re
from types import MappingProxyType
from typing import Any, Final, cast
from xml.etree import ElementTree as ET

from aggregator.core.feeds.fast_fields import (
    ENTRY,
    IDLE,
    identity,
    language_named,
    link,
    person,
    title,
)
from aggregator.core.feeds.fast_names import Names, Unsure
from aggregator.core.feeds.fast_state import Context, attributes, base, language, skip, value

__all__ = ["read"]

# feedparser replaces whatever begins so.
_DECLARATION: Final = re.compile(r"^<\?xml[^>]*?>")
_DECLARED: Final = "<?xml version='1.0' encoding='utf-8'?>"
_DTD: Final = ("<!DOCTYPE", "<!ENTITY")
# Letters that feedparser may take for wrongly decoded ones, as they are written in UTF-8.
# Between two of them, a comment or the border of a CDATA section may stand.
_DOUBTFUL: Final = (
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"\xc3[\x82-\xb4](?:\xc2|<[!?]|]]>)"),
)
_ATOM: Final = "{http://www.w3.org/2005/Atom}feed"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RSS: Final = MappingProxyType(
    {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094", "2.0": "rss20"}
)
_BY_NAMESPACE: Final = MappingProxyType(
    {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
)
_NETSCAPE: Final = ("", "http://my.netscape.com/rdf/simple/0.9/")
_REACHING: Final = frozenset({"base", "href", "lang", "lastmod"})

# What of a feed itself is of concern to us, and what is not (but may hold some elements).
_OWN: Final = MappingProxyType(
    {
        "title": title,
        "link": link,
        "id": identity,
        "guid": identity,
        "language": language_named,
        "dc_language": language_named,
    }
)
_SAID: Final = frozenset({"ttl", "sy_updateperiod", "sy_updatefrequency"})
_IDLE: Final = IDLE | frozenset(
    """
    author category contributor created dc_creator dc_author dc_date dc_subject dcterms_created
    dcterms_issued dcterms_modified issued itunes_author itunes_image itunes_keywords keywords
    lastbuilddate managingeditor media_category media_content media_keywords media_thumbnail
    modified pubdate published updated
    """.split()
)
_SUMMARIES: Final = frozenset({"description", "dc_description", "itunes_summary", "summary"})
_BOXES: Final = MappingProxyType(
    {
        "image": frozenset({"title", "link", "url", "width", "height", "description"}),
        "textinput": frozenset({"title", "link", "name", "description"}),
        "itunes_owner": frozenset({"itunes_name", "itunes_email"}),
        "itunes_category": frozenset({"itunes_category"}),
    }
)
_OUTSIDE: Final = frozenset({"image", "textinput"})
_PEOPLE: Final = frozenset({"author", "contributor"})


def read(text: str, said_language: str | None) -> dict[str, Any] | None:
    """Read a feed as feedparser would, as far as core.feeds.items looks; None where unsure.

    `text` is the document, `said_language` what the answer's header names.
    """
    if text.startswith("\ufeff") or any(mark in text for mark in _DTD):
        return None
    try:
        return _document(_DECLARATION.sub(_DECLARED, text), said_language)
    except (Unsure, ET.ParseError):
        return None


def _document(text: str, said_language: str | None) -> dict[str, Any]:
    data = text.encode("utf-8", "replace")
    root, declared = _tree(data)
    version = _version(root, declared)
    context = Context(
        names=Names(declared),
        is_atom=version == "atom10",
        doubtful="&#" in text or any(pattern.search(data) for pattern in _DOUBTFUL),
        language=language(root, said_language),
    )
    return {
        "version": version,
        "entries": _root(context, root, version, said_language),
        "feed": context.said,
    }


def _tree(data: bytes) -> tuple[ET.Element, list[tuple[str, str]]]:
    """Parse with the parser that feedparser uses too; give the namespaces as they are declared.

    Without a document type there are no entities, so that the tree is not larger than the data.
    """
    parser: ET.XMLPullParser[Any] = ET.XMLPullParser(("start-ns", "start"))
    parser.feed(data)
    parser.close()
    events = cast("list[tuple[str, Any]]", list(parser.read_events()))
    declared = [pair for kind, pair in events if kind == "start-ns" and pair[1]]
    return next(element for kind, element in events if kind == "start"), declared


def _version(root: ET.Element, declared: list[tuple[str, str]]) -> str:
    """Name the format by the first namespace that tells one, except in RSS by its own version."""
    told = next(filter(None, map(_told, declared)), "")
    version = _RSS.get(root.get("version", ""), "") if root.tag == "rss" else told
    expected = {"rss": version, _ATOM: "atom10", _RDF + "RDF": "rss10"}.get(root.tag)
    if not version or version != expected or (root.tag == "rss" and told.startswith("rss")):
        raise Unsure
    return version


def _told(declared: tuple[str, str]) -> str:
    prefix, uri = declared
    return "rss090" if (prefix, uri) == _NETSCAPE else _BY_NAMESPACE.get(uri.lower(), "")


def _root(
    context: Context, root: ET.Element, version: str, said_language: str | None
) -> list[dict[str, Any]]:
    """Read a whole document: the feed into `context`; give its entries."""
    _check(root)
    named = said_language if version == "rss10" else context.language or said_language
    if named:
        context.said["language"] = named.replace("_", "-")
    if context.is_atom:
        return _feed(context, root, "entry")
    if not len(root) or context.names[root[0].tag] != "channel":
        raise Unsure
    outside = context.language
    context.language = language(root[0], outside)
    _check(root[0])
    entries = _feed(context, root[0], "item")
    for child in root[1:]:
        name = context.names[child.tag]
        if version == "rss10" and name == "item":
            entries.append(_entry(context, child, outside))
        elif version == "rss10" and name in _OUTSIDE:
            _box(context, child, _BOXES[name])
        else:
            skip(context.names, child)
    return entries


def _check(element: ET.Element) -> None:
    """Refuse attributes that reach what stands in the element, or make links and dates."""
    if base(element) is not None or not _REACHING.isdisjoint(attributes(element)):
        raise Unsure


def _feed(context: Context, element: ET.Element, entry: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for child in element:
        name = context.names[child.tag]
        if name == entry:
            entries.append(_entry(context, child, context.language))
        else:
            _of_feed(context, child, name)
    return entries


def _of_feed(context: Context, element: ET.Element, name: str) -> None:
    """Read what stands beside the entries."""
    if name in _OWN:
        if name == "title" and name in context.said:
            raise Unsure
        _OWN[name](context, element, 1)
    elif name in _SAID:
        if element.attrib:
            raise Unsure
        context.said[name] = value(context, element)
    elif name in _BOXES:
        _box(context, element, _BOXES[name])
    elif name in _PEOPLE and len(element):
        person(context, element)
    elif name in _SUMMARIES:
        _summary(context, element, name)
    elif name in _IDLE:
        _box(context, element, frozenset())
    else:
        skip(context.names, element)


def _summary(context: Context, element: ET.Element, name: str) -> None:
    """Go past a feed's summary; what follows one, feedparser takes for content."""
    if len(element) or "summary" in context.said:
        raise Unsure
    if name in {"summary", "itunes_summary"}:
        context.said["summary"] = ""


def _box(context: Context, element: ET.Element, allowed: frozenset[str]) -> None:
    """Go past an element in which nothing may stand but the `allowed`, and in those nothing."""
    if any(len(child) or context.names[child.tag] not in allowed for child in element):
        raise Unsure


def _entry(context: Context, element: ET.Element, inherited: str | None) -> dict[str, Any]:
    _check(element)
    entry = Context(context.names, context.is_atom, context.doubtful, language(element, inherited))
    if about := element.get(_RDF + "about"):
        entry.said["id"] = about
    for child in element:
        name = entry.names[child.tag]
        if handler := ENTRY.get(name):
            handler(entry, child, 1)
        elif name not in IDLE:
            skip(entry.names, child)
        elif len(child):
            raise Unsure
    return entry.said
