"""From a feed's bytes to text: which encoding it is in, and what XML cannot hold mended.

feedparser tries one encoding after the other for the whole document, so that one stray byte in
a UTF-8 feed turns every umlaut in it into two wrong letters. Hence it is given sound UTF-8.
"""

import codecs
import re
import sys
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["Decoded", "as_text", "without_forbidden"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What the first "<" or "{" looks like in encodings of two and four bytes, and in EBCDIC.
_UNMARKED: Final = (
    (re.compile(rb"[<{\[\s]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{\[\s]"), "utf-32-be"),
    (re.compile(rb"[<{\[\s]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0[<{\[\s]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_HEADER: Final = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_HEAD: Final = 1024
_FIRST_LETTERS: Final = 64
# What browsers understand by these labels (the Encoding Standard), where Python differs.
_LABELS: Final = MappingProxyType(
    {
        "ascii": "cp1252",
        "iso8859-1": "cp1252",
        "iso8859-9": "cp1254",
        "iso8859-11": "cp874",
        "tis-620": "cp874",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "shift_jis": "cp932",
        "euc_kr": "cp949",
        "big5": "big5hkscs",
    }
)
# In these a document could not have declared itself in plain letters, or they are traps.
_UNFIT: Final = re.compile(r"utf-(?:7|16.*|32.*)|idna|punycode|.*unicode_escape|undefined|mbcs|oem")
_ONE_BYTE: Final = re.compile(r"cp125|iso8859|koi8|mac")
_HALF: Final = 0.5
# So many letters are UTF-8 by chance in no other encoding, whatever is declared.
_NO_CHANCE: Final = 16
# Halves of pairs, each written as if it were a letter (CESU-8): nothing else has these bytes.
_HALVES: Final = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])++")
_STRAY: Final = re.compile("[\udc80-\udcff]")
# In Windows-1252 a letter and the quote or space behind it can be UTF-8 by chance ("É»", "ß“"), but
# then of a letter that stands alone, and in none of the alphabets made of A to Z, nor of a sign.
_OTHERS: Final = "[\u0180-\u1fff\u3000-\ud7ff\ue000-\uefff]"
_CHANCE: Final = re.compile(f"{_STRAY.pattern}|(?<!{_OTHERS}){_OTHERS}(?!{_OTHERS})")

# Characters that XML 1.0 forbids; halves of a pair may be written by number.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS: Final = bytes({*range(0x20)} - {*b"\t\n\r"})
_NO_LETTERS: Final = ("\ufffe".encode(), "\uffff".encode())
# Numbers that may mean what XML forbids; most are of apostrophes and dashes.
_SUSPECT_NUMBER: Final = re.compile(
    r"&#(?:[0-8];|1[124-9];|2[0-9];|3[01];|0|5[5-7][0-9]{3};|6553[45];|[0-9]{7}"
    r"|[xX](?:[0-8bcBCefEF];|1.;|0|[dD][89A-Fa-f]|[fF]{3}[eEfF];|[0-9A-Fa-f]{6}))"
)
_NUMBER: Final = re.compile(r"&#(?:[xX]([0-9A-Fa-f]+)|([0-9]+));", re.ASCII)
_MOST_DIGITS: Final = 32
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Decoded(NamedTuple):
    """A document as text; `warning` says what was wrong with its encoding, "" if nothing."""

    text: str
    warning: str = ""


def as_text(body: bytes, content_type: str = "") -> Decoded:
    """Decode a feed; never raises.

    A byte-order mark decides, or the pattern of a wide encoding. Then what is mostly UTF-8 is
    UTF-8, if anybody says so or nobody says anything better; then the header's charset counts,
    then the document's own. If neither fits, it is UTF-8 with stray bytes of Windows-1252, be they
    one or all.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            body = body[len(mark) :]
            # In markup, wide letters leave zeros: without one the mark is not true.
            if name == "utf-8" or b"\0" in body[:_FIRST_LETTERS]:
                return _with(body, name)
            break
    for pattern, name in _UNMARKED:
        if pattern.match(body):
            return _with(body, name)
    labels = [name for name in _claims(body, content_type) if name]
    if not labels or "utf-8" in labels:
        labels.insert(0, "utf-8")
    return _by_claims(body, labels)


def _claims(body: bytes, content_type: str) -> tuple[str, str]:
    header = _HEADER.search(content_type)
    declared = _DECLARED.search(body[:_HEAD])
    return (
        _codec(header[1] if header else ""),
        _codec(declared[1].decode("ascii", "replace") if declared else ""),
    )


def _codec(label: str) -> str:
    """Python's name for a label, "" where there is none that fits."""
    try:
        name = codecs.lookup(label).name if label else ""
    except LookupError:
        return ""
    return "" if _UNFIT.fullmatch(name) else _LABELS.get(name, name)


def _with(body: bytes, name: str) -> Decoded:
    try:
        return Decoded(body.decode(name))
    except UnicodeDecodeError:
        if name == "utf-8":
            return _mixed(body)
        return Decoded(body.decode(name, "replace"), f"broken {name}: some characters were lost")


def _by_claims(body: bytes, names: list[str]) -> Decoded:
    # Any bytes are letters of some kind in an encoding of one byte a letter, which is often no
    # more than a server's default: sound UTF-8 in plenty is better evidence.
    trusted = "utf-8" in names or all(_ONE_BYTE.match(name) for name in names)
    sound = _utf8(body)
    if sound is not None and (trusted or _letters_beyond_ascii(sound) >= _NO_CHANCE):
        return Decoded(sound)
    mostly = _share_of_strays(_HALVES.sub(_whole, body)) < _HALF
    if trusted and (mostly or {*names} <= {"utf-8", "cp1252"}):
        found = _mixed(body)
        # What is mostly as it was declared deserves no warning.
        return found if mostly or "utf-8" in names else Decoded(found.text)
    for name in names:
        try:
            return Decoded(body.decode(name))
        # LookupError: a codec that makes no text of bytes ("rot13").
        except (UnicodeError, LookupError):
            continue
    return _mixed(body)


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _share_of_strays(body: bytes) -> float:
    """Of what is beyond ASCII, the share that is not UTF-8."""
    letters = body.decode("utf-8", "surrogateescape")
    return len(_STRAY.findall(letters)) / max(1, _letters_beyond_ascii(letters))


def _letters_beyond_ascii(text: str) -> int:
    return sum(map("\x7f".__lt__, text))


def _mixed(body: bytes) -> Decoded:
    """Read each byte that is not UTF-8 as Windows-1252, which it mostly is, and leave the rest.

    However many they are, so that a feed of few umlauts loses none to a stray dash or two.
    """
    body, halves = _HALVES.subn(_whole, body)
    if (sound := _utf8(body)) is not None:
        return Decoded(
            sound, f"letters in {halves} places were written in halves" if halves else ""
        )
    letters = body.decode("utf-8", "surrogateescape")
    strays = _STRAY if _share_of_strays(body) < _HALF else _CHANCE
    text = strays.sub(_from_windows, letters)
    count = len(_STRAY.findall(letters))
    return Decoded(text, f"{count} bytes are not UTF-8 and were read as Windows-1252")


def _whole(match: re.Match[bytes]) -> bytes:
    wide = match[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    return wide.decode("utf-16-le", "replace").encode()


def _from_windows(match: re.Match[str]) -> str:
    return match[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def without_forbidden(text: str) -> str:
    """Leave out what no XML may hold, and join pairs of numbers that mean one character."""
    if not _is_sound(text):
        text = _FORBIDDEN.sub("", text)
    if _SUSPECT_NUMBER.search(text):
        # Written out as the halves they name, pairs can be joined; what is left over goes.
        text = _FORBIDDEN.sub("", _PAIR.sub(_joined, _NUMBER.sub(_written_out, text)))
    return text


def _is_sound(text: str) -> bool:
    """Whether there is nothing to leave out, which in bytes is asked at a tenth of the cost."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return False
    return len(data.translate(None, _CONTROLS)) == len(data) and not any(
        letter in data for letter in _NO_LETTERS
    )


def _written_out(match: re.Match[str]) -> str:
    """Leave a reference to a sound character as it is."""
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    if len(digits) > _MOST_DIGITS or (number := int(digits, base)) > sys.maxunicode:
        return ""
    return chr(number) if _FORBIDDEN.match(chr(number)) else match[0]


def _joined(match: re.Match[str]) -> str:
    return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
