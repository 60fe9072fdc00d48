"""The whole archive clustered anew by today's profile and settings, beside the running database.

A second database takes in all articles, fingerprinted by worker processes, and clusters them in
canonical order by the functions that a run uses. Each portion of it is a transaction of its own, so
that one that is cut short goes on where it was; the running database is only read until the swap.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Final

from aggregator.core import rearrangement
from aggregator.core.identity import Identities, keep_ids
from aggregator.core.profile import PROFILE
from aggregator.core.rearrangement import Change
from aggregator.errors import DatabaseError, ExecutorError
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import Article
from aggregator.pipeline.cluster import batches
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters, stories
from aggregator.storage import rebuilding as kept
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.rebuilding import KINDS, Kind, Lacking

__all__ = ["Outcome", "Rebuilding", "Watching", "made_by", "prepare", "require_room", "second_path"]

_AHEAD_OF_EACH: Final = 3
# What an article takes in the second database beside its text, in bytes: rounded up.
_BESIDE_TEXT: Final = 10_000
_SAMPLE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the groups, or stories, of one kind.

    `count` is how many there will be; `unchanged` of them hold the articles that they held before,
    but for those that had none.
    """

    kind: Kind
    count: int
    unchanged: int
    changes: tuple[Change, ...]
    identities: Identities
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Watching:
    """Who is told: how many articles a step has to do, and how many more of it are done."""

    begin: Callable[[str, int], None]
    advance: Callable[[str, int], None]


def second_path(database: Path) -> Path:
    """Where the second database lies, beside the running one."""
    return Path(f"{database.resolve()}.rebuild")


def made_by(settings: ClusterSettings) -> str:
    """A name that is another one as soon as clustering is done otherwise."""
    digest = hashlib.sha256(repr((PROFILE, settings)).encode())
    for package in ("core", "pipeline", "storage"):
        files = resources.files(f"aggregator.{package}").iterdir()
        for each in sorted((each for each in files if each.is_file()), key=str):
            digest.update(each.read_bytes())
    return digest.hexdigest()


def require_room(source: Database, second: Path, free: int) -> None:
    """Raise DatabaseError where `free` bytes are too few for a second database, and for the swap.

    The second database, and what a swap writes to the log, take about as much as the texts and
    10 KB an article.
    """
    articles = int(source.value("SELECT count(*) FROM article"))
    sql = """SELECT avg(length(CAST(lead AS BLOB)) + length(CAST(text AS BLOB)))
             FROM (SELECT lead, text FROM article ORDER BY id DESC LIMIT ?)"""
    needed = int(articles * ((source.value(sql, (_SAMPLE,)) or 0) + 2 * _BESIDE_TEXT))
    there = second.stat().st_size if second.exists() else 0
    if free + there < needed:
        message = (
            f"{second.parent}: {free / 1e6:,.0f} MB are free; clustering {articles:,} articles "
            f"anew takes up to {needed / 1e6:,.0f} MB beside the database until the swap is done"
        )
        raise DatabaseError(message)


def prepare(batch: Sequence[Article]) -> list[Extracted]:
    """Fingerprint articles; runs in a worker."""
    from aggregator.pipeline.work import fingerprint

    return [fingerprint(article) for article in batch]


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """Works with these; `stop` is asked between portions, `workers` is how many there are."""

    source: Database
    second: Database
    executor: Executor
    settings: ClusterSettings
    now: datetime
    watching: Watching
    stop: Callable[[], bool] = lambda: False
    workers: int = 1

    async def run(self) -> bool:
        """Bring the second database up to date; False where it was stopped before the end."""
        if not await self._fingerprint():
            return False
        kept.take_decisions(self.source, self.second)
        return await self._cluster()

    async def _fingerprint(self) -> bool:
        """Take in what the running database has and the second one has not."""
        total = int(self.source.value("SELECT count(*) FROM article"))
        left = total - int(self.second.value("SELECT count(*) FROM article"))
        self.watching.begin("fingerprint", max(0, left))
        async for lacking, made in self._in_turn(kept.differing(self.source, self.second)):
            with self.second.write():
                for one, each in zip(lacking, made, strict=True):
                    kept.keep(self.second, one, each.fingerprint, each.terms)
            self.watching.advance("fingerprint", len(lacking))
        return not self.stop()

    async def _in_turn(
        self, portions: Iterator[list[Lacking]]
    ) -> AsyncIterator[tuple[list[Lacking], list[Extracted]]]:
        """Yield each portion in turn while some of those behind it are being worked on."""
        begun: deque[tuple[list[Lacking], asyncio.Task[list[Extracted]]]] = deque()
        wanted = filter(None, portions)
        ahead = _AHEAD_OF_EACH * self.workers
        try:
            while not self.stop():
                for lacking in islice(wanted, ahead - len(begun)):
                    begun.append((lacking, asyncio.create_task(self._made(lacking))))
                if not begun:
                    return
                lacking, task = begun.popleft()
                yield lacking, await task
        finally:
            for _, task in begun:
                task.cancel()

    async def _made(self, lacking: Sequence[Lacking]) -> list[Extracted]:
        made = await self.executor.run(prepare, tuple(one.article for one in lacking))
        if not isinstance(made, WorkerFailed):
            return made
        if len(lacking) > 1:
            return [each for one in lacking for each in await self._made([one])]
        message = f"article {lacking[0].id} cannot be fingerprinted: {made.detail}"
        raise ExecutorError(message)

    async def _cluster(self) -> bool:
        self.watching.begin("cluster", clusters.unclustered_count(self.second))
        clustering = batches(self.second, self.settings, self.now)
        while not self.stop() and (count := next(clustering, None)) is not None:
            self.watching.advance("cluster", count)
            # Signals are heard between two batches.
            await asyncio.sleep(0)
        stories.close(self.second, self.now - timedelta(hours=self.settings.story_window))
        return not self.stop()

    # --- what came of it -----------------------------------------------------------------

    def outcomes(self) -> list[Outcome]:
        """What would become of the copy groups, and of the stories, of the running database."""
        return [self._outcome(kind) for kind in KINDS]

    def _outcome(self, kind: Kind) -> Outcome:
        parts = kept.parts(self.second, kind)
        previous = kept.placed(self.source, kind)
        identities = keep_ids(parts.values(), previous)
        found = rearrangement.changes(identities.groups, previous)
        changed = sum(len(each.after) for each in found)
        return Outcome(
            kind=kind,
            count=len(parts),
            unchanged=len(parts) - changed,
            changes=tuple(found),
            identities=identities,
            ids=tuple(parts),
        )

    async def swap(self, db: Database) -> list[Outcome] | None:
        """Put it in the place of what `db`, the running database, holds; None where stopped.

        Hold the run lock meanwhile, so that no articles come; editors may go on deciding. Returns
        what has become of all.
        """
        while await self.run():
            outcomes = self.outcomes()
            carried = {each.kind: (each.ids, each.identities) for each in outcomes}
            if kept.swap(db, Path(self.second.path), carried, self.now):
                kept.spend(self.second)
                return outcomes
        return None
