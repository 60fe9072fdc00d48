"""What encoding a feed is in is found out, whoever says what of it."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.feeds.decoding import as_text

GERMAN = "Größe – „Übermaß“ für äußerst schöne Blüten"
CHINESE = "习近平同志在北京举行的会议上发表重要讲话"
JAPANESE = "東京で会議が開かれた、日本語の文章です。"
KOREAN = "서울에서 열린 회의에서 대통령이 밝혔다"
RUSSIAN = "Привет, мир — новости дня"


def feed(title: str, declared: str = "") -> str:
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    return f"{head}<rss version='2.0'><channel><title>{title}</title></channel></rss>"


@pytest.mark.parametrize(
    ("title", "declared", "real"),
    [
        (GERMAN, "utf-16", "utf-8"),
        (GERMAN, "us-ascii", "utf-8"),
        (GERMAN, "iso-8859-1", "utf-8"),
        (GERMAN, "windows-1251", "utf-8"),
        (GERMAN, "gb2312", "utf-8"),
        (GERMAN, "utf-8", "cp1252"),
        (GERMAN, "iso-8859-1", "cp1252"),
        (GERMAN, "utf-8", "utf-16-le"),
        (GERMAN, "iso-8859-1", "utf-16-be"),
        (GERMAN, "", "utf-16-le"),
        (GERMAN, "utf-7", "utf-8"),
        (GERMAN, "macintosh", "mac_roman"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (RUSSIAN, "windows-1251", "utf-8"),
        (CHINESE, "gb2312", "gbk"),
        (CHINESE, "gb2312", "utf-8"),
        (JAPANESE, "Shift_JIS", "cp932"),
        (JAPANESE, "Shift_JIS", "utf-8"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        (KOREAN, "euc-kr", "cp949"),
        (KOREAN, "euc-kr", "utf-8"),
    ],
)
def test_a_declaration_counts_unless_the_letters_tell_otherwise(
    title: str, declared: str, real: str
) -> None:
    text = feed(title, declared)
    assert as_text(text.encode(real)).text == text


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "gbk", "utf-16", "nonsense"])
def test_a_header_that_lies_spoils_no_utf_8(charset: str) -> None:
    text = feed(GERMAN * 2, "utf-8")
    assert as_text(text.encode(), f"text/xml; charset={charset}").text == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_mark_that_lies_is_left_out(mark: bytes) -> None:
    assert as_text(mark + feed(GERMAN).encode()).text == feed(GERMAN)


def test_halves_of_a_letter_are_put_together() -> None:
    body = feed("a\ud83d\ude00b\ud800c").encode("utf-8", "surrogatepass")
    found = as_text(body)
    assert found.text == feed("a😀b\ufffdc")
    assert "in halves" in found.warning


@given(st.text(min_size=30), st.integers(0, 20), st.sampled_from([0x80, 0x96, 0xC3, 0xE4, 0xFF]))
def test_a_stray_byte_spoils_nothing_else(text: str, place: int, stray: int) -> None:
    before, after = text[:place], text[place:]
    body = f"<t>{GERMAN}{before}".encode() + bytes([stray]) + f" {after}".encode()
    found = as_text(body)
    assert found.text.startswith(f"<t>{GERMAN}{before}")
    assert found.text.endswith(f" {after}")
    assert "1 bytes are not UTF-8" in found.warning


# None is at the head of a letter in UTF-8, so that no two of them make one.
STRAYS = st.text("\u2013\u201e\u201c\u20ac\u2026\xa0\xbb", min_size=1, max_size=3)
WORDS = st.sampled_from(
    ["Müller", "Größe", "It’s", "“so”", "Łódź", "Привет", "東京", "😀", "ASCII"]
)


@pytest.mark.parametrize("declared", ["", "utf-8"])
@pytest.mark.parametrize("header", ["", "text/xml", "text/xml; charset=utf-8"])
@given(st.lists(st.tuples(WORDS, st.just("utf-8")) | st.tuples(STRAYS, st.just("cp1252"))))
def test_however_few_letters_there_are_strays_spoil_none(
    header: str, declared: str, parts: list[tuple[str, str]]
) -> None:
    body = b" ".join(text.encode(name) for text, name in parts)
    head, tail = feed("|", declared).encode().split(b"|")
    found = as_text(head + body + tail, header).text
    assert found == feed(" ".join(text for text, _ in parts), declared)


@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("body", "text"),
    [(b"M\xc3\xbcller \x96 x", "Müller – x"), (b"It\xe2\x80\x99s \x96a\x96", "It’s –a–")],
)
def test_one_letter_outlives_as_many_strays(charset: str, body: bytes, text: str) -> None:
    found = as_text(b"<rss>" + body, f"text/xml; charset={charset}")
    assert found.text == f"<rss>{text}"


@pytest.mark.parametrize(
    "text", ["« La liberté\xa0»", "«LIBERTÉ»", "CAFÉ\xa0: fermé", "„Übermaß“", "„Müller“ – schön"]
)
@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1"])
def test_what_is_utf_8_by_chance_alone_is_none(text: str, charset: str) -> None:
    found = as_text(feed(text).encode("cp1252"), f"text/xml; charset={charset}")
    assert found.text == feed(text)
    assert bool(found.warning) == (charset != "iso-8859-1")


@given(st.binary(max_size=60), st.text(max_size=20))
def test_any_bytes_are_text(body: bytes, content_type: str) -> None:
    assert isinstance(as_text(body, content_type).text, str)
    assert isinstance(as_text(b"<rss>" + body, f"text/xml; charset={content_type}").text, str)
