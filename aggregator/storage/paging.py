"""Lists read page by page: each page begins behind the last row of the one before.

So a page costs what it shows, however far down it is, and what comes meanwhile moves nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aggregator.storage.readers import ArticleRow, Filter, StoryRow, article_row, story_of_row
from aggregator.storage.times import to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Place", "articles", "newest_stories"]


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a list: its time as the database has it, and its id among equals."""

    at: str
    id: int


# ?1 since; ?2, ?3 the place to go on from; then what `_chosen` has; at last how many.
_STORIES: Final = """
SELECT * FROM stories
WHERE article_count > 0 AND last_published_at >= coalesce(?1, '') {further} {shown} {having}
ORDER BY last_published_at DESC, id DESC LIMIT ?7"""
_HAVING: Final = "AND EXISTS (SELECT 1 FROM article AS own WHERE story_id = stories.id {})"
_ARTICLES: Final = """
SELECT * FROM articles AS own WHERE ordered_at >= coalesce(?1, '') {further} {fitting}
ORDER BY ordered_at DESC, id DESC LIMIT ?7"""
# The different values of a column, by skipping from one to the next in its index.
_VALUES: Final = """
WITH RECURSIVE each (value) AS (
  SELECT min({0}) FROM article
  UNION ALL SELECT (SELECT min({0}) FROM article WHERE {0} > each.value)
  FROM each WHERE each.value IS NOT NULL)
SELECT value FROM each
WHERE value = ?1 COLLATE NOCASE OR ?2 AND value LIKE ?1 || '-%'"""
_TAGGED: Final = """
SELECT DISTINCT feed.id FROM feed JOIN json_each(tags) AS tag ON tag.value = ? COLLATE NOCASE"""
# An outlet's articles are found in their order; those of a language would have to be sorted, all of
# them, so there the plus sign keeps SQLite from its index.
_IS: Final = MappingProxyType(
    {"outlet": " AND own.outlet = ?4", "language": " AND +own.language = ?5"}
)
_IS_ONE_OF: Final = " AND +own.{} IN (SELECT value FROM json_each(?{}))"
# The view article_feeds by one of its articles, which is found by an index only so.
_OF_FEEDS: Final = """ AND (
  EXISTS (SELECT 1 FROM entry WHERE article_id = own.id
          AND entry.feed_id IN (SELECT value FROM json_each(?6)))
  OR own.feed_id IN (SELECT value FROM json_each(?6))
    AND NOT EXISTS (SELECT 1 FROM entry WHERE article_id = own.id))"""


def newest_stories(
    db: "Database", chosen: Filter, after: Place | None, *, limit: int, hidden: bool = False
) -> tuple[list[StoryRow], Place | None]:
    """Stories by their last article, the newest first; and the place from which to go on.

    That is None at the end. `chosen` is as for `readers.stories`.
    """
    asked = _chosen(db, chosen)
    if asked is None:
        return [], None
    fitting, values = asked
    sql = _STORIES.format(
        further="AND (last_published_at, id) < (?2, ?3)" if after else "",
        shown="" if hidden else "AND NOT hidden",
        having=_HAVING.format(fitting) if fitting else "",
    )
    rows = db.rows(sql, (to_text(chosen.since), *_values(after), *values, limit + 1))
    return [story_of_row(row) for row in rows[:limit]], _next(rows, limit, "last_published_at")


def articles(
    db: "Database", chosen: Filter, after: Place | None, *, limit: int
) -> tuple[list[ArticleRow], Place | None]:
    """Articles without their texts by the time of publication, or else of the first sight.

    The newest first; and the place from which to go on, None at the end.
    """
    asked = _chosen(db, chosen)
    if asked is None:
        return [], None
    fitting, values = asked
    further = "AND (ordered_at, id) < (?2, ?3)" if after else ""
    sql = _ARTICLES.format(further=further, fitting=fitting)
    rows = db.rows(sql, (to_text(chosen.since), *_values(after), *values, limit + 1))
    return [article_row(row) for row in rows[:limit]], _next(rows, limit, "ordered_at")


def _chosen(db: "Database", chosen: Filter) -> tuple[str, tuple[str | None, ...]] | None:
    """Conditions on an article `own`, and their values ?4 to ?6; None where none ever fits."""
    asked: tuple[tuple[str | None, str, list[str] | list[int]], ...] = (
        (chosen.outlet, "outlet", _spelt(db, "outlet", chosen.outlet)),
        (chosen.language, "language", _spelt(db, "language", chosen.language)),
        (chosen.tag, "tag", [row["id"] for row in db.rows(_TAGGED, (chosen.tag,))]),
    )
    if any(wanted is not None and not found for wanted, _, found in asked):
        return None
    conditions, values = [], []
    for at, (_, name, found) in enumerate(asked, start=4):
        single = len(found) == 1 and name != "tag"
        condition = _IS[name] if single else _IS_ONE_OF.format(name, at)
        condition = _OF_FEEDS if name == "tag" else condition
        conditions.append(condition if found else "")
        values.append(str(found[0]) if single else json.dumps(found))
    return "".join(conditions), tuple(values)


def _spelt(db: "Database", column: str, name: str | None) -> list[str]:
    """How articles have an outlet's name, or a language with its variants.

    Only as it is spelt there an index finds them.
    """
    rows = db.rows(_VALUES.format(column), (name, column == "language"))
    return [row["value"] for row in rows]


def _values(place: Place | None) -> tuple[str | None, int | None]:
    return (None, None) if place is None else (place.at, place.id)


def _next(rows: Sequence[Row], limit: int, time: str) -> Place | None:
    """The place of the last row shown, where there are more."""
    last = rows[limit - 1] if len(rows) > limit else None
    return None if last is None else Place(last[time], last["id"])
