"""The commands by which editors decide: together, apart, split, pin, rename, hide, undo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from aggregator.cli.asking import logbook
from aggregator.cli.decisions import shown
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    missing,
    optional_settings,
    present,
    program,
)
from aggregator.cli.text import counted, line, say, say_json
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.model import Kind, Level
    from aggregator.pipeline.correcting import Applied
    from aggregator.storage.database import Database
    from aggregator.storage.decisions import Listed

__all__ = ["apart", "hide", "pin", "rename", "split", "together", "undo"]

Command = TypeVar("Command", bound=Callable[..., Any])

_NUMBER = click.IntRange(1, 2**63 - 1)


def _author(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Who decides: a name on one line, or the user's login."""
    from aggregator.core.clean import line as cleaned

    name = _login() if value is None else cleaned(value)
    if not name:
        message = "--author: give a name"
        raise UsageError(message)
    return name


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user whom the system has no name for
        return "unknown"


author_option = click.option(
    "--author", metavar="NAME", callback=_author, help="Who decides. Default: your login."
)


def _deciding(command: Command) -> Command:
    """The options of every command that decides."""
    for option in (as_json, database_option, author_option):
        command = option(command)
    return command


@contextmanager
def _open(path: Path, doing: str) -> "Iterator[Database]":
    """The database, to write to beside a run too; says how to begin where there is none."""
    if not path.exists():
        raise missing(path)
    lost = "Nothing was decided; try again."
    with logbook(path, doing=doing, make=False, lost=lost) as db:
        yield db


# --- articles --------------------------------------------------------------------------------


@click.command(
    epilog=examples("aggregator together 34 56 78", "aggregator together 34 56 --copies")
)
@click.argument("articles", metavar="ARTICLE ARTICLE...", type=_NUMBER, nargs=-1, required=True)
@click.option("--copies", is_flag=True, help="They are one text too, not only one event.")
@feeds_option
@_deciding
def together(
    *, articles: tuple[int, ...], copies: bool, author: str, feeds: Path, db: Path, as_json: bool
) -> None:
    """Decide that articles report one event, whatever computation says.

    Their stories become one at once, and stay one. It outranks every later run, until "undo".
    Where it contradicts what was decided before, the decisions in question are named.
    """
    _must_differ(articles)
    level: Level = "copies" if copies else "story"
    _decide_on_articles("together", level, (articles, ()), author, feeds, db, as_json=as_json)


@click.command(epilog=examples("aggregator apart 34 56", "aggregator apart 34 56 --copies"))
@click.argument("article", type=_NUMBER)
@click.argument("other", type=_NUMBER)
@click.option("--copies", is_flag=True, help="They are two texts; they may still report one event.")
@feeds_option
@_deciding
def apart(
    *, article: int, other: int, copies: bool, author: str, feeds: Path, db: Path, as_json: bool
) -> None:
    """Decide that two articles report two events, whatever computation says.

    They are in two stories at once, and stay in two; the others go where they belong most. "split"
    takes several articles out of a story.
    """
    _must_differ((article, other))
    level: Level = "copies" if copies else "story"
    sides = ((article,), (other,))
    _decide_on_articles("apart", level, sides, author, feeds, db, as_json=as_json)


def _must_differ(articles: tuple[int, ...]) -> None:
    twice = next((each for each in articles if articles.count(each) > 1), None)
    if twice is not None:
        message = f"article {twice} is named twice"
        raise UsageError(message)
    if len(articles) == 1:
        message = "name two articles or more"
        raise UsageError(message)


def _decide_on_articles(
    kind: "Kind",
    level: "Level",
    sides: tuple[tuple[int, ...], tuple[int, ...]],
    author: str,
    feeds: Path,
    path: Path,
    *,
    as_json: bool,
) -> None:
    from aggregator.model import Decision
    from aggregator.pipeline.correcting import decide

    settings, now = optional_settings(feeds).clustering, present()
    with _open(path, kind) as db:
        wanted = Decision(0, now, author, kind, level, *sides)
        _tell(db, path, decide(db, [wanted], settings, now), as_json=as_json)


@click.command(epilog=examples("aggregator split 12 34 56"))
@click.argument("story_id", metavar="STORY", type=_NUMBER)
@click.argument("articles", metavar="ARTICLE...", type=_NUMBER, nargs=-1, required=True)
@feeds_option
@_deciding
def split(
    *,
    story_id: int,
    articles: tuple[int, ...],
    author: str,
    feeds: Path,
    db: Path,
    as_json: bool,
) -> None:
    """Take articles out of a story: they report another event than the rest.

    They leave together, and neither they nor the articles that remain ever come into one story
    again, until "undo". New articles join whichever they resemble.
    """
    from aggregator.pipeline.correcting import split as part

    if len(articles) > 1:
        _must_differ(articles)
    settings = optional_settings(feeds).clustering
    with _open(db, "split") as database:
        applied = part(database, story_id, articles, settings, by=author, now=present())
        _tell(database, db, applied, as_json=as_json)


# --- stories ---------------------------------------------------------------------------------


@click.command(epilog=examples("aggregator pin 12"))
@click.argument("story_id", metavar="STORY", type=_NUMBER)
@_deciding
def pin(*, story_id: int, author: str, db: Path, as_json: bool) -> None:
    """List a story before all others.

    It stays there, also where it grows or is merged with another, until "undo".
    """
    _decide_on_story("pin", story_id, "", author, db, as_json=as_json)


