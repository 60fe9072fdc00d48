"""What a publisher says of when to be asked again: headers of the answer, elements of the feed.

Nothing is clipped: whoever says ten years is left alone for ten years. What no date can hold
becomes the last moment that one can.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime, parsedate_tz
from typing import Final, NamedTuple

from aggregator.model import Schedule

__all__ = ["END", "Freshness", "fresh_until", "freshness", "later", "past_skipped", "retry_after"]

END: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""The last moment that a turn can have."""

_MOST_DIGITS: Final = 12
_LEAP_YEAR: Final = 2000
_DIRECTIVE: Final = re.compile(r"""([^\s,;="]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?""")
_HOURS: Final = frozenset(range(24))
_DAYS: Final = frozenset(range(7))
_A_WEEK_OF_HOURS: Final = 8 * 24
_MINUTES_SHARED: Final = 59


class Freshness(NamedTuple):
    """How long an answer says that it stays fresh, in seconds: altogether (None: not said), left.

    `lifetime` is what to remember for a later 304 that says nothing of it.
    """

    lifetime: float | None
    left: float


def freshness(headers: Mapping[str, str], now: datetime, known: float | None) -> Freshness:
    """Read Cache-Control, else Expires, else stay with the `known` lifetime (RFC 9111, 4.3.4).

    no-cache and no-store leave nothing to wait for. Expires counts by our clock, which is never
    sooner than RFC 9111 has it, and one that is no date has passed (5.3).
    """
    said = _directives(headers.get("cache-control", ""))
    age = _seconds(headers.get("age", "").strip()) or 0
    if said.get("no-cache") == "" or "no-store" in said:
        return Freshness(0.0, 0.0)
    lifetime: float | None = _seconds(said.get("max-age", ""))
    if lifetime is None and "expires" in headers:
        expires = _date(headers["expires"])
        left = max((expires - now).total_seconds(), 0.0) if expires else 0.0
        return Freshness(left, left)
    if lifetime is None:
        lifetime = known
    return Freshness(lifetime, max((lifetime or 0.0) - age, 0.0))


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when an answer says that it stays fresh; None where it says nothing, or is stale."""
    left = freshness(headers, now, None).left
    return _after(now, timedelta(seconds=left)) if left else None


def _directives(cache_control: str) -> dict[str, str]:
    """Names in lower case with their values; of a repeated one the first counts (4.2.1)."""
    found: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(cache_control):
        found.setdefault(name.lower(), value.strip('"').strip())
    return found


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the server wants to be asked again: seconds or an HTTP date; None if it is silent."""
    value = headers.get("retry-after", "").strip()
    seconds = _seconds(value)
    return _date(value) if seconds is None else _after(now, timedelta(seconds=seconds))


def _seconds(value: str) -> int | None:
    """Whole seconds as RFC 9111 writes them, capped (1.2.2); None where it is no such number."""
    if not (value.isascii() and value.isdigit()):
        return None
    digits = value.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _date(value: str) -> datetime | None:
    """Read an HTTP date; one without a zone is in UTC, one beyond all calendars is END."""
    try:
        parts = parsedate_tz(value)
        if parts and parts[0] > END.year:
            # It must be a date but for its year.
            datetime(_LEAP_YEAR, *parts[1:6], tzinfo=UTC)
            return END
        moment = parsedate_to_datetime(value)
    # Numbers that no date holds overflow; the parser stumbles over some that are none at all.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return END


def later(moment: datetime, minutes: float) -> datetime:
    """`minutes` after `moment`, at most END."""
    try:
        return _after(moment, timedelta(minutes=minutes))
    except OverflowError:
        return END


def _after(moment: datetime, wait: timedelta) -> datetime:
    try:
        return min(moment + wait, END)
    except OverflowError:
        return END


def past_skipped(turn: datetime, schedule: Schedule, jitter: float) -> datetime:
    """Move a turn (UTC) behind hours and days that are to be skipped.

    `jitter` spreads those that gather there over the first hour that is free. A feed that has all
    hours or all days skipped means something else, and is not obeyed to death.
    """
    hours = _some(schedule.skip_hours, _HOURS)
    days = _some(schedule.skip_days, _DAYS)
    begin = turn
    for _ in range(_A_WEEK_OF_HOURS):
        if begin.hour not in hours and begin.weekday() not in days:
            break
        begin = later(begin.replace(minute=0, second=0, microsecond=0), 60)
    return turn if begin == turn else later(begin, _MINUTES_SHARED * jitter)


def _some(skipped: tuple[int, ...], every: frozenset[int]) -> frozenset[int]:
    """Those that there are, unless it is all."""
    found = every.intersection(skipped)
    return frozenset() if found == every else found
