"""The command `evaluate clustering`: how good copies and stories are, beside what is usual."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.evaluating import (
    against_floors,
    holds,
    in_processes,
    into_page,
    into_picture,
    look_for_floors,
    only_sets,
    raising_floors,
    say_table,
)
from aggregator.cli.options import as_json, examples
from aggregator.cli.progress import steps
from aggregator.cli.text import say_json

if TYPE_CHECKING:
    from aggregator.evaluation.clustering.running import Results
    from aggregator.evaluation.clustering.tasks import Stream

__all__ = ["clustering"]

_FALLEN = 1


@click.command(
    epilog=examples(
        "aggregator evaluate clustering",
        "aggregator evaluate clustering --set og2021-dev --only-ours",
    )
)
@only_sets
@click.option("--only-ours", is_flag=True, help="Leave the usual ways to do it out.")
@in_processes
@against_floors
@raising_floors
@click.option(
    "--errors",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Show the N worst mistakes of each kind, of the half that may be looked at alone.",
)
@into_picture
@into_page
@as_json
def clustering(  # noqa: PLR0913 - one for each option
    *,
    names: tuple[str, ...],
    only_ours: bool,
    processes: int,
    floors: Path | None,
    raise_floors: bool,
    errors: int,
    picture: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Measure how well copies and stories are told.

    The code is the pipeline's, with the settings as they are by default, on one stream per set.
    Each set is split into two halves, and no group of articles is torn: what we may look at while
    we develop, and the rest.
    """
    from aggregator.evaluation.clustering import outcomes

    look_for_floors(floors, raising=raise_floors)
    from aggregator.evaluation.clustering.peers import PEERS

    streams = _streams(names)
    results = _results(streams, () if only_ours else PEERS, processes)
    found = results.figures
    digests = {name: digest for each in streams for name, digest in each.digests.items()}
    _show(results, digests, errors, as_json=as_json)
    if picture is not None:
        from aggregator.evaluation.clustering.picture import draw

        draw(found, results.curves, picture)
    if page is not None:
        from aggregator.evaluation.pages import put

        put("clustering", outcomes.tables(found), page)
    if floors is not None and not holds(
        floors, digests, found, part=bool(names), raising=raise_floors
    ):
        click.get_current_context().exit(_FALLEN)


def _show(results: "Results", digests: dict[str, str], errors: int, *, as_json: bool) -> None:
    from aggregator.evaluation.clustering import mistakes, outcomes

    if as_json:
        say_json({"sets": digests, "figures": results.figures, "curves": results.curves})
        return
    for table in outcomes.tables(results.figures):
        say_table(table)
    if errors:
        say_table(mistakes.table(results.mistakes, errors))


def _streams(names: Sequence[str]) -> "list[Stream]":
    from aggregator.config import default_paths
    from aggregator.evaluation.clustering.streams import streams

    return list(streams(default_paths().corpora / "clustering", names))


def _results(streams: "Sequence[Stream]", peers: Sequence[str], processes: int) -> "Results":
    from aggregator.evaluation.clustering import running
    from aggregator.settings import ClusterSettings

    label = "Clustering"
    with steps(sys.stderr, plain=False) as shown:
        shown.begin(label, running.jobs(streams, peers))
        return running.run(
            streams,
            peers,
            ClusterSettings(),
            processes=processes,
            done=lambda: shown.advance(label),
        )
