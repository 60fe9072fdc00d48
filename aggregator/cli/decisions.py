"""The command `decisions`: what editors decided, who and when, and whether it still holds."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import as_json, database_option, elsewhere, examples, program, reading
from aggregator.cli.text import line, local, say, say_json, screen_width, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.storage.decisions import Listed

__all__ = ["decisions", "shown"]

_HEADERS: Final = ("ID", "WHEN", "AUTHOR", "STATE", "WHAT")
_MOST: Final = 12


@click.command(epilog=examples("aggregator decisions", "aggregator decisions --all --json"))
@click.option("--all", "every", is_flag=True, help="Those that were taken back too.")
@database_option
@as_json
def decisions(*, every: bool, db: Path, as_json: bool) -> None:
    """List what editors decided: together, apart, pin, rename and hide.

    STATE says whether it holds. "partly" means that an article is no longer there (and takes its
    place again if it comes back), "gone" that nothing is left to hold, "outranked" that newer
    decisions contradict it, since two articles have become one or one has come back.
    """
    from aggregator.storage import decisions as kept

    with reading(db) as database:
        listed = kept.listed(database)
    found = [each for each in listed if every or each.undone_at is None]
    if as_json:
        say_json([{**asdict(each), "state": _state(each)} for each in found])
    elif found:
        rows = [
            (str(each.id), local(each.at), each.author, _state(each), shown(each)) for each in found
        ]
        say(table(_HEADERS, rows, screen_width(), right="ID"))
        for each in found:
            _show_fate(each)
        holds = next((each.id for each in found if each.undone_at is None), None)
        if holds is not None:
            say(f"\nTo take one back: {program()} undo {holds}{elsewhere(db)}")
    elif listed:
        say(f"No decisions hold. Those taken back: {program()} decisions --all{elsewhere(db)}")
    else:
        say("No decisions.")


def _state(decision: "Listed") -> str:
    """Whether a decision holds, in a word."""
    if decision.undone_at is not None:
        return "undone"
    if decision.outranked:
        return "outranked"
    if decision.level is None:
        return "holds" if decision.story_id is not None else "gone"
    left, right = len(decision.articles), len(decision.others)
    if (left < _LEAST) if decision.kind == "together" else not (left and right):
        return "gone"
    return "partly" if decision.gone else "holds"


_LEAST: Final = 2


def _show_fate(decision: "Listed") -> None:
    if decision.undone_at is not None:
        by = f"{line(decision.undone_by)} {local(decision.undone_at)}"
        say(f"  {decision.id} was undone by {by}")
    for url in decision.gone:
        say(f"  {decision.id}: no longer there: {line(url)}")


def shown(decision: "Listed") -> str:
    """What a decision says, in words: "apart: article 3 from 5, 7"."""
    if decision.kind in {"pin", "hide", "rename"}:
        to = f" to {line(decision.title)}" if decision.kind == "rename" else ""
        story = (
            "a story that is gone" if decision.story_id is None else f"story {decision.story_id}"
        )
        return f"{decision.kind} {story}{to}"
    texts = " as copies" if decision.level == "copies" else ""
    if decision.kind == "together":
        return f"together{texts}: {_articles(decision.articles)}"
    return f"apart{texts}: {_articles(decision.articles)} from {_numbers(decision.others)}"


def _articles(ids: "Sequence[int]") -> str:
    return f"{'article' if len(ids) == 1 else 'articles'} {_numbers(ids)}"


def _numbers(ids: "Sequence[int]") -> str:
    if not ids:
        return "none that is there"
    more = f" and {len(ids) - _MOST} more" if len(ids) > _MOST else ""
    return ", ".join(map(str, ids[:_MOST])) + more
