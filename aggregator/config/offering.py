"""Feeds that were found for somebody, as they would be listed: their outlet, language and line."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator.config.checks import check_for
from aggregator.core.discovery import plain_scheme
from aggregator.core.language import code
from aggregator.errors import UsageError
from aggregator.model import FeedSource, ParsedFeed

if TYPE_CHECKING:
    from aggregator.pipeline.discovery import Found

__all__ = ["addresses", "language_of", "newest_of", "outlet_of", "usable_address"]


def addresses(typed: str) -> list[str]:
    """What to ask, in turn: a bare host by https and, where that cannot be had, by http.

    Raises UsageError where it is no address.
    """
    address = plain_scheme(typed)
    if "://" in address:
        return [usable_address(address)]
    return [usable_address(address), usable_address(f"http://{address}")]


def usable_address(typed: str) -> str:
    """The address of a feed or page, https where nothing is said; raises UsageError."""
    address = typed if "://" in typed else f"https://{typed}"
    if reason := check_for("url")(address):
        raise UsageError(reason)
    return address


def outlet_of(url: str, parsed: ParsedFeed, known: Iterable[FeedSource]) -> str:
    """Who publishes a feed: as feeds of that host are listed, else as it calls itself."""
    host = urlsplit(url).hostname
    same = (feed.outlet for feed in known if urlsplit(feed.url).hostname == host)
    return next(same, None) or _line(parsed.title) or host or url


def _line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())


def language_of(parsed: ParsedFeed) -> str | None:
    """What the feed says, where that is a language code."""
    return code(parsed.language)


def newest_of(found: "Found") -> datetime | None:
    """When the newest of its entries was published."""
    dates = [entry.published_at for entry in found.parsed.entries if entry.published_at]
    return max(dates, default=None)
