"""Pages that were kept, and what extraction anew makes of them, for tests."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from aggregator.executors.in_process import InProcess
from aggregator.model import PhraseRule, SiteRule
from aggregator.pipeline.reextract import Anew, Reextraction, task_name
from aggregator.settings import ExtractSettings
from aggregator.storage import reextraction
from aggregator.storage.database import open_database
from aggregator.storage.reextraction import Task
from aggregator.storage.soundness import broken_promises
from tests.support.daily import Paper

__all__ = ["RULES", "Pages", "pages_of"]

SETTINGS = ExtractSettings()
RULES = (PhraseRule("en", "prompt", "Read more about"),)


class Pages:
    """The reader's database, and extraction anew with its figures."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Look at what is kept in the file at `path`."""
        self.path = path
        self.now = now
        self.told: list[Anew] = []

    def anew(
        self,
        *,
        rules: Sequence[PhraseRule] = RULES,
        keep: bool = True,
        settings: ExtractSettings = SETTINGS,
        executor: InProcess | None = None,
        stop: Callable[[], bool] = lambda: False,
        since: datetime | None = None,
        dies_after: int | None = None,
    ) -> bool:
        """Extract all anew; what is told is in `told`."""
        self.told = []

        def tell(done: Anew) -> None:
            if len(self.told) == dies_after:
                raise KeyboardInterrupt
            self.told.append(done)

        with open_database(self.path, readonly=not keep) as db:
            task = Task(task_name(settings, rules), since) if keep else None
            behind = reextraction.begin(db, task) if task else 0
            ids = [each for each in reextraction.chosen(db, None, since) if each > behind]
            work = Reextraction(
                db,
                executor or InProcess(),
                settings,
                rules,
                lambda _url: SiteRule(),
                tell,
                task,
                stop,
            )
            return asyncio.run(work.run(ids))

    def outcomes(self) -> dict[str, int]:
        return Counter(each.outcome for each in self.told)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with open_database(self.path) as db:
            return [tuple(row) for row in db.rows(sql)]

    def dump(self) -> list[str]:
        """All that is kept, but for the shadow tables of the full-text index."""
        with sqlite3.connect(self.path) as connection:
            return [line for line in connection.iterdump() if "article_fts_" not in line]

    def is_sound(self) -> bool:
        return not list(broken_promises(self.path, self.now))


def pages_of(paper: Paper) -> Pages:
    """What the reader of a paper keeps."""
    return Pages(paper.folder / "news.db", paper.now)
