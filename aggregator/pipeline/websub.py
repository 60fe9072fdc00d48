"""WebSub in a run: hubs are asked for what feeds call for, and what they delivered is taken in."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, Protocol, TypeGuard

from aggregator.core import websub
from aggregator.core.urls import without_credentials
from aggregator.core.websub import Mode, Plan, Subscription, Wish
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import (
    Change,
    Failed,
    Feed,
    FeedState,
    Fetched,
    FetchResult,
    Hop,
    ParsedFeed,
    Rejected,
)
from aggregator.pipeline.deciding import decide
from aggregator.pipeline.events import FeedDelivered, Listener
from aggregator.pipeline.work import ParseJob, parse_feed
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import Database
from aggregator.storage.subscriptions import Delivery

__all__ = ["HubClient", "Hubs", "hub_relied_on", "planned", "take_in"]

_PER_HUB: Final = 20
_IN_HAND: Final = 4


class HubClient(Protocol):
    """Asks hubs."""

    async def hub(self, url: str, form: Mapping[str, str]) -> FetchResult:
        """Post a form; any 2xx is Fetched."""
        ...


def planned(db: Database, callback: str, now: datetime) -> Plan:
    """What is to be asked of hubs now; without a `callback` every subscription is ended."""
    wishes = subscriptions.wishes(db) if callback else ()
    return websub.plan(wishes, subscriptions.known(db), callback.rstrip("/"), now)


# --- asking hubs -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hubs:
    """Subscribes, renews and unsubscribes at hubs.

    `callback` is the public address that hubs are given ("" ends all); `jitter` gives a number
    from 0 to below 1, `unguessable` a new token or secret of at most 200 bytes; `note` is told of
    every request; `stop` is asked before each.
    """

    db: Database
    client: HubClient
    callback: str
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    unguessable: Callable[[], str]
    note: Callable[[Sequence[Hop]], None]
    stop: Callable[[], bool] = lambda: False

    async def tend(self) -> None:
        """Do what is planned, hub by hub and of each only so much: the rest waits for a next run.

        Where a hub fails, its other subscriptions wait as long as the one that failed.
        """
        plan = planned(self.db, self.callback, self.clock())
        work: dict[str, deque[tuple[Subscription, Mode]]] = {}
        for each in plan.ending:
            ended = websub.ending(each, self.clock())
            subscriptions.keep(self.db, ended)
            if ended.pending:
                work.setdefault(each.hub, deque()).append((ended, "unsubscribe"))
        for each in (*plan.due, *(self._opened(wish) for wish in plan.opening)):
            work.setdefault(each.hub, deque()).append((each, "subscribe"))
        await _side_by_side(self._work_off(queue) for queue in work.values())

    def _opened(self, wish: Wish) -> Subscription:
        token, secret = self.unguessable(), self.unguessable()
        callback = self.callback.rstrip("/")
        opened = Subscription(wish.feed_id, wish.hub, wish.topic, callback, token, secret)
        subscriptions.keep(self.db, opened)
        return opened

    async def _work_off(self, queue: deque[tuple[Subscription, Mode]]) -> None:
        for _ in range(_PER_HUB):
            if not queue or self.stop():
                return
            subscription, mode = queue.popleft()
            if mode == "unsubscribe":
                await self._post(subscription, mode)
                continue
            failed = await self._subscribe(subscription)
            if failed is not None and failed.next_try_at is not None:
                self._postpone(queue, failed.next_try_at)
                return

    async def _subscribe(self, subscription: Subscription) -> Subscription | None:
        """Ask for a subscription; returns how it stands where the hub is out of order for now."""
        current = self._current(subscription)
        if current != subscription:
            return None  # the hub called back while it waited here: it is not due any more
        asking = websub.asking(subscription, self.clock(), jitter=self.jitter())
        # Kept first: a hub may call back before it answers.
        subscriptions.keep(self.db, asking)
        failed = await self._post(asking, "subscribe")
        if failed is None:
            return None
        current = self._current(asking)
        after = websub.refused(current, failed, self.clock(), jitter=self.jitter())
        subscriptions.keep(self.db, after)
        return after if failed.transient and not after.pending else None

    async def _post(self, subscription: Subscription, mode: Mode) -> Failed | None:
        result = await self.client.hub(subscription.hub, websub.form(subscription, mode))
        self.note(result.hops)
        if isinstance(result, Failed):
            return result
        if isinstance(result, Fetched):
            return None
        return Failed(subscription.hub, "protocol", "304 to a form that set no condition")

    def _current(self, subscription: Subscription) -> Subscription:
        """How it stands now: hubs call back at any time."""
        return subscriptions.by_token(self.db, subscription.token) or subscription

    def _postpone(self, queue: deque[tuple[Subscription, Mode]], until: datetime) -> None:
        for subscription, mode in queue:
            if mode == "subscribe" and self._current(subscription) == subscription:
                subscriptions.keep(self.db, replace(subscription, next_try_at=until))


# --- what it does to polling ------------------------------------------------------------------


def hub_relied_on(
    db: Database, feed: Feed, after: Callable[[], FeedState], fresh: int, now: datetime
) -> bool:
    """Whether a feed's next turn may be late after a poll, since a hub brings its news.

    A poll that finds `fresh` entries has found what no hub delivered: it is not relied on until
    it delivers again. The turn that the feed has `after` a poll without a hub is kept, for when
    the hub ceases.
    """
    relied_on = subscriptions.relied_on(db, feed.id, now)
    if relied_on and fresh:
        subscriptions.missed(db, feed.id)
        relied_on = False
    subscriptions.rest(db, feed.id, after().next_poll_at if relied_on else None)
    return relied_on


# --- taking in deliveries --------------------------------------------------------------------


async def take_in(
    db: Database,
    executor: Executor,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    tell: Listener,
) -> None:
    """Save the entries of all that hubs delivered, as if the feed had answered with it.

    The feed's turn and validators stay. Feeds are worked on side by side, a few at a time, the
    deliveries of one feed in their order. A hub whose delivery breaks a worker is left alone.
    """
    listed = {feed.id: feed for feed in feeds.all_feeds(db)}
    by_feed: dict[int, list[Delivery]] = {}
    for delivery in subscriptions.waiting(db):
        if delivery.feed_id in listed:
            by_feed.setdefault(delivery.feed_id, []).append(delivery)
        else:
            subscriptions.drop(db, delivery)
    in_hand = asyncio.Semaphore(_IN_HAND)

    async def one_feed(feed: Feed, deliveries: Sequence[Delivery]) -> None:
        outcome: ParsedFeed | Rejected | None = None
        spoiled: ParsedFeed | Rejected | None = None
        for delivery in deliveries:
            if spoiled is None:
                async with in_hand:
                    outcome = await _parsed(db, executor, delivery)
            if outcome is None:
                continue
            if spoiled is None and _broke_a_worker(outcome):
                # Its like would break one more each: the rest is turned away unread.
                spoiled = outcome
                _leave_alone(db, feed, outcome, clock(), jitter())
            tell(_settled(db, feed, delivery, outcome, clock()))

    await _side_by_side(one_feed(listed[feed_id], each) for feed_id, each in by_feed.items())


async def _side_by_side(work: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all of it at a time; the first surprise ends the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as surprises:
        raise surprises.exceptions[0] from surprises


async def _parsed(
    db: Database, executor: Executor, delivery: Delivery
) -> ParsedFeed | Rejected | None:
    body = subscriptions.body(db, delivery)
    if body is None:
        return None
    answer = Fetched(delivery.topic, 200, {"content-type": delivery.content_type}, body)
    parsed = await executor.run(parse_feed, ParseJob(answer))
    if isinstance(parsed, WorkerFailed):
        return Rejected("parse", f"worker_{parsed.reason}", parsed.detail)
    return parsed


def _broke_a_worker(outcome: ParsedFeed | Rejected) -> TypeGuard[Rejected]:
    return isinstance(outcome, Rejected) and outcome.reason.startswith("worker_")


def _leave_alone(
    db: Database, feed: Feed, rejected: Rejected, now: datetime, jitter: float
) -> None:
    subscription = subscriptions.live(db, feed.id)
    if subscription is not None:
        error = f"what it delivered could not be read: {rejected.reason}: {rejected.detail}"
        spoiled = websub.spoiled(subscription, error, now, jitter=jitter)
        subscriptions.keep(db, spoiled)


def _settled(
    db: Database,
    feed: Feed,
    delivery: Delivery,
    outcome: ParsedFeed | Rejected,
    now: datetime,
) -> FeedDelivered:
    url, outlet = without_credentials(feed.source.url), feed.source.outlet
    if isinstance(outcome, Rejected):
        subscriptions.settle(db, feed, delivery, outcome, (), now)
        return FeedDelivered(url, outlet, "failed", detail=f"{outcome.reason}: {outcome.detail}")
    decided = decide(db, feed, outcome, now)
    subscriptions.settle(db, feed, delivery, None, decided, now)
    fresh = sum(change.change is not Change.SAME for change in decided)
    end: Literal["changed", "unchanged"] = "changed" if fresh else "unchanged"
    return FeedDelivered(url, outlet, end, fresh, "; ".join(outcome.warnings))