@click.command(epilog=examples("aggregator rename 12 'Bridge closed for a year'"))
@click.argument("story_id", metavar="STORY", type=_NUMBER)
@click.argument("title")
@_deciding
def rename(*, story_id: int, title: str, author: str, db: Path, as_json: bool) -> None:
    """Give a story a title of your own.

    It stays, whatever its articles are called, until "undo"; of several the last one counts.
    """
    from aggregator.core.clean import line as cleaned

    if not cleaned(title):
        message = "give a title that says something"
        raise UsageError(message)
    _decide_on_story("rename", story_id, cleaned(title), author, db, as_json=as_json)


@click.command(epilog=examples("aggregator hide 12"))
@click.argument("story_id", metavar="STORY", type=_NUMBER)
@_deciding
def hide(*, story_id: int, author: str, db: Path, as_json: bool) -> None:
    """Leave a story out of the lists of stories.

    "stories --hidden" shows it, and its articles are still found. It stays hidden until "undo".
    """
    _decide_on_story("hide", story_id, "", author, db, as_json=as_json)


def _decide_on_story(
    kind: "Kind", story_id: int, value: str, author: str, path: Path, *, as_json: bool
) -> None:
    from aggregator.model import Decision
    from aggregator.pipeline.correcting import decide_on_story

    with _open(path, kind) as db:
        wanted = Decision(0, present(), author, kind, story_id=story_id, value=value)
        _tell(db, path, decide_on_story(db, wanted), as_json=as_json)


# --- undoing ---------------------------------------------------------------------------------


@click.command(epilog=examples("aggregator undo 7", "aggregator undo 7 8"))
@click.argument("decisions", metavar="DECISION...", type=_NUMBER, nargs=-1, required=True)
@feeds_option
@_deciding
def undo(*, decisions: tuple[int, ...], author: str, feeds: Path, db: Path, as_json: bool) -> None:
    """Take decisions back: what computation alone says holds again, at once.

    DECISION is a number from "aggregator decisions". A decision that was taken back stays in the
    list, with who did so and when.
    """
    from aggregator.pipeline.correcting import undo as take_back

    settings = optional_settings(feeds).clustering
    with _open(db, "undo") as database:
        applied = take_back(database, decisions, settings, by=author, now=present())
        _tell(database, db, applied, as_json=as_json, undone=True)


# --- telling ---------------------------------------------------------------------------------


def _tell(
    db: "Database", path: Path, applied: "Applied", *, as_json: bool, undone: bool = False
) -> None:
    """What was decided, and where that leaves the articles that it is about."""
    from aggregator.storage import decisions, readers

    made = decisions.listed(db, applied.ids)
    placed = _placed(db, applied.articles)
    if as_json:
        told = {"decisions": [asdict(each) for each in made], "already": sorted(applied.already)}
        say_json({**told, "stories": placed, "waiting": applied.waiting})
        return
    for each in made:
        say(_headline(each, already=each.id in applied.already, undone=undone))
    # Stars and notes are made at the desk alone, and stand in no list but its own.
    for number in sorted(set(applied.ids) - {each.id for each in made}):
        how = "was undone already" if number in applied.already else "is undone"
        say(f"Decision {number} {how}: a star or a note of the desk")
    for story in placed:
        rest = story["article_count"] - len(story["articles"])
        more = f" (and {counted(rest, 'other')})" if rest else ""
        say(f"  story {story['id']}, {line(story['title'])}: {_numbered(story['articles'])}{more}")
    for story_id in dict.fromkeys(each.story_id for each in made if each.story_id is not None):
        row = readers.story_row(db, story_id)
        if row is not None:
            say(f"  story {row.id}, {line(row.title)}")
    if applied.waiting:
        wait = "waits" if len(applied.waiting) == 1 else "wait"
        later = "the run at work, or the next one, keeps to this"
        say(f"  {_numbered(applied.waiting)} {wait} to be clustered: {later}.")
    fresh = " ".join(str(each) for each in applied.ids if each not in applied.already)
    if fresh and not undone:
        say(f"\nTo take it back: {program()} undo {fresh}{elsewhere(path)}")


class _Place(TypedDict):
    """A story with those of the articles in question that are in it, and how many it has in all."""

    id: int
    title: str
    articles: tuple[int, ...]
    article_count: int


def _placed(db: "Database", articles: tuple[int, ...]) -> list[_Place]:
    from aggregator.storage import decisions, readers

    places = ((readers.story_row(db, s), ids) for s, ids in decisions.places(db, articles).items())
    return [
        {
            "id": found.id,
            "title": found.title,
            "articles": ids,
            "article_count": found.article_count,
        }
        for found, ids in places
        if found is not None
    ]


def _headline(decision: "Listed", *, already: bool, undone: bool) -> str:
    how = "was undone already" if undone else "says so already"
    if not already:
        how = "is undone" if undone else "is kept"
    return f"Decision {decision.id} {how}: {shown(decision)}"


def _numbered(articles: "tuple[int, ...]") -> str:
    numbers = ", ".join(map(str, articles))
    return f"{'article' if len(articles) == 1 else 'articles'} {numbers}"
