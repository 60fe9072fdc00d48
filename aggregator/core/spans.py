"""Spans of time in words."""

from datetime import timedelta

__all__ = ["in_words"]


def in_words(span: timedelta) -> str:
    """A span of time in the largest unit that fits it twice or more."""
    minutes = max(round(span.total_seconds() / 60), 1)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{round(minutes / size):,} {unit}s"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
