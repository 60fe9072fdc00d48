"""What a feed's answer leads to, whoever asked for it: its entries decided, its next turn, kept."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from aggregator.core import polling
from aggregator.model import Change, EntryChange, Feed, FetchResult, ParsedFeed, Rejected
from aggregator.settings import PollSettings
from aggregator.storage import feeds
from aggregator.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model import FeedState

__all__ = ["settle"]


def settle(  # noqa: PLR0913 - each is a fact of one poll, named by the caller
    db: Database,
    feed: Feed,
    result: FetchResult,
    outcome: ParsedFeed | Rejected | None,
    now: datetime,
    settings: PollSettings,
    *,
    jitter: float,
    listening: bool = False,
) -> Sequence[EntryChange]:
    """Keep what came of asking for `feed`; returns what was decided of its entries.

    `outcome` is None where there was nothing to parse; `listening` says that hubs can reach us.
    """
    decided = _decide(db, feed, outcome, now) if isinstance(outcome, ParsedFeed) else ()
    fresh = sum(change.change is Change.NEW for change in decided)
    after = partial(
        polling.after,
        feed.state,
        result,
        outcome,
        now,
        settings,
        jitter=jitter,
        fresh=fresh,
        churned=polling.churned(decided),
    )
    with db.write():
        relied_on = listening and _hub_relied_on(db, feed, after, fresh, now)
        feeds.save_poll(db, feed, after(subscribed=relied_on), outcome, decided, now)
    return decided


# Imported by need: a run in which nothing changed decides nothing.


def _decide(db: Database, feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[EntryChange, ...]:
    from aggregator.pipeline.deciding import decide

    return decide(db, feed, parsed, now)


def _hub_relied_on(
    db: Database, feed: Feed, after: "Callable[[], FeedState]", fresh: int, now: datetime
) -> bool:
    from aggregator.pipeline.websub import hub_relied_on

    return hub_relied_on(db, feed, after, fresh, now)
