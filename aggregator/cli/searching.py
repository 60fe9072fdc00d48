"""Looks for feeds on behalf of a user, with the manners of a run, and keeps what it brought."""

import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.cli.options import present
from aggregator.cli.text import complain, local
from aggregator.core.urls import without_credentials
from aggregator.errors import NotFound
from aggregator.model import Failed, FeedSource, Rejected

if TYPE_CHECKING:
    from aggregator.pipeline.discovery import Findings, Found
    from aggregator.settings import PollSettings, Settings
    from aggregator.storage.database import Database

__all__ = ["keep", "search"]


async def search(
    urls: Sequence[str], settings: "Settings", db: "Database", *, quiet: bool
) -> "Findings":
    """Search the first of `urls` that can be reached.

    Raises NotFound, with the cause and what to do, where nothing is found.
    """
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.pipeline.asking import asking
    from aggregator.pipeline.discovery import Search

    shown = not quiet and sys.stderr.isatty()

    def tell(url: str) -> None:
        if shown:
            complain(f"asking {url}")

    async with (
        asking(db, settings.network, present) as hosts,
        ProcessPool(settings.workers) as pool,
    ):
        found = await Search(hosts.client, pool, hosts.note, tell).at(urls)
    if found.failure is not None:
        raise _nothing(found, found.failure, urls[0])
    return found


def keep(
    db: "Database", added: Iterable[tuple[FeedSource, "Found"]], settings: "PollSettings"
) -> None:
    """Keep of each feed that was added what its answer said, as a poll does: this was its first."""
    from aggregator.pipeline.settling import settle
    from aggregator.storage import feeds

    for source, found in added:
        # It is listed where permanent redirects led, so there it has not moved.
        answer, now = replace(found.answer, moved_to=None), present()
        with db.write():
            feed = feeds.add(db, source, now)
            jitter = random.random()  # noqa: S311 - it spreads turns, nothing secret
            settle(db, feed, answer, found.parsed, now, settings, jitter=jitter)


def _nothing(found: "Findings", failure: Failed | Rejected, url: str) -> NotFound:
    from aggregator.core.health import advice

    address = without_credentials(failure.url if isinstance(failure, Failed) else url)
    told = [f"{address}: not added: {failure.reason}: {failure.detail}"]
    told += [f"  {without_credentials(each.url)}: {each.why}" for each in found.left_out]
    way_out: str = advice(failure.reason, address)
    if failure.reason == "no_feed":
        way_out = "look on the site for a page about RSS, and add the address of a feed it names"
    elif isinstance(failure, Failed) and failure.reason == "backed_off":
        way_out = f"wait until {local(failure.retry_after)}"
    return NotFound("\n".join([*told, f"What to do: {way_out}"]))
