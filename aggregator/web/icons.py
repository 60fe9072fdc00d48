"""The small pictures beside words: lines on a square of 24, drawn here, in the text's colour."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aggregator.output.charts import Drawing

__all__ = ["ICONS"]

_DRAWN: Final = {
    "brand": '<path d="M4 5h16M4 10h10M4 15h16M4 20h7"/>',
    "board": (
        '<rect x="3" y="4" width="18" height="7" rx="1.5"/>'
        '<rect x="3" y="14" width="11" height="6" rx="1.5"/>'
        '<path d="M17.5 15.5h3.5M17.5 18.5h3.5"/>'
    ),
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "feeds": '<path d="M5 19.5h.01M4 12a8 8 0 0 1 8 8M4 5a15 15 0 0 1 15 15"/>',
    "decisions": '<path d="M5 4v9a4 4 0 0 0 4 4h10M15 13l4 4-4 4"/><path d="M9 6h10"/>',
    "settings": (
        '<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/>'
        '<circle cx="16" cy="7" r="2.5"/>'
        '<circle cx="8" cy="17" r="2.5"/>'
    ),
    "keys": (
        '<rect x="3" y="6" width="18" height="12" rx="2"/>'
        '<path d="M7 10h.01M11 10h.01M15 10h.01M8 14h8"/>'
    ),
    "code": '<path d="m8 7-5 5 5 5M16 7l5 5-5 5"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "star": (
        '<path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z"/>'
    ),
    "starred": (
        '<path fill="currentColor" d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8'
        ' 1-5.9L3.5 9.7l5.9-.8z"/>'
    ),
    "pin": '<path d="M9 3.5h6l-.8 6 3.3 3.5H6.5L9.8 9.5zM12 13v7.5"/>',
    "pinned": (
        '<path fill="currentColor" d="M9 3.5h6l-.8 6 3.3 3.5H6.5L9.8 9.5z"/><path d="M12 13v7.5"/>'
    ),
    "hide": (
        '<path d="M4 4l16 16M9.9 5.2A9.5 9.5 0 0 1 12 5c5 0 8.5 4.5 9.5 7-.4 1-1.3 2.5-2.7'
        " 3.9M6.3 7.2C4.3 8.6 3 10.7 2.5 12c1 2.5 4.5 7 9.5 7 1.7 0 3.2-.5 4.5-1.2M10 10a2.8"
        ' 2.8 0 0 0 4 4"/>'
    ),
    "show": (
        '<path d="M2.5 12C3.5 9.5 7 5 12 5s8.5 4.5 9.5 7c-1 2.5-4.5 7-9.5 7s-8.5-4.5-9.5-7z"/>'
        '<circle cx="12" cy="12" r="3"/>'
    ),
    "merge": '<path d="M6 4v4c0 4 6 4 6 8v4M18 4v4c0 4-6 4-6 8"/>',
    "split": (
        '<path d="M12 20v-6c0-4-6-4-6-8V4M12 14c0-4 6-4 6-8V4M3.5 6 6 3.5 8.5 6M15.5 6 18 3.5'
        ' 20.5 6"/>'
    ),
    "move": '<path d="M4 12h14M13 6.5l5.5 5.5-5.5 5.5"/>',
    "apart": '<path d="M5 9h14M5 15h14M16 4 8 20"/>',
    "note": '<path d="M5 4h14v11l-5 5H5z"/><path d="M14 20v-5h5M8.5 8.5h7M8.5 12h4"/>',
    "rename": '<path d="m4 20 1-4.5L16.5 4l3.5 3.5L8.5 19z"/><path d="m14 6.5 3.5 3.5"/>',
    "undo": '<path d="M8 5 4 9l4 4"/><path d="M4 9h10a5.5 5.5 0 0 1 0 11H9"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "alert": '<path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.2"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.1"/>',
    "out": '<path d="M14 4h6v6M20 4l-9 9M18 14v5.5H4.5V6H10"/>',
    "compare": (
        '<rect x="3" y="5" width="7.5" height="14" rx="1"/>'
        '<rect x="13.5" y="5" width="7.5" height="14" rx="1"/>'
    ),
    "copy": '<rect x="8" y="8" width="12" height="12" rx="1.5"/><path d="M16 8V4H4v12h4"/>',
    "down": '<path d="m6 9.5 6 6 6-6"/>',
    "right": '<path d="m9.5 6 6 6-6 6"/>',
    "left": '<path d="m14.5 6-6 6 6 6"/>',
    "up": '<path d="m6 14.5 6-6 6 6"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "more": '<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3"/>',
    "refresh": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4v5.4h-5.4"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "play": '<path d="M8 5v14l11-7z"/>',
    "remove": '<path d="M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13"/>',
    "filter": '<path d="M3.5 5h17l-6.5 8v6l-4-2v-4z"/>',
    "drag": (
        '<path d="M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01" stroke-width="3"/>'
    ),
    "lock": (
        '<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>'
    ),
    "save": '<path d="M6 3.5h12v17l-6-4.5-6 4.5z"/>',
    "bell": '<path d="M6 17v-6a6 6 0 0 1 12 0v6l2 1.5H4zM10 21h4"/>',
    "language": (
        '<circle cx="12" cy="12" r="8.5"/>'
        '<path d="M3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17"/>'
    ),
    "agency": '<path d="M4 20V9l8-5 8 5v11M9 20v-6h6v6"/>',
}

ICONS: Final[Mapping[str, Drawing]] = MappingProxyType(
    {name: Drawing(path) for name, path in _DRAWN.items()}
)
"""What stands inside the <svg> of each, by its name."""
