"""What editors did, act by act, the newest first: for who looks back, and for who takes back."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from aggregator.model import Decision, Kind, Level
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "Act",
    "Chosen",
    "Made",
    "Note",
    "Subject",
    "acts",
    "again",
    "authors",
    "last_act",
    "made",
    "notes",
    "standing_on",
    "story_of",
    "subjects",
    "title_given",
    "undone",
]

_SHOWN: Final = 12
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """An article that a decision speaks of; `title` is None where it is no longer there."""

    id: int | None
    title: str | None
    outlet: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Made:
    """One decision with what it speaks of.

    `articles` and `others` are the first dozen, of `article_count` and `other_count`. `story_id` is
    None where it is gone; `value` is what a rename or a note says.
    """

    id: int
    act: int
    at: datetime
    author: str
    kind: Kind
    level: Level | None
    story_id: int | None
    story_title: str | None
    value: str
    articles: tuple[Subject, ...]
    others: tuple[Subject, ...]
    article_count: int
    other_count: int
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """What was done at one stroke: its decisions, in their order."""

    id: int
    decisions: tuple[Made, ...]

    @property
    def deed(self) -> Literal["split", "move"] | None:
        """What several decisions on articles make up: they left a story, or went into another."""
        apart = next((each for each in self.decisions if each.kind == "apart"), None)
        if apart is None or (apart.other_count < _TWO and len(self.decisions) == 1):
            return None
        together = [each for each in self.decisions if each.kind == "together"]
        return (
            "move"
            if any(each.article_count > apart.article_count for each in together)
            else "split"
        )

    @property
    def standing(self) -> tuple[int, ...]:
        """The numbers of those that hold: undoing them takes the act back."""
        return tuple(each.id for each in self.decisions if each.undone_at is None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which acts to list; None lets all pass. Stars are those of `reader` alone."""

    reader: str
    author: str | None = None
    kind: Kind | None = None
    standing: bool | None = None
    story_id: int | None = None
    since: datetime | None = None


_ACTS = """
SELECT DISTINCT act FROM decision
WHERE (?1 IS NULL OR act < ?1) AND (kind <> 'star' OR author = ?2)
  AND (?3 IS NULL OR author = ?3) AND (?4 IS NULL OR kind = ?4)
  AND (?5 IS NULL OR (undone_at IS NULL) = ?5) AND (?6 IS NULL OR at >= ?6)
  AND (?7 IS NULL OR story_id = ?7 OR id IN (
    SELECT decision_id FROM decision_article JOIN article ON article.id = article_id
    WHERE article.story_id = ?7))
ORDER BY act DESC LIMIT ?8
"""


def acts(
    db: Database, chosen: Chosen, *, before: int | None = None, limit: int = 50
) -> tuple[list[Act], int | None]:
    """Acts older than `before`, the newest first, and from where to go on (None at the end)."""
    standing = None if chosen.standing is None else int(chosen.standing)
    values = (before, chosen.reader, chosen.author, chosen.kind, standing, to_text(chosen.since))
    numbers = [row[0] for row in db.rows(_ACTS, (*values, chosen.story_id, limit + 1))]
    shown = numbers[:limit]
    sql = "SELECT id FROM decision WHERE act IN (SELECT value FROM json_each(?))"
    found = made(db, [row[0] for row in db.rows(sql, (json.dumps(shown),))])
    listed = [Act(number, tuple(each for each in found if each.act == number)) for number in shown]
    return listed, shown[-1] if len(numbers) > limit else None


_MADE = """
SELECT decision.*, stories.title AS story_title, stories.id AS lives
FROM decision LEFT JOIN stories ON stories.id = decision.story_id
WHERE decision.id IN (SELECT value FROM json_each(?)) ORDER BY decision.id
"""
_SUBJECTS = """
SELECT side, article_id, title, outlet, decision_article.url AS url,
       count(*) OVER (PARTITION BY side) AS every
FROM decision_article LEFT JOIN article ON article.id = article_id
WHERE decision_id = ? ORDER BY side, decision_article.rowid
"""


def made(db: Database, ids: Iterable[int]) -> list[Made]:
    """Decisions of any kind by their numbers, undone ones too; those that are not there are not."""
    rows = db.rows(_MADE, (json.dumps(sorted(ids)),))
    return [_made(row, db.rows(_SUBJECTS, (row["id"],))) for row in rows]


