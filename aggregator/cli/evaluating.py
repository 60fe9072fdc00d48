"""The command `evaluate`: how good the program is on data made by others, beside its peers."""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import as_json, examples
from aggregator.cli.progress import steps
from aggregator.cli.text import complain, counted, say, say_json, table
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.evaluation.corpora import DataSet
    from aggregator.evaluation.figures import Figure
    from aggregator.evaluation.scoring import Score
    from aggregator.evaluation.tables import Table

__all__ = [
    "against_floors",
    "evaluate",
    "holds",
    "in_processes",
    "into_page",
    "into_picture",
    "look_for_floors",
    "only_sets",
    "raising_floors",
    "say_table",
]

_FALLEN = 1


only_sets = click.option(
    "--set", "names", metavar="NAME", multiple=True, help="Only this set; repeatable."
)
in_processes = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    help="So many worker processes. Default: one for each processor.",
)
against_floors = click.option(
    "--floors",
    type=click.Path(path_type=Path, dir_okay=False),
    help="End with 1 where a figure is below its floor in this file.",
)
raising_floors = click.option(
    "--raise-floors", is_flag=True, help="Raise the floors to what was reached; never lowers one."
)
into_picture = click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the comparison into this file (.svg or .png).",
)
into_page = click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Put the tables into this page, between its markers.",
)


@click.group(
    epilog=examples(
        "aggregator evaluate extraction",
        "aggregator evaluate extraction --set fundus-dev --only-ours",
    )
)
def evaluate() -> None:
    """Measure the program on data made by others, or by your own decisions.

    The data sets are files in the folder that AGGREGATOR_CORPORA names, else ../shared/corpora.
    "aggregator evaluate WHAT --help" tells more.
    """


@evaluate.command(
    epilog=examples(
        "aggregator evaluate extraction",
        "aggregator evaluate extraction --set fundus-dev --only-ours",
        "aggregator evaluate extraction --only-ours --floors floors.json",
    )
)
@only_sets
@click.option("--only-ours", is_flag=True, help="Leave the other libraries out.")
@in_processes
@against_floors
@raising_floors
@into_picture
@into_page
@as_json
def extraction(  # noqa: PLR0913 - one for each option
    *,
    names: tuple[str, ...],
    only_ours: bool,
    processes: int,
    floors: Path | None,
    raise_floors: bool,
    picture: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Measure how clean the text is: words, lines, leads, metadata, speed.

    Beside it stand the libraries that people use for this, those that are installed. Each set
    is split by site into two halves: what we may look at while we develop, and the rest.
    """
    from aggregator.evaluation.figures import figures

    look_for_floors(floors, raising=raise_floors)
    sets = _sets(names)
    scores = _scores(sets, _contestants(only_ours=only_ours), processes)
    found = figures(scores)
    digests = {each.name: each.sha256() for each in sets}
    _show(found, scores, digests, as_json=as_json)
    _publish(found, picture, page)
    if floors is not None and not holds(
        floors, digests, found, part=bool(names), raising=raise_floors
    ):
        click.get_current_context().exit(_FALLEN)


@evaluate.command(
    epilog=examples("aggregator evaluate learning", "aggregator evaluate learning --json")
)
@only_sets
@into_page
@as_json
def learning(*, names: tuple[str, ...], page: Path | None, as_json: bool) -> None:
    """Measure what learning a site's furniture is worth, with the phrase rules off.

    On all sites with five pages or more whose text is known: how many lines that are not the
    article it takes out, and how many that are. Beside the lines of our own extraction stand
    those of libraries that leave more in.
    """
    from aggregator.evaluation import corpora
    from aggregator.evaluation import learning as learn
    from aggregator.evaluation.tables import of_learning

    sets = _sets(names)
    with steps(sys.stderr, plain=False) as shown:
        shown.begin("Reading", sum(len(each.rows()) for each in sets))
        pages = (each for data in sets for each in corpora.pages(data))
        found = learn.learnt(pages, lambda: shown.advance("Reading"))
    if as_json:
        say_json({"sets": {each.name: each.sha256() for each in sets}, "sites": found})
    else:
        say_table(of_learning(found))
    if page is not None:
        from aggregator.evaluation.pages import put

        put("learning", [of_learning(found)], page)


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
        complain(f"not installed, left out: {', '.join(missing)} (they come with [evaluate])")
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


def _show(
    figures: "Sequence[Figure]",
    scores: "Sequence[Score]",
    digests: dict[str, str],
    *,
    as_json: bool,
) -> None:
    from aggregator.evaluation.tables import tables

    reasons = Counter((each.contestant, each.failure.split(":")[0]) for each in scores)
    failures = [
        {"contestant": name, "reason": reason, "pages": pages}
        for (name, reason), pages in reasons.most_common()
        if reason
    ]
    if as_json:
        say_json({"sets": digests, "figures": figures, "without_text": failures})
        return
    for each in tables(figures):
        say_table(each)
    if failures:
        say("Pages without text, by reason\n")
        rows = [[str(value) for value in each.values()] for each in failures]
        say(table(("contestant", "reason", "pages"), rows, None) + "\n")


def say_table(shown: "Table") -> None:
    """Print a table under its title."""
    say(f"{shown.title}\n")
    say(table(shown.headers, shown.rows, None, right=" ".join(shown.headers[2:])) + "\n")


def _publish(figures: "Sequence[Figure]", picture: Path | None, page: Path | None) -> None:
    """Draw and write what was asked for."""
    if picture is not None:
        from aggregator.evaluation.picture import draw

        draw(figures, picture)
    if page is not None:
        from aggregator.evaluation.pages import put
        from aggregator.evaluation.tables import tables

        put("figures", tables(figures), page)


def look_for_floors(floors: Path | None, *, raising: bool) -> None:
    """Raise UsageError where floors are to be raised and no file of them is named."""
    if raising and floors is None:
        message = "--raise-floors goes with --floors FILE"
        raise UsageError(message)


def holds(
    path: Path,
    digests: dict[str, str],
    figures: "Sequence[Figure]",
    *,
    part: bool,
    raising: bool,
) -> bool:
    """Compare with the floors, say what fell, and raise them if that is wanted and possible."""
    from aggregator.evaluation import floors

    known = floors.read(path)
    verdict = floors.judge(known, digests, figures, part=part)
    for sentence in (*verdict.strange, *verdict.falls):
        complain(sentence)
    complain(f"{counted(verdict.compared, 'figure')} compared, {len(verdict.falls)} fell")
    if raising and not verdict.strange:
        higher = floors.raised(known, digests, figures)
        changed = sum(known.values.get(key) != value for key, value in higher.values.items())
        floors.write(higher, path)
        complain(f"{counted(changed, 'floor')} raised in {path}")
    return verdict.holds
