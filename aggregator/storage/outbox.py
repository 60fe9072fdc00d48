"""The outbox: what webhooks are still to be sent, was sent, or was given up; nothing is lost.

A message is claimed before it is sent, by a time until which nobody else takes it: who is killed
while sending leaves it to whoever comes after that time, under the same id.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aggregator.core.webhooks import Next
from aggregator.model import Answer, HookEvent
from aggregator.storage import webhooks
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, round_up, to_text

__all__ = [
    "Delivery",
    "Message",
    "Waiting",
    "claim",
    "deliveries",
    "drop_old",
    "next_due",
    "next_turn",
    "put",
    "record",
    "release",
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that a webhook is to be told of, `seq` being the last change that it knows of."""

    message_id: str
    kind: HookEvent
    story_id: int | None
    article_id: int | None
    seq: int
    body: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose turn it is."""

    id: int
    webhook_id: int
    message_id: str
    body: str
    created_at: datetime
    first_try_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message fares; `ended_at` is when it was delivered or given up."""

    id: int
    webhook: str
    message_id: str
    kind: HookEvent
    story_id: int | None
    article_id: int | None
    seq: int
    created_at: datetime | None
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    last_try_at: datetime | None
    next_try_at: datetime | None
    ended_at: datetime | None
    status: int | None
    error: str | None


