"""From the bytes of a page to one parsed tree: which charset, and is it HTML at all."""

import codecs
import re
import sys
from types import MappingProxyType
from typing import TypeAlias

from lxml import etree, html

from aggregator.core.tags import bared

__all__ = [
    "Tree",
    "charset_of",
    "decode",
    "fit_for_xml",
    "looks_binary",
    "overload",
    "parse",
]

Tree: TypeAlias = html.HtmlElement

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers understand by these labels (the Encoding Standard), where Python differs.
_LABELS = MappingProxyType(
    {
        "ascii": "cp1252",
        "us-ascii": "cp1252",
        "iso-8859-1": "cp1252",
        "iso8859-1": "cp1252",
        "latin1": "cp1252",
        "latin-1": "cp1252",
        "iso-8859-9": "cp1254",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "euc-kr": "cp949",
        "ks_c_5601-1987": "cp949",
        "utf8": "utf-8",
    }
)
# In these a page could not have spelled its own declaration in plain letters, or they are traps.
_UNFIT = frozenset({"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "idna", "punycode"})
_META = re.compile(
    rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
_XML = re.compile(
    rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
_PRESCAN = 4096
_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")
_MANY_ZEROS = 0.05
# A twelfth of random bytes; in text there are none, but for a stray one.
_CONTROLS = bytes({*range(1, 9), 11, *range(14, 27), *range(28, 32)})
_MANY_CONTROLS = 0.02
# Characters that XML forbids make libxml2 stop or stumble.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:[xX]0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));?", re.ASCII)
# The largest of some 2,300 real pages have a third of these tags, 9,000 blocks, half the letters;
# what extracts articles takes minutes for ten times as much.
_MOST_TAGS = 60_000
_MOST_BLOCKS = 12_000
_MOST_TEXT = 1_000_000
_BLOCK = re.compile(r"<(?:p|li|t[dhr]|h[1-6]|d[dt]|br)\b", re.IGNORECASE)
_SHOWN = re.compile("(?:^|>)([^<]+)")
_UNSHOWN = re.compile(r"<(script|style|svg)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
# Above this share of broken sequences among non-ASCII letters the bytes were never UTF-8.
_BROKEN = 0.2


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type header names, else None."""
    match = re.search(r"charset\s*=\s*[\"']?([\w:.\-]{2,40})", content_type, re.IGNORECASE)
    return match[1] if match else None


def looks_binary(data: bytes) -> bool:
    """Whether `data` is a picture, a PDF, an archive or the like, and no text."""
    if data.startswith(_BINARY):
        return True
    head = data[:_PRESCAN]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if head.count(0) > len(head) * _MANY_ZEROS:
        return True
    return len(head.translate(None, _CONTROLS)) < len(head) * (1 - _MANY_CONTROLS)


def decode(data: bytes, content_type: str = "") -> str:
    """Return `data` as text; never raises.

    A byte-order mark decides; then bytes that are valid UTF-8 are UTF-8, whatever is declared
    (by chance they hardly ever are); then the header's charset, then the page's own; at last
    UTF-8 with some broken sequences replaced, or windows-1252.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for label in (charset_of(content_type), _declared(data)):
        if label and (decoded := _as(data, label)) is not None:
            return decoded
    return _undeclared(data)


def _declared(data: bytes) -> str | None:
    match = _META.search(data[:_PRESCAN]) or _XML.search(data[:_PRESCAN])
    return match[1].decode("ascii") if match else None


def _as(data: bytes, label: str) -> str | None:
    """Decode by a declared `label`; None where we do not know it or it is wrong in most places."""
    name = _LABELS.get(label.lower(), label.lower())
    try:
        name = codecs.lookup(name).name
        if name in _UNFIT:
            return None
        return _undeclared(data) if name == "utf-8" else data.decode(name, "replace")
    except (LookupError, UnicodeError):
        return None


def _undeclared(data: bytes) -> str:
    as_utf8 = data.decode("utf-8", "replace")
    foreign = sum(1 for byte in data if byte >= 0x80)  # noqa: PLR2004
    broken = as_utf8.count("\ufffd")
    return as_utf8 if broken <= foreign * _BROKEN else data.decode("cp1252", "replace")


def fit_for_xml(text: str) -> str:
    """Return `text` without the characters that XML forbids, written out or by their numbers."""
    text = _FORBIDDEN.sub("", text)
    return _NUMBER.sub(_fit_number, text) if "&#" in text else text


def _fit_number(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    fit = number <= sys.maxunicode and not _FORBIDDEN.match(chr(number))
    return reference[0] if fit else ""


def overload(text: str) -> str | None:
    """Say what a page has more of than any article's page, or None."""
    if (tags := text.count("<")) > _MOST_TAGS:
        return f"{tags} tags"
    if tags > _MOST_BLOCKS and sum(1 for _ in _BLOCK.finditer(text)) > _MOST_BLOCKS:
        return f"more than {_MOST_BLOCKS} paragraphs, lines and cells"
    if len(text) > _MOST_TEXT and _letters(text) > _MOST_TEXT:
        return f"more than {_MOST_TEXT} letters"
    return None


def _letters(text: str) -> int:
    return sum(map(len, _SHOWN.findall(_UNSHOWN.sub("", text))))


def parse(text: str) -> Tree | None:
    """Parse a whole document; None where there is no element in it.

    Bytes are handed over, since lxml refuses text that declares an encoding.
    """
    cleaned = bared(fit_for_xml(text))
    if not cleaned.strip():
        return None
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    # lxml.html asks Python for the class of each element it hands out, a million times on a
    # hundred pages; all we and trafilatura need is that of any element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    try:
        tree = html.document_fromstring(cleaned.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    return tree if len(tree) else None
