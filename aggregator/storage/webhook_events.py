"""What makes an event for a webhook, found from the changes that it has not looked at yet.

A story is told of when it has, for the first time, enough outlets whose reports no event told of
yet. It is known again by its number and, where that is gone, by the article that its event was
named after, so that merges and splits do not tell of it anew. An article is told of once.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from aggregator.core.webhooks import message_id
from aggregator.errors import ChangesGone
from aggregator.model import Webhook
from aggregator.output.notices import (
    ArticleNotice,
    IndependentText,
    StoryNotice,
    article_body,
    story_body,
)
from aggregator.output.syndication import Report
from aggregator.storage import changes, outbox, saved_searches, webhooks
from aggregator.storage.changes import Change
from aggregator.storage.database import Database
from aggregator.storage.outbox import Waiting
from aggregator.storage.times import from_text
from aggregator.storage.webhooks import Kept

__all__ = ["collect"]

_AT_ONCE: Final = 1_000
_MOST_TEXTS: Final = 20
_MOST_OUTLETS: Final = 100
_FRESH: Final = frozenset({"article_added", "article_revised"})
_STORIES_OF: Final = "SELECT id FROM story WHERE outlet_count >= ? ORDER BY id"
_ARTICLES_AFTER: Final = "SELECT id FROM article WHERE id > ? ORDER BY id"


def collect(db: Database, kept: Kept, webhook: Webhook, now: datetime) -> bool:
    """Put into the outbox what the next changes mean for a webhook; whether there may be more.

    In one transaction with how far it looked: who is killed looks again or has it all. Where
    changes are kept no longer, it looks at all that is there: what it told of, it knows.
    """
    with db.write():
        _note_search(db, kept, webhook)
        try:
            found = changes.since(db, kept.cursor, _AT_ONCE)
        except ChangesGone:
            found, cursor = [], changes.last(db)
            named = _everything(db, kept, webhook)
        else:
            if not found:
                return False
            cursor = found[-1].seq
            named = _named(webhook, found)
        outbox.put(db, kept.id, _events(db, kept, webhook, named, now), now)
        webhooks.advance(db, kept.id, cursor)
    return len(found) == _AT_ONCE


def _note_search(db: Database, kept: Kept, webhook: Webhook) -> None:
    """Say that the saved search is not there, whether or not anything came, until it is."""
    if webhook.search is None:
        return
    missing = f"there is no saved search '{webhook.search}'"
    if saved_searches.find(db, webhook.search) is None:
        webhooks.note(db, kept.id, missing)
    elif kept.error == missing:
        webhooks.note(db, kept.id, None)


def _events(
    db: Database, kept: Kept, webhook: Webhook, named: Sequence[int], now: datetime
) -> list[Waiting]:
    if webhook.search is not None:
        return _articles(db, kept, webhook, named, now)
    seq = changes.last(db)
    reached = (_story(db, kept, webhook, each, seq, now) for each in named)
    return [each for each in reached if each is not None]


def _everything(db: Database, kept: Kept, webhook: Webhook) -> list[int]:
    """All stories, or articles, that a webhook could be told of."""
    if webhook.search is not None:
        return [row[0] for row in db.rows(_ARTICLES_AFTER, (kept.article_floor,))]
    return [row[0] for row in db.rows(_STORIES_OF, (webhook.outlets,))]


def _named(webhook: Webhook, found: Iterable[Change]) -> list[int]:
    """The stories, or articles, that changes name, in their order."""
    if webhook.search is not None:
        fresh = (each.id for each in found if each.kind in _FRESH)
        return [each for each in dict.fromkeys(fresh) if each is not None]
    ids: list[int | None] = []
    for change in found:
        if change.kind.startswith("story_"):
            ids += (change.id, change.other_id)
    return [each for each in dict.fromkeys(ids) if each is not None]


# --- stories ---------------------------------------------------------------------------------

_LARGE: Final = "SELECT * FROM stories WHERE id = ? AND outlet_count >= ? AND NOT hidden"
_KNOWN: Final = "SELECT 1 FROM webhook_told WHERE story_id = ? AND webhook_id = ?"
_FIGURES: Final = """
SELECT count(DISTINCT iif(told.article_id IS NULL, outlet, NULL)) AS fresh,
       count(DISTINCT iif(article.id <= ?3, outlet, NULL)) AS before,
       coalesce(max(told.story_id IS NOT NULL
                    AND told.story_id NOT IN (SELECT id FROM story)), 0) AS known
FROM article LEFT JOIN webhook_told AS told
  ON told.webhook_id = ?1 AND told.article_id = article.id
WHERE article.story_id = ?2"""
_CHOSEN: Final = """
SELECT 1 FROM article WHERE story_id = ?1
  AND (?2 IS NULL OR outlet = ?2 COLLATE NOCASE)
  AND (?3 IS NULL OR language = ?3 COLLATE NOCASE OR language LIKE ?3 || '-%')
  AND (?4 IS NULL OR EXISTS (
    SELECT 1 FROM entry JOIN feed ON feed.id = entry.feed_id
    JOIN json_each(feed.tags) AS tag ON tag.value = ?4 COLLATE NOCASE
    WHERE entry.article_id = article.id)) LIMIT 1"""
_FIRST: Final = """
SELECT article.id, canonical_url FROM article LEFT JOIN webhook_told AS told
  ON told.webhook_id = ?1 AND told.article_id = article.id