def put(db: Database, webhook_id: int, events: Sequence[Waiting], now: datetime) -> int:
    """Keep what a webhook is to be told of, in this order; returns how much is new of it.

    Call inside `write()`.
    """
    at = to_text(now)
    sql = """INSERT OR IGNORE INTO outbox (webhook_id, message_id, kind, story_id, article_id, seq,
               body, created_at, next_try_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    before = db.value("SELECT total_changes()")
    db.execute_many(
        sql,
        [
            (webhook_id, e.message_id, e.kind, e.story_id, e.article_id, e.seq, e.body, at, at)
            for e in events
        ],
    )
    return int(db.value("SELECT total_changes()") - before)


# --- delivering ------------------------------------------------------------------------------

_READY = """SELECT outbox.* FROM webhook CROSS JOIN outbox INDEXED BY outbox_waiting
            WHERE webhook.id = ?1 AND webhook.listed AND webhook.state = 'active'
              AND coalesce(paused_until, '') <= ?2
              AND webhook_id = ?1 AND outbox.state = 'waiting'"""
_FIRST = f"{_READY} AND aside = 0 ORDER BY outbox.id LIMIT 1"
_ASIDE = f"{_READY} AND aside = 1 AND next_try_at <= ?2 ORDER BY next_try_at, outbox.id LIMIT 1"


def next_due(db: Database, webhook_id: int, now: datetime) -> Message | None:
    """The next message for a webhook, if one may be sent now.

    In the order in which they came: where the first must wait, so do all, but those that were put
    aside.
    """
    at = to_text(now)
    first = db.row(_FIRST, (webhook_id, at))
    if first is None or first["next_try_at"] > at:
        first = db.row(_ASIDE, (webhook_id, at))
    return None if first is None else _message(first)


def claim(db: Database, message: Message, until: datetime, now: datetime) -> Message | None:
    """Take a message for an attempt at `now`; None where another took it meanwhile.

    Kept so that not even a power cut undoes it: no receiver hears of what we forget afterwards.
    """
    sql = """UPDATE outbox SET attempts = attempts + 1, last_try_at = ?2, next_try_at = ?3,
               first_try_at = coalesce(first_try_at, ?2)
             WHERE id = ?1 AND state = 'waiting' AND next_try_at <= ?2 RETURNING *"""
    with db.write(durable=True):
        rows = db.rows(sql, (message.id, to_text(now), round_up(until)))
    return _message(rows[0]) if rows else None


def release(db: Database, message: Message, now: datetime) -> None:
    """Give back a message whose attempt we cut short ourselves."""
    sql = "UPDATE outbox SET next_try_at = ?2 WHERE id = ?1 AND state = 'waiting'"
    with db.write():
        db.execute(sql, (message.id, to_text(now)))


def record(
    db: Database, message: Message, answer: Answer, after: Next, now: datetime, give_up: timedelta
) -> None:
    """Keep what came of an attempt, for the message and for its webhook.

    Where one is given up since its receiver failed for too long, so is all that waited as long.
    """
    at = to_text(now)
    ended = None if after.ending == "retry" else at
    state = "waiting" if after.ending == "retry" else after.ending
    turn = round_up(after.next_try_at) or at
    sql = """UPDATE outbox SET state = ?2, ended_at = ?3, next_try_at = ?4, aside = ?5, status = ?6,
               error = ?7 WHERE id = ?1 AND state = 'waiting'"""
    values = (message.id, state, ended, turn, after.aside, answer.status, after.error or None)
    with db.write():
        db.execute(sql, values)
        webhooks.fared(db, message.webhook_id, after, now)
        if after.ending == "dead" and after.pause is not None:
            _give_up(db, message.webhook_id, after.error, now, give_up)


def _give_up(db: Database, webhook_id: int, error: str, now: datetime, give_up: timedelta) -> None:
    sql = """UPDATE outbox SET state = 'dead', ended_at = ?2, error = ?4
             WHERE webhook_id = ?1 AND state = 'waiting' AND created_at <= ?3"""
    db.execute(sql, (webhook_id, to_text(now), to_text(now - give_up), error))


def _message(row: sqlite3.Row) -> Message:
    created_at = from_text(row["created_at"])
    assert created_at is not None  # the column is NOT NULL
    return Message(
        id=row["id"],
        webhook_id=row["webhook_id"],
        message_id=row["message_id"],
        body=row["body"],
        created_at=created_at,
        first_try_at=from_text(row["first_try_at"]),
        attempts=row["attempts"],
    )


# --- looking ---------------------------------------------------------------------------------


def next_turn(db: Database) -> datetime | None:
    """When the next message may be sent, of all webhooks; None where none waits."""
    sql = """SELECT min(max(next_try_at, coalesce(paused_until, ''))) FROM webhook CROSS JOIN outbox
             WHERE webhook_id = webhook.id AND listed AND webhook.state = 'active'
               AND outbox.state = 'waiting'"""
    return from_text(db.value(sql))


def deliveries(
    db: Database, *, webhook: str | None = None, state: str | None = None, limit: int
) -> list[Delivery]:
    """The newest messages, of one webhook or in one state where asked for."""
    sql = """SELECT * FROM webhook_deliveries WHERE (?1 IS NULL OR webhook = ?1)
             AND (?2 IS NULL OR state = ?2) ORDER BY id DESC LIMIT ?3"""
    return [_delivery(row) for row in db.rows(sql, (webhook, state, limit))]


def _delivery(row: sqlite3.Row) -> Delivery:
    times = ("created_at", "last_try_at", "next_try_at", "ended_at")
    return Delivery(**{**dict(row), **{name: from_text(row[name]) for name in times}})


# --- keeping house ---------------------------------------------------------------------------


def drop_old(db: Database, keep_days: float, now: datetime) -> None:
    """Forget messages that came to an end `keep_days` ago, and webhooks that are spent.

    What waits that long for a webhook that is taken out of feeds.yaml is given up first.
    """
    before, at = to_text(now - timedelta(days=keep_days)), to_text(now)
    with db.write():
        sql = """UPDATE outbox SET state = 'dead', ended_at = ?2,
                   error = 'its webhook was taken out of feeds.yaml'
                 WHERE state = 'waiting' AND created_at < ?1
                   AND webhook_id IN (SELECT id FROM webhook WHERE NOT listed)"""
        db.execute(sql, (before, at))
        db.execute("DELETE FROM outbox WHERE ended_at < ?", (before,))
        db.execute(
            """DELETE FROM webhook WHERE NOT listed
               AND id NOT IN (SELECT webhook_id FROM outbox)"""
        )
