"""Entries as kept: what each feed carried, and which of it still waits to become an article."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aggregator.core.urls import identity, is_front_page, without_credentials
from aggregator.model import Change, Entry, EntryChange, Feed, FeedSource, Rejected
from aggregator.storage import rejections
from aggregator.storage.database import Database, upsert
from aggregator.storage.times import from_text, round_up, to_text

__all__ = [
    "PendingEntry",
    "any_pending",
    "attach",
    "keys_at",
    "known",
    "load",
    "pending",
    "postpone",
    "reject",
    "retry",
    "save",
]


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry that waits for its page; `identity` is its canonical link, equal for one article.

    `article_id` is the article that it has already; `first_seen_at` is when its feed first carried
    it.
    """

    id: int
    feed_id: int
    source: FeedSource
    identity: str
    attempts: int
    article_id: int | None
    entry: Entry
    first_seen_at: datetime

    @property
    def revised(self) -> bool:
        """Whether it has an article, which is to be made anew."""
        return self.article_id is not None

    @property
    def url(self) -> str:
        """What to call it: its link, or where it has none its identity."""
        return self.entry.link or self.identity

    @property
    def own_identity(self) -> str | None:
        """Its identity where it is named after feed and key: no link's identity has a fragment."""
        return self.identity if "#" in self.identity else None


_COLUMNS = (
    "feed_id", "key", "link", "identity", "title", "summary", "content", "authors", "tags",
    "language", "image", "published_at", "updated_at", "content_hash", "first_seen_at",
    "next_try_at",
)  # fmt: skip
_WITH_FEED: Final = """
SELECT entry.*, feed.url AS feed_url, feed.outlet, feed.language AS feed_language,
  feed.tags AS feed_tags, feed.text_source
FROM entry JOIN feed ON feed.id = entry.feed_id
"""
_TAKEN_BACK: Final = "http_410"
_json: Final = json.JSONEncoder(ensure_ascii=False).encode
_SAVE = (
    upsert("entry", _COLUMNS, ["feed_id", "key"], keep=["first_seen_at", "identity"])
    + ", state = 'pending', attempts = 0,"
    # That others come to share its link makes no other article of it.
    + " identity = iif(entry.link IS excluded.link, entry.identity, excluded.identity)"
)


def known(db: Database, feed_id: int) -> dict[str, str]:
    """Entry key → content hash of all that a feed ever carried."""
    sql = "SELECT key, content_hash FROM entry WHERE feed_id = ?"
    return {row["key"]: row["content_hash"] for row in db.rows(sql, (feed_id,))}


def keys_at(db: Database, feed_id: int, links: Sequence[str]) -> dict[str, str]:
    """Canonical link → key of the feed's newest entry that leads there, for those of `links`."""
    if not links:
        return {}
    sql = """SELECT identity, key FROM entry WHERE feed_id = ? AND link IS NOT NULL
             AND identity IN (SELECT value FROM json_each(?)) ORDER BY id"""
    return {row["identity"]: row["key"] for row in db.rows(sql, (feed_id, _json(links)))}


def save(db: Database, feed: Feed, changes: Sequence[EntryChange], now: datetime) -> None:
    """Keep new and changed entries; each then waits for its page. Call inside `write()`."""
    fresh = [c.entry for c in changes if c.change is not Change.SAME]
    uses = Counter(c.entry.canonical_link for c in changes)
    at = to_text(now)
    named = {each.key: _identity(feed, each, uses[each.canonical_link]) for each in fresh}
    named |= _twins(db, feed, [each for each in fresh if "#" in named[each.key]])
    db.execute_many(_SAVE, [_row(feed, each, named[each.key], at) for each in fresh])


def _twins(db: Database, feed: Feed, nameless: Sequence[Entry]) -> dict[str, str]:
    """Key → identity that the same key with the same words has in another feed of the outlet.

    This is for what is named after its feed and key: of others the link tells what is one article.
    """
    if not nameless:
        return {}
    sql = """SELECT entry.key, identity FROM feed CROSS JOIN json_each(?1) AS given
             CROSS JOIN entry ON entry.feed_id = feed.id AND entry.key = given.key
             WHERE feed.outlet = ?2 AND feed.id <> ?3 AND content_hash = given.value
               AND instr(identity, '#') ORDER BY entry.id DESC"""
    given = _json({each.key: each.content_hash for each in nameless})
    rows = db.rows(sql, (given, feed.source.outlet, feed.id))
    return {row["key"]: row["identity"] for row in rows}


def _row(feed: Feed, entry: Entry, identified: str, at: str | None) -> tuple[str | int | None, ...]:
    return (
        feed.id, entry.key, entry.link, identified,
        entry.title, entry.summary, entry.content, _json(entry.authors), _json(entry.tags),
        entry.language, entry.image, to_text(entry.published_at), to_text(entry.updated_at),
        entry.content_hash, at, at,
    )  # fmt: skip


