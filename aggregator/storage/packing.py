"""How the keys of an article's text are kept: packed, little-endian, eight bytes each."""

import struct
from collections.abc import Sequence

__all__ = ["pack_keys", "unpack_keys"]


def pack_keys(keys: Sequence[int]) -> bytes:
    """Keep band keys as little-endian 64-bit integers."""
    return struct.pack(f"<{len(keys)}q", *keys)


def unpack_keys(packed: bytes) -> tuple[int, ...]:
    """Read what `pack_keys` wrote."""
    return struct.unpack(f"<{len(packed) // 8}q", packed)
