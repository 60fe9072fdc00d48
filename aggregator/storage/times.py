"""Times as the database keeps them: UTC, ISO 8601, whole seconds; text order is time order."""

from datetime import UTC, datetime

__all__ = ["from_text", "to_text"]


def to_text(moment: datetime | None) -> str | None:
    """Write an aware `moment` as e.g. 2026-03-01T12:00:00Z; None stays None."""
    if moment is None:
        return None
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def from_text(text: str | None) -> datetime | None:
    """Read what `to_text` wrote."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
