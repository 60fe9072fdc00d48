"""The write-ahead log: brought back into the file before it gets long, whoever reads meanwhile.

SQLite's own checkpoints never wait. With readers that come and go without pause there is always
one that uses the log, so it would grow for as long as a run writes. Ours wait for those that are at
work, some hundredths of a second; only a reader that holds a transaction open can outlast that.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["Log", "settle"]

_STEP: Final = 32_000_000
_LONGEST_STEP: Final = 512_000_000
_PATIENCE: Final = 200
"""How long readers are waited for, in milliseconds."""


class Log:
    """The write-ahead log of the database at `path`, as the one connection that writes sees it."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        """Look at nothing yet."""
        self._connection = connection
        self._file = Path(f"{path}-wal")
        self._step, self._next = _STEP, _STEP

    def bytes(self) -> int:
        """How large it is; 0 where there is none, as in memory."""
        try:
            return self._file.stat().st_size
        except FileNotFoundError:
            return 0

    def tend(self) -> None:
        """Make it empty if it has grown by a step; where a reader holds it, the steps get longer.

        To be called after each commit.
        """
        size = self.bytes()
        if size < self._next - self._step:  # than when it was held: somebody made it empty since
            self._step = self._next = _STEP
        if size < self._next:
            return
        if self._emptied():
            self._step = self._next = _STEP
        else:
            self._step = min(2 * self._step, _LONGEST_STEP)
            self._next = size + self._step

    def _emptied(self) -> bool:
        """Try; what was committed is kept either way, so that no error is the writer's."""
        try:
            return self.empty(_PATIENCE)
        except sqlite3.OperationalError:
            return False

    def empty(self, patience: int) -> bool:
        """Bring it back into the file; False where readers hold it longer than `patience` (ms)."""
        (before,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self._connection.execute(f"PRAGMA busy_timeout = {patience}")
        try:
            (held, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {before}")
        return not held


def settle(path: str) -> None:
    """Have on the disk what was committed to the database at `path`, before others are told of it.

    A power cut may take the last transactions back, and with them the numbers that they gave. What
    is in the file itself is on the disk since the log was brought back into it.
    """
    # Of the log only: closing the file itself would take away the locks of this process on it.
    with suppress(FileNotFoundError):
        handle = os.open(f"{path}-wal", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
