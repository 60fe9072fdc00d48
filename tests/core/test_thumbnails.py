"""Small pictures: of all that may come, only what was decoded and drawn anew is kept."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aggregator.core.thumbnails import SIDE, NoPicture, Thumbnail, thumbnail


def _written(width: int, height: int, kind: str, **more: object) -> bytes:
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_webp_of_the_same_shape(kind: str) -> None:
    made = thumbnail(_written(1600, 900, kind))
    assert isinstance(made, Thumbnail)
    with Image.open(io.BytesIO(made.body)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (SIDE, 270))
    assert (made.width, made.height) == (SIDE, 270)
    assert len(made.body) < 20_000


def test_a_small_one_is_not_made_larger() -> None:
    made = thumbnail(_written(200, 100, "PNG"))
    assert isinstance(made, Thumbnail)
    assert (made.width, made.height) == (200, 100)


def test_what_is_transparent_becomes_white() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(clear, "PNG")
    made = thumbnail(clear.getvalue())
    assert isinstance(made, Thumbnail)
    with Image.open(io.BytesIO(made.body)) as opened:
        assert opened.convert("RGB").getpixel((50, 50)) == (255, 255, 255)


def test_it_is_turned_as_the_camera_says_and_nothing_else_is_kept_of_what_it_wrote() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"
    made = thumbnail(_written(800, 400, "JPEG", exif=exif, icc_profile=b"profile"))
    assert isinstance(made, Thumbnail)
    assert (made.width, made.height) == (240, SIDE)
    assert b"taken at home" not in made.body
    with Image.open(io.BytesIO(made.body)) as opened:
        assert {"exif", "icc_profile", "xmp"}.isdisjoint(opened.info)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "unknown"),
        (b"<html>no picture</html>", "unknown"),
        (_written(300, 200, "BMP"), "unknown"),
        (_written(300, 200, "TIFF"), "unknown"),
        (_written(1, 1, "GIF"), "too_small"),
        (_written(1000, 63, "PNG"), "too_small"),
        (_written(1000, 70, "PNG"), "shape"),
        (_written(800, 600, "JPEG")[:2000], "broken"),
    ],
)
def test_none_is_made_of_what_is_no_picture_for_a_card(body: bytes, reason: str) -> None:
    assert thumbnail(body) == NoPicture(reason)


def _bomb(side: int) -> bytes:
    """A PNG that says it has `side` times `side` pixels, and little else."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("side", "reason"), [(7_000, "too_large"), (30_000, "unknown")])
def test_one_that_would_unpack_to_far_too_much_is_not_unpacked(side: int, reason: str) -> None:
    assert thumbnail(_bomb(side)) == NoPicture(reason)


_SOUND = _written(300, 200, "JPEG"), _written(300, 200, "PNG"), _written(300, 200, "WEBP")


@given(st.sampled_from(_SOUND), st.integers(0, 3000), st.binary(max_size=40))
def test_whatever_is_changed_in_a_file_it_is_a_picture_or_none(
    body: bytes, place: int, put: bytes
) -> None:
    made = thumbnail(body[:place] + put + body[place + len(put) :])
    if isinstance(made, Thumbnail):
        with Image.open(io.BytesIO(made.body), formats=["WEBP"]) as opened:
            assert max(opened.size) <= SIDE
