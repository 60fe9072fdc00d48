"""Who may look at the desk from elsewhere, and who may decide there."""

import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, get_args

from aggregator.errors import NotFound, UsageError
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = [
    "ROLES",
    "Account",
    "Role",
    "add",
    "by_token",
    "existing",
    "find",
    "key_of",
    "listed",
    "password",
    "remove",
    "renew_password",
    "set_password",
    "set_role",
    "set_token",
    "usable_name",
]

Role = Literal["viewer", "editor"]
"""What somebody may: a viewer only reads, an editor decides too."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Account:
    """One who is let in: `has_password` to sign in by, `has_token` to read programs' data by."""

    id: int
    name: str
    role: Role
    has_password: bool
    has_token: bool
    added_at: datetime
    last_in_at: datetime | None


def usable_name(name: str) -> str:
    """A name as it is shown; raises UsageError where it is none.

    Without a colon, which ends the name in HTTP Basic (RFC 7617).
    """
    named = unicodedata.normalize("NFC", " ".join(name.split()))
    usable = 0 < len(named) <= _LONGEST_NAME and named.isprintable() and ":" not in named
    if not usable:
        message = f"a name has 1 to {_LONGEST_NAME} characters in one line, and no colon"
        raise UsageError(message)
    return named


def key_of(name: str) -> str:
    """A name as it is compared: whatever its case, and however its letters are composed."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def add(
    db: "Database", name: str, role: Role, password_digest: str | None, now: datetime
) -> Account:
    """Make an account, without a password one that only a proxy or token lets in.

    Raises UsageError where the name is none or is taken. Call inside `write()`.
    """
    named = usable_name(name)
    if find(db, named) is not None:
        message = f"there is an account {named!r} already"
        raise UsageError(message)
    sql = "INSERT INTO account (name, key, role, password, added_at) VALUES (?, ?, ?, ?, ?)"
    db.execute(sql, (named, key_of(named), role, password_digest, to_text(now)))
    return existing(db, named)


def find(db: "Database", name: str) -> Account | None:
    """The account of this name."""
    row = db.row("SELECT * FROM account WHERE key = ?", (key_of(name),))
    return None if row is None else _account(row)


def by_token(db: "Database", digest: bytes) -> Account | None:
    """The account whose token has this digest."""
    row = db.row("SELECT * FROM account WHERE token = ?", (digest,))
    return None if row is None else _account(row)


def listed(db: "Database") -> list[Account]:
    """All accounts, by name."""
    return [_account(row) for row in db.rows("SELECT * FROM account ORDER BY key")]


def password(db: "Database", name: str) -> str | None:
    """The digest of an account's password, None where there is no such account, or it has none."""
    found: str | None = db.value("SELECT password FROM account WHERE key = ?", (key_of(name),))
    return found


def set_password(
    db: "Database", name: str, password_digest: str, *, keeping: bytes | None = None
) -> None:
    """Give an account another password, and end its sessions but the one with digest `keeping`.

    Raises NotFound. Call inside `write()`.
    """
    account = existing(db, name)
    db.execute("UPDATE account SET password = ? WHERE id = ?", (password_digest, account.id))
    sql = "DELETE FROM session WHERE account_id = ? AND digest IS NOT ?"
    db.execute(sql, (account.id, keeping))


def renew_password(db: "Database", account_id: int, password_digest: str) -> None:
    """Keep another digest of the same password. Call inside `write()`."""
    db.execute("UPDATE account SET password = ? WHERE id = ?", (password_digest, account_id))


def set_role(db: "Database", name: str, role: Role) -> None:
    """Give an account another role, and end its sessions; raises NotFound. Inside `write()`."""
    account = existing(db, name)
    db.execute("UPDATE account SET role = ? WHERE id = ?", (role, account.id))
    db.execute("DELETE FROM session WHERE account_id = ?", (account.id,))


def set_token(db: "Database", name: str, digest: bytes | None) -> None:
    """Give an account another token, or none; raises NotFound. Call inside `write()`."""
    account = existing(db, name)
    db.execute("UPDATE account SET token = ? WHERE id = ?", (digest, account.id))


def remove(db: "Database", name: str) -> Account:
    """Let somebody in no longer, and end their sessions; raises NotFound. Inside `write()`."""
    account = existing(db, name)
    db.execute("DELETE FROM account WHERE id = ?", (account.id,))
    return account


def existing(db: "Database", name: str) -> Account:
    """The account of this name; raises NotFound."""
    found = find(db, name)
    if found is None:
        message = f"there is no account {name!r}"
        raise NotFound(message)
    return found


def _account(row: sqlite3.Row) -> Account:
    added = from_text(row["added_at"])
    assert added is not None  # the column is NOT NULL
    return Account(
        row["id"],
        row["name"],
        row["role"],
        row["password"] is not None,
        row["token"] is not None,
        added,
        from_text(row["last_in_at"]),
    )
