"""Dates of feeds, where feedparser leaves them unread: German names, zones by name, epochs."""

import calendar
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time
from typing import Final

__all__ = ["believable", "feed_date", "from_struct"]

_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_EPOCH: Final = re.compile(r"\d{10}(\d{3})?")
_WORD: Final = re.compile(r"[A-Za-zÄÖÜäöü]+\.?")
_GERMAN: Final = (
    ("januar", "Jan"), ("jänner", "Jan"), ("februar", "Feb"), ("märz", "Mar"), ("mär", "Mar"),
    ("mrz", "Mar"), ("april", "Apr"), ("mai", "May"), ("juni", "Jun"), ("juli", "Jul"),
    ("august", "Aug"), ("september", "Sep"), ("oktober", "Oct"), ("okt", "Oct"),
    ("november", "Nov"), ("dezember", "Dec"), ("dez", "Dec"),
)  # fmt: skip
_ZONES: Final = (
    ("cest", "+0200"), ("mesz", "+0200"), ("cet", "+0100"), ("mez", "+0100"), ("uhr", ""),
    ("bst", "+0100"), ("eest", "+0300"), ("eet", "+0200"),
)  # fmt: skip
_WEEKDAYS: Final = frozenset({
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "mo", "di", "mi", "do", "fr", "sa", "so",
})  # fmt: skip


def from_struct(parsed: struct_time) -> datetime | None:
    """The UTC time that feedparser read, None where it is older than any feed."""
    try:
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return moment if moment >= _OLDEST else None


def feed_date(value: str) -> datetime | None:
    """Read a date that feedparser could not, in UTC; None where it is no date."""
    value = value.strip()
    if _EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(value[:10]), UTC)
    english = _WORD.sub(_translate, value).replace(",", " ")
    day_dot_month = re.sub(r"\b(\d{1,2})\.\s*(?=[A-Z])", r"\1 ", " ".join(english.split()))
    try:
        moment = parsedate_to_datetime(day_dot_month)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None
    return moment if moment >= _OLDEST else None


def _translate(word: re.Match[str]) -> str:
    folded = word[0].rstrip(".").lower()
    if folded in _WEEKDAYS:
        return ""
    return dict((*_GERMAN, *_ZONES)).get(folded, word[0])


def believable(value: datetime | None, now: datetime) -> datetime | None:
    """`value`, unless it lies more than a day in the future of `now`."""
    return None if value is None or value > now + timedelta(days=1) else value
