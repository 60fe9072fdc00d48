"""Copies of a database that is in use: made by SQLite's online backup, checked, then put in place.

The method is that of https://www.sqlite.org/backup.html, under one read transaction, so that the
copy is of one moment however much is written meanwhile, and nobody waits for it.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from aggregator.errors import DatabaseError, UsageError
from aggregator.storage import schema

__all__ = ["Progress", "back_up", "former_name", "put_in_place", "restorable"]

Progress = Callable[[int, int], None]
"""Is told how many pages are copied, and of how many."""

_PAGES: Final = 4_000
_SKIPPED: Final = 1_000_000
_BESIDE: Final = ("-wal", "-shm", "-journal")
_RUINED: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_UNREADABLE: Final = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ})


def back_up(source: Path, target: Path, tell: Progress, *, replace: bool = False) -> int:
    """Write a copy of the database `source` to `target`; returns its size in bytes.

    It is checked before it is given that name, and on disk when this returns; what fails leaves
    `target` as it was. It may be read by those who may read the database.
    Raises UsageError where something is there already and it is not to be replaced, or where it is
    the database itself, and DatabaseError where it cannot be made or is not sound.
    """
    if target.exists() and (not replace or target.samefile(source)):
        what = "is the database itself" if target.samefile(source) else "is there already"
        message = f"{target}: {what}; name another file."
        raise UsageError(message)
    with _beside(target) as made, _as_database_error(target, source):
        _copied(source, made, tell)
        made.chmod(source.stat().st_mode & 0o777)
        _require_sound(made, source)
        return _named(made, target)


def restorable(path: Path) -> None:
    """Raise UsageError where a file is no database of this program, and DatabaseError if broken."""
    if not path.is_file():
        message = f"{path}: there is no such file"
        raise UsageError(message)
    try:
        with closing(_opened(path, "ro")) as db:
            had = schema.applied(db)
    except sqlite3.Error as error:
        message = f"{path}: is no backup that can be read: {error}"
        raise UsageError(message) from error
    if not had:
        message = f"{path}: is no database of this program"
        raise UsageError(message)
    newer = sorted(had - {name for name, _ in schema.MIGRATIONS})
    if newer:
        message = f"{path}: was written by a newer version of this program ({', '.join(newer)})"
        raise DatabaseError(message)
    with _as_database_error(path, path):
        _require_sound(path, path)


def put_in_place(backup: Path, path: Path, former: Path, tell: Progress) -> bool:
    """Let the database at `path` say what `backup` says; what it said before is kept as `former`.

    Call under the run lock. It is written into the file that is there, as one transaction: so those
    who read it see the one or the other, and a crash leaves the one or the other. Returns whether
    there was something to keep. Raises DatabaseError where it cannot be done.
    """
    there = path.exists()
    if there and not _kept(path, former, tell):
        _move_aside(path, former)
    with _as_database_error(path):
        if path.exists():
            _copied(backup, path, tell)
        else:
            with _beside(path) as made:
                _copied(backup, made, tell)
                made.chmod(backup.stat().st_mode & 0o777)
                _named(made, path)
        _skip_numbers(path, former)
    return there


def former_name(path: Path, now: datetime) -> Path:
    """Under which name a database is kept that gives way to a backup at that moment."""
    return path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}")


def _skip_numbers(path: Path, former: Path) -> None:
    """Give no number again that was given since the backup, of a story, a decision and so on.

    Others know them, in feeds that went out and in copies of their own. Changes alone are numbered
    on from those of the backup, by which followers see that it was restored. Where the former
    cannot tell, so many are left out as weeks of news need.
    """
    before = _numbers_of(former)
    with closing(_opened(path, "rw")) as db:
        for name, given in _numbers(db).items():
            past = max(given, before.get(name, given + _SKIPPED))
            sql = "UPDATE sqlite_sequence SET seq = ? WHERE name = ?"
            if not db.execute(sql, (past, name)).rowcount:
                db.execute("INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)", (past, name))


def _numbers_of(path: Path) -> dict[str, int]:
    with suppress(sqlite3.Error), closing(_opened(path, "ro")) as db:
        return _numbers(db)
    return {}


def _numbers(db: sqlite3.Connection) -> dict[str, int]:
    """The last number that each table gave; 0 where none was, of which SQLite keeps nothing."""
    sql = """SELECT name, coalesce(seq, 0) FROM sqlite_master LEFT JOIN sqlite_sequence USING (name)
             WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name <> 'change'"""
    return dict(db.execute(sql))


# --- the copy --------------------------------------------------------------------------------


def _copied(source: Path, target: Path, tell: Progress) -> None:
    with closing(_opened(source, "ro")) as read, closing(_opened(target, "rwc")) as written:
        written.execute("PRAGMA synchronous = FULL")
        # From here on this connection sees one moment only, so the backup never begins anew.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(
            written, pages=_PAGES, progress=lambda _, left, all_: tell(all_ - left, all_), sleep=0
        )


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=60.0, isolation_level=None)


def _require_sound(path: Path, source: Path) -> None:
    """Raise DatabaseError where a file is not sound; it is a copy of `source`, which has it too."""
    with closing(_opened(path, "ro")) as db:
        wrong = [row[0] for row in db.execute("PRAGMA integrity_check(3)")]
    if wrong != ["ok"]:
        message = f"{source}: is not sound: {'; '.join(wrong)}"
        raise DatabaseError(message)


@contextmanager
def _as_database_error(path: Path, source: Path | None = None) -> Iterator[None]:
    """Name `path` as what failed, but `source` where that is given and what was read is broken."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if source is not None and getattr(error, "sqlite_errorcode", None) in _RUINED:
            message = f"{source}: is not sound: {error}"
            raise DatabaseError(message) from error
        message = f"{path}: cannot be written or read: {error}"
        raise DatabaseError(message) from error


# --- files -----------------------------------------------------------------------------------


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A name for a file that is being made, which is gone afterwards however that ended."""
    made = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield made
    finally:
        for each in (made, *(Path(f"{made}{suffix}") for suffix in _BESIDE)):
            with suppress(FileNotFoundError):
                each.unlink()


def _named(made: Path, target: Path) -> int:
    """Give a finished file its name, for good: without a log beside it, and on disk."""
    with closing(_opened(made, "rw")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    size = made.stat().st_size
    _synced(made)
    made.replace(target)
    _synced(target.parent)
    return size


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _kept(path: Path, former: Path, tell: Progress) -> bool:
    """Keep a copy of a database; False where it cannot be read as one.

    Raises DatabaseError where it can be, but its copy cannot be written, as on a full disk.
    """
    with _as_database_error(former):
        try:
            with _beside(former) as made:
                _copied(path, made, tell)
                made.chmod(path.stat().st_mode & 0o777)
                _named(made, former)
        except sqlite3.DatabaseError as error:
            if not _cannot_be_read(error):
                raise
            return False
    return True


def _cannot_be_read(error: sqlite3.Error) -> bool:
    """Whether an error says that a file is no database any more, or not to be had of its disk."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)  # not all come from SQLite
    return code & 0xFF in _RUINED or code in _UNREADABLE


def _move_aside(path: Path, former: Path) -> None:
    """Take away what is no database, with its logs: they are not to be taken for the new one's."""
    with _as_database_error(path):
        for suffix in ("", *_BESIDE):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").rename(f"{former}{suffix}")
