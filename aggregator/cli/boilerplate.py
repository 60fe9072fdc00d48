"""The command `boilerplate`: what was learnt of a site, and what an editor says of it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.asking import logbook
from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    missing,
    present,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.core.furniture import State
    from aggregator.storage.database import Database
    from aggregator.storage.furniture import Listed, SiteRow

__all__ = ["boilerplate"]

_HEADERS: Final = ("ID", "STATE", "PAGES", "LAST SEEN", "DECIDED", "LINE")


@click.command(
    epilog=examples(
        "aggregator boilerplate",
        "aggregator boilerplate example.org",
        "aggregator boilerplate example.org --reject 12 --as eva",
        "aggregator boilerplate example.org --add 'Follow us on all channels'",
    )
)
@click.argument("site", required=False)
@click.option(
    "--approve", "approved", type=int, multiple=True, metavar="ID", help="Take it out for ever."
)
@click.option(
    "--reject", "rejected", type=int, multiple=True, metavar="ID", help="Leave it in for ever."
)
@click.option("--add", "added", multiple=True, metavar="LINE", help="Take this line out for ever.")
@click.option("--as", "by", metavar="NAME", help="Who decides. Default: your login.")
@database_option
@as_json
def boilerplate(
    *,
    site: str | None,
    approved: tuple[int, ...],
    rejected: tuple[int, ...],
    added: tuple[str, ...],
    by: str | None,
    db: Path,
    as_json: bool,
) -> None:
    """Show what recurs on a site's pages and is taken out of its articles, or decide on it.

    It is learnt from what was fetched: a line is boilerplate where it stands on at least three
    pages that have nothing else in common. SITE is a domain or an address; without it all sites
    are listed of which anything is known. What you approve, reject or add holds for ever, for lines
    that are nearly the same too, and reaches the articles that are there already in the next run.
    All three options may be given several times.
    """
    decisions: list[tuple[int | str, State]] = [
        *((each, "approved") for each in approved),
        *((each, "rejected") for each in rejected),
        *((each, "added") for each in added),
    ]
    if site is None:
        _sites(db, decided=bool(decisions), as_json=as_json)
        return
    name = _site(site)
    concerned = _decide(db, name, decisions, by or _login()) if decisions else None
    with reading(db) as database:
        found = _listed(database, name, db)
    if as_json:
        say_json({"site": name, "concerned": concerned, "lines": [asdict(each) for each in found]})
        return
    if concerned is not None:
        effect = f"the next run looks at {counted(concerned, 'article')} again"
        # It may be meant for what will come, or mistyped.
        effect = effect if concerned else "no article that is kept has such a line"
        say(f"{counted(len(decisions), 'decision')} kept; {effect}.\n")
    _show(name, found, db)


def _site(typed: str) -> str:
    from aggregator.core.urls import site

    name = site(typed if "//" in typed else f"//{typed}")
    if not name:
        message = f"{typed!r} is no site: give a domain (example.org) or an address on it"
        raise UsageError(message)
    return name


def _login() -> str:
    import getpass

    return getpass.getuser()


# --- deciding --------------------------------------------------------------------------------


def _decide(path: Path, site: str, decisions: "Sequence[tuple[int | str, State]]", by: str) -> int:
    """Keep all decisions or none; returns how many articles they concern."""
    if not path.exists():
        raise missing(path)
    from aggregator.pipeline.learning import spread
    from aggregator.storage import furniture

    with logbook(path, doing="boilerplate", make=False) as db:
        lines = {each.id: each.example for each in furniture.listed(db, site)}
        decided = [(_line(each, lines, site), state) for each, state in decisions]
        _must_agree(decided)
        with db.write(durable=True):
            for text, state in decided:
                furniture.decide(db, site, text, state, by=by, now=present())
        return spread(db)


def _must_agree(decided: "Sequence[tuple[str, State]]") -> None:
    """Raise UsageError where one line is to stay and to go."""
    from aggregator.core.forms import form

    rejected = {form(text) for text, state in decided if state == "rejected"}
    for text, state in decided:
        if state != "rejected" and form(text) in rejected:
            message = f"{text!r} is both to stay and to go: decide for one of them"
            raise UsageError(message)


def _line(chosen: int | str, lines: dict[int, str], site: str) -> str:
    """The line that is meant by its number, or itself."""
    from aggregator.core.clean import line as cleaned
    from aggregator.core.forms import form

    if isinstance(chosen, int):
        if chosen not in lines:
            message = f"nothing is known of {site} under the number {chosen}"
            raise NotFound(message)
        return lines[chosen]
    text = cleaned(chosen)
    if not form(text):
        message = f"{chosen!r} has no words by which a line could be known"
        raise UsageError(message)
    return text


# --- showing ---------------------------------------------------------------------------------


def _listed(db: "Database", site: str, path: Path) -> "list[Listed]":
    from aggregator.storage import furniture

    found = furniture.listed(db, site)
    known = db.value("SELECT 1 FROM articles WHERE site = ? LIMIT 1", (site,))
    if not found and known is None:
        message = f"there is no article of {site} in {path}"
        raise NotFound(message)
    return found


def _show(site: str, found: "Sequence[Listed]", db: Path) -> None:
    if not found:
        say(f"Nothing is known to recur on {site}: that takes three pages.")
        return
    say(f"{site}: {counted(len(found), 'line')}")
    shown, more = _apart(found)
    rows = [_row(each, more[each.id]) for each in shown]
    say(table(_HEADERS, rows, screen_width(), right="ID PAGES"))
    learnt = next((each.id for each in shown if each.state == "learnt"), None)
    if learnt is not None:
        again = f"{program()} boilerplate {site} --reject {learnt}{elsewhere(db)}"
        say(f"\nIf one of them is text: {again}")


def _apart(found: "Sequence[Listed]") -> "tuple[list[Listed], dict[int, int]]":
    """Those that differ, and how many more there are like each of them."""
    from aggregator.core.forms import Form, are_near, form

    shown: list[tuple[Form, Listed]] = []
    more: dict[int, int] = {}
    for each in found:
        words = form(each.example)
        like = next((o for f, o in shown if o.state == each.state and are_near(f, words)), None)
        if like is None:
            shown.append((words, each))
            more[each.id] = 0
        else:
            more[like.id] += 1
    return [each for _, each in shown], more


def _row(each: "Listed", more: int) -> tuple[str, ...]:
    by = "-" if each.decided_by is None else f"{line(each.decided_by)} {local(each.decided_at)}"
    like = f" (and {more} like it)" if more else ""
    seen = local(each.last_seen_at)
    return (str(each.id), each.state, str(each.pages), seen, by, line(each.example) + like)


def _sites(path: Path, *, decided: bool, as_json: bool) -> None:
    if decided:
        message = "say of which site: aggregator boilerplate SITE ..."
        raise UsageError(message)
    from aggregator.storage import furniture

    with reading(path) as db:
        found = furniture.sites(db)
    if as_json:
        say_json([asdict(each) for each in found])
    elif found:
        _show_sites(found)
        say(f"\nIts lines: {program()} boilerplate {found[0].site}{elsewhere(path)}")
    else:
        say("Nothing is known to recur on any site: that takes three pages of one.")


def _show_sites(found: "Sequence[SiteRow]") -> None:
    rows = [(str(each.learnt), str(each.decided), each.site) for each in found]
    say(table(("LEARNT", "DECIDED", "SITE"), rows, screen_width(), right="LEARNT DECIDED"))
