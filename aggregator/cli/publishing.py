"""The command that writes feeds of stories to files, for cron and any web server: publish."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import click

from aggregator.cli.files import renewed
from aggregator.cli.options import database_option, examples, present, reading
from aggregator.cli.text import counted, say

if TYPE_CHECKING:
    from aggregator.output.syndication import StoryItem, Syndication
    from aggregator.storage.selections import Selection

__all__ = ["place", "publish"]

_BY: Final = ("tag", "language", "outlet", "search")
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 60
_NEWEST: Final = 100


@click.command(
    epilog=examples(
        "aggregator publish public/feeds --url https://news.example/feeds/",
        "aggregator publish public/feeds --by tag --by outlet --outlets 3",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", metavar="URL", help="The address at which the folder is served.")
@click.option(
    "--by",
    "kinds",
    multiple=True,
    type=click.Choice(_BY),
    help="By what to write feeds, besides all stories. Default: tag, language and search.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=_NEWEST,
    show_default=True,
    help="So many stories in each at most.",
)
@click.option(
    "--outlets",
    type=click.IntRange(1, 100_000),
    default=1,
    show_default=True,
    help="Only stories that at least so many outlets report.",
)
@database_option
def publish(
    *, folder: Path, url: str | None, kinds: tuple[str, ...], limit: int, outlets: int, db: Path
) -> None:
    """Write the newest stories as Atom and JSON Feed into FOLDER, for a web server.

    All of them as all.atom and all.json, and one feed for each tag, language, outlet or saved
    search, with a folder for each kind. A file that would be the same is not touched, so that
    readers who ask again are told so. Each file is replaced in one step.
    """
    from aggregator.config.offering import usable_address
    from aggregator.output.atom import atom
    from aggregator.output.jsonfeed import json_feed
    from aggregator.storage import selections
    from aggregator.storage.wal import settle

    base = None if url is None else f"{usable_address(url).rstrip('/')}/"
    wanted = {"all", *(kinds or ("tag", "language", "search"))}
    known: dict[int, StoryItem] = {}
    written, now = 0, present()
    with reading(db) as database, database.snapshot():
        settle(database.path)
        chosen = [each for each in selections.selections(database) if each.kind in wanted]
        for each in chosen:
            feed = selections.feed(database, each, now, limit=limit, outlets=outlets, known=known)
            for ending, made in (("atom", atom), ("json", json_feed)):
                name = f"{place(each)}.{ending}"
                written += renewed(folder / name, made(_addressed(feed, base, name)))
    say(f"{folder}: {counted(len(chosen), 'feed')}, {counted(written, 'file')} changed")


def place(chosen: "Selection") -> str:
    """The path of a selection's files within the folder, without their ending.

    It is made of its kind and name alone, fit for every file system, and no other's.
    """
    if chosen.kind == "all":
        return "all"
    import hashlib

    name = chosen.name.lower()
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _NOT_PLAIN.sub("-", letters).strip("-")[:_LONGEST]
    if chosen.name.isascii() and plain == name:
        return f"{chosen.kind}/{plain}"
    mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{chosen.kind}/{plain}-{mark}" if plain else f"{chosen.kind}/{mark}"


def _addressed(feed: "Syndication", base: str | None, name: str) -> "Syndication":
    return feed if base is None else replace(feed, self_url=urljoin(base, name))
