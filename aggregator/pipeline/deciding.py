"""What is decided of a feed's entries, however they came: polled, or delivered by a hub."""

from datetime import datetime

from aggregator.core import changes
from aggregator.model import EntryChange, Feed, ParsedFeed
from aggregator.storage import entries
from aggregator.storage.database import Database

__all__ = ["decide"]


def decide(db: Database, feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[EntryChange, ...]:
    """Compare `parsed` with what is known of `feed`."""
    known = entries.known(db, feed.id)
    by_link = entries.keys_at(db, feed.id, changes.strangers(parsed, known))
    return changes.decide(parsed, known, now, by_link=by_link)
