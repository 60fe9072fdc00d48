"""Decides when a feed is asked next and what is remembered of the last answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from xxhash import xxh3_128_hexdigest

from aggregator.model import (
    Failed,
    FeedState,
    FeedStatus,
    Fetched,
    FetchResult,
    NotModified,
    ParsedFeed,
    Rejected,
    Validators,
)
from aggregator.settings import PollSettings

__all__ = ["after", "body_hash"]

_GONE: Final = 410
_JITTER_SHARE: Final = 0.1
_MOST_DOUBLINGS: Final = 16
_MOST_MINUTES: Final = 31 * 1440.0
_MOST_DIGITS: Final = 9


def body_hash(body: bytes) -> str:
    """Name a body: an equal one need not be parsed again (128 bits, hexadecimal)."""
    return xxh3_128_hexdigest(body)


def after(
    state: FeedState,
    result: FetchResult,
    parsed: ParsedFeed | Rejected | None,
    now: datetime,
    settings: PollSettings,
    *,
    jitter: float,
) -> FeedState:
    """The feed's state after `result`; `jitter` from 0 to below 1 spreads the next turn.

    `parsed` is None where there was nothing to parse: no answer, 304, or the body known already.
    A body that could not be parsed is not remembered, so that its error stays visible.
    A feed that was gone and answers is active again.
    """
    asked = replace(state, last_polled_at=now)
    if isinstance(result, Failed):
        error = f"{result.reason}: {result.detail}"
        return _failed(asked, error, now, settings, jitter=jitter, failed=result)
    if isinstance(parsed, Rejected):
        error = f"{parsed.reason}: {parsed.detail}"
        return _failed(asked, error, now, settings, jitter=jitter)
    minutes = _allowed_after(result.headers, parsed, now, settings)
    return replace(
        _remembered(asked, result),
        next_poll_at=_later(now, minutes, jitter),
        last_success_at=now,
        last_error=None,
        failures=0,
        status=FeedStatus.ACTIVE,
        interval=minutes,
    )


def _remembered(state: FeedState, result: Fetched | NotModified) -> FeedState:
    """Keep validators byte for byte as last received; a 304 replaces only those it sends anew."""
    if isinstance(result, Fetched):
        return replace(state, validators=result.validators, body_hash=body_hash(result.body))
    fresh = Validators(
        result.headers.get("etag", state.validators.etag),
        result.headers.get("last-modified", state.validators.last_modified),
    )
    return replace(state, validators=fresh)


def _failed(
    state: FeedState,
    error: str,
    now: datetime,
    settings: PollSettings,
    *,
    jitter: float,
    failed: Failed | None = None,
) -> FeedState:
    """Back off exponentially, never give up silently; 410 is the publisher's word for the end."""
    failures = state.failures + 1
    doubled = _ours(settings) * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    minutes = min(doubled, settings.max_interval)
    next_poll_at = _later(now, minutes, jitter)
    if failed is not None and failed.retry_after is not None:
        next_poll_at = max(next_poll_at, failed.retry_after)
    gone = failed is not None and failed.status == _GONE
    return replace(
        state,
        next_poll_at=next_poll_at,
        last_error=error,
        failures=failures,
        status=FeedStatus.GONE if gone else state.status,
    )


def _allowed_after(
    headers: Mapping[str, str],
    parsed: ParsedFeed | None,
    now: datetime,
    settings: PollSettings,
) -> float:
    """Minutes until the next turn: ours within our limits, later where the publisher says so."""
    ttl = (parsed.schedule.ttl or 0.0) if parsed is not None else 0.0
    return max(_ours(settings), min(max(ttl, _fresh_minutes(headers, now)), _MOST_MINUTES))


def _ours(settings: PollSettings) -> float:
    return min(max(settings.interval, settings.min_interval), settings.max_interval)


def _fresh_minutes(headers: Mapping[str, str], now: datetime) -> float:
    """How long the answer says that it stays fresh: max-age less its Age, else until Expires."""
    for directive in headers.get("cache-control", "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        lifetime = _seconds(value.strip('" '))
        if name == "max-age" and lifetime is not None:
            age = _seconds(headers.get("age", "").strip()) or 0
            return max(lifetime - age, 0) / 60
    try:
        expires = parsedate_to_datetime(headers.get("expires", ""))
        expires = expires.replace(tzinfo=expires.tzinfo or UTC)
        return max((expires - now).total_seconds() / 60, 0.0)
    # Numbers that no date holds overflow instead of being no date.
    except (ValueError, OverflowError):
        return 0.0


def _seconds(value: str) -> int | None:
    """Whole seconds as RFC 9111 writes them, capped (1.2.2); None where it is no such number."""
    if not (value.isascii() and value.isdigit()):
        return None
    return int(value) if len(value) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _later(now: datetime, minutes: float, jitter: float) -> datetime:
    return now + timedelta(minutes=minutes * (1 + _JITTER_SHARE * jitter))
