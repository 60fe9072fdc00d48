"""What a delivery that breaks its reader costs: one worker, and the hub its good name."""

import asyncio
from datetime import UTC, datetime, timedelta

from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.executors.process_pool import ProcessPool
from aggregator.model import FeedSource
from aggregator.pipeline.events import Event, FeedDelivered
from aggregator.pipeline.websub import take_in
from aggregator.settings import WorkerSettings
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_delivery_that_breaks_a_worker_is_the_last(db: Database) -> None:
    feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
    active = Subscription(
        1, "https://hub.example/", "https://post.example/rss", "https://us.example", "t0", "s3cret",
        SubscriptionState.ACTIVE, expires_at=NOW + timedelta(days=9),
    )  # fmt: skip
    subscriptions.keep(db, active)
    # Left to feedparser, which takes a second or two: pebble looks at the clock but now and then.
    items = b"<item><title>One &nbsp; of many</title></item>" * 9_000
    for body in (b"<rss><channel>" + items + b"</channel></rss>", b"<rss>2</rss>", b"<rss>3</rss>"):
        subscriptions.receive(db, active, body, content_type="", body_hash=str(body[:12]), now=NOW)
    events: list[Event] = []

    async def run() -> None:
        # No worker reads so much in this time.
        async with ProcessPool(WorkerSettings(count=1, timeout=0.001)) as executor:
            await take_in(db, executor, lambda: NOW, lambda: 0.0, events.append)

    asyncio.run(run())
    assert [type(event) for event in events] == [FeedDelivered] * 3
    assert subscriptions.waiting(db) == []
    after = subscriptions.live(db, 1)
    assert after is not None
    assert after.state is SubscriptionState.DENIED
    assert after.next_try_at == NOW + timedelta(days=7)
    assert after.error is not None
    assert after.error.startswith("what it delivered could not be read: worker_timeout: ")
    (row,) = db.rows("SELECT url, reason FROM rejected")
    assert tuple(row) == ("https://post.example/rss#delivered", "worker_timeout")


def test_what_was_delivered_for_an_unlisted_feed_is_dropped(db: Database) -> None:
    feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
    kept = Subscription(1, "https://hub.example/", "https://post.example/rss", "x", "t0", "s3cret")
    subscriptions.keep(db, kept)
    subscriptions.receive(db, kept, b"<rss/>", content_type="", body_hash="1", now=NOW)
    feeds.sync(db, [], NOW)

    async def run() -> None:
        async with ProcessPool(WorkerSettings()) as executor:
            await take_in(db, executor, lambda: NOW, lambda: 0.0, lambda _event: None)

    asyncio.run(run())
    assert subscriptions.waiting(db) == []
    assert db.rows("SELECT * FROM rejected") == []
