"""What editors decided, as kept: made, undone, listed, and what of it holds."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.decisions import articles_in, between, standing, story_constraints
from aggregator.model import Constraints, Decision, Kind, Level
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "Listed",
    "add",
    "bind",
    "clustered",
    "concerning",
    "follow",
    "go_along",
    "holding",
    "listed",
    "of_article",
    "of_groups",
    "of_story",
    "of_two",
    "places",
    "story_now",
    "undo",
    "unknown",
    "unmet",
    "with_copies",
]


@dataclass(frozen=True, slots=True)
class Listed:
    """One decision as the view has it, with what became of it.

    `gone` are the addresses of articles that are no longer kept; `outranked` says that newer ones
    hold instead, which it contradicts since two articles became one, or one came back. Of pin,
    rename and hide `level` is None, and `story_id` is None where the story is gone.
    """

    id: int
    at: datetime
    author: str
    kind: Kind
    level: Level | None
    articles: tuple[int, ...]
    others: tuple[int, ...]
    gone: tuple[str, ...]
    story_id: int | None
    title: str | None
    undone_at: datetime | None
    undone_by: str | None
    outranked: bool = False


# --- making and undoing ----------------------------------------------------------------------


def add(db: Database, decision: Decision, story_id: int | None = None) -> int:
    """Keep a new decision, on the story `story_id` or on its articles; returns its id.

    Its own id is not looked at. It is an act by itself until `bind` says otherwise. Call inside
    `write()`.
    """
    of_articles = story_id is None
    new_id = db.execute(
        "INSERT INTO decision (at, author, kind, level, story_id, value) VALUES (?, ?, ?, ?, ?, ?)",
        (
            to_text(decision.at),
            decision.author,
            decision.kind,
            decision.level if of_articles else None,
            story_id,
            decision.value,
        ),
    )
    db.execute("UPDATE decision SET act = id WHERE id = ?", (new_id,))
    sql = """INSERT INTO decision_article (decision_id, side, article_id, url)
             SELECT ?, ?, id, canonical_url FROM article WHERE id = ?"""
    sides = enumerate((decision.articles, decision.others))
    db.execute_many(sql, [(new_id, side, each) for side, ids in sides for each in ids])
    sql = """INSERT INTO decision_anchor SELECT ?, first_article_id FROM copy_group
             WHERE story_id = ? AND first_article_id IS NOT NULL"""
    db.execute(sql, (new_id, story_id))
    return new_id


def bind(db: Database, ids: Iterable[int]) -> None:
    """Say that decisions were made at one stroke. Call inside `write()`."""
    made = sorted(ids)
    if len(made) > 1:
        sql = "UPDATE decision SET act = ? WHERE id IN (SELECT value FROM json_each(?))"
        db.execute(sql, (made[0], json.dumps(made)))


def undo(db: Database, decision_id: int, *, by: str, now: datetime) -> None:
    """Let a decision hold no longer. Call inside `write()`."""
    sql = "UPDATE decision SET undone_at = ?, undone_by = ? WHERE id = ? AND undone_at IS NULL"
    db.execute(sql, (to_text(now), by, decision_id))


def follow(db: Database, gone: int, into: int) -> None:
    """Let what was decided of one article be decided of that which it is now part of.

    That is clustered anew, to obey it. Call inside `write()`, before the article goes.
    """
    sql = """UPDATE article SET clustered = 0 WHERE id = ?
             AND EXISTS (SELECT 1 FROM decision_article WHERE article_id = ?)"""
    db.execute(sql, (into, gone))
    db.execute("UPDATE decision_article SET article_id = ? WHERE article_id = ?", (into, gone))
    sql = "UPDATE OR IGNORE decision_anchor SET article_id = ? WHERE article_id = ?"
    db.execute(sql, (into, gone))


def go_along(db: Database, stories: Iterable[int]) -> None:
    """Let decisions on stories go with the articles they were made on, if none is left there.

    So a story that was merged and parted again is what it was. Call inside `write()`.
    """
    db.execute(
        """UPDATE decision SET story_id = (
             SELECT article.story_id FROM decision_anchor JOIN article ON article.id = article_id
             WHERE decision_id = decision.id AND article.story_id IS NOT NULL
             GROUP BY article.story_id ORDER BY count(*) DESC, article.story_id LIMIT 1)
           WHERE story_id IN (SELECT value FROM json_each(?1)) AND undone_at IS NULL
             AND EXISTS (
               SELECT 1 FROM decision_anchor JOIN article ON article.id = article_id
               WHERE decision_id = decision.id AND article.story_id IS NOT NULL)
             AND NOT EXISTS (
               SELECT 1 FROM decision_anchor JOIN article ON article.id = article_id
               WHERE decision_id = decision.id AND article.story_id = decision.story_id)""",
        (json.dumps(sorted(stories)),),
    )


# --- what holds ------------------------------------------------------------------------------

_OF_ARTICLES = """
SELECT decision.id, at, author, kind, level, side, article_id
FROM decision JOIN decision_article ON decision_id = decision.id
WHERE undone_at IS NULL AND level IS NOT NULL AND article_id IS NOT NULL
ORDER BY decision.id, decision_article.rowid
"""


def holding(db: Database) -> tuple[Decision, ...]:
    """The decisions on articles that hold now, of articles that are there."""
    return standing(_kept(db))[0]


def _kept(db: Database) -> list[Decision]:
    rows: dict[int, list[sqlite3.Row]] = {}
    for row in db.rows(_OF_ARTICLES):
        rows.setdefault(row["id"], []).append(row)
    return [_decision(each) for each in rows.values()]


def _decision(rows: Sequence[sqlite3.Row]) -> Decision:
    first = rows[0]
    at = from_text(first["at"])
    assert at is not None  # the column is NOT NULL
    sides = (tuple(row["article_id"] for row in rows if row["side"] == side) for side in (0, 1))
    articles, others = sides
    return Decision(
        first["id"], at, first["author"], first["kind"], first["level"], articles, others
    )


def clustered(db: Database, ids: Iterable[int]) -> list[int]:
    """Those of the articles that have a copy group, in the order of their ids."""
    sql = """SELECT id FROM article WHERE copy_group_id IS NOT NULL
               AND id IN (SELECT value FROM json_each(?)) ORDER BY id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(ids)),))]


