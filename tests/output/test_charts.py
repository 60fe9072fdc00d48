"""Charts are well-formed, inside their frame, and tell in words what they show."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.output.charts import Dot, Lane, share, sparkline, timeline

PLACES = st.floats(0, 1)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
DOTS = st.lists(st.builds(Dot, PLACES, WORDS, st.booleans(), st.booleans()), min_size=1, max_size=5)
LANES = st.lists(st.builds(Lane, WORDS, DOTS.map(tuple)), max_size=4)


def parsed(drawing: str) -> etree._Element:
    return etree.fromstring(drawing.encode())


@given(LANES, st.lists(st.tuples(PLACES, WORDS), max_size=3), WORDS)
def test_a_timeline_has_every_report_in_its_place(
    lanes: list[Lane], ticks: list[tuple[float, str]], about: str
) -> None:
    svg = parsed(timeline(lanes, ticks, title="When", about=about))
    assert (
        svg.get("aria-label") == " ".join(f"When. {about}".splitlines()) or about != about.strip()
    )
    every = [dot for lane in lanes for dot in lane.dots]
    told = [each.text or "" for each in svg.iter("title")]
    assert sorted(told) == sorted(dot.told for dot in every)
    places = [float(str(each.get("cx")).rstrip("%")) for each in svg.iter("circle")]
    assert all(0 < place < 100 for place in places)
    assert len(places) == len(every) + sum(dot.is_new for dot in every)
    assert len(svg.findall("circle[@class='chart-ring']")) == sum(dot.is_copy for dot in every)


@pytest.mark.parametrize(("part", "width"), [(0, "0%"), (0.7, "70%"), (1, "100%"), (3, "100%")])
def test_a_share_is_as_wide_as_it_is(part: float, width: str) -> None:
    track, bar = parsed(share(part)).iter("rect")
    assert (track.get("width"), bar.get("width")) == ("100%", width)


@given(st.lists(st.integers(0, 10**6), max_size=20), WORDS)
def test_a_curve_stays_in_its_frame(values: list[int], title: str) -> None:
    svg = parsed(sparkline(values, title=title, width=96, height=24))
    assert escape(title) in sparkline(values, title=title)
    for line in svg.iter("polyline"):
        points = [tuple(map(float, each.split(","))) for each in str(line.get("points")).split()]
        assert len(points) == len(values)
        assert all(0 <= x <= 96 and 0 <= y <= 24 for x, y in points)
