"""Feeds as kept: which there are, whose turn it is, and what a poll of one left behind."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from aggregator.core.urls import host, without_credentials
from aggregator.model import (
    EntryChange,
    Feed,
    FeedSource,
    FeedState,
    FeedStatus,
    ParsedFeed,
    Rejected,
    Schedule,
    Validators,
)
from aggregator.storage import entries, feed_days, rejections
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "add",
    "all_feeds",
    "any_success",
    "ask_again",
    "due",
    "listed_since",
    "next_due",
    "numbered",
    "relocate",
    "save_poll",
    "sync",
]

_CLOCKS_DIFFER: Final = timedelta(days=1)
_SYNC: Final = """
INSERT INTO feed (url, outlet, language, tags, text_source, paused, listed, shown_url, added_at)
VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
ON CONFLICT (url) DO UPDATE SET
  shown_url = excluded.shown_url, outlet = excluded.outlet, language = excluded.language,
  tags = excluded.tags, text_source = excluded.text_source, paused = excluded.paused, listed = 1,
  status = CASE WHEN listed THEN status ELSE 'active' END,
  next_poll_at = CASE WHEN listed THEN next_poll_at WHEN status = 'gone' THEN NULL
                 ELSE next_poll_at END
"""
_STATE: Final = (
    "etag", "last_modified", "validators_url", "body_hash", "status", "next_poll_at",
    "last_polled_at", "last_success_at", "last_error", "failures", "interval_minutes", "schedule",
    "lifetime_seconds", "rhythm_minutes", "last_new_at", "moved_to", "moved_times", "address",
    "id_churn", "hub", "topic",
)  # fmt: skip
_SAVE_STATE: Final = (
    f"UPDATE feed SET title = coalesce(?, title), {', '.join(f'{name} = ?' for name in _STATE)} "  # noqa: S608 - names are ours
    "WHERE id = ?"
)


def sync(db: Database, sources: Sequence[FeedSource], now: datetime) -> None:
    """Make the feeds on file those of `sources`; one no longer listed is kept but not polled.

    A feed that was gone and is listed anew is asked again: the operator means it.
    """
    with db.write():
        if _listed(db) == {_row(source) for source in sources}:
            return
        listed = json.dumps([source.url for source in sources])
        db.execute(
            "UPDATE feed SET listed = 0 WHERE url NOT IN (SELECT value FROM json_each(?))",
            (listed,),
        )
        at = to_text(now)
        db.execute_many(
            _SYNC, [(*_row(each), without_credentials(each.url), at) for each in sources]
        )


def add(db: Database, source: FeedSource, now: datetime) -> Feed:
    """Take one more feed among those on file; returns it as it is kept. Call inside `write()`."""
    values = (*_row(source), without_credentials(source.url), to_text(now))
    db.execute(_SYNC, values)
    row = db.row("SELECT * FROM feed WHERE url = ?", (source.url,))
    assert row is not None  # it was put there
    return _feed(row)


def _listed(db: Database) -> set[tuple[str | int | None, ...]]:
    sql = """SELECT url, outlet, language, tags, text_source, paused FROM feed
             WHERE listed AND shown_url <> ''"""
    return {tuple(row) for row in db.rows(sql)}


def _row(source: FeedSource) -> tuple[str | int | None, ...]:
    tags = json.dumps(source.tags, ensure_ascii=False)
    return (source.url, source.outlet, source.language, tags, source.text, int(source.paused))


def due(db: Database, now: datetime) -> list[Feed]:
    """The listed feeds whose turn it is: one of each host, then the next of each, and so on.

    Paused ones have no turn. Those never asked and those waiting longest come first, among hosts
    as among a host's feeds. A feed that was last asked in the future was so by a clock gone wrong,
    and its turn with it.
    """
    sql = """SELECT * FROM feed WHERE listed AND status = 'active' AND NOT paused
             AND (next_poll_at IS NULL OR next_poll_at <= ? OR last_polled_at > ?)
             ORDER BY next_poll_at, id"""
    waiting = [_feed(row) for row in db.rows(sql, (to_text(now), to_text(now + _CLOCKS_DIFFER)))]
    seen: Counter[str] = Counter()
    rounds: list[int] = []
    for feed in waiting:
        name = host(feed.address)
        rounds.append(seen[name])
        seen[name] += 1
    in_turn = sorted(zip(rounds, waiting, strict=True), key=lambda each: each[0])
    return [feed for _, feed in in_turn]


def all_feeds(db: Database) -> list[Feed]:
    """Every listed feed, in the order in which they were first listed."""
    return [_feed(row) for row in db.rows("SELECT * FROM feed WHERE listed ORDER BY id")]


def numbered(db: Database, feed_id: int) -> Feed | None:
    """The listed feed of this number."""
    row = db.row("SELECT * FROM feed WHERE listed AND id = ?", (feed_id,))
    return None if row is None else _feed(row)


def ask_again(db: Database, feed_id: int) -> None:
    """Make it a feed's turn at once, though it was gone. Call inside `write()`."""
    sql = "UPDATE feed SET next_poll_at = NULL, status = 'active' WHERE id = ?"
    db.execute(sql, (feed_id,))


