"""The command that shows how the feeds are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    optional_config,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.model import FeedSource
from aggregator.storage import readers
from aggregator.storage.readers import FeedRow

__all__ = ["feeds"]

_SHOWN: Final = 3


@click.command(epilog=examples("aggregator feeds"))
@feeds_option
@database_option
@as_json
def feeds(*, feeds: Path, db: Path, as_json: bool) -> None:
    """Show the state of each feed.

    When it last succeeded, when its turn is next, and its last error. A feed that was added but not
    polled yet is "new"; one that answered 410 is "gone" and no longer asked; one taken out of the
    file is "unlisted".
    """
    config = optional_config(feeds)
    with reading(db) as database:
        found = readers.feeds(database)
    found += _new(found, () if config is None else config.feeds)
    if as_json:
        say_json(found)
    else:
        _show(found)


def _new(found: Iterable[FeedRow], sources: Iterable[FeedSource]) -> list[FeedRow]:
    """Feeds in the file that no run has seen yet."""
    known = {feed.url for feed in found if feed.listed}
    return [
        FeedRow(url=source.url, outlet=source.outlet, language=source.language, tags=source.tags)
        for source in sources
        if source.url not in known
    ]


def _show(found: Sequence[FeedRow]) -> None:
    rows = [
        (
            feed.outlet,
            feed.status if feed.listed else "unlisted",
            local(feed.last_success_at),
            local(feed.next_poll_at) if feed.listed and feed.status == "active" else "-",
            feed.url,
        )
        for feed in found
    ]
    say(table(("OUTLET", "STATE", "LAST SUCCESS", "NEXT TURN", "FEED"), rows, screen_width()))
    failing = [feed for feed in found if feed.last_error and feed.listed]
    if failing:
        say(f"\nFailing ({counted(len(failing), 'feed')}):")
    for feed in failing:
        say(f"  {line(feed.outlet)}  {line(feed.url)}")
        say(f"    {line(feed.last_error)} ({counted(feed.failures, 'time')} in a row)")