def _made(row: sqlite3.Row, subjects: Sequence[sqlite3.Row]) -> Made:
    at = from_text(row["at"])
    assert at is not None  # the column is NOT NULL
    left, right = ([each for each in subjects if each["side"] == side] for side in (0, 1))
    return Made(
        id=row["id"],
        act=row["act"],
        at=at,
        author=row["author"],
        kind=row["kind"],
        level=row["level"],
        story_id=row["lives"],
        story_title=row["story_title"],
        value=row["value"],
        articles=tuple(_subject(each) for each in left[:_SHOWN]),
        others=tuple(_subject(each) for each in right[:_SHOWN]),
        article_count=len(left),
        other_count=len(right),
        undone_at=from_text(row["undone_at"]),
        undone_by=row["undone_by"],
    )


def _subject(row: sqlite3.Row) -> Subject:
    return Subject(row["article_id"], row["title"], row["outlet"], row["url"])


def again(db: Database, decision: Made, *, by: str, now: datetime) -> Decision:
    """A decision as `by` would make it now, of the articles that are there."""
    sql = """SELECT side, article_id FROM decision_article
             WHERE decision_id = ? AND article_id IS NOT NULL ORDER BY rowid"""
    rows = db.rows(sql, (decision.id,))
    left, right = (tuple(row[1] for row in rows if row[0] == side) for side in (0, 1))
    level = decision.level or "story"
    story, value = decision.story_id, decision.value
    return Decision(0, now, by, decision.kind, level, left, right, story, value)


def subjects(db: Database, ids: Iterable[int]) -> list[int]:
    """The articles that decisions speak of and that are there, in order."""
    sql = """SELECT DISTINCT article_id FROM decision_article WHERE article_id IS NOT NULL
               AND decision_id IN (SELECT value FROM json_each(?)) ORDER BY article_id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(ids)),))]


def undone(db: Database, ids: Iterable[int]) -> dict[int, bool]:
    """Decision id → whether it was taken back, for those that there are."""
    sql = """SELECT id, undone_at IS NOT NULL FROM decision
             WHERE id IN (SELECT value FROM json_each(?))"""
    return {row[0]: bool(row[1]) for row in db.rows(sql, (json.dumps(sorted(ids)),))}


def story_of(db: Database, ids: Iterable[int]) -> int | None:
    """The first story that there is of those that decisions are on."""
    sql = """SELECT story.id FROM decision JOIN story ON story.id = story_id
             WHERE decision.id IN (SELECT value FROM json_each(?)) ORDER BY decision.id LIMIT 1"""
    found: int | None = db.value(sql, (json.dumps(sorted(ids)),))
    return found


def title_given(db: Database, story_id: int) -> Made | None:
    """The decision by which a story has a title that an editor gave it."""
    found = standing_on(db, story_id, "rename")
    return made(db, found[-1:])[0] if found else None


def authors(db: Database) -> list[str]:
    """Who ever decided anything, by skipping from one to the next in the index."""
    sql = """WITH RECURSIVE found (name) AS (
               SELECT min(author) FROM decision
               UNION ALL
               SELECT (SELECT min(author) FROM decision WHERE author > found.name)
               FROM found WHERE found.name IS NOT NULL)
             SELECT name FROM found WHERE name IS NOT NULL"""
    return [row[0] for row in db.rows(sql)]


def last_act(db: Database, author: str) -> tuple[int, ...]:
    """The decisions of an author's last act that hold; empty where none does."""
    sql = """SELECT id FROM decision WHERE undone_at IS NULL AND act = (
               SELECT act FROM decision WHERE author = ? AND undone_at IS NULL
               ORDER BY id DESC LIMIT 1) ORDER BY id"""
    return tuple(row[0] for row in db.rows(sql, (author,)))


def standing_on(
    db: Database, story_id: int, kind: Kind, author: str | None = None
) -> tuple[int, ...]:
    """The decisions of a kind that hold on a story, by anybody or by `author` alone."""
    sql = """SELECT id FROM decision WHERE story_id = ?1 AND kind = ?2 AND undone_at IS NULL
               AND (?3 IS NULL OR author = ?3) ORDER BY id"""
    return tuple(row[0] for row in db.rows(sql, (story_id, kind, author)))


# --- stars and notes -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """What an editor wrote to a story; undoing the decision `id` takes it away."""

    id: int
    at: datetime
    author: str
    text: str


def notes(db: Database, story_id: int, limit: int = 100) -> list[Note]:
    """The newest notes to a story, the oldest of them first."""
    sql = """SELECT id, at, author, value FROM decision
             WHERE story_id = ? AND kind = 'note' AND undone_at IS NULL ORDER BY id DESC LIMIT ?"""
    found = []
    for row in reversed(db.rows(sql, (story_id, limit))):
        at = from_text(row["at"])
        assert at is not None  # the column is NOT NULL
        found.append(Note(row["id"], at, row["author"], row["value"]))
    return found
