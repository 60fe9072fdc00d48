"""Editors in haste: keys that are held, and clicks that are doubled, do a thing once."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page


def told(page: "Page", words: str) -> None:
    page.locator("[data-toast]", has_text=words).first.wait_for()


def posts(page: "Page") -> list[str]:
    """The paths to which forms go from now on; whatever is pressed by then went at once."""
    sent: list[str] = []
    page.on("request", lambda each: sent.append(_path(each.url)) if each.method == "POST" else None)
    return sent


def _path(url: str) -> str:
    return urlsplit(url).path


def test_a_key_that_is_held_does_a_thing_once(page: "Page") -> None:
    page.goto("/")
    page.keyboard.press("j")
    story = page.locator("[data-current]").get_attribute("data-story")
    sent = posts(page)
    for key, words in (("p", "Pinned"), ("h", "Hidden"), ("z", "Taken back")):
        for _ in range(4):
            page.keyboard.down(key)
        page.keyboard.up(key)
        told(page, words)
    assert sent == [f"/stories/{story}/pin", f"/stories/{story}/hide", "/decisions/undo"]


def test_a_key_that_is_held_walks_on(page: "Page") -> None:
    page.goto("/")
    for _ in range(3):
        page.keyboard.down("j")
    third = page.locator("[data-row]").nth(2)
    assert third.get_attribute("data-current") is not None


def test_a_double_click_does_a_thing_once(page: "Page") -> None:
    page.goto("/")
    page.locator("[data-row] a[data-open]").first.click()
    page.get_by_role("button", name="Pin", exact=True).click()
    told(page, "Pinned")
    sent = posts(page)
    page.get_by_role("button", name="Star", exact=True).dblclick()
    told(page, "Starred")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Undo what I did last").dblclick()
    told(page, "Taken back")
    assert [each.rpartition("/")[2] for each in sent] == ["star", "undo-last"]
