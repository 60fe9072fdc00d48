"""What `aggregator feeds` shows of hubs."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import Result

from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.model import FeedSource
from aggregator.storage import feeds, subscriptions
from aggregator.storage.database import open_database

HUB = "https://hub.example/"


def test_feeds_show_how_their_hubs_stand_but_no_secret(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    later = now + timedelta(days=3)
    new = Subscription(1, HUB, "https://a.example/rss", "https://us.example", "t0", "s3cret")
    active = replace(new, state=SubscriptionState.ACTIVE, expires_at=later)
    kept = [
        active,
        replace(
            active,
            feed_id=2,
            token="t1",  # noqa: S106 - invented
            state=SubscriptionState.DENIED,
            error="the hub denied it: no",
            next_try_at=later,
        ),
        replace(active, feed_id=3, token="t2", expires_at=now - timedelta(days=1)),  # noqa: S106
    ]
    with open_database(tmp_path / "news.db") as db:
        outlets = ("Anzeiger", "Bote", "Courier", "Depesche")
        sources = [FeedSource(f"https://{name}.example/rss", name) for name in outlets]
        feeds.sync(db, sources, now)
        for each in kept:
            subscriptions.keep(db, each)
    shown = call("feeds").stdout
    at = later.astimezone().strftime("%Y-%m-%d %H:%M")
    assert "Hubs (3 feeds):\n" in shown
    assert f"  told of news by {HUB} (until {at})" in shown
    assert f"not told of news by {HUB} (the hub denied it: no; asked again {at})" in shown
    assert f"no longer told of news by {HUB}" in shown
    found = json.loads(call("feeds", "--json").stdout)
    states = [each["subscription"] and each["subscription"]["state"] for each in found]
    assert states == ["active", "denied", "lapsed", None]
    assert "s3cret" not in shown + json.dumps(found)