def relocate(db: Database, feed_id: int, source: FeedSource) -> None:
    """Keep a feed under its new address, and ask it there at once. Call inside `write()`.

    One that was listed at that address once keeps it: then the two are one no more, and which is
    listed is for `sync` to see to.
    """
    sql = """UPDATE OR IGNORE feed SET url = ?, shown_url = ?, address = NULL, moved_to = NULL,
               moved_times = 0, next_poll_at = NULL, status = 'active' WHERE id = ?"""
    db.execute(sql, (source.url, without_credentials(source.url), feed_id))


def listed_since(db: Database) -> datetime | None:
    """When the first of the listed feeds was first listed; None where there are none."""
    return from_text(db.value("SELECT min(added_at) FROM feed WHERE listed"))


def next_due(db: Database) -> datetime | None:
    """When the next feed's turn comes, or None where none waits."""
    sql = """SELECT min(next_poll_at) FROM feed
             WHERE listed AND status = 'active' AND NOT paused"""
    return from_text(db.value(sql))


def any_success(db: Database) -> bool:
    """Whether any listed feed was ever read."""
    return db.value("SELECT 1 FROM feed WHERE listed AND last_success_at IS NOT NULL") is not None


def save_poll(
    db: Database,
    feed: Feed,
    state: FeedState,
    outcome: ParsedFeed | Rejected | None,
    changes: Sequence[EntryChange],
    now: datetime,
) -> None:
    """Keep a poll's result and its entries in one transaction: a crash loses and repeats nothing.

    `outcome` is None where there was nothing to parse.
    """
    with db.write():
        title = outcome.title if isinstance(outcome, ParsedFeed) else None
        db.execute(_SAVE_STATE, (title or None, *_state_row(state), feed.id))
        if isinstance(outcome, Rejected):
            rejections.keep(db, feed.id, without_credentials(feed.source.url), outcome, now)
        elif state.last_error is None:
            rejections.lift(db, feed.id, without_credentials(feed.source.url))
        entries.save(db, feed, changes, now)
        feed_days.count(db, feed, state, changes, now)


def _state_row(state: FeedState) -> tuple[str | float | None, ...]:
    """The values of the columns _STATE."""
    return (
        state.validators.etag,
        state.validators.last_modified,
        state.validators.url,
        state.body_hash,
        state.status.value,
        _up(state.next_poll_at),
        to_text(state.last_polled_at),
        to_text(state.last_success_at),
        state.last_error,
        state.failures,
        state.interval,
        json.dumps({name: value for name, value in asdict(state.schedule).items() if value}),
        state.lifetime,
        state.rhythm,
        to_text(state.last_new_at),
        state.moved_to,
        state.moved_times,
        state.address,
        state.id_churn,
        state.hub,
        state.topic,
    )


def _up(moment: datetime | None) -> str | None:
    """Round up to whole seconds: a feed is never asked a fraction too early."""
    if moment is None or moment.microsecond == 0:
        return to_text(moment)
    return to_text(moment + timedelta(seconds=1))


def _schedule(text: str) -> Schedule:
    kept: dict[str, Any] = json.loads(text)
    return Schedule(
        ttl=kept.get("ttl"),
        period=kept.get("period"),
        skip_hours=tuple(kept.get("skip_hours", ())),
        skip_days=tuple(kept.get("skip_days", ())),
    )


def _feed(row: sqlite3.Row) -> Feed:
    source = FeedSource(
        url=row["url"],
        outlet=row["outlet"],
        language=row["language"],
        tags=tuple(json.loads(row["tags"])),
        text=row["text_source"],
        paused=bool(row["paused"]),
    )
    state = FeedState(
        validators=Validators(row["etag"], row["last_modified"], row["validators_url"]),
        body_hash=row["body_hash"],
        status=FeedStatus(row["status"]),
        next_poll_at=from_text(row["next_poll_at"]),
        last_polled_at=from_text(row["last_polled_at"]),
        last_success_at=from_text(row["last_success_at"]),
        last_error=row["last_error"],
        failures=row["failures"],
        interval=row["interval_minutes"],
        schedule=_schedule(row["schedule"]),
        lifetime=row["lifetime_seconds"],
        rhythm=row["rhythm_minutes"],
        last_new_at=from_text(row["last_new_at"]),
        moved_to=row["moved_to"],
        moved_times=row["moved_times"],
        address=row["address"],
        id_churn=row["id_churn"],
        hub=row["hub"],
        topic=row["topic"],
    )
    return Feed(id=row["id"], source=source, state=state, title=row["title"])
