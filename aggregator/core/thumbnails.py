"""A small picture of a large one: whatever came is decoded and drawn anew, by Pillow.

To be run in a worker process with limits: decoders are written in C and read what strangers sent.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

__all__ = ["SIDE", "NoPicture", "Thumbnail", "thumbnail"]

SIDE: Final = 480
"""The longer side of a small picture, in pixels: twice what a card shows."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS: Final = 40_000_000
_LEAST_SIDE: Final = 64
_LONGEST_SHAPE: Final = 5
_QUALITY: Final = 72


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A WebP with nothing in it but the picture; sides in pixels."""

    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why none was made: `reason` is unknown, too_large, too_small, shape or broken."""

    reason: str


def thumbnail(body: bytes) -> Thumbnail | NoPicture:
    """Make a picture of at most 480 pixels a side from a JPEG, PNG, WebP or GIF.

    None is made of what has more than 40 million pixels, a side of fewer than 64 (it is there to
    count readers) or is more than five times as long as wide. The first of moving ones is taken;
    what is transparent becomes white; nothing that was written into the file is kept.
    """
    try:
        # Pillow warns of what it takes for a bomb, well beyond what is taken here.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(body), formats=_FORMATS) as opened,
        ):
            reason = _unfit(*opened.size)
            return NoPicture(reason) if reason else _drawn(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return NoPicture("unknown")
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError):
        # What decoders raise for files that are cut short or made up.
        return NoPicture("broken")


def _unfit(width: int, height: int) -> str:
    """Why a picture of this size is none for a card; nothing where it is one."""
    if width * height > _MOST_PIXELS:
        return "too_large"
    if min(width, height) < _LEAST_SIDE:
        return "too_small"
    return "shape" if max(width, height) > _LONGEST_SHAPE * min(width, height) else ""


def _drawn(opened: Image.Image) -> Thumbnail:
    # A JPEG is decoded no larger than it is wanted: an eighth of the time.
    opened.draft("RGB", (2 * SIDE, 2 * SIDE))
    picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    written = io.BytesIO()
    plain.save(written, "WEBP", quality=_QUALITY, method=4)
    return Thumbnail(written.getvalue(), *plain.size)
