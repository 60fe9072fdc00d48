"""Today's rules on pages that were kept: what they change is told, then kept, article by article.

Articles are worked on in the order of their ids, some ahead in worker processes. Each change is one
transaction with how far the task has come, so that one that was cut short is taken up there. What
changed is a revision, which the next run clusters.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final, Literal

from aggregator.core import mending
from aggregator.core.differences import Differences, differences
from aggregator.core.mending import Mended
from aggregator.core.urls import site
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import Article, PhraseRule, Rejected, SiteRule
from aggregator.pipeline.sources import text_job
from aggregator.pipeline.work import Anew as AnewMade
from aggregator.pipeline.work import AnewJob, extract_anew
from aggregator.settings import ExtractSettings
from aggregator.storage import articles, furniture
from aggregator.storage import reextraction as kept
from aggregator.storage.articles import Extracted, Kept
from aggregator.storage.database import Database
from aggregator.storage.reextraction import Original, Task

__all__ = ["Anew", "Outcome", "Reextraction", "task_name"]

_AHEAD_OF_EACH: Final = 4
_KEPT_EVERY: Final = 50

_NONE: Final = Differences()

Outcome = Literal["changed", "unchanged", "rejected", "failed", "no page"]
"""What came of one article: "rejected" and "failed" say why it would be none, and it stays."""


@dataclass(frozen=True, slots=True)
class Anew:
    """One article that was extracted anew; `detail` is the reason where nothing came of it."""

    article_id: int
    url: str
    outlet: str
    title: str
    outcome: Outcome
    differences: Differences = _NONE
    detail: str = ""


def task_name(settings: ExtractSettings, *chosen: object) -> str:
    """A name that is another one as soon as what is done to the pages is."""
    digest = hashlib.sha256(repr((settings, *chosen)).encode("utf-8", "replace"))
    code = resources.files("aggregator.core")
    for each in sorted((each for each in code.iterdir() if each.is_file()), key=str):
        digest.update(each.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Made:
    original: Original
    text: AnewMade | Rejected | WorkerFailed | None


@dataclass(frozen=True, slots=True)
class Reextraction:
    """Works with these; `task` is what is done, None where nothing is to be kept.

    `stop` is asked before each article; `workers` is how many there are.
    """

    db: Database
    executor: Executor
    settings: ExtractSettings
    rules: Sequence[PhraseRule]
    site: Callable[[str], SiteRule]
    tell: Callable[[Anew], None]
    task: Task | None = None
    stop: Callable[[], bool] = lambda: False
    workers: int = 1

    async def run(self, ids: Sequence[int]) -> bool:
        """Extract these articles anew, in this order; False where it was stopped before the end."""
        passed = 0
        async for article_id, made in self._in_turn(ids):
            if made is not None:
                self._settle(article_id, made)
            passed += 1
            if self.task is not None and passed % _KEPT_EVERY == 0:
                with self.db.write():
                    kept.reached(self.db, self.task, article_id)
        if passed < len(ids):
            return False
        if self.task is not None:
            kept.end(self.db)
        return True

    async def _in_turn(self, ids: Iterable[int]) -> AsyncIterator[tuple[int, _Made | None]]:
        """Yield each article in turn while some of those behind it are being worked on."""
        begun: deque[tuple[int, asyncio.Task[_Made | None]]] = deque()
        try:
            for article_id in ids:
                if self.stop():
                    break
                begun.append((article_id, asyncio.create_task(self._make(article_id))))
                if len(begun) >= _AHEAD_OF_EACH * self.workers:
                    done, task = begun.popleft()
                    yield done, await task
            while begun:
                done, task = begun.popleft()
                yield done, await task
        finally:
            for _, task in begun:
                task.cancel()

    async def _make(self, article_id: int) -> _Made | None:
        original = kept.load(self.db, article_id)
        if original is None:
            return None
        if original.entry is None or not original.has_text:
            return _Made(original, None)
        url = original.page.url if original.page else original.entry.url
        job = text_job(original.entry, original.page, self.site(url), self.rules, self.settings)
        known = furniture.known(self.db, site(original.kept.article.canonical_url))
        anew = AnewJob(replace(job, measured=False), known, original.kept.fetched_at)
        return _Made(original, await self.executor.run(extract_anew, anew))

    def _settle(self, article_id: int, made: _Made) -> None:
        """Tell what changes, then keep it."""
        old, text = made.original.kept, made.text
        told = Anew(article_id, old.article.url, old.outlet, old.article.title, "unchanged")
        if text is None:
            self.tell(replace(told, outcome="no page"))
        elif isinstance(text, AnewMade):
            new = _in_place(text.mended, old)
            found = _found(old, text, new.article)
            self.tell(replace(told, outcome="changed" if found else "unchanged", differences=found))
            if found and self.task is not None:
                self._keep(made.original, new)
        else:
            outcome: Outcome = "rejected" if isinstance(text, Rejected) else "failed"
            self.tell(replace(told, outcome=outcome, detail=f"{text.reason}: {text.detail}"))

    def _keep(self, original: Original, new: Extracted) -> None:
        assert self.task is not None  # else nothing is kept
        with self.db.write():
            articles.revise(self.db, original.kept, new)
            kept.reached(self.db, self.task, original.kept.id)


def _in_place(text: Extracted, known: Kept) -> Extracted:
    """The new version as it is kept, under the address by which the article is known."""
    return replace(text, article=_kept(text.article, known))


def _kept(article: Article, known: Kept) -> Article:
    named = replace(article, canonical_url=known.article.canonical_url)
    return articles.as_kept(named, known.fetched_at)


def _found(known: Kept, text: AnewMade, new: Article) -> Differences:
    """What changes; nothing, where but what recurs on the site was taken out meanwhile.

    That is learning's to change: where the page gives what it gave before, it has had its say.
    """
    old = known.article
    every = [line.text for line in mending.whole(mending.state_of(old))]
    before = mending.applied(old, Mended("", "\n".join(every), (), ()))
    fresh = _kept(text.whole, known)
    lines = [line.text for line in mending.whole(mending.state_of(fresh))]
    after = mending.applied(fresh, Mended("", "\n".join(lines), (), ()))
    return differences(old, new) if differences(before, after) else _NONE
