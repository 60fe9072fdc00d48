"""Starts scheduler.py as an operator does: as a process of its own."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["LOOPBACK", "ROOT", "command", "once", "write_feeds"]

ROOT = Path(__file__).parent.parent.parent
# Opens this machine to requests, which are refused there otherwise.
LOOPBACK = """\
settings:
  network:
    allow_addresses: [127.0.0.0/8]
    allow_ports: []
"""
_FAST = """\
    seconds_between_requests: 0
    requests_per_second: 1000
    timeout: 30
    deadline: 60
feeds:
"""


def write_feeds(path: Path, feeds: Iterable[tuple[str, str]], *, text: str = "page") -> Path:
    """Write a feeds.yaml with `feeds` as (url, outlet) and settings made for loopback."""
    lines = [
        f"  - url: {url}\n    outlet: {outlet}\n    language: de\n    text: {text}\n"
        for url, outlet in feeds
    ]
    path.write_text(LOOPBACK + _FAST + "".join(lines), encoding="utf-8")
    return path


def command(feeds: Path, db: Path, *more: str) -> list[str]:
    """The command line of a run."""
    script = str(ROOT / "scheduler.py")
    return [sys.executable, script, "--feeds", str(feeds), "--db", str(db), *more]


def once(feeds: Path, db: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run once to the end."""
    return subprocess.run(
        command(feeds, db, "--once", *more),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
