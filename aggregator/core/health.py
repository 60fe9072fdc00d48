"""Says how a feed is, and what a person can do about it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from aggregator.core.said import Said
from aggregator.core.spans import in_words
from aggregator.core.urls import resolve
from aggregator.model import Feed, FeedState, FeedStatus, HostState

__all__ = ["SENTENCES", "Code", "Diagnosis", "advice", "diagnose", "unknown"]

Code = Literal[
    "ok", "new", "paused", "waiting", "silent", "churn", "moved",
    "failing", "unreadable", "html", "blocked", "gone",
]  # fmt: skip

_BLOCKED: Final = frozenset({"http_401", "http_403", "http_429", "http_451", "challenge"})
_UNREADABLE: Final = frozenset(
    {"empty", "sitemap", "opml", "compressed", "malformed", "not_a_feed", "parser_error"}
    | {"worker_timeout", "worker_crashed", "worker_memory", "worker_error"}
)
_NAMED_FEED: Final = re.compile(r"it names this one: (https?://\S+)")
_RHYTHMS_OF_SILENCE: Final = 6
_SHORTEST_SILENCE: Final = timedelta(days=1)
_CHURN: Final = 3
_MOVES: Final = 2
_LONG_PAUSE: Final = timedelta(hours=1)
_LONGEST_MINUTES: Final = 5e8
_FIND: Final = "look for its new address: {find}"
_PASSES: Final = f"wait, it mostly passes; if it stays so, {_FIND}"
_PERMIT: Final = "say who you are in network.contact, and ask the publisher to let feed readers in"
_TELL: Final = "tell the publisher, if it stays so"
_ADVICE: Final = MappingProxyType(
    {
        "dns": "check the address, and that this machine reaches the network",
        "refused": _PASSES,
        "connection": _PASSES,
        "timeout": "wait, it mostly passes; if not, raise network.timeout or network.deadline",
        "tls": "tell the publisher: what comes over a connection like this cannot be trusted",
        "too_large": "raise network.max_feed_bytes, if you trust it to be so large",
        "redirects": _FIND,
        "bad_url": "correct the address",
        "forbidden_address": "if you mean it, name its network in network.allow_addresses "
        "and its port in network.allow_ports",
        "http_401": f"it wants a name and password; {_PERMIT}",
        "http_403": _PERMIT,
        "http_404": _FIND,
        "http_410": f"take it out of feeds.yaml, or {_FIND}",
        "http_429": "it is asked less often by itself; if it stays so, raise polling.interval",
        "http_451": "it is barred for legal reasons where this machine stands",
        "challenge": _PERMIT,
        "html": _FIND,
        "empty": _PASSES,
        "sitemap": _FIND,
        "opml": "save it, and take the feeds that it lists: {take}",
        "not_a_feed": _FIND,
    }
)
_GONE: Final = "the publisher says that it is gone for good (410); it is not asked any more"
_CHANGE: Final = "change its url in feeds.yaml to {target}"
_LEFT_BEHIND: Final = f"see whether the publisher left it behind; {_FIND}"
_TURNED_AWAY: Final = "its host turned requests away ({reason}) and is left alone for a while"
_SKIPS: Final = "the feed asks not to be polled at this hour or on this day (skipHours, skipDays)"
_TAKE: Final = "aggregator import FILE"
_PAUSED: Final = "paused in feeds.yaml: it is not asked"
_NEW: Final = "not polled yet"
_NEVER: Final = "never read"
_OFTEN_NEVER: Final = "{times} times in a row, never read"
_READ: Final = "last read {ago} ago"
_OFTEN_READ: Final = "{times} times in a row, last read {ago} ago"
_MOVED: Final = "has moved for good to {target}"
_THERE: Final = "is asked there now"
_SAID_SO: Final = "said so {times} times"
_SILENT: Final = "nothing new for {silence}; as a rule it brings something {every}"
_CHURNS: Final = "its entries come back under other ids at each poll"
_BY_LINKS: Final = "tell the publisher; articles are told apart by their links meanwhile"
_POLLS: Final = "{times} polls in a row"
_FEED_SAYS: Final = "the feed says that {pause} should pass between two polls"
_SERVER_SAYS: Final = "the server says that its answer holds for {pause}"
_EVERY: Final = "every {span}"

SENTENCES: Final = (
    *_ADVICE.values(),
    _GONE,
    _CHANGE,
    _LEFT_BEHIND,
    _TURNED_AWAY,
    _SKIPS,
    _TELL,
    _PAUSED,
    _NEW,
    _NEVER,
    _OFTEN_NEVER,
    _READ,
    _OFTEN_READ,
    _MOVED,
    _THERE,
    _SAID_SO,
    _SILENT,
    _CHURNS,
    _BY_LINKS,
    _POLLS,
    _FEED_SAYS,
    _SERVER_SAYS,
    _EVERY,
)
"""All that is said of feeds and what to do, as templates of `Said`."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a feed is: a stable `code`, what is so, and what to do ("" where nothing is).

    `sentence` is the same for all feeds that share a cause; `detail` is about this one. Those
    that are no publisher's words are `Said`. `until` is the moment before which the publisher does
    not want it polled.
    """

    code: Code
    sentence: str = ""
    action: str = ""
    detail: str = ""
    until: datetime | None = None


def diagnose(feed: Feed, host: HostState | None, now: datetime) -> Diagnosis:
    """Say how `feed` is; `host` is what is remembered of its host. The gravest finding counts."""
    state = feed.state
    if feed.source.paused:
        return unknown(paused=True)
    if state.status is FeedStatus.GONE:
        return Diagnosis("gone", Said.of(_GONE), advice("http_410", feed.address))
    if state.last_error is not None:
        return _failing(feed, state.last_error, now)
    if state.last_polled_at is None:
        return unknown()
    return (
        _moved(state)
        or _silent(feed, state)
        or _churning(state)
        or _waiting(state, host, now)
        or Diagnosis("ok")
    )


def advice(reason: str, url: str) -> Said:
    """What to do where fetching or reading the feed at `url` failed for `reason`."""
    find = f"aggregator add {resolve(url, '/') or 'SITE'}"
    template = _ADVICE.get(reason, _TELL)
    given = {"find": find, "take": _TAKE}
    return Said.of(template, **{name: each for name, each in given.items() if name in template})


def unknown(*, paused: bool = False) -> Diagnosis:
    """How a feed is that nobody asked so far, or that is not asked now."""
    if paused:
        return Diagnosis("paused", Said.of(_PAUSED))
    return Diagnosis("new", Said.of(_NEW))


def _failing(feed: Feed, error: str, now: datetime) -> Diagnosis:
    reason = error.partition(":")[0]
    action: Said = advice(reason, feed.address)
    if named := _NAMED_FEED.search(error):
        action = Said.of(_CHANGE, target=named[1])
    code: Code = "failing"
    if reason in _BLOCKED:
        code = "blocked"
    elif reason == "html":
        code = "html"
    elif reason in _UNREADABLE:
        code = "unreadable"
    return Diagnosis(code, error, action, _history(feed.state, now), _later(feed.state, now))


def _history(state: FeedState, now: datetime) -> Said:
    read = state.last_success_at
    many = state.failures > 1
    if read is None:
        never = _OFTEN_NEVER
        return Said.of(never, times=state.failures) if many else Said.of(_NEVER)
    if many:
        template = _OFTEN_READ
        return Said.of(template, times=state.failures, ago=now - read)
    return Said.of(_READ, ago=now - read)


def _later(state: FeedState, now: datetime) -> datetime | None:
    """When it is asked next, where that is some time away."""
    turn = state.next_poll_at
    return turn if turn is not None and turn - now > _LONG_PAUSE else None


def _moved(state: FeedState) -> Diagnosis | None:
    target = state.address or state.moved_to
    if target is None or (state.address is None and state.moved_times < _MOVES):
        return None
    sentence = Said.of(_MOVED, target=target)
    detail = Said.of(_THERE)
    if not state.address:
        detail = Said.of(_SAID_SO, times=state.moved_times)
    return Diagnosis("moved", sentence, Said.of(_CHANGE, target=target), detail)


def _silent(feed: Feed, state: FeedState) -> Diagnosis | None:
    """Measured up to when it was last read: what nobody asks is not silent."""
    if state.rhythm is None or state.last_new_at is None or state.last_success_at is None:
        return None
    silence = state.last_success_at - state.last_new_at
    rhythm = timedelta(minutes=state.rhythm)
    if silence <= max(rhythm * _RHYTHMS_OF_SILENCE, _SHORTEST_SILENCE):
        return None
    news = Said.of(
        _SILENT,
        silence=silence,
        every=_every(rhythm),
    )
    find = advice("http_404", feed.address).values["find"]
    return Diagnosis("silent", news, Said.of(_LEFT_BEHIND, find=find))


def _churning(state: FeedState) -> Diagnosis | None:
    if state.id_churn < _CHURN:
        return None
    sentence = Said.of(_CHURNS)
    action = Said.of(_BY_LINKS)
    detail = Said.of(_POLLS, times=state.id_churn)
    return Diagnosis("churn", sentence, action, detail)


def _waiting(state: FeedState, host: HostState | None, now: datetime) -> Diagnosis | None:
    """Held back by the publisher's word: on the host, in the answer, or in the feed."""
    if host is not None and host.quiet_until is not None and host.quiet_until > now:
        sentence = Said.of(_TURNED_AWAY, reason=host.reason or "")
        return Diagnosis("waiting", sentence, until=host.quiet_until)
    turn, asked = state.next_poll_at, state.last_polled_at
    if turn is None or asked is None or turn <= now or turn - asked <= _LONG_PAUSE:
        return None
    wish = _wish(state, now)
    return Diagnosis("waiting", wish, until=turn) if wish else None


def _wish(state: FeedState, now: datetime) -> Said | None:
    """By what word of the publisher the pause is longer than ours would be; None by none."""
    schedule, ours = state.schedule, state.interval or 0.0
    if now.hour in schedule.skip_hours or now.weekday() in schedule.skip_days:
        return Said.of(_SKIPS)
    lifetime = (state.lifetime or 0.0) / 60
    period = max(schedule.ttl or 0.0, schedule.period or 0.0)
    if max(lifetime, period) <= ours:
        return None
    if period > lifetime:
        template = _FEED_SAYS
        return Said.of(template, pause=_span(period))
    return Said.of(_SERVER_SAYS, pause=_span(lifetime))


def _span(minutes: float) -> timedelta:
    return timedelta(minutes=min(minutes, _LONGEST_MINUTES))


def _every(rhythm: timedelta) -> Said:
    text = f"every {in_words(rhythm).removeprefix('1 ')}"
    return Said(text, _EVERY, {"span": rhythm})
