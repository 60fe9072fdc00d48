"""Who is signed in: sessions are known by the digest of a token that only the browser has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.accounts import Role
    from aggregator.storage.database import Database

__all__ = ["Lasting", "Session", "begin", "end", "find", "touch"]

# Whoever signs in on yet another device is signed out where they were last long ago.
_MOST_OF_ONE: Final = 10


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long somebody stays signed in: altogether, and without doing anything."""

    absolute: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, with the role that they have now."""

    name: str
    role: "Role"
    used_at: datetime


def begin(db: "Database", account_id: int, digest: bytes, now: datetime, lasting: Lasting) -> None:
    """Sign somebody in, and forget the sessions that are over. Call inside `write()`."""
    sql = "DELETE FROM session WHERE began_at <= ?"
    db.execute(sql, (to_text(now - lasting.absolute),))
    at = to_text(now)
    db.execute(
        "INSERT INTO session (digest, account_id, began_at, used_at) VALUES (?, ?, ?, ?)",
        (digest, account_id, at, at),
    )
    db.execute("UPDATE account SET last_in_at = ? WHERE id = ?", (at, account_id))
    db.execute(
        """DELETE FROM session WHERE digest IN (SELECT digest FROM session WHERE account_id = ?
             AND digest <> ? ORDER BY used_at DESC LIMIT -1 OFFSET ?)""",
        (account_id, digest, _MOST_OF_ONE - 1),
    )


def find(db: "Database", digest: bytes, now: datetime, lasting: Lasting) -> Session | None:
    """The session of a token with this digest, where it is not over yet."""
    row = db.row(
        """SELECT name, role, used_at FROM session JOIN account ON account.id = account_id
           WHERE digest = ? AND began_at > ? AND used_at > ?""",
        (digest, to_text(now - lasting.absolute), to_text(now - lasting.idle)),
    )
    if row is None:
        return None
    used = from_text(row["used_at"])
    assert used is not None  # the column is NOT NULL
    return Session(row["name"], row["role"], used)


def touch(db: "Database", digest: bytes, now: datetime) -> None:
    """Note that somebody did something now. Call inside `write()`."""
    db.execute("UPDATE session SET used_at = ? WHERE digest = ?", (to_text(now), digest))


def end(db: "Database", digest: bytes) -> None:
    """Sign somebody out. Call inside `write()`."""
    db.execute("DELETE FROM session WHERE digest = ?", (digest,))
