"""What single elements of a feed or entry say, kept under the names that feedparser gives them.

Feeds and entries are dictionaries as feedparser makes them, of the names that `items` reads; its
rules of what replaces what are those of feedparser, warts included.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from xml.etree.ElementTree import Element

from aggregator.core.clean import plain
from aggregator.core.dates import feed_date
from aggregator.core.feeds.fast_names import Unsure
from aggregator.core.feeds.fast_state import (
    Context,
    attributes,
    base,
    language,
    settled,
    skip,
    value,
)
from aggregator.core.feeds.items import has_markup

__all__ = ["ENTRY", "IDLE", "Handler", "identity", "language_named", "link", "person", "title"]

_KINDS: Final = MappingProxyType(
    {
        "text": "text/plain",
        "plain": "text/plain",
        "text/plain": "text/plain",
        "html": "text/html",
        "text/html": "text/html",
    }
)
_PAGES: Final = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
# feedparser takes text for HTML that has an end tag or a character reference, all of it known.
_LIKE_HTML: Final = re.compile(r"</\w+>|&#?\w+;")
_MAIL_AND_NAME: Final = re.compile(
    r"[A-Za-z0-9_.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4}(?: \(([^()<>&@]+)\))?"
)
# Below the limits that are set to feedparser.
_LONGEST_NAME: Final = 500
_MOST_TAGS: Final = 500
_ITUNES: Final = "http://www.itunes.com/"
# How Go writes that there is no date.
_NEVER: Final = "Mon, 01 Jan 0001 00:00:00 +0000"

# Elements of no concern to any field, if nothing stands in them.
IDLE: Final = frozenset(
    """
    cc_license cloud copyright creativecommons_license dc_contributor dc_publisher dc_rights
    dcterms_valid expirationdate feedburner_browserfriendly generator georss_box georss_line
    georss_point georss_polygon info itunes_block itunes_explicit itunes_subtitle media_credit
    media_license media_player media_rating media_restriction rights subtitle tagline webmaster
    """.split()
)
_PERSON: Final = frozenset({"name", "email", "uri", "url", "homepage"})

Handler = Callable[[Context, Element, int], None]


# --- texts -------------------------------------------------------------------------------------


def _construct(context: Context, element: Element, kind: str) -> dict[str, Any]:
    """Read a text with what is said of it; `kind` is the type where none is given."""
    given = attributes(element)
    if not given.keys().isdisjoint(("lang", "mode", "src")):
        raise Unsure
    if "type" in given:
        kind = _KINDS.get(given["type"], "")
    text = value(context, element)
    guessed = kind == "text/plain" and not context.is_atom and _LIKE_HTML.search(text)
    if not kind or (guessed and not has_markup(text)):
        raise Unsure
    found = {"type": kind, "language": language(element, context.language), "value": text}
    if (own := base(element)) is not None:
        found["base"] = settled(own, strict=True)
    return found


def title(context: Context, element: Element, depth: int) -> None:
    """Keep a title, unless there is one already."""
    found = _construct(context, element, "text/plain")
    if not -1 < context.title_depth <= depth:
        context.keep("title", found["value"], depth)
        context.said["title_detail"] = found
    if found["value"]:
        context.title_depth = depth


def _media_title(context: Context, element: Element, depth: int) -> None:
    before = context.title_depth
    title(context, element, depth)
    context.title_depth = before


def _description(context: Context, element: Element, depth: int) -> None:
    _summarise(context, element, depth, "text/html")


def _summary(context: Context, element: Element, depth: int) -> None:
    _summarise(context, element, depth, "text/plain")


def _summarise(context: Context, element: Element, depth: int, kind: str) -> None:
    """Keep a summary; a second one is taken for the content, unless there is one."""
    if "summary" in context.said and not context.has_content:
        _content(context, element, depth)
        return
    found = _construct(context, element, kind)
    context.keep("summary", found["value"], depth)
    context.said["summary_detail"] = found


def _content(context: Context, element: Element, _depth: int, kind: str = "text/plain") -> None:
    found = _construct(context, element, kind)
    context.has_content = True
    context.said.setdefault("content", []).append(found)
    context.said.setdefault("summary", found["value"])


def _encoded(context: Context, element: Element, depth: int) -> None:
    _content(context, element, depth, "text/html")


# --- people and tags ---------------------------------------------------------------------------


def _author(context: Context, element: Element, _depth: int) -> None:
    """Keep a name, which stands in an element of its own, or alone."""
    people = context.said.setdefault("authors", [])
    if not len(element):
        context.has_plain_author = True
        people.append({"name": _named(value(context, element))})
        return
    names = person(context, element)
    # A later one replaces the name of the first, or takes it over if it has none of its own.
    if context.has_plain_author or (people and not names):
        raise Unsure
    people.append({"name": names[-1]} if names else {})


def _named(author: str) -> str:
    """Give the name beside a mail address, as RSS wants it; feedparser knows more ways."""
    if len(author) > _LONGEST_NAME:
        raise Unsure
    if "@" not in author:
        return author
    found = _MAIL_AND_NAME.fullmatch(author)
    if not found:
        raise Unsure
    return (found[1] or "").strip()


def person(context: Context, element: Element) -> list[str]:
    """Give the names that stand in elements of their own, as in Atom; there may be none."""
    said = [context.names[child.tag] for child in element]
    texts = (element.text, *(child.tail for child in element))
    if _PERSON.isdisjoint(said) or any(text and not text.isspace() for text in texts):
        raise Unsure
    names: list[str] = []
    for name, child in zip(said, element, strict=True):
        if name == "name":
            names.append(value(context, child))
        elif name in _PERSON:
            value(context, child)
        else:
            skip(context.names, child)
    return names


def _contributor(context: Context, element: Element, _depth: int) -> None:
    """Go past one who is no author."""
    if len(element):
        person(context, element)


def _category(context: Context, element: Element, _depth: int) -> None:
    """Keep a tag; text completes the tag before it that has no term, else is one itself."""
    given = attributes(element)
    _tag(context, given.get("term"), given.get("scheme", given.get("domain")), given.get("label"))
    term, tags = value(context, element), context.said["tags"]
    if term and tags and not tags[-1]["term"]:
        context.tags.discard(tuple(tags[-1].values()))
        tags[-1]["term"] = term
        context.tags.add(tuple(tags[-1].values()))
    elif term:
        _tag(context, term, None, None)


def _media_category(context: Context, element: Element, depth: int) -> None:
    if "scheme" not in attributes(element):
        raise Unsure
    _category(context, element, depth)


def _keywords(context: Context, element: Element, _depth: int) -> None:
    if element.attrib:
        raise Unsure
    scheme = _ITUNES if context.names[element.tag] == "itunes_keywords" else None
    for term in filter(None, map(str.strip, value(context, element).split(","))):
        _tag(context, term, scheme, None)


def _tag(context: Context, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = context.said.setdefault("tags", [])
    given = (term, scheme, label)
    if len(tags) >= _MOST_TAGS:
        raise Unsure
    if any(given) and given not in context.tags:
        context.tags.add(given)
        tags.append({"term": term, "scheme": scheme, "label": label})


# --- addresses ---------------------------------------------------------------------------------


def link(context: Context, element: Element, _depth: int) -> None:
    """Keep a link, written as an attribute (Atom) or as text (RSS)."""
    given = attributes(element)
    if "url" in given or "uri" in given or base(element) is not None:
        raise Unsure
    rel = given.get("rel", "alternate")
    kind = given.get("type", "application/atom+xml" if rel == "self" else "text/html")
    text, href = value(context, element), given.get("href")
    address = settled(text if href is None else href)
    if href is None:
        # feedparser takes such texts for escaped twice.
        if "&" in address and ";" in address:
            raise Unsure
        context.said["link"] = address
    elif not href:
        raise Unsure
    elif rel == "alternate" and kind in _PAGES:
        context.said["link"] = address
    context.said.setdefault("links", []).append({"rel": rel, "type": kind, "href": address})


def identity(context: Context, element: Element, depth: int) -> None:
    """Keep an id; unless it is said to be none, it is a link too where there is none yet."""
    is_link = attributes(element).get("ispermalink", "true") == "true"
    text = value(context, element)
    if is_link:
        if base(element) is not None:
            raise Unsure
        context.said.setdefault("link", settled(text))
    context.keep("id", text, depth)


def _origin(context: Context, element: Element, depth: int) -> None:
    if element.attrib:
        raise Unsure
    context.keep("feedburner_origlink", value(context, element), depth)


def _enclosure(context: Context, element: Element, _depth: int) -> None:
    given = attributes(element)
    if "uri" in given or "href" in given:
        raise Unsure
    found = {"rel": "enclosure", "type": given.get("type", ""), "href": given.get("url", "")}
    context.said.setdefault("links", []).append(found)
    if len(element):
        raise Unsure


# --- media -------------------------------------------------------------------------------------


def _media(context: Context, element: Element, depth: int) -> None:
    """Keep a picture or film, or a group of them, and what is said of it."""
    given = attributes(element)
    if context.names[element.tag] == "media_content":
        context.said.setdefault("media_content", []).append(given)
    if not len(element):
        return
    if base(element) is not None:
        raise Unsure
    before = context.language
    context.language = language(element, before)
    for child in element:
        name = context.names[child.tag]
        if name in _MEDIA:
            ENTRY[name](context, child, depth + 1)
        elif name not in IDLE or len(child):
            skip(context.names, child)
    context.language = before


def _thumbnail(context: Context, element: Element, _depth: int) -> None:
    if value(context, element):
        raise Unsure
    context.said.setdefault("media_thumbnail", []).append(attributes(element))


def _cover(context: Context, element: Element, _depth: int) -> None:
    given = attributes(element)
    href = given.get("href") or given.get("url")
    if href:
        context.said["image"] = {"href": href}
    if value(context, element):
        raise Unsure


def _aside(context: Context, element: Element, _depth: int) -> None:
    """Go past a source or picture; behind it, feedparser takes a new title."""
    value(context, element)
    context.title_depth = -1


# --- times and language ------------------------------------------------------------------------


def _moment(name: str) -> Handler:
    def keep(context: Context, element: Element, depth: int) -> None:
        written = value(context, element)
        read = feed_date(plain(written)) if written else None
        # feedparser may read what we do not, except where that would not be believed.
        if written and read is None and not written[0].isdigit() and written != _NEVER:
            raise Unsure
        context.depths[name] = depth
        context.said[name] = read or written

    return keep


def language_named(context: Context, element: Element, depth: int) -> None:
    """Keep the language that an element names."""
    context.keep("language", value(context, element), depth)


_published, _updated, _created = _moment("published"), _moment("updated"), _moment("created")
ENTRY: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "title": title,
        "dc_title": title,
        "media_title": _media_title,
        "description": _description,
        "dc_description": _description,
        "media_description": _description,
        "summary": _summary,
        "itunes_summary": _summary,
        "content": _content,
        "content_encoded": _encoded,
        "author": _author,
        "dc_author": _author,
        "dc_creator": _author,
        "itunes_author": _author,
        "contributor": _contributor,
        "category": _category,
        "dc_subject": _category,
        "keywords": _category,
        "media_category": _media_category,
        "media_keywords": _keywords,
        "itunes_keywords": _keywords,
        "link": link,
        "id": identity,
        "guid": identity,
        "feedburner_origlink": _origin,
        "enclosure": _enclosure,
        "media_content": _media,
        "media_group": _media,
        "media_thumbnail": _thumbnail,
        "itunes_image": _cover,
        "image": _aside,
        "source": _aside,
        "published": _published,
        "issued": _published,
        "pubdate": _published,
        "dcterms_issued": _published,
        "updated": _updated,
        "modified": _updated,
        "lastbuilddate": _updated,
        "dc_date": _updated,
        "dcterms_modified": _updated,
        "created": _created,
        "dcterms_created": _created,
        "language": language_named,
        "dc_language": language_named,
    }
)
_MEDIA: Final = frozenset(name for name in ENTRY if name.startswith("media_"))
