"""One polling cycle, from the feeds that are due to the stories: read it from top to bottom."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from aggregator.core import polling
from aggregator.core.fulltext import Carrying, Plan, carries_whole
from aggregator.core.urls import host
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import (
    Failed,
    Feed,
    Fetched,
    FetchResult,
    Hop,
    NotModified,
    ParsedFeed,
    PhraseRule,
    Rejected,
    SiteRule,
)
from aggregator.net.client import Client
from aggregator.pipeline import housekeeping
from aggregator.pipeline.events import (
    ArticleDone,
    BatchDone,
    Event,
    Listener,
    StepBegun,
)
from aggregator.pipeline.failures import SOON, by_worker, next_try, of_worker
from aggregator.pipeline.hosts import HostBook, heed
from aggregator.pipeline.outcomes import ended, polled, put_off, quiet, skipped, stalled
from aggregator.pipeline.queues import Work, by_host, work_off
from aggregator.pipeline.report import RunReport
from aggregator.pipeline.rounds import overlapping
from aggregator.pipeline.settling import settle
from aggregator.pipeline.sources import Brought, learn, planned, queued, text_job
from aggregator.pipeline.stalls import Stalls
from aggregator.pipeline.together import Together
from aggregator.pipeline.words import take_up_words
from aggregator.pipeline.work import (
    CarriedJob,
    ParseJob,
    TextJob,
    carried_text,
    extract_text,
    parse_feed,
)
from aggregator.settings import Settings
from aggregator.storage import articles, clusters, entries, feeds, requests, stories
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry

if TYPE_CHECKING:
    from aggregator.pipeline.robots import Gate

__all__ = ["Cycle"]

Job = TypeVar("Job")
Text = TypeVar("Text")

_BACKED_OFF: Final = "backed_off"
_ROBOTS: Final = "robots"
_STALLED: Final = "stalled"
# No page waits for ever for a robots.txt that cannot be had: its host may be gone.
_ROBOTS_PATIENCE: Final = timedelta(days=7)
_OF_EACH_FEED: Final = 500
_SLOW_FEEDS: Final = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Cycle:
    """All that one cycle works with; `jitter` gives a number from 0 to below 1.

    `stop` is asked before each new piece of work: once true, what is in hand is finished.
    `listening` says that hubs can reach us, so that they may be relied on. `site` tells what is
    known of the site of an address.
    """

    db: Database
    client: Client
    book: HostBook
    gate: "Gate"
    executor: Executor
    settings: Settings
    rules: Sequence[PhraseRule]
    stalls: Stalls
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    stop: Callable[[], bool] = lambda: False
    listener: Listener = lambda _event: None
    listening: bool = False
    site: Callable[[str], SiteRule] = lambda _url: SiteRule()

    async def run(self, report: RunReport) -> None:
        """Poll → parse → decide → fetch → extract → fingerprint → learn → copies → stories.

        `report` is filled as it goes, so that it tells the truth of a run that is cut short.
        """

        def tell(event: Event) -> None:
            report.count(event)
            self.listener(event)

        try:
            await self._poll_and_fetch(tell)
        except ExceptionGroup as surprises:
            raise surprises.exceptions[0] from surprises
        await self._learn(tell)
        try:
            # First: saved searches that webhooks wait for look at this run's articles after it.
            await take_up_words(self.db, self.stop)
            await self._cluster(tell)
        finally:
            await self._keep_house()
        report.stopped = self.stop()

    async def _poll_and_fetch(self, tell: Listener) -> None:
        taken: set[int] = set()
        places = asyncio.Semaphore(self.settings.network.connections)
        together = Together(self.db)
        await overlapping(
            lambda: self.poll_feeds(tell),
            lambda: self._fetch_articles(tell, taken, places, together),
            every=_SLOW_FEEDS,
        )

    # --- feeds -------------------------------------------------------------------------------

    async def poll_feeds(self, tell: Listener) -> None:
        """Ask every feed whose turn it is, and keep what is new of its entries."""
        due = feeds.due(self.db, self.clock())
        tell(StepBegun("poll", len(due)))
        work: Work[Feed] = Work(
            do=lambda feed: self._poll(feed, tell),
            quiet=self.book.quiet_until,
            leave=lambda left, until: self._postpone(left, until, tell),
            stop=self.stop,
        )
        queues = by_host((host(feed.address), feed) for feed in due)
        network = self.settings.network
        places = asyncio.Semaphore(network.connections)
        await work_off(queues, work, hands=network.connections_per_host, places=places)

    async def _poll(self, feed: Feed, tell: Listener) -> bool:
        if self._skips(feed, tell):
            return True
        result = await self.client.feed(feed.address, feed.state.validators)
        self._heed(result.hops)
        with self._kept_if_cut_short(result.hops):
            outcome = await self._parse(feed, result)
        now, jitter = self.clock(), self.jitter()
        with self.db.write():
            requests.keep(self.db, result.hops)
            decided = settle(
                self.db,
                feed,
                result,
                outcome,
                now,
                self.settings.polling,
                jitter=jitter,
                listening=self.listening,
            )
        tell(polled(feed, result, outcome, decided))
        return True

    async def _parse(self, feed: Feed, result: FetchResult) -> ParsedFeed | Rejected | None:
        """None where there is nothing to parse: no body, or the one we know already."""
        if not isinstance(result, Fetched):
            return None
        if polling.body_hash(result.body) == feed.state.body_hash:
            return None
        parsed = await self.executor.run(parse_feed, ParseJob(result))
        return by_worker("parse", parsed) if isinstance(parsed, WorkerFailed) else parsed

    def _postpone(self, left: Sequence[Feed], until: datetime | None, tell: Listener) -> None:
        """Put off the turns of feeds whose host wants quiet: nothing is asked, nothing failed."""
        now = self.clock()
        until = until or now
        with self.db.write():
            for feed in left:
                state = polling.postponed(feed.state, until)
                feeds.save_poll(self.db, feed, state, None, (), now)
        for feed in left:
            tell(put_off(feed, quiet(until)))

    def _skips(self, feed: Feed, tell: Listener) -> bool:
        """Put off the turn of a feed that wants no request at this hour or on this day.

        Its turn lay in none of those, but a run may come late, or be long.
        """
        now = self.clock()
        state = polling.skipping(feed.state, now, self.jitter())
        if state is None:
            return False
        feeds.save_poll(self.db, feed, state, None, (), now)
        tell(put_off(feed, skipped(state.next_poll_at)))
        return True

    def _heed(self, hops: Sequence[Hop]) -> None:
        """Take in what hosts said at once, so that no other hand asks one that wants quiet."""
        heed(self.db, self.book, hops, self.clock())

    @contextmanager
    def _kept_if_cut_short(self, hops: Sequence[Hop]) -> Iterator[None]:
        """Keep requests in the log though what came of them will never be kept."""
        try:
            yield
        except BaseException:
            with self.db.write():
                requests.keep(self.db, hops)
            raise

    # --- articles ----------------------------------------------------------------------------

    async def _fetch_articles(
        self, tell: Listener, taken: set[int], places: asyncio.Semaphore, together: Together
    ) -> None:
        """One round: of what waits all whose entries are not `taken` by an earlier one."""
        pending = entries.pending(self.db, self.clock(), of_each=_OF_EACH_FEED)
        waiting = [each for each in pending if taken.isdisjoint(entry.id for entry in each)]
        if waiting or not taken:
            tell(StepBegun("pages", len(waiting)))
        taken.update(entry.id for each in waiting for entry in each)
        work: Work[list[PendingEntry]] = Work(
            do=lambda item: self._fetch_article(item, tell, together),
            quiet=self.book.quiet_until,
            leave=lambda left, until: self._leave(left, until, tell),
            stop=self.stop,
        )
        hands = self.settings.network.connections_per_host
        await work_off(queued(self.db, waiting), work, hands=hands, places=places)

    async def _fetch_article(
        self, waiting: list[PendingEntry], tell: Listener, together: Together
    ) -> bool:
        """Bring the article that all of `waiting` point to; False where its host fails."""
        article_id = articles.attach_known(self.db, waiting)
        if article_id is not None:
            tell(ended(waiting, "known", article_id))
            return True
        plan, known = planned(self.db, waiting)
        with together.hand():
            brought = await self._bring(waiting[0], plan, known)
            done = await together.write(lambda: self._settle(waiting, plan, brought))
        tell(done)
        return done.outcome != "retry" and not of_worker(brought.text)

    async def _bring(self, item: PendingEntry, plan: Plan, known: Carrying) -> Brought:
        """The article by its entry's own text, or by its page.

        Where no page is to be had to measure by, a feed that is known to carry all is believed.
        """
        if held_back := self._held_back(item):
            return Brought(held_back)
        if plan == "feed" and (carried := await self._carried(item, known)):
            return Brought(carried)
        brought = await self._by_page(item)
        if plan != "measure" or isinstance(brought.text, Extracted):
            return brought
        carried = await self._carried(item, known) if carries_whole(known) else None
        return Brought(carried, hops=brought.hops) if carried else brought

    async def _by_page(self, item: PendingEntry) -> Brought:
        link = item.entry.link
        if link is None:
            return Brought(Rejected("fetch", "no_link", "the entry links to no page"))
        page = await self.gate.page(link)
        self._heed(page.hops)
        with self._kept_if_cut_short(page.hops):
            return Brought(await self._text(item, page), page, page.hops)

    def _held_back(self, item: PendingEntry) -> Failed | None:
        """Why an entry is left alone: others of its feed held up the workers."""
        until = self.stalls.until(item.feed_id, self.clock())
        return Failed(item.url, _STALLED, stalled(until), retry_after=until) if until else None

    async def _text(self, item: PendingEntry, page: FetchResult) -> Extracted | Failed | Rejected:
        """The article; where its site forbids its page, from the text in the feed if there is."""
        if isinstance(page, NotModified):
            return Rejected("fetch", "not_modified", "304 to a request that set no condition")
        if isinstance(page, Fetched):
            return await self._extract(item, extract_text, self._job(item, page))
        if page.reason == _ROBOTS and not page.transient and item.entry.content:
            carried = await self._extract(item, extract_text, self._job(item))
            return page if isinstance(carried, Rejected) else carried
        return page

    async def _carried(
        self, item: PendingEntry, known: Carrying
    ) -> Extracted | Failed | Rejected | None:
        """The article by what its entry carries; None where it looks as if its page had more."""
        job = self._job(item)
        if item.source.text == "feed" or item.entry.link is None:
            return await self._extract(item, extract_text, job)
        return await self._extract(item, carried_text, CarriedJob(job, known))

    def _job(self, item: PendingEntry, page: Fetched | None = None) -> TextJob:
        site = self.site(page.url if page else item.url)
        return text_job(item, page, site, self.rules, self.settings.extraction)

    async def _extract(
        self, item: PendingEntry, function: Callable[[Job], Text], job: Job
    ) -> Text | Failed | Rejected:
        async with self.stalls.turn(item.feed_id):
            if held_back := self._held_back(item):
                return held_back
            extracted = await self.executor.run(function, job)
            if not isinstance(extracted, WorkerFailed):
                return extracted
            self.stalls.note(item.feed_id, self.clock())
            return by_worker("extract", extracted)

    def _settle(self, waiting: list[PendingEntry], plan: Plan, brought: Brought) -> ArticleDone:
        """Keep what was asked, what came of it, and what that tells of the feed."""
        requests.keep(self.db, brought.hops)
        done = self._end(waiting, brought)
        learn(self.db, waiting[0], plan, brought)
        return done

    def _end(self, waiting: list[PendingEntry], brought: Brought) -> ArticleDone:
        """Keep the article, or the reason for none; wait, or try again, where that may help."""
        now, text, page = self.clock(), brought.text, brought.page
        if isinstance(text, Extracted):
            fetched = page if isinstance(page, Fetched) else None
            article_id = articles.save(self.db, waiting, text, fetched, now)
            return ended(waiting, "stored", article_id)
        if isinstance(text, Rejected):
            entries.reject(self.db, waiting, text, now)
            return ended(waiting, "rejected", detail=f"{text.reason}: {text.detail}")
        rejected = Rejected("fetch", text.reason, text.detail)
        detail = f"{text.reason}: {text.detail}"
        given_up = text.reason == _ROBOTS and now - waiting[0].first_seen_at > _ROBOTS_PATIENCE
        waits = {_BACKED_OFF, _ROBOTS, _STALLED}
        if text.transient and text.reason in waits and not given_up:
            why = rejected if text.reason == _ROBOTS else None
            entries.postpone(self.db, waiting, text.retry_after or now + SOON, why, now)
            return ended(waiting, "postponed", detail=detail)
        attempts = waiting[0].attempts
        if text.transient and not given_up and attempts + 1 < self.settings.polling.page_attempts:
            entries.retry(self.db, waiting, rejected, next_try(attempts, text, now), now)
            return ended(waiting, "retry", detail=detail)
        entries.reject(self.db, waiting, rejected, now)
        return ended(waiting, "rejected", detail=detail)

    def _leave(
        self, left: Sequence[list[PendingEntry]], until: datetime | None, tell: Listener
    ) -> None:
        """Let entries wait whose host wants quiet, or fails: it is not asked, no try counted."""
        now = self.clock()
        why = quiet(until) if until else "the host failed several times in a row"
        with self.db.write():
            for waiting in left:
                entries.postpone(self.db, waiting, until or now + SOON, None, now)
        for waiting in left:
            tell(ended(waiting, "postponed", detail=why))

    # --- what recurs on a site ---------------------------------------------------------------

    async def _learn(self, tell: Listener) -> None:
        if self.stop() or not clusters.any_unstudied(self.db):
            return
        from aggregator.pipeline.learning import Learning

        days, hands = self.settings.extraction.remember_boilerplate, self.settings.workers.count
        await Learning(self.db, self.executor, self.clock, days, hands, self.stop).run(tell)

    # --- copies and stories ------------------------------------------------------------------

    async def _cluster(self, tell: Listener) -> None:
        tell(StepBegun("cluster", waiting := clusters.unclustered_count(self.db)))
        if self.stop() or not waiting:
            return
        from aggregator.pipeline.cluster import batches

        for count in batches(self.db, self.settings.clustering, self.clock()):
            tell(BatchDone(count))
            await asyncio.sleep(0)  # lets a signal be heard
            if self.stop():
                return

    async def _keep_house(self) -> None:
        silence = timedelta(hours=self.settings.clustering.story_window)
        stories.close(self.db, self.clock() - silence)
        await housekeeping.in_a_run(self.db, self.settings.storage, self.clock(), self.stop)
