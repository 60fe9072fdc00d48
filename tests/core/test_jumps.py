"""Which outlets bring far more or less than they mostly do."""

import pytest

from aggregator.core.jumps import Jump, jump


@pytest.mark.parametrize(
    ("now", "before", "jumps"),
    [
        (50, [41, 60, 77], False),
        (19, [41, 60, 77], True),
        (21, [41, 60, 77], False),
        (0, [41, 60, 77], True),
        (155, [41, 60, 77], True),
        (154, [41, 60, 77], False),
        (0, [9, 9, 9], False),
        (0, [10, 10, 10], True),
        (9, [0, 0, 0], False),
        (10, [0, 0, 0], True),
        (12, [60, 60, 12, 60], False),
        (500, [1, 1], False),
    ],
)
def test_a_jump_is_beyond_twice_the_range_and_by_ten(
    now: int, before: list[int], *, jumps: bool
) -> None:
    found = jump("o", now, before)
    assert found == (Jump("o", now, min(before), max(before)) if jumps else None)
