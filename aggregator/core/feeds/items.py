"""From feedparser's loose dictionaries to our values."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from aggregator.core import clean
from aggregator.core.dates import feed_date, from_struct
from aggregator.core.entries import Draft, bounded, finish
from aggregator.core.feeds.schedule import hub_and_topic, schedule
from aggregator.core.language import tag
from aggregator.core.urls import resolve
from aggregator.model import ParsedFeed, Rejected

__all__ = ["has_markup", "understood"]

_Item = Mapping[str, Any]
_FORMATS: Final = (("rss10", "rdf"), ("rss090", "rdf"), ("", "unknown"))
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'\]]+", re.IGNORECASE)
_PERMALINK: Final = re.compile(r"<guid(?=[\s>])[^<>]*>\s*(/[^\s<>]*)\s*</", re.IGNORECASE)
_LONGEST_NAME: Final = 200
# Elements in which a full text comes. Where a feed has none of them, what feedparser calls content
# is a second description: a picture's caption (media:description) or a copy (itunes:summary).
_FULL_TEXT: Final = re.compile(
    r"<(?:content:encoded|[\w.-]+:encoded|encoded|(?:[\w.-]+:)?content[\s>/]|(?:[\w.-]+:)?body|fullitem)",
    re.IGNORECASE,
)
_MEDIA_CONTENT: Final = re.compile(r"<media:content\b", re.IGNORECASE)
# What marks text that claims to be plain as HTML all the same.
_MARKUP: Final = re.compile(
    r"</(?:a|b|blockquote|div|em|h[1-6]|i|li|ol|p|span|strong|sub|sup|table|u|ul)\s*>"
    r"|<(?:br|hr|img|p)\b[^<>]*>|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});",
    re.IGNORECASE,
)


class _Feed(NamedTuple):
    """What holds for all entries of a feed.

    `written`: the addresses in it, and the paths that are ids, where a base makes more of them.
    """

    url: str
    is_atom: bool
    written: Callable[[], frozenset[str] | None]
    has_full_text: Callable[[], bool]


def understood(
    found: _Item, text: str, url: str, warnings: tuple[str, ...]
) -> ParsedFeed | Rejected:
    """Turn what feedparser `found` in `text`, a feed at `url`, into a ParsedFeed.

    One that would be kept as far more than it is, is Rejected.
    """
    version = found.get("version") or ""
    about: _Item = found["feed"]
    feed = _Feed(
        url,
        version.startswith("atom"),
        cache(lambda: _written(text)),
        cache(lambda: _has_full_text(text)),
    )
    language = _language(about)
    drafts = (_draft(item, feed) for item in found["entries"])
    made = bounded(_line(about, "title"), drafts, url, len(text))
    if isinstance(made, Rejected):
        return made
    entries = finish(made.drafts, language)
    repeated = len(made.drafts) - len(entries)
    notes = (*warnings, *made.warnings)
    base = _base(about, url)
    hub, topic = hub_and_topic(about, base)
    return ParsedFeed(
        title=made.title,
        format=dict(_FORMATS).get(version, version),
        entries=entries,
        link=resolve(base, _link(about)),
        language=language,
        schedule=schedule(about, text),
        hub=hub,
        topic=topic,
        warnings=(*notes, f"{repeated} entries are given twice") if repeated else notes,
    )


def _has_full_text(text: str) -> bool:
    found = (match[0] for match in _FULL_TEXT.finditer(text))
    return any(not _MEDIA_CONTENT.match(start) for start in found)


def _draft(item: _Item, feed: _Feed) -> Draft:
    base = _base(item, feed.url)
    # The detail is of the last summary given, the value itself is the one that counts.
    teaser = _markup(_detail(item, "summary"), _text(item, "summary"))
    full = _content(item, feed)
    content = clean.fragment(full, base, mended=True)
    # Where a feed gives one text alone, feedparser gives it as both.
    summary = "" if teaser == full else clean.fragment(teaser, base, mended=True)
    return Draft(
        id=clean.line(_text(item, "id")),
        link=_page(item, base, feed),
        title=_line(item, "title"),
        summary="" if summary == content else summary,
        content=content,
        authors=tuple(_authors(item)),
        tags=tuple(_tags(item)),
        language=_entry_language(item),
        image=_image(item, base),
        published_at=_published(item, feed),
        updated_at=_date(item, "updated"),
    )


# --- values that may be of any type ----------------------------------------------------------


def _get(item: _Item, name: str) -> object:
    """Look a name up past feedparser's aliases, which give "published" for a missing "updated"."""
    return dict.get(item, name) if isinstance(item, dict) else item.get(name)


def _text(item: _Item, name: str) -> str:
    value = _get(item, name)
    return clean.text(value) if value and isinstance(value, str) else ""


