"""What a site's robots.txt (RFC 9309) lets us ask for, and how long it is believed.

The one home of protego, which matches paths against rules. Which lines are meant for us is decided
here: protego also takes the beginning of a name for ours, and a file of ten thousand names over as
many rules would cost it their product.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from protego import Protego

from aggregator.model import Failed, Fetched, FetchResult, Robots

__all__ = ["MOST_BYTES", "NAME", "Rules", "after", "decode", "ours"]

NAME: Final = "aggregator"
"""The name by which a robots.txt speaks of us."""
MOST_BYTES: Final = 500 * 1024
"""What is read of a robots.txt; RFC 9309 asks for at least as much."""

_DAY: Final = timedelta(hours=24)
_SOON: Final = timedelta(hours=1)
_STALE: Final = timedelta(days=7)
_LONGEST_DELAY: Final = 86_400.0
_SERVER_ERROR: Final = 500
_TOO_MANY_REQUESTS: Final = 429
# Failures that say that there is no robots.txt to be had, not that it cannot be had now.
_NONE_THERE: Final = frozenset({"redirects", "bad_url", "forbidden_address"})
# Bounds on what a hostile file can cost; real ones stay below a tenth of either.
_MOST_RULES: Final = 5_000
_MOST_STEPS: Final = 5_000_000
_MOST_NAMED: Final = 500

_AGENT: Final = re.compile(r"user\s*-?\s*agent\s*[:\s]\s*(?P<name>\*|[a-z_-]*)", re.IGNORECASE)
_SITE_WIDE: Final = re.compile(r"(?:site-?maps?|host)\s*[:\s]", re.IGNORECASE)
_ALLOW: Final = re.compile(r"allow\b", re.IGNORECASE)


# --- how long it is believed -----------------------------------------------------------------


def after(known: Robots | None, result: FetchResult, origin: str, now: datetime) -> Robots:
    """What to go by after asking for the robots.txt of `origin`; `known` is what we had before.

    There is none (4xx): all is allowed. It cannot be had (5xx, 429, no answer): what was known
    holds for up to a week, else nothing is allowed until it is asked for again, which is after an
    hour, then after twice as long as the last time, up to a day.
    """
    if isinstance(result, Fetched):
        return Robots(origin, ours(decode(result.body)), now, now + _DAY)
    if isinstance(result, Failed) and _none_there(result):
        return Robots(origin, "", now, now + _DAY)
    asked, reason = None, "304 to a request that set no condition"
    if isinstance(result, Failed):
        asked, reason = result.retry_after, f"{result.reason}: {result.detail}"
    if known is not None and known.text is not None and now - known.fetched_at <= _STALE:
        again = max(now + _SOON, asked or now)
        return Robots(origin, known.text, known.fetched_at, again, reason)
    failed_before = known is not None and known.text is None
    pause = 2 * (known.expires_at - known.fetched_at) if known and failed_before else _SOON
    return Robots(origin, None, now, max(now + min(pause, _DAY), asked or now), reason)


def _none_there(failed: Failed) -> bool:
    if failed.status is None:
        return failed.reason in _NONE_THERE
    return failed.status < _SERVER_ERROR and failed.status != _TOO_MANY_REQUESTS


def decode(body: bytes) -> str:
    """The text of a robots.txt, whatever its bytes are; a last line that was cut is left out."""
    kept = body[:MOST_BYTES]
    if len(body) > MOST_BYTES:
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    wide = kept.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = kept.decode("utf-16" if wide else "utf-8", "replace")
    return text.replace("\x00", "").lstrip("\ufeff")


# --- what it says ----------------------------------------------------------------------------


class Rules:
    """The rules of one robots.txt for us; `delay` is its Crawl-delay in seconds."""

    def __init__(self, text: str) -> None:
        """Read `text`, which may be anything."""
        self._lines = _lines_for(text)
        self._too_many = len(self._lines) > _MOST_RULES
        kept = "" if self._too_many else "\n".join(["User-agent: *", *self._lines])
        self._parsed = Protego.parse(kept)
        self._wild = sum("*" in line or "$" in line for line in self._lines)
        self.delay = min(self._parsed.crawl_delay(NAME) or 0.0, _LONGEST_DELAY)

    def forbidding(self, url: str) -> str | None:
        """The line that forbids us `url`, an absolute address; None where we may ask for it."""
        if self._too_many or self._wild * len(url) > _MOST_STEPS:
            return f"its {len(self._lines):,} rules are more than can be checked"
        if self._parsed.can_fetch(url, NAME):
            return None
        return self._named(url)

    def _named(self, url: str) -> str:
        """The rule that decides: the longest that forbids (RFC 9309, 2.2.2)."""
        forbid = [line for line in self._lines if not _ALLOW.match(line)]
        for line in sorted(forbid, key=len, reverse=True)[:_MOST_NAMED]:
            if not Protego.parse(f"User-agent: *\n{line}").can_fetch(url, NAME):
                return line
        return f"one of its {len(self._lines):,} rules"


def ours(text: str) -> str:
    """Give a robots.txt of what matters to us in `text`, to be kept in its place.

    Of rules that are too many to be checked only so many stay that they are too many still.
    """
    lines = _lines_for(text)[: _MOST_RULES + 1]
    return "\n".join(["User-agent: *", *lines]) if lines else ""


def _lines_for(text: str) -> list[str]:
    """The rules of all groups that name us; where none does, those of the groups for "*"."""
    ours: list[str] = []
    everyones: list[str] = []
    named, to_us, to_all, in_head = False, False, False, False
    for line in _plain_lines(text):
        agent = _AGENT.match(line)
        if agent is None:
            in_head = False
            if to_us:
                ours.append(line)
            if to_all:
                everyones.append(line)
            continue
        if not in_head:
            to_us = to_all = False
        in_head = True
        to_us = to_us or agent["name"].lower() == NAME
        to_all = to_all or agent["name"] == "*"
        named = named or to_us
    return ours if named else everyones


def _plain_lines(text: str) -> Iterator[str]:
    """Lines that matter, without comments; a sitemap belongs to no group."""
    for line in text.splitlines():
        kept = line.partition("#")[0].strip()
        if kept and not _SITE_WIDE.match(kept):
            yield kept
