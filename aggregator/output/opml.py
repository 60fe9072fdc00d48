"""Feeds as OPML 2.0, which other feed readers take."""

import html
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from aggregator.model import FeedSource

__all__ = ["feed_list"]

_NAMESPACE: Final = "urn:aggregator:feeds"


def feed_list(feeds: Iterable[FeedSource], titles: Mapping[str, str], now: datetime) -> bytes:
    """A subscription list of `feeds`; `titles` are those that feeds give themselves, by URL.

    Tags are written as categories. What OPML has no place for (a tag with a comma, `text: feed`)
    stands in attributes of our own namespace, so that reading the list back gives the same feeds.
    """
    outlines = "".join(f"    <outline{_attributes(feed, titles)}/>\n" for feed in feeds)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<opml version="2.0" xmlns:aggregator="{_NAMESPACE}">\n'
        "  <head>\n"
        "    <title>News feeds</title>\n"
        f"    <dateCreated>{format_datetime(now, usegmt=True)}</dateCreated>\n"
        "  </head>\n"
        f"  <body>\n{outlines}  </body>\n"
        "</opml>\n"
    ).encode()


def _attributes(feed: FeedSource, titles: Mapping[str, str]) -> str:
    plain = not any("," in tag or tag.startswith("/") for tag in feed.tags)
    plain = plain and len(set(feed.tags)) == len(feed.tags)
    values = {
        "type": "rss",
        "text": feed.outlet,
        "title": _printable(titles.get(feed.url, "")) or feed.outlet,
        "xmlUrl": feed.url,
        "language": feed.language,
        "category": ",".join(tag.replace(",", " ").lstrip("/") for tag in feed.tags) or None,
        "aggregator:tags": None if plain else "\n".join(feed.tags),
        "aggregator:text": None if feed.text == "auto" else feed.text,
        "aggregator:paused": "true" if feed.paused else None,
    }
    return "".join(f' {name}="{_escaped(value)}"' for name, value in values.items() if value)


def _printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(char for char in text if char.isprintable())


def _escaped(text: str) -> str:
    # A line break in an attribute would be read as a space.
    return html.escape(text, quote=True).replace("\n", "&#10;")
