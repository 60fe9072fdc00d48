"""The contract with readers of the database: its views and columns, and queries to begin with.

Both are package data in aggregator/contract: views.toml, and one file of SQL per query, whose first
comment line is its title; further ones say more, or give a parameter as `:name = 24  meaning`.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import NotFound, UsageError
from aggregator.model.contract import Column, Parameter, Query, Result, View

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["parse_query", "queries", "query", "run", "version", "views"]

_PARAMETER: Final = re.compile(r":(\w+) = ('[^']*'|-?[\d.]+|NULL)(?:\s+(.*))?")


def version() -> int:
    """The version of the contract that this program keeps."""
    return int(_laid_down()["version"])


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


def query(name: str) -> Query:
    """The documented query with this name; raises NotFound, naming those that there are."""
    known = {each.name: each for each in queries()}
    if name not in known:
        message = f"there is no query {name!r}; there are: {', '.join(known)}"
        raise NotFound(message)
    return known[name]


def run(db: "Database", asked: Query, parameters: Mapping[str, str | int | float | None]) -> Result:
    """Run a query with `parameters` in place of its defaults, of which "12" is 12 where that is.

    Raises UsageError for a parameter that it does not have, or a word in place of a number.
    """
    values: dict[str, str | float | None] = {each.name: each.default for each in asked.parameters}
    if unknown := sorted(parameters.keys() - values):
        known = ", ".join(values) or "none"
        message = f"{asked.name} has no parameter {unknown[0]!r}; it has: {known}"
        raise UsageError(message)
    values |= {name: _typed(name, given, values[name]) for name, given in parameters.items()}
    columns, rows = db.table(asked.sql, values)
    return Result(columns, rows)


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
    return Parameter(found[1], _literal(found[2]), found[3] or "")


def _literal(written: str) -> str | int | float | None:
    if written == "NULL":
        return None
    if written.startswith("'"):
        return written[1:-1]
    return float(written) if "." in written else int(written)


def _typed(name: str, given: str | float | None, default: str | float | None) -> str | float | None:
    """Give a value the type of the default that it stands in for; text of a number is one."""
    if isinstance(default, int | float) and isinstance(given, str):
        try:
            return type(default)(given)
        except ValueError as error:
            message = f"the parameter {name} is a number, not {given!r}"
            raise UsageError(message) from error
    return given


def _columns(found: Mapping[str, Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(Column(name, **said) for name, said in found.items())


def _laid_down() -> Mapping[str, Any]:
    return tomllib.loads((_folder() / "views.toml").read_text("utf-8"))


def _folder() -> Traversable:
    return resources.files("aggregator") / "contract"
