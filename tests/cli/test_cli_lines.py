"""JSON lines: whatever comes in, within bounds and in order."""

import asyncio
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli import lines
from aggregator.cli.lines import BadLine, Fields, Lines, WrongType, in_order, opened, parse
from aggregator.errors import NotFound


def numbered(raw: bytes) -> list[tuple[int, bytes | None]]:
    return list(Lines(io.BytesIO(raw)))


def test_lines_are_numbered_and_blank_ones_left_out() -> None:
    assert numbered(b"a\n\n \r\nb\nc") == [(1, b"a"), (4, b"b"), (5, b"c")]
    assert numbered(b"") == []


@given(st.lists(st.binary(max_size=200).filter(lambda raw: b"\n" not in raw)))
def test_no_line_is_lost_at_the_seams_of_chunks(written: list[bytes]) -> None:
    raw = b"\n".join(written)
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(lines, "_CHUNK", 7)
        assert [line for _, line in numbered(raw)] == [each for each in written if each.strip()]


def test_a_line_that_is_too_long_is_told_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_LONGEST", 100_000)
    raw = b"a\n" + b"x" * 1_000_000 + b"\nb\n" + b"y" * 100_001
    assert numbered(raw) == [(1, b"a"), (2, None), (3, b"b"), (4, None)]
    assert isinstance(parse(2, None), BadLine)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[1]", "not_json"),
        (b"null", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not_json"),
        (b'{"id": [1]}', "bad_id"),
        (b'{"id": true}', "bad_id"),
        (b'{"id": 1.5}', "bad_id"),
    ],
)
def test_a_bad_line_is_a_value(raw: bytes, reason: str) -> None:
    found = parse(3, raw)
    assert isinstance(found, BadLine)
    assert (found.number, found.id, found.reason) == (3, None, reason)


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    assert isinstance(parse(1, raw), Fields | BadLine)


def test_fields() -> None:
    found = parse(1, json.dumps({"id": "a", "title": None, "text": "t", "outlet": 3}).encode())
    assert isinstance(found, Fields)
    assert (found.id, found.text("title"), found.text("text"), found.text("lead")) == (
        "a",
        "",
        "t",
        "",
    )
    with pytest.raises(WrongType, match="outlet is not a text"):
        found.text("outlet")


# --- in order --------------------------------------------------------------------------------


def test_results_come_in_order_though_work_does_not_end_in_it() -> None:
    written: list[int] = []
    running = most = 0

    async def work(item: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01 if item % 3 else 0)
        running -= 1
        return item

    asyncio.run(in_order(iter(range(50)), work, written.append, ahead=4))
    assert written == list(range(50))
    assert 1 < most <= 4


def test_no_more_is_read_than_may_be_in_flight() -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            read.append(item)
            yield item

    def write(item: int) -> None:
        assert len(read) <= item + 1 + 4

    async def work(item: int) -> int:
        return item

    asyncio.run(in_order(items(), work, write, ahead=4))
    assert len(read) == 20


def test_a_failed_write_ends_it_with_that_error() -> None:
    def write(_item: int) -> None:
        raise BrokenPipeError

    async def work(item: int) -> int:
        return item

    with pytest.raises(BrokenPipeError):
        asyncio.run(in_order(iter(range(50)), work, write, ahead=4))


def test_who_waits_for_an_answer_before_sending_more_gets_it() -> None:
    read_end, write_end = os.pipe()
    answered = threading.Event()

    async def work(item: tuple[int, bytes | None]) -> tuple[int, bytes | None]:
        return item

    def send() -> None:
        os.write(write_end, b"first\n")
        if answered.wait(5):
            os.write(write_end, b"second\n")
        os.close(write_end)

    written: list[tuple[int, bytes | None]] = []

    def write(item: tuple[int, bytes | None]) -> None:
        written.append(item)
        answered.set()

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(read_end, "rb") as stream:
        asyncio.run(in_order(iter(Lines(stream)), work, write, ahead=8))
    sender.join()
    assert written == [(1, b"first"), (2, b"second")]


def test_waiting_for_input_can_be_given_up() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stream:
        waiting = Lines(stream)
        threading.Timer(0.05, waiting.stop).start()
        begun = time.monotonic()
        assert list(waiting) == []
        assert time.monotonic() - begun < 2
    os.close(write_end)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(NotFound, match="cannot be read"), opened(str(path)):
            pass
    (tmp_path / "some").write_bytes(b"x")
    with opened(str(tmp_path / "some")) as stream:
        assert stream.read() == b"x"
