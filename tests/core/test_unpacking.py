"""Gzip that comes without its header is unpacked, within limits, or said to be broken."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.feeds import parse
from aggregator.core.feeds.unpacking import MOST_BYTES, unpacked
from aggregator.model import ParsedFeed, Rejected

FEED = (
    b"<rss version='2.0'><channel><item><title>Gr\xc3\xb6\xc3\x9fe</title></item></channel></rss>"
)
URL = "https://served.example/feed"


def reason(found: bytes | Rejected) -> str:
    assert isinstance(found, Rejected)
    assert found.stage == "parse"
    return found.reason


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(FEED),
        gzip.compress(gzip.compress(FEED)),
        gzip.compress(FEED[:20]) + gzip.compress(FEED[20:]),
        gzip.compress(FEED) + bytes(700),
        gzip.compress(FEED) + b"<!-- slipped -->",
    ],
    ids=["once", "twice", "in parts", "padded", "with slips"],
)
def test_undeclared_gzip_is_a_feed_and_said(body: bytes) -> None:
    found = parse(body, {"content-type": "application/gzip"}, URL)
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].title == "Größe"
    assert found.warnings == ("the server sent gzip without saying so",)


def test_what_is_inside_is_named_if_it_is_no_feed() -> None:
    found = parse(gzip.compress(b"<!doctype html><title>Start</title>"), {}, URL)
    assert isinstance(found, Rejected)
    assert found.reason == "html"


@given(st.integers(2, len(gzip.compress(FEED)) - 1))
def test_gzip_cut_anywhere_is_malformed(length: int) -> None:
    assert reason(unpacked(gzip.compress(FEED)[:length])) == "malformed"


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_are_a_body_or_a_reason(rest: bytes) -> None:
    found = unpacked(b"\x1f\x8b" + rest)
    assert isinstance(found, bytes) or found.detail


@given(st.binary(max_size=5000), st.integers(0, 5000))
def test_the_limit_is_exact(inside: bytes, most: int) -> None:
    packed = gzip.compress(inside)
    if inside.startswith(b"\x1f\x8b"):
        return
    if len(inside) <= most:
        assert unpacked(packed, most) == inside
    else:
        assert reason(unpacked(packed, most)) == "too_large"


def test_a_bomb_is_not_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000), 1)
    tracemalloc.start()
    try:
        assert reason(unpacked(bomb)) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 3 * MOST_BYTES
    finally:
        tracemalloc.stop()


def test_endless_parts_and_layers_are_refused() -> None:
    assert reason(unpacked(gzip.compress(b"") * 100_000)) == "compressed"
    assert reason(unpacked(gzip.compress(gzip.compress(gzip.compress(FEED))))) == "compressed"
