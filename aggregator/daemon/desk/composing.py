"""Puts together what a desk is handed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Final

from aggregator.daemon.desk.editing import Editor
from aggregator.daemon.desk.explaining import Explanations
from aggregator.daemon.desk.gathering import gatherer
from aggregator.daemon.desk.marks import MarkWriter
from aggregator.daemon.desk.pictures import Fetching
from aggregator.daemon.desk.searching import Searches
from aggregator.errors import DatabaseError
from aggregator.settings import Settings
from aggregator.storage import carding
from aggregator.storage.database import SqliteError, open_database
from aggregator.web.ports import Ports

__all__ = ["composed"]

_SLICES: Final = 20


@contextmanager
def composed(
    path: Path, feeds: Path, settings: Settings, clock: Callable[[], datetime]
) -> Iterator[Ports]:
    """What a desk may do that may change the database at `path`, while the context lasts.

    Feeds are changed in the file `feeds`; where there is none, or what the database has is of
    another one, they are only shown.
    """
    _make_cards(path, clock)
    fetching = Fetching(path, settings.network, clock) if settings.desk.images else nullcontext()
    with MarkWriter(path) as marks, fetching as pictures:
        yield Ports(
            Editor(path, settings.clustering, clock),
            explaining=Explanations(settings.clustering),
            gathering=gatherer(path, feeds, clock),
            marks=marks,
            pictures=pictures,
            searching=Searches(path, clock),
        )


def _make_cards(path: Path, clock: Callable[[], datetime]) -> None:
    """Make cards that are still due, as after an update, so that the board is not empty.

    Of very many only the newest; runs make the others.
    """
    try:
        with open_database(path, patience=2.0) as db:
            made = 1
            for _ in range(_SLICES):
                made = made and carding.catch_up(db, clock())
    except (DatabaseError, SqliteError) as error:
        logging.getLogger(__name__).warning("the board may lack stories for now: %s", error)
