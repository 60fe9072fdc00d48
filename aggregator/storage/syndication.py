"""What goes out as Atom and JSON Feed: the newest stories of a selection, and their stable ids.

Reads are bounded, however large a story is: so many texts, and of each text the first article of
each outlet.
"""

import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from aggregator.output.syndication import Report, StoryItem, Text
from aggregator.storage.saved_searches import matches
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database
    from aggregator.storage.readers import Filter
    from aggregator.storage.saved_searches import SavedSearch

__all__ = ["MOST_REPORTS", "MOST_SEARCHED", "MOST_TEXTS", "item", "stories", "uri"]

MOST_TEXTS: Final = 30
"""So many texts of a story are shown, those that most outlets carry."""

MOST_REPORTS: Final = 50
"""So many outlets of a text are shown, the earliest."""

MOST_SEARCHED: Final = 20_000
"""So many stories are looked at for hits of a saved search."""

_PORTION: Final = 200
_MOST_OUTLETS: Final = 500
_LONGEST_LEAD: Final = 500


def uri(db: "Database", kind: str, name: str) -> str:
    """A URI for what this database calls by a `kind` and a name, the same for ever."""
    namespace = uuid.UUID(db.value("SELECT name FROM installation"))
    return uuid.uuid5(namespace, f"{kind}:{name}").urn


# ?1 since, ?2 outlet, ?3 language, ?4 ids of feeds, ?5 outlets, ?6 and ?7 the last one before:
# NULL where all may pass.
_CHOSEN: Final = """
SELECT id, last_published_at FROM stories
WHERE article_count > 0 AND NOT hidden AND outlet_count >= ?5
  AND (?1 IS NULL OR last_published_at >= ?1)
  AND (?6 IS NULL OR (last_published_at, id) < (?6, ?7))
  AND (coalesce(?2, ?3, ?4) IS NULL OR EXISTS (
    SELECT 1 FROM article WHERE story_id = stories.id
      AND (?2 IS NULL OR outlet = ?2 COLLATE NOCASE)
      AND (?3 IS NULL OR language = ?3 COLLATE NOCASE OR language LIKE ?3 || '-%')
      AND (?4 IS NULL OR EXISTS (
        SELECT 1 FROM entry WHERE article_id = article.id
          AND feed_id IN (SELECT value FROM json_each(?4))))))
ORDER BY last_published_at DESC, id DESC LIMIT ?8
"""


def stories(
    db: "Database",
    chosen: "Filter",
    saved: "SavedSearch | None" = None,
    limit: int = 100,
    *,
    outlets: int = 1,
    known: dict[int, StoryItem] | None = None,
) -> list[StoryItem]:
    """The newest stories that pass, by when their newest article was published, newest first.

    They have an article that passes `chosen`, are reported by at least so many `outlets`, and no
    editor hid them. Where there is a `saved` search, one of its hits is in each; of stories that
    pass otherwise the newest `MOST_SEARCHED` are looked at for that. `limit` is at least 1.
    `known` are items read before, in the same snapshot, by their stories; new ones are added.
    """
    found = _newest(db, chosen, outlets, limit if saved is None else _PORTION)
    if saved is not None:
        found = _with_hits(db, saved, islice(found, MOST_SEARCHED))
    made = {} if known is None else known
    chosen_ids = list(islice(found, limit))
    for each in chosen_ids:
        if each not in made and (read := item(db, each)) is not None:
            made[each] = read
    return [made[each] for each in chosen_ids if each in made]


def _newest(db: "Database", chosen: "Filter", outlets: int, portion: int) -> Iterator[int]:
    """The ids of all stories that pass, newest first, read in portions."""
    feeds = None if chosen.tag is None else json.dumps(_tagged(db, chosen.tag))
    values = (to_text(chosen.since), chosen.outlet, chosen.language, feeds, outlets)
    last: tuple[str | None, int | None] = (None, None)
    while rows := db.rows(_CHOSEN, (*values, *last, portion)):
        yield from (row["id"] for row in rows)
        last = (rows[-1]["last_published_at"], rows[-1]["id"])


def _with_hits(db: "Database", saved: "SavedSearch", found: Iterator[int]) -> Iterator[int]:
    sql = "SELECT id, story_id FROM article WHERE story_id IN (SELECT value FROM json_each(?))"
    while portion := list(islice(found, _PORTION)):
        articles = dict(tuple(row) for row in db.rows(sql, (json.dumps(portion),)))
        hit = {articles[each] for each in matches(db, saved, articles)}
        yield from (each for each in portion if each in hit)


def _tagged(db: "Database", tag: str) -> list[int]:
    """The feeds with a tag."""
    sql = """SELECT DISTINCT feed.id FROM feed JOIN json_each(tags) AS tag
             ON tag.value = ? COLLATE NOCASE"""
    return [row[0] for row in db.rows(sql, (tag,))]


