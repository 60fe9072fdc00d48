"""Articles as kept: text, what was stripped, fingerprint, and the page they came from."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.core.dates import believable
from aggregator.core.fulltext import Measure
from aggregator.core.urls import identity, site, spellings
from aggregator.model import Article, Fetched, Fingerprint, Removed
from aggregator.storage import entries, fingerprints, revisions, versions
from aggregator.storage.database import Database, upsert
from aggregator.storage.entries import PendingEntry
from aggregator.storage.times import from_text, to_text
from aggregator.storage.versions import Cause, Numbered

__all__ = [
    "Extracted",
    "Kept",
    "as_kept",
    "attach_known",
    "drop_old_pages",
    "insert",
    "load",
    "revise",
    "save",
]


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article with what clustering needs of it; `terms` are those of its story document.

    `measured` is how the entry's text stands to it, where that was asked.
    """

    article: Article
    fingerprint: Fingerprint
    terms: Mapping[str, float]
    measured: Measure | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as it is kept, and where and when it came from."""

    id: int
    article: Article
    feed_id: int
    outlet: str
    fetched_at: datetime


_COLUMNS = (
    "url", "canonical_url", "feed_id", "outlet", "title", "lead", "text", "authors", "agency",
    "language", "published_at", "updated_at", "image", "fetched_at", "word_count", "ordered_at",
    "site", "places", "studied", "paywalled", "spared",
)  # fmt: skip
# The next number is beyond those that are there and beyond the last that was given.
_NEXT_NUMBER = """
INSERT INTO article_number (id)
SELECT 1 + max(coalesce(max(article.id), 0),
               coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'article_number'), 0))
