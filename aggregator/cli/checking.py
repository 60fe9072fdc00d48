"""The command `check`: configuration and database, each broken promise by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    missing,
    present,
)
from aggregator.cli.text import counted, line, say, say_json
from aggregator.errors import ConfigError, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.config import Config
    from aggregator.storage.soundness import Broken

__all__ = ["check"]

_MOST_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: at a 1-based line of the file, or in so many places."""

    problem: str
    line: int | None = None
    count: int = 1
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of one file."""

    path: Path
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


@click.command(epilog=examples("aggregator check"))
@feeds_option
@database_option
@as_json
@click.pass_context
def check(context: click.Context, *, feeds: Path, db: Path, as_json: bool) -> None:
    """Check feeds.yaml and the database, and name whatever is wrong.

    Of the file: unknown keys, wrong values, feeds that stand twice, selectors that are not sound,
    each with its line; of site configs, what cannot be used of them. Of the database: its schema,
    that the file is sound, that references lead somewhere, that the full-text index and all stored
    figures are true. Changes nothing; ends with 1 where anything is wrong.
    """
    found = {"configuration": _configuration(feeds), "database": _database(db)}
    if as_json:
        say_json(found)
    else:
        for findings in found.values():
            _show(findings)
    context.exit(1 if any(findings.problems for findings in found.values()) else 0)


def _configuration(path: Path) -> Findings:
    """What is wrong with the file, line by line."""
    from aggregator.config import load, load_rules

    try:
        config = load(path)
        load_rules()
    except ConfigError as error:
        problems = tuple(Problem(what, at) for at, what in error.errors)
        return Findings(error.path or path, problems)
    own = (
        counted(len(config.rules), "phrase rule"),
        counted(len(config.sites), "site rule"),
        counted(len(config.webhooks), "webhook"),
    )
    notes = (counted(len(config.feeds), "feed"), *(each for each in own if each[0] != "0"))
    rules, unsigned = _site_configs(config), _unsigned(config)
    return Findings(path, (), (*notes, *config.warnings, *rules, *unsigned))


def _unsigned(config: "Config") -> "Iterator[str]":
    """Which webhooks have no secret here; a run may have another environment than this command."""
    from aggregator.config.webhooks import secrets_of

    for hook in config.webhooks:
        try:
            secrets_of(hook, config.path.parent)
        except ConfigError as error:
            yield str(error)


def _site_configs(config: "Config") -> "Iterator[str]":
    """How many files with rules for sites there are, and what in them is of no use."""
    if config.site_folder is None:
        return
    from aggregator.config.sitebook import SiteBook

    book = SiteBook(config.sites, config.site_folder)
    unused = list(book.unused())
    lines = f", of which {counted(len(unused), 'line')} cannot be used" if unused else ""
    yield f"{counted(book.file_count, 'site config')} in {config.site_folder}{lines}"
    for file, (number, why) in unused[:_MOST_LINES]:
        yield f"  {file} line {number}: {why}"
    if len(unused) > _MOST_LINES:
        yield f"  and {counted(len(unused) - _MOST_LINES, 'line')} more"


def _database(path: Path) -> Findings:
    """Which promises the database breaks."""
    from aggregator.storage.soundness import PROMISES, broken_promises

    try:
        if not path.exists():
            raise missing(path)
        found = tuple(broken_promises(path, present()))
    except DatabaseError as error:
        return Findings(path, (Problem(str(error)),))
    kept = len(PROMISES) - len(found)
    problems = tuple(_problem(each) for each in found if each.count)
    unchecked = tuple(f"not checked: {b.promise} ({b.examples[0]})" for b in found if not b.count)
    figures = f"{kept} of {counted(len(PROMISES), 'promise')} kept"
    return Findings(path, problems, (figures, *unchecked))


def _problem(broken: "Broken") -> Problem:
    return Problem(
        f"broken promise: {broken.promise}", count=broken.count, examples=broken.examples
    )


def _show(findings: Findings) -> None:
    say(f"{findings.path}: {'wrong' if findings.problems else 'fine'}")
    for note in findings.notes:
        say(f"  {line(note)}")
    for problem in findings.problems:
        at = "" if problem.line is None else f"line {problem.line}: "
        places = f" ({counted(problem.count, 'place')}: " if problem.examples else ""
        more = ", ..." if problem.count > len(problem.examples) else ""
        examples = ", ".join(line(each) for each in problem.examples)
        say(f"  {at}{line(problem.problem)}{places}{examples}{more + ')' if places else ''}")
