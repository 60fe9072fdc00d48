"""WebSub as kept: callback addresses given to hubs, and what hubs delivered but no run took in yet.

Tokens and secrets stay in the table `subscription`: the view `subscriptions` has neither.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.websub import Subscription, SubscriptionState, Wish, wish
from aggregator.model import Change, EntryChange, Feed, Rejected
from aggregator.storage import entries, rejections
from aggregator.storage.database import Database, upsert
from aggregator.storage.times import from_text, to_text

__all__ = [
    "Delivery",
    "Standing",
    "any_delivery",
    "any_left",
    "body",
    "by_token",
    "drop",
    "ignore",
    "keep",
    "known",
    "live",
    "missed",
    "prune",
    "receive",
    "relied_on",
    "rest",
    "resume_polling",
    "settle",
    "standings",
    "waiting",
    "wishes",
]

MOST_WAITING: Final = 5
"""So many undelivered bodies of one feed are kept, the newest."""

_COLUMNS = (
    "feed_id", "hub", "topic", "callback", "token", "secret", "state", "pending", "asked_at",
    "expires_at", "next_try_at", "failures", "error",
)  # fmt: skip
_KEEP = upsert("subscription", _COLUMNS, ["token"])
_RELIED_ON = "(state = 'active' AND expires_at > ? AND proven)"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body that a hub delivered for a feed and that waits to be taken in."""

    id: int
    feed_id: int
    topic: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed's subscription stands, fit to be shown; `state` may also be lapsed."""

    hub: str
    topic: str
    state: str
    asked_at: datetime | None
    expires_at: datetime | None
    next_try_at: datetime | None
    failures: int
    error: str | None
    deliveries: int
    ignored: int
    last_delivery_at: datetime | None


# --- subscriptions ---------------------------------------------------------------------------


def wishes(db: Database) -> list[Wish]:
    """The subscriptions that listed, living feeds call for."""
    sql = """SELECT id, hub, topic, coalesce(address, url) AS address FROM feed
             WHERE listed AND status = 'active' AND NOT paused AND hub IS NOT NULL ORDER BY id"""
    found = (wish(row["id"], row["hub"], row["topic"], row["address"]) for row in db.rows(sql))
    return [each for each in found if each is not None]


def known(db: Database) -> list[Subscription]:
    """All that hubs were given, the ended ones that are still kept too."""
    return [_subscription(row) for row in db.rows("SELECT * FROM subscription ORDER BY id")]


def by_token(db: Database, token: str) -> Subscription | None:
    """The subscription whose callback address ends with `token`."""
    row = db.row("SELECT * FROM subscription WHERE token = ?", (token,))
    return None if row is None else _subscription(row)


def live(db: Database, feed_id: int) -> Subscription | None:
    """The subscription of a feed that is not ended."""
    row = db.row("SELECT * FROM subscription WHERE feed_id = ? AND state <> 'ended'", (feed_id,))
    return None if row is None else _subscription(row)


def keep(db: Database, subscription: Subscription) -> None:
    """Keep how a subscription stands; there is one that is not ended for a feed."""
    row = (
        subscription.feed_id, subscription.hub, subscription.topic, subscription.callback,
        subscription.token, subscription.secret, subscription.state.value, subscription.pending,
        to_text(subscription.asked_at), to_text(subscription.expires_at),
        to_text(subscription.next_try_at), subscription.failures, subscription.error,
    )  # fmt: skip
    with db.write():
        db.execute(_KEEP, row)


def standings(db: Database, now: datetime) -> dict[int, Standing]:
    """Feed → how its subscription stands, where there is one that is not ended."""
    sql = "SELECT * FROM subscriptions WHERE state <> 'ended'"
    return {row["feed_id"]: _standing(row, now) for row in db.rows(sql)}


def _standing(row: sqlite3.Row, now: datetime) -> Standing:
    expires_at = from_text(row["expires_at"])
    lapsed = row["state"] == "active" and (expires_at is None or expires_at <= now)
    return Standing(
        hub=row["hub"],
        topic=row["topic"],
        state="lapsed" if lapsed else row["state"],
        asked_at=from_text(row["asked_at"]),
        expires_at=expires_at,
        next_try_at=from_text(row["next_try_at"]),
        failures=row["failures"],
        error=row["error"],
        deliveries=row["deliveries"],
        ignored=row["ignored"],
        last_delivery_at=from_text(row["last_delivery_at"]),
    )


def any_left(db: Database) -> bool:
    """Whether any hub may still have to call back: one is live, or was told that it ends."""
    sql = "SELECT 1 FROM subscription WHERE state <> 'ended' OR pending"
    return db.value(sql) is not None


def prune(db: Database, now: datetime) -> None:
    """Forget ended subscriptions whose lease is over, and wait no longer for hubs to confirm."""
    at = to_text(now)
    sql = """SELECT id, coalesce(expires_at, '') <= ? AS over FROM subscription
             WHERE state = 'ended' AND next_try_at <= ? AND (pending OR over)"""
    stale = db.rows(sql, (at, at))
    if not stale:
        return
    with db.write():
        for row in stale:
            db.execute("UPDATE subscription SET pending = 0 WHERE id = ?", (row["id"],))
            if row["over"]:
                db.execute("DELETE FROM subscription WHERE id = ?", (row["id"],))


def relied_on(db: Database, feed_id: int, now: datetime) -> bool:
    """Whether a hub can be relied on to bring a feed's news: it is bound to, and it has done so."""
    sql = f"SELECT 1 FROM subscription WHERE feed_id = ? AND {_RELIED_ON}"  # noqa: S608 - ours
    return db.value(sql, (feed_id, to_text(now))) is not None


