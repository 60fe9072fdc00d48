"""The commands about feeds: their state, and adding one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    load_config,
    optional_config,
    present,
    program,
    reading,
    usable_address,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.errors import NotFound
from aggregator.model import Failed, FeedSource, Fetched, ParsedFeed, TextSource, Validators
from aggregator.settings import Settings
from aggregator.storage import readers
from aggregator.storage.readers import FeedRow

__all__ = ["add", "feeds"]

_SHOWN: Final = 3


@click.command(epilog=examples("aggregator feeds"))
@feeds_option
@database_option
@as_json
def feeds(*, feeds: Path, db: Path, as_json: bool) -> None:
    """Show the state of each feed.

    When it last succeeded, when its turn is next, and its last error. A feed that was added but not
    polled yet is "new"; one that answered 410 is "gone" and no longer asked; one taken out of the
    file is "unlisted".
    """
    config = optional_config(feeds)
    with reading(db) as database:
        found = readers.feeds(database)
    found += _new(found, () if config is None else config.feeds)
    if as_json:
        say_json(found)
    else:
        _show(found)


def _new(found: Iterable[FeedRow], sources: Iterable[FeedSource]) -> list[FeedRow]:
    """Feeds in the file that no run has seen yet."""
    known = {feed.url for feed in found if feed.listed}
    return [
        FeedRow(url=source.url, outlet=source.outlet, language=source.language, tags=source.tags)
        for source in sources
        if source.url not in known
    ]


def _show(found: Sequence[FeedRow]) -> None:
    rows = [
        (
            feed.outlet,
            feed.status if feed.listed else "unlisted",
            local(feed.last_success_at),
            local(feed.next_poll_at) if feed.listed and feed.status == "active" else "-",
            feed.url,
        )
        for feed in found
    ]
    say(table(("OUTLET", "STATE", "LAST SUCCESS", "NEXT TURN", "FEED"), rows, screen_width()))
    failing = [feed for feed in found if feed.last_error and feed.listed]
    if failing:
        say(f"\nFailing ({counted(len(failing), 'feed')}):")
    for feed in failing:
        say(f"  {line(feed.outlet)}  {line(feed.url)}")
        say(f"    {line(feed.last_error)} ({counted(feed.failures, 'time')} in a row)")


# --- add -------------------------------------------------------------------------------------


@click.command(
    epilog=examples(
        'aggregator add https://example.org/rss.xml --outlet "Example Post" --tag politics'
    )
)
@click.argument("url")
@click.option("--outlet", metavar="NAME", help="Who publishes it. Default: as the feed says.")
@click.option("--language", metavar="CODE", help="de, en, ... Default: as the feed says.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="May be given several times.")
@click.option(
    "--text",
    type=click.Choice(["page", "feed"]),
    default="page",
    show_default=True,
    help="Take each article's text from its page, or from the feed itself.",
)
@feeds_option
@as_json
def add(
    *,
    url: str,
    outlet: str | None,
    language: str | None,
    tags: tuple[str, ...],
    text: TextSource,
    feeds: Path,
    as_json: bool,
) -> None:
    """Add the feed at URL to feeds.yaml.

    It is fetched once, to show what it is; what is no feed is not added. The rest of the file
    stays as it is, comments too. An outlet that is in the file already, with a feed from the
    same host, keeps its name.
    """
    import asyncio

    from aggregator.config import add_feed

    url = usable_address(url)
    config = load_config(feeds)
    parsed = asyncio.run(_fetch(url, config.settings))
    source = FeedSource(
        url=url,
        outlet=outlet or _outlet(url, parsed, config.feeds),
        language=language or _language(parsed),
        tags=tags,
        text=text,
    )
    add_feed(feeds, source)
    if as_json:
        say_json({**asdict(source), "title": parsed.title, "entries": len(parsed.entries)})
    else:
        _show_added(source, parsed, feeds)


async def _fetch(url: str, settings: Settings) -> ParsedFeed:
    """Fetch and parse as the pipeline does; raises NotFound, saying why, for what is no feed."""
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.net.client import Client
    from aggregator.pipeline.work import ParseJob, parse_feed

    async with Client(settings.network, present) as client:
        result = await client.feed(url, Validators())
    if not isinstance(result, Fetched):
        detail = result.detail if isinstance(result, Failed) else "the server sent nothing"
        message = f"{url}: not added: {detail}"
        raise NotFound(message)
    async with ProcessPool(settings.workers) as pool:
        parsed = await pool.run(parse_feed, ParseJob(result))
    if not isinstance(parsed, ParsedFeed):
        message = f"{url}: not added, this is no feed: {parsed.reason}: {parsed.detail}"
        raise NotFound(message)
    return parsed


def _outlet(url: str, parsed: ParsedFeed, known: Iterable[FeedSource]) -> str:
    host = urlsplit(url).hostname
    same = (feed.outlet for feed in known if urlsplit(feed.url).hostname == host)
    return next(same, None) or line(parsed.title) or host or url


def _language(parsed: ParsedFeed) -> str | None:
    """What the feed says, where that is a language code."""
    from aggregator.core.language import code

    return code(parsed.language)


def _show_added(source: FeedSource, parsed: ParsedFeed, path: Path) -> None:
    say(f"{line(parsed.title) or '(no title)'}: {counted(len(parsed.entries), 'entry', 'entries')}")
    for entry in parsed.entries[:_SHOWN]:
        say(f"  {local(entry.published_at)}  {line(entry.title)}")
    for warning in parsed.warnings:
        say(f"  note: {line(warning)}")
    language = f", language {source.language}" if source.language else ""
    say(f"Added to {path}: {line(source.outlet)}{language}. Next: {program()} poll")
