"""The date that a reader sees below a headline, for pages that tell machines none."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from aggregator.core import dates, times
from aggregator.core.blocks import position

__all__ = ["below_headline"]

# Day and month as words or in German order; with slashes nobody knows which comes first.
_DATE: Final = re.compile(
    r"(?:\b\d{1,2}\.\s?(?:\d{1,2}\.\s?|[a-zä]{3,9}\.?\s)\d{4}|\b[a-z]{3,9}\.?\s\d{1,2},\s\d{4}"
    r"|\b\d{1,2}\s[a-zä]{3,9}\.?\s\d{4}|\b\d{4}-\d\d-\d\d)\b(?!\.\d)"
    r"(?:[,\s|·–-]{0,3}(?:um\s|at\s|@\s)?\s?\d{1,2}[:.]\d{2}(?:\s?(?:uhr|[ap]\.?m\.?)\b)?)?",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"[|·–@]|\s-\s")
# What is told of another day than that on which the text appeared.
_OF_ANOTHER: Final = re.compile(
    r"\b(?:termine?|erscheinungs\w+|erscheint|beginn|datum der|vom|bis|seit|ab|radio|tv|sendung|"
    r"(?:last )?(?:updated?|modified)|aktualisiert|geändert|bearbeitet|überarbeitet|stand|event|"
    r"reviewed|due|until|since|from|expires)\b",
    re.IGNORECASE,
)
_BELOW: Final = 7
_LETTERS: Final = 80


def below_headline(
    shown: Sequence[str], titles: Iterable[str], zone: tzinfo | None
) -> datetime | None:
    """Return the day or time in the lines below the headline, in UTC, as told by `zone`'s clock."""
    at = position(shown, titles)
    for line in () if at is None else shown[at + 1 : at + 1 + _BELOW]:
        found = _DATE.search(line) if len(line) <= _LETTERS else None
        if found and not _OF_ANOTHER.search(line):
            moment = dates.feed_date(" ".join(_PARTS.sub(" ", found[0]).split()))
            if moment is not None:
                return times.to_utc(moment.replace(tzinfo=None), zone or UTC)
    return None
