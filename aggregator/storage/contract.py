"""The contract with readers of the database: its views and columns, and queries to begin with.

Both are package data in aggregator/contract: views.toml, and one file of SQL per query, whose first
comment line is its title; further ones say more, or give a parameter as `:name = 24  meaning`.
"""

import re
import sqlite3
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aggregator.errors import NotFound, UsageError
from aggregator.model.contract import Column, Parameter, Query, Result, View, literal

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = [
    "Given",
    "given",
    "introduction",
    "names",
    "parse_query",
    "queries",
    "query",
    "run",
    "script",
    "version",
    "view",
    "views",
]

Given = str | float | None
"""The value of a parameter; an int where its default is one."""

_Named = TypeVar("_Named", View, Query)

# SQLite's integers have 64 bits.
_BEYOND: Final = 2**63
_PARAMETER: Final = re.compile(r":(\w+) = ('(?:[^']|'')*'|-?[\d.]+|NULL)(?:\s+(.*))?")


def version() -> int:
    """The version of the contract that this program keeps."""
    return int(_laid_down()["version"])


def introduction() -> str:
    """The page on the contract in Markdown, where {version}, {views} and {queries} are missing."""
    return (_folder() / "schema.md").read_text("utf-8")


def views() -> tuple[View, ...]:
    """All views for readers, in the order in which they are worth reading."""
    return tuple(
        View(name, found["meaning"], tuple(found.get("key", ())), _columns(found["columns"]))
        for name, found in _laid_down()["views"].items()
    )


def queries() -> tuple[Query, ...]:
    """All documented queries, by name."""
    files = sorted((_folder() / "queries").iterdir(), key=lambda each: each.name)
    return tuple(
        parse_query(each.name.removesuffix(".sql"), each.read_text("utf-8"))
        for each in files
        if each.name.endswith(".sql")
    )


def view(name: str) -> View:
    """The view with this name; raises NotFound, naming those that there are."""
    return _named("view", name, views())


def query(name: str) -> Query:
    """The documented query with this name; raises NotFound, naming those that there are."""
    return _named("query", name, queries())


def given(asked: Query, parameters: Mapping[str, Given]) -> dict[str, Given]:
    """All parameters of a query: `parameters` where they name them, else the defaults.

    Text takes the type of the default: "12" is 12 where that is a number. Raises UsageError for a
    parameter that the query does not have, or a word in place of a number.
    """
    values = {each.name: each.default for each in asked.parameters}
    if unknown := sorted(parameters.keys() - values):
        known = ", ".join(values) or "none"
        message = f"{asked.name} has no parameter {unknown[0]!r}; it has: {known}"
        raise UsageError(message)
    return values | {name: _typed(name, each, values[name]) for name, each in parameters.items()}


def run(
    db: "Database", asked: Query, parameters: Mapping[str, Given], *, most: int | None = None
) -> Result:
    """Run a query with `parameters` in place of its defaults; gives all rows, or `most` of them.

    Raises UsageError as `given` does, and for values that the query cannot work with: words that
    full-text search cannot read, what is no time, numbers beyond those of SQLite.
    """
    values = given(asked, parameters)
    _require_usable(db, asked, values)
    try:
        return Result(*db.table(asked.sql, values, most=most))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise _unusable(asked, values, str(error)) from error


def _require_usable(db: "Database", asked: Query, values: Mapping[str, Given]) -> None:
    """Raise UsageError for what SQLite would fail for, or silently take for NULL: a bad time."""
    for name, value in values.items():
        if isinstance(value, int | float) and not -_BEYOND <= value < _BEYOND:
            message = f"the parameter {name} is too large: {value}"
            raise UsageError(message)
    if "now" not in values:
        return
    if db.value("SELECT julianday(?)", (values["now"],)) is None:
        raise _unusable(asked, values, f"{values['now']!r} is no time that SQLite reads")
    for unit in ("hours", "days"):
        back = f"-{values.get(unit, 0)} {unit}"
        if db.value("SELECT julianday(?, ?)", (values["now"], back)) is None:
            raise _unusable(asked, values, f"so many {unit} cannot be counted back")


def _unusable(asked: Query, values: Mapping[str, Given], why: str) -> UsageError:
    said = ", ".join(f"{name}={value}" for name, value in values.items())
    return UsageError(f"{asked.name} cannot be asked with {said}: {why}")


def script(asked: Query, parameters: Mapping[str, Given]) -> str:
    """A query as SQLite's own shell reads it, with its parameters set."""
    values = given(asked, parameters)
    sets = [f'.parameter set :{name} "{_for_shell(value)}"' for name, value in values.items()]
    return "\n".join([*([".parameter init"] if sets else []), *sets, f"{asked.sql};"])


def names(db: "Database") -> tuple[str, ...]:
    """All tables and views that there are, for readers or not."""
    rows = db.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
    return tuple(row["name"] for row in rows)


def parse_query(name: str, text: str) -> Query:
    """Read one query's file: comment lines with title, more about it and parameters, then SQL."""
    lines = text.strip().splitlines()
    begin = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    title, *rest = (line.removeprefix("--").strip() for line in lines[:begin])
    found = [(line, _PARAMETER.fullmatch(line)) for line in rest]
    return Query(
        name,
        title,
        " ".join(line for line, match in found if match is None),
        tuple(_parameter(match) for _, match in found if match is not None),
        "\n".join(lines[begin:]).rstrip(";"),
    )


def _parameter(found: re.Match[str]) -> Parameter:
    return Parameter(found[1], _value(found[2]), found[3] or "")


def _value(written: str) -> Given:
    if written == "NULL":
        return None
    if written.startswith("'"):
        return written[1:-1].replace("''", "'")
    return float(written) if "." in written else int(written)


def _typed(name: str, value: Given, default: Given) -> Given:
    """Give a value the type of the default that it stands in for."""
    if isinstance(default, int | float) and isinstance(value, str):
        try:
            return type(default)(value)
        except ValueError as error:
            kind = "whole number" if isinstance(default, int) else "number"
            message = f"the parameter {name} is a {kind}, not {value!r}"
            raise UsageError(message) from error
    return value


def _for_shell(value: Given) -> str:
    """A value as SQL within double quotes, where the shell knows escapes as C does."""
    sql = literal(value).replace("\\", "\\\\").replace('"', '\\"')
    return sql.replace("\n", "\\n").replace("\r", "\\r")


def _named(kind: str, name: str, there: Sequence[_Named]) -> _Named:
    for each in there:
        if each.name == name:
            return each
    message = f"there is no {kind} {name!r}; there are: {', '.join(each.name for each in there)}"
    raise NotFound(message)


def _columns(found: Mapping[str, Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(name, **said) for name, said in found.items())


def _laid_down() -> Mapping[str, Any]:
    return tomllib.loads((_folder() / "views.toml").read_text("utf-8"))


def _folder() -> Traversable:
    return resources.files("aggregator") / "contract"
