"""The command that prints what happens, as it happens: follow."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import as_json, database_option, examples, reading
from aggregator.cli.text import json_line, line, local, say, say_bytes
from aggregator.storage import changes
from aggregator.storage.changes import Change

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["follow"]

# Without a writer this costs one look at the version of the file.
_PAUSE: Final = 0.5
_TITLES: Final = {"article": "articles", "story": "stories"}


@click.command(
    epilog=examples(
        "aggregator follow",
        "aggregator follow --from 4711 --json",
        "aggregator follow --from 0 --once",
    )
)
@click.option(
    "--from",
    "begin",
    type=click.IntRange(0),
    metavar="SEQ",
    help="Begin behind this number, 0 for all; by default with what comes from now on.",
)
@click.option("--once", is_flag=True, help="End where nothing more is there, instead of waiting.")
@database_option
@as_json
def follow(*, begin: int | None, once: bool, db: Path, as_json: bool) -> None:
    """Print what happens: articles that come, stories that grow, merge, split and close.

    Each change has a number. Keep that of the last one, and begin behind it the next time: nothing
    is missed then, and nothing comes twice. Ends with Ctrl-C.
    """
    seq = begin
    while True:
        place = _place(db)
        with reading(db) as database:
            seq = changes.last(database) if seq is None else seq
            pause = _ending if once else partial(_waiting, db, place)
            for portion in changes.follow(database, seq, pause):
                for change in portion:
                    _print(database, change, as_json=as_json)
                seq = portion[-1].seq
        if once:
            return


def _place(db: Path) -> tuple[int, int] | None:
    """Which file it is, so that another one in its place is told from it."""
    try:
        found = db.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _waiting(db: Path, place: tuple[int, int] | None) -> bool:
    """Wait a while; False where another file was put in the database's place."""
    time.sleep(_PAUSE)
    return _place(db) == place


def _ending() -> bool:
    return False


def _print(db: "Database", change: Change, *, as_json: bool) -> None:
    if as_json:
        say_bytes(json_line(change))
    else:
        say(_shown(db, change))


def _shown(db: "Database", change: Change) -> str:
    """A change as one line, with the headline that what it names has by now."""
    named = "" if change.id is None else f" {change.id}"
    how = "into" if change.kind.endswith("merged") else "from"
    other = "" if change.other_id is None else f" {how} {change.other_id}"
    what = change.kind.replace("_", " ") + named + other
    return f"{change.seq}  {local(change.at)}  {what}  {_about(db, change)}".rstrip()


def _about(db: "Database", change: Change) -> str:
    view = _TITLES.get(change.kind.partition("_")[0])
    if view is None or change.id is None:
        return line(str(change.detail.get("url", "")))
    return line(db.value(f"SELECT title FROM {view} WHERE id = ?", (change.id,)))  # noqa: S608 - the view is ours