WHERE article.story_id = ?2 AND told.article_id IS NULL
ORDER BY ordered_at, canonical_url LIMIT 1"""
_TELL: Final = """
INSERT OR IGNORE INTO webhook_told (webhook_id, article_id, story_id)
SELECT ?1, id, iif(id = ?3, ?2, NULL) FROM article WHERE story_id = ?2"""


def _story(
    db: Database, kept: Kept, webhook: Webhook, story_id: int, seq: int, now: datetime
) -> Waiting | None:
    """The event of a story that reached its number of outlets, if it did and is not known."""
    least = webhook.outlets or 1
    row = db.row(_LARGE, (story_id, least))
    if row is None or db.value(_KNOWN, (story_id, kept.id)):
        return None
    fresh, before, known = db.rows(_FIGURES, (kept.id, story_id, kept.article_floor))[0]
    chosen = (story_id, webhook.outlet, webhook.language, webhook.tag)
    if known or fresh < least or before >= least or not db.value(_CHOSEN, chosen):
        return None
    first_id, url = db.rows(_FIRST, (kept.id, story_id))[0]
    db.execute(_TELL, (kept.id, story_id, first_id))
    name = message_id(webhook.name, "story", url, story_id)
    body = story_body(webhook.name, seq, _notice(db, row), now)
    return Waiting(name, "story", story_id, None, seq, body)


_TEXTS: Final = """
SELECT copy_group.id AS group_id, copy_group.agency AS credited, article_count, outlet_count,
       article.*
FROM copy_group JOIN article ON article.id = first_article_id WHERE copy_group.story_id = ?
ORDER BY article_count DESC, ordered_at, canonical_url LIMIT ?"""
_OUTLETS: Final = """
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY outlet ORDER BY ordered_at, canonical_url) AS place
  FROM article WHERE story_id = ?)
WHERE place = 1 ORDER BY ordered_at, canonical_url LIMIT ?"""


def _notice(db: Database, row: sqlite3.Row) -> StoryNotice:
    texts = tuple(
        IndependentText(
            copy_group_id=each["group_id"],
            agency=each["credited"],
            article_count=each["article_count"],
            outlet_count=each["outlet_count"],
            first=_report(each),
        )
        for each in db.rows(_TEXTS, (row["id"], _MOST_TEXTS))
    )
    return StoryNotice(
        id=row["id"],
        title=row["title"],
        first_published_at=from_text(row["first_published_at"]),
        last_published_at=from_text(row["last_published_at"]),
        article_count=row["article_count"],
        outlet_count=row["outlet_count"],
        copy_group_count=row["copy_group_count"],
        texts=texts,
        outlets=tuple(_report(each) for each in db.rows(_OUTLETS, (row["id"], _MOST_OUTLETS))),
    )


def _report(row: sqlite3.Row) -> Report:
    return Report(
        article_id=row["id"],
        outlet=row["outlet"],
        title=row["title"],
        url=row["url"],
        language=row["language"],
        published_at=from_text(row["published_at"]),
    )


# --- articles --------------------------------------------------------------------------------

_NEW: Final = """
SELECT article.* FROM article LEFT JOIN webhook_told AS told
  ON told.webhook_id = ?1 AND told.article_id = article.id
WHERE article.id > ?2 AND told.article_id IS NULL
  AND article.id IN (SELECT value FROM json_each(?3)) ORDER BY article.id"""


def _articles(
    db: Database, kept: Kept, webhook: Webhook, named: Sequence[int], now: datetime
) -> list[Waiting]:
    """The events of new articles that the saved search finds, now that they are as they are."""
    saved = saved_searches.find(db, webhook.search or "")
    if saved is None:
        return []
    fresh = (kept.id, kept.article_floor, json.dumps(named))
    rows = {row["id"]: row for row in db.rows(_NEW, fresh)}
    hits = [rows[each] for each in sorted(saved_searches.matches(db, saved, rows))]
    db.execute_many(
        "INSERT INTO webhook_told (webhook_id, article_id) VALUES (?, ?)",
        [(kept.id, row["id"]) for row in hits],
    )
    seq = changes.last(db)
    return [_found(webhook, saved.name, row, seq, now) for row in hits]


def _found(webhook: Webhook, search: str, row: sqlite3.Row, seq: int, now: datetime) -> Waiting:
    notice = ArticleNotice(
        report=_report(row),
        lead=row["lead"],
        agency=row["agency"],
        word_count=row["word_count"],
        copy_group_id=row["copy_group_id"],
        story_id=row["story_id"],
    )
    name = message_id(webhook.name, "article", row["canonical_url"])
    body = article_body(webhook.name, seq, search, notice, now)
    return Waiting(name, "article", None, row["id"], seq, body)
