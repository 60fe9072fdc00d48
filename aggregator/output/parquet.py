"""Rows of a view as Parquet with typed columns, in pieces as they come: the one home of pyarrow."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import UsageError
from aggregator.model.contract import Column
from aggregator.output.tables import Kind, Row, kind

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["parquet"]

# A row group is made in memory: so many rows or letters of text.
_MOST_ROWS: Final = 10_000
_MOST_LETTERS: Final = 8_000_000


def parquet(
    columns: Sequence[Column], rows: Iterable[Row], about: dict[str, str]
) -> Iterator[bytes]:
    """A Parquet file: times are timestamps in UTC (milliseconds), lists are lists, and so on.

    `about` is kept in the file's own metadata. Raises UsageError where pyarrow is not installed.
    """
    schema = _schema(columns, about)
    return _written(schema, [kind(column) for column in columns], rows)


def _schema(columns: Sequence[Column], about: dict[str, str]) -> "pa.Schema":
    try:
        import pyarrow as pa
    except ImportError as error:
        pip = f"{quote(sys.executable)} -m pip"
        message = f"Parquet needs pyarrow, an extra: {pip} install 'aggregator[parquet]'"
        raise UsageError(message) from error
    types = {
        Kind.INTEGER: pa.int64(),
        Kind.REAL: pa.float64(),
        Kind.TEXT: pa.string(),
        Kind.TIME: pa.timestamp("ms", tz="UTC"),
        Kind.BOOLEAN: pa.bool_(),
        Kind.TEXTS: pa.list_(pa.string()),
        Kind.INTEGERS: pa.list_(pa.int64()),
        Kind.JSON: pa.string(),
    }
    fields = [
        pa.field(each.name, types[kind(each)], each.nullable, {"meaning": each.meaning})
        for each in columns
    ]
    return pa.schema(fields, about)


def _written(schema: "pa.Schema", kinds: Sequence[Kind], rows: Iterable[Row]) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    sink = _Sink()
    # Smallest and largest are kept of each row group to the end, so not of texts.
    short = [
        field.name
        for field, what in zip(schema, kinds, strict=True)
        if what in {Kind.INTEGER, Kind.REAL, Kind.TIME, Kind.BOOLEAN}
    ]
    with ParquetWriter(
        pa.PythonFile(sink, "w"), schema, compression="zstd", write_statistics=short
    ) as writer:
        for portion in _portions(rows):
            arrays = [
                _array(pa, field.type, what, values)
                for field, what, values in zip(
                    schema, kinds, zip(*portion, strict=True), strict=True
                )
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _array(pa: Any, type_: Any, what: Kind, values: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow ships no types
    if what is Kind.TIME:
        return pa.array(values, pa.string()).cast(type_)
    if what is Kind.BOOLEAN:
        values = [None if value is None else bool(value) for value in values]
    elif what in {Kind.TEXTS, Kind.INTEGERS}:
        values = [None if value is None else json.loads(value) for value in values]
    return pa.array(values, type_)


def _portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    held: list[Row] = []
    letters = 0
    for row in rows:
        held.append(row)
        letters += sum(len(value) for value in row if isinstance(value, str))
        if len(held) >= _MOST_ROWS or letters >= _MOST_LETTERS:
            yield held
            held, letters = [], 0
    if held:
        yield held


class _Sink:
    """A file that only gives away what was written to it."""

    closed = False

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: "pa.Buffer") -> int:
        """Take in a piece."""
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        """How much was ever written."""
        return self._size

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The end."""
        self.closed = True

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