# --- one story -------------------------------------------------------------------------------

_GROUPS: Final = """
SELECT copy_group.id, copy_group.agency, article_count FROM copy_group
JOIN article ON article.id = first_article_id WHERE copy_group.story_id = ?
ORDER BY copy_group.outlet_count DESC, ordered_at, canonical_url LIMIT ?
"""
# The first article of each outlet, by skipping from one outlet to the next.
_REPORTS: Final = """
WITH RECURSIVE first_of (id, outlet) AS (
  SELECT * FROM (SELECT id, outlet FROM article WHERE copy_group_id = ?1
                 ORDER BY outlet, ordered_at, canonical_url LIMIT 1)
  UNION ALL
  SELECT own.id, own.outlet FROM first_of JOIN article AS own ON own.id = (
    SELECT id FROM article WHERE copy_group_id = ?1 AND outlet > first_of.outlet
    ORDER BY outlet, ordered_at, canonical_url LIMIT 1)
  LIMIT ?2)
SELECT article.id, article.outlet, title, url, published_at, language,
       (SELECT min(first_seen_at) FROM entry WHERE article_id = article.id) AS seen_at,
       iif(version > 1, version_at, NULL) AS version_at, fetched_at
FROM first_of JOIN article USING (id) ORDER BY ordered_at, canonical_url LIMIT ?3
"""


def item(db: "Database", story_id: int) -> StoryItem | None:
    """One story as an item of a feed; None where there is no such story."""
    story = db.row("SELECT * FROM stories WHERE id = ?", (story_id,))
    if story is None:
        return None
    groups = db.rows(_GROUPS, (story_id, MOST_TEXTS))
    rows = [db.rows(_REPORTS, (each["id"], _MOST_OUTLETS, MOST_REPORTS)) for each in groups]
    texts = tuple(_text(db, *both) for both in zip(groups, rows, strict=True))
    first = rows[0][0]
    return StoryItem(
        id=uri(db, "story", str(story_id)),
        story_id=story_id,
        title=story["title"],
        url=first["url"],
        published_at=from_text(story["first_published_at"]),
        updated_at=_updated(db, story_id, [row for some in rows for row in some]),
        outlet_count=story["outlet_count"],
        article_count=story["article_count"],
        text_count=story["copy_group_count"],
        texts=texts,
        language=first["language"],
        tags=tuple(_tags(db, (row["id"] for some in rows for row in some))),
    )


def _text(db: "Database", group: sqlite3.Row, rows: Sequence[sqlite3.Row]) -> Text:
    reports = tuple(
        Report(row["id"], row["outlet"], row["title"], row["url"], from_text(row["published_at"]))
        for row in rows
    )
    lead = _lead(db, reports[0].article_id)
    return Text(group["id"], lead, reports, group["agency"], group["article_count"] - len(reports))


def _lead(db: "Database", article_id: int) -> str:
    """An article's lead, or else its first paragraph, as far as a teaser goes."""
    sql = """SELECT coalesce(nullif(lead, ''), substr(text, 1, instr(text || char(10), char(10))))
             FROM article WHERE id = ?"""
    lead = " ".join(str(db.value(sql, (article_id,))).split())
    if len(lead) <= _LONGEST_LEAD:
        return lead
    return f"{lead[:_LONGEST_LEAD].rsplit(' ', 1)[0]} …"


def _tags(db: "Database", article_ids: Iterable[int]) -> Iterator[str]:
    sql = """SELECT DISTINCT tag.value FROM json_each(?) AS wanted
             JOIN entry ON article_id = wanted.value JOIN feed ON feed.id = feed_id
             JOIN json_each(feed.tags) AS tag ORDER BY 1"""
    return (row[0] for row in db.rows(sql, (json.dumps(sorted(article_ids)),)))


_CHANGED: Final = """
SELECT max(
  coalesce((SELECT max(at) FROM change WHERE id = ?1
    AND kind IN ('story_created', 'story_split', 'story_grown', 'story_changed')), ''),
  coalesce((SELECT max(max(at, coalesce(undone_at, at))) FROM decision WHERE story_id = ?1), ''))
"""


def _updated(db: "Database", story_id: int, rows: Sequence[sqlite3.Row]) -> datetime:
    """When the story last changed: as changes and decisions say, or what its articles say.

    Before changes were noted it is known when an article was first seen.
    """
    times = [time for row in rows for time in (row["seen_at"], row["version_at"]) if time]
    latest = from_text(max([db.value(_CHANGED, (story_id,)), *times]) or rows[0]["fetched_at"])
    assert latest is not None  # there is no story without articles
    return latest
