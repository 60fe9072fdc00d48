"""Rows as JSON Lines, CSV and Parquet: read back by others, they are what they were."""

import csv
import io
import json
import re
import shlex
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import UsageError
from aggregator.model.contract import Column, ColumnType, Value
from aggregator.output import tables
from aggregator.output.parquet import parquet
from aggregator.output.tables import Kind, kind, unguarded


def column(name: str, type_: ColumnType, example: str | int = "") -> Column:
    return Column(name, type_, "What it is.", example, nullable=True)


COLUMNS = (
    column("id", "integer", 1),
    column("share", "real", 1),
    column("text", "text", "x"),
    column("at", "time", "2026-03-01T12:00:00Z"),
    column("yes", "boolean", 1),
    column("names", "json", '["a"]'),
    column("numbers", "json", "[1]"),
    column("sent", "json", '{"a": "b"}'),
)
ROW: tuple[Value, ...] = (
    7, 0.5, 'An "odd"\none, ü', "2026-03-01T12:00:00Z", 1, '["Ä", "b"]', "[3, 4]", '{"k": "v"}',
)  # fmt: skip
NOTHING: tuple[Value, ...] = (None,) * len(COLUMNS)


def whole(pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


def test_kinds_are_told_by_types_and_examples() -> None:
    assert [kind(each) for each in COLUMNS] == [
        Kind.INTEGER, Kind.REAL, Kind.TEXT, Kind.TIME, Kind.BOOLEAN, Kind.TEXTS, Kind.INTEGERS,
        Kind.JSON,
    ]  # fmt: skip
    assert kind(column("gone", "json", "[]")) is Kind.TEXTS


def test_json_lines_are_typed() -> None:
    first, second = whole(tables.jsonl(COLUMNS, [ROW, NOTHING])).decode().splitlines()
    assert json.loads(first) == {
        "id": 7, "share": 0.5, "text": 'An "odd"\none, ü', "at": "2026-03-01T12:00:00Z",
        "yes": True, "names": ["Ä", "b"], "numbers": [3, 4], "sent": {"k": "v"},
    }  # fmt: skip
    assert set(json.loads(second).values()) == {None}


def test_csv_tells_nothing_from_an_empty_text() -> None:
    rows = [(1, "", None), (2, None, "")]
    columns = (COLUMNS[0], COLUMNS[2], column("more", "text", "x"))
    assert whole(tables.csv(columns, rows)) == b'"id","text","more"\r\n1,"",\r\n2,,""\r\n'


def test_csv_has_lists_as_json_and_booleans_as_words() -> None:
    text = whole(tables.csv(COLUMNS, [ROW])).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["yes"], row["names"], row["share"]) == ("true", '["Ä", "b"]', "0.5")
    assert row["text"] == 'An "odd"\none, ü'


@pytest.mark.parametrize(
    "text",
    [
        *('=HYPERLINK("http://evil.example")', "+1+1", "-2+3", "@SUM(A1)", "|calc", "%0a=1"),
        *(
            " =1+1",
            "\t=1",
            "\r=1",
            "\n=1",
            "\u00a0=1",
            "\uff1d1+1",
            "\uff0b1",
            "\uff0d1",
            "\uff20A1",
            "'=1",
        ),
    ],
)
def test_csv_never_begins_a_cell_as_a_formula(text: str) -> None:
    written = whole(tables.csv((COLUMNS[2],), [(text,)])).decode()
    _, (cell,) = csv.reader(io.StringIO(written, newline=""))
    assert cell == f"'{text}"
    assert unguarded(cell) == text


def test_csv_leaves_numbers_and_plain_texts_alone() -> None:
    written = whole(tables.csv((COLUMNS[0], COLUMNS[2]), [(-5, "a=b"), (1, "ok - so")])).decode()
    assert written.splitlines()[1:] == ['-5,"a=b"', '1,"ok - so"']


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.none() | TEXTS), max_size=8))
def test_csv_and_json_lines_lose_nothing(rows: list[tuple[int, str | None]]) -> None:
    columns = (COLUMNS[0], COLUMNS[2])
    lines = whole(tables.jsonl(columns, rows)).decode().splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    text = whole(tables.csv(columns, rows)).decode()
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert [(int(a), unguarded(b)) for a, b in read] == [(a, b or "") for a, b in rows]


# --- Parquet ---------------------------------------------------------------------------------


def read_parquet(content: bytes) -> Any:  # noqa: ANN401 - pyarrow ships no types
    from pyarrow import parquet as reader

    return reader.read_table(io.BytesIO(content))


def test_parquet_is_typed() -> None:
    table = read_parquet(whole(parquet(COLUMNS, [ROW, NOTHING], {"view": "made_up"})))
    assert [str(field.type) for field in table.schema] == [
        *("int64", "double", "string", "timestamp[ms, tz=UTC]", "bool"),
        *("list<element: string>", "list<element: int64>", "string"),
    ]
    assert table.schema.metadata[b"view"] == b"made_up"
    first, second = table.to_pylist()
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert list(first.values()) == [
        *(7, 0.5, 'An "odd"\none, ü', moment, True, ["Ä", "b"], [3, 4], '{"k": "v"}')
    ]
    assert set(second.values()) == {None}


def test_parquet_of_no_rows_has_its_columns() -> None:
    table = read_parquet(whole(parquet(COLUMNS, [], {})))
    assert (table.num_rows, table.column_names) == (0, [each.name for each in COLUMNS])


def test_parquet_comes_in_pieces() -> None:
    rows = ((number, "long " * 1_000_000) for number in range(4))
    pieces = list(parquet((COLUMNS[0], COLUMNS[2]), rows, {}))
    assert sum(1 for piece in pieces if piece) >= 3
    assert read_parquet(b"".join(pieces)).column("id").to_pylist() == [0, 1, 2, 3]


def test_without_pyarrow_it_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    pip = f"{shlex.quote(sys.executable)} -m pip"
    with pytest.raises(UsageError, match=re.escape(f"{pip} install 'aggregator[parquet]'")):
        parquet(COLUMNS, [], {})
