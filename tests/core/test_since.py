"""Since when: times and ages as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.since import ago, moment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        (" 3 D ", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("h", None),
        ("-1h", None),
        ("1.5h", None),
        ("1234567h", None),
        ("٣d", None),
        ("2026-03-01", None),
    ],
)
def test_ages(text: str, age: timedelta | None) -> None:
    assert ago(text) == age


def test_moments() -> None:
    assert moment("24h", NOW) == NOW - timedelta(days=1)
    assert moment(" 2026-02-01T10:00:00Z ", NOW) == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert moment("2026-02-01", NOW).tzinfo is None
    with pytest.raises(ValueError, match="soon"):
        moment("soon", NOW)
    with pytest.raises(OverflowError):
        moment("999999w", NOW)
