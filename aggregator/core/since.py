"""Since when: a time in ISO 8601, or how long ago (90m, 24h, 3d, 2w)."""

import re
from datetime import datetime, timedelta
from typing import Final

__all__ = ["ago", "moment"]

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO: Final = re.compile(r"([0-9]{1,6})\s*([mhdw])", re.IGNORECASE)


def ago(text: str) -> timedelta | None:
    """How long ago, where `text` says that (24h, 3d), else None."""
    found = _AGO.fullmatch(text.strip())
    return None if found is None else timedelta(**{_UNITS[found[2].lower()]: int(found[1])})


def moment(text: str, now: datetime) -> datetime:
    """The time that `text` means, at `now`; one without an offset comes without one.

    Raises ValueError where it is neither a time nor an age, OverflowError for one before all time.
    """
    age = ago(text)
    return datetime.fromisoformat(text.strip()) if age is None else now - age
