"""The command `evaluate`: how good the program is on data made by others, beside its peers."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import as_json, examples
from aggregator.cli.progress import steps
from aggregator.cli.text import complain, say, say_json, table

if TYPE_CHECKING:
    from aggregator.evaluation.corpora import DataSet
    from aggregator.evaluation.scoring import Score

__all__ = ["evaluate"]


@click.group(
    epilog=examples(
        "aggregator evaluate extraction",
        "aggregator evaluate extraction --set fundus-dev --only-ours",
    )
)
def evaluate() -> None:
    """Measure the program on data made by others.

    The data sets are zips in the folder that AGGREGATOR_CORPORA names, else ../shared/corpora.
    "aggregator evaluate WHAT --help" tells more.
    """


@evaluate.command(
    epilog=examples(
        "aggregator evaluate extraction",
        "aggregator evaluate extraction --set fundus-dev --only-ours",
    )
)
@click.option("--set", "names", metavar="NAME", multiple=True, help="Only this set; repeatable.")
@click.option("--only-ours", is_flag=True, help="Leave the other libraries out.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    help="So many worker processes.  [default: one for each processor]",
)
@as_json
def extraction(*, names: tuple[str, ...], only_ours: bool, processes: int, as_json: bool) -> None:
    """Measure how clean the text is: words, lines, leads, metadata, speed.

    Beside it stand the libraries that people use for this, those that are installed. Each set
    is split by site into two halves: what we may look at while we develop, and the rest.
    """
    from aggregator.evaluation.figures import figures
    from aggregator.evaluation.tables import tables

    sets = _sets(names)
    scores = _scores(sets, _contestants(only_ours=only_ours), processes)
    found = figures(scores)
    if as_json:
        digests = {each.name: each.sha256() for each in sets}
        say_json({"sets": digests, "figures": found})
        return
    for each in tables(found):
        say(f"{each.title}\n")
        say(table(each.headers, each.rows, None, right=" ".join(each.headers[2:])) + "\n")


def _sets(names: Sequence[str]) -> "list[DataSet]":
    from aggregator.config import default_paths
    from aggregator.evaluation import corpora

    return corpora.find(default_paths().corpora / "extraction", names)


def _contestants(*, only_ours: bool) -> list[str]:
    from aggregator.evaluation.contestants import OURS, PEERS, absent

    if only_ours:
        return [OURS]
    missing = [name for name in PEERS if absent(name)]
    if missing:
        complain(
            f"not installed, left out: {', '.join(missing)} (pip install aggregator[evaluate])"
        )
    return [OURS, *(name for name in PEERS if name not in missing)]


def _scores(sets: "Sequence[DataSet]", contestants: Sequence[str], processes: int) -> "list[Score]":
    from aggregator.evaluation import corpora, running

    pages = (page for each in sets for page in corpora.pages(each))
    label = "Extracting"
    with steps(sys.stderr, plain=False) as shown:
        shown.begin(label, sum(len(each.rows()) for each in sets))
        return running.run(
            pages, contestants, processes=processes, done=lambda: shown.advance(label)
        )
