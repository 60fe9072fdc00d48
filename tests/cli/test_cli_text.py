"""Text for the terminal: harmless, in columns; and JSON that says the same."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli.text import (
    clean,
    counted,
    json_line,
    line,
    local,
    paragraphs,
    shortened,
    table,
)

OBEYED = (
    {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
    | {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    | {"\u2028", "\u2029"}
)
ANY = st.text(
    st.one_of(
        st.characters(codec=None), st.sampled_from("\x1b\x9b\x9d[]();m\x07\\P0;1\r\n\t\ud800")
    )
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain\ntext\twith ümläut", "plain\ntext\twith ümläut"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9cx", "x"),
        ("\x1b]0;never ended", "0;never ended"),
        ("\x1bP1$r\x1b\\x", "x"),
        ("\x1b(0x", "x"),
        ("\x1bcx", "x"),
        ("\x1b", ""),
        ("a\rb", "ab"),
        ("a\r\nb\x85c\u2028d", "a\nb\nc\nd"),
        ("\u202eevil\u202c", "evil"),
        ("half \ud83d pair", "half  pair"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("\x1b\x1b[31m[31m", "[31m"),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(ANY)
def test_nothing_a_terminal_obeys_is_left(raw: str) -> None:
    assert not OBEYED & set(clean(raw))
    clean(raw).encode()
    assert "\n" not in line(raw)


@pytest.mark.parametrize("start", ["\x1b]", "\x9d", "\x1b[", "\x9b", "\x1bP", "\x1b "])
def test_hostile_text_takes_no_longer(start: str) -> None:
    assert len(clean(start * 200_000)) <= 400_000
    clean(start + "0" * 200_000)


@given(st.recursive(ANY, lambda inner: st.lists(inner) | st.dictionaries(ANY, inner)))
def test_json_says_the_same_and_is_harmless(value: object) -> None:
    written = json_line(value)
    assert json.loads(written) == value
    assert not OBEYED & set(written)
    written.encode()


def test_times() -> None:
    assert local(None) == "-"
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert local(moment) == moment.astimezone().strftime("%Y-%m-%d %H:%M")
    assert json_line({"at": moment}) == '{"at": "2026-03-01T12:00:00Z"}'


def test_counted() -> None:
    assert counted(1, "entry", "entries") == "1 entry"
    assert counted(1234, "entry", "entries") == "1,234 entries"
    assert counted(0, "feed") == "0 feeds"


def test_a_table_lines_up_whatever_the_script() -> None:
    shown = table(
        ("N", "NAME", "REST"), [("7", "東京", "a\tb"), ("12", "e\u0301t", "c")], None, "N"
    )
    assert shown == " N  NAME  REST\n 7  東京  a b\n12  e\u0301t    c"


def test_the_last_column_is_cut_to_the_screen() -> None:
    shown = table(("ID", "TITLE"), [("1", "word " * 30)], 40)
    assert all(len(each) <= 40 for each in shown.splitlines())
    assert shown.endswith("…")
    assert shortened("東京の橋", 5) == "東京…"
    assert table(("ID", "TITLE"), [], 40) == "ID  TITLE"


def test_paragraphs_are_filled_and_list_items_hang() -> None:
    shown = paragraphs("one two three four five six seven\n- eight nine ten eleven", 20)
    assert shown.splitlines() == [
        "one two three four",
        "five six seven",
        "- eight nine ten",
        "  eleven",
    ]
    assert paragraphs("as it is\n\x1b[1m- list", None, "  ") == "  as it is\n  - list"
