"""Writes what readers of the desk looked at, in a thread of its own: no page waits for it."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aggregator.errors import DatabaseError
from aggregator.storage import seen
from aggregator.storage.database import SqliteError, open_database
from aggregator.storage.seen import Look

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["MarkWriter"]

_MOST: Final = 10_000
# A visit goes on while something is asked for; it is enough to know that to the minute.
_OFTEN_ENOUGH: Final = timedelta(minutes=1)

_Key = tuple[str, int]


@dataclass(slots=True)
class _Waiting:
    """What is to be written: of each reader and story the last look, None where it is unread."""

    looks: dict[_Key, Look | None] = field(default_factory=dict)
    visits: dict[str, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.looks or self.visits)


class MarkWriter:
    """Writes to the database at `path` at most once in `pause` seconds, all that came since.

    What cannot be written, since another writes for long, waits for the next time; of more than ten
    thousand the oldest are given up, which the log tells.
    """

    def __init__(self, path: Path, *, pause: float = 1.0) -> None:
        """Begin to wait for what is to be written."""
        self._path, self._pause = path, pause
        self._lock = threading.Condition()
        self._waiting, self._at_work = _Waiting(), _Waiting()
        self._here: dict[str, datetime] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="marks", daemon=True)
        self._thread.start()

    def saw(
        self,
        reader: str,
        story_id: int,
        at: datetime,
        articles: Mapping[int, int] | None = None,
    ) -> None:
        """Note that a reader looked at a story, and at which version of which of its articles.

        Without `articles` at all that are there by then.
        """
        self._note(reader, story_id, Look(at, articles))

    def unread(self, reader: str, story_id: int) -> None:
        """Note that a story is to be unread again."""
        self._note(reader, story_id, None)

    def _note(self, reader: str, story_id: int, look: Look | None) -> None:
        with self._lock:
            self._waiting.looks[reader, story_id] = look
            self._lock.notify()

    def visited(self, reader: str, at: datetime) -> None:
        """Note that a reader is here."""
        with self._lock:
            before = self._here.get(reader)
            if before is None or at - before >= _OFTEN_ENOUGH:
                self._here[reader] = self._waiting.visits[reader] = at
                self._lock.notify()

    def pending(self, reader: str) -> Mapping[int, Look | None]:
        """What is noted of a reader and not yet written, by story; None where that is unread.

        To be asked before the database is: what is written in between then counts once more.
        """
        with self._lock:
            every = {**self._at_work.looks, **self._waiting.looks}
        return {story: look for (name, story), look in every.items() if name == reader}

    def close(self) -> None:
        """Write what waits, and end."""
        with self._lock:
            self._closing = True
            self._lock.notify()
        self._thread.join()

    def __enter__(self) -> Self:
        """Use as a context manager that closes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    # --- the thread --------------------------------------------------------------------------

    def _work(self) -> None:
        while self._take():
            try:
                with open_database(self._path, create=False) as db, db.write():
                    _write(db, self._at_work)
            except (DatabaseError, SqliteError, OSError) as error:
                self._put_back(error)
            except Exception:
                # Or the thread ended without a word, and what is noted piled up.
                logging.getLogger(__name__).exception("looks cannot be written, and are given up")
            finally:
                with self._lock:
                    self._at_work = _Waiting()

    def _take(self) -> bool:
        """Wait for something to write, and a while for more; False at the end."""
        with self._lock:
            self._lock.wait_for(lambda: self._closing or self._waiting)
            self._lock.wait_for(lambda: self._closing, self._pause)
            self._at_work, self._waiting = self._waiting, _Waiting()
            return bool(self._at_work)

    def _put_back(self, error: Exception) -> None:
        log = logging.getLogger(__name__)
        with self._lock:
            if self._closing:
                log.warning("%d looks are lost: %s", len(self._at_work.looks), error)
                return
            log.warning("looks are not written yet: %s", error)
            looks = {**self._at_work.looks, **self._waiting.looks}
            given_up = len(looks) - _MOST
            if given_up > 0:
                log.warning("%d looks are given up", given_up)
                looks = dict(list(looks.items())[given_up:])
            visits = {**self._at_work.visits, **self._waiting.visits}
            self._waiting = _Waiting(looks, visits)


def _write(db: "Database", waiting: _Waiting) -> None:
    for (reader, story_id), look in waiting.looks.items():
        if look is None:
            seen.unmark(db, reader, story_id)
        else:
            seen.mark(db, reader, story_id, look.at, look.articles)
    for reader, at in waiting.visits.items():
        seen.visit(db, reader, at)
