"""Charts of days are sound, stay in their frame, and say in words what they show."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from aggregator.output.charts import Drawing
from aggregator.output.day_charts import delays, shares, volumes

numbers = st.lists(st.none() | st.floats(0, 1e9), max_size=30)
HOSTILE = "\"><script>alert(1)</script> & 'x"
PLACE = re.compile(r"[ML](-?[\d.]+) (-?[\d.]+)")


def drawn(chart: Drawing) -> dict[str, list[tuple[float, float]]]:
    """Where the marks of each kind begin, after looking whether all lie in the frame."""
    root = ET.fromstring(chart)  # noqa: S314 - our own drawing
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert (root.get("aria-label"), root.get("role")) == (HOSTILE, "img")
    found = {}
    for path in root:
        places = [(float(x), float(y)) for x, y in PLACE.findall(path.get("d", ""))]
        assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
        found[path.get("class", "")] = places
    return found


@given(st.lists(st.none() | st.floats(0, 1), max_size=30))
def test_a_share_is_a_column_and_its_rest_lies_above(values: list[float | None]) -> None:
    found = drawn(shares(values, title=HOSTILE))
    assert len(found.get("day-none", ())) == values.count(None)
    known = [value for value in values if value is not None]
    whole = sum(value == 1 for value in known)
    assert len(found.get("day-bad", ())) <= len(known) - whole
    assert sum(value < 0.99 for value in known) <= len(found.get("day-bad", ()))
    assert sum(value > 0.01 for value in known) <= len(found.get("day-good", ()))


@given(st.lists(st.integers(0, 10**6), max_size=30))
def test_each_day_with_something_has_a_column(values: list[int]) -> None:
    found = drawn(volumes(values, title=HOSTILE))
    assert len(found.get("day-volume", ())) == sum(value > 0 for value in values)
    assert len(found.get("day-none", ())) == values.count(0)


@given(numbers)
def test_only_days_that_follow_each_other_are_joined(values: list[float | None]) -> None:
    found = drawn(delays(values, title=HOSTILE))
    joined = sum(a is not None and b is not None for a, b in pairwise(values))
    assert len(found.get("day-line", ())) == 2 * joined
    assert len(found.get("day-point", ())) == len(values) - values.count(None)


def test_longer_is_higher() -> None:
    heights = [y for _, y in drawn(delays([1, 60, 10_000, 10**9], title=HOSTILE))["day-point"]]
    assert heights[0] > heights[1] > heights[2]
    assert abs(heights[2] - heights[3]) < 0.2
