"""Subscriptions and deliveries as the database keeps them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core import websub
from aggregator.core.websub import Subscription, SubscriptionState, Wish
from aggregator.model import FeedSource, FeedState
from aggregator.pipeline.websub import hub_relied_on
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import Database
from aggregator.storage.times import to_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POST = FeedSource("https://post.example/rss", "Post")
HUB, TOPIC = "https://hub.example/", "https://post.example/rss"


@pytest.fixture
def kept(db: Database) -> Subscription:
    """A feed with a subscription whose lease runs for ten hours."""
    feeds.sync(db, [POST], NOW)
    asked = websub.asking(
        Subscription(1, HUB, TOPIC, "https://us.example", "t0ken", "s3cret"), NOW, jitter=0
    )
    query = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    found = websub.answered(asked, query | {"hub.lease_seconds": "36000"}, NOW, jitter=0)
    assert found is not None
    subscriptions.keep(db, found[0])
    return found[0]


def receive(db: Database, subscription: Subscription, body: bytes, now: datetime = NOW) -> bool:
    return subscriptions.receive(
        db,
        subscription,
        body,
        content_type="application/rss+xml",
        body_hash=str(hash(body)),
        now=now,
    )


def settle_all(db: Database) -> None:
    (feed,) = feeds.all_feeds(db)
    for delivery in subscriptions.waiting(db):
        subscriptions.settle(db, feed, delivery, None, (), NOW)


def turn(db: Database) -> str | None:
    found: str | None = db.value("SELECT next_poll_at FROM feed")
    return found


def test_what_is_kept_comes_back_as_it_was(db: Database, kept: Subscription) -> None:
    assert subscriptions.by_token(db, "t0ken") == kept
    assert subscriptions.by_token(db, "other") is None
    denied = replace(kept, state=SubscriptionState.DENIED, error="no", next_try_at=None)
    subscriptions.keep(db, denied)
    assert subscriptions.known(db) == [denied]


def test_views_show_neither_token_nor_secret(db: Database, kept: Subscription) -> None:
    (row,) = db.rows("SELECT * FROM subscriptions")
    assert row["hub"] == HUB
    assert {kept.token, kept.secret} & {str(value) for value in row} == set()


def test_only_listed_feeds_that_are_not_gone_call_for_a_hub(db: Database) -> None:
    other = FeedSource("https://herald.example/rss", "Herald")
    feeds.sync(db, [POST, other], NOW)
    assert subscriptions.wishes(db) == []
    with db.write():
        db.execute("UPDATE feed SET hub = ?, topic = ? WHERE id = 1", (HUB, TOPIC))
        db.execute("UPDATE feed SET hub = ?, status = 'gone' WHERE id = 2", (HUB,))
    assert subscriptions.wishes(db) == [Wish(1, HUB, TOPIC)]
    feeds.sync(db, [other], NOW)
    assert subscriptions.wishes(db) == []


def test_a_body_that_came_before_is_not_kept_again(db: Database, kept: Subscription) -> None:
    assert receive(db, kept, b"one")
    assert not receive(db, kept, b"one")
    settle_all(db)
    assert not receive(db, kept, b"one")
    assert receive(db, kept, b"two")
    assert [each.feed_id for each in subscriptions.waiting(db)] == [1]


def test_of_a_flood_the_newest_few_stay(db: Database, kept: Subscription) -> None:
    for number in range(20):
        receive(db, kept, b"%d" % number)
    bodies = [subscriptions.body(db, each) for each in subscriptions.waiting(db)]
    assert bodies == [b"15", b"16", b"17", b"18", b"19"]


def test_an_ended_one_is_forgotten_when_its_lease_is_over(db: Database, kept: Subscription) -> None:
    subscriptions.keep(db, websub.ending(kept, NOW))
    assert subscriptions.any_left(db)
    subscriptions.prune(db, NOW + 2 * HOUR)
    assert not subscriptions.any_left(db)
    assert subscriptions.by_token(db, kept.token) is not None
    subscriptions.prune(db, NOW + 11 * HOUR)
    assert subscriptions.by_token(db, kept.token) is None


# --- whether a hub is relied on ----------------------------------------------------------------


def test_a_hub_is_relied_on_once_it_has_delivered(db: Database, kept: Subscription) -> None:
    assert not subscriptions.relied_on(db, 1, NOW)
    receive(db, kept, b"one")
    assert not subscriptions.relied_on(db, 1, NOW)
    settle_all(db)
    assert subscriptions.relied_on(db, 1, NOW)
    assert not subscriptions.relied_on(db, 1, NOW + 10 * HOUR)
    subscriptions.missed(db, 1)
    assert not subscriptions.relied_on(db, 1, NOW)


def poll(db: Database, fresh: int) -> None:
    """A poll after which the next turn is in an hour, or in 24 where a hub is relied on."""
    (feed,) = feeds.all_feeds(db)
    usual = FeedState(next_poll_at=NOW + HOUR - timedelta(seconds=1))
    relied_on = hub_relied_on(db, feed, lambda: usual, fresh, NOW)
    late = FeedState(next_poll_at=NOW + 24 * HOUR)
    feeds.save_poll(db, feed, late if relied_on else usual, None, (), NOW)


@pytest.mark.parametrize("end", ["lapsed", "denied", "deaf", "missed"])
def test_where_a_hub_ceases_the_feed_has_the_turn_it_would_have_had(
    db: Database, kept: Subscription, end: str
) -> None:
    receive(db, kept, b"one")
    settle_all(db)
    poll(db, 0)
    assert turn(db) == to_text(NOW + 24 * HOUR)
    subscriptions.resume_polling(db, NOW + HOUR, listening=True)
    assert turn(db) == to_text(NOW + 24 * HOUR)
    if end == "denied":
        subscriptions.keep(db, replace(kept, state=SubscriptionState.DENIED))
    if end == "missed":
        poll(db, 1)
    now = NOW + 10 * HOUR if end == "lapsed" else NOW
    subscriptions.resume_polling(db, now, listening=end != "deaf")
    assert turn(db) == to_text(NOW + HOUR - timedelta(seconds=end == "missed"))


def test_a_turn_is_given_back_only_once(db: Database, kept: Subscription) -> None:
    receive(db, kept, b"one")
    settle_all(db)
    poll(db, 0)
    poll(db, 1)
    with db.write():
        db.execute("UPDATE feed SET next_poll_at = ?", (to_text(NOW + 9 * HOUR),))
    subscriptions.resume_polling(db, NOW + 2 * HOUR, listening=False)
    assert turn(db) == to_text(NOW + 9 * HOUR)
