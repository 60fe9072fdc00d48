"""The database file: opening it, migrating it, and the one way to write to it."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final, Self

from aggregator.errors import DatabaseError, SchemaTooNew, TookTooLong
from aggregator.storage import noting, schema
from aggregator.storage.wal import Log

__all__ = ["Database", "SqliteError", "open_database", "upsert"]

SqliteError = sqlite3.Error
"""What SQLite raises when it cannot go on: a full disk, a broken file, a lock."""

_PATIENCE: Final = 10.0
# Whoever waits for readers to leave the log keeps others from writing meanwhile.
_BRIEFLY: Final = 1.0
# Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
_STEPS: Final = 10_000


def _now() -> datetime:
    return datetime.now(UTC)


def upsert(table: str, columns: Sequence[str], key: Sequence[str], keep: Sequence[str] = ()) -> str:
    """SQL that inserts a row of `columns`, or where `key` is there updates all but `keep`."""
    update = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in {*key, *keep})
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names are ours
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {update}"
    )


class Database:
    """One connection: reads at any time, writes only inside `write()`."""

    def __init__(
        self, path: str, connection: sqlite3.Connection, clock: Callable[[], datetime] = _now
    ) -> None:
        """Wrap an open `connection` to the file at `path`; use `open_database`."""
        self.path = path
        self._connection = connection
        self._clock = clock
        self._notes: bool | None = None
        connection.row_factory = sqlite3.Row
        self._log = Log(connection, path)

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Self]:
        """One short write transaction; taken at once, so that it never fails half way for a lock.

        What is `durable` survives a power cut as soon as this ends, with all that was written
        before: for what somebody is told to be kept. It waits for the disk, for milliseconds.
        At its end what it changed for readers is told as `changes`, with the time by the clock.
        A read that upgrades to a write fails with SQLITE_BUSY_SNAPSHOT whatever the timeout:
        hence BEGIN IMMEDIATE. Nested use joins the transaction that is open.
        """
        if self._connection.in_transaction:
            yield self
            return
        with self._syncing() if durable else nullcontext():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._tell()
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
            self._log.tend()

    @contextmanager
    def _syncing(self) -> Iterator[None]:
        """Let each commit wait until the log is on disk."""
        self._connection.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA synchronous = NORMAL")

    def _tell(self) -> None:
        """Tell as changes what was noted; a schema of before that notes nothing."""
        if self._notes is None:
            self._notes = noting.is_set_up(self._connection)
        if self._notes and (told := noting.tell(self._connection, self._clock)) is not None:
            self._make_cards(*told)

    def _make_cards(self, seq: int, at: datetime) -> None:
        """Bring what the board shows of stories up to date with the changes behind `seq`."""
        from aggregator.storage import carding

        carding.note(self, seq, at)
        carding.work_off(self, at)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
        return found

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - SQL is untyped
        """The first column of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    def table(
        self, sql: str, parameters: Mapping[str, Any], *, most: int | None = None
    ) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        """The names of a query's columns, and its rows, `most` at most; parameters have names."""
        cursor = self._connection.execute(sql, parameters)
        names = tuple(column[0] for column in cursor.description or ())
        return names, tuple(tuple(row) for row in islice(cursor, most))

    def each(
        self, sql: str, parameters: Mapping[str, Any]
    ) -> Generator[tuple[Any, ...], None, None]:
        """The rows of a query one by one, however many they are; its parameters have names.

        To be closed by who does not take all of them.
        """
        cursor = self._connection.cursor()
        cursor.row_factory = None
        yield from cursor.execute(sql, parameters)

    @contextmanager
    def snapshot(self) -> Iterator[Self]:
        """Several reads of one state, whatever others write meanwhile."""
        self._connection.execute("BEGIN")
        try:
            # A transaction begins with its first read.
            self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            yield self
        finally:
            self._connection.rollback()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Self]:
        """Stop whatever statement is still at work after `seconds`; raises TookTooLong then."""
        end = monotonic() + seconds
        self._connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
        try:
            yield self
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            message = f"{self.path}: the read was stopped after {seconds:g} seconds"
            raise TookTooLong(message) from error
        finally:
            self._connection.set_progress_handler(None, 0)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement inside `write()`; returns the new row's id where it inserts one."""
        return self._connection.execute(sql, parameters).lastrowid or 0

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement inside `write()`; returns how many rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows inside `write()`."""
        self._connection.executemany(sql, rows)

    def changes(self) -> int:
        """How many rows this connection changed so far."""
        return self._connection.total_changes

    def version_of_others(self) -> int:
        """A number that is another one as soon as another connection has written."""
        return int(self.value("PRAGMA data_version"))

    def checkpoint(self, patience: float = _BRIEFLY) -> bool:
        """Bring the write-ahead log back into the file, so that it is empty.

        False where readers hold it for more than `patience` (seconds).
        """
        return self._log.empty(int(patience * 1000))

    def log_bytes(self) -> int:
        """How large the write-ahead log is."""
        return self._log.bytes()

    def migrations(self) -> set[str]:
        """The names of the migrations that this database has had."""
        return schema.applied(self._connection)

    def migrate(self) -> None:
        """Bring the schema up to date; does nothing where it is."""
        if self.missing_migrations():
            schema.apply(self._connection)
            self._notes = None

    def missing_migrations(self) -> list[str]:
        """The names of the migrations that are still to come, in their order."""
        had = self.migrations()
        return [name for name, _ in schema.MIGRATIONS if name not in had]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Use as a context manager that closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def open_database(
    path: str | Path,
    *,
    readonly: bool = False,
    create: bool = True,
    patience: float = _PATIENCE,
    clock: Callable[[], datetime] = _now,
) -> Database:
    """Open (and, unless `readonly`, create or migrate) the database at `path` (":memory:" too).

    `clock` gives the times of changes. Without `create` the file must be there.
    A write waits for others' writes, `patience` seconds at most.
    Raises DatabaseError where the file cannot be used or is another program's, SchemaTooNew where a
    newer version of this one made it.
    """
    try:
        database = Database(str(path), _connect(str(path), readonly=readonly, create=create), clock)
        database.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        _prepare(database, readonly=readonly)
    except sqlite3.Error as error:
        message = f"{path}: cannot be used as database: {error}. {_advice(path, error)}"
        raise DatabaseError(message) from error
    return database


def _connect(path: str, *, readonly: bool, create: bool) -> sqlite3.Connection:
    if readonly:
        uri = f"{Path(path).absolute().as_uri()}?mode=ro"
        # Whoever reads in many threads has a connection in each, and closes them all in one.
        return sqlite3.connect(uri, uri=True, check_same_thread=False)
    if not create:
        return sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True)
    return sqlite3.connect(path)


def _prepare(database: Database, *, readonly: bool) -> None:
    database.execute("PRAGMA foreign_keys = ON")
    _refuse_newer(database)
    _refuse_others(database)
    if readonly:
        return
    database.value("PRAGMA journal_mode = WAL")
    # NORMAL may lose the last commits in a power cut, never the file; what is lost is polled again.
    database.execute("PRAGMA synchronous = NORMAL")
    # Its own checkpoints never wait for readers; ours do, and are fewer: see Log.
    database.execute("PRAGMA wal_autocheckpoint = 0")
    database.migrate()


def _refuse_newer(database: Database) -> None:
    unknown = sorted(database.migrations() - {name for name, _ in schema.MIGRATIONS})
    if unknown:
        message = (
            f"{database.path}: was written by a newer version of this program "
            f"(it has {', '.join(unknown)}, which this one does not know). "
            "Update the program, or name another file with --db."
        )
        raise SchemaTooNew(message)


def _refuse_others(database: Database) -> None:
    """Leave alone what another program keeps: our tables among its own would spoil it."""
    if database.migrations():
        return
    found = database.value(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        " AND name NOT IN ('_sqlite_migrations', 'sqlite_sequence') LIMIT 1"
    )
    if found is not None:
        message = (
            f"{database.path}: was made by another program (it has {found!r}). "
            "It is left as it is: name another file with --db."
        )
        raise DatabaseError(message)


def _advice(path: str | Path, error: sqlite3.Error) -> str:
    parent = Path(path).absolute().parent
    if not parent.is_dir():
        return f"The folder {parent} does not exist: create it, or name another file with --db."
    if "not a database" in str(error):
        return "It holds something else: name another file with --db."
    return "Check that the file and its folder can be read and written, or name another with --db."
