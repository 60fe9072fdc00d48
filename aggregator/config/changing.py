"""One feed in feeds.yaml changed where it stands: moved, paused or taken out, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.config.checks import feed_key, shown
from aggregator.config.loading import Config, parse, read
from aggregator.config.replacing import BOM, put, says
from aggregator.config.written import Edit, Written
from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.model import FeedSource

__all__ = ["move_feed", "pause_feed", "remove_feed"]


def move_feed(path: Path, url: str, to: str) -> "FeedSource":
    """Give the feed at `url` another address; returns it as it stands then.

    Like the others here it raises ConfigError where the file is wrong, has no such feed, or cannot
    be changed by itself: because of aliases, or since another feed has that address.
    """

    def edit(item: Written) -> Edit:
        return item.said_anew("url", new=to)

    return _changed(path, url, edit, lambda feed: replace(feed, url=to))


def pause_feed(path: Path, url: str, *, paused: bool) -> "FeedSource":
    """Have the feed at `url` not asked any more, or asked again; returns it as it stands then."""

    def edit(item: Written) -> Edit:
        if not paused:
            return item.without("paused")
        if item.says("paused"):
            return item.said_anew("paused", new=True)
        return item.one_more("url", "paused: true")

    return _changed(path, url, edit, lambda feed: replace(feed, paused=paused))


def remove_feed(path: Path, url: str) -> "FeedSource":
    """Take the feed at `url` out of the file; returns it as it stood there."""
    raw, before, index = _looked_up(path, url)
    rest = (*before.feeds[:index], *before.feeds[index + 1 :])
    _put(raw, before, index, Written.taken_out, rest)
    return before.feeds[index]


def _changed(
    path: Path,
    url: str,
    edit: Callable[[Written], Edit],
    change: "Callable[[FeedSource], FeedSource]",
) -> "FeedSource":
    raw, before, index = _looked_up(path, url)
    new = change(before.feeds[index])
    if new != before.feeds[index]:
        rest = (*before.feeds[:index], new, *before.feeds[index + 1 :])
        _put(raw, before, index, edit, rest)
    return new


def _looked_up(path: Path, url: str) -> tuple[bytes, Config, int]:
    """The file, what it says, and which of its feeds is meant."""
    raw = read(path)
    before = parse(raw, path)
    key = feed_key(url)
    for index, feed in enumerate(before.feeds):
        if feed_key(feed.url) == key:
            return raw, before, index
    message = f"the feed {shown(url)} is not listed (any more)"
    raise ConfigError(message, path=path)


def _put(
    raw: bytes,
    before: Config,
    index: int,
    edit: Callable[[Written], Edit],
    feeds: "tuple[FeedSource, ...]",
) -> None:
    """Write the file with one edit; nothing else of what it says may change by it."""
    whole = raw.decode("utf-8")
    text = whole.removeprefix(BOM)
    try:
        start, end, new = edit(Written.of(text, index))
    except LookupError as error:
        raise _by_hand(before) from error
    result = f"{whole[: len(whole) - len(text)]}{text[:start]}{new}{text[end:]}".encode()
    if not says(result, replace(before, feeds=feeds)):
        raise _by_hand(before)
    put(before.path, raw, result)


def _by_hand(config: Config) -> ConfigError:
    message = "this feed cannot be changed by itself here: edit the file by hand"
    return ConfigError(message, path=config.path)
