"""Times as pages write them: ISO 8601 with its slips, RFC 2822, epoch seconds."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["first", "near", "parse", "to_utc"]

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC)
_LONGEST = 100
_EPOCH = re.compile(r"\d{10}(\d{3})?$")
# Dates that are nearly ISO 8601: a space for the T, "UTC" for the Z, nanoseconds.
_LOOSE = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:[T\s]+(\d{1,2}:\d{2})(:\d{2})?(?:[.,]\d+)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?)?",
    re.IGNORECASE,
)
# Clocks run fast: a little later than now is still believed.
_SLACK = timedelta(hours=14)


def parse(text: str) -> datetime | None:
    """Return the time that `text` gives, naive where it names no zone; None if it gives none."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if match := _LOOSE.match(text):
        return _iso(*match.groups())
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(day: str, minute: str | None, second: str | None, zone: str | None) -> datetime | None:
    year, month, date = day.split("-")
    stamp = f"{year}-{month:0>2}-{date:0>2}"
    if minute is not None:
        offset = "" if zone is None else "+00:00" if zone.upper() in {"Z", "UTC", "GMT"} else zone
        stamp += f"T{minute:0>5}{second or ':00'}{offset}"
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def to_utc(moment: datetime) -> datetime | None:
    """Return `moment` in UTC, a naive one taken as UTC; None where no article is that old."""
    try:
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _OLDEST <= aware <= _NEWEST else None


def first(texts: Iterable[str], *, latest: datetime | None = None) -> datetime | None:
    """Return the first time in `texts`, in UTC; more exactly where another one says it so.

    A day, or a time without a zone, gives way to the first one near it that names its zone, or
    else an hour. Times after `latest` are not believed.
    """
    moments = [moment for text in texts if (moment := parse(text)) is not None]
    known = [(each, utc) for each in moments if (utc := _believed(each, latest)) is not None]
    if not known:
        return None
    said, first_utc = known[0]
    if said.tzinfo is not None:
        return first_utc
    close = [(each, utc) for each, utc in known if near(utc, first_utc)]
    zoned = next((utc for each, utc in close if each.tzinfo is not None), None)
    return zoned or next((utc for each, utc in close if each.time() != time.min), first_utc)


def _believed(moment: datetime, latest: datetime | None) -> datetime | None:
    known = to_utc(moment)
    return None if known is None or (latest is not None and known > latest + _SLACK) else known


def near(a: datetime, b: datetime) -> bool:
    """Whether `a` and `b` may be one time, told in two zones or once as a bare date."""
    return abs(a - b) <= timedelta(hours=36)
