"""How much memory a process and all that it started take together, sampled while they run."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

__all__ = ["Peak"]

_PROC: Final = Path("/proc")


class Peak:
    """Samples the proportional set size (PSS) of a process and its descendants until it ends.

    `bytes` is the highest sum seen; shared pages count once.
    """

    def __init__(self, pid: int, every: float = 0.1) -> None:
        """Sample `pid` and its descendants `every` so many seconds."""
        self._pid, self._every = pid, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0
        self.samples = 0

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            self.bytes = max(self.bytes, sum(map(_pss, _tree(self._pid))))
            self.samples += 1


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
    except (OSError, UnicodeDecodeError, ValueError, IndexError):
        return None


def _pss(pid: int) -> int:
    try:
        rollup = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    lines = (line.split() for line in rollup.splitlines())
    return next((int(line[1]) * 1024 for line in lines if line[0] == "Pss:"), 0)
