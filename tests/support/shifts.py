"""A newsroom that publishes, a daemon that polls it and a desk that shows it, all at once."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aggregator.daemon.job import present
from aggregator.demo.newsroom import Newsroom
from aggregator.model import FeedSource
from aggregator.storage.database import open_database
from tests.support.desks import Running, running
from tests.support.runs import LOOPBACK, command, once

__all__ = ["Shift", "shift"]

_SETTINGS: Final = """\
    seconds_between_requests: 0
    requests_per_second: 1000
    timeout: 3
    deadline: 6
feeds:
"""
_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Shift:
    """The newsroom at work, the file that the daemon writes, the desk over it."""

    newsroom: Newsroom
    path: Path
    desk: Running

    def publish(self) -> None:
        """Bring out the second edition, and let every feed be due for the daemon."""
        self.newsroom.edition = 2
        with open_database(self.path) as db, db.write():
            db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, two minutes at most."""
        end = time.monotonic() + _SECONDS
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.2)

    def value(self, sql: str, *parameters: object) -> int:
        """A number of the file as it is now."""
        with open_database(self.path, readonly=True) as db:
            return int(db.value(sql, parameters) or 0)


@contextmanager
def shift(folder: Path) -> Iterator[Shift]:
    """The first edition is out and polled; the daemon goes on until the context ends."""
    path = folder / "news.db"
    with Newsroom(present(), slow=0.3) as newsroom:
        feeds = _listed(folder / "feeds.yaml", newsroom.feeds)
        done = once(feeds, path)
        assert done.returncode == 0, done.stderr[-2000:]
        with (
            subprocess.Popen(command(feeds, path), stderr=subprocess.DEVNULL) as daemon,
            running(path) as desk,
        ):
            try:
                yield Shift(newsroom, path, desk)
            finally:
                daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(_SECONDS) == 0


def _listed(path: Path, feeds: tuple[FeedSource, ...]) -> Path:
    """A feeds.yaml of them."""
    lines = [
        f"  - {{url: '{each.url}', outlet: '{each.outlet}', language: {each.language or 'de'}, "
        f"tags: [{', '.join(each.tags)}], text: {each.text}}}\n"
        for each in feeds
    ]
    path.write_text(LOOPBACK + _SETTINGS + "".join(lines), encoding="utf-8")
    return path
