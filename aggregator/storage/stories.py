"""Stories as kept: term frequencies, the keys by which open stories are found, and figures."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.model import StoryDocument, StoryLink
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "add_keys",
    "count_terms",
    "documents",
    "frequencies",
    "groups_of",
    "groups_without_story",
    "join",
    "keys_of_group",
    "loosen",
    "members",
    "new_story",
    "newest",
    "of_groups",
    "open_stories",
    "put",
    "recount",
    "set_frequencies",
]

_ALL = ""  # the row of term_frequency that counts the documents of a language


def count_terms(db: Database, language: str | None, terms: Iterable[str]) -> None:
    """Count one document's terms. Call inside `write()`."""
    db.execute_many(
        "INSERT INTO term_frequency (language, term, count) VALUES (?, ?, 1)"
        " ON CONFLICT (language, term) DO UPDATE SET count = count + 1",
        [(language or "", term) for term in sorted({_ALL, *terms})],
    )


def frequencies(
    db: Database, language: str | None, terms: Iterable[str]
) -> tuple[int, dict[str, int]]:
    """How many documents of a language were counted, and in how many each term stands."""
    sql = """SELECT term, count FROM term_frequency
             WHERE language = ? AND term IN (SELECT value FROM json_each(?))"""
    wanted = json.dumps([_ALL, *sorted(terms)])
    found: dict[str, int] = {row[0]: row[1] for row in db.rows(sql, (language or "", wanted))}
    return found.pop(_ALL, 0), found


def set_frequencies(
    db: Database, language: str | None, documents: int, counts: Mapping[str, int]
) -> None:
    """Say how many documents of a language were counted, and with what. Call inside `write()`."""
    rows = [(language or "", term, count) for term, count in counts.items()]
    db.execute_many(
        "INSERT OR REPLACE INTO term_frequency (language, term, count) VALUES (?, ?, max(?, 0))",
        [(language or "", _ALL, documents), *rows],
    )


def add_keys(db: Database, article_id: int, keys: Iterable[str]) -> None:
    """Keep under which keys an article is found as part of a story. Call inside `write()`."""
    kept = sorted(set(keys))
    db.execute(
        "UPDATE story_document SET keys = ? WHERE article_id = ?",
        (json.dumps(kept, ensure_ascii=False), article_id),
    )
    db.execute_many(
        "INSERT OR IGNORE INTO story_key (key, article_id) VALUES (?, ?)",
        [(key, article_id) for key in kept],
    )


# --- candidates ------------------------------------------------------------------------------

_PER_KEY = 64
_MOST_KEYS = 64
_MOST_STORIES = 24
_DOCUMENTS = 24


def open_stories(
    db: Database, keys: Sequence[str], moment: datetime, window: timedelta
) -> dict[int, list[StoryDocument]]:
    """The stories that share most keys and have an article within `window` of `moment`.

    Each comes with its documents, the newest two dozen.
    """
    if not keys:
        return {}
    one = "SELECT * FROM (SELECT article_id FROM story_key WHERE key = ? ORDER BY 1 DESC LIMIT ?)"
    shared = " UNION ALL ".join([one] * len(keys))
    sql = f"""
      SELECT story_id FROM ({shared}) AS shared JOIN article ON article.id = shared.article_id
      WHERE story_id IS NOT NULL AND ordered_at BETWEEN ? AND ?
      GROUP BY story_id ORDER BY count(*) DESC, min(ordered_at), min(canonical_url) LIMIT ?
    """  # noqa: S608 - only placeholders are put in
    looked_up = [value for key in keys for value in (key, _PER_KEY)]
    span = to_text(moment - window), to_text(moment + window)
    found = [row[0] for row in db.rows(sql, (*looked_up, *span, _MOST_STORIES))]
    return {story_id: documents(db, "story_id", story_id) for story_id in found}


def documents(db: Database, column: str, value: int) -> list[StoryDocument]:
    """The newest documents of a group or story (`column` copy_group_id or story_id)."""
    sql = f"""
      SELECT article.id, language, ordered_at, terms, title, outlet
      FROM article JOIN story_document ON article_id = article.id
      WHERE {column} = ? ORDER BY ordered_at DESC, canonical_url LIMIT ?
    """  # noqa: S608 - the column is named by us
    return [_document(row) for row in db.rows(sql, (value, _DOCUMENTS))]


def _document(row: sqlite3.Row) -> StoryDocument:
    moment = from_text(row["ordered_at"])
    assert moment is not None  # the column is NOT NULL
    terms = json.loads(row["terms"])
    return StoryDocument(
        row["id"], row["language"], moment, terms, title=row["title"], outlet=row["outlet"]
    )


