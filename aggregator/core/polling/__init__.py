"""Decides when a feed is asked next and what is remembered of the last answer."""

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from xxhash import xxh3_128_hexdigest

from aggregator.core.polling.moves import fallen_back, followed, is_gone
from aggregator.core.polling.rhythm import adapted, blended, churned, newest, usual_gap
from aggregator.core.polling.wishes import (
    END,
    fresh_until,
    freshness,
    later,
    past_skipped,
    retry_after,
)
from aggregator.model import (
    Failed,
    FeedState,
    FeedStatus,
    Fetched,
    FetchResult,
    NotModified,
    ParsedFeed,
    Rejected,
    Schedule,
    Validators,
)
from aggregator.settings import PollSettings

__all__ = ["after", "body_hash", "churned", "postponed", "skipping"]

_BACKED_OFF: Final = "backed_off"
_JITTER_SHARE: Final = 0.1
_MOST_DOUBLINGS: Final = 16
_SHORTEST_PAUSE: Final = 1.0
_LONG_STOP: Final = 60.0


class _Ways(NamedTuple):
    """What decides a turn besides the answer: the present, our limits, chance, a hub's help."""

    now: datetime
    settings: PollSettings
    jitter: float
    subscribed: bool


def body_hash(body: bytes) -> str:
    """Name a body: an equal one need not be parsed again (128 bits, hexadecimal)."""
    return xxh3_128_hexdigest(body)


def after(  # noqa: PLR0913 - each is a fact of one poll, named by the caller
    state: FeedState,
    result: FetchResult,
    parsed: ParsedFeed | Rejected | None,
    now: datetime,
    settings: PollSettings,
    *,
    jitter: float,
    fresh: int = 0,
    subscribed: bool = False,
    churned: bool = False,
) -> FeedState:
    """The feed's state after `result`; `jitter` from 0 to below 1 spreads the next turn.

    `parsed` is None where there was nothing to parse: no answer, 304, or the body known already.
    `fresh` counts the entries that were new; `churned` says that these came back under other ids,
    so that nothing was; `subscribed`, that a hub tells us of news: polling is but a precaution.

    What a publisher says makes the turn later than ours, without limit, and never earlier. A body
    that could not be parsed is not remembered, nor what came with it: conditions are for what we
    have, and its error stays visible. A feed that was gone and answers is active again.
    """
    if isinstance(result, Failed) and result.reason == _BACKED_OFF:
        return postponed(state, result.retry_after or later(now, settings.min_interval))
    ways = _Ways(now, settings, jitter, subscribed)
    error = _error(state, result, parsed)
    if error is not None or isinstance(result, Failed) or isinstance(parsed, Rejected):
        return _failed(state, result, error or "", ways)
    known = _understood(state, parsed, ways, fresh=0 if churned else fresh, churned=churned)
    moved = followed(_remembered(known, result, now), result.moved_to, settings)
    return replace(
        moved,
        next_poll_at=_next(state, moved, result, ways),
        last_polled_at=now,
        last_success_at=now,
        last_error=None,
        failures=0,
        status=FeedStatus.ACTIVE,
    )


def postponed(state: FeedState, until: datetime) -> FeedState:
    """Put a turn off because the feed's host wants quiet; it was not asked, so all else stays."""
    turn = max(until, state.next_poll_at or until)
    return replace(state, next_poll_at=past_skipped(min(turn, END), state.schedule, 0.0))


def skipping(state: FeedState, now: datetime, jitter: float) -> FeedState | None:
    """The state of a feed that skips this hour or day, its turn put off; None: ask it.

    `jitter` from 0 to below 1 spreads those that are put off together.
    """
    turn = past_skipped(now, state.schedule, jitter)
    return None if turn == now else replace(state, next_poll_at=turn)


def _error(
    state: FeedState, result: FetchResult, parsed: ParsedFeed | Rejected | None
) -> str | None:
    if isinstance(result, Failed):
        return f"{result.reason}: {result.detail}"
    if isinstance(parsed, Rejected):
        return f"{parsed.reason}: {parsed.detail}"
    # Taken for good, it would hide a feed that we never had, and its tag would do so for ever.
    if isinstance(result, NotModified) and not _was_conditional(state, result):
        return "not_modified: the server answered 304 to a request that set no condition"
    return None


def _was_conditional(state: FeedState, result: NotModified) -> bool:
    """Whether a condition was set where the 304 came from, which may be where a redirect led."""
    return bool(result.hops[-1].sent if result.hops else state.validators != Validators())


# --- what is remembered ------------------------------------------------------------------------


def _understood(
    state: FeedState, parsed: ParsedFeed | None, ways: _Ways, *, fresh: int, churned: bool
) -> FeedState:
    """What the feed says of itself, and how often it has something to say."""
    known = state
    if parsed is not None:
        known = replace(
            state,
            schedule=parsed.schedule,
            hub=parsed.hub,
            topic=parsed.topic,
            rhythm=_rhythm(state, parsed, ways, fresh),
            id_churn=state.id_churn + 1 if churned else 0,
        )
    return replace(
        known,
        interval=adapted(state.interval, known.rhythm, fresh, ways.settings),
        last_new_at=_news(state, parsed, ways, fresh),
    )


