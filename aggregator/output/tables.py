"""Rows of a view as JSON Lines and as CSV, in pieces as they come: no more than one is in memory.

The types are the contract's: times are UTC, booleans are booleans, lists are lists.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from aggregator.model.contract import Column, Value

__all__ = ["Kind", "csv", "jsonl", "kind", "unguarded"]

Row = Sequence[Value]

_PIECE: Final = 1 << 18
# What JSON allows and programs that read line by line, or terminals, do not.
_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What a spreadsheet takes for a formula, or leaves out before one; see OWASP, "CSV Injection". The
# apostrophe is there so that the guard can be told from what was there before.
_FORMULA: Final = re.compile("[\\s\0]*[=+\\-@|%'\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_GUARD: Final = "'"


class Kind(StrEnum):
    """What the values of a column are, where they are not NULL."""

    INTEGER = "integer"
    REAL = "real"
    TEXT = "text"
    TIME = "time"
    BOOLEAN = "boolean"
    TEXTS = "list of texts"
    INTEGERS = "list of integers"
    JSON = "json"


def kind(column: Column) -> Kind:
    """What a column's values are; of JSON its example tells which."""
    if column.type != "json":
        return Kind(column.type)
    example = json.loads(str(column.example))
    if isinstance(example, list) and all(isinstance(each, str) for each in example):
        return Kind.TEXTS
    if isinstance(example, list) and all(isinstance(each, int) for each in example):
        return Kind.INTEGERS
    return Kind.JSON


# --- JSON Lines ------------------------------------------------------------------------------


def jsonl(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON object for each row, in UTF-8, each on a line of its own."""
    fields = [(column.name, _readers().get(kind(column), _as_it_is)) for column in columns]

    def line(row: Row) -> str:
        values = {
            name: None if value is None else read(value)
            for (name, read), value in zip(fields, row, strict=True)
        }
        text = json.dumps(values, ensure_ascii=False)
        return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"

    return _pieces(map(line, rows))


def _readers() -> dict[Kind, Callable[[Value], object]]:
    return {
        Kind.BOOLEAN: bool,
        Kind.TEXTS: _loaded,
        Kind.INTEGERS: _loaded,
        Kind.JSON: _loaded,
    }


def _loaded(value: Value) -> object:
    return json.loads(str(value))


def _as_it_is(value: Value) -> object:
    return value


# --- CSV -------------------------------------------------------------------------------------


def csv(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """A line of names, then one for each row, in UTF-8, as RFC 4180 has it.

    Texts stand in quotes; NULL is nothing at all, an empty text `""`; booleans are true and false,
    lists JSON. A text that a spreadsheet would take for a formula gets an apostrophe before it, as
    does one that begins with an apostrophe: `unguarded` takes it off again.
    """
    kinds = [kind(column) for column in columns]

    def line(row: Row) -> str:
        return ",".join(map(_field, kinds, row)) + "\r\n"

    names = ",".join(_quoted(column.name) for column in columns) + "\r\n"
    return _pieces(_first(names, map(line, rows)))


def unguarded(text: str) -> str:
    """A text as it was before it was guarded for CSV."""
    return text.removeprefix(_GUARD)


def _field(what: Kind, value: Value) -> str:
    if value is None:
        return ""
    if what in {Kind.INTEGER, Kind.REAL}:
        return str(value)
    if what is Kind.BOOLEAN:
        return "true" if value else "false"
    text = str(value)
    return _quoted(f"{_GUARD}{text}" if _FORMULA.match(text) else text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _first(line: str, lines: Iterable[str]) -> Iterator[str]:
    yield line
    yield from lines


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """The lines as bytes, so many together that writing them costs little."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    yield "".join(held).encode("utf-8", "replace")
