"""What each reader of the desk looked at: stories with their articles, and when they were here.

A reader is known by a name. Nothing of it is shown to others.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = [
    "AWAY",
    "Look",
    "drop_old",
    "forget",
    "last_look",
    "last_visit",
    "look_before",
    "mark",
    "seen_at",
    "unmark",
    "visit",
]

AWAY: Final = timedelta(minutes=30)
"""Who asked for nothing for so long begins a new visit."""

_MOST_ARTICLES: Final = 1_000
_KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Look:
    """When a reader looked at a story (UTC), and at which version of each of its articles.

    `articles` is None, as long as it is not written, for all that were there by then.
    """

    at: datetime
    articles: Mapping[int, int] | None


def mark(
    db: "Database",
    reader: str,
    story_id: int,
    at: datetime,
    articles: Mapping[int, int] | None = None,
) -> None:
    """Keep that a reader looked at a story at a time, and at which version of which articles.

    Without `articles` at all that were there by then, a thousand at most. A story that was merged
    into another is that other; a later look than this one stays. Call inside `write()`.
    """
    sql = "SELECT new_id FROM redirect WHERE kind = 'story' AND old_id = ?"
    number = db.value(sql, (story_id,)) or story_id
    seen = _merged({}, _all_by_then(db, number, at) if articles is None else articles)
    last, before = _looks(db, reader, number) or (Look(at, seen), Look(at, seen))
    if at > last.at + AWAY:
        before = last
    _keep(db, (reader, number), Look(max(at, last.at), _merged(last.articles or {}, seen)), before)


def _keep(db: "Database", whose: tuple[str, int], last: Look, before: Look) -> None:
    sql = """INSERT OR REPLACE INTO seen (reader, story_id, at, articles, before_at, before)
             VALUES (?, ?, ?, ?, ?, ?)"""
    looks = (
        value
        for look in (last, before)
        for value in (to_text(look.at), json.dumps(look.articles, separators=(",", ":")))
    )
    db.execute(sql, (*whose, *looks))


def _merged(before: Mapping[int, int], seen: Mapping[int, int]) -> dict[int, int]:
    """The newest version that was seen of each; of very many articles those with high numbers."""
    every = {**before, **seen}
    for each in before.keys() & seen.keys():
        every[each] = max(before[each], seen[each])
    return {each: every[each] for each in sorted(every)[-_MOST_ARTICLES:]}


def _all_by_then(db: "Database", story_id: int, at: datetime) -> dict[int, int]:
    sql = """SELECT id, version FROM article WHERE story_id = ? AND fetched_at <= ?
             ORDER BY id DESC LIMIT ?"""
    return {row[0]: row[1] for row in db.rows(sql, (story_id, to_text(at), _MOST_ARTICLES))}


def unmark(db: "Database", reader: str, story_id: int) -> None:
    """Let a story be unread again. Call inside `write()`."""
    db.execute("DELETE FROM seen WHERE (reader, story_id) = (?, ?)", (reader, story_id))


def seen_at(db: "Database", reader: str, story_ids: Iterable[int]) -> dict[int, datetime]:
    """When a reader last looked at each of the stories (UTC), for those that were looked at."""
    sql = """SELECT story_id, at FROM seen
             WHERE reader = ? AND story_id IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (reader, json.dumps(sorted(story_ids))))
    return {row["story_id"]: _moment(row["at"]) for row in rows}


def last_look(db: "Database", reader: str, story_id: int) -> Look | None:
    """What a reader saw of a story when looking last; None for whoever never did."""
    found = _looks(db, reader, story_id)
    return None if found is None else found[0]


def look_before(db: "Database", reader: str, story_id: int, now: datetime) -> Look | None:
    """What a reader saw of a story before the present visit to it; None for whoever never did.

    In the first visit that is what was seen at its beginning.
    """
    found = _looks(db, reader, story_id)
    if found is None:
        return None
    last, before = found
    return last if now > last.at + AWAY else before


def _looks(db: "Database", reader: str, story_id: int) -> tuple[Look, Look] | None:
    sql = """SELECT at, articles, before_at, before FROM seen
             WHERE (reader, story_id) = (?, ?)"""
    row = db.row(sql, (reader, story_id))
    if row is None:
        return None
    at, articles, before_at, before = row
    return Look(_moment(at), _read(articles)), Look(_moment(before_at), _read(before))


def _read(articles: str) -> dict[int, int]:
    return {int(each): version for each, version in json.loads(articles).items()}


def _moment(text: str) -> datetime:
    moment = from_text(text)
    assert moment is not None  # the columns are NOT NULL
    return moment


# --- visits ----------------------------------------------------------------------------------


def visit(db: "Database", reader: str, at: datetime) -> None:
    """Keep that a reader is here; after `AWAY` it is a new visit. Call inside `write()`."""
    db.execute(
        """INSERT INTO visit (reader, last_at) VALUES (?1, ?2)
           ON CONFLICT (reader) DO UPDATE SET
             before_at = iif(last_at < ?3, last_at, before_at), last_at = max(last_at, ?2)""",
        (reader, to_text(at), to_text(at - AWAY)),
    )


def last_visit(db: "Database", reader: str, now: datetime) -> datetime | None:
    """When the visit of a reader before the present one ended (UTC); None at the first."""
    row = db.row("SELECT last_at, before_at FROM visit WHERE reader = ?", (reader,))
    if row is None:
        return None
    last = _moment(row["last_at"])
    return last if last < now - AWAY else from_text(row["before_at"])


# --- what goes -------------------------------------------------------------------------------


def drop_old(db: "Database", now: datetime, most: int = 5_000) -> int:
    """Forget looks of 90 days ago, the oldest first; returns how many, `most` a call."""
    sql = """DELETE FROM seen WHERE (reader, story_id) IN (
               SELECT reader, story_id FROM seen WHERE at < ? ORDER BY at LIMIT ?)"""
    with db.write():
        return db.change(sql, (to_text(now - _KEPT), most))


def forget(db: "Database", reader: str) -> None:
    """Forget all that is kept of a reader. Call inside `write()`."""
    db.execute("DELETE FROM seen WHERE reader = ?", (reader,))
    db.execute("DELETE FROM visit WHERE reader = ?", (reader,))
