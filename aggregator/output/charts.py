"""Small charts as SVG: pure, in the page's colours, each with its content in words.

Colours and weights come from the page by classes (`chart-line`, `chart-area`, `chart-dot`, ...).
"""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

__all__ = ["Drawing", "growth", "sparkline"]

_PAD: Final = 2.0
_RISE: Final = 24


class Drawing(str):
    """Markup of our own: a template puts it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Itself: all that came from outside is escaped in it."""
        return str(self)


def sparkline(values: Sequence[float], *, title: str, width: int = 96, height: int = 24) -> Drawing:
    """A curve over `values` in their order, filled below, with a dot at its end.

    `title` is what it tells in words. Of no values there is an empty picture with its title.
    """
    inside = _curve(_scaled(values, width, height), height) if values else ""
    return Drawing(_framed(inside, "sparkline", title, width, height))


def growth(values: Sequence[int]) -> Drawing:
    """A curve over counts as small as can be: a picture beside words that say the same.

    It is stretched over whatever room it is given, and starts at nothing.
    """
    most = max(*values, 1, 1)
    heights = [round(_RISE * (1 - max(each, 0) / most)) for each in values] or [_RISE]
    steps = [f"{after - before}" for before, after in pairwise(heights)]
    line = f"M0 {heights[0]}" + "".join(f"l1 {step}" for step in steps)
    width = max(len(steps), 1)
    return Drawing(
        f'<svg class="chart" viewBox="0 0 {width} {_RISE}" preserveAspectRatio="none" '
        f'aria-hidden="true"><path class="chart-area" d="{line}V{_RISE}H0z"/>'
        f'<path class="chart-line" d="{line}"/></svg>'
    )


def _scaled(values: Sequence[float], width: int, height: int) -> list[tuple[float, float]]:
    """Points in the picture: from left to right, the greatest value at the top, 0 at the bottom."""
    most = max(*values, 0, 0) or 1
    step = (width - 2 * _PAD) / max(len(values) - 1, 1)
    rise = (height - 2 * _PAD) / most
    return [
        (_PAD + number * step, height - _PAD - max(value, 0) * rise)
        for number, value in enumerate(values)
    ]


def _curve(points: list[tuple[float, float]], height: int) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (first, _), (last, end) = points[0], points[-1]
    bottom = height - _PAD
    return (
        f'<polygon class="chart-area" points="{first:.1f},{bottom:.1f} {line} '
        f'{last:.1f},{bottom:.1f}"/>'
        f'<polyline class="chart-line" points="{line}"/>'
        f'<circle class="chart-dot" cx="{last:.1f}" cy="{end:.1f}" r="2"/>'
    )


def _framed(inside: str, kind: str, title: str, width: int, height: int) -> str:
    told = escape(title)
    return (
        f'<svg class="chart {kind}" role="img" aria-label="{told}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><title>{told}</title>{inside}</svg>'
    )
