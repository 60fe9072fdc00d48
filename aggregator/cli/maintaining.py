"""The command `maintain`: all that a run does of keeping house, at once and to its end."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    missing,
    optional_settings,
    present,
)
from aggregator.cli.text import counted, line, say, say_json

if TYPE_CHECKING:
    from aggregator.pipeline.housekeeping import Maintained
    from aggregator.storage.upkeep import Space

__all__ = ["maintain"]


@click.command(epilog=examples("aggregator maintain", "aggregator maintain --compact"))
@click.option(
    "--compact",
    is_flag=True,
    help="Give free space back to the disk; needs as much again meanwhile.",
)
@feeds_option
@database_option
@as_json
def maintain(*, compact: bool, feeds: Path, db: Path, as_json: bool) -> None:
    """Keep house: drop what is old, and bring indexes, statistics and the log in order.

    Pages, requests and keys go that are older than the settings under "storage" say. Each run does
    so too, a bounded part at a time; this does all of it. No article, copy group or story changes.
    """
    from aggregator.pipeline.housekeeping import maintain as keep_house
    from aggregator.storage.database import open_database
    from aggregator.storage.lock import run_lock

    if not db.exists():
        raise missing(db)
    keep = optional_settings(feeds).storage
    with run_lock(db, doing="maintain", now=present()), open_database(db) as database:
        done = keep_house(database, keep, present(), compact=compact)
    if as_json:
        say_json(done)
    else:
        _show(db, done)


def _show(path: Path, done: "Maintained") -> None:
    swept = done.swept
    say(f"Dropped {counted(swept.pages, 'page')} and {counted(swept.requests, 'request')}.")
    articles, groups = counted(swept.articles, "article"), counted(swept.copy_groups, "copy group")
    say(f"Took the keys of {articles} and {groups} out of the indexes.")
    say(f"Brought in order {', '.join(map(line, done.indexes))}, the statistics and the log.")
    say(f"{line(str(path))}: {_size(done.before)}, now {_size(done.after)}")


def _size(space: "Space") -> str:
    free, log = space.free / 1e6, space.log / 1e6
    return f"{space.file / 1e6:,.1f} MB of which {free:,.1f} free, log {log:,.1f} MB"
