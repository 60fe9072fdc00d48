"""The commands that find articles: search, and searches for those that are kept under a name."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.asking import logbook
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    filter_options,
    limit_option,
    missing,
    present,
    program,
    reading,
)
from aggregator.cli.stories import show_article_row
from aggregator.cli.text import line, local, paragraphs, say, say_json, screen_width, table
from aggregator.errors import NotFound, UsageError
from aggregator.storage.readers import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.storage.database import Database
    from aggregator.storage.saved_searches import SavedSearch
    from aggregator.storage.search import Hit

__all__ = ["search", "searches"]

_HEADERS: Final = ("NAME", "SINCE", "ONLY", "WORDS")


@click.command(
    epilog=examples(
        "aggregator search bahn streik --since 3d",
        "aggregator search '\"rail strike\" london*'",
        "aggregator search hochwasser --language de --save floods",
        "aggregator search --saved floods --since 24h",
    )
)
@click.argument("words", nargs=-1)
@click.option("--save", "name", metavar="NAME", help="Keep this search under a name, too.")
@click.option("--saved", metavar="NAME", help="Search for what was saved under this name.")
@filter_options
@limit_option(20)
@database_option
@as_json
def search(
    *,
    words: tuple[str, ...],
    name: str | None,
    saved: str | None,
    chosen: Filter,
    limit: int,
    db: Path,
    as_json: bool,
) -> None:
    """Find the articles that have all WORDS.

    Looks in title, lead and text. Case and accents do not matter. First come the articles that
    have the very words, then those with other forms of them (Haus: Häuser, Haeuser; Straße:
    Strassen), then those with German compounds (Rat: Stadtrat), each the most relevant first.
    Words in quotes are a phrase, found as it is typed; a trailing * takes any ending. To search
    for a word that begins with a dash, put -- before it.
    """
    typed = " ".join(words)
    if (saved is None) is (not words) or (saved and name):
        message = "search for WORDS, which --save keeps under a name, or with --saved for a name"
        raise UsageError(message)
    if name is not None:
        _save(db, name, typed, chosen)
    with reading(db) as database:
        found = _found(database, typed, saved, chosen, limit)
    if as_json:
        say_json([{**asdict(hit.article), "snippet": hit.snippet} for hit in found])
    elif found:
        _show_hits(found)
        say(f"\nThe whole text: {program()} article {found[0].article.id}{elsewhere(db)}")
    else:
        say("Nothing found. Fewer words, or a * at the end of one, find more.")


def _found(
    db: "Database", words: str, saved: str | None, chosen: Filter, limit: int
) -> "list[Hit]":
    """What the words find, or a saved search; what is asked for now outweighs what was saved."""
    from aggregator.storage.search import search as find

    if saved is not None:
        kept = _existing(db, saved)
        asked = {name: each for name, each in asdict(chosen).items() if each is not None}
        words, chosen = kept.words, replace(kept.filter, **asked)
    return find(db, words, chosen, limit=limit)


def _existing(db: "Database", name: str) -> "SavedSearch":
    from aggregator.storage import saved_searches

    kept = saved_searches.find(db, name)
    if kept is None:
        message = f"there is no saved search {name!r}; '{program()} searches' lists them"
        raise NotFound(message)
    return kept


def _save(path: Path, name: str, words: str, chosen: Filter) -> None:
    from aggregator.storage import saved_searches

    if not path.exists():
        raise missing(path)
    lost = "The search was not saved; try again."
    with logbook(path, doing="search", make=False, lost=lost) as db, db.write():
        saved_searches.save(db, name, words, chosen, present())


def _show_hits(found: "Sequence[Hit]") -> None:
    width = screen_width()
    for hit in found:
        show_article_row(hit.article)
        say(paragraphs(line(hit.snippet), width, indent="    "))


@click.command(epilog=examples("aggregator searches", "aggregator searches --delete floods"))
@click.option("--delete", "name", metavar="NAME", help="Forget this one.")
@database_option
@as_json
def searches(*, name: str | None, db: Path, as_json: bool) -> None:
    """List the saved searches.

    "aggregator search WORDS --save NAME" keeps one, "aggregator search --saved NAME" searches for
    it; feeds and webhooks know it by its name.
    """
    from aggregator.storage import saved_searches

    if name is not None:
        _delete(db, name)
    with reading(db) as database:
        found = saved_searches.listed(database)
    if as_json:
        say_json([_as_object(each) for each in found])
    elif found:
        rows = [(each.name, local(each.created_at), _only(each), each.words) for each in found]
        say(table(_HEADERS, rows, screen_width()))
        say(f"\nTo search: {program()} search --saved NAME{elsewhere(db)}")
    else:
        say(f"No saved searches. To keep one: {program()} search WORDS --save NAME{elsewhere(db)}")


def _as_object(saved: "SavedSearch") -> dict[str, object]:
    return {
        "id": saved.id,
        "name": saved.name,
        "words": saved.words,
        "outlet": saved.filter.outlet,
        "language": saved.filter.language,
        "tag": saved.filter.tag,
        "created_at": saved.created_at,
    }


def _only(saved: "SavedSearch") -> str:
    """Which articles it is limited to, in words."""
    chosen = saved.filter
    return ", ".join(each for each in (chosen.outlet, chosen.language, chosen.tag) if each) or "all"


def _delete(path: Path, name: str) -> None:
    from aggregator.storage import saved_searches

    if not path.exists():
        raise missing(path)
    lost = "Nothing was deleted; try again."
    with logbook(path, doing="searches", make=False, lost=lost) as db, db.write():
        saved_searches.delete(db, name)
