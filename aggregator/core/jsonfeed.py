"""JSON Feed 1.0 and 1.1, strictly typed: what has the wrong type is left out with a warning."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aggregator.core import clean
from aggregator.core.dates import feed_date
from aggregator.core.entries import Draft, finish
from aggregator.core.urls import resolve
from aggregator.model import ParsedFeed, Rejected

__all__ = ["looks_like_json", "parse_json"]

_VERSIONS: Final = {
    "https://jsonfeed.org/version/1": "json10",
    "https://jsonfeed.org/version/1.1": "json11",
}
_Item = Mapping[str, Any]


def looks_like_json(body: bytes) -> bool:
    """Whether a body can only be JSON."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def parse_json(body: bytes, url: str) -> ParsedFeed | Rejected:
    """Parse a JSON Feed at `url`; anything else is Rejected (stage "parse")."""
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return Rejected("parse", "malformed", f"not sound JSON: {error}"[:300])
    if not isinstance(found, dict) or not str(found.get("version", "")).startswith(
        tuple(_VERSIONS)
    ):
        return Rejected("parse", "not_a_feed", "JSON, but not a JSON Feed (no such version)")
    items = found.get("items")
    if not isinstance(items, list):
        return Rejected("parse", "malformed", "a JSON Feed without its list of items")
    sound = [item for item in items if isinstance(item, dict)]
    language = _text(found, "language") or None
    return ParsedFeed(
        title=clean.line(_text(found, "title")),
        format=_VERSIONS.get(str(found["version"]).rstrip("/"), "json11"),
        entries=finish([_draft(item, url) for item in sound], language),
        link=_address(found, "home_page_url", url),
        language=language,
        warnings=tuple(_warnings(len(items) - len(sound), sound)),
    )


def _warnings(odd: int, items: Sequence[_Item]) -> Iterator[str]:
    if odd:
        yield f"{odd} items that are no objects"
    strings = ("url", "title", "content_html", "content_text", "summary", "date_published")
    for name in strings:
        wrong = sum(not isinstance(item.get(name, ""), str | None) for item in items)
        if wrong:
            yield f"{wrong} items whose {name} is no text"


def _draft(item: _Item, url: str) -> Draft:
    markup = _text(item, "content_html")
    content = clean.fragment(markup, url) if markup else _paragraphs(_text(item, "content_text"))
    return Draft(
        id=_id(item),
        link=_address(item, "url", url) or _address(item, "external_url", url),
        title=clean.line(_text(item, "title")),
        summary=_paragraphs(_text(item, "summary")),
        content=content,
        authors=tuple(_authors(item)),
        tags=tuple(clean.line(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        language=_text(item, "language") or None,
        image=_address(item, "image", url) or _address(item, "banner_image", url),
        published_at=_date(item, "date_published"),
        updated_at=_date(item, "date_modified"),
    )


def _text(item: _Item, name: str) -> str:
    value = item.get(name)
    return clean.text(value) if isinstance(value, str) else ""


def _id(item: _Item) -> str:
    """The id; version 1 lets a number stand for a text."""
    value = item.get("id")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else _text(item, "id")


def _list(item: _Item, name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _paragraphs(plain: str) -> str:
    """Plain text as HTML: its lines are its paragraphs."""
    lines = (clean.fragment(clean.line(part)) for part in plain.replace("<", "&lt;").split("\n"))
    return "".join(f"<p>{part}</p>" for part in lines if part)


def _address(item: _Item, name: str, url: str) -> str | None:
    value = _text(item, name)
    return resolve(url, value) if value else None


def _authors(item: _Item) -> Iterator[str]:
    people = [*_list(item, "authors"), item.get("author")]
    names = (_text(each, "name") for each in people if isinstance(each, dict))
    yield from dict.fromkeys(name for raw in names if (name := clean.line(raw)))


def _date(item: _Item, name: str) -> datetime | None:
    value = _text(item, name)
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return feed_date(value) if value else None
