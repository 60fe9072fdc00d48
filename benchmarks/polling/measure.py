"""Measures one process with all that it starts: processor time and wall time."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.polling.contestants import ROOT, Start

__all__ = ["Cost", "adopt_orphans", "run"]

_PR_SET_CHILD_SUBREAPER: Final = 36
_NOTHING_KEPT: Final = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, its workers included: seconds, and what it printed last."""

    cpu: float
    wall: float
    said: str


def adopt_orphans() -> None:
    """Become the parent of what a measured process leaves behind, so that its time is counted.

    A server that worker processes are forked from ends after its parent, and would be missed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(start: Start, keep: "subprocess.Popen[str]") -> Cost:
    """Run to the end; `keep` is a child of ours that goes on. Raises RuntimeError on failure."""
    before, began = _used(), time.monotonic()
    process = subprocess.Popen(
        start.command,
        cwd=ROOT,
        # What is compiled is kept, as it is wherever a program is installed.
        env={name: value for name, value in os.environ.items() if name != _NOTHING_KEPT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = process.communicate(start.reads, timeout=600)
    wall = time.monotonic() - began
    if process.returncode:
        message = f"{' '.join(start.command)} ended with {process.returncode}"
        raise RuntimeError(message)
    _await_orphans(keep)
    return Cost(_used() - before, wall, said.strip().rpartition("\n")[2])


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _await_orphans(keep: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        others = [each for each in _children() if each != keep.pid]
        if not others:
            return
        for each in others:
            os.waitpid(each, os.WNOHANG)
        time.sleep(0.01)


def _children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(each) for each in listed.split()]
