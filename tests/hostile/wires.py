"""What a hostile server does on the wire, and as what each is to be recorded."""

import gzip
import socket
import time
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from tests.support.raw import Behaviour, answer, reset

__all__ = ["ROBOTS", "WIRES", "Wire", "head_and_more"]

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_MILLION: Final = 1_000_000
_FEED: Final = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


class Wire(NamedTuple):
    """A behaviour, and the reasons one of which must be recorded for it."""

    behaviour: Behaviour
    reasons: frozenset[str]


def _for_ever(first: bytes, again: bytes, pause: float = 0.0) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(again)
            time.sleep(pause)

    return behave


def _then_reset(said: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(said)
        time.sleep(0.05)
        reset(connection)

    return behave


def _then_silent(said: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(said)
        connection.recv(1)

    return behave


def head_and_more(said: bytes) -> Behaviour:
    """Say `said`, and close."""
    return lambda connection: connection.sendall(said)


def _packed(body: bytes, *codings: str) -> Behaviour:
    return answer(body, "200 OK", f"Content-Encoding: {', '.join(codings)}")


def _to(location: str, status: str = "302 Found") -> Behaviour:
    return answer(b"", status, f"Location: {location}", "Connection: close")


def _ever_on(connection: socket.socket) -> None:
    _to(f"?{time.monotonic_ns()}")(connection)


@cache
def _bomb() -> bytes:
    """A gzip of 200 MB of nothing, in 200 KB."""
    return gzip.compress(bytes(200 * _MILLION), 1)


@cache
def _zlib_bomb() -> bytes:
    return zlib.compress(bytes(200 * _MILLION), 1)


def _late(make: "object", *codings: str) -> Behaviour:
    """Pack when asked: what is not needed yet takes no memory."""
    assert callable(make)

    def behave(connection: socket.socket) -> None:
        _packed(make(), *codings)(connection)

    return behave


def _wire(behaviour: Behaviour, *reasons: str) -> Wire:
    return Wire(behaviour, frozenset(reasons))


def _forbidden(location: str) -> Wire:
    return _wire(_to(location), "forbidden_address")


WIRES: Final[Mapping[str, Wire]] = {
    # Time.
    "silence from the start": _wire(_then_silent(b""), "timeout"),
    "silence after the head": _wire(_then_silent(_OK + b"Content-Length: 9\r\n\r\n"), "timeout"),
    "silence within the body": _wire(_then_silent(_OK + b"Content-Length: 99\r\n\r\na"), "timeout"),
    "a head dripped by bytes": _wire(_for_ever(_OK + b"X-A: ", b"a", 0.1), "timeout"),
    "a head dripped by lines": _wire(_for_ever(_OK, b"X-A: b\r\n", 0.1), "timeout"),
    "a body dripped": _wire(_for_ever(_OK + b"\r\n", b"a", 0.1), "timeout"),
    "chunks dripped": _wire(_for_ever(_CHUNKED, b"1\r\na\r\n", 0.1), "timeout"),
    "a chunk's extension without end": _wire(
        _for_ever(_CHUNKED + b"1;", b"a" * 65_536), "timeout", "too_large", "protocol"
    ),
    # Size.
    "a body without end": _wire(_for_ever(_OK + b"\r\n", b"a" * 65_536), "too_large"),
    "chunks without end": _wire(
        _for_ever(_CHUNKED, b"10000\r\n" + b"a" * 65_536 + b"\r\n"), "too_large"
    ),
    "a length beyond all bounds": _wire(
        answer(b"abc", "200 OK", "Content-Length: 99999999999"), "too_large"
    ),
    "100 Continue without end": _wire(
        _for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "too_large"
    ),
    "103 Early Hints without end": _wire(
        _for_ever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 100), "too_large"
    ),
    "100,000 headers": _wire(
        head_and_more(_OK + b"X-A: b\r\n" * 100_000 + b"\r\n"), "too_large", "protocol"
    ),
    "a header of 10 MB": _wire(
        head_and_more(_OK + b"X-A: " + b"b" * 10 * _MILLION + b"\r\n\r\n"), "too_large", "protocol"
    ),
    "a status line without end": _wire(_for_ever(b"HTTP/1.1 200 ", b"b" * 50_000), "too_large"),
    "trailers without end": _wire(
        _for_ever(_CHUNKED + b"0\r\n", b"X-A: bbbbbbbb\r\n"), "too_large"
    ),
    # Packing.
    "a gzip bomb": _wire(_late(_bomb, "gzip"), "too_large"),
    "a deflate bomb": _wire(_late(_zlib_bomb, "deflate"), "too_large"),
    "a brotli bomb": _wire(_packed(b"\x0b" * 9999, "br"), "protocol"),
    "a zstd bomb": _wire(_packed(b"\x28\xb5\x2f\xfd" * 999, "zstd"), "protocol"),
    "a bomb within a gzip": _wire(
        _late(lambda: gzip.compress(_bomb()), "gzip", "gzip"), "too_large"
    ),
    "a bomb that nobody announces": _wire(_late(_bomb, "identity"), "too_large"),
    "gzip ten times over": _wire(_packed(_FEED, *["gzip"] * 10), "protocol"),
    "truncated gzip": _wire(_packed(gzip.compress(_FEED * 99)[:-9], "gzip"), "truncated"),
    "corrupt gzip": _wire(_packed(gzip.compress(_FEED)[:-8] + bytes(8), "gzip"), "protocol"),
    "gzip that is none": _wire(_packed(_FEED, "gzip"), "protocol"),
    # Framing.
    "fewer bytes than said": _wire(answer(b"abc", "200 OK", "Content-Length: 10"), "truncated"),
    "a feed cut short by its length": _wire(
        answer(_FEED, "200 OK", "Content-Length: 30"), "malformed", "protocol"
    ),
    "two lengths": _wire(
        answer(b"abc", "200 OK", "Content-Length: 3", "Content-Length: 4"), "protocol"
    ),
    "a length below nothing": _wire(answer(b"abc", "200 OK", "Content-Length: -3"), "protocol"),
    "chunks of no size": _wire(head_and_more(_CHUNKED + b"zz\r\nabc\r\n"), "protocol"),
    "chunks of all sizes": _wire(head_and_more(_CHUNKED + b"f" * 40 + b"\r\nabc\r\n"), "protocol"),
    "chunks that stop": _wire(head_and_more(_CHUNKED + b"5\r\nabc"), "truncated"),
    # Ends.
    "no answer": _wire(lambda _connection: None, "connection"),
    "a reset": _wire(reset, "connection"),
    "a reset within the head": _wire(_then_reset(_OK + b"Conten"), "connection"),
    "a reset within the body": _wire(
        _then_reset(_OK + b"Content-Length: 9\r\n\r\nabc"), "connection", "truncated"
    ),
    # No HTTP.
    "HTTP/0.9": _wire(head_and_more(_FEED), "protocol"),
    "binary garbage": _wire(head_and_more(bytes(range(256)) * 99), "protocol"),
    "TLS where there is none": _wire(
        head_and_more(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)), "protocol"
    ),
    "a status in letters": _wire(head_and_more(b"HTTP/1.1 abc\r\n\r\n"), "protocol"),
    "a status of four digits": _wire(head_and_more(b"HTTP/1.1 2000 OK\r\n\r\n"), "protocol"),
    "a header without a name": _wire(head_and_more(_OK + b"what\r\n\r\n" + _FEED), "protocol"),
    "NUL in a header": _wire(head_and_more(_OK + b"X: b\0c\r\n\r\n" + _FEED), "protocol"),
    # Statuses.
    "200 and nothing": _wire(answer(b""), "empty"),
    "204": _wire(head_and_more(b"HTTP/1.1 204 No Content\r\n\r\n"), "http_204", "empty"),
    "206": _wire(answer(b"<rss", "206 Partial Content"), "http_206"),
    "401 for ever": _wire(
        answer(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), "http_401"
    ),
    "503 until the year 9999": _wire(answer(b"", "503 No", f"Retry-After: {'9' * 50}"), "http_503"),
    "429 for a year": _wire(answer(b"", "429 No", "Retry-After: 31536000"), "http_429"),
    # Redirects.
    "a redirect to itself": _wire(_to("?"), "redirects"),
    "a redirect to ever new addresses": _wire(_ever_on, "redirects"),
    "a redirect to a file": _wire(_to("file:///etc/passwd"), "bad_url"),
    "a redirect to FTP": _wire(_to("ftp://127.0.0.1/"), "bad_url"),
    "a redirect to data": _wire(_to("data:text/xml,<rss/>"), "bad_url"),
    "a redirect to a script": _wire(_to("javascript:alert(1)"), "bad_url"),
    "a redirect to nowhere": _wire(answer(b"", "302 Found"), "http_302", "bad_url"),
    "a redirect of 1 MB": _wire(_to("/" + "a" * _MILLION), "too_large", "bad_url"),
    "a redirect to metadata of the cloud": _forbidden("http://169.254.169.254/latest/meta-data/"),
    "a redirect to a private network": _forbidden("http://10.0.0.1/"),
    "a redirect to loopback, version 6": _forbidden("http://[::1]/"),
    "a redirect to an address in decimal": _forbidden("http://2852039166/"),
    "a redirect to an address mapped": _forbidden("http://[::ffff:10.0.0.1]/"),
}

# What a site says of robots before its page is asked for.
ROBOTS: Final[Mapping[str, Behaviour]] = {
    "robots.txt dripped": _for_ever(_OK + b"\r\n", b"#", 0.1),
    "robots.txt without end": _for_ever(_OK + b"\r\n", b"Disallow: /a\n" * 5000),
    "robots.txt of stars": answer(
        b"User-agent: *\nDisallow: /"
        + b"*a" * 1000
        + b"b\n"
        + b"Disallow: /*a*a*a*a*a*a*b$\n" * 9000
    ),
    "robots.txt of garbage": answer(bytes(range(256)) * 1000),
}
