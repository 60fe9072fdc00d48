"""Small charts as SVG: pure, in the page's colours, each with its content in words.

Colours and weights come from the page by classes (`chart-growth`, `chart-bar`, `chart-dot`, ...).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise
from typing import Final

__all__ = ["Dot", "Drawing", "Lane", "growth", "share", "timeline"]

_RISE: Final = 24
_LEAST: Final = 4
_LANE: Final = 36
_AXIS: Final = 24
_MIDDLE: Final = 0.55


class Drawing(str):
    """Markup of our own: a template puts it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself: all that came from outside is escaped in it."""
        return str(self)


def growth(values: Sequence[int]) -> Drawing:
    """A curve over counts as small as can be: a picture beside words that say the same.

    It is stretched over whatever room it is given, and starts at nothing. What stays small stays
    low: the picture's height is four at least.
    """
    most = max(*values, _LEAST, 1)
    heights = [round(_RISE * (1 - max(each, 0) / most)) for each in values] or [_RISE]
    runs = [(step, len([*same])) for step, same in groupby(b - a for a, b in pairwise(heights))]
    steps = "".join(f"l1 {step}" * often if step else f"h{often}" for step, often in runs)
    width = max(len(heights) - 1, 1)
    # One path for line and area: its other edges lie outside of what is shown.
    return Drawing(
        f'<svg class="chart" viewBox="0 0 {width} {_RISE}" preserveAspectRatio="none" '
        f'aria-hidden="true"><path class="chart-growth" d="M-1 {_RISE + 1}V{heights[0]}h1{steps}h1'
        f'V{_RISE + 1}z"/></svg>'
    )


# --- shares and timelines --------------------------------------------------------------------


def share(part: float) -> Drawing:
    """A bar that is filled from 0 to 1; what it tells stands beside it in words."""
    width = 100 * min(max(part, 0.0), 1.0)
    return Drawing(
        '<svg class="chart share" aria-hidden="true" width="64" height="8">'
        '<rect class="chart-track" width="100%" height="8" rx="4"/>'
        f'<rect class="chart-bar" width="{width:.0f}%" height="8" rx="4"/></svg>'
    )


@dataclass(frozen=True, slots=True)
class Dot:
    """One report on a timeline: `at` from 0 to 1, and who made it when, in words."""

    at: float
    told: str
    is_copy: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One text on a timeline, with its reports in the order of time."""

    label: str
    dots: tuple[Dot, ...]


def timeline(
    lanes: Sequence[Lane], ticks: Sequence[tuple[float, str]], *, title: str, about: str
) -> Drawing:
    """Reports along time, a lane for each text: independent ones filled, copies as rings.

    New ones have a second ring. It is as wide as its place, with letters of one size at any width.
    `ticks` are places from 0 to 1 with what stands there; `about` tells it all in words.
    """
    height = _LANE * len(lanes) + _AXIS
    drawn = [
        *_axis(ticks, height),
        *(part for at, lane in enumerate(lanes) for part in _lane(at, lane)),
    ]
    return Drawing(
        f'<svg class="chart timeline" role="img" aria-label="{escape(f"{title}. {about}")}" '
        f'width="100%" height="{height}">{"".join(drawn)}</svg>'
    )


def _axis(ticks: Sequence[tuple[float, str]], height: int) -> Iterator[str]:
    for at, label in ticks:
        x = _across(at)
        yield f'<line class="chart-grid" x1="{x}" x2="{x}" y1="0" y2="{height - _AXIS + 4}"/>'
        yield f'<text x="{x}" y="{height - 6}" text-anchor="middle">{escape(label)}</text>'


def _lane(number: int, lane: Lane) -> Iterator[str]:
    y = _LANE * number + _LANE - 10
    first, last = lane.dots[0], lane.dots[-1]
    yield (
        f'<line class="chart-axis" x1="{_across(first.at)}" x2="{_across(last.at)}" '
        f'y1="{y}" y2="{y}"/>'
    )
    side = "start" if first.at <= _MIDDLE else "end"
    yield (
        f'<text class="chart-label" x="{_across(first.at)}" y="{y - 12}" text-anchor="{side}">'
        f"{escape(lane.label)}</text>"
    )
    # Copies first, so that the text that they took lies above them.
    for dot in sorted(lane.dots, key=lambda dot: not dot.is_copy):
        yield from _dot(dot, y)


def _dot(dot: Dot, y: int) -> Iterator[str]:
    x = _across(dot.at)
    if dot.is_new:
        yield f'<circle class="chart-new" cx="{x}" cy="{y}" r="9"/>'
    kind = "chart-ring" if dot.is_copy else "chart-dot"
    yield (
        f'<circle class="{kind}" cx="{x}" cy="{y}" r="{4.5 if dot.is_copy else 6}">'
        f"<title>{escape(dot.told)}</title></circle>"
    )


def _across(at: float) -> str:
    """A place from 0 to 1 as what SVG takes: inside the edges by so much as a dot is wide."""
    return f"{2 + 96 * min(max(at, 0.0), 1.0):.2f}%"