def unknown(db: Database, ids: Iterable[int]) -> list[int]:
    """Those of the ids that are of no article, in order."""
    asked = sorted(set(ids))
    sql = "SELECT id FROM article WHERE id IN (SELECT value FROM json_each(?))"
    found = {row[0] for row in db.rows(sql, (json.dumps(asked),))}
    return [each for each in asked if each not in found]


def with_copies(db: Database, ids: Iterable[int]) -> list[int]:
    """The articles with those who took them over, unless one of these is among them, in order.

    They are taken over who were the first with their text.
    """
    asked = sorted(set(ids))
    sql = """SELECT copy.id FROM copy_group
             JOIN article AS copy ON copy.copy_group_id = copy_group.id
             WHERE copy_group.first_article_id IN (SELECT value FROM json_each(?1))
               AND copy_group.id IN (
                 SELECT copy_group_id FROM article WHERE id IN (SELECT value FROM json_each(?1))
                 GROUP BY copy_group_id HAVING count(*) = 1)"""
    return sorted({*asked, *(row[0] for row in db.rows(sql, (json.dumps(asked),)))})


def story_now(db: Database, story_id: int) -> int | None:
    """The story of this number, or that into which it was merged; None where there is none."""
    sql = """SELECT id FROM story WHERE id IN (?1,
               (SELECT new_id FROM redirect WHERE kind = 'story' AND old_id = ?1))
             ORDER BY id <> ?1"""
    found: int | None = db.value(sql, (story_id,))
    return found


def places(db: Database, article_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Story id → those of the articles that are in it, both in order."""
    sql = """SELECT story_id, id FROM article WHERE story_id IS NOT NULL
               AND id IN (SELECT value FROM json_each(?)) ORDER BY story_id, id"""
    found: dict[int, tuple[int, ...]] = {}
    for row in db.rows(sql, (json.dumps(sorted(article_ids)),)):
        found[row[0]] = (*found.get(row[0], ()), row[1])
    return found


def of_groups(db: Database) -> Constraints:
    """What decisions on articles mean for the stories of their copy groups."""
    every = holding(db)
    sql = """SELECT id, copy_group_id FROM article
             WHERE copy_group_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (json.dumps(sorted(articles_in(every))),)) if every else ()
    return story_constraints(every, {row[0]: row[1] for row in rows})


