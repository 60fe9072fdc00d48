"""The commands that do the work: poll, and the demo newsroom."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    load_config,
    reading,
)
from aggregator.cli.progress import listener, steps
from aggregator.cli.report import Outcome, as_object, look, show
from aggregator.cli.text import say, say_json

if TYPE_CHECKING:
    from aggregator.demo.run import Edition
    from aggregator.pipeline.events import Listener
    from aggregator.pipeline.report import RunReport

__all__ = ["demo", "poll"]

_BANNER: Final = """
==========================================================================
 DEMO: no feed could be reached, so this is an invented newsroom instead.
 Its outlets and reports are made up and served by this machine itself;
 everything else is the program as it works on real feeds. It is kept in
 {own}; {real} is left as it is.
=========================================================================="""


@click.command(epilog=examples("aggregator poll", "aggregator poll --feeds my.yaml --db my.db"))
@click.option(
    "--or-demo",
    is_flag=True,
    help="Where no feed could ever be reached, show the demo newsroom instead.",
)
@feeds_option
@database_option
@as_json
@click.pass_context
def poll(context: click.Context, *, or_demo: bool, feeds: Path, db: Path, as_json: bool) -> None:
    """Poll the feeds whose turn it is, once, and show what came.

    The same as "scheduler.py --once": fetch feeds and articles, clean the text, find copies and
    stories, keep all in the database. Ends with 1 where feeds were due and every one failed, with
    75 where another run is at work. Ctrl-C finishes what is in hand; the next run continues.
    """
    from aggregator.daemon import Job, once

    config = load_config(feeds)
    outcome = _run(lambda listen: once(Job(config, db, listen)), db, quiet=as_json)
    instead: Outcome | None = None
    if or_demo and outcome.nothing_ever_reached:
        instead = _newsroom(db.with_name(f"{db.stem}-demo.db"), quiet=as_json, real=db)
    if as_json:
        shown = None if instead is None else as_object(instead)
        say_json({**as_object(outcome), "demo": shown})
    context.exit((instead or outcome).exit_code)


@click.command(epilog=examples("aggregator demo", "aggregator demo --edition 1"))
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    default="demo.db",
    show_default=True,
    help="The demo's own SQLite file, whatever AGGREGATOR_DB says.",
)
@click.option(
    "--edition",
    type=click.Choice(["1", "2"]),
    help="Poll only this one: 1 begins anew, 2 goes on with what 1 brought.",
)
@as_json
@click.pass_context
def demo(context: click.Context, *, db: Path, edition: str | None, as_json: bool) -> None:
    """Show what this program does, without a network.

    Starts a small newsroom of invented outlets on this machine, polls it twice, and shows its
    stories: agency copies that outlets shortened and gave titles of their own, and independent
    reports beside them. With --edition you poll it edition by edition, and can look, decide and
    correct in between.
    """
    only: Edition | None = None if edition is None else 1 if edition == "1" else 2
    outcome = _newsroom(db, quiet=as_json, edition=only)
    if as_json:
        say_json(as_object(outcome))
    context.exit(outcome.exit_code)


def _newsroom(
    path: Path, *, quiet: bool, real: Path | None = None, edition: "Edition | None" = None
) -> Outcome:
    """Poll the demo newsroom into the database at `path`; `real` is the one it stands in for."""
    from aggregator.demo.run import show as play

    if real is not None and not quiet:
        say(_BANNER.format(own=path, real=real))
    return _run(lambda listen: play(path, listen, edition), path, quiet=quiet, invented=True)


def _run(
    work: Callable[["Listener"], "RunReport"], path: Path, *, quiet: bool, invented: bool = False
) -> Outcome:
    """Do the work with its progress shown, then show what it brought."""
    with steps(sys.stderr if quiet else sys.stdout, plain=not quiet) as shown:
        run = work(listener(shown))
    with reading(path) as database:
        outcome = look(database, path, run)
    if not quiet:
        show(outcome, invented=invented)
    return outcome
