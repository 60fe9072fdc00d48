"""Who reads the database just now, by the kernel's list of locks: to name who holds its log.

SQLite's readers lock one of five bytes of the file with the ending -shm. Only the list is read and
the file itself never opened: whoever opens and closes it loses its own locks on it.
"""

import os
import re
from pathlib import Path
from typing import Final

__all__ = ["holders", "seen_at"]

_LOCKS: Final = Path("/proc/locks")
_LINE: Final = re.compile(
    r"POSIX +ADVISORY +READ +(?P<process>\d+) +(?P<device>[0-9a-f]+:[0-9a-f]+):(?P<inode>\d+) "
    r"(?P<first>\d+) (?P<last>\d+)"
)
# SQLite's unixShm begins its locks at byte 120; the fourth to the eighth are readers'.
_READERS: Final = range(123, 128)


def seen_at(database: Path) -> tuple[str, ...]:
    """The processes that read `database` just now, as "process 812 (python3 report.py)"."""
    try:
        inode = Path(f"{database.resolve()}-shm").stat().st_ino
        locks = _LOCKS.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ()  # not Linux, or nobody has it open
    return tuple(_named(process) for process in holders(locks, inode) if process != os.getpid())


def holders(locks: str, inode: int) -> list[int]:
    """The processes that hold a reader's lock on the file with this number, in order."""
    found = (_LINE.search(line) for line in locks.splitlines())
    return sorted(
        {
            int(lock["process"])
            for lock in found
            if lock and int(lock["inode"]) == inode and int(lock["first"]) in _READERS
        }
    )


def _named(process: int) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return f"process {process}"
    said = " ".join(word.decode(errors="replace") for word in words[:3] if word)
    return f"process {process} ({said})" if said else f"process {process}"
