"""The commands for those who read the database by SQL: schema, query."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import as_json, database_option, elsewhere, examples, program, reading
from aggregator.cli.text import (
    counted,
    line,
    say,
    say_bytes,
    say_json,
    screen_width,
    shortened,
    table,
)
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.model.contract import Query, Result, Value, View

__all__ = ["query", "schema"]

_WIDEST: Final = 60


@click.command(
    epilog=examples("aggregator schema", "aggregator schema stories", "aggregator schema --json")
)
@click.argument("view", required=False)
@click.option("--page", is_flag=True, help="Write all of it as a page in Markdown.")
@as_json
def schema(*, view: str | None, page: bool, as_json: bool) -> None:
    """Show what readers of the database may rely on: its views and their columns.

    Without VIEW, all views in a line each. docs/schema.md has all of it with examples. Within a
    version of this contract nothing is removed, renamed or changes its meaning.
    """
    from aggregator.output.schema_page import page as made
    from aggregator.storage import contract

    if page and (view or as_json):
        message = "--page writes all of it, as Markdown: leave out VIEW and --json"
        raise UsageError(message)
    found = contract.views() if view is None else (contract.view(view),)
    if page:
        text = made(contract.introduction(), contract.version(), found, contract.queries())
        say_bytes(text.removesuffix("\n"))
    elif as_json:
        say_json({"version": contract.version(), "views": found})
    elif view is None:
        say(table(("VIEW", "MEANING"), [(v.name, v.meaning) for v in found], screen_width()))
        say(f"\nThe columns of one: {program()} schema {found[1].name}")
    else:
        _show_view(found[0])


def _show_view(view: "View") -> None:
    say(f"{view.name}: {view.meaning}\n")
    rows = [
        (each.name, each.type, "NULL" if each.nullable else "", each.unit, each.meaning)
        for each in view.columns
    ]
    say(table(("COLUMN", "TYPE", "", "UNIT", "MEANING"), rows, screen_width()))


@click.command(
    epilog=examples(
        "aggregator query",
        "aggregator query top-stories",
        "aggregator query top-stories --param hours=48 --json",
        "aggregator query top-stories --sql | sqlite3 -box news.db",
    )
)
@click.argument("name", required=False)
@click.option(
    "--param",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Ask with this value instead of the default; for each parameter.",
)
@click.option("--sql", is_flag=True, help="Write the query itself, with its parameters set.")
@database_option
@as_json
def query(*, name: str | None, given: Sequence[str], sql: bool, db: Path, as_json: bool) -> None:
    """Run one of the documented queries, or without NAME list them.

    They are examples of what can be asked of the database by SQL; docs/schema.md shows them all.
    Nothing is written.
    """
    from aggregator.storage import contract

    if name is None:
        _list(contract.queries(), elsewhere(db), as_json=as_json)
        return
    asked, values = contract.query(name), contract.given(contract.query(name), _pairs(given))
    if sql and as_json:
        message = "--sql writes the query itself: leave out --json"
        raise UsageError(message)
    if sql:
        say_bytes(contract.script(asked, values))
        return
    with reading(db) as database:
        found = contract.run(database, asked, values)
    if as_json:
        say_json([dict(zip(found.columns, row, strict=True)) for row in found.rows])
    else:
        _show(asked, values, found)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            message = f"--param {each}: write it as NAME=VALUE"
            raise UsageError(message)
        pairs[name.strip().removeprefix(":")] = value
    return pairs


def _list(found: Sequence["Query"], at: str, *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    rows = [(each.name, each.title) for each in found]
    say(table(("NAME", "WHAT IT SHOWS"), rows, screen_width()))
    say(f"\nRun one: {program()} query {found[0].name}{at}")


def _show(asked: "Query", values: "Mapping[str, Value]", found: "Result") -> None:
    said = ", ".join(f"{n} {'NULL' if v is None else v}" for n, v in values.items())
    say(f"{asked.title}{f' ({said})' if said else ''}\n")
    if not found.rows:
        say("Nothing. Other parameters may find more: aggregator query --help")
        return
    numbers = [
        name
        for at, name in enumerate(found.columns)
        if all(isinstance(row[at], int | float | None) for row in found.rows)
    ]
    rows = [[_cell(value) for value in row] for row in found.rows]
    say(table(found.columns, rows, screen_width(), right=" ".join(numbers)))
    say(f"\n{counted(len(found.rows), 'row')}")


def _cell(value: "Value") -> str:
    """A field as a cell; only the beginning of a long text."""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1 else f"{value:,.1f}"
    return "" if value is None else shortened(line(str(value)), _WIDEST)
