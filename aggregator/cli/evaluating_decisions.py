"""The command `evaluate decisions`: computation alone beside what editors decided."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    optional_settings,
    present,
    reading,
)
from aggregator.cli.text import counted, line, say, say_json, screen_width, table

if TYPE_CHECKING:
    from aggregator.evaluation.decisions import Label, Scores
    from aggregator.storage.database import Database

__all__ = ["decisions"]

_HEADERS: Final = ("LEVEL", "PAIRS", "PRECISION", "RECALL", "F1")
_MOST: Final = 50


@click.command(epilog=examples("aggregator evaluate decisions"))
@feeds_option
@database_option
@as_json
def decisions(*, feeds: Path, db: Path, as_json: bool) -> None:
    """Measure computation by what editors decided, on your own database.

    Each "together" and "apart" that holds is taken for the truth about its pairs of articles, and
    compared with what the program would say of them today if nothing had been decided. Decisions
    are made where computation errs, so this tells where it errs, not how often: it is of use to
    compare settings, or versions, with each other. Changes nothing.
    """
    from aggregator.evaluation.decisions import score

    settings = optional_settings(feeds).clustering
    with reading(db) as database:
        found = score(database, settings, present())
        titles = _titles(database, found)
    if as_json:
        say_json(_as_object(found))
    elif any(found.pairs.values()):
        _show(found, titles)
    else:
        say("No decision says of articles that they are together or apart.")


def _as_object(found: "Scores") -> dict[str, object]:
    levels = [
        {"level": level, "pairs": found.pairs[level], **rates._asdict(), "f1": rates.f1}
        for level, rates in found.rates.items()
    ]
    return {"levels": levels, "disagreements": [asdict(each) for each in found.disagreements]}


def _titles(db: "Database", found: "Scores") -> dict[int, str]:
    from aggregator.storage import readers

    ids = {each for label in found.disagreements[:_MOST] for each in (label.a, label.b)}
    details = (readers.article(db, each) for each in sorted(ids))
    return {each.article.id: each.article.title for each in details if each is not None}


def _show(found: "Scores", titles: dict[int, str]) -> None:
    rows = [
        (level, str(found.pairs[level]), *(f"{value:.3f}" for value in (*rates, rates.f1)))
        for level, rates in found.rates.items()
        if found.pairs[level]
    ]
    say(table(_HEADERS, rows, screen_width(), right="PAIRS PRECISION RECALL F1"))
    if not found.disagreements:
        say("\nComputation alone says the same of all of them.")
        return
    say(f"\nOf {counted(len(found.disagreements), 'pair')} computation alone says otherwise:")
    for each in found.disagreements[:_MOST]:
        _show_one(each, titles)
    if len(found.disagreements) > _MOST:
        say(f"  and of {len(found.disagreements) - _MOST} more; --json has them all")


def _show_one(label: "Label", titles: dict[int, str]) -> None:
    what = "together" if label.together else "apart"
    level = "copies" if label.level == "copies" else "stories"
    say(f"  {level}: decision {label.decision} has {label.a} and {label.b} {what}")
    for each in (label.a, label.b):
        say(f"    article {each}  {line(titles[each])}")