def missed(db: Database, feed_id: int) -> None:
    """A poll found news that no hub had delivered: rely on it no more until it delivers again."""
    with db.write():
        db.execute("UPDATE subscription SET proven = 0 WHERE feed_id = ? AND proven", (feed_id,))


def rest(db: Database, feed_id: int, resume_at: datetime | None) -> None:
    """A feed's turn was put off since a hub brings its news; else it would be at `resume_at`.

    None: its turn is the usual one.
    """
    resting = "SELECT 1 FROM subscription WHERE feed_id = ? AND resume_at IS NOT NULL"
    if resume_at is None and db.value(resting, (feed_id,)) is None:
        return
    # Up to a whole second: a feed is never asked a fraction too early.
    turn = None if resume_at is None else to_text(resume_at + timedelta(seconds=1))
    with db.write():
        db.execute(
            """UPDATE subscription SET resume_at = CASE WHEN state = 'active' THEN ? END
               WHERE feed_id = ?""",
            (turn, feed_id),
        )


def resume_polling(db: Database, now: datetime, *, listening: bool) -> None:
    """Give feeds that no hub is relied on for any more the turn that they would have had."""
    sql = f"""SELECT id, feed_id, resume_at FROM subscription WHERE resume_at IS NOT NULL
              AND NOT (? AND {_RELIED_ON})"""  # noqa: S608 - ours
    ceased = db.rows(sql, (listening, to_text(now)))
    if not ceased:
        return
    with db.write():
        for row in ceased:
            db.execute(
                "UPDATE feed SET next_poll_at = min(next_poll_at, ?) WHERE id = ?",
                (row["resume_at"], row["feed_id"]),
            )
            db.execute("UPDATE subscription SET resume_at = NULL WHERE id = ?", (row["id"],))


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        feed_id=row["feed_id"],
        hub=row["hub"],
        topic=row["topic"],
        callback=row["callback"],
        token=row["token"],
        secret=row["secret"],
        state=SubscriptionState(row["state"]),
        pending=bool(row["pending"]),
        asked_at=from_text(row["asked_at"]),
        expires_at=from_text(row["expires_at"]),
        next_try_at=from_text(row["next_try_at"]),
        failures=row["failures"],
        error=row["error"],
    )


# --- deliveries ------------------------------------------------------------------------------


def receive(
    db: Database,
    subscription: Subscription,
    body: bytes,
    *,
    content_type: str,
    body_hash: str,
    now: datetime,
) -> bool:
    """Keep a signed delivery for the next run, for good; False where the same body came before.

    Of each feed the newest few are kept: what a flood drowns, the next poll brings.
    """
    token, feed_id = subscription.token, subscription.feed_id
    with db.write(durable=True):
        if db.value("SELECT last_hash FROM subscription WHERE token = ?", (token,)) == body_hash:
            return False
        db.execute(
            """UPDATE subscription SET last_hash = ?, last_delivery_at = ?,
                 deliveries = deliveries + 1 WHERE token = ?""",
            (body_hash, to_text(now), token),
        )
        db.execute(
            """INSERT INTO delivery (feed_id, topic, at, content_type, body_hash, body)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (feed_id, body_hash) DO NOTHING""",
            (feed_id, subscription.topic, to_text(now), content_type, body_hash, body),
        )
        db.execute(
            """DELETE FROM delivery WHERE feed_id = ? AND id NOT IN
                 (SELECT id FROM delivery WHERE feed_id = ? ORDER BY id DESC LIMIT ?)""",
            (feed_id, feed_id, MOST_WAITING),
        )
    return True


def ignore(db: Database, subscription: Subscription, reason: str) -> None:
    """Count a delivery that was not believed, with the `reason`."""
    with db.write():
        db.execute(
            "UPDATE subscription SET ignored = ignored + 1, error = ? WHERE token = ?",
            (reason, subscription.token),
        )


def any_delivery(db: Database) -> bool:
    """Whether any delivery waits."""
    return db.value("SELECT 1 FROM delivery") is not None


def waiting(db: Database) -> list[Delivery]:
    """The deliveries that wait, oldest first, without their bodies."""
    sql = "SELECT id, feed_id, topic, content_type FROM delivery ORDER BY id"
    return [Delivery(*row) for row in db.rows(sql)]


def body(db: Database, delivery: Delivery) -> bytes | None:
    """A delivery's body, or None where a flood has drowned it meanwhile."""
    found: bytes | None = db.value("SELECT body FROM delivery WHERE id = ?", (delivery.id,))
    return found


def settle(
    db: Database,
    feed: Feed,
    delivery: Delivery,
    rejected: Rejected | None,
    changes: Sequence[EntryChange],
    now: datetime,
) -> None:
    """Keep what a delivery brought and forget it, in one transaction.

    It leaves the feed's turn and validators as they are; only a hub that brought something sound
    is relied on. `rejected` is kept under the delivery's topic.
    """
    with db.write():
        drop(db, delivery)
        url = _named(delivery)
        if rejected is not None:
            rejections.keep(db, feed.id, url, rejected, now)
            return
        rejections.lift(db, feed.id, url)
        entries.save(db, feed, changes, now)
        if any(change.change is Change.NEW for change in changes):
            db.execute("UPDATE feed SET last_new_at = ? WHERE id = ?", (to_text(now), feed.id))
        db.execute(
            "UPDATE subscription SET proven = 1 WHERE feed_id = ? AND state = 'active'", (feed.id,)
        )


def _named(delivery: Delivery) -> str:
    """What a delivery's rejection goes by: not the feed's address, whose own polls may be fine."""
    return f"{delivery.topic}#delivered"


def drop(db: Database, delivery: Delivery) -> None:
    """Forget a delivery."""
    with db.write():
        db.execute("DELETE FROM delivery WHERE id = ?", (delivery.id,))
