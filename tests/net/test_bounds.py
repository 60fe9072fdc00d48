"""Whatever a server does, a request ends in time, within its bounds, and with a reason."""

import asyncio
import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Failed, Fetched, FetchResult, NotModified, Validators
from aggregator.net.bodies import Body, receive
from aggregator.net.client import Client
from aggregator.net.failures import NetworkError
from aggregator.settings import NetworkSettings
from tests.support.raw import Behaviour, RawServer, answer, reset

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST = 1_000_000
SETTINGS = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=10_000,
    timeout=0.6,
    deadline=1.5,
    max_feed_bytes=MOST,
    max_header_bytes=20_000,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)
PATIENT = replace(SETTINGS, timeout=20, deadline=40)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def raw() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def ask(url: str, settings: NetworkSettings = PATIENT) -> FetchResult:
    async def run() -> FetchResult:
        async with Client(settings, lambda: NOW) as client:
            return await client.feed(url, Validators())

    return asyncio.run(run())


def for_ever(first: bytes, again: bytes, pause: float = 0.0) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(again)
            time.sleep(pause)

    return behave


def parts(*said: bytes, pause: float = 0.05) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        for part in said:
            connection.sendall(part)
            time.sleep(pause)

    return behave


def then_reset(said: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        parts(said)(connection)
        reset(connection)

    return behave


def then_silent(said: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(said)
        connection.recv(1)

    return behave


def packed(body: bytes, *codings: str) -> Behaviour:
    return answer(body, "200 OK", f"Content-Encoding: {', '.join(codings)}")


BOMB = gzip.compress(bytes(50 * MOST))
SLOW = {
    "silence from the start": then_silent(b""),
    "silence after the head": then_silent(OK + b"Content-Length: 9\r\n\r\n"),
    "a head dripped by bytes": for_ever(OK + b"X-A: ", b"a", 0.1),
    "a head dripped by lines": for_ever(OK, b"X-A: b\r\n", 0.1),
    "a body dripped": for_ever(OK + b"\r\n", b"a", 0.1),
    "a body with a length, dripped": for_ever(OK + b"Content-Length: 99999\r\n\r\n", b"a", 0.1),
    "a chunk's extension without end": for_ever(CHUNKED + b"1;", b"a" * 4096),
}
LARGE = {
    "a body without end": for_ever(OK + b"\r\n", b"a" * 65_536),
    "chunks without end": for_ever(CHUNKED, b"1000\r\n" + b"a" * 4096 + b"\r\n"),
    "a length that is too large": answer(b"abc", "200 OK", "Content-Length: 1000001"),
    "a length beyond all numbers": answer(b"abc", "200 OK", f"Content-Length: {'9' * 30}"),
    "100 without end": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 without end": for_ever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "a flood of headers": for_ever(OK, b"X-A: bbbbbbbbbbbbbbbbbb\r\n"),
    "a header without end": for_ever(OK + b"X: ", b"b" * 1000),
    "a status line without end": for_ever(b"HTTP/1.1 200 ", b"b" * 1000),
    "a flood of trailers": for_ever(CHUNKED + b"0\r\n", b"X-A: bbbbbbbbbbbbbbbbb\r\n"),
    "a gzip bomb": packed(BOMB, "gzip"),
    "a deflate bomb": packed(zlib.compress(bytes(50 * MOST)), "deflate"),
    "a bomb within a gzip": packed(gzip.compress(BOMB), "gzip", "gzip"),
    "a bomb after a bomb": packed(gzip.compress(bytes(MOST - 9)) * 2, "gzip"),
}
BROKEN = {
    "no answer": (lambda _connection: None, "connection"),
    "a reset": (reset, "connection"),
    "a reset within the head": (then_reset(OK + b"Conten"), "connection"),
    "a reset within the body": (then_reset(OK + b"Content-Length: 9\r\n\r\nabc"), "connection"),
    "an end within the head": (parts(OK + b"Conten"), "protocol"),
    "another protocol": (parts(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
    "no status": (parts(b"HTTP/1.1 abc\r\n\r\n"), "protocol"),
    "a status of four digits": (parts(b"HTTP/1.1 2000 OK\r\n\r\nabc"), "protocol"),
    "an upgrade nobody asked for": (parts(b"HTTP/1.1 101 Switching\r\n\r\nabc"), "protocol"),
    "a header without a name": (parts(OK + b"what is this\r\n\r\nabc"), "protocol"),
    "a NUL in a header": (parts(OK + b"X-A: b\0c\r\n\r\nabc"), "protocol"),
    "fewer bytes than said": (answer(b"abc", "200 OK", "Content-Length: 10"), "truncated"),
    "a length below nothing": (answer(b"abc", "200 OK", "Content-Length: -3"), "protocol"),
    "a length in letters": (answer(b"abc", "200 OK", "Content-Length: abc"), "protocol"),
    "two lengths": (
        answer(b"abc", "200 OK", "Content-Length: 3", "Content-Length: 4"),
        "protocol",
    ),
    "chunks that stop": (parts(CHUNKED + b"5\r\nabc"), "truncated"),
    "chunks without the last": (parts(CHUNKED + b"3\r\nabc\r\n"), "truncated"),
    "chunks of no size": (parts(CHUNKED + b"zz\r\nabc\r\n"), "protocol"),
    "chunks of all sizes": (parts(CHUNKED + b"f" * 40 + b"\r\nabc\r\n"), "protocol"),
    "gzip that stops": (packed(gzip.compress(b"x" * 9999)[:-9], "gzip"), "truncated"),
    "deflate that stops": (packed(zlib.compress(b"x" * 9999)[:-9], "deflate"), "truncated"),
    "gzip that is none": (packed(b"hello", "gzip"), "protocol"),
    "gzip with a wrong sum": (packed(gzip.compress(b"abc")[:-8] + bytes(8), "gzip"), "protocol"),
    "brotli": (packed(b"\x0b\x01\x80abc\x03", "br"), "protocol"),
    "zstd": (packed(b"\x28\xb5\x2f\xfd", "zstd"), "protocol"),
    "gzip in very many parts": (
        packed(gzip.compress(gzip.compress(b"") * (MOST // 25)), "gzip", "gzip"),
        "protocol",
    ),
    "gzip three times over": (packed(b"", "gzip", "gzip", "gzip"), "protocol"),
    "gzip that goes from hop to hop": (
        answer(gzip.compress(b"abc"), "200 OK", "Transfer-Encoding: gzip"),
        "protocol",
    ),
}


@pytest.mark.parametrize("behaviour", SLOW.values(), ids=SLOW.keys())
def test_slow_answers_end_in_time(raw: RawServer, behaviour: Behaviour) -> None:
    result = ask(raw.on("/", behaviour), SETTINGS)
    assert isinstance(result, Failed)
    assert (result.reason, result.transient) == ("timeout", True)
    assert result.hops[0].seconds < SETTINGS.deadline + 5
    assert result.hops[0].outcome == "timeout"


@pytest.mark.parametrize("behaviour", LARGE.values(), ids=LARGE.keys())
def test_large_answers_are_refused_while_they_come(raw: RawServer, behaviour: Behaviour) -> None:
    url = raw.on("/", behaviour)
    tracemalloc.start()
    result = ask(url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(result, Failed)
    assert (result.reason, result.transient) == ("too_large", False)
    assert peak < 12 * MOST


@pytest.mark.parametrize(("behaviour", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_answers_are_named(raw: RawServer, behaviour: Behaviour, reason: str) -> None:
    result = ask(raw.on("/", behaviour))
    assert isinstance(result, Failed)
    assert (result.reason, result.transient) == (reason, True)
    assert len(result.detail) > 10
    assert result.hops[0].outcome == reason


@pytest.mark.parametrize(
    "behaviour",
    [
        answer(b"abcdef", "200 OK", "Content-Length: 3"),
        answer(b"abc", head=b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
        answer(b"3\r\nabc\r\n0\r\nX-A: b\r\n\r\n", "200 OK", "Transfer-Encoding: chunked"),
        parts(OK + b"X-Folded: a\r\n b\r\n\r\nabc"),
        packed(gzip.compress(b"abc"), "gzip"),
        packed(gzip.compress(b"abc"), "x-gzip"),
        packed(gzip.compress(b"abc") + b"\0" * 30, "gzip"),
        packed(gzip.compress(b"abc") + b"behind the end", "gzip"),
        packed(gzip.compress(b"a") + gzip.compress(b"bc"), "gzip"),
        packed(zlib.compress(b"abc"), "deflate"),
        packed(zlib.compress(b"abc", wbits=-15), "deflate"),
        packed(gzip.compress(zlib.compress(b"abc")), "deflate", "gzip"),
        packed(b"abc", "identity"),
        packed(b"abc", "utf-8"),
    ],
)
def test_odd_answers_that_can_be_read_are_read(raw: RawServer, behaviour: Behaviour) -> None:
    result = ask(raw.on("/", behaviour))
    assert isinstance(result, Fetched)
    assert result.body == b"abc"


def test_the_deadline_holds_for_all_redirects_together(raw: RawServer) -> None:
    def slow(number: int) -> Behaviour:
        location = f"Location: /{number + 1}"
        last = answer(b"", "302 Found", location, "Connection: close")

        def behave(connection: socket.socket) -> None:
            time.sleep(0.4)
            last(connection)

        return behave

    for number in range(5):
        raw.on(f"/{number}", slow(number))
    result = ask(raw.url("/0"), replace(SETTINGS, timeout=10, deadline=1.0))
    assert isinstance(result, Failed)
    assert result.reason == "timeout"
    assert len(raw.heads) < 5


def test_waiting_for_a_polite_turn_is_not_counted(raw: RawServer) -> None:
    raw.on("/", answer(b"", "302 Found", "Location: /1", "Connection: close"))
    raw.on("/1", answer(b"abc", "200 OK", "Connection: close"))
    settings = replace(SETTINGS, seconds_between_requests=2.2, deadline=2.0, timeout=2.0)
    assert isinstance(ask(raw.url("/"), settings), Fetched)


def test_the_head_of_an_answer_counts_whatever_its_body_does(raw: RawServer) -> None:
    raw.on("/busy", for_ever(b"HTTP/1.1 429 No\r\nRetry-After: 60\r\n\r\n", b"a" * 1000))
    busy = ask(raw.url("/busy"))
    assert isinstance(busy, Failed)
    assert (busy.reason, busy.retry_after) == ("http_429", NOW.replace(minute=1))
    raw.on("/same", for_ever(b"HTTP/1.1 304 Same\r\n\r\n", b"a" * 1000))
    assert isinstance(ask(raw.url("/same")), NotModified)


def unpacked(body: bytes, coding: str, most: int, step: int) -> bytes | str:
    """What comes of `body` in pieces of `step` bytes, or the reason why nothing does."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    found = Body()
    try:
        asyncio.run(receive(pieces(), coding, most, found))
    except NetworkError as error:
        return error.reason.value
    return bytes(found.content)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
}


@given(
    st.one_of(st.binary(max_size=300), st.integers(0, 400_000).map(bytes)),
    st.sampled_from(sorted(CODINGS)),
    st.integers(1, 2000),
    st.one_of(st.integers(0, 400), st.integers(0, 500_000)),
    st.sampled_from(["whole", "cut", "followed"]),
)
def test_unpacking_gives_all_or_says_why(
    body: bytes, coding: str, step: int, most: int, end: str
) -> None:
    """However a body is cut into pieces; cut off or too large it never passes for whole."""
    sent = CODINGS[coding](body)
    wanted: str | None = None
    if end == "cut":
        sent, wanted = sent[:-1], "truncated"
    elif end == "followed":
        sent += b"what does not belong to it"
    if max(len(sent), len(body)) > most or len(zlib.compress(body)) > most:
        wanted = "too_large"
    assert unpacked(sent, coding, most, step) == (body if wanted is None else wanted)
