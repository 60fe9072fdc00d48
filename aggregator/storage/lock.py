"""The run lock: one run at a time on one database, and whoever is turned away is told who runs."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.errors import DatabaseError, LockHeld
from aggregator.storage.times import to_text

__all__ = ["run_lock"]


@contextmanager
def run_lock(database_path: str | Path, *, doing: str, now: datetime) -> Iterator[None]:
    """Hold the lock beside `database_path`, saying what one is `doing`.

    The kernel frees it when the process dies, however it dies.
    Raises LockHeld with the holder where another process has it, DatabaseError where the lock
    file cannot be made.
    """
    path = Path(f"{Path(database_path).resolve()}.lock")
    try:
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        message = f"{path}: cannot make the lock file: {error.strerror}. Check the folder, or --db."
        raise DatabaseError(message) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise LockHeld(handle.read().strip() or "an unknown process") from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()} on {socket.gethostname()}, {doing}, ")
        handle.write(f"since {to_text(now)}\n")
        handle.flush()
        yield
        handle.truncate(0)
