"""One polling cycle, from the feeds that are due to the stories: read it from top to bottom."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, TypeVar

from aggregator.core import changes, polling
from aggregator.core.urls import host
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import (
    Change,
    EntryChange,
    Failed,
    Feed,
    Fetched,
    FetchResult,
    ParsedFeed,
    PhraseRule,
    Rejected,
)
from aggregator.net.client import Client
from aggregator.pipeline.cluster import batches
from aggregator.pipeline.events import (
    ArticleDone,
    BatchDone,
    Event,
    FeedPolled,
    Listener,
    StepBegun,
)
from aggregator.pipeline.report import RunReport
from aggregator.pipeline.websub import hub_relied_on
from aggregator.pipeline.work import ParseJob, TextJob, extract_text, parse_feed
from aggregator.settings import Settings
from aggregator.storage import articles, clusters, entries, feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry

__all__ = ["Cycle"]

Item = TypeVar("Item")
_IN_HAND: Final = 256
_PATIENCE: Final = 3
_PAGES_PER_HOST: Final = 200


@dataclass(frozen=True, slots=True)
class Cycle:
    """All that one cycle works with; `jitter` gives a number from 0 to below 1.

    `stop` is asked before each new piece of work: once true, what is in hand is finished.
    `listening` says that hubs can reach us, so that they may be relied on.
    """

    db: Database
    client: Client
    executor: Executor
    settings: Settings
    rules: Sequence[PhraseRule]
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    stop: Callable[[], bool] = lambda: False
    listener: Listener = lambda _event: None
    listening: bool = False

    async def run(self, report: RunReport) -> None:
        """Poll → parse → decide → fetch → extract → fingerprint → copies → stories → store.

        `report` is filled as it goes, so that it tells the truth of a run that is cut short.
        """

        def tell(event: Event) -> None:
            report.count(event)
            self.listener(event)

        await self._poll_feeds(tell)
        await self._fetch_articles(tell)
        await self._cluster(tell)
        articles.drop_old_pages(self.db, self.settings.storage.keep_pages, self.clock())
        report.stopped = self.stop()

    # --- feeds -------------------------------------------------------------------------------

    async def _poll_feeds(self, tell: Listener) -> None:
        due = feeds.due(self.db, self.clock())
        tell(StepBegun("poll", len(due)))
        by_host = _by_host((feed.address, feed) for feed in due)
        await self._work_off(by_host, lambda feed: self._poll(feed, tell))

    async def _poll(self, feed: Feed, tell: Listener) -> bool:
        result = await self.client.feed(feed.address, feed.state.validators)
        outcome = await self._parse(feed, result)
        now = self.clock()
        decided = self._decide(feed, outcome, now) if isinstance(outcome, ParsedFeed) else ()
        fresh = sum(change.change is Change.NEW for change in decided)
        after = partial(
            polling.after,
            feed.state,
            result,
            outcome,
            now,
            self.settings.polling,
            jitter=self.jitter(),
            fresh=fresh,
            churned=changes.churned(decided),
        )
        relied_on = self.listening and hub_relied_on(self.db, feed, after, fresh, now)
        state = after(subscribed=relied_on)
        feeds.save_poll(self.db, feed, state, outcome, decided, now)
        tell(_polled(feed, result, outcome, decided))
        return True

    def _decide(self, feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[EntryChange, ...]:
        known = entries.known(self.db, feed.id)
        by_link = entries.keys_at(self.db, feed.id, changes.strangers(parsed, known))
        return changes.decide(parsed, known, now, by_link=by_link)

    async def _parse(self, feed: Feed, result: FetchResult) -> ParsedFeed | Rejected | None:
        """None where there is nothing to parse: no body, or the one we know already."""
        if not isinstance(result, Fetched):
            return None
        if polling.body_hash(result.body) == feed.state.body_hash:
            return None
        parsed = await self.executor.run(parse_feed, ParseJob(result))
        return _rejected("parse", parsed) if isinstance(parsed, WorkerFailed) else parsed

    # --- articles ----------------------------------------------------------------------------

    async def _fetch_articles(self, tell: Listener) -> None:
        waiting = entries.pending(self.db, self.clock())
        tell(StepBegun("pages", len(waiting)))
        by_host = _by_host((item[0].url, item) for item in waiting)
        for queue in by_host.values():
            _shorten(queue)
        await self._work_off(by_host, lambda item: self._fetch_article(item, tell))

    async def _fetch_article(self, waiting: list[PendingEntry], tell: Listener) -> bool:
        """Bring the article that all of `waiting` point to; False where its host fails."""
        article_id = articles.attach_known(self.db, waiting)
        if article_id is not None:
            tell(_done(waiting, "known", article_id))
            return True
        page = await self._page(waiting[0])
        if isinstance(page, Failed | Rejected):
            self._turn_away(waiting, page, tell)
            return not (isinstance(page, Failed) and page.transient)
        extracted = await self._extract(waiting[0], page)
        if isinstance(extracted, Rejected):
            self._turn_away(waiting, extracted, tell)
            return True
        article_id = articles.save(self.db, waiting, extracted, page, self.clock())
        tell(_done(waiting, "stored", article_id))
        return True

    async def _page(self, item: PendingEntry) -> Fetched | Failed | Rejected | None:
        """The entry's page, or None where its text is in the feed."""
        if item.source.text == "feed":
            return None
        if item.entry.link is None:
            return Rejected("fetch", "no_link", "the entry links to no page")
        result = await self.client.page(item.entry.link)
        if isinstance(result, Fetched | Failed):
            return result
        return Rejected("fetch", "not_modified", "304 to a request that set no condition")

    async def _extract(self, item: PendingEntry, page: Fetched | None) -> Extracted | Rejected:
        language = item.entry.language or item.source.language
        job = TextJob(item.entry, item.url, page, language, self.rules, self.settings.extraction)
        extracted = await self.executor.run(extract_text, job)
        return _rejected("extract", extracted) if isinstance(extracted, WorkerFailed) else extracted

    def _turn_away(
        self, waiting: list[PendingEntry], failed: Failed | Rejected, tell: Listener
    ) -> None:
        """Keep the reason; try again later where that may help."""
        now = self.clock()
        if isinstance(failed, Failed):
            rejected = Rejected("fetch", failed.reason, failed.detail)
            if failed.transient and waiting[0].attempts + 1 < self.settings.polling.page_attempts:
                again = _next_try(waiting[0].attempts, failed, now)
                entries.retry(self.db, waiting, rejected, again, now)
                return tell(_done(waiting, "retry", detail=f"{failed.reason}: {failed.detail}"))
        else:
            rejected = failed
        entries.reject(self.db, waiting, rejected, now)
        return tell(_done(waiting, "rejected", detail=f"{rejected.reason}: {rejected.detail}"))

    # --- copies and stories ------------------------------------------------------------------

    async def _cluster(self, tell: Listener) -> None:
        if self.stop():
            return
        tell(StepBegun("cluster", clusters.unclustered_count(self.db)))
        for count in batches(self.db, self.settings.clustering, self.clock()):
            tell(BatchDone(count))
            await asyncio.sleep(0)  # lets a signal be heard
            if self.stop():
                return

    async def _work_off(
        self, by_host: Mapping[str, deque[Item]], work: Callable[[Item], Awaitable[bool]]
    ) -> None:
        """Work off each host's queue with as many hands as it takes connections.

        What is in hand is bounded over all hosts, and so is the memory that bodies take. `work`
        says whether the host answers: after a few failures in a row its queue is left for the
        next run. The first surprise ends the others and is raised.
        """
        in_hand = asyncio.Semaphore(_IN_HAND)

        async def hand(queue: deque[Item]) -> None:
            failures = 0
            while queue and not self.stop():
                async with in_hand:
                    answers = await work(queue.popleft()) if queue else True
                failures = 0 if answers else failures + 1
                if failures >= _PATIENCE:
                    queue.clear()

        try:
            async with asyncio.TaskGroup() as group:
                for queue in by_host.values():
                    for _ in range(self.settings.network.connections_per_host):
                        group.create_task(hand(queue))
        except ExceptionGroup as surprises:
            raise surprises.exceptions[0] from surprises


