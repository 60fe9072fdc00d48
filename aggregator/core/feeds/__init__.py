"""Understands a feed: RSS, RDF and Atom by feedparser, whose one home this is, and JSON Feed."""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from aggregator.core import clean
from aggregator.core.feeds.decoding import Decoded, as_text, without_forbidden
from aggregator.core.feeds.fast import read as read_fast
from aggregator.core.feeds.items import understood
from aggregator.core.feeds.kinds import Kind, Look, challenge_in_data, is_empty_feed, look, refusal
from aggregator.core.feeds.limits import bound_feedparser, overload
from aggregator.core.feeds.unpacking import unpacked
from aggregator.core.jsonfeed import parse_json
from aggregator.model import ParsedFeed, Rejected

__all__ = ["parse"]

_UNDECLARED_GZIP: Final = "the server sent gzip without saying so"
_RELATIVE_BASE: Final = re.compile(r"xml:base\s*=\s*[\"'](?![A-Za-z][A-Za-z0-9+.-]*:)")
# feedparser's time grows with the square of the line ends before the first element.
_FIRST_ELEMENT: Final = re.compile("<[A-Za-z]")
_GAP: Final = re.compile(r"(?<!\s)\s{2,}+")
_ITEM: Final = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
# An address that nothing resolves against: feedparser then leaves relative ones as they are.
_NO_BASE: Final = "mailto:"


def parse(
    body: bytes, headers: Mapping[str, str], url: str, *, fast: bool = True
) -> ParsedFeed | Rejected:
    """Parse the answer of a feed at `url` (after redirects); `headers` have lower-case names.

    A feed without entries is a feed. Whatever is none is Rejected (stage "parse") as empty, html,
    challenge, sitemap, opml, compressed, too_large, overloaded, malformed or not_a_feed; one that
    makes the parser raise as parser_error. Dates are as the feed has them, the future included.
    What is common and well formed is read without feedparser, to the same result, unless `fast`
    is False.
    """
    try:
        return _parse(body, headers, url, fast=fast)
    # A feed can make a parser raise nearly anything: that is this feed's failure, not ours.
    except Exception as error:  # noqa: BLE001
        detail = f"the feed broke the parser: {type(error).__name__}: {error}"[:300]
        return Rejected("parse", "parser_error", clean.line(detail))


def _parse(
    body: bytes, headers: Mapping[str, str], url: str, *, fast: bool
) -> ParsedFeed | Rejected:
    plain = unpacked(body)
    if isinstance(plain, Rejected):
        return plain
    found = _unpacked(plain, headers, url, fast=fast)
    if plain is not body and isinstance(found, ParsedFeed):
        return replace(found, warnings=(_UNDECLARED_GZIP, *found.warnings))
    return found


def _unpacked(
    body: bytes, headers: Mapping[str, str], url: str, *, fast: bool
) -> ParsedFeed | Rejected:
    decoded = as_text(body, headers.get("content-type", ""))
    seen = look(decoded.text)
    if seen.kind is Kind.JSON:
        read = parse_json(decoded.text, url)
        return read if isinstance(read, ParsedFeed) else challenge_in_data(decoded.text) or read
    if seen.kind in {Kind.FEED, Kind.OTHER_XML}:
        return _xml(decoded, seen, headers, url, fast=fast)
    return refusal(seen.kind, decoded.text, url)


def _xml(
    decoded: Decoded, seen: Look, headers: Mapping[str, str], url: str, *, fast: bool
) -> ParsedFeed | Rejected:
    text = _without_gap(without_forbidden(decoded.text[seen.begin :]))
    if too_much := overload(text):
        return Rejected("parse", "overloaded", f"{too_much}: nobody writes feeds so, but attackers")
    found = (_read_fast(text, headers) if fast else None) or _read(text, headers, url)
    broken = found.get("bozo_exception")
    if not found["entries"]:
        if not found.get("version") and not is_empty_feed(text):
            return refusal(Kind.OTHER_XML, decoded.text, url)
        # A feed may have no entries, but not lose them.
        if broken and (_ITEM.search(text) or not _END.search(text)):
            detail = f"broken XML, and no entry can be read: {broken}"
            return Rejected("parse", "malformed", detail)
    warnings = (
        decoded.warning,
        f"{seen.begin} characters before the feed were left out" if seen.begin else "",
        f"broken XML: {broken}" if broken else "",
    )
    return understood(found, text, url, tuple(filter(None, warnings)))


def _without_gap(text: str) -> str:
    first = _FIRST_ELEMENT.search(text)
    begin = first.start() if first else 0
    return _GAP.sub("\n", text[:begin]) + text[begin:]


def _read_fast(text: str, headers: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Read a document without feedparser; None where only feedparser knows."""
    if _has_relative_base(text):
        return None
    return read_fast(text, headers.get("content-language"))


def _read(text: str, headers: Mapping[str, str], url: str) -> Mapping[str, Any]:
    """Let feedparser read a document, sanitising and resolving nothing (that is half its time).

    Without a base, ids stay what the publisher wrote: resolved ones would change, and every entry
    with them, when the feed moves. Only where xml:base itself is relative is one needed.
    """
    import feedparser

    sent = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": url if _has_relative_base(text) else _NO_BASE,
        "content-language": headers.get("content-language"),
    }
    bound_feedparser()
    return cast(
        "Mapping[str, Any]",
        feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={name: value for name, value in sent.items() if value},
            sanitize_html=False,
            resolve_relative_uris=False,
        ),
    )


def _has_relative_base(text: str) -> bool:
    return "xml:base" in text and bool(_RELATIVE_BASE.search(text))