def _parts(item: _Item, name: str) -> Sequence[_Item]:
    found = _get(item, name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _detail(item: _Item, name: str) -> _Item:
    """Give what is said of a text construct: its type, language and base."""
    found = _get(item, f"{name}_detail")
    return found if isinstance(found, dict) else {}


# --- texts -----------------------------------------------------------------------------------


def has_markup(value: str) -> bool:
    """Whether a text is HTML whatever it is said to be."""
    return bool(_MARKUP.search(value))


def _is_markup(detail: _Item, value: str) -> bool:
    """Whether a text is HTML; many feeds call theirs plain, and some Atom feeds say nothing."""
    return _get(detail, "type") != "text/plain" or has_markup(value)


def _line(item: _Item, name: str) -> str:
    value = _text(item, name)
    return clean.plain(value) if _is_markup(_detail(item, name), value) else clean.line(value)


def _markup(detail: _Item, value: str) -> str:
    return value if not value or _is_markup(detail, value) else html.escape(value)


def _content(item: _Item, feed: _Feed) -> str:
    """Give the longest of the full texts that the entry carries, "" where it carries none."""
    parts = [part for part in _parts(item, "content") if _is_readable(part)]
    if not parts or not feed.has_full_text():
        return ""
    value, part = max(((_text(part, "value"), part) for part in parts), key=lambda p: len(p[0]))
    return _markup(part, value)


def _is_readable(part: _Item) -> bool:
    kind = _text(part, "type")
    return not kind or kind.startswith("text/") or "html" in kind


def _authors(item: _Item) -> Iterator[str]:
    names = [_text(part, "name") for part in _parts(item, "authors")] or [_text(item, "author")]
    yield from _distinct(names)


def _tags(item: _Item) -> Iterator[str]:
    yield from _distinct(
        _text(part, "label") or _text(part, "term") for part in _parts(item, "tags")
    )


def _distinct(raw: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """Names as plain lines, each once; what is too long to be a name goes."""
    names = (clean.plain(name) for name in raw)
    yield from dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_NAME)


def _entry_language(item: _Item) -> str | None:
    parts = (*_parts(item, "content"), _detail(item, "summary"), _detail(item, "title"))
    return next((found for part in parts if (found := _language(part))), _language(item))


def _language(item: _Item) -> str | None:
    return tag(_text(item, "language"))


# --- addresses -------------------------------------------------------------------------------


def _base(item: _Item, url: str) -> str:
    """Give the item's xml:base, where it has one, else the feed's address."""
    details = (_detail(item, "title"), _detail(item, "summary"), *_parts(item, "content"))
    bases = (_text(detail, "base") for detail in details)
    return next((found for base in bases if base and (found := resolve(url, base))), url)


def _page(item: _Item, base: str, feed: _Feed) -> str | None:
    """Give the entry's page: behind a redirector, its link, its content's place, its id."""
    identity = _text(item, "id")
    outside = (_text(part, "src") for part in _parts(item, "content") if _is_readable(part))
    for candidate in (_text(item, "feedburner_origlink"), _link(item), *outside):
        found = resolve(base, candidate) if candidate else None
        if found and (candidate != identity or _is_page_too(candidate, feed)):
            return found
    return resolve(base, identity) if _is_written(identity, feed) else None


def _is_page_too(identity: str, feed: _Feed) -> bool:
    """Whether an id that came as a link leads to a page; in RSS it may be a path.

    An id is taken for a link by default: "4711" then would be a page that is none.
    """
    is_path = identity.startswith("/") and not feed.is_atom
    return is_path or _is_written(identity, feed)


def _is_written(identity: str, feed: _Feed) -> bool:
    """Whether an id is an address as it stands: under xml:base, "4711" comes here as one."""
    if not _is_absolute(identity):
        return False
    written = feed.written()
    return written is None or identity in written or _path(identity) in written


def _path(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def _written(text: str) -> frozenset[str] | None:
    if "xml:base" not in text:
        return None
    found = (*_ADDRESS.findall(text), *_PERMALINK.findall(text))
    return frozenset(html.unescape(address) for address in found)


def _is_absolute(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _link(item: _Item) -> str:
    if link := _text(item, "link"):
        return link
    others = (_text(link, "href") for link in _parts(item, "links") if _is_page(link))
    return next(filter(None, others), "")


def _is_page(link: _Item) -> bool:
    return _text(link, "rel") in {"", "alternate"}


def _image(item: _Item, base: str) -> str | None:
    """Give a picture that the entry names, by media:content, media:thumbnail or an enclosure."""
    return next((url for each in _pictures(item) if each and (url := resolve(base, each))), None)


def _pictures(item: _Item) -> Iterator[str]:
    yield from (_text(part, "url") for part in _parts(item, "media_content") if _is_image(part))
    yield from (_text(part, "url") for part in _parts(item, "media_thumbnail"))
    yield from (_text(part, "href") for part in _parts(item, "links") if _is_image(part))
    cover = _get(item, "image")
    if isinstance(cover, dict):
        yield _text(cover, "href")


def _is_image(part: _Item) -> bool:
    return _text(part, "medium") == "image" or _text(part, "type").startswith("image/")


# --- times -----------------------------------------------------------------------------------


def _published(item: _Item, feed: _Feed) -> datetime | None:
    """RSS has one time, often as dc:date; only Atom tells publishing from changing."""
    found = _date(item, "published") or _date(item, "created")
    return found if found or feed.is_atom else _date(item, "updated")


def _date(item: _Item, name: str) -> datetime | None:
    """Our own reading first (see core.dates), then feedparser's, which knows more languages."""
    value = _get(item, name)
    if isinstance(value, datetime):
        return value
    written = clean.plain(_text(item, name))
    read = feed_date(written)
    parsed = _get(item, f"{name}_parsed")
    # What begins with a number feedparser may take for a part of an ISO date, and add the rest
    # from the clock: "2004년 05월 28일" becomes the first day of the current month, 2004.
    if read or not isinstance(parsed, tuple) or written[:1].isdigit() or written[:1] == "-":
        return read
    return from_struct(parsed)
