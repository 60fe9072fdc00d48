"""Where a page ended, as an opaque word that the next request gives back."""

import base64
import binascii
import json
from typing import Final

from aggregator.web.problems import invalid

__all__ = ["from_word", "to_word"]

_MOST_CHARACTERS: Final = 200
Values = tuple[str | int, ...]


def to_word(values: Values) -> str:
    """A place, as a word of letters, digits, - and _."""
    written = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def from_word(word: str, *kinds: type[str | int]) -> Values:
    """The place that a word stands for, a value of each of `kinds`; raises Problem for others."""
    try:
        padded = word + "=" * (-len(word) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or tuple(map(type, values)) != kinds or not _small(values):
        detail = "the cursor is none that this server gave: begin without one"
        raise invalid(parameter="cursor", detail=detail)
    return tuple(values)


def _small(values: list[str | int]) -> bool:
    """Whether SQLite can take them."""
    return all(
        -(2**63) <= each < 2**63 if isinstance(each, int) else len(each) <= _MOST_CHARACTERS
        for each in values
    )
