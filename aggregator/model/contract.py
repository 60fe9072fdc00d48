"""The contract with readers as values: views with their columns, queries with their parameters."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Column", "ColumnType", "Parameter", "Query", "Result", "Value", "View", "literal"]

ColumnType = Literal["integer", "real", "text", "time", "boolean", "json"]
"""A time is text in UTC and ISO 8601, a boolean 0 or 1, json text that holds JSON."""

Value = str | int | float | None
"""What a field of a row holds."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view; `unit` is what a figure counts, "" where it counts nothing."""

    name: str
    type: ColumnType
    meaning: str
    example: str | int | float
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One view for readers; `key` are the columns that no two of its rows have alike."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named parameter of a query with the value that it has unless another is given."""

    name: str
    default: str | int | float | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """A documented query; `sql` is one SELECT, `about` says more than `title` where that helps."""

    name: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def literal(value: str | float | None) -> str:
    """A value as SQL has it."""
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