def unmet(db: Database) -> list[tuple[int, Kind]]:
    """The decisions that the database does not keep, with their kinds.

    Articles that wait to be clustered keep none back.
    """
    every = holding(db)
    sql = """SELECT id, copy_group_id AS copies, story_id AS story FROM article
             WHERE clustered AND id IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (json.dumps(sorted(articles_in(every))),))
    places = {row["id"]: row for row in rows}
    return [(each.id, each.kind) for each in every if not _is_met(each, places)]


def _is_met(decision: Decision, places: dict[int, sqlite3.Row]) -> bool:
    left, right = (
        {places[a][decision.level] for a in side if a in places}
        for side in (decision.articles, decision.others)
    )
    return len(left) <= 1 if decision.kind == "together" else not left & right


# --- for readers -----------------------------------------------------------------------------


def listed(db: Database, ids: Iterable[int] | None = None) -> list[Listed]:
    """All decisions, or those with these numbers, the oldest first."""
    outranked = {each.id for each in standing(_kept(db))[1]}
    sql = """SELECT decisions.*, story.id AS lives FROM decisions
             LEFT JOIN story ON story.id = story_id
             WHERE ?1 IS NULL OR decisions.id IN (SELECT value FROM json_each(?1))
             ORDER BY decisions.id"""
    wanted = None if ids is None else json.dumps(sorted(ids))
    return [_listed(row, outranked) for row in db.rows(sql, (wanted,))]


def _listed(row: sqlite3.Row, outranked: set[int]) -> Listed:
    at = from_text(row["at"])
    assert at is not None  # the column is NOT NULL
    return Listed(
        id=row["id"],
        at=at,
        author=row["author"],
        kind=row["kind"],
        level=row["level"],
        articles=tuple(json.loads(row["articles"])),
        others=tuple(json.loads(row["others"])),
        gone=tuple(json.loads(row["gone"])),
        story_id=row["lives"],
        title=row["title"],
        undone_at=from_text(row["undone_at"]),
        undone_by=row["undone_by"],
        outranked=row["id"] in outranked,
    )


def of_article(db: Database, article_id: int) -> tuple[Listed, ...]:
    """The decisions that hold and speak of an article, the oldest first."""
    some = {d.id for d in holding(db) if article_id in articles_in([d])}
    return tuple(listed(db, some)) if some else ()


def of_two(db: Database, a: int, b: int) -> tuple[Listed, ...]:
    """The fewest decisions that say how two articles stand to each other, the oldest first."""
    some = {d.id for d in between(holding(db), a, b)}
    return tuple(listed(db, some)) if some else ()


def of_story(db: Database, story_id: int, wanted: Decision) -> int | None:
    """The decision that holds on a story and says what is wanted, if the last of its kind does.

    Stars and notes are those of their author alone.
    """
    sql = """SELECT id, value FROM decision WHERE story_id = ?1 AND kind = ?2 AND undone_at IS NULL
               AND (author = ?3 OR kind NOT IN ('star', 'note')) ORDER BY id DESC LIMIT 1"""
    row = db.row(sql, (story_id, wanted.kind, wanted.author))
    return None if row is None or row["value"] != wanted.value else int(row["id"])


def concerning(db: Database, story_id: int) -> list[Listed]:
    """The decisions on a story, or on articles in it, that were not undone, the oldest first."""
    sql = """SELECT id FROM decision WHERE story_id = ?1 AND undone_at IS NULL
             UNION SELECT decision_id FROM decision_article
             JOIN decision ON decision.id = decision_id AND undone_at IS NULL
             JOIN article ON article.id = article_id WHERE article.story_id = ?1"""
    ids = {row[0] for row in db.rows(sql, (story_id,))}
    return listed(db, ids) if ids else []
