"""Small charts of days in a row, one column each, the latest on the right; as SVG, pure.

A day of which nothing is known leaves its column empty but for a dot on the ground, so that gaps
are seen as gaps. Nothing is told by colour alone: what failed lies above what did not. Marks of one
kind are one path, since a page may have a hundred charts.
"""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from math import log2
from typing import Final

from aggregator.output.charts import Drawing

__all__ = ["delays", "shares", "volumes"]

_STEP: Final = 8
_WIDE: Final = 6
_HEIGHT: Final = 28
_GROUND: Final = _HEIGHT - 2
_ROOM: Final = _GROUND - 2
_LEAST: Final = 1.5
# From a minute to a week, each doubling one step.
_DOUBLINGS: Final = log2(7 * 1440)


def shares(values: Sequence[float | None], *, title: str) -> Drawing:
    """Columns as high as a share (0 to 1) of all, the rest above them as what failed."""
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    tops = [(number, _GROUND - value * _ROOM) for number, value in known]
    good = (_column(number, top, _GROUND) for number, top in tops if top < _GROUND)
    bad = (_column(number, 2, top) for number, top in tops if top > _GROUND - _ROOM)
    drawn = _path("day-good", good) + _path("day-bad", bad) + _unknown(values)
    return _framed(drawn, len(values), title)


def volumes(values: Sequence[int], *, title: str) -> Drawing:
    """Columns as high as numbers, the greatest filling the picture."""
    most = max(values, default=0)
    columns = (
        _column(number, _GROUND - max(value / most * _ROOM, _LEAST), _GROUND)
        for number, value in enumerate(values)
        if value
    )
    drawn = _path("day-volume", columns) + _unknown([value or None for value in values])
    return _framed(drawn, len(values), title)


def delays(minutes: Sequence[float | None], *, title: str) -> Drawing:
    """Points joined by a line where days follow each other, higher by one step a doubling."""
    points = [_point(number, value) for number, value in enumerate(minutes)]
    lines = (
        f"M{before[0]:g} {before[1]:g}L{after[0]:g} {after[1]:g}"
        for before, after in pairwise(points)
        if before is not None and after is not None
    )
    dots = (f"M{point[0]:g} {point[1]:g}h0" for point in points if point is not None)
    drawn = _path("day-line", lines) + _path("day-point", dots) + _unknown(minutes)
    return _framed(drawn, len(minutes), title)


def _point(number: int, minutes: float | None) -> tuple[float, float] | None:
    if minutes is None:
        return None
    risen = min(max(log2(max(minutes, 1)) / _DOUBLINGS, 0), 1)
    return (_middle(number), round(_GROUND - 2 - risen * (_ROOM - 3), 1))


def _middle(number: int) -> float:
    return number * _STEP + _STEP / 2


def _column(number: int, top: float, bottom: float) -> str:
    x = number * _STEP + (_STEP - _WIDE) / 2
    return f"M{x:g} {round(top, 1):g}h{_WIDE}V{round(bottom, 1):g}h-{_WIDE}z"


def _unknown(values: Sequence[float | None]) -> str:
    dots = (
        f"M{_middle(number):g} {_GROUND - 1}h0"
        for number, value in enumerate(values)
        if value is None
    )
    return _path("day-none", dots)


def _path(kind: str, parts: Iterable[str]) -> str:
    drawn = "".join(parts)
    return f'<path class="{kind}" d="{drawn}"/>' if drawn else ""


def _framed(drawn: str, days: int, title: str) -> Drawing:
    told, width = escape(title), max(days, 1) * _STEP
    return Drawing(
        f'<svg class="days" role="img" aria-label="{told}" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="{width}" height="{_HEIGHT}">{drawn}</svg>'
    )
