"""From bytes to a tree: charsets, what is no page, and what parsers choke on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import page

TEXT = "Größe: 5 € für „Bäcker“"


def in_page(text: str, declared: str) -> str:
    return f"<html><head><meta charset='{declared}'></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("utf-8", "utf-8", TEXT),
        ("windows-1252", "cp1252", TEXT),
        ("iso-8859-1", "cp1252", TEXT),
        ("iso-8859-15", "iso-8859-15", "Größe: 5 €"),
        ("windows-1250", "cp1250", "Łódź, Kraków"),
        ("koi8-r", "koi8-r", "Мост закрыт"),
        ("gb2312", "gb18030", "桥梁关闭"),
        ("shift_jis", "cp932", "橋は閉鎖"),
        ("euc-kr", "cp949", "다리 폐쇄"),
    ],
)
def test_a_page_is_read_by_the_charset_it_declares(charset: str, codec: str, text: str) -> None:
    data = in_page(text, charset).encode(codec)

    assert text in page.decode(data)
    assert text in page.decode(data, f'text/html; charset="{charset}"')


def test_valid_utf8_is_utf8_whatever_is_declared() -> None:
    assert TEXT in page.decode(in_page(TEXT, "iso-8859-1").encode(), "text/html; charset=latin1")


def test_the_header_is_believed_before_the_page() -> None:
    data = in_page("Łódź", "iso-8859-1").encode("cp1250")

    assert "Łódź" in page.decode(data, "text/html; charset=windows-1250")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(codec: str) -> None:
    decoded = page.decode(in_page(TEXT, "latin1").encode(codec), "text/html; charset=latin1")

    assert decoded.startswith("<html>")
    assert TEXT in decoded


@pytest.mark.parametrize("label", ["utf-7", "utf-16", "no-such-charset", "idna", "rot13", "hex"])
def test_unfit_charsets_are_not_believed(label: str) -> None:
    assert "Größe" in page.decode(in_page("Größe", label).encode("cp1252"))


def test_a_few_broken_letters_leave_utf8() -> None:
    decoded = page.decode(("ä" * 100).encode() + b"\xff" + ("ö" * 100).encode())

    assert decoded.count("ä") == decoded.count("ö") == 100


def test_bytes_that_were_never_utf8_are_windows_1252() -> None:
    assert page.decode("Größe für Bäcker".encode("cp1252")) == "Größe für Bäcker"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_decoding_never_raises(data: bytes, content_type: str) -> None:
    decoded = page.decode(data, content_type)

    assert isinstance(decoded, str)
    page.parse(decoded)


@pytest.mark.parametrize(
    "data",
    [
        *(b"%PDF-1.4\n", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"PK\x03\x04"),
        *(b"\x1f\x8b\x08", b"RIFF\x00\x00", b"ab\x00cd\x00ef\x00" * 50),
    ],
)
def test_binary_is_told_from_text(data: bytes) -> None:
    assert page.looks_binary(data)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", TEXT.encode("utf-16"), b"<p>one \x00 NUL in many letters</p>" * 3]
)
def test_text_is_no_binary(data: bytes) -> None:
    assert not page.looks_binary(data)


@pytest.mark.parametrize("text", ["", " \n", "\x00\x01", "<!-- -->", "<?xml version='1.0'?>"])
def test_what_holds_no_element_has_no_tree(text: str) -> None:
    assert page.parse(text) is None


def test_a_tree_is_free_of_what_xml_forbids() -> None:
    tree = page.parse("<html><body><p>a\x00b\x0bc\ufffed</p></body></html>")

    assert tree is not None
    assert tree.findtext(".//p") == "abcd"


@pytest.mark.parametrize("number", ["27", "x1B", "xFFFE", "0", "55296", "xd800", "1114112", "0027"])
def test_a_tree_is_free_of_what_xml_forbids_by_number(number: str) -> None:
    tree = page.parse(f"<html><body><p>a&#{number};b&#228;</p></body></html>")

    assert tree is not None
    assert tree.findtext(".//p") == "ab\u00e4"


def test_text_that_declares_an_encoding_is_parsed() -> None:
    tree = page.parse("<?xml version='1.0' encoding='iso-8859-1'?><html><body>ä</body></html>")

    assert tree is not None
    assert tree.text_content() == "ä"


def test_a_tag_keeps_its_attributes_unless_it_has_thousands() -> None:
    picture = "data:image/png;base64," + "A" * 50_000
    kept = page.parse(f"<html><body><img alt='x' src='{picture}'></body></html>")
    many = " ".join(f"a{n}='{n}'" for n in range(5000))
    bare = page.parse(f"<html><body><p {many}>Text</p></body></html>")

    assert kept is not None
    assert kept.find(".//img").get("src") == picture
    assert bare is not None
    assert dict(bare.find(".//p").attrib) == {}
    assert bare.findtext(".//p") == "Text"
