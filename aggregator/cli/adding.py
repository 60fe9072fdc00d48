"""The command that adds feeds: by their address, or found by that of their site."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.asking import logbook
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    load_config,
    program,
)
from aggregator.cli.searching import keep, search
from aggregator.cli.text import counted, line, local, say, say_json, shortened, table
from aggregator.core.urls import without_credentials
from aggregator.errors import ConfigError, UsageError
from aggregator.model import FeedSource, ParsedFeed, TextSource

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.pipeline.discovery import Findings, Found

__all__ = ["add"]

_SHOWN: Final = 3
_MOST_NAMED: Final = 20
_WIDEST_TITLE: Final = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that was found, as it is offered; `listed` is its line in feeds.yaml, if any."""

    number: int
    url: str
    title: str
    entries: int
    newest: datetime | None
    language: str | None
    listed: int | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of the feeds that are added."""

    outlet: str | None
    language: str | None
    tags: tuple[str, ...]
    text: TextSource


@click.command(
    epilog=examples(
        "aggregator add example.org",
        'aggregator add https://example.org/rss.xml --outlet "Example Post" --tag politics',
    )
)
@click.argument("url")
@click.option("--all", "every", is_flag=True, help="Add all feeds that are found.")
@click.option(
    "--pick",
    "picks",
    type=click.IntRange(1),
    metavar="N",
    multiple=True,
    help="Add the feed with this number in the list; may be given several times.",
)
@click.option("--outlet", metavar="NAME", help="Who publishes it. Default: as the feed says.")
@click.option("--language", metavar="CODE", help="de, en, ... Default: as the feed says.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="May be given several times.")
@click.option(
    "--text",
    type=click.Choice(["auto", "page", "feed"]),
    default="auto",
    show_default=True,
    help="Take each article's text from its page, from the feed itself, or find out.",
)
@feeds_option
@database_option
@as_json
@click.pass_context
def add(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    url: str,
    every: bool,
    picks: tuple[int, ...],
    outlet: str | None,
    language: str | None,
    tags: tuple[str, ...],
    text: TextSource,
    feeds: Path,
    db: Path,
    as_json: bool,
) -> None:
    """Add the feed at URL, or the feeds of the site at URL, to feeds.yaml.

    A feed's address is fetched once, to show what it is. A site's page is searched for its feeds
    in at most 12 requests: one feed is added; of several, which are listed, you choose with --pick
    or --all, or by their own addresses. The rest of the file stays as it is, comments too. An
    outlet that is in the file already, with a feed from the same host, keeps its name.
    """
    import asyncio

    from aggregator.config.offering import addresses

    if every and picks:
        message = "--all and --pick exclude each other"
        raise UsageError(message)
    urls = addresses(url)
    config = load_config(feeds)
    _refuse_listed(urls[0], config)
    with logbook(db, doing="aggregator add", make=True) as database:
        found = asyncio.run(search(urls, config.settings, database, quiet=as_json))
        offers = [_offer(number, feed, config) for number, feed in enumerate(found.feeds, start=1)]
        chosen = _chosen(offers, found, every=every, picks=picks)
        added = _added(chosen, found, config, Wishes(outlet, language, tags, text))
        keep(database, added, config.settings.polling)
    if as_json:
        say_json(_as_object(added, found, offers))
    else:
        _show(url, added, found, offers, feeds)
    context.exit(0 if chosen or every else 1)


# --- finding ---------------------------------------------------------------------------------


def _refuse_listed(url: str, config: "Config") -> None:
    if (at := _line(url, config)) is not None:
        message = f"the feed {without_credentials(url)} is listed already"
        raise ConfigError(message, path=config.path, line=at)


def _line(url: str, config: "Config") -> int | None:
    from aggregator.config import feed_key

    return config.places().get(feed_key(url))


def _offer(number: int, found: "Found", config: "Config") -> Offer:
    from aggregator.config.offering import language_of, newest_of

    lines = [_line(url, config) for url in (found.url, found.asked, found.answered)]
    return Offer(
        number=number,
        url=found.url,
        title=found.parsed.title,
        entries=len(found.parsed.entries),
        newest=newest_of(found),
        language=language_of(found.parsed),
        listed=next(filter(None, lines), None),
    )


# --- choosing --------------------------------------------------------------------------------


def _chosen(
    offers: Sequence[Offer], found: "Findings", *, every: bool, picks: tuple[int, ...]
) -> list[int]:
    """The numbers of the feeds to add; none where the user has to choose."""
    if too_high := [number for number in picks if number > len(offers)]:
        message = f"there is no number {too_high[0]}: {counted(len(offers), 'feed')} found"
        raise UsageError(message)
    if picks:
        return list(dict.fromkeys(picks))
    if every:
        return [offer.number for offer in offers if offer.listed is None]
    only = len(offers) == 1 and not found.feeds[0].comments
    return [1] if only else []


def _added(
    chosen: Iterable[int], found: "Findings", config: "Config", wishes: Wishes
) -> list[tuple[FeedSource, "Found"]]:
    """Write the chosen feeds into the file, all in one edit."""
    from aggregator.config.adding import add_feeds
    from aggregator.config.offering import language_of, outlet_of

    added: list[tuple[FeedSource, Found]] = []
    for number in chosen:
        feed = found.feeds[number - 1]
        for url in (feed.url, feed.answered):
            _refuse_listed(url, config)
        known = (*config.feeds, *(source for source, _ in added))
        source = FeedSource(
            url=feed.url,
            outlet=wishes.outlet or outlet_of(feed.url, feed.parsed, known),
            language=wishes.language or language_of(feed.parsed),
            tags=wishes.tags,
            text=wishes.text,
        )
        added.append((source, feed))
    add_feeds(config.path, [source for source, _ in added])
    return added


# --- showing ---------------------------------------------------------------------------------


def _as_object(
    added: Sequence[tuple[FeedSource, "Found"]], found: "Findings", offers: Sequence[Offer]
) -> dict[str, object]:
    """The documented keys; those of the first feed that was added stand at the top too."""
    feeds = [
        {
            **asdict(source),
            "url": without_credentials(source.url),
            "title": feed.parsed.title,
            "entries": len(feed.parsed.entries),
        }
        for source, feed in added
    ]
    return {
        **(feeds[0] if feeds else {}),
        "added": feeds,
        "found": [{**asdict(each), "url": without_credentials(each.url)} for each in offers],
        "left_out": [
            {"url": without_credentials(each.url), "why": each.why} for each in found.left_out
        ],
        "unasked": [without_credentials(each.url) for each in found.unasked],
    }


def _show(
    typed: str,
    added: Sequence[tuple[FeedSource, "Found"]],
    found: "Findings",
    offers: Sequence[Offer],
    path: Path,
) -> None:
    if not found.direct:
        _show_found(found, offers)
    for source, feed in added:
        _show_added(source, feed.parsed, path)
    if added:
        _show_moves(found, {source.url for source, _ in added})
        say(f"Next: {program()} poll")
    elif all(offer.listed for offer in offers):
        say(f"All of them are listed in {path} already; nothing was added.")
    else:
        _show_choice(typed, offers, path)


def _show_found(found: "Findings", offers: Sequence[Offer]) -> None:
    headers = ("NO", "ENTRIES", "NEWEST", "LANG", "TITLE", "FEED")
    # Addresses are to be copied: nothing is cut to the width of the screen.
    say(table(headers, [_row(offer) for offer in offers], None, right="NO ENTRIES"))
    for left in found.left_out:
        say(f"left out: {line(without_credentials(left.url))}: {line(left.why)}")
    if found.unasked:
        say(f"not asked, since they are too many ({len(found.unasked)} more are named there):")
    for candidate in found.unasked[:_MOST_NAMED]:
        say(f"  {line(without_credentials(candidate.url))}  {line(candidate.title)}".rstrip())


def _row(offer: Offer) -> tuple[str, ...]:
    title = shortened(line(offer.title) or "-", _WIDEST_TITLE)
    listed = f" (listed, line {offer.listed})" if offer.listed else ""
    newest = local(offer.newest)
    language = offer.language or "-"
    number, entries = str(offer.number), f"{offer.entries:,}"
    return (number, entries, newest, language, title + listed, without_credentials(offer.url))


def _show_added(source: FeedSource, parsed: ParsedFeed, path: Path) -> None:
    say(f"{line(parsed.title) or '(no title)'}: {counted(len(parsed.entries), 'entry', 'entries')}")
    for entry in parsed.entries[:_SHOWN]:
        say(f"  {local(entry.published_at)}  {line(entry.title)}")
    for warning in parsed.warnings:
        say(f"  note: {line(warning)}")
    language = f", language {source.language}" if source.language else ""
    say(f"Added to {path}: {line(source.outlet)}{language}.")


def _show_moves(found: "Findings", urls: set[str]) -> None:
    for feed in found.feeds:
        if feed.url in urls and feed.url != feed.asked:
            old, new = without_credentials(feed.asked), without_credentials(feed.url)
            say(f"note: {old} has moved for good; added is {new}")


def _show_choice(typed: str, offers: Sequence[Offer], path: Path) -> None:
    us, site = f"{program()} add", shlex.quote(line(typed))
    there = elsewhere(feeds=path)
    say("\nNothing was added: choose. One by its own address:")
    free = [offer for offer in offers if offer.listed is None]
    for offer in free:
        say(f"  {us} {shlex.quote(line(without_credentials(offer.url)))}{there}")
    say("or some by their numbers, or all of them:")
    picks = "".join(f" --pick {offer.number}" for offer in free[:2])
    say(f"  {us} {site}{there}{picks}")
    say(f"  {us} {site}{there} --all")
