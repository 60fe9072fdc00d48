"""How all feeds are: each with its diagnosis, its hub, and where its texts are taken from."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aggregator.core.fulltext import Reason, reason
from aggregator.core.health import Diagnosis, diagnose
from aggregator.core.urls import host
from aggregator.storage import feeds, fulltext, hosts, readers, subscriptions
from aggregator.storage.rows import FeedRow
from aggregator.storage.subscriptions import Standing

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["FeedHealth", "every"]

_UNKNOWN: Final = Reason("not measured yet")


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed with its diagnosis and its hub; of one that is no longer listed there is neither.

    `text_why` is why its articles are taken from where they are.
    """

    feed: FeedRow
    diagnosis: Diagnosis | None
    hub: Standing | None = None
    text_why: Reason = _UNKNOWN


def every(db: "Database", now: datetime) -> list[FeedHealth]:
    """Every feed that was ever listed, those that still are first, by outlet."""
    states = {state.host: state for state in hosts.load(db)}
    diagnoses = {
        feed.id: diagnose(feed, states.get(host(feed.address)), now) for feed in feeds.all_feeds(db)
    }
    hubs, texts = subscriptions.standings(db, now), fulltext.every(db)
    return [
        FeedHealth(
            row,
            diagnoses.get(row.id or 0),
            hubs.get(row.id or 0) if row.listed else None,
            reason(row.text_source, texts[row.id or 0]),
        )
        for row in readers.feeds(db)
    ]
