"""Webhooks as kept: which there are, how far each has looked, and how its receiver fares.

What is sent there stands in `outbox`. No address and no secret is kept.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from aggregator.core.webhooks import Next, address_hash
from aggregator.errors import NotFound
from aggregator.model import Webhook
from aggregator.storage import changes
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, round_up, to_text

__all__ = [
    "Kept",
    "Standing",
    "advance",
    "by_id",
    "fared",
    "follow",
    "kept",
    "listed",
    "note",
    "rest",
    "resume",
    "standings",
    "sync",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """A webhook as it stands; `listed` is False where feeds.yaml has it no longer.

    `state` is gone where its receiver said that it is (410). Articles up to `article_floor` were
    there before it; changes up to `cursor` were looked at. `failures` count those in a row, since
    `failing_since`; nothing is sent before `paused_until`.
    """

    id: int
    name: str
    listed: bool
    state: Literal["active", "gone"]
    since: datetime | None
    article_floor: int
    cursor: int
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    last_success_at: datetime | None
    error: str | None


def by_id(db: Database, webhook_id: int) -> Kept:
    """One webhook by its number, which must be there."""
    return _kept(db.rows("SELECT * FROM webhook WHERE id = ?", (webhook_id,))[0])


@dataclass(frozen=True, slots=True)
class Standing:
    """A webhook as it is shown: what it waits for, how it fares, and how much waits or is dead."""

    name: str
    condition: Mapping[str, str | int]
    listed: bool
    state: Literal["active", "gone"]
    since: datetime | None
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    last_success_at: datetime | None
    error: str | None
    waiting: int
    dead: int


def standings(db: Database) -> list[Standing]:
    """All webhooks as they are shown, by age."""
    return [_standing(row) for row in db.rows("SELECT * FROM webhooks ORDER BY id")]


def _standing(row: sqlite3.Row) -> Standing:
    return Standing(
        name=row["name"],
        condition=json.loads(row["condition"]),
        listed=bool(row["listed"]),
        state=row["state"],
        since=from_text(row["since"]),
        failures=row["failures"],
        failing_since=from_text(row["failing_since"]),
        paused_until=from_text(row["paused_until"]),
        last_success_at=from_text(row["last_success_at"]),
        error=row["error"],
        waiting=row["waiting"],
        dead=row["dead"],
    )


def listed(db: Database) -> dict[str, Kept]:
    """Name → webhook, of those that feeds.yaml has."""
    return {name: each for name, each in kept(db).items() if each.listed}


def kept(db: Database) -> dict[str, Kept]:
    """Name → webhook, by age."""
    return {row["name"]: _kept(row) for row in db.rows("SELECT * FROM webhook ORDER BY id")}


def _kept(row: sqlite3.Row) -> Kept:
    return Kept(
        id=row["id"],
        name=row["name"],
        listed=bool(row["listed"]),
        state=row["state"],
        since=from_text(row["since"]),
        article_floor=row["article_floor"],
        cursor=row["cursor"],
        failures=row["failures"],
        failing_since=from_text(row["failing_since"]),
        paused_until=from_text(row["paused_until"]),
        last_success_at=from_text(row["last_success_at"]),
        error=row["error"],
    )


# --- what feeds.yaml says --------------------------------------------------------------------

_Statement = tuple[str, tuple[Any, ...]]
_RESTART = """UPDATE webhook SET listed = 1, condition = ?2, since = ?3,
                article_floor = (SELECT coalesce(max(id), 0) FROM article), cursor = ?4
              WHERE name = ?1"""
_MOVED = """UPDATE webhook SET address_hash = ?2, state = 'active', failures = 0,
              failing_since = NULL, paused_until = NULL, error = NULL WHERE name = ?1"""


def sync(db: Database, webhooks: Sequence[Webhook], now: datetime) -> None:
    """Take over what feeds.yaml says.

    A new webhook starts from now, and so does one that waits for something else than before, or
    that comes back: what was there already is no news. What waits for one that is taken out, waits
    on. At a new address it is tried at once.
    """
    statements = list(_due(db, webhooks, now))
    if not statements:
        return
    with db.write():
        for sql, parameters in statements:
            db.execute(sql, parameters)


def _due(db: Database, webhooks: Sequence[Webhook], now: datetime) -> Iterator[_Statement]:
    rows = {row["name"]: row for row in db.rows("SELECT * FROM webhook")}
    names = {each.name for each in webhooks}
    for webhook in webhooks:
        former = webhook.formerly
        if webhook.name not in rows and former in rows.keys() - names:
            assert former is not None
            yield "UPDATE webhook SET name = ? WHERE name = ?", (webhook.name, former)
            rows[webhook.name] = rows.pop(former)
        yield from _statements(db, webhook, rows.get(webhook.name), now)
    for name in rows.keys() - names:
        if rows[name]["listed"]:
            yield "UPDATE webhook SET listed = 0 WHERE name = ?", (name,)


def _statements(
    db: Database, webhook: Webhook, row: sqlite3.Row | None, now: datetime
) -> Iterator[_Statement]:
    """What one webhook asks for; nothing where all is as it was."""
    address, condition = address_hash(webhook.url), _condition(webhook)
    if row is None:
        sql = """INSERT INTO webhook (name, condition, address_hash, since, article_floor, cursor)
                 VALUES (?, '', ?, '', 0, 0)"""
        yield sql, (webhook.name, address)
    elif row["address_hash"] != address:
        yield _MOVED, (webhook.name, address)
    if row is None or not row["listed"] or row["condition"] != condition:
        yield _RESTART, (webhook.name, condition, to_text(now), changes.last(db))


def _condition(webhook: Webhook) -> str:
    """What a webhook waits for, by which it is seen that it waits for something else now."""
    names = ("outlets", "search", "language", "outlet", "tag")
    said = {name: getattr(webhook, name) for name in names}
    return json.dumps({k: v for k, v in said.items() if v is not None}, ensure_ascii=False)


# --- how it fares ----------------------------------------------------------------------------


def advance(db: Database, webhook_id: int, cursor: int) -> None:
    """Say up to which change a webhook has looked. Call inside `write()`."""
    db.execute("UPDATE webhook SET cursor = ? WHERE id = ?", (cursor, webhook_id))


def note(db: Database, webhook_id: int, error: str | None) -> None:
    """Say what keeps a webhook from hearing of anything, or that nothing does any more."""
    sql = "UPDATE webhook SET error = ?1 WHERE id = ?2 AND error IS NOT ?1"
    with db.write():
        db.execute(sql, (error, webhook_id))


def rest(db: Database, webhook_id: int, error: str, until: datetime) -> None:
    """Send nothing for a while, for a reason of our own: no failure is counted."""
    sql = "UPDATE webhook SET error = ?, paused_until = ? WHERE id = ?"
    with db.write():
        db.execute(sql, (error, round_up(until), webhook_id))


def fared(db: Database, webhook_id: int, after: Next, now: datetime) -> None:
    """Keep what an answer says of the receiver as a whole. Call inside `write()`."""
    at = to_text(now)
    if after.pause is not None:
        sql = """UPDATE webhook SET failures = failures + 1, paused_until = ?2, error = ?3,
                   failing_since = coalesce(failing_since, ?4) WHERE id = ?1"""
        db.execute(sql, (webhook_id, round_up(after.pause), after.error, at))
        return
    sql = """UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL, error = ?2,
               state = iif(?3, 'gone', state),
               last_success_at = iif(?4, ?5, last_success_at) WHERE id = ?1"""
    delivered = after.ending == "delivered"
    db.execute(sql, (webhook_id, after.error or None, after.gone, delivered, at))


def resume(db: Database, name: str, now: datetime) -> int:
    """Try again at once what is waiting for a webhook, and what was given up; returns how much.

    One whose receiver was gone starts from now. Raises NotFound.
    """
    found = kept(db).get(name)
    if found is None:
        message = f"there is no webhook {name!r}"
        raise NotFound(message)
    at = to_text(now)
    with db.write():
        if found.state == "gone":
            sql = """UPDATE webhook SET state = 'active', cursor = ?2,
                       article_floor = (SELECT coalesce(max(id), 0) FROM article) WHERE id = ?1"""
            db.execute(sql, (found.id, changes.last(db)))
        sql = """UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL,
                   error = NULL WHERE id = ?"""
        db.execute(sql, (found.id,))
        sql = """UPDATE outbox SET state = 'waiting', ended_at = NULL, next_try_at = ?2, aside = 0,
                   attempts = 0, first_try_at = NULL
                 WHERE webhook_id = ?1 AND state <> 'delivered'"""
        db.execute(sql, (found.id, at))
        return int(db.value("SELECT changes()"))


def follow(db: Database, gone: int, into: int) -> None:
    """Let what was told of one article count for another that it is merged into.

    Call inside `write()`.
    """
    sql = """INSERT INTO webhook_told (webhook_id, article_id, story_id)
             SELECT webhook_id, ?2, story_id FROM webhook_told WHERE article_id = ?1
             ON CONFLICT DO UPDATE SET story_id = coalesce(story_id, excluded.story_id)"""
    db.execute(sql, (gone, into))
