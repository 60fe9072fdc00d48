"""The step between fetching and clustering: what recurs on a site is learnt and taken out.

The new articles of a site are looked at with those around them in time. What is learnt and the
articles mended by it are kept in one transaction, so that a crash leaves either all of it or
nothing; what was done changes nothing when it is done again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.furniture import State
from aggregator.core.mending import Kept, holds
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.pipeline.events import Listener, SiteStudied, StepBegun
from aggregator.pipeline.work import SiteJob, Studied, study
from aggregator.storage import furniture
from aggregator.storage.database import Database

__all__ = ["Learning", "spread"]

# No report is so long; what is may be anything, and to compare it takes long.
_MOST_LETTERS: Final = 100_000
_MOST_LINES: Final = 500
# Whether articles are concerned that have a line in their text, or those that had it taken out; of
# what is no longer decided it may be either.
_PLACES: Final[Mapping[State, tuple[bool, ...]]] = {
    "approved": (False,),
    "added": (False,),
    "rejected": (True,),
    "learnt": (False, True),
}


def spread(db: Database) -> int:
    """Have the articles looked at again that an editor's newest decisions concern; their number."""
    every: set[int] = set()
    for decision in furniture.unapplied(db):
        for portion in furniture.portions(db, decision.site):
            places = _PLACES[decision.state]
            concerned = [
                article.id
                for article in portion
                if any(holds(article.state, decision.form, taken_out=each) for each in places)
            ]
            with db.write():
                furniture.set_studied(db, concerned, studied=False)
            every.update(concerned)
        furniture.set_applied(db, decision)
    return len(every)


@dataclass(frozen=True, slots=True)
class Learning:
    """All that the step works with.

    `remember` is in days: how long what was learnt is known though it recurs no more. So many
    sites are worked on at once as there are `hands`. `stop` is asked before each piece of work.
    """

    db: Database
    executor: Executor
    clock: Callable[[], datetime]
    remember: float
    hands: int = 1
    stop: Callable[[], bool] = lambda: False

    async def run(self, tell: Listener) -> None:
        """Look at every article that nobody has looked at."""
        spread(self.db)
        waiting = furniture.waiting(self.db)
        tell(StepBegun("learn", sum(each.articles for each in waiting)))
        queue = deque(each.site for each in waiting)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.hands):
                    group.create_task(self._work_off(queue, tell))
        except ExceptionGroup as surprises:
            raise surprises.exceptions[0] from surprises

    async def _work_off(self, queue: deque[str], tell: Listener) -> None:
        while queue:
            await self._learn(queue.popleft(), tell)

    async def _learn(self, site: str, tell: Listener) -> None:
        """Look at the new articles of a site, portion by portion."""
        while not self.stop():
            around, to_the_newest = furniture.window(self.db, site)
            if not around:
                return
            if done := await self._study(site, around, to_the_newest=to_the_newest):
                tell(done)

    async def _study(
        self, site: str, around: Sequence[Kept], *, to_the_newest: bool
    ) -> SiteStudied | None:
        """Learn from one portion; None where an editor decided something meanwhile."""
        known = furniture.known(self.db, site)
        decided = furniture.decisions(self.db, site)
        looked_at = [each for each in around if _is_a_report(each.state.text)]
        # Older articles say nothing of what recurs today.
        past = self.clock() - timedelta(days=self.remember) if to_the_newest else None
        studied = await self.executor.run(study, SiteJob(looked_at, known, past))
        fresh = [each.id for each in around if each.fresh]
        with self.db.write():
            if furniture.decisions(self.db, site) != decided:
                return None
            if isinstance(studied, Studied):
                furniture.save(self.db, site, known, studied.known)
                for article in studied.restated:
                    furniture.revise(self.db, article)
            furniture.set_studied(self.db, fresh, studied=True)
        return _said(site, len(fresh), studied)


def _is_a_report(text: str) -> bool:
    return len(text) <= _MOST_LETTERS and text.count("\n") < _MOST_LINES


def _said(site: str, articles: int, studied: Studied | WorkerFailed) -> SiteStudied:
    if isinstance(studied, WorkerFailed):
        detail = f"{studied.reason}: {studied.detail}"
        return SiteStudied(site, "failed", articles, detail=detail)
    known = sum(each.state != "rejected" for each in studied.known)
    mended, kept = len(studied.restated), len(studied.backed_off)
    return SiteStudied(site, "learnt", articles, known, mended, kept)
