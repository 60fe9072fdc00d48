"""The commands that take feeds from other feed readers, and give them ours: OPML in and out."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    elsewhere,
    examples,
    feeds_option,
    load_config,
    present,
    program,
    reading,
)
from aggregator.cli.text import complain, counted, line, say, say_json, shortened
from aggregator.core.urls import without_credentials
from aggregator.errors import InputError, UsageError
from aggregator.model import FeedSource

if TYPE_CHECKING:
    from aggregator.config.importing import Skipped
    from aggregator.core.opml import Outline

__all__ = ["export_feeds", "import_feeds"]

_MOST_BYTES: Final = 20_000_000
_WIDEST_NAME: Final = 60


@click.command("import", epilog=examples("aggregator import subscriptions.opml"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@feeds_option
@as_json
@click.pass_context
def import_feeds(context: click.Context, *, file: str, feeds: Path, as_json: bool) -> None:
    """Add the feeds listed in FILE, an OPML file of another feed reader, to feeds.yaml.

    Folders and categories become tags, names become outlets. What is listed already, or cannot be
    a feed, is left out and named with the reason. Nothing is fetched now: the feeds are polled in
    their turns. "-" reads standard input.
    """
    from aggregator.config.adding import add_feeds
    from aggregator.config.importing import sorted_outlines

    config = load_config(feeds)
    taken, skipped = sorted_outlines(_outlines(file), config)
    add_feeds(feeds, taken)
    if as_json:
        say_json(
            {
                "added": [
                    {**asdict(source), "url": without_credentials(source.url)} for source in taken
                ],
                "skipped": [asdict(each) for each in skipped],
            }
        )
    else:
        _show(taken, skipped, feeds)
    context.exit(0 if taken or any(each.listed for each in skipped) else 1)


def _show(taken: Sequence[FeedSource], skipped: "Sequence[Skipped]", feeds: Path) -> None:
    for each in skipped:
        name = shortened(line(each.name) or "(no name)", _WIDEST_NAME)
        where = f"  {line(each.url)}" if each.url else ""
        say(f"skipped: line {each.line}: {name}{where}: {each.why}")
    say(f"Added to {feeds}: {counted(len(taken), 'feed')}; skipped: {len(skipped)}.")
    if taken:
        say(f"Next: {program()} poll{elsewhere(feeds=feeds)}")


def _outlines(file: str) -> "tuple[Outline, ...]":
    from aggregator.core import opml

    name = "standard input" if file == "-" else file
    with click.open_file(file, "rb") as stream:
        body = stream.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        message = f"{name}: this is larger than any list of feeds ({_MOST_BYTES:,} bytes)"
        raise UsageError(message)
    try:
        return opml.read(body)
    except InputError as error:
        message = f"{name}: nothing was imported: {error}"
        raise UsageError(message) from error


def export_feeds(feeds: Path, db: Path) -> None:
    """Write the feeds of feeds.yaml as OPML to standard output.

    Titles are those that the feeds gave themselves when they were polled. Names and passwords in
    addresses are left out.
    """
    from aggregator.output.opml import feed_list

    sources = [_public(source) for source in load_config(feeds).feeds]
    click.echo(feed_list(sources, _titles(db), present()), nl=False)


def _public(source: FeedSource) -> FeedSource:
    """The feed without name and password in its address; says so where it had them."""
    url = without_credentials(source.url)
    if url == source.url:
        return source
    complain(f"left out: the name and password in the address of {url}")
    return replace(source, url=url)


def _titles(db: Path) -> dict[str, str]:
    from aggregator.storage import readers

    if not db.exists():
        return {}
    with reading(db) as database:
        return {feed.url: feed.title or "" for feed in readers.feeds(database)}
