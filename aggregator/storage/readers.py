"""What the faces read: stories, copy groups, articles and feeds, as frozen values.

Nothing here writes. Times are aware UTC datetimes; a missing thing is None, not an error.
"""

import heapq
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from aggregator.model import Removed
from aggregator.storage import copies, decisions
from aggregator.storage.copies import CopyMember
from aggregator.storage.decisions import Listed
from aggregator.storage.rows import FeedRow, Placement, Totals
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = [
    "HALF_LIFE",
    "ArticleDetail",
    "ArticleRow",
    "CopyGroupDetail",
    "FeedRow",
    "Filter",
    "Placement",
    "StoryDetail",
    "StoryRow",
    "Totals",
    "article",
    "article_row",
    "article_rows",
    "feeds",
    "mates",
    "placements",
    "stories",
    "story",
    "story_of_row",
    "story_row",
    "totals",
]

HALF_LIFE: Final = timedelta(hours=12)
"""A story half this much older needs twice the outlets to stand at the same place."""

# More outlets than this lift a story no further, which bounds how far back a list must look.
_MOST_OUTLETS: Final = 1024


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; None lets all pass.

    `since` is a time in UTC; `outlet` is compared ignoring the case of ASCII letters; `language`
    also takes its variants (de: de-AT); `tag` is one that the operator gave to a feed.
    """

    since: datetime | None = None
    outlet: str | None = None
    language: str | None = None
    tag: str | None = None

    def values(self) -> tuple[str | None, str | None, str | None, str | None]:
        """As parameters for SQL."""
        return (to_text(self.since), self.outlet, self.language, self.tag)


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story with its figures; `copy_group_count` is the number of independent texts.

    `title` is an editor's where one gave it, `computed_title` never.
    """

    id: int
    title: str
    first_published_at: datetime | None
    last_published_at: datetime | None
    article_count: int
    outlet_count: int
    copy_group_count: int
    computed_title: str
    pinned: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One article without its text."""

    id: int
    title: str
    url: str
    outlet: str
    agency: str | None
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    word_count: int
    copy_group_id: int | None
    story_id: int | None


@dataclass(frozen=True, slots=True)
class CopyGroupDetail:
    """One text with all articles that carry it, earliest first.

    `likeness` (0 to 1) to the group that it is most like in its story, and the terms shared with
    that, are why it is there; None and empty where it is alone, or there by decision only.
    `members` tells what each of several articles took over; else it is empty.
    """

    id: int
    agency: str | None
    article_count: int
    outlet_count: int
    first_article_id: int | None
    likeness: float | None
    shared_terms: tuple[str, ...]
    articles: tuple[ArticleRow, ...]
    members: tuple[CopyMember, ...]


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """One story with its copy groups, those with most articles first, and what was decided."""

    story: StoryRow
    copy_groups: tuple[CopyGroupDetail, ...]
    decisions: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """One article whole; `removed` is what was stripped, in its order on the page.

    `copies` are the other articles of its copy group. `text_from` is where its text came from,
    `page_fetched_at` when its page was fetched, None where that is kept no longer.
    """

    article: ArticleRow
    canonical_url: str
    feed_url: str
    lead: str
    text: str
    authors: tuple[str, ...]
    updated_at: datetime | None
    image: str | None
    paywalled: bool | None
    spared: str | None
    removed: tuple[Removed, ...]
    copies: tuple[ArticleRow, ...]
    text_from: Literal["page", "feed"]
    page_fetched_at: datetime | None


# --- stories ---------------------------------------------------------------------------------

# ?1 since, ?2 outlet, ?3 language, ?4 tag: each NULL where all may pass; ?5: may hidden ones?
_CHOSEN: Final = """
FROM stories WHERE article_count > 0 AND (?5 OR NOT hidden)
  AND (?1 IS NULL OR last_published_at >= ?1)
  AND (coalesce(?2, ?3, ?4) IS NULL OR EXISTS (
    SELECT 1 FROM articles WHERE story_id = stories.id
      AND (?2 IS NULL OR outlet = ?2 COLLATE NOCASE)
      AND (?3 IS NULL OR language = ?3 COLLATE NOCASE OR language LIKE ?3 || '-%')
      AND (?4 IS NULL OR articles.id IN (
        SELECT article_id FROM article_feeds JOIN feeds ON feeds.id = feed_id
        JOIN json_each(feeds.tags) AS tag ON tag.value = ?4 COLLATE NOCASE))))
"""
_LAST_OF_NEWEST: Final = f"SELECT last_published_at {_CHOSEN} ORDER BY 1 DESC LIMIT 1 OFFSET ?6"
_NEWER: Final = f"SELECT * {_CHOSEN} AND (?6 IS NULL OR last_published_at >= ?6)"
# By the decisions, which are few, instead of by a look at every story.
_IS_PINNED: Final = "id IN (SELECT story_id FROM decision WHERE kind = 'pin' AND undone_at IS NULL)"
_PINNED: Final = f"SELECT * {_CHOSEN} AND {_IS_PINNED}"


def stories(
    db: "Database", chosen: Filter, *, limit: int, now: datetime, hidden: bool = False
) -> list[StoryRow]:
    """The newest and biggest stories, best first, but pinned ones before; `limit` is at least 1.

    Those that an editor hid are left out unless `hidden` is set.

    A story's worth is its number of outlets, halved for every `HALF_LIFE` since its newest
    article. `chosen.since` asks for that article's time, the rest of the filter for any one
    article that has all that is asked for.
    """
    values = (*chosen.values(), hidden)
    last = from_text(db.value(_LAST_OF_NEWEST, (*values, limit - 1)))
    # The newest stories are worth at least what one outlet makes of the last of them; before
    # this time no number of outlets makes up for the age.
    oldest = None if last is None else min(last, now) - HALF_LIFE * math.log2(_MOST_OUTLETS)
    rows = [*db.rows(_PINNED, values), *db.rows(_NEWER, (*values, to_text(oldest)))]
    found = {row["id"]: story_of_row(row) for row in rows}
    return heapq.nlargest(limit, found.values(), key=lambda story: _place(story, now))


def _place(story: StoryRow, now: datetime) -> tuple[bool, float, int, int]:
    """Pinned or not, the logarithm of a story's worth; then more articles, then the older id."""
    last = story.last_published_at
    age = math.inf if last is None else max(now - last, timedelta()) / HALF_LIFE
    outlets = min(max(story.outlet_count, 1), _MOST_OUTLETS)
    return (story.pinned, math.log2(outlets) - age, story.article_count, -story.id)


def story_of_row(row: sqlite3.Row) -> StoryRow:
    """Read a row of the view `stories`."""
    return StoryRow(
        id=row["id"],
        title=row["title"],
        first_published_at=from_text(row["first_published_at"]),
        last_published_at=from_text(row["last_published_at"]),
        article_count=row["article_count"],
        outlet_count=row["outlet_count"],
        copy_group_count=row["copy_group_count"],
        computed_title=row["computed_title"],
        pinned=bool(row["pinned"]),
        hidden=bool(row["hidden"]),
    )


def story(db: "Database", story_id: int) -> StoryDetail | None:
    """One story with its copy groups; an id that was merged away leads to the story it went to."""
    row = story_row(db, story_id)
    if row is None:
        return None
    return StoryDetail(row, _copy_groups(db, row.id), tuple(decisions.concerning(db, row.id)))


def story_row(db: "Database", story_id: int) -> StoryRow | None:
    """The same without its copy groups."""
    sql = """SELECT * FROM stories WHERE id IN (?1,
               (SELECT new_id FROM redirect WHERE kind = 'story' AND old_id = ?1))
             ORDER BY id <> ?1"""
    row = db.row(sql, (story_id,))
    return None if row is None else story_of_row(row)


def _copy_groups(db: "Database", story_id: int) -> tuple[CopyGroupDetail, ...]:
    sql = """SELECT * FROM articles WHERE story_id = ?
             ORDER BY coalesce(published_at, fetched_at), id"""
    articles: dict[int, list[ArticleRow]] = {}
    for row in db.rows(sql, (story_id,)):
        articles.setdefault(row["copy_group_id"], []).append(article_row(row))
    members = copies.members(db, story_id)
    sql = "SELECT * FROM copy_group WHERE story_id = ? ORDER BY article_count DESC, id"
    return tuple(
        CopyGroupDetail(
            id=row["id"],
            agency=row["agency"],
            article_count=row["article_count"],
            outlet_count=row["outlet_count"],
            first_article_id=row["first_article_id"],
            likeness=row["likeness"],
            shared_terms=tuple(json.loads(row["shared_terms"])),
            articles=tuple(articles.get(row["id"], ())),
            members=tuple(members.get(row["id"], ())),
        )
        for row in db.rows(sql, (story_id,))
    )


# --- articles --------------------------------------------------------------------------------


def article_rows(db: "Database", ids: Iterable[int]) -> list[ArticleRow]:
    """Those of the articles that there are, in the order of their ids."""
    sql = "SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return [article_row(row) for row in db.rows(sql, (json.dumps(sorted(ids)),))]


