"""The commands `backup` and `restore`: a copy of the database that can be relied on, and back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.files import require_folder
from aggregator.cli.options import as_json, database_option, examples, missing, present
from aggregator.cli.progress import steps
from aggregator.cli.text import line, say, say_json
from aggregator.errors import DatabaseError

if TYPE_CHECKING:
    from aggregator.cli.progress import Steps
    from aggregator.storage.backups import Progress

__all__ = ["backup", "restore"]

_FILE = click.Path(path_type=Path)


@click.command(epilog=examples("aggregator backup news-2026-03-01.db"))
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Replace FILE if it is there.")
@database_option
@as_json
def backup(*, file: Path, replace: bool, db: Path, as_json: bool) -> None:
    """Write a copy of the database to FILE, whoever reads or writes it meanwhile.

    The copy is of one moment. It gets its name when it was checked and is on disk, so that a FILE
    that is there can be relied on. It holds what the database holds: passwords of feeds too.
    """
    from aggregator.storage.backups import back_up

    if not db.exists():
        raise missing(db)
    require_folder(file)
    with steps(sys.stderr if as_json else sys.stdout, plain=not as_json) as bars:
        size = back_up(db, file, _told(bars, "Copying"), replace=replace)
    if as_json:
        say_json({"path": file, "bytes": size})
    else:
        say(f"{line(str(file))}: {size / 1e6:,.1f} MB, checked")


@click.command(epilog=examples("aggregator restore news-2026-03-01.db"))
@click.argument("file", type=_FILE)
@click.option("--anyway", is_flag=True, help="Restore it though promises in it are broken.")
@database_option
@as_json
def restore(*, file: Path, anyway: bool, db: Path, as_json: bool) -> None:
    """Let the database say what the backup FILE says; what it said before is kept beside it.

    FILE is checked before anything is changed, as 'check' does. Those who read the database see
    the one or the other. Ends with 75 while a run is at work: stop the daemon first.
    """
    from aggregator.storage.backups import former_name, put_in_place, restorable
    from aggregator.storage.database import open_database
    from aggregator.storage.lock import run_lock

    now = present()
    former = former_name(db, now)
    with run_lock(db, doing="restore", now=now):
        restorable(file)
        _require_kept_promises(file, anyway=anyway)
        with steps(sys.stderr if as_json else sys.stdout, plain=not as_json) as bars:
            kept = put_in_place(file, db, former, _told(bars, "Writing"))
        open_database(db).close()
    if as_json:
        say_json({"path": db, "former": former if kept else None})
        return
    say(f"{line(str(db))}: restored from {line(str(file))}")
    if kept:
        say(f"What it said before is kept as {line(str(former))}.")


def _require_kept_promises(file: Path, *, anyway: bool) -> None:
    """Raise DatabaseError where promises in a backup are broken, by name."""
    from aggregator.storage.soundness import broken_in_backup

    broken = [each.promise for each in broken_in_backup(file)]
    if broken and not anyway:
        message = f"{file}: broken promises: {'; '.join(broken)}. Restore it with --anyway."
        raise DatabaseError(message)


def _told(bars: "Steps", label: str) -> "Progress":
    """Show how far a copy has come, in pages, under a label; a second copy goes on with it."""
    done = 0

    def tell(copied: int, total: int) -> None:
        nonlocal done
        if done == 0 or copied < done:
            bars.begin(label, total)
            done = 0
        bars.advance(label, copied - done)
        done = copied

    return tell
