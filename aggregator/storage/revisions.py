"""Where an article stands once its report was edited: it moves, or joins the one that is there.

Its former address leads to it from then on. What came under a known id and is another report, or
has other entries of the same feed, moves nothing: the article that was there stays.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from aggregator.core.revisions import Wording, is_revision
from aggregator.core.urls import identity, spellings
from aggregator.model import Article
from aggregator.storage import clusters, decisions, fingerprints, stories, versions, webhooks
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry
from aggregator.storage.times import to_text

__all__ = ["bring", "elsewhere", "leave"]


def elsewhere(db: Database, waiting: Sequence[PendingEntry], article: Article) -> int | None:
    """The article that moved away from where new entries found theirs, if that is the same."""
    if _own(waiting) or _at(db, article.canonical_url) is not None:
        return None
    sql = "SELECT article_id FROM former_address WHERE url IN (?, ?, ?, ?)"
    found: int | None = db.value(sql, spellings(identity(article.canonical_url)))
    return found if found is not None and _is_revision(db, found, article) else None


def bring(db: Database, waiting: Sequence[PendingEntry], article: Article, now: datetime) -> None:
    """Move the article that the entries had to where `article` stands, unless one is there.

    Call inside `write()`.
    """
    if _at(db, article.canonical_url) is None:
        own = (each for each in _own(waiting) if not _is_shared(db, each, waiting))
        moved = next((each for each in own if _is_revision(db, each, article)), None)
        if moved is not None:
            _move(db, moved, article.canonical_url, now)
    db.execute("DELETE FROM former_address WHERE url = ?", (article.canonical_url,))


def leave(
    db: Database,
    waiting: Sequence[PendingEntry],
    article_id: int,
    article: Article,
    now: datetime,
) -> None:
    """Let the articles that the entries had before, and nobody has now, be one with `article_id`.

    Call inside `write()`.
    """
    for former in _own(waiting):
        used = db.value("SELECT 1 FROM entry WHERE article_id = ?", (former,))
        if former != article_id and not used and _is_revision(db, former, article):
            _merge(db, former, article_id, now)


def _own(waiting: Sequence[PendingEntry]) -> list[int]:
    """The articles that the entries have, the oldest first."""
    return sorted({item.article_id for item in waiting if item.article_id is not None})


def _at(db: Database, url: str) -> int | None:
    found: int | None = db.value("SELECT id FROM article WHERE canonical_url = ?", (url,))
    return found


def _is_revision(db: Database, article_id: int, article: Article) -> bool:
    row = db.row("SELECT title, lead, text FROM article WHERE id = ?", (article_id,))
    after = Wording(article.title, article.lead, article.text)
    return row is not None and is_revision(Wording(*row), after)


def _is_shared(db: Database, article_id: int, waiting: Sequence[PendingEntry]) -> bool:
    """Whether other entries of the same feeds are on that page too, which then is no report's own.

    Another feed's entry for it, and the same entry in another feed, go along.
    """
    sql = """SELECT 1 FROM entry WHERE article_id = ?1
               AND feed_id IN (SELECT value FROM json_each(?2))
               AND key NOT IN (SELECT value FROM json_each(?3))"""
    feeds = json.dumps([item.feed_id for item in waiting])
    keys = json.dumps([item.entry.key for item in waiting])
    return db.value(sql, (article_id, feeds, keys)) is not None


def _move(db: Database, article_id: int, url: str, now: datetime) -> None:
    old = db.value("SELECT canonical_url FROM article WHERE id = ?", (article_id,))
    db.execute("UPDATE article SET canonical_url = ? WHERE id = ?", (url, article_id))
    db.execute("UPDATE OR REPLACE page SET url = ? WHERE url = ?", (url, old))
    _lead(db, old, article_id, now)


def _lead(db: Database, url: str, article_id: int, now: datetime) -> None:
    """Let an address that no article has any more lead to one."""
    sql = "INSERT OR REPLACE INTO former_address (url, article_id, at) VALUES (?, ?, ?)"
    db.execute(sql, (url, article_id, to_text(now)))


def _merge(db: Database, gone: int, into: int, now: datetime) -> None:
    """Let one article be another, which takes its place where it has none of its own."""
    sql = "SELECT canonical_url, copy_group_id, story_id FROM article WHERE id = ?"
    url, group, story = db.rows(sql, (gone,))[0]
    db.execute("UPDATE former_address SET article_id = ? WHERE article_id = ?", (into, gone))
    _lead(db, url, into, now)
    fingerprints.forget(db, gone)
    decisions.follow(db, gone, into)
    versions.follow(db, gone, into)
    webhooks.follow(db, gone, into)
    db.execute("UPDATE copy_group SET first_article_id = NULL WHERE first_article_id = ?", (gone,))
    db.execute("DELETE FROM article WHERE id = ?", (gone,))
    if group is not None:
        _close_ranks(db, group, story, into, now)


def _close_ranks(db: Database, group: int, story: int, into: int, now: datetime) -> None:
    """Bring in order the group and the story that an article left, and have the rest regrouped."""
    db.execute(
        "UPDATE article SET copy_group_id = ?, story_id = ? WHERE id = ? AND copy_group_id IS NULL",
        (group, story, into),
    )
    db.execute("UPDATE article SET clustered = 0 WHERE copy_group_id = ?", (group,))
    clusters.recount(db, [group])
    stories.recount(db, [story])
    stories.look_again(db, [story])
    sql = "SELECT copy_group_id, story_id FROM article WHERE id = ?"
    new_group, new_story = db.rows(sql, (into,))[0]
    if db.value("SELECT 1 FROM copy_group WHERE id = ?", (group,)) is None:
        clusters.redirect(db, "copy_group", {group: new_group}, now)
    if db.value("SELECT 1 FROM story WHERE id = ?", (story,)) is None:
        clusters.redirect(db, "story", {story: new_story}, now)