def _identity(feed: Feed, entry: Entry, uses: int) -> str:
    """An entry without a link is an article of its own, named after its feed and key.

    So is one that is its own text, if its link has several `uses` in the feed or names only the
    site: of a page there is one article, of texts as many as there are.
    """
    link = None if entry.link is None else entry.canonical_link or identity(entry.link)
    shared = uses > 1 or (link is not None and is_front_page(link))
    if link is None or (shared and feed.source.text == "feed"):
        return f"{without_credentials(feed.source.url)}#{entry.key}"
    return link


def pending(db: Database, now: datetime, *, of_each: int = -1) -> list[list[PendingEntry]]:
    """The entries whose page is to be fetched now, those of one article together, oldest first.

    `of_each` feed so many at most (all where negative): none can take a run, or its memory, for
    itself.
    """
    sql = f"""{_WITH_FEED}
             WHERE entry.id IN (
               SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY feed_id ORDER BY id) AS n
                               FROM entry WHERE state = 'pending' AND next_try_at <= ?1)
               WHERE ?2 < 0 OR n <= ?2)
             ORDER BY +entry.id"""  # noqa: S608 - the text is ours
    together: dict[str, list[PendingEntry]] = {}
    for row in db.rows(sql, (to_text(now), of_each)):
        together.setdefault(row["identity"], []).append(_pending(row))
    return list(together.values())


def load(db: Database, entry_id: int) -> PendingEntry:
    """One entry, whether it waits or not."""
    return _pending(db.rows(f"{_WITH_FEED} WHERE entry.id = ?", (entry_id,))[0])


def any_pending(db: Database, now: datetime) -> bool:
    """Whether any entry waits for its page now."""
    sql = "SELECT 1 FROM entry WHERE state = 'pending' AND next_try_at <= ?"
    return db.value(sql, (to_text(now),)) is not None


def _pending(row: sqlite3.Row) -> PendingEntry:
    source = FeedSource(
        url=row["feed_url"],
        outlet=row["outlet"],
        language=row["feed_language"],
        tags=tuple(json.loads(row["feed_tags"])),
        text=row["text_source"],
    )
    entry = Entry(
        key=row["key"],
        link=row["link"],
        title=row["title"],
        content_hash=row["content_hash"],
        summary=row["summary"],
        content=row["content"],
        authors=tuple(json.loads(row["authors"])),
        tags=tuple(json.loads(row["tags"])),
        language=row["language"],
        image=row["image"],
        published_at=from_text(row["published_at"]),
        updated_at=from_text(row["updated_at"]),
    )
    first_seen_at = from_text(row["first_seen_at"])
    assert first_seen_at is not None  # the column is NOT NULL
    return PendingEntry(
        row["id"],
        row["feed_id"],
        source,
        row["identity"],
        row["attempts"],
        row["article_id"],
        entry,
        first_seen_at,
    )


def attach(db: Database, waiting: Sequence[PendingEntry], article_id: int) -> None:
    """Tell entries that `article_id` is their article. Call inside `write()`."""
    for item in waiting:
        db.execute(
            "UPDATE entry SET state = 'done', article_id = ? WHERE id = ?", (article_id, item.id)
        )
        rejections.lift(db, item.feed_id, item.url)


def reject(
    db: Database, waiting: Sequence[PendingEntry], rejected: Rejected, now: datetime
) -> None:
    """Turn entries away for good, unless the feed changes them, keeping the reason.

    An article that one has stays as it is: readers may still want to know what it said. It is
    noted when its page was found to be taken back.
    """
    with db.write():
        for item in waiting:
            db.execute("UPDATE entry SET state = 'rejected' WHERE id = ?", (item.id,))
            if rejected.reason == _TAKEN_BACK:
                sql = "UPDATE article SET gone_at = coalesce(gone_at, ?) WHERE id = ?"
                db.execute(sql, (to_text(now), item.article_id))
            rejections.keep(db, item.feed_id, item.url, rejected, now)


def retry(
    db: Database,
    waiting: Sequence[PendingEntry],
    rejected: Rejected,
    next_try_at: datetime,
    now: datetime,
) -> None:
    """Let entries wait until `next_try_at`, keeping the reason meanwhile."""
    with db.write():
        for item in waiting:
            db.execute(
                "UPDATE entry SET attempts = attempts + 1, next_try_at = ? WHERE id = ?",
                (to_text(next_try_at), item.id),
            )
            rejections.keep(db, item.feed_id, item.url, rejected, now)


def postpone(
    db: Database,
    waiting: Sequence[PendingEntry],
    until: datetime,
    rejected: Rejected | None,
    now: datetime,
) -> None:
    """Let entries wait until their page may be asked for, which is no attempt.

    `rejected` is the reason to be kept meanwhile, None where the host but wants a pause.
    """
    with db.write():
        for item in waiting:
            sql = "UPDATE entry SET next_try_at = ? WHERE id = ?"
            db.execute(sql, (round_up(until), item.id))
            if rejected is not None:
                rejections.keep(db, item.feed_id, item.url, rejected, now)
