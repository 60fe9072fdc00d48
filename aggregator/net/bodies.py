"""A body as it comes over the wire, unpacked and counted while it comes."""

import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from aggregator.net.failures import NetworkError, Reason

__all__ = ["CODINGS", "Body", "receive"]

CODINGS: Final = "gzip, deflate"
_MOST_CODINGS: Final = 2
# Names that stand for no coding; the last is a slip that servers make.
_PLAIN: Final = frozenset({"", "identity", "none", "utf-8"})
_STEP: Final = 65_536
_DEFLATE: Final = 8
_GZIP: Final = 31
_ZLIB: Final = 15
_BARE: Final = -15
_ZLIB_HEAD: Final = 2
# Each part costs time, however little is in it.
_MOST_MEMBERS: Final = 1000
_GZIP_BEGINS: Final = b"\x1f\x8b"


@dataclass(slots=True)
class Body:
    """What has come so far: bytes on the wire, what they unpack to; `cut` where not all."""

    wire: int = 0
    content: bytearray = field(default_factory=bytearray)
    cut: bool = False


class _Unpacker(Protocol):
    """Takes pieces and gives pieces, none of them large."""

    def feed(self, piece: bytes) -> Iterator[bytes]: ...

    def end(self) -> None:
        """Raise NetworkError("truncated") where more should have come."""


async def receive(
    pieces: AsyncIterator[bytes], coding: str, most: int, body: Body, *, cut: bool = False
) -> None:
    """Fill `body` with at most `most` bytes, unpacked by Content-Encoding `coding`.

    More than that, before or after unpacking or between two codings, is too much: what is there
    is kept where `cut`, else it raises NetworkError("too_large"). Raises NetworkError also for
    "protocol" (a coding that was not asked for, or packed wrongly) and "truncated".
    """
    unpackers = _unpackers(coding, most)
    try:
        async for piece in pieces:
            body.wire += len(piece)
            for content in _through(unpackers, piece):
                body.content += content
                if len(body.content) > most:
                    raise _too_large(most)
            if body.wire > most:
                raise _too_large(most)
    except NetworkError as error:
        if not cut or error.reason != "too_large":
            raise
        del body.content[most:]
        body.cut = True
        return
    for unpacker in unpackers:
        unpacker.end()


def _through(unpackers: list[_Unpacker], piece: bytes) -> Iterator[bytes]:
    """A piece through one unpacker after the other."""
    if not unpackers:
        yield piece
        return
    for unpacked in unpackers[0].feed(piece):
        yield from _through(unpackers[1:], unpacked)


def _unpackers(coding: str, most: int) -> list[_Unpacker]:
    """What undoes the codings, the last one first."""
    names = [each.strip().lower() for each in coding.split(",")]
    names = [each for each in names if each not in _PLAIN]
    if len(names) > _MOST_CODINGS:
        raise NetworkError(Reason.PROTOCOL, f"packed {len(names)} times over")
    for name in names:
        if name not in {"gzip", "x-gzip", "deflate"}:
            detail = f"packed with {name!r}, which was not asked for"
            raise NetworkError(Reason.PROTOCOL, detail)
    return [_Deflate(most) if name == "deflate" else _Gzip(most) for name in reversed(names)]


class _Gzip:
    """Unpacks gzip, members one after the other; what follows the last and is no gzip is let be."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._unzip = zlib.decompressobj(_GZIP)
        self._begun = self._over = False
        self._members = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while piece and not self._over:
            if self._members and not self._begun and not _GZIP_BEGINS.startswith(piece[:2]):
                self._over = True
                return
            self._begun = True
            yield from self._steps(piece)
            if not self._unzip.eof:
                return
            piece = self._next_member()

    def _next_member(self) -> bytes:
        """Make ready for another member; returns what has come of it."""
        rest = self._unzip.unused_data
        self._unzip, self._begun = zlib.decompressobj(_GZIP), False
        self._members += 1
        if self._members > _MOST_MEMBERS:
            detail = f"packed in more than {_MOST_MEMBERS} parts"
            raise NetworkError(Reason.PROTOCOL, detail)
        return rest

    def end(self) -> None:
        if self._begun:
            raise NetworkError(Reason.TRUNCATED, "the packed answer ended before it was complete")

    def _steps(self, piece: bytes) -> Iterator[bytes]:
        """Unpack in steps, however much one piece may hold."""
        while True:
            try:
                content = self._unzip.decompress(piece, _STEP)
            except zlib.error as error:
                detail = f"the answer could not be unpacked: {error}"
                raise NetworkError(Reason.PROTOCOL, detail) from error
            self._size += len(content)
            if self._size > self._most:
                raise _too_large(self._most)
            if content:
                yield content
            piece = self._unzip.unconsumed_tail
            # At the end this holds what follows it, which is not ours to unpack.
            if self._unzip.eof or (not piece and len(content) < _STEP):
                return


class _Deflate(_Gzip):
    """Unpacks deflate, in zlib's wrapping as it should be, or bare as some send it."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._head = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if self._over:
            return
        if len(self._head) < _ZLIB_HEAD:
            self._head += piece
            if len(self._head) < _ZLIB_HEAD:
                return
            self._unzip = zlib.decompressobj(_ZLIB if _wrapped(self._head) else _BARE)
            piece, self._begun = self._head, True
        yield from self._steps(piece)
        self._over = self._unzip.eof
        self._begun = not self._over

    def end(self) -> None:
        if self._head and not self._over:
            self._begun = True
        super().end()


def _wrapped(head: bytes) -> bool:
    """Whether two bytes are the head of zlib's format."""
    method, check = head[0] & 0x0F, head[0] << 8 | head[1]
    return method == _DEFLATE and check % 31 == 0


def _too_large(most: int) -> NetworkError:
    return NetworkError(Reason.TOO_LARGE, f"more than {most} bytes")
