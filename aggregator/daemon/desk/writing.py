"""One act of an editor as one transaction, and what may stand in its way as a refusal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from aggregator.errors import Contradiction, DatabaseError, NotFound, UsageError
from aggregator.pipeline import correcting
from aggregator.settings import ClusterSettings
from aggregator.storage import carding, decision_log
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.web.ports import Against, Refused

__all__ = ["Pen"]

# Seconds to wait for others' writes: those of a run are short.
_PATIENCE: Final = 8.0
# Others wait meanwhile; what an act concerns is among the first.
_CARDS: Final = 20


class Pen:
    """Writes to the database at `path`, a connection for each act; `clock` says when."""

    def __init__(
        self, path: Path, settings: ClusterSettings, clock: Callable[[], datetime]
    ) -> None:
        """Cluster by `settings` what is decided on."""
        self.path, self.settings, self.clock = path, settings, clock

    @contextmanager
    def writing(self, by: str, over: Sequence[int] = ()) -> Iterator[Database]:
        """One transaction, on disk at its end, in which `over` is taken back first.

        Raises Refused for what may be expected, and nothing is changed then.
        """
        with self._opened() as db:
            try:
                with db.write(durable=True):
                    self.take_back(db, over, by)
                    yield db
                    # A star is told as no change, by which else cards are made.
                    carding.catch_up(db, self.clock(), _CARDS)
            except Contradiction as error:
                against = _against(db, error.against)
                raise Refused(kind="contradiction", detail=str(error), against=against) from error
            except NotFound as error:
                raise Refused(kind="no-decision", detail=str(error)) from error
            except UsageError as error:
                raise Refused(kind="senseless", detail=str(error)) from error
            except SqliteError as error:
                raise Refused(kind="busy", detail=str(error)) from error

    def take_back(self, db: Database, over: Sequence[int], by: str) -> None:
        """Let decisions hold no longer; call inside `writing()`."""
        if over:
            correcting.undo(db, over, self.settings, by=by, now=self.clock())

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        try:
            db = open_database(self.path, create=False, patience=_PATIENCE, clock=self.clock)
        except DatabaseError as error:
            raise Refused(kind="busy", detail=str(error)) from error
        with db:
            yield db


def _against(db: Database, ids: Sequence[int]) -> tuple[Against, ...]:
    found = decision_log.made(db, ids)
    return tuple(Against(each.id, each.kind, each.author, each.at) for each in found)
