"""WebSub (W3C Recommendation) as a subscriber: what a hub is asked and when, what it may say.

A subscription is one callback address that a hub was given for one feed. Between two steps it is
a frozen value; every function here returns the next one. Chance and time are arguments.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import urlsplit

from aggregator.model import Failed

__all__ = [
    "Mode",
    "Plan",
    "Subscription",
    "SubscriptionState",
    "Wish",
    "answered",
    "asking",
    "ending",
    "form",
    "is_active",
    "is_signed",
    "plan",
    "refused",
    "spoiled",
    "wish",
]

Mode = Literal["subscribe", "unsubscribe"]

_LEASE: Final = timedelta(days=10)
_LONGEST_LEASE: Final = timedelta(days=30)
_SHORTEST_WAIT: Final = timedelta(minutes=10)
_FIRST_WAIT: Final = timedelta(hours=1)
_LONGEST_WAIT: Final = timedelta(days=7)
_ANSWER_WITHIN: Final = timedelta(days=1)
_MOST_DOUBLINGS: Final = 16
_MOST_DIGITS: Final = 9
_MOST_CHANGES: Final = 3
_LONGEST_URL: Final = 2000
_LONGEST_REASON: Final = 200
_METHODS: Final = MappingProxyType(
    {
        "sha1": hashlib.sha1,
        "sha256": hashlib.sha256,
        "sha384": hashlib.sha384,
        "sha512": hashlib.sha512,
    }
)


class SubscriptionState(StrEnum):
    """How it stands: asked for (or about to be), active, denied by hub or guard, ended by us."""

    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One callback address given to a hub for a feed.

    `callback` is the public address without `token`, which makes it unguessable; `secret` signs
    what the hub delivers. `pending` says that the hub was asked and has not called back yet;
    `next_try_at` is when it is asked again, `failures` counts attempts in a row that led nowhere.
    """

    feed_id: int
    hub: str
    topic: str
    callback: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    state: SubscriptionState = SubscriptionState.ASKED
    pending: bool = False
    asked_at: datetime | None = None
    expires_at: datetime | None = None
    next_try_at: datetime | None = None
    failures: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A feed that names a hub, and the topic it goes by there."""

    feed_id: int
    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now: subscriptions to open, to ask for (again) and to end."""

    opening: tuple[Wish, ...] = ()
    due: tuple[Subscription, ...] = ()
    ending: tuple[Subscription, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.opening or self.due or self.ending)


# --- what to ask -----------------------------------------------------------------------------


def wish(feed_id: int, hub: str | None, topic: str | None, address: str) -> Wish | None:
    """The subscription a feed calls for; one that names no topic goes by its own `address`.

    None where hub or topic is no plain web address: with a name and password in it, it would
    hand them on. The hub of a feed that comes by https is asked by https too, whatever the feed
    says: over plain http anybody on the way could read the secret, and forge what the hub delivers.
    """
    topic = topic or address
    if not hub or not _is_plain(hub) or not _is_plain(topic):
        return None
    if (urlsplit(address).scheme, urlsplit(hub).scheme) == ("https", "http"):
        hub = f"https{hub[len('http') :]}"
    return Wish(feed_id, hub, topic)


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return bool(plain) and url.isprintable() and " " not in url and len(url) <= _LONGEST_URL


def plan(
    wishes: Iterable[Wish], known: Sequence[Subscription], callback: str, now: datetime
) -> Plan:
    """Compare what feeds call for with what there is; without a `callback` all is ended.

    A feed that names ever other hubs waits a day: nobody sends us round the world.
    """
    wanted = {each.feed_id: each for each in wishes} if callback else {}
    live = {each.feed_id: each for each in known if each.state is not SubscriptionState.ENDED}
    stays = {
        feed_id
        for feed_id, each in live.items()
        if (each.callback, wanted.get(feed_id)) == (callback, Wish(feed_id, each.hub, each.topic))
    }
    changed = Counter(
        each.feed_id
        for each in known
        if each.state is SubscriptionState.ENDED and not _is_old(each.asked_at, now)
    )
    return Plan(
        opening=tuple(
            each
            for feed_id, each in wanted.items()
            if feed_id not in stays and changed[feed_id] < _MOST_CHANGES
        ),
        due=tuple(
            live[feed_id]
            for feed_id in live
            if feed_id in stays and _is_due(live[feed_id].next_try_at, now)
        ),
        ending=tuple(each for feed_id, each in live.items() if feed_id not in stays),
    )


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is None or moment <= now


def _is_old(moment: datetime | None, now: datetime) -> bool:
    return moment is None or now - moment > _ANSWER_WITHIN


def form(subscription: Subscription, mode: Mode) -> dict[str, str]:
    """What is posted to the hub."""
    fields = {
        "hub.mode": mode,
        "hub.topic": subscription.topic,
        "hub.callback": f"{subscription.callback}/{subscription.token}",
    }
    if mode == "subscribe":
        fields["hub.secret"] = subscription.secret
        fields["hub.lease_seconds"] = str(int(_LEASE.total_seconds()))
    return fields


# --- what becomes of it ----------------------------------------------------------------------


