"""What the desk's search page shows: the newest hits, enough to count them, and those in view.

However many articles there are, no more than `MOST` hits are looked at, found from the newest back
(the full-text index is read backwards), so that a page takes the same time in any archive. Their
order is that in which articles came in; by relevance they are ordered among themselves.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.core.faceting import Brief
from aggregator.storage.readers import ArticleRow, Filter, article_row
from aggregator.storage.search import tiers, widest
from aggregator.storage.times import from_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["MOST", "Looked", "Seen", "StoryLine", "counted", "look", "ranked", "seen", "stories"]

MOST: Final = 500
"""So many hits are looked at, the newest."""

# With a filter that lets few pass, so many are tried.
_TRIED: Final = 20_000
_END: Final = 2**62
_HITS: Final = """
WITH hit AS MATERIALIZED (
  SELECT rowid AS id FROM article_fts
  WHERE article_fts MATCH ?5 AND rowid < ?6 AND rowid > ?7 ORDER BY rowid DESC LIMIT ?8)
SELECT {} FROM hit CROSS JOIN article ON article.id = hit.id
WHERE (?1 IS NULL OR coalesce(published_at, fetched_at) >= ?1)
  AND (?2 IS NULL OR outlet = ?2 COLLATE NOCASE)
  AND (?3 IS NULL OR language = ?3 COLLATE NOCASE OR language LIKE ?3 || '-%')
  AND (?4 IS NULL OR EXISTS (
    SELECT 1 FROM entry JOIN feed ON feed.id = entry.feed_id
    JOIN json_each(feed.tags) AS tag ON tag.value = ?4 COLLATE NOCASE
    WHERE entry.article_id = article.id))
LIMIT ?9
"""
_BRIEF: Final = _HITS.format(
    "article.id, story_id, coalesce(published_at, fetched_at) AS at, outlet, language, feed_id"
)
_COUNT: Final = f"SELECT count(*) FROM ({_HITS.format('1')})"  # noqa: S608 - its parts are ours
_FEEDS: Final = """
SELECT DISTINCT article_id, feed_id FROM entry
WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY article_id, feed_id
"""
_SEEN: Final = """
SELECT articles.*, highlight(article_fts, 0, char(57344), char(57345)) AS marked_title,
  highlight(article_fts, 1, char(57344), char(57345)) AS marked_lead,
  snippet(article_fts, 2, char(57344), char(57345), ' … ', 30) AS snippet
FROM article_fts CROSS JOIN articles ON articles.id = article_fts.rowid
WHERE article_fts MATCH ?1 AND article_fts.rowid BETWEEN ?2 AND ?3
  AND +article_fts.rowid IN (SELECT value FROM json_each(?4))
"""
_RANKED: Final = """
SELECT rowid FROM article_fts WHERE article_fts MATCH ? AND rowid BETWEEN ? AND ?
  AND rank MATCH 'bm25(8.0, 3.0, 1.0)' ORDER BY rank
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """The newest hits, the newest first; `more` says that there are, or may be, older ones."""

    briefs: tuple[Brief, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A hit in view; matches lie between U+E000 and U+E001."""

    article: ArticleRow
    title: str
    lead: str
    snippet: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """What is said of a story above its hits."""

    id: int
    title: str
    outlet_count: int
    article_count: int
    copy_group_count: int
    hidden: bool


def look(
    db: "Database", expression: str, chosen: Filter, *, before: int | None = None, most: int = MOST
) -> Looked:
    """The newest hits of a search, only those of lower numbers than `before` where that is given.

    `expression` is what `search.widest` makes of words; "" finds nothing.
    """
    if not expression:
        return Looked((), more=False)
    is_filtered = any(value is not None for value in chosen.values())
    tried = _TRIED if is_filtered else most + 1
    values = (*chosen.values(), expression, before or _END, 0, tried, most + 1)
    rows = db.rows(_BRIEF, values)
    return Looked(_briefs(db, rows[:most]), more=len(rows) > most)


def counted(db: "Database", words: str, chosen: Filter, *, after: int, most: int) -> int:
    """How many hits have higher numbers than `after`; those beyond `most` are not counted."""
    expression = widest(db, words, chosen.language)
    if not expression:
        return 0
    values = (*chosen.values(), expression, _END, after, _TRIED, most)
    return int(db.value(_COUNT, values))


def _briefs(db: "Database", rows: Sequence[sqlite3.Row]) -> tuple[Brief, ...]:
    tags = {
        row["id"]: tuple(json.loads(row["tags"])) for row in db.rows("SELECT id, tags FROM feed")
    }
    feeds: dict[int, set[str]] = {row["id"]: set(tags[row["feed_id"]]) for row in rows}
    for row in db.rows(_FEEDS, (json.dumps(list(feeds)),)):
        feeds[row["article_id"]].update(tags[row["feed_id"]])
    return tuple(_brief(row, feeds[row["id"]]) for row in rows)


def _brief(row: sqlite3.Row, tags: Collection[str]) -> Brief:
    at = from_text(row["at"])
    assert at is not None  # fetched_at is NOT NULL
    labels = tuple(sorted(tags))
    return Brief(row["id"], row["story_id"], at, row["outlet"], row["language"], labels)


def ranked(
    db: "Database", words: str, language: str | None, briefs: Sequence[Brief]
) -> tuple[Brief, ...]:
    """The same hits by relevance: first what has the very words, as `search.search` gives them."""
    if not briefs:
        return ()
    known = {brief.id: brief for brief in briefs}
    reach = (min(known), max(known))
    order = [
        row[0]
        for expression in tiers(db, words, language)
        for row in db.rows(_RANKED, (expression, *reach))
    ]
    return tuple(known[each] for each in dict.fromkeys(order) if each in known)


def seen(db: "Database", expression: str, ids: Collection[int]) -> dict[int, Seen]:
    """What is shown of hits of `expression`, by their numbers."""
    if not ids:
        return {}
    rows = db.rows(_SEEN, (expression, min(ids), max(ids), json.dumps(sorted(ids))))
    return {
        row["id"]: Seen(article_row(row), row["marked_title"], row["marked_lead"], row["snippet"])
        for row in rows
    }


def stories(db: "Database", ids: Collection[int]) -> dict[int, StoryLine]:
    """What is said of stories, by their numbers."""
    sql = """SELECT stories.* FROM json_each(?) AS wanted
             CROSS JOIN stories ON stories.id = wanted.value"""
    return {
        row["id"]: StoryLine(
            row["id"],
            row["title"],
            row["outlet_count"],
            row["article_count"],
            row["copy_group_count"],
            bool(row["hidden"]),
        )
        for row in db.rows(sql, (json.dumps(sorted(ids)),))
    }
