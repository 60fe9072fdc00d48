"""Words for the terminal: outside text made harmless, local times, columns; and JSON for programs.

Text from outside may carry escape sequences that move the cursor, change the title or rewrite
what is already on the screen; none of it ever reaches the terminal.
"""

import json
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Final

import click

__all__ = [
    "clean",
    "complain",
    "counted",
    "json_line",
    "line",
    "local",
    "paragraphs",
    "say",
    "say_bytes",
    "say_json",
    "screen_width",
    "shortened",
    "table",
]

# ECMA-48: CSI sequences; strings (OSC, DCS, SOS, PM, APC) up to their end; then other escapes.
_SEQUENCE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_LINE_END: Final = re.compile("\r\n|[\x0b\x0c\x85\u2028\u2029]")
# Controls but tab and newline; signs that turn the direction of all that follows; halves of pairs.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# The same in JSON, where the ASCII controls are escaped already, and what breaks its lines.
_UNSAFE_JSON: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDEST_TEXT: Final = 100
_NARROWEST: Final = 20
_GAP: Final = "  "


def clean(text: str) -> str:
    """Outside text without anything that a terminal would obey; lines stay apart."""
    return _UNSAFE.sub("", _LINE_END.sub("\n", _SEQUENCE.sub("", text)))


def line(text: str | None) -> str:
    """Outside text as one clean line; "" for None."""
    return "" if text is None else " ".join(clean(text).split())


def local(moment: datetime | None) -> str:
    """A time as the user's clock shows it, e.g. 2026-03-01 13:00; "-" where there is none."""
    return "-" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def counted(number: int, what: str, many: str | None = None) -> str:
    """A number with its noun: 1 article, 1,234 articles."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


# --- output ----------------------------------------------------------------------------------


def say(text: str = "") -> None:
    """Write a line to standard output; what its encoding lacks becomes a question mark."""
    click.echo(_encodable(text, sys.stdout.encoding))


def complain(text: str) -> None:
    """Write clean text to standard error."""
    click.echo(_encodable(clean(text), sys.stderr.encoding), err=True)


def _encodable(text: str, encoding: str | None) -> str:
    encoding = encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def say_json(value: object) -> None:
    """Write one JSON document to standard output."""
    say_bytes(_safe_json(json.dumps(value, ensure_ascii=False, default=_plain, indent=2)))


def say_bytes(text: str) -> None:
    """Write a line to standard output in UTF-8 whatever the locale, for programs."""
    click.echo(text.encode())


def json_line(value: object) -> str:
    """One JSON value on one line."""
    return _safe_json(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    """Our values as JSON: times in UTC, dataclasses as objects with their fields."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def _safe_json(text: str) -> str:
    return _UNSAFE_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


# --- layout ----------------------------------------------------------------------------------


def screen_width() -> int | None:
    """The terminal's width in columns, or None where output goes elsewhere and is not cut."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if sys.stdout.isatty() else None


def paragraphs(text: str, width: int | None, indent: str = "") -> str:
    """Clean text, each paragraph filled to `width` columns at most; a list item hangs."""
    if width is None:
        return textwrap.indent(clean(text), indent)
    limit = min(width, _WIDEST_TEXT)
    return "\n".join(
        textwrap.fill(
            each,
            limit,
            initial_indent=indent,
            subsequent_indent=indent + ("  " if each.startswith("- ") else ""),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for each in clean(text).splitlines()
    )


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, right: str = ""
) -> str:
    """Rows under headers in aligned columns; the last column takes what is left of `width`.

    `right` names, by its header, each column of numbers. Cells are cleaned here.
    """
    cells = [[line(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(map(_cells, column)) for column in zip(*cells, strict=True)]
    numbers = {at for at, header in enumerate(headers) if header and header in right.split()}
    left = None if width is None else width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)
    lines = []
    for row in cells:
        fixed = [_padded(cell, widths[at], right=at in numbers) for at, cell in enumerate(row[:-1])]
        last = row[-1] if left is None else shortened(row[-1], max(left, _NARROWEST))
        lines.append(_GAP.join([*fixed, last]).rstrip())
    return "\n".join(lines)


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _cells(text))
    return space + text if right else text + space


def shortened(text: str, width: int) -> str:
    """The text, or as much of its beginning as fits into `width` columns with "…"."""
    if _cells(text) <= width:
        return text
    taken, used = [], 1
    for char in text:
        used += _cells(char)
        if used > width:
            break
        taken.append(char)
    return "".join(taken).rstrip() + "…"


def _cells(text: str) -> int:
    """How many columns a terminal takes for the text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(char) in {"Mn", "Me", "Cf"}
        else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )  # fmt: skip
