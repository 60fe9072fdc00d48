"""Unpacks a feed that came as gzip without the header that says so, never beyond a limit."""

import zlib
from typing import Final

from aggregator.model import Rejected

__all__ = ["MOST_BYTES", "unpacked"]

MOST_BYTES: Final = 10_000_000
_MAGIC: Final = b"\x1f\x8b"
# One server packs its file, another in front of it packs the answer: more is no accident.
_LAYERS: Final = 2
# A stream may be of several members; each costs a little however short it is.
_MEMBERS: Final = 1000
_CHUNK: Final = 65_536
_GZIP: Final = 16 + zlib.MAX_WBITS


def unpacked(body: bytes, most: int = MOST_BYTES) -> bytes | Rejected:
    """Give `body` as it is, or what is in it where it begins as gzip: at most `most` bytes.

    Rejected (stage "parse") is what is larger (too_large), broken or cut short (malformed), or
    packed over and over (compressed). No more than the limit is ever unpacked.
    """
    for _ in range(_LAYERS):
        if not body.startswith(_MAGIC):
            return body
        try:
            inside = _inflated(body, most)
        except zlib.error as error:
            return _rejected("malformed", f"the server sent broken gzip: {error}")
        if isinstance(inside, Rejected):
            return inside
        body = inside
    if body.startswith(_MAGIC):
        return _rejected("compressed", "the server sent gzip within gzip; tell the publisher")
    return body


def _inflated(packed: bytes, most: int) -> bytes | Rejected:
    found: list[bytes] = []
    left, members = most, 1
    stream = zlib.decompressobj(_GZIP)
    for begin in range(0, len(packed), _CHUNK):
        rest = packed[begin : begin + _CHUNK]
        while rest:
            if stream.eof:
                if not _MAGIC.startswith(rest[:2]):
                    return b"".join(found)  # padding, or what a server let slip behind it
                members += 1
                stream = zlib.decompressobj(_GZIP)
            if members > _MEMBERS:
                return _rejected("compressed", f"gzip of more than {_MEMBERS} parts is no feed")
            found.append(stream.decompress(rest, left + 1))
            left -= len(found[-1])
            if left < 0:
                return _rejected("too_large", f"the gzip unpacks to more than {most} bytes")
            rest = stream.unused_data
    if not stream.eof:
        return _rejected("malformed", "the server sent gzip that is cut short")
    return b"".join(found)


def _rejected(reason: str, detail: str) -> Rejected:
    return Rejected("parse", reason, detail)
