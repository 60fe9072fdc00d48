"""Small pictures of articles: what was made of each, or when it is to be tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Picture", "address", "drop_old", "find", "keep"]

_MOST: Final = 5_000
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of the picture at `url`: `body` is a WebP, None where none could be had.

    `reason` says why not; it is asked for again at `next_try_at`, None for never.
    """

    url: str
    at: datetime
    body: bytes | None = None
    reason: str | None = None
    tries: int = 1
    next_try_at: datetime | None = None


def find(db: "Database", article_id: int) -> Picture | None:
    """What is kept of an article's picture, if it is of the address that the article names now."""
    row = db.row(
        """SELECT picture.* FROM picture
           JOIN article ON article.id = article_id AND article.image = picture.url
           WHERE article_id = ?""",
        (article_id,),
    )
    if row is None:
        return None
    at = from_text(row["at"])
    assert at is not None
    next_try_at = from_text(row["next_try_at"])
    return Picture(row["url"], at, row["body"], row["reason"], row["tries"], next_try_at)


def address(db: "Database", article_id: int) -> str | None:
    """Where an article's picture is, None where it names none or there is no such article."""
    found: str | None = db.value("SELECT image FROM article WHERE id = ?", (article_id,))
    return found or None


def keep(db: "Database", article_id: int, picture: Picture) -> None:
    """Keep what was made of an article's picture; of more than 5,000 the oldest go.

    Call inside `write()`. Nothing is kept of an article that is gone.
    """
    db.execute(
        """INSERT INTO picture (article_id, url, body, at, reason, tries, next_try_at)
           SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM article WHERE id = ?1
           ON CONFLICT (article_id) DO UPDATE SET url = excluded.url, body = excluded.body,
             at = excluded.at, reason = excluded.reason, tries = excluded.tries,
             next_try_at = excluded.next_try_at""",
        (
            article_id, picture.url, picture.body, to_text(picture.at), picture.reason,
            picture.tries, to_text(picture.next_try_at),
        ),
    )  # fmt: skip
    db.execute(
        """DELETE FROM picture WHERE article_id IN
             (SELECT article_id FROM picture ORDER BY at DESC LIMIT -1 OFFSET ?)""",
        (_MOST,),
    )


def drop_old(db: "Database", now: datetime, most: int = 1_000) -> int:
    """Drop pictures of 30 days ago, the oldest first; returns how many, `most` a call."""
    sql = """DELETE FROM picture WHERE article_id IN
               (SELECT article_id FROM picture WHERE at < ? ORDER BY at LIMIT ?)"""
    with db.write():
        return db.change(sql, (to_text(now - _KEPT), most))
