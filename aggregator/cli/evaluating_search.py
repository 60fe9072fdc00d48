"""The command `evaluate search`: planted queries, and what finds their answers at what cost."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from aggregator.cli.evaluating import into_page, say_table
from aggregator.cli.options import as_json, examples
from aggregator.cli.progress import steps
from aggregator.cli.text import say_json

__all__ = ["search"]

_SET: Final = "gnad10k-test"


@click.command(
    epilog=examples(
        "aggregator evaluate search", "aggregator evaluate search --page docs/search.md"
    )
)
@into_page
@as_json
def search(*, page: Path | None, as_json: bool) -> None:
    """Measure how well a search finds other forms of its words, and compounds.

    Words of a list written by hand are planted into German articles. Beside the search stand the
    very words alone, an index of stems and one of trigrams. Half of the queries, by their hash,
    were never looked at.
    """
    from aggregator.config import default_paths
    from aggregator.evaluation.clustering import sets
    from aggregator.evaluation.search.indexes import INDEXES
    from aggregator.evaluation.search.measuring import measured, tables
    from aggregator.evaluation.search.wanted import wanted

    data = sets.find(default_paths().corpora / "clustering", _SET)
    texts = [each.text for each in sets.documents(data)]
    with steps(sys.stderr, plain=False) as shown:
        shown.begin("Searching", len(INDEXES))
        found, costs = measured(wanted(), texts, lambda: shown.advance("Searching"))
    made = tables(found, costs)
    if as_json:
        say_json(
            {
                "sets": {data.name: data.sha256()},
                "figures": [asdict(each) for each in made],
                "costs": costs,
            }
        )
        return
    for each in made:
        say_table(each)
    if page is not None:
        from aggregator.evaluation.pages import put

        put("search", made, page)
