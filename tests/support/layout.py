"""Looks at a page as it is drawn: what is clipped, empty, upon another or beyond the edge."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["faults"]

_SCRIPT: Final = Path(__file__).with_suffix(".js")


@cache
def _script() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def faults(page: "Page") -> list[str]:
    """What is drawn as nobody means it, a line each.

    Words that end in an ellipsis are meant to, and so is what scrolls by itself.
    """
    found: list[str] = page.evaluate(_script())
    return found
