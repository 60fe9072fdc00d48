"""What extraction is done anew from: articles with their kept pages, and how far it has come."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.urls import host
from aggregator.model import Fetched
from aggregator.storage import articles, entries
from aggregator.storage.articles import Kept
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry
from aggregator.storage.times import to_text

__all__ = ["Original", "Task", "begin", "chosen", "end", "load", "reached"]


@dataclass(frozen=True, slots=True)
class Original:
    """An article as it is kept, with what it was made from.

    `entry` is None where that tells of another report by now, or waits to be read anew; `page` is
    None where the entry's own text is the article, and where it is kept no longer (`has_text`).
    """

    kept: Kept
    entry: PendingEntry | None
    page: Fetched | None
    has_text: bool


def chosen(db: Database, wanted: str | None, since: datetime | None) -> list[int]:
    """The articles of a site, or host, that were fetched since then, in their order."""
    sql = """SELECT id, site, canonical_url FROM article
             WHERE ?1 IS NULL OR fetched_at >= ?1 ORDER BY id"""
    found = db.rows(sql, (to_text(since),))
    return [
        row["id"]
        for row in found
        if wanted in {None, row["site"]} or host(row["canonical_url"]) == wanted
    ]


def load(db: Database, article_id: int) -> Original | None:
    """One article with what it was made from; None where there is none (any more)."""
    kept = articles.load(db, article_id)
    if kept is None:
        return None
    sql = """SELECT entry.id, text_from FROM article
             LEFT JOIN entry ON entry.id = entry_id AND entry.article_id = article.id
               AND state = 'done'
             WHERE article.id = ?"""
    entry_id, text_from = db.rows(sql, (article_id,))[0]
    entry = None if entry_id is None else entries.load(db, entry_id)
    page = _page(db, kept.article.canonical_url)
    carried = entry is not None and text_from == "feed"
    return Original(kept, entry, None if carried else page, carried or page is not None)


def _page(db: Database, url: str) -> Fetched | None:
    sql = "SELECT final_url, content_type, body FROM page WHERE url = ?"
    row = db.row(sql, (url,))
    if row is None:
        return None
    headers = {"content-type": row["content_type"]}
    return Fetched(row["final_url"], 200, headers, zlib.decompress(row["body"]))


# --- how far it has come ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """What is done, told by its `name`, and to what: all that was fetched `since` (None: ever)."""

    name: str
    since: datetime | None = None


def begin(db: Database, task: Task) -> int:
    """The article that `task` reached before it was cut short, or 0; any other is forgotten."""
    sql = "SELECT last_id FROM reextraction WHERE task = ? AND (since IS NULL OR since <= ?)"
    last: int | None = db.value(sql, (task.name, to_text(task.since)))
    if last is None:
        end(db)
    return last or 0


def reached(db: Database, task: Task, article_id: int) -> None:
    """Keep that `task` has come to this article. Call inside `write()`."""
    sql = """INSERT INTO reextraction (task, since, last_id) VALUES (?, ?, ?)
             ON CONFLICT (task) DO UPDATE SET last_id = excluded.last_id, since = excluded.since"""
    db.execute(sql, (task.name, to_text(task.since), article_id))


def end(db: Database) -> None:
    """Forget what was reached."""
    with db.write():
        db.execute("DELETE FROM reextraction")
