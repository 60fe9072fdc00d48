"""The command `cluster`: the pipeline's own grouping, in memory, for people with an archive."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from aggregator.cli.lines import BadLine, Lines, in_order, opened
from aggregator.cli.options import examples, feeds_option, optional_settings, present
from aggregator.cli.progress import Steps, listener, steps
from aggregator.cli.text import counted, json_line, say_bytes
from aggregator.errors import InputError, UsageError

if TYPE_CHECKING:
    from aggregator.cli.archive import Archive, Kept
    from aggregator.settings import Settings

__all__ = ["cluster"]

Item = TypeVar("Item")
_BATCH: Final = 64
_AHEAD: Final = 3
_WRITTEN_AT_ONCE: Final = 500


@click.command(epilog=examples("aggregator cluster --jsonl < archive.jsonl > clusters.jsonl"))
@click.argument("source", metavar="[FILE|-]", default="-")
@click.option("--jsonl", is_flag=True, help="Read and write JSON lines; the only format there is.")
@feeds_option
def cluster(*, source: str, jsonl: bool, feeds: Path) -> None:
    """Group your own articles into copies and stories.

    The code is the pipeline's. With --jsonl it reads lines {"id", "title", "text", "language",
    "published_at", "outlet"}, of which only id and one of title and text must be there ("lead" is
    read too), and writes {"id", "copy_group", "story"} for every line, in the same order, groups
    and stories numbered from 1. All is kept in memory until the end. A line without published_at
    counts as published now. Settings are those of feeds.yaml where there is one.

    A line that cannot be used gives {"id", "error": {"line", "reason", "detail"}}, and the command
    ends with 2; blank lines are left out.
    """
    if not jsonl:
        message = "say --jsonl: articles are read and written as JSON lines"
        raise UsageError(message)
    settings = optional_settings(feeds)
    with opened(source) as stream:
        bad = _run(Lines(stream), settings)
    if bad:
        message = f"{bad[0].detail}; {counted(len(bad), 'line')} in all could not be used"
        raise InputError(message, line=bad[0].number)


def _run(lines: Lines, settings: "Settings") -> list[BadLine]:
    """Read, cluster and write all; returns the lines that could not be used."""
    import asyncio

    from aggregator.cli.archive import Archive
    from aggregator.pipeline.cluster import cluster as find
    from aggregator.pipeline.collection import Collection
    from aggregator.storage.database import open_database

    with open_database(":memory:") as db:
        now = present()
        archive = Archive(Collection(db, now))
        with steps(sys.stderr, plain=False) as shown:
            asyncio.run(_read(lines, archive, settings, shown))
            watching = listener(shown)
            chosen = settings.clustering
            find(db, chosen, now=now, stop=lambda: False, tell=watching)
        for batch in _batches(archive.results(), _WRITTEN_AT_ONCE):
            say_bytes("\n".join(map(json_line, batch)))
        return archive.bad


async def _read(lines: Lines, archive: "Archive", settings: "Settings", shown: Steps) -> None:
    """Fingerprint all lines in worker processes, and keep them."""
    from aggregator.cli.archive import fingerprinted
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.pipeline.work import PRELOAD

    shown.begin("Reading articles", None)
    async with ProcessPool(
        settings.workers, preload=(*PRELOAD, "aggregator.pipeline.collection")
    ) as pool:

        def keep(batch: "list[Kept | BadLine]") -> None:
            archive.keep(batch)
            shown.advance("Reading articles", len(batch))

        try:
            await in_order(
                _batches(iter(lines), _BATCH),
                lambda batch: fingerprinted(pool, batch),
                keep,
                ahead=_AHEAD * settings.workers.count,
            )
        finally:
            lines.stop()


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch
