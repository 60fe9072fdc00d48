"""Dates as feeds write them: RFC 822, ISO 8601, German, with zones by name, as epoch seconds.

feedparser reads most of them, but takes zones that it does not know for UTC (CEST: two hours
wrong), drops the minutes of offsets without a colon (+0530), and fills what it cannot read of an
ISO date from the clock: so what is understood here is preferred to its reading.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from aggregator.core import clean

__all__ = ["believable", "feed_date", "from_struct", "hours_east"]

_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LONGEST: Final = 100
_A_DAY: Final = timedelta(days=1)
_END_OF_DAY: Final = (24, 0, 0)

# Months by the first three letters of their English and German names, umlauts folded.
_MONTHS: Final = MappingProxyType(
    {
        "jan": 1, "jae": 1, "feb": 2, "mar": 3, "mae": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5,
        "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12,
        "dez": 12,
    }
)  # fmt: skip
# Hours east of Greenwich, for names that mean one thing only in the news of Europe and America.
_ZONES: Final = MappingProxyType(
    {
        "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1,
        "met": 1, "cest": 2, "mesz": 2, "mest": 2, "eet": 2, "oez": 2, "eest": 3, "oesz": 3,
        "msk": 3, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7,
        "pst": -8, "akdt": -8, "akst": -9, "hst": -10, "jst": 9, "kst": 9, "awst": 8, "aest": 10,
        "aedt": 11, "nzst": 12, "nzdt": 13,
    }
)  # fmt: skip
_TIME: Final = r"""
    (?:[\s,T]*(?:at|um|-)?\s*
      (?P<hour>\d{1,2})(?:
        [:.](?P<minute>\d{2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?
        |(?=\s*(?:uhr|h|[ap]\.?m)\b)
      )
      \s*(?P<half>[ap]\.?m\.?)?\s*(?:uhr|h)?\s*
      (?:\(?(?P<zone>[a-z]{1,4})\)?)?\s*
      (?:(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?:\s*\b[a-z]{2,5})?)?
      \s*(?:\([a-z ]*\))?
    )?\s*"""
_WEEKDAY: Final = r"(?:[a-z]{2,10}[.,\s]+)?(?:den\s+)?"
_NUMBERS: Final = r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"
_COMPACT: Final = r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
_DAY_FIRST: Final = r"(?P<day>\d{1,2})[.\s-]+(?P<month>[a-z]{3,10})[.,\s-]+(?P<year>\d{4}|\d{2})"
_MONTH_FIRST: Final = (
    r"(?P<month>[a-z]{3,10})[.\s]+(?P<day>\d{1,2})(?:st|nd|rd|th)?[,\s]+(?P<year>\d{4})"
)
_GERMAN: Final = r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4}|\d{2})"
# ISO 8601 without its marks, and how Unix writes dates.
_BASIC: Final = r"""(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})t?
    (?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:[.,]\d+)?(?P<half>(?!))?
    \s*(?P<zone>[a-z]{1,4})?(?:(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?"""
_UNIX: Final = r"""(?P<month>[a-z]{3})\s+(?P<day>\d{1,2})\s+
    (?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?P<half>(?!))?
    (?:\s+(?P<zone>[a-z]{1,4}))?(?P<sign>(?!))?\s+(?P<year>\d{4})"""
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE | re.VERBOSE)
    for form in (
        _NUMBERS + _TIME,
        _COMPACT + _TIME,
        _WEEKDAY + _DAY_FIRST + _TIME,
        _WEEKDAY + _MONTH_FIRST + _TIME,
        _WEEKDAY + _GERMAN + _TIME,
        _BASIC,
        _WEEKDAY + _UNIX,
    )
)
# RFC 822 and ISO 8601 in full and in numbers that are sound: what nearly all feeds write.
_EXACT: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3}) |([12]\d{3}-\d{2}-\d{2})T)"
    r"([01]\d:[0-5]\d:[0-5]\d|2[0-3]:[0-5]\d:[0-5]\d)(?:\.\d{1,9})? ?(GMT|Z|[+-][01]\d:?[0-5]\d)",
    re.ASCII,
)
_EPOCH: Final = re.compile(r"(\d{9,10})(?:\d{3}){0,2}(?:\.\d+)?")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_CENTURY_TURN: Final = 70


def feed_date(value: str) -> datetime | None:
    """Read a date in UTC; a time without a zone is taken as UTC.

    None where it is no date, or one older than any feed ("0000-00-00", "0001-01-01", 1970).
    """
    if exact := _EXACT.fullmatch(value):
        return _plausible(_exact(exact))
    return _any_date(value)


def _exact(found: re.Match[str]) -> datetime | None:
    """Read a date as programs write it, at a fifth of the cost; None where there is no such day."""
    day, month, year, iso, clock, zone = found.groups()
    number = str(_MONTHS[month.lower()]).rjust(2, "0") if month else ""
    offset = "+00:00" if zone in {"Z", "GMT"} else f"{zone[:3]}:{zone[-2:]}"
    try:
        moment = datetime.fromisoformat(f"{iso or f'{year}-{number}-{day}'}T{clock}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _any_date(value: str) -> datetime | None:
    value = clean.line(value[: 2 * _LONGEST]).lower().translate(_UMLAUTS)
    if not value or len(value) > _LONGEST:
        return None
    if epoch := _EPOCH.fullmatch(value):
        return _plausible(datetime.fromtimestamp(int(epoch[1]), UTC))
    for form in _FORMS:
        if found := form.fullmatch(value):
            return _moment(found)
    return None


def _moment(found: re.Match[str]) -> datetime | None:
    offset = _offset(found)
    month = found["month"] or "1"
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3])
    if offset is None or number is None:
        return None
    hour, minute = _hour(int(found["hour"] or 0), found["half"]), int(found["minute"] or 0)
    second = min(int(found["second"] or 0), 59)  # a leap second is no reason to lose a date
    at_its_end = (hour, minute, second) == _END_OF_DAY
    day = int(found["day"] or 1)
    try:
        moment = datetime(
            _year(found["year"]),
            number,
            day,
            0 if at_its_end else hour,
            minute,
            second,
            tzinfo=timezone(offset),
        )
        return _plausible((moment + _A_DAY * at_its_end).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == len("2024"):
        return year
    return year + (2000 if year < _CENTURY_TURN else 1900)


def _hour(hour: int, half: str | None) -> int:
    return hour if half is None else hour % 12 + (12 if half.startswith("p") else 0)


def _offset(found: re.Match[str]) -> timedelta | None:
    """East of Greenwich; None where a zone has a name that we do not know."""
    if found["sign"]:
        distance = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return -distance if found["sign"] == "-" else distance
    hours = _ZONES.get(found["zone"]) if found["zone"] else 0
    return None if hours is None else timedelta(hours=hours)


def hours_east(zone: str) -> int | None:
    """How many hours east of Greenwich the zone of this name is; None where we do not know it."""
    return _ZONES.get(zone.lower())


def from_struct(parsed: Sequence[int]) -> datetime | None:
    """Turn the UTC time tuple that feedparser read into a time; None where it is implausible."""
    try:
        # timegm, not mktime: the tuple is in UTC wherever this machine stands.
        return _plausible(datetime.fromtimestamp(calendar.timegm(tuple(parsed)), UTC))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment and moment >= _OLDEST else None


def believable(value: datetime | None, now: datetime) -> datetime | None:
    """Give `value` back, unless it lies more than a day in the future of `now`."""
    return None if value is None or value > now + _A_DAY else value
