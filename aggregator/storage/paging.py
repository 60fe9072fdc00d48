"""Lists read page by page: each page begins behind the last row of the one before.

So a page costs what it shows, however far down it is, and what comes meanwhile moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row
from typing import TYPE_CHECKING, Final

from aggregator.storage.readers import ArticleRow, Filter, StoryRow, article_row, story_of_row

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Place", "articles", "newest_stories"]


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a list: its time as the database has it, and its id among equals."""

    at: str
    id: int


# ?1 since, ?2 outlet, ?3 language, ?4 tag: each NULL where all may pass; ?5, ?6 the place.
_FITS: Final = """
  (?2 IS NULL OR own.outlet = ?2 COLLATE NOCASE)
  AND (?3 IS NULL OR own.language = ?3 COLLATE NOCASE OR own.language LIKE ?3 || '-%')
  AND (?4 IS NULL OR own.id IN (
    SELECT article_id FROM article_feeds JOIN feeds ON feeds.id = feed_id
    JOIN json_each(feeds.tags) AS tag ON tag.value = ?4 COLLATE NOCASE))"""
_STORIES: Final = """
SELECT * FROM stories
WHERE article_count > 0 AND last_published_at >= coalesce(?1, '') {further}
  AND (?7 OR NOT hidden)
  AND (coalesce(?2, ?3, ?4) IS NULL OR EXISTS (
    SELECT 1 FROM article AS own WHERE own.story_id = stories.id AND {fits}))
ORDER BY last_published_at DESC, id DESC LIMIT ?8"""
_ARTICLES: Final = """
SELECT * FROM articles AS own WHERE ordered_at >= coalesce(?1, '') {further} AND {fits}
ORDER BY ordered_at DESC, id DESC LIMIT ?7"""


def newest_stories(
    db: "Database", chosen: Filter, after: Place | None, *, limit: int, hidden: bool = False
) -> tuple[list[StoryRow], Place | None]:
    """Stories by their last article, the newest first; and the place from which to go on.

    That is None at the end. `chosen` is as for `readers.stories`.
    """
    further = "AND (last_published_at, id) < (?5, ?6)" if after else ""
    values = (*chosen.values(), *_values(after), hidden, limit + 1)
    rows = db.rows(_STORIES.format(further=further, fits=_FITS), values)
    return [story_of_row(row) for row in rows[:limit]], _next(rows, limit, "last_published_at")


def articles(
    db: "Database", chosen: Filter, after: Place | None, *, limit: int
) -> tuple[list[ArticleRow], Place | None]:
    """Articles without their texts by the time of publication, or else of the first sight.

    The newest first; and the place from which to go on, None at the end.
    """
    further = "AND (ordered_at, id) < (?5, ?6)" if after else ""
    values = (*chosen.values(), *_values(after), limit + 1)
    rows = db.rows(_ARTICLES.format(further=further, fits=_FITS), values)
    return [article_row(row) for row in rows[:limit]], _next(rows, limit, "ordered_at")


def _values(place: Place | None) -> tuple[str | None, int | None]:
    return (None, None) if place is None else (place.at, place.id)


def _next(rows: Sequence[Row], limit: int, time: str) -> Place | None:
    """The place of the last row shown, where there are more."""
    last = rows[limit - 1] if len(rows) > limit else None
    return None if last is None else Place(last[time], last["id"])
