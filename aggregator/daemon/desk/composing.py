"""Puts together what a desk is handed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from aggregator.daemon.desk.editing import Editor
from aggregator.daemon.desk.explaining import Explanations
from aggregator.daemon.desk.gathering import Gatherer
from aggregator.daemon.desk.marks import MarkWriter
from aggregator.daemon.desk.pictures import Fetching
from aggregator.daemon.desk.searching import Searches
from aggregator.settings import Settings
from aggregator.web.ports import Ports

__all__ = ["composed"]


@contextmanager
def composed(
    path: Path, feeds: Path, settings: Settings, clock: Callable[[], datetime]
) -> Iterator[Ports]:
    """What a desk may do that may change the database at `path`, while the context lasts.

    Feeds are changed in the file `feeds`; where there is none they are only shown.
    """
    fetching = Fetching(path, settings.network, clock) if settings.desk.images else nullcontext()
    with MarkWriter(path) as marks, fetching as pictures:
        yield Ports(
            Editor(path, settings.clustering, clock),
            explaining=Explanations(settings.clustering),
            gathering=Gatherer(path, feeds, clock) if feeds.exists() else None,
            marks=marks,
            pictures=pictures,
            searching=Searches(path, clock),
        )
