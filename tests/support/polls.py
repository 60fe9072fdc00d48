"""Polls of one made-up feed, as values: for the tests of what is decided after them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from aggregator.core.polling import after
from aggregator.model import (
    FeedState,
    Fetched,
    FetchResult,
    ParsedFeed,
    Rejected,
    Validators,
)
from aggregator.settings import PollSettings

__all__ = ["FEED", "HOURLY", "KNOWN", "NOW", "SETTINGS", "URL", "fetched", "minutes", "polls"]

URL = "https://paper.example/feed"
NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
SETTINGS = PollSettings(interval=30, min_interval=10, max_interval=1440)
KNOWN = FeedState(
    validators=Validators('W/"1"', "Sun, 29 Mar 2026 00:00:00 GMT"),
    body_hash="aa",
    next_poll_at=NOW,
    last_polled_at=NOW - timedelta(minutes=30),
)
FEED = ParsedFeed("Paper", "rss20", ())
HOURLY = MappingProxyType({"cache-control": "max-age=7200"})


def fetched(body: bytes = b"<rss/>", sent: Mapping[str, str] = MappingProxyType({})) -> Fetched:
    return Fetched(URL, 200, sent, body, KNOWN.validators)


def minutes(
    result: FetchResult,
    parsed: ParsedFeed | Rejected | None = None,
    state: FeedState = KNOWN,
    limits: PollSettings = SETTINGS,
) -> float:
    """Minutes from now to the next turn, without jitter."""
    turn = after(state, result, parsed, NOW, limits, jitter=0).next_poll_at
    assert turn is not None
    return (turn - NOW).total_seconds() / 60


def polls(state: FeedState, *results: FetchResult) -> FeedState:
    """The state after some answers; a body is a feed."""
    for result in results:
        parsed = FEED if isinstance(result, Fetched) else None
        state = after(state, result, parsed, NOW, SETTINGS, jitter=0)
    return state
