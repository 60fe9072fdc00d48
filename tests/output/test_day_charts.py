"""Charts of days are sound, stay in their frame, and say in words what they show."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from aggregator.output.charts import Drawing
from aggregator.output.day_charts import delays, shares, volumes

numbers = st.lists(st.none() | st.floats(0, 1e9), max_size=30)
HOSTILE = "\"><script>alert(1)</script> & 'x"


def drawn(chart: Drawing) -> ET.Element:
    """The chart, after looking whether all of it lies in its frame."""
    root = ET.fromstring(chart)  # noqa: S314 - our own drawing
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for each in root:
        place = {name: float(value) for name, value in each.items() if name != "class"}
        assert all(0 <= value <= max(width, height) for value in place.values())
        right = place.get("x", 0) + place.get("width", 0)
        bottom = place.get("y", 0) + place.get("height", 0)
        assert (right <= width, bottom <= height) == (True, True)
    assert root.get("aria-label") == root[0].text == HOSTILE
    return root


def kinds(chart: Drawing) -> list[str]:
    return [each.get("class", "") for each in drawn(chart)][1:]


@given(st.lists(st.none() | st.floats(0, 1), max_size=30))
def test_a_share_is_a_column_and_its_rest_lies_above(values: list[float | None]) -> None:
    found = kinds(shares(values, title=HOSTILE))
    assert found.count("day-none") == values.count(None)
    known = [value for value in values if value is not None]
    assert found.count("day-good") == sum(value > 0 for value in known)
    assert found.count("day-bad") == sum(value < 1 for value in known)


@given(st.lists(st.integers(0, 10**6), max_size=30))
def test_each_day_with_something_has_a_column(values: list[int]) -> None:
    found = kinds(volumes(values, title=HOSTILE))
    assert found.count("day-volume") == sum(value > 0 for value in values)
    assert len(found) == len(values)


@given(numbers)
def test_only_days_that_follow_each_other_are_joined(values: list[float | None]) -> None:
    found = kinds(delays(values, title=HOSTILE))
    joined = sum(a is not None and b is not None for a, b in pairwise(values))
    assert found.count("day-line") == joined
    assert found.count("day-point") + found.count("day-none") == len(values)


def test_longer_is_higher() -> None:
    points = drawn(delays([1, 60, 10_000, 10**9], title=HOSTILE)).findall("circle")
    heights = [float(each.get("cy", 0)) for each in points]
    assert heights[0] > heights[1] > heights[2] == heights[3]
