"""Hubs call back whenever they like, also while we ask them for something else."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aggregator.core import websub
from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.model import Failed, FeedSource, FetchResult
from aggregator.pipeline.websub import Hubs
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUB = "https://hub.example/"


def topic(number: int) -> str:
    return f"https://post.example/{number}"


@dataclass
class Tardy:
    """A hub that confirms the second subscription late, while it turns the first away."""

    db: Database
    asked: list[str] = field(default_factory=list)

    async def hub(self, url: str, form: Mapping[str, str]) -> FetchResult:
        self.asked.append(form["hub.topic"])
        waiting = subscriptions.by_token(self.db, "t2")
        assert waiting is not None
        query = {"hub.mode": "subscribe", "hub.topic": topic(2), "hub.challenge": "x"}
        confirmed = websub.answered(waiting, query, NOW, jitter=0)
        assert confirmed is not None
        subscriptions.keep(self.db, confirmed[0])
        return Failed(url, "http_500", "it is out of order")


def test_a_late_confirmation_is_not_forgotten(db: Database) -> None:
    feeds.sync(db, [FeedSource(topic(number), "Post") for number in (1, 2)], NOW)
    with db.write():
        db.execute("UPDATE feed SET hub = ?, topic = url", (HUB,))
    for number in (1, 2):
        new = Subscription(number, HUB, topic(number), "https://us.example", f"t{number}", "s3cret")
        hours_ago = websub.asking(new, NOW - timedelta(hours=3), jitter=0)
        subscriptions.keep(db, hours_ago)
    client = Tardy(db)
    hubs = Hubs(
        db, client, "https://us.example", lambda: NOW, lambda: 0.0, lambda: "", lambda _hops: None
    )
    asyncio.run(hubs.tend())
    assert client.asked == [topic(1)]
    second = subscriptions.live(db, 2)
    assert second is not None
    assert second.state is SubscriptionState.ACTIVE
    assert second.next_try_at == NOW + timedelta(days=7)
