"""Times as the database keeps them: UTC, ISO 8601; text order is time order."""

from datetime import UTC, datetime, timedelta

__all__ = ["exact", "from_text", "round_up", "seconds", "to_text"]


def to_text(moment: datetime | None) -> str | None:
    """Write an aware `moment` as e.g. 2026-03-01T12:00:00Z; None stays None."""
    if moment is None:
        return None
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def round_up(moment: datetime | None) -> str | None:
    """Write `moment` rounded up to whole seconds: nobody is asked a fraction too early."""
    if moment is None or moment.microsecond == 0:
        return to_text(moment)
    return to_text(moment + timedelta(seconds=1))


def exact(moment: datetime) -> str:
    """Write `moment` with its milliseconds, e.g. 2026-03-01T12:00:00.123Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def from_text(text: str | None) -> datetime | None:
    """Read what the others wrote."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def seconds(moment: datetime) -> int:
    """Give an aware `moment` as whole seconds since 1970, as the index of candidates has it."""
    return int(moment.timestamp() // 1)
