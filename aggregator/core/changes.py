"""Decides of each entry in a feed whether it is new, changed or the same as before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.core.dates import believable
from aggregator.model import Change, Entry, EntryChange, ParsedFeed

__all__ = ["decide"]


def decide(parsed: ParsedFeed, known: Mapping[str, str], now: datetime) -> tuple[EntryChange, ...]:
    """Compare every entry with `known` (entry key → content hash); the order stays.

    An entry is known by its key alone, so that one whose headline was edited is changed, not new.
    A time more than a day in the future of `now` is not believed and left out.
    """
    return tuple(
        EntryChange(_believed(entry, now), _change(known.get(entry.key), entry.content_hash))
        for entry in parsed.entries
    )


def _believed(entry: Entry, now: datetime) -> Entry:
    published, updated = entry.published_at, entry.updated_at
    believed = believable(published, now), believable(updated, now)
    if believed == (published, updated):
        return entry
    return replace(entry, published_at=believed[0], updated_at=believed[1])


def _change(before: str | None, now: str) -> Change:
    if before is None:
        return Change.NEW
    return Change.SAME if before == now else Change.CHANGED
