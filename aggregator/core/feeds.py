"""Understands a feed's bytes: RSS, RDF and Atom by feedparser (whose one home this is), JSON Feed.

feedparser's own sanitising and URI resolving are off (they cost half its time): links we keep are
resolved here, HTML we keep is cleaned by core.clean.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

import feedparser

from aggregator.core import clean
from aggregator.core.dates import feed_date, from_struct
from aggregator.core.entries import Draft, finish
from aggregator.core.jsonfeed import looks_like_json, parse_json
from aggregator.core.urls import resolve
from aggregator.model import ParsedFeed, Rejected

__all__ = ["parse"]

_HEAD: Final = 4096
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""")
_MOST_STRAY: Final = 0.002
_Item = Mapping[str, Any]


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed | Rejected:
    """Parse the answer of a feed at `url` (after redirects); `headers` have lower-case names.

    Whatever is not a feed is Rejected (stage "parse") with what it is instead; so is a feed that
    makes the parser raise.
    """
    if not body.strip():
        return Rejected("parse", "empty", "the answer has no content")
    if looks_like_json(body):
        return parse_json(body, url)
    try:
        found = feedparser.parse(
            io.BytesIO(_without_stray_bytes(body)),
            response_headers={**headers, "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        if not found.get("version") and not found["entries"]:
            return _not_a_feed(body, found)
        return _feed(found, url)
    # A feed can make feedparser raise nearly anything: that is this feed's failure.
    except Exception as error:  # noqa: BLE001
        return Rejected("parse", "parser_error", f"{type(error).__name__}: {error}"[:300])


def _without_stray_bytes(body: bytes) -> bytes:
    """Replace single bytes that are not UTF-8 in a feed that else is.

    Left alone they would make the parser take the whole feed for Windows-1252: mojibake.
    """
    declared = _DECLARED.search(body[:_HEAD])
    if declared and declared[1].lower() not in {b"utf-8", b"utf8"}:
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        mended = body.decode(errors="replace")
        multibyte = sum(character > "\x7f" for character in mended)
        stray = mended.count("\ufffd")
        # Most of what is beyond ASCII must be sound: else it is another encoding, undeclared.
        if stray <= max(1, _MOST_STRAY * len(mended)) and stray * 2 <= multibyte:
            return mended.encode()
    return body


def _not_a_feed(body: bytes, found: _Item) -> Rejected:
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<urlset" in head or b"<sitemapindex" in head:
        return Rejected("parse", "sitemap", "a sitemap came instead of a feed: look for the feed")
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head or b"<body" in head:
        return Rejected("parse", "html", _html_detail(body))
    if found.get("bozo"):
        cause = found.get("bozo_exception")
        return Rejected("parse", "malformed", f"not well-formed XML, and no feed in it: {cause}")
    return Rejected("parse", "not_a_feed", "neither RSS, RDF, Atom nor JSON Feed")


def _html_detail(body: bytes) -> str:
    title = re.search(rb"<title[^>]*>(.{0,200}?)</title", body, re.IGNORECASE | re.DOTALL)
    named = clean.plain(title[1].decode(errors="replace")) if title else ""
    return f"an HTML page came instead of a feed{f': “{named}”' if named else ''}"


# --- from feedparser's values to ours --------------------------------------------------------


def _feed(found: _Item, url: str) -> ParsedFeed:
    feed = cast("_Item", found["feed"])
    language = _text(feed, "language") or None
    drafts = [_draft(item, url) for item in found["entries"]]
    warnings = (f"{found['bozo_exception']}",) if found.get("bozo_exception") else ()
    return ParsedFeed(
        title=clean.plain(_text(feed, "title")),
        format=found.get("version") or "unknown",
        entries=finish(drafts, language),
        link=resolve(url, _text(feed, "link")) if _text(feed, "link") else None,
        language=language,
        ttl=_minutes(_text(feed, "ttl")),
        warnings=warnings,
    )


def _text(item: _Item, name: str) -> str:
    value = item.get(name)
    return clean.text(value) if isinstance(value, str) else ""


def _minutes(value: str) -> float | None:
    return float(value) if value.isascii() and value.isdigit() and len(value) < 8 else None  # noqa: PLR2004


def _draft(item: _Item, url: str) -> Draft:
    base = _base(item, url)
    link = _link(item)
    return Draft(
        id=_text(item, "id"),
        link=resolve(base, link) if link else None,
        title=clean.plain(_text(item, "title")),
        summary=clean.fragment(_text(item, "summary"), base),
        content=clean.fragment(_content(item), base),
        authors=tuple(_authors(item)),
        tags=tuple(_tags(item)),
        language=_language(item),
        image=_image(item, base),
        published_at=_date(item, "published") or _date(item, "created"),
        updated_at=_date(item, "updated"),
    )


def _base(item: _Item, url: str) -> str:
    """The entry's xml:base, itself relative to the feed's address."""
    detail = item.get("title_detail") or item.get("summary_detail") or {}
    return resolve(url, str(detail.get("base") or "")) or url


def _link(item: _Item) -> str:
    """The entry's page; where it names none, a permanent id that is an address."""
    link = _text(item, "link")
    if not link and _text(item, "id").startswith(("http://", "https://")):
        return _text(item, "id")
    return link


def _content(item: _Item) -> str:
    """The longest of the full texts that the entry carries."""
    parts = [part.get("value") for part in _parts(item, "content")]
    return max((part for part in parts if isinstance(part, str)), key=len, default="")


def _parts(item: _Item, name: str) -> Sequence[_Item]:
    found = item.get(name)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _authors(item: _Item) -> Iterator[str]:
    names = [_text(part, "name") for part in _parts(item, "authors")] or [_text(item, "author")]
    yield from dict.fromkeys(name for raw in names if (name := clean.plain(raw)))


def _tags(item: _Item) -> Iterator[str]:
    terms = (_text(part, "label") or _text(part, "term") for part in _parts(item, "tags"))
    yield from dict.fromkeys(tag for term in terms if (tag := clean.plain(term)))


def _language(item: _Item) -> str | None:
    parts = [*_parts(item, "content"), item.get("summary_detail") or {}]
    return next((str(part["language"]) for part in parts if part.get("language")), None)


def _image(item: _Item, base: str) -> str | None:
    """A picture that the entry names, by media:content, media:thumbnail or an enclosure."""
    found = [
        *(_text(part, "url") for part in _parts(item, "media_content") if _is_image(part)),
        *(_text(part, "url") for part in _parts(item, "media_thumbnail")),
        *(_text(part, "href") for part in _parts(item, "enclosures") if _is_image(part)),
    ]
    return next((url for each in found if each and (url := resolve(base, each))), None)


def _is_image(part: _Item) -> bool:
    return _text(part, "medium") == "image" or _text(part, "type").startswith("image/")


def _date(item: _Item, name: str) -> datetime | None:
    parsed = item.get(f"{name}_parsed")
    return from_struct(parsed) if parsed else feed_date(_text(item, name))
