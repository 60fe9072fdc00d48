"""Our own polling step alone, as a run does it: ask, parse, decide, keep.

    python -m benchmarks.polling.by_us FEEDS DATABASE CA DAYS

CA is the certificate to trust, or "-"; DAYS moves the clock, so that all feeds are due again;
"ready" makes the database with its feeds and asks nothing. Prints how many entries are kept.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.config import Config, load
from aggregator.executors.process_pool import ProcessPool
from aggregator.net.client import Client
from aggregator.pipeline.cycle import Cycle
from aggregator.pipeline.hosts import HostBook
from aggregator.pipeline.robots import Gate
from aggregator.pipeline.stalls import Stalls
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database


async def _poll(config: Config, db: Database, authority: Path | None, ahead: timedelta) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + ahead

    settings = config.settings
    book = HostBook((), clock)
    async with (
        Client(settings.network, clock, quiet=book.quiet_until, ca=authority) as client,
        ProcessPool(settings.workers, preload=("aggregator.core.feeds",)) as executor,
    ):
        gate = Gate(db, client, book, clock, pause=0)
        stalls = Stalls(db)
        work = Cycle(
            db, client, book, gate, executor, settings, (), stalls, clock, jitter=lambda: 0.0
        )
        await work.poll_feeds(lambda _event: None)


def main() -> None:
    """Poll every feed that is due, once."""
    listed, database, authority, days = sys.argv[1:]
    config = load(Path(listed))
    with open_database(database) as db:
        if days == "ready":
            feeds.sync(db, config.feeds, datetime.now(UTC))
        else:
            ca = None if authority == "-" else Path(authority)
            asyncio.run(_poll(config, db, ca, timedelta(days=int(days))))
        print(db.value("SELECT count(*) FROM entry"))


if __name__ == "__main__":
    main()
