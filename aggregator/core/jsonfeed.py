"""JSON Feed 1.0 and 1.1, strictly typed: what has the wrong type is left out with a warning."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from aggregator.core import clean
from aggregator.core.dates import feed_date
from aggregator.core.entries import MOST_ENTRIES, Bounded, Draft, bounded, finish
from aggregator.core.language import tag
from aggregator.core.urls import resolve
from aggregator.model import ParsedFeed, Rejected

__all__ = ["parse_json"]

_VERSION: Final = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(1(?:\.\d+)?)/?")
_NUMBER: Final = re.compile(r"1(?:\.[01])?")
_CONTENT: Final = frozenset({"content_html", "content_text"})
_HUBS: Final = frozenset({"websub", "pubsubhubbub"})
_LONGEST_NAME: Final = 200


class _Reader:
    """Reads typed fields of one object, and counts those that have another type."""

    def __init__(self, fields: Mapping[str, object], url: str, wrong: Counter[str]) -> None:
        """Addresses are resolved against `url`; wrong types are counted in `wrong` by field."""
        self._fields, self._url, self._wrong = fields, url, wrong

    def text(self, name: str) -> str:
        """Give a string, mended; "" where there is none."""
        value = self._fields.get(name)
        if value is None or isinstance(value, str):
            return clean.text(value or "")
        self._wrong[name] += 1
        return ""

    def identity(self) -> str:
        """Give the id; a number may stand for a string (1.0 says: coerce it)."""
        value = self._fields.get("id")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return clean.line(self.text("id"))

    def items(self, name: str) -> list[object]:
        """Give a list; an empty one where there is none."""
        value = self._fields.get(name)
        if value is None or isinstance(value, list):
            return value or []
        self._wrong[name] += 1
        return []

    def readers(self, name: str) -> Iterator["_Reader"]:
        """Give the objects in a list."""
        for item in self.items(name):
            if isinstance(item, dict):
                yield _Reader(item, self._url, self._wrong)
            else:
                self._wrong[name] += 1

    def strings(self, name: str) -> Iterator[str]:
        """Give the strings in a list, each as one line."""
        for item in self.items(name):
            if isinstance(item, str):
                yield clean.line(item)
            else:
                self._wrong[name] += 1

    def people(self) -> Iterator[str]:
        """Give the names of `authors` (1.1) or of the one `author` (1.0)."""
        yield from (person.text("name") for person in self.readers("authors"))
        person = self._fields.get("author")
        if isinstance(person, dict):
            yield _Reader(person, self._url, self._wrong).text("name")
        elif person is not None:
            self._wrong["author"] += 1

    def address(self, name: str) -> str | None:
        """Give an absolute address."""
        value = self.text(name)
        return resolve(self._url, value) if value else None

    def markup(self, value: str) -> str:
        """Give HTML, cleaned, its addresses resolved."""
        return clean.fragment(value, self._url)

    def language(self) -> str | None:
        """Give a language tag (RFC 5646)."""
        return tag(self.text("language"))

    def date(self, name: str) -> datetime | None:
        """Give a time in UTC; RFC 3339 is asked for, what feeds write otherwise is read too."""
        return feed_date(self.text(name))


def parse_json(text: str, url: str) -> ParsedFeed | Rejected:
    """Parse a JSON Feed that came from `url`; anything else is Rejected (stage "parse")."""
    try:
        # Not strict: a tab or newline that stands in a text as it is would cost the whole feed.
        found = json.loads(text, strict=False)
    # ValueError: no JSON, or a number of more digits than Python reads; RecursionError: too deep.
    except (ValueError, RecursionError) as error:
        return Rejected("parse", "malformed", f"broken JSON: {error}"[:300])
    if not isinstance(found, dict) or (version := _version(found)) is None:
        return Rejected(
            "parse", "not_a_feed", "this is JSON, but no JSON Feed (it names no version of it)"
        )
    items = found.get("items")
    if isinstance(items, list) and len(items) > MOST_ENTRIES:
        return Rejected("parse", "overloaded", f"more than {MOST_ENTRIES} entries")
    return _feed(found, version, url, len(text))


def _version(found: Mapping[str, object]) -> str | None:
    """Give the version that a feed names by its address, or by its number where else it is one."""
    version = found.get("version")
    named = version.strip() if isinstance(version, str) else ""
    if address := _VERSION.fullmatch(named):
        return address[1]
    return named if _NUMBER.fullmatch(named) and _looks_like_feed(found) else None


def _looks_like_feed(found: Mapping[str, object]) -> bool:
    items = found.get("items")
    return isinstance(items, list) and any(
        isinstance(item, dict) and not _CONTENT.isdisjoint(item) for item in items
    )


def _feed(found: Mapping[str, object], version: str, url: str, size: int) -> ParsedFeed | Rejected:
    wrong: Counter[str] = Counter()
    about = _Reader(found, url, wrong)
    language = about.language()
    drafts = (_draft(item) for item in about.readers("items"))
    made = bounded(clean.line(about.text("title")), drafts, url, size)
    if isinstance(made, Rejected):
        return made
    entries = finish(made.drafts, language)
    return ParsedFeed(
        title=made.title,
        format="json10" if version in {"1", "1.0"} else "json11",
        entries=entries,
        link=about.address("home_page_url"),
        language=language,
        hub=_hub(about),
        topic=about.address("feed_url"),
        warnings=tuple(_warnings(found, wrong, made, len(entries))),
    )


def _hub(about: _Reader) -> str | None:
    """Give the first WebSub hub that the feed names; hubs of other kinds there are too."""
    hubs = about.readers("hubs")
    urls = (hub.address("url") for hub in hubs if hub.text("type").lower() in _HUBS)
    return next(filter(None, urls), None)


def _warnings(
    found: Mapping[str, object], wrong: Counter[str], made: Bounded, unique: int
) -> Iterator[str]:
    if not _VERSION.fullmatch(str(found["version"]).strip()):
        yield "the feed names its version by number, not by address"
    if "items" not in found:
        yield "the feed has no list of items"
    yield from made.warnings
    if repeated := len(made.drafts) - unique:
        yield f"{repeated} entries are given twice"
    for name, times in wrong.items():
        yield f"left out, for it has the wrong type: {name} ({times} times)"


def _draft(item: _Reader) -> Draft:
    content = item.text("content_html")
    return Draft(
        id=item.identity(),
        link=item.address("url") or item.address("external_url"),
        title=clean.line(item.text("title")),
        summary=_paragraphs(item.text("summary")),
        content=item.markup(content) if content else _paragraphs(item.text("content_text")),
        authors=_distinct(item.people()),
        tags=_distinct(item.strings("tags")),
        language=item.language(),
        image=item.address("image") or item.address("banner_image") or _attached(item),
        published_at=item.date("date_published"),
        updated_at=item.date("date_modified"),
    )


def _paragraphs(plain: str) -> str:
    """Plain text as HTML: its lines are its paragraphs."""
    lines = (clean.line(part) for part in plain.split("\n"))
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    lines = (clean.line(name) for name in names)
    return tuple(dict.fromkeys(line for line in lines if 0 < len(line) <= _LONGEST_NAME))


def _attached(item: _Reader) -> str | None:
    """Give the first picture among the attachments."""
    for attachment in item.readers("attachments"):
        if attachment.text("mime_type").startswith("image/"):
            return attachment.address("url")
    return None