def _news(state: FeedState, parsed: ParsedFeed | None, ways: _Ways, fresh: int) -> datetime | None:
    """When the latest news came; what a feed shows when it is first read may be years old."""
    if not fresh:
        return state.last_new_at
    if parsed is None or state.last_success_at is not None:
        return ways.now
    return newest(parsed.entries, ways.now) or ways.now


def _rhythm(state: FeedState, parsed: ParsedFeed, ways: _Ways, fresh: int) -> float | None:
    dated = usual_gap(parsed.entries, ways.now, ways.settings.min_interval)
    if dated is not None or not fresh:
        return dated or state.rhythm
    return blended(state.rhythm, state.last_new_at, ways.now)


def _remembered(state: FeedState, result: Fetched | NotModified, now: datetime) -> FeedState:
    """Keep validators byte for byte as last received; a 304 replaces only those it sends anew."""
    if isinstance(result, Fetched):
        lifetime = freshness(result.headers, now, None).lifetime
        body = body_hash(result.body)
        return replace(state, validators=result.validators, body_hash=body, lifetime=lifetime)
    anew = Validators(
        result.validators.etag or state.validators.etag,
        result.validators.last_modified or state.validators.last_modified,
        result.validators.url or state.validators.url,
    )
    lifetime = freshness(result.headers, now, state.lifetime).lifetime
    return replace(state, validators=anew, lifetime=lifetime)


# --- when it is asked again --------------------------------------------------------------------


def _next(
    before: FeedState, state: FeedState, result: Fetched | NotModified, ways: _Ways
) -> datetime:
    """The turn after an answer.

    Feeds that are asked together because all are new, or a long stop lies behind them, get turns
    spread over their whole interval; others drift apart by a tenth of it.
    """
    now, settings = ways.now, ways.settings
    ours = settings.max_interval if ways.subscribed else state.interval or 0.0
    left = freshness(result.headers, now, state.lifetime).left / 60
    wished = max(left, _scheduled(state.schedule))
    if _crowded(before, now):
        turn = later(now, max(settings.min_interval, wished) + ours * ways.jitter)
    else:
        turn = later(now, max(ours, wished) + ours * _JITTER_SHARE * ways.jitter)
    turn = max(turn, retry_after(result.headers, now) or turn)
    return past_skipped(min(turn, END), state.schedule, ways.jitter)


def _failed(state: FeedState, result: FetchResult, error: str, ways: _Ways) -> FeedState:
    """Back off exponentially, never give up silently; 410 is the publisher's word for the end.

    A feed that fails is never asked more often than its own elements allow one that succeeds.
    """
    failed = result if isinstance(result, Failed) else None
    now, settings = ways.now, ways.settings
    failures = state.failures + 1
    ours = max(_own_interval(state, ways), _SHORTEST_PAUSE)
    pause = min(ours * 2 ** min(failures - 1, _MOST_DOUBLINGS), max(settings.max_interval, ours))
    share = 1.0 if _crowded(state, now) else _JITTER_SHARE
    back = fallen_back(replace(state, failures=failures), failed)
    # What another address holds for says nothing of the one that is asked next.
    fresh = _fresh_until(result, now) if back.address == state.address else None
    pause_wished = max(pause, _scheduled(state.schedule), _minutes_to(fresh, now))
    turn = later(now, pause_wished + pause * share * ways.jitter)
    turn = max(turn, _allowed_from(result, now) or turn)
    return replace(
        back,
        next_poll_at=past_skipped(min(turn, END), state.schedule, ways.jitter),
        last_polled_at=now,
        last_error=error,
        status=FeedStatus.GONE if failed and is_gone(state, failed) else state.status,
    )


def _own_interval(state: FeedState, ways: _Ways) -> float:
    settings = ways.settings
    if ways.subscribed:
        return settings.max_interval
    ours = settings.interval if state.interval is None else state.interval
    return min(max(ours, settings.min_interval), settings.max_interval)


def _fresh_until(result: FetchResult, now: datetime) -> datetime | None:
    """Until when an answer that is of no use to us says that it stays as it is."""
    return result.fresh_until if isinstance(result, Failed) else fresh_until(result.headers, now)


def _minutes_to(moment: datetime | None, now: datetime) -> float:
    return (moment - now).total_seconds() / 60 if moment else 0.0


def _allowed_from(result: FetchResult, now: datetime) -> datetime | None:
    return result.retry_after if isinstance(result, Failed) else retry_after(result.headers, now)


def _scheduled(schedule: Schedule) -> float:
    return max(schedule.ttl or 0.0, schedule.period or 0.0)


def _crowded(state: FeedState, now: datetime) -> bool:
    """Whether it was asked together with many: at its first turn, or long after its turn."""
    if state.last_polled_at is None or state.next_poll_at is None:
        return True
    return state.next_poll_at < later(now, -max(state.interval or 0.0, _LONG_STOP))