def article_row(row: sqlite3.Row) -> ArticleRow:
    """Read a row of the view `articles`."""
    fetched = from_text(row["fetched_at"])
    assert fetched is not None  # the column is NOT NULL
    return ArticleRow(
        id=row["id"],
        title=row["title"],
        url=row["url"],
        outlet=row["outlet"],
        agency=row["agency"],
        language=row["language"],
        published_at=from_text(row["published_at"]),
        fetched_at=fetched,
        word_count=row["word_count"],
        copy_group_id=row["copy_group_id"],
        story_id=row["story_id"],
    )


def article(db: "Database", article_id: int) -> ArticleDetail | None:
    """One article with its text, what was stripped from it, and its copies."""
    sql = """SELECT articles.*, feeds.url AS feed_url FROM articles
             JOIN feeds ON feeds.id = feed_id WHERE articles.id = ?"""
    row = db.row(sql, (article_id,))
    if row is None:
        return None
    sql = """SELECT text, reason, coalesce(place, position) AS place FROM removed
             WHERE article_id = ? ORDER BY place, position"""
    removed = tuple(Removed(*block) for block in db.rows(sql, (article_id,)))
    sql = """SELECT * FROM articles WHERE copy_group_id = ? AND id <> ?
             ORDER BY coalesce(published_at, fetched_at), id"""
    copies = tuple(article_row(copy) for copy in db.rows(sql, (row["copy_group_id"], article_id)))
    sql = """SELECT text_from, page.fetched_at FROM article
             LEFT JOIN page ON page.url = canonical_url WHERE article.id = ?"""
    text_from, page_fetched_at = db.rows(sql, (article_id,))[0]
    return ArticleDetail(
        article_row(row),
        canonical_url=row["canonical_url"],
        feed_url=row["feed_url"],
        lead=row["lead"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        updated_at=from_text(row["updated_at"]),
        image=row["image"],
        paywalled=None if row["paywalled"] is None else bool(row["paywalled"]),
        spared=row["spared"],
        removed=removed,
        copies=copies,
        text_from=text_from,
        page_fetched_at=from_text(page_fetched_at),
    )


# --- feeds and totals ------------------------------------------------------------------------


def feeds(db: "Database") -> list[FeedRow]:
    """Every feed, those that are listed first, by outlet."""
    sql = "SELECT * FROM feeds ORDER BY listed DESC, outlet COLLATE NOCASE, id"
    return [
        FeedRow(
            id=row["id"],
            url=row["url"],
            outlet=row["outlet"],
            title=row["title"],
            language=row["language"],
            status=row["status"],
            tags=tuple(json.loads(row["tags"])),
            listed=bool(row["listed"]),
            last_polled_at=from_text(row["last_polled_at"]),
            last_success_at=from_text(row["last_success_at"]),
            next_poll_at=from_text(row["next_poll_at"]),
            last_error=row["last_error"],
            failures=row["failures"],
            text_source=row["text_source"],
            text_from=row["text_from"],
            paused=bool(row["paused"]),
        )
        for row in db.rows(sql)
    ]


def totals(db: "Database") -> Totals:
    """How much is kept."""
    sql = "SELECT count(*), coalesce(sum(article_count), 0) FROM copy_group WHERE article_count > 1"
    row = db.rows(sql)[0]
    return Totals(
        feeds=db.value("SELECT count(*) FROM feed WHERE listed"),
        articles=db.value("SELECT count(*) FROM article"),
        copy_groups=row[0],
        copies=row[1],
        stories=db.value("SELECT count(*) FROM story"),
        waiting=db.value("SELECT count(*) FROM entry WHERE state = 'pending'"),
        rejected=db.value("SELECT count(*) FROM rejection"),
    )


# --- placements ------------------------------------------------------------------------------


def mates(db: "Database", article_ids: Iterable[int]) -> list[int]:
    """The articles with all that are in a copy group or story with any of them, by their ids."""
    sql = """SELECT id FROM article WHERE id IN (SELECT value FROM json_each(?1)) OR story_id IN (
               SELECT story_id FROM article WHERE id IN (SELECT value FROM json_each(?1)))
             ORDER BY id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(article_ids)),))]


def placements(db: "Database", *, portion: int = 1000) -> Iterator[Placement]:
    """Where each article was put, by its id, read in portions of so many."""
    sql = """SELECT id, url, copy_group_id, story_id FROM articles
             WHERE id > ? ORDER BY id LIMIT ?"""
    last = 0
    while rows := db.rows(sql, (last, portion)):
        yield from (Placement(*row) for row in rows)
        last = rows[-1]["id"]
