"""Times as pages write them: ISO 8601 with its slips, RFC 2822, epoch seconds."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from aggregator.core import dates

__all__ = ["first", "near", "parse", "to_utc"]

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST = 100
_EPOCH = re.compile(r"\d{10}(\d{3})?$")
# Dates that are nearly ISO 8601: a space for the T, "UTC" for the Z, nanoseconds.
_LOOSE = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:[T\s]+(\d{1,2}:\d{2})(:\d{1,2})?(?:[.,]\d+)?\s*"
    r"([A-Z]{1,5}\b|[+-]\d{2}:?(?:\d{2})?)?)?",
    re.IGNORECASE,
)
# As JavaScript writes them: "Tue Feb 20 2018 01:00:00 GMT+0100 (CET)".
_SCRIPTED = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})"
)
# Clocks run fast: a little later than now is still believed.
_SLACK = timedelta(hours=14)
_ONE_CLOCK = timedelta(minutes=1)


def parse(text: str) -> datetime | None:
    """Return the time that `text` gives, naive where it names no zone; None if it gives none."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if match := _LOOSE.match(text):
        return _iso(*match.groups())
    if match := _SCRIPTED.match(text):
        month, day, year, clock, offset = match.groups()
        text = f"{day} {month} {year} {clock} {offset}"
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(day: str, minute: str | None, second: str | None, zone: str | None) -> datetime | None:
    year, month, date = day.split("-")
    stamp = f"{year}-{month:0>2}-{date:0>2}"
    if minute is not None:
        stamp += f"T{minute:0>5}:{(second or '')[1:]:0>2}{_offset(zone)}"
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def _offset(zone: str | None) -> str:
    """A zone as ISO 8601 writes it; "" where it is none that we know."""
    if zone is None or not zone[0].isalpha():
        return zone or ""
    hours = dates.hours_east(zone)
    return "" if hours is None else f"{hours:+03}:00"


def to_utc(moment: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Return `moment` in UTC, a naive one read in `zone`; None where no article is that old.

    A day without an hour stays that day, and is its midnight in UTC.
    """
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC if moment.time() == time.min else zone)
        aware = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _OLDEST <= aware <= _NEWEST else None


def first(
    texts: Iterable[str], *, latest: datetime | None = None, zone: tzinfo | None = None
) -> datetime | None:
    """Return the first time in `texts`, in UTC; more exactly where another one says it so.

    A day, or a time without a zone, gives way to the first one near it that names its zone, or
    else an hour, which is read in `zone`. Times after `latest` are not believed.
    """
    moments = [moment for text in texts if (moment := parse(text)) is not None]
    known = [(each, utc) for each in moments if (utc := _believed(each, latest, zone)) is not None]
    if not known:
        return None
    said, first_utc = known[0]
    close = [(each, utc) for each, utc in known if near(utc, first_utc)]
    if said.tzinfo is not None and said.time() != time.min:
        return next((utc for each, utc in close if _is_corrected(said, each)), first_utc)
    hours = [(each, utc) for each, utc in close if each.time() != time.min]
    zoned = [utc for each, utc in hours if each.tzinfo is not None]
    return next(iter((*zoned, *(utc for _, utc in hours), first_utc)))


def _is_corrected(said: datetime, other: datetime) -> bool:
    """Whether two sources show one clock, and the first one only claims that it goes by UTC."""
    return (
        not said.utcoffset()
        and bool(other.utcoffset())
        and abs(said.replace(tzinfo=None) - other.replace(tzinfo=None)) < _ONE_CLOCK
    )


def _believed(moment: datetime, latest: datetime | None, zone: tzinfo | None) -> datetime | None:
    known = to_utc(moment, zone or UTC)
    return None if known is None or (latest is not None and known > latest + _SLACK) else known


def near(a: datetime, b: datetime) -> bool:
    """Whether `a` and `b` may be one time, told in two zones or once as a bare date."""
    return abs(a - b) <= timedelta(hours=36)