FROM article
"""
# A revision keeps the article's first feed and its place in time, and is clustered anew; what
# recurs on its site is looked for first.
_SAVE = (
    upsert(
        "article",
        ("id", *_COLUMNS),
        ["canonical_url"],
        keep=["id", "feed_id", "outlet", "ordered_at"],
    )
    + ", clustered = 0"
)


def save(
    db: Database,
    waiting: Sequence[PendingEntry],
    extracted: Extracted,
    page: Fetched | None,
    now: datetime,
) -> int:
    """Keep an article, all that belongs to it and its page in one transaction; returns its id.

    Where it is kept already under another spelling of its address (http, AMP, a slash at the
    end), that one stays; a revision takes its article along to a new address.
    """
    first = waiting[0]
    with db.write():
        article = _under_known_address(db, extracted.article)
        article_id = revisions.elsewhere(db, waiting, article)
        if article_id is None:
            revisions.bring(db, waiting, article, now)
            _save_page(db, article.canonical_url, page, now)
            source = "feed" if page is None else "page"
            newest = _numbered(db, article, source, now)
            extracted = replace(extracted, article=article)
            article_id = insert(db, extracted, first.feed_id, first.source.outlet, now)
            sql = "UPDATE article SET entry_id = ?, text_from = ?, gone_at = NULL WHERE id = ?"
            db.execute(sql, (first.id, source, article_id))
            versions.number(db, article_id, newest)
        entries.attach(db, waiting, article_id)
        revisions.leave(db, waiting, article_id, article, now)
    return article_id


def _numbered(db: Database, article: Article, source: str, now: datetime) -> Numbered:
    """Which version of the article this is, the former one kept if its outlet changed it."""
    sql = "SELECT id, text_from FROM article WHERE canonical_url = ?"
    row = db.row(sql, (article.canonical_url,))
    kept = load(db, row["id"]) if row else None
    if row is None or kept is None:
        return Numbered(1, now, "first")
    from aggregator.core.versions import is_new_version

    changed = is_new_version(kept.article, article)
    cause: Cause = "revised" if source == row["text_from"] else "source"
    return versions.succeed(db, kept, cause if changed else None, now)


def _under_known_address(db: Database, article: Article) -> Article:
    named = identity(article.canonical_url)
    sql = """SELECT canonical_url FROM article WHERE canonical_url IN (?1, ?2, ?3, ?4) UNION ALL
             SELECT canonical_url FROM entry JOIN article ON article.id = entry.article_id
             WHERE identity = ?1"""
    known = (row["canonical_url"] for row in db.rows(sql, spellings(named)))
    return replace(
        article,
        canonical_url=next((url for url in known if identity(url) == named), article.canonical_url),
    )


def insert(db: Database, extracted: Extracted, feed_id: int, outlet: str, now: datetime) -> int:
    """Keep an article with blocks, fingerprint and terms. Call inside `write()`."""
    article = extracted.article
    sql = "SELECT id FROM article WHERE canonical_url = ?"
    article_id = int(db.value(sql, (article.canonical_url,)) or _next_number(db))
    db.execute(_SAVE, (article_id, *_row(article, feed_id, outlet, now)))
    fingerprints.forget(db, article_id)
    blocks = [(block.reason, block.text, block.position) for block in article.removed]
    fingerprints.keep_removed(db, article_id, blocks)
    fingerprints.save(db, article_id, extracted.fingerprint, extracted.terms)
    return article_id


def _next_number(db: Database) -> int:
    """The number of a new article, which no other ever had."""
    number = db.execute(_NEXT_NUMBER)
    db.execute("DELETE FROM article_number")
    return number


def revise(db: Database, kept: Kept, extracted: Extracted) -> None:
    """Keep what was extracted anew; nothing was fetched. Call inside `write()`."""
    insert(db, extracted, kept.feed_id, kept.outlet, kept.fetched_at)


def load(db: Database, article_id: int) -> Kept | None:
    """One article as it is kept."""
    row = db.row("SELECT * FROM article WHERE id = ?", (article_id,))
    if row is None:
        return None
    sql = """SELECT text, reason, coalesce(place, position) FROM removed_block
             WHERE article_id = ? ORDER BY position"""
    fetched_at = from_text(row["fetched_at"])
    assert fetched_at is not None  # the column is NOT NULL
    article = Article(
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"],
        lead=row["lead"],
        authors=tuple(json.loads(row["authors"])),
        agency=row["agency"],
        language=row["language"],
        published_at=from_text(row["published_at"]),
        updated_at=from_text(row["updated_at"]),
        image=row["image"],
        paywalled=None if row["paywalled"] is None else bool(row["paywalled"]),
        spared=row["spared"],
        removed=tuple(Removed(*block) for block in db.rows(sql, (article_id,))),
        places=tuple(json.loads(row["places"])),
    )
    return Kept(article_id, article, row["feed_id"], row["outlet"], fetched_at)


def as_kept(article: Article, now: datetime) -> Article:
    """The article as it would be read back, without parts of seconds and what nobody believes."""
    published = from_text(to_text(believable(article.published_at, now)))
    updated = from_text(to_text(believable(article.updated_at, now)))
    return replace(article, published_at=published, updated_at=updated)


def _row(
    article: Article, feed_id: int, outlet: str, now: datetime
) -> tuple[str | int | None, ...]:
    published = believable(article.published_at, now)
    updated = believable(article.updated_at, now)
    return (
        article.url, article.canonical_url, feed_id, outlet, article.title, article.lead,
        article.text, json.dumps(article.authors, ensure_ascii=False), article.agency,
        article.language, to_text(published), to_text(updated), article.image,
        to_text(now), article.word_count, to_text(published or now),
        site(article.canonical_url), json.dumps(article.places), 0, article.paywalled,
        article.spared,
    )  # fmt: skip


def _save_page(db: Database, url: str, page: Fetched | None, now: datetime) -> None:
    """Keep the page that an article was made of, and of one made without it no older one."""
    if page is None:
        db.execute("DELETE FROM page WHERE url = ?", (url,))
        return
    db.execute(
        "INSERT OR REPLACE INTO page (url, final_url, content_type, fetched_at, body)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            url,
            page.url,
            page.headers.get("content-type", ""),
            to_text(now),
            zlib.compress(page.body),
        ),
    )


def attach_known(db: Database, waiting: Sequence[PendingEntry]) -> int | None:
    """Give new entries the article that already has their identity, if one has; its id or None.

    An entry that has an article and was changed is not new: its page must be fetched again.
    """
    if any(item.revised for item in waiting):
        return None
    sql = """SELECT id FROM article WHERE canonical_url IN (?1, ?2, ?3, ?4) UNION ALL
             SELECT article_id FROM entry WHERE identity = ?1 AND article_id IS NOT NULL LIMIT 1"""
    article_id: int | None = db.value(sql, spellings(waiting[0].identity))
    if article_id is not None:
        with db.write():
            entries.attach(db, waiting, article_id)
    return article_id


def drop_old_pages(db: Database, keep_days: float, now: datetime, most: int = 100) -> int:
    """Forget raw pages older than `keep_days`, the oldest first; returns how many, `most` a call.

    A hundred are 7 MB, which the write-ahead log has to take.
    """
    sql = """DELETE FROM page WHERE id IN (
               SELECT id FROM page WHERE fetched_at < ? ORDER BY fetched_at LIMIT ?)"""
    with db.write():
        return db.change(sql, (to_text(now - timedelta(days=keep_days)), most))
