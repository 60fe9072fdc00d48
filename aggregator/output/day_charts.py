"""Small charts of days in a row, one column each, the latest on the right; as SVG, pure.

A day of which nothing is known leaves its column empty but for a dot on the ground, so that gaps
are seen as gaps. Nothing is told by colour alone: what failed lies above what did not.
"""

from collections.abc import Sequence
from html import escape
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
    drawn = []
    for number, value in enumerate(values):
        if value is None:
            drawn.append(_dot(number))
            continue
        top = _GROUND - value * _ROOM
        drawn.append(_column("day-good", number, top, _GROUND) if value > 0 else "")
        drawn.append(_column("day-bad", number, _GROUND - _ROOM, top) if value < 1 else "")
    return _framed(drawn, len(values), title)


def volumes(values: Sequence[int], *, title: str) -> Drawing:
    """Columns as high as numbers, the greatest filling the picture."""
    most = max(values, default=0)
    drawn = [
        _column("day-volume", number, _GROUND - max(value / most * _ROOM, _LEAST), _GROUND)
        if value
        else _dot(number)
        for number, value in enumerate(values)
    ]
    return _framed(drawn, len(values), title)


def delays(minutes: Sequence[float | None], *, title: str) -> Drawing:
    """Points joined by a line where days follow each other, higher by one step a doubling."""
    points = [_point(number, value) for number, value in enumerate(minutes)]
    drawn = []
    for number, point in enumerate(points):
        if point is None:
            drawn.append(_dot(number))
            continue
        before = points[number - 1] if number else None
        if before is not None:
            drawn.append(
                f'<line class="day-line" x1="{before[0]:g}" y1="{before[1]:g}" '
                f'x2="{point[0]:g}" y2="{point[1]:g}"/>'
            )
        drawn.append(f'<circle class="day-point" cx="{point[0]:g}" cy="{point[1]:g}" r="1.8"/>')
    return _framed(drawn, len(minutes), title)


def _point(number: int, minutes: float | None) -> tuple[float, float] | None:
    if minutes is None:
        return None
    risen = min(max(log2(max(minutes, 1)) / _DOUBLINGS, 0), 1)
    return (_middle(number), round(_GROUND - 2 - risen * (_ROOM - 3), 1))


def _middle(number: int) -> float:
    return number * _STEP + _STEP / 2


def _column(kind: str, number: int, top: float, bottom: float) -> str:
    x, height = number * _STEP + (_STEP - _WIDE) / 2, bottom - top
    return (
        f'<rect class="{kind}" x="{x:g}" y="{top:.1f}" width="{_WIDE}" height="{height:.1f}" '
        'rx="1"/>'
    )


def _dot(number: int) -> str:
    return f'<circle class="day-none" cx="{_middle(number):g}" cy="{_GROUND - 1}" r="1"/>'


def _framed(drawn: Sequence[str], days: int, title: str) -> Drawing:
    told, width = escape(title), max(days, 1) * _STEP
    return Drawing(
        f'<svg class="chart days" role="img" aria-label="{told}" viewBox="0 0 {width} {_HEIGHT}" '
        f'width="{width}" height="{_HEIGHT}"><title>{told}</title>{"".join(drawn)}</svg>'
    )