def asking(subscription: Subscription, now: datetime, *, jitter: float) -> Subscription:
    """As it is when the hub is about to be asked: a hub may call back before it answers.

    A hub that was asked before and never called back has failed once more.
    """
    failures = subscription.failures + subscription.pending
    silent = "the hub accepted the request but never called back" if subscription.pending else None
    return replace(
        subscription,
        state=(subscription.state if is_active(subscription, now) else SubscriptionState.ASKED),
        pending=True,
        asked_at=now,
        next_try_at=now + _wait(failures, jitter),
        failures=failures,
        error=silent or subscription.error,
    )


def refused(
    subscription: Subscription, failed: Failed, now: datetime, *, jitter: float
) -> Subscription:
    """After a request that the hub, the network or our guard turned down.

    One that asking again cannot help is denied and asked again only after a week; a lease that
    still runs is left to its end.
    """
    if not subscription.pending:
        return subscription  # it called back meanwhile, so the request did arrive
    after = replace(subscription, pending=False)
    if failed.reason == "backed_off":
        return replace(after, next_try_at=failed.retry_after or now + _FIRST_WAIT)
    failures = subscription.failures + 1
    wait = _wait(failures - 1, jitter) if failed.transient else _spread(_LONGEST_WAIT, jitter)
    final = not (failed.transient or is_active(subscription, now))
    return replace(
        after,
        state=SubscriptionState.DENIED if final else subscription.state,
        failures=failures,
        next_try_at=max(now + wait, failed.retry_after or now),
        error=f"{failed.reason}: {failed.detail}",
    )


def ending(subscription: Subscription, now: datetime) -> Subscription:
    """As it is when we want it no more; `pending` where the hub is to be told."""
    return replace(
        subscription,
        state=SubscriptionState.ENDED,
        pending=is_active(subscription, now),
        asked_at=now,
        next_try_at=now + _FIRST_WAIT,
    )


def answered(
    subscription: Subscription, query: Mapping[str, str], now: datetime, *, jitter: float
) -> tuple[Subscription, str] | None:
    """What follows when a hub calls back with `query`: the next state, and the text to answer.

    None where it speaks of another topic, or of something that we did not ask for.
    """
    if query.get("hub.topic") != subscription.topic:
        return None
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if mode == "denied" and subscription.state is not SubscriptionState.ENDED:
        return _denied(subscription, query.get("hub.reason", ""), now, jitter), ""
    if not challenge or mode != _awaited(subscription, now):
        return None
    if mode == "unsubscribe":
        return replace(subscription, pending=False, expires_at=None), challenge
    return _active(subscription, query.get("hub.lease_seconds", ""), now, jitter), challenge


def _awaited(subscription: Subscription, now: datetime) -> Mode | None:
    """What the hub may want confirmed; for a day, since a lost answer makes it ask again."""
    if _is_old(subscription.asked_at, now):
        return None
    if subscription.state in {SubscriptionState.ASKED, SubscriptionState.ACTIVE}:
        return "subscribe"
    return "unsubscribe" if subscription.state is SubscriptionState.ENDED else None


def _active(subscription: Subscription, lease: str, now: datetime, jitter: float) -> Subscription:
    """Renewed when 70 to 80 hundredths of the lease are over; a hub that names none has ours."""
    readable = lease.isascii() and lease.isdigit() and len(lease) <= _MOST_DIGITS and int(lease)
    length = min(timedelta(seconds=int(lease)), _LONGEST_LEASE) if readable else _LEASE
    return replace(
        subscription,
        state=SubscriptionState.ACTIVE,
        pending=False,
        expires_at=now + length,
        next_try_at=now + max(length * (0.7 + 0.1 * jitter), _SHORTEST_WAIT),
        failures=0,
        error=None,
    )


def _denied(subscription: Subscription, reason: str, now: datetime, jitter: float) -> Subscription:
    words = "".join(c for c in reason if c.isprintable())[:_LONGEST_REASON].strip()
    error = f"the hub denied it: {words}" if words else "the hub denied it and gave no reason"
    return spoiled(subscription, error, now, jitter=jitter)


def spoiled(
    subscription: Subscription, error: str, now: datetime, *, jitter: float
) -> Subscription:
    """After a delivery that broke what reads it: the hub is left alone for a week."""
    return replace(
        subscription,
        state=SubscriptionState.DENIED,
        pending=False,
        expires_at=None,
        next_try_at=now + _spread(_LONGEST_WAIT, jitter),
        error=error,
    )


def is_active(subscription: Subscription, now: datetime) -> bool:
    """Whether a lease runs."""
    expires_at = subscription.expires_at
    active = subscription.state is SubscriptionState.ACTIVE
    return active and expires_at is not None and expires_at > now


def _wait(failures: int, jitter: float) -> timedelta:
    """An hour, doubled at each failure, at most a week."""
    doubled = _FIRST_WAIT * 2 ** min(failures, _MOST_DOUBLINGS)
    return _spread(min(doubled, _LONGEST_WAIT), jitter)


def _spread(wait: timedelta, jitter: float) -> timedelta:
    return wait * (1 + 0.1 * jitter)


# --- what is delivered -----------------------------------------------------------------------


def is_signed(secret: str, header: str | None, body: bytes) -> bool:
    """Whether X-Hub-Signature ("sha256=hex") is ours over `body`; compared in constant time."""
    name, _, given = (header or "").strip().partition("=")
    method = _METHODS.get(name.lower())
    if method is None:
        return False
    made = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(made.encode(), given.strip().lower().encode(errors="replace"))
