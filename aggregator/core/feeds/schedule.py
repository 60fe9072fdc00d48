"""What a feed says of when to ask for it, and of the hub that tells of what is new in it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from aggregator.core.urls import resolve
from aggregator.model import Schedule

__all__ = ["hub_and_topic", "schedule"]

_About = Mapping[str, Any]
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]{1,7})?")
_HIGHEST: Final = 1e12  # in minutes, beyond all calendars
_MINUTES: Final = MappingProxyType(
    {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
)
# Names of days in full and as they are shortened, in English and German.
_NAMES: Final = (
    "mon mo monday montag",
    "tue tu tues tuesday di die dienstag",
    "wed we weds wednesday mi mit mittwoch",
    "thu th thur thurs thursday do don donnerstag",
    "fri fr friday fre freitag",
    "sat sa saturday sam samstag sonnabend",
    "sun su sunday so son sonntag",
)
_DAYS: Final = MappingProxyType(
    {name: number for number, names in enumerate(_NAMES) for name in names.split()}
)
_HOURS: Final = 24
# Of repeated elements feedparser keeps the last alone, so these are read from the text.
_SKIPPED: Final = re.compile(
    r"<(?:skipHours|skipDays)(?=[\s>])[^<>]*>"
    r"(?:\s++|<!--(?:[^-]|-(?!->)){0,500}+-->"
    r"|<(?:hour|day)(?=[\s>])[^<>]*>(?:[^<>]*+|\s*+<!\[CDATA\[[^<>\]]*+\]\]>\s*+)</[a-z]+\s*>)*+",
    re.IGNORECASE,
)
_INSIDE: Final = r"(?=[\s>])[^<>]*>\s*(?:<!\[CDATA\[\s*)?({})\.?\s*[<\]]"
_HOUR: Final = re.compile("<hour" + _INSIDE.format("[0-9]{1,9}"), re.IGNORECASE)
_DAY: Final = re.compile("<day" + _INSIDE.format("[a-z]{2,10}"), re.IGNORECASE)


def schedule(about: _About, text: str) -> Schedule:
    """Read what feedparser found `about` a feed, and the feed's own `text`; garbage says nothing.

    RSS 0.91 counts hours from 1 to 24, so that 24 is 0. Who skips every hour, or every day, would
    never be asked again: that is taken for garbage too.
    """
    skipped = _skipped(text)
    hours = {int(hour) % _HOURS for hour in _HOUR.findall(skipped) if int(hour) <= _HOURS}
    days = {_DAYS[day.lower()] for day in _DAY.findall(skipped) if day.lower() in _DAYS}
    return Schedule(
        ttl=_number(about, "ttl"),
        period=_period(about),
        skip_hours=tuple(sorted(hours)) if len(hours) < _HOURS else (),
        skip_days=tuple(sorted(days)) if len(days) < len(_NAMES) else (),
    )


def _skipped(text: str) -> str:
    # Looking for letters of one case is cheaper by far.
    if "<skip" not in text and "<SKIP" not in text and "<Skip" not in text:
        return ""
    return " ".join(_SKIPPED.findall(text))


def _period(about: _About) -> float | None:
    """Minutes between two updates; the module's defaults are daily, and once in a period."""
    named, often = _said(about, "sy_updateperiod"), _number(about, "sy_updatefrequency")
    minutes = _MINUTES.get(named.lower() or ("daily" if often else ""))
    return None if minutes is None else min(minutes / (often or 1), _HIGHEST)


def _number(about: _About, name: str) -> float | None:
    value = _said(about, name)
    return min(float(value), _HIGHEST) if _NUMBER.fullmatch(value) else None


def _said(about: _About, name: str) -> str:
    value = about.get(name)
    return value.strip() if isinstance(value, str) else ""


def hub_and_topic(about: _About, base: str) -> tuple[str | None, str | None]:
    """Give the first hub that the feed names, and its own address; both absolute, or None."""
    found = about.get("links")
    links = found if isinstance(found, list) else []
    return _link(links, "hub", base), _link(links, "self", base)


def _link(links: list[_About], rel: str, base: str) -> str | None:
    addresses = (link.get("href") for link in links if rel in str(link.get("rel")).split())
    absolute = (resolve(base, href) for href in addresses if isinstance(href, str))
    return next(filter(None, absolute), None)
