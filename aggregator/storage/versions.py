"""What articles said before their outlets changed them, and what is the number of what they say.

Only what an outlet changes makes a version: what we clean otherwise mends the newest one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3

    from aggregator.storage.articles import Kept
    from aggregator.storage.database import Database

__all__ = [
    "Cause",
    "Numbered",
    "Version",
    "follow",
    "moments",
    "number",
    "numbered",
    "of_article",
    "succeed",
    "taken_back",
]

Cause = Literal["first", "revised", "source", "merged"]
"""Why there is a version: the first one, its outlet's doing, its text comes from its page and not
its feed any more (or the other way round), or another article became part of it."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Which version of an article is its newest, since when (UTC), and why there is one."""

    version: int
    seen_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Version:
    """What an article said from `seen_at` on; times are in UTC."""

    article_id: int
    version: int
    title: str
    lead: str
    text: str
    seen_at: datetime
    updated_at: datetime | None
    cause: Cause


_COLUMNS: Final = "article_id, version, title, lead, text, seen_at, updated_at, cause"
_OF_ARTICLE: Final = f"SELECT {_COLUMNS} FROM article_versions WHERE article_id = ?"  # noqa: S608 - names are ours
_KEEP: Final = f"INSERT INTO former_version ({_COLUMNS})"


def of_article(db: "Database", article_id: int, *, newest: int | None = None) -> list[Version]:
    """All versions of an article, or so many of the newest, in order; empty where there is none."""
    sql = f"{_OF_ARTICLE} ORDER BY version DESC LIMIT ?"
    rows = db.rows(sql, (article_id, -1 if newest is None else newest))
    return [_version(row) for row in reversed(rows)]


def numbered(db: "Database", article_id: int, number: int) -> Version | None:
    """One version of an article."""
    found = db.rows(f"{_OF_ARTICLE} AND version = ?", (article_id, number))
    return None if not found else _version(found[0])


def moments(db: "Database", article_id: int, *, newest: int = 200) -> list[tuple[int, datetime]]:
    """The numbers of so many of an article's newest versions, and when each was seen, in order."""
    sql = """SELECT version, seen_at FROM article_versions WHERE article_id = ?
             ORDER BY version DESC LIMIT ?"""
    rows = db.rows(sql, (article_id, newest))
    return [(row["version"], _moment(row["seen_at"])) for row in reversed(rows)]


def _version(row: "sqlite3.Row") -> Version:
    return Version(
        row["article_id"],
        row["version"],
        row["title"],
        row["lead"],
        row["text"],
        _moment(row["seen_at"]),
        from_text(row["updated_at"]),
        row["cause"],
    )


def taken_back(db: "Database", article_id: int) -> datetime | None:
    """When an article's page was found to be gone for good (410), in UTC; None while it is not."""
    return from_text(db.value("SELECT gone_at FROM articles WHERE id = ?", (article_id,)))


def _moment(text: str) -> datetime:
    moment = from_text(text)
    assert moment is not None  # the column is NOT NULL
    return moment


def succeed(db: "Database", kept: "Kept", cause: Cause | None, now: datetime) -> Numbered:
    """Number what follows on an article as `kept`, of which a copy is kept if there is a `cause`.

    None says that it is no version of its own. Call inside `write()`, before the new text is kept.
    """
    sql = "SELECT version, version_at, version_cause FROM article WHERE id = ?"
    version, since, why = db.rows(sql, (kept.id,))[0]
    if cause is None:
        return Numbered(version, from_text(since) or kept.fetched_at, why)
    db.execute(f"{_KEEP} {_OF_ARTICLE} AND version = ?", (kept.id, version))
    return Numbered(version + 1, now, cause)


def number(db: "Database", article_id: int, newest: Numbered) -> None:
    """Keep which version an article's is. Call inside `write()`."""
    sql = "UPDATE article SET version = ?, version_at = ?, version_cause = ? WHERE id = ?"
    db.execute(sql, (newest.version, to_text(newest.seen_at), newest.cause, article_id))


def follow(db: "Database", gone: int, into: int) -> None:
    """Let what an article said be what that said of which it is part now, in the order of time.

    Call inside `write()`, before it goes.
    """
    newest = of_article(db, into)[-1]
    own = of_article(db, into)[:-1]
    said = {(each.title, each.lead, each.text) for each in (*own, newest)}
    others = [
        each for each in of_article(db, gone) if (each.title, each.lead, each.text) not in said
    ]
    if not others:
        return
    former = sorted([*own, *others], key=lambda each: (each.seen_at, each.article_id, each.version))
    db.execute("DELETE FROM former_version WHERE article_id = ?", (into,))
    db.execute_many(
        f"{_KEEP} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                into,
                at,
                each.title,
                each.lead,
                each.text,
                to_text(each.seen_at),
                to_text(each.updated_at),
                each.cause,
            )
            for at, each in enumerate(former, start=1)
        ],
    )
    cause = "merged" if newest.cause == "first" else newest.cause
    number(db, into, Numbered(len(former) + 1, newest.seen_at, cause))