def _by_host(items: Iterable[tuple[str, Item]]) -> dict[str, deque[Item]]:
    """Items by the host of the address they come with, in their order."""
    queues: dict[str, deque[Item]] = {}
    for url, item in items:
        queues.setdefault(host(url), deque()).append(item)
    return queues


def _shorten(queue: deque[list[PendingEntry]]) -> None:
    """Leave the rest of a long queue of pages for the next run: no host may hold up the others."""
    pages = sum(item[0].source.text == "page" for item in queue)
    while pages > _PAGES_PER_HOST:
        pages -= queue.pop()[0].source.text == "page"


def _rejected(stage: str, failed: WorkerFailed) -> Rejected:
    return Rejected(stage, f"worker_{failed.reason}", failed.detail)


def _polled(
    feed: Feed,
    result: FetchResult,
    outcome: ParsedFeed | Rejected | None,
    decided: Sequence[EntryChange],
) -> FeedPolled:
    url, outlet = feed.source.url, feed.source.outlet
    if isinstance(result, Failed):
        return FeedPolled(url, outlet, "failed", detail=f"{result.reason}: {result.detail}")
    if isinstance(outcome, Rejected):
        return FeedPolled(url, outlet, "failed", detail=f"{outcome.reason}: {outcome.detail}")
    if outcome is None:
        return FeedPolled(url, outlet, "unchanged")
    fresh = sum(change.change is not Change.SAME for change in decided)
    return FeedPolled(url, outlet, "changed", fresh_entries=fresh)


def _done(
    waiting: Sequence[PendingEntry],
    outcome: Literal["stored", "known", "rejected", "retry"],
    article_id: int | None = None,
    detail: str = "",
) -> ArticleDone:
    first = waiting[0]
    return ArticleDone(first.url, first.source.outlet, outcome, article_id, detail)


def _next_try(attempts: int, failed: Failed, now: datetime) -> datetime:
    """A quarter of an hour, doubled at each attempt, and never before the server allows."""
    earliest = now + timedelta(minutes=15 * 2**attempts)
    return max(earliest, failed.retry_after) if failed.retry_after else earliest
