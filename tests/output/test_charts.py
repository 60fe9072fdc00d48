"""Charts are well-formed, inside their frame, and tell in words what they show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.output.charts import Dot, Lane, growth, share, timeline

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


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_a_curve_of_growth_is_as_high_as_its_counts_and_stays_in_its_frame(
    values: list[int],
) -> None:
    svg = parsed(growth(values))
    (path,) = svg.iter("path")
    begin, _, steps = str(path.get("d")).partition("h1")
    at = int(begin.removeprefix("M-1 25V"))
    heights = [at]
    for level, rise in re.findall(r"h(\d+)|l1 (-?\d+)", steps.removesuffix("h1V25z")):
        for step in [0] * int(level or 0) or [int(rise)]:
            at += step
            heights.append(at)
    most = max(*values, 4, 1)
    assert heights == [round(24 * (1 - each / most)) for each in values] or heights == [24]
    assert all(0 <= height <= 24 for height in heights)
    assert str(svg.get("viewBox")) == f"0 0 {max(len(values) - 1, 1)} 24"
