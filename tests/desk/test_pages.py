"""Every page as it is drawn: nothing in anybody's way, nothing clipped, overlapping or empty.

With AGGREGATOR_SCREENSHOTS=FOLDER each is kept there as a picture (make screenshots).
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.desk_pages import PAGES, addresses
from tests.support.desks import Running
from tests.support.layout import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

Another = Callable[..., AbstractContextManager["Page"]]
Axe = Callable[["Page"], list[str]]

WIDTHS: Final = {"wide": (1440, 900), "phone": (390, 844)}
NARROWEST: Final = (320, 640)
"""WCAG 1.4.10: down to this width nothing may scroll sideways."""

REAL: Final = ("board", "story", "article", "compare", "search", "feeds")


def keep(page: "Page", name: str) -> None:
    """Keep a picture of the whole page, where pictures are wanted."""
    if folder := os.environ.get("AGGREGATOR_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def look(page: "Page", name: str, axe: Axe | None) -> list[str]:
    """What is wrong with a page at any width and in any colours."""
    wrong: list[str] = []
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            keep(page, f"{name}-{width}-{colours}")
            barriers = axe(page) if axe else []
            wrong += [f"{width}, {colours}: {each}" for each in faults(page) + barriers]
    page.set_viewport_size({"width": NARROWEST[0], "height": NARROWEST[1]})
    return wrong + [f"narrowest: {each}" for each in faults(page)]


def visit(page: "Page", address: str) -> None:
    """Open a page that is there, or is known not to be."""
    answer = page.goto(address)
    assert answer is not None
    expected = 404 if address == PAGES["missing"] else 200
    assert answer.status == expected, f"{address}: {answer.status} {answer.text()[:300]}"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_amiss(shared_desk: Running, another: Another, axe: Axe, name: str) -> None:
    address = addresses(shared_desk.path)[name]
    with another(shared_desk.url) as page:
        visit(page, address)
        assert look(page, name, axe) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_amiss_in_german(shared_desk: Running, another: Another, name: str) -> None:
    address = addresses(shared_desk.path)[name]
    with another(shared_desk.url, locale="de-DE") as page:
        visit(page, address)
        assert page.locator("html").get_attribute("lang") == "de"
        assert look(page, f"{name}-de", None) == []


@pytest.mark.parametrize("name", [name for name in REAL if name in PAGES])
def test_real_pages_fit_as_well(real_desk: Running, another: Another, name: str) -> None:
    address = addresses(real_desk.path)[name]
    with another(real_desk.url) as page:
        visit(page, address)
        assert look(page, f"{name}-real", None) == []
