"""What is kept of robots.txt files is bounded: the newest stay."""

from datetime import UTC, datetime, timedelta

from aggregator.model import Robots
from aggregator.storage import robots
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_of_too_many_the_newest_stay(db: Database) -> None:
    text = "x" * 12_000_000
    with db.write():
        for age in range(6):
            at = NOW - age * MINUTE
            robots.save(db, Robots(f"https://{age}.example", text, at, NOW + MINUTE))
    robots.drop_old(db, NOW)
    left = [age for age in range(6) if robots.load(db, f"https://{age}.example")]
    assert left == [0, 1, 2, 3]