# --- membership ------------------------------------------------------------------------------


def groups_without_story(db: Database, group_ids: Iterable[int]) -> list[int]:
    """Those of the groups that are in no story, in canonical order of their first article."""
    sql = """SELECT copy_group.id FROM copy_group JOIN article ON article.id = first_article_id
             WHERE copy_group.story_id IS NULL
               AND copy_group.id IN (SELECT value FROM json_each(?))
             ORDER BY ordered_at, canonical_url"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(group_ids)),))]


def of_groups(db: Database, group_ids: Iterable[int]) -> dict[int, int]:
    """Copy group id → story id, for those of the groups that are in a story."""
    sql = """SELECT id, story_id FROM copy_group
             WHERE story_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))"""
    return {row[0]: row[1] for row in db.rows(sql, (json.dumps(sorted(group_ids)),))}


def groups_of(db: Database, story_id: int) -> list[int]:
    """The ids of a story's copy groups."""
    sql = "SELECT id FROM copy_group WHERE story_id = ? ORDER BY id"
    return [row[0] for row in db.rows(sql, (story_id,))]


def keys_of_group(db: Database, group_id: int) -> list[str]:
    """The story keys of a group's articles, those that most of them have first, bounded."""
    sql = """SELECT key.value FROM article
             JOIN story_document ON article_id = article.id, json_each(keys) AS key
             WHERE copy_group_id = ? GROUP BY key.value ORDER BY count(*) DESC, key.value LIMIT ?"""
    return [row[0] for row in db.rows(sql, (group_id, _MOST_KEYS))]


def new_story(db: Database) -> int:
    """A new, empty story's id. Call inside `write()`."""
    return db.execute("INSERT INTO story DEFAULT VALUES")


def join(db: Database, group_id: int, story_id: int, link: StoryLink | None) -> None:
    """Put a group with all its articles into a story, with the evidence. Call inside `write()`."""
    shared = json.dumps(link.shared if link else (), ensure_ascii=False)
    db.execute(
        "UPDATE copy_group SET story_id = ?, likeness = ?, shared_terms = ? WHERE id = ?",
        (story_id, link.likeness if link else None, shared, group_id),
    )
    db.execute("UPDATE article SET story_id = ? WHERE copy_group_id = ?", (story_id, group_id))


def newest(db: Database) -> int:
    """The highest id that a story has; 0 where there is none."""
    return int(db.value("SELECT coalesce(max(id), 0) FROM story"))


def put(db: Database, group_ids: Iterable[int], story_id: int) -> None:
    """Give a story with these groups another id, evidence and all. Call inside `write()`."""
    for group in sorted(group_ids):
        db.execute("UPDATE copy_group SET story_id = ? WHERE id = ?", (story_id, group))
        db.execute("UPDATE article SET story_id = ? WHERE copy_group_id = ?", (story_id, group))


def loosen(db: Database, group_ids: Iterable[int]) -> None:
    """Take groups out of their stories, to be put into others at once. Call inside `write()`."""
    for group in sorted(group_ids):
        db.execute("UPDATE copy_group SET story_id = NULL WHERE id = ?", (group,))
        db.execute("UPDATE article SET story_id = NULL WHERE copy_group_id = ?", (group,))


def members(db: Database, story_id: int) -> dict[int, int]:
    """The articles of a story with their groups."""
    sql = "SELECT id, copy_group_id FROM article WHERE story_id = ?"
    return {row[0]: row[1] for row in db.rows(sql, (story_id,))}


_RECOUNT = """
UPDATE story SET
  title = coalesce((SELECT article.title FROM copy_group
                    JOIN article ON article.id = first_article_id
                    WHERE copy_group.story_id = ?1
                    ORDER BY copy_group.outlet_count DESC, ordered_at, canonical_url LIMIT 1), ''),
  first_published_at = (SELECT min(ordered_at) FROM article WHERE story_id = ?1),
  last_published_at = (SELECT max(ordered_at) FROM article WHERE story_id = ?1),
  article_count = (SELECT count(*) FROM article WHERE story_id = ?1),
  outlet_count = (SELECT count(DISTINCT outlet) FROM article WHERE story_id = ?1),
  copy_group_count = (SELECT count(*) FROM copy_group WHERE story_id = ?1)
WHERE id = ?1
"""


def recount(db: Database, story_ids: Iterable[int]) -> None:
    """Bring the stored figures of stories up to date; empty ones go. Call inside `write()`."""
    ids = [(each,) for each in sorted(story_ids)]
    db.execute_many(_RECOUNT, ids)
    db.execute_many("DELETE FROM story WHERE id = ? AND article_count = 0", ids)
