"""Starts `aggregator desk` as an editor does: as a process of its own, over a file."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aggregator.config.adding import add_feeds
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.runs import LOOPBACK

__all__ = ["Running", "listed", "running"]

_BEGIN: Final = f"{LOOPBACK}feeds: []\n"
_SECONDS: Final = 120
"""So long a desk may take to start or to end where other tests run beside it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that answers at `url` (no slash at its end), over the file at `path`."""

    url: str
    path: Path
    process: subprocess.Popen[str]


@contextmanager
def running(path: Path, *options: str, **environment: str) -> Iterator[Running]:
    """Serve the file at `path` while the context lasts; the clock on the wall is Berlin's.

    Raises AssertionError where the desk does not start, or does not end well when it is told to.
    """
    if "--feeds" not in options:
        options = (*options, "--feeds", str(listed(path)))
    command = [sys.executable, "-m", "aggregator.cli", "desk", "--port", "0", "--db", str(path)]
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TZ": "Europe/Berlin", "COLUMNS": "1000"} | environment,
    ) as process:
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(process, said), daemon=True).start()
        try:
            yield Running(_address(process, said), path, process)
        except BaseException:
            process.kill()
            raise
        process.send_signal(signal.SIGTERM)
        code = process.wait(_SECONDS)
        assert process.stderr is not None
        # Who signs in and out, rightly or not, is told of in any case.
        lines = process.stderr.read().splitlines()
        errors = "\n".join(line for line in lines if " signed " not in line)
        assert (code, errors) == (0, ""), errors[-4000:]


def listed(path: Path) -> Path:
    """A file beside that at `path` that lists its feeds, as if it had been polled by it."""
    file = path.with_name("feeds.yaml")
    if not file.exists():
        file.write_text(_BEGIN, "utf-8")
        with open_database(path) as db:
            add_feeds(file, [feed.source for feed in feeds.all_feeds(db)])
    return file


def _listen(process: "subprocess.Popen[str]", said: "queue.SimpleQueue[str]") -> None:
    """Take all that it says, so that it never waits for a reader; an empty line at its end."""
    assert process.stdout is not None
    for line in process.stdout:
        said.put(line)
    said.put("")


def _address(process: "subprocess.Popen[str]", said: "queue.SimpleQueue[str]") -> str:
    """The first address that it names."""
    while line := said.get(timeout=_SECONDS):
        if " at http" in line:
            return line.partition(" at ")[2].split()[0].rstrip("/")
    assert process.stderr is not None
    message = f"the desk did not start: {process.stderr.read()[-4000:]}"
    raise AssertionError(message)
