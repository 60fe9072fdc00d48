"""Searching as editors do: words, facets, stories, saved searches and what is new in them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

import pytest

from aggregator.storage.database import open_database
from tests.support.desks import Running

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Another = Callable[..., AbstractContextManager["Page"]]
Axe = Callable[["Page"], list[str]]
WORD: Final = "Feuer"


def facet(page: "Page", title: str, value: str) -> "Locator":
    """The link of one value, in the facet that has this title."""
    section = page.locator(".facet").filter(has=page.get_by_role("heading", name=title))
    return section.get_by_role("link").filter(has_text=value).first


def number(page: "Page") -> int:
    """How many articles the page says that there are."""
    return int(page.get_by_role("status").filter(has_text="article").inner_text().split()[0])


def test_words_are_found_marked_and_put_together_by_story(shared_page: "Page", axe: Axe) -> None:
    shared_page.goto("/")
    shared_page.keyboard.press("/")
    shared_page.keyboard.type(WORD)
    shared_page.keyboard.press("Enter")
    shared_page.wait_for_url("**/search?q=Feuer")
    stories = shared_page.locator(".found-story")
    assert stories.count() >= 2
    assert stories.first.locator("mark").count() >= 1
    marked = shared_page.locator("mark").all_inner_texts()
    assert [text for text in marked if "feuer" not in text.casefold()] == []
    assert axe(shared_page) == []


def test_keys_lead_from_story_to_story_and_into_one(shared_page: "Page") -> None:
    shared_page.goto(f"/search?q={WORD}")
    shared_page.locator("body").press("j")
    shared_page.locator("body").press("j")
    second = shared_page.locator("[data-row]").nth(1)
    assert second.evaluate("row => row.contains(document.activeElement)")
    address = second.locator("[data-open]").first.get_attribute("href")
    shared_page.keyboard.press("o")
    shared_page.wait_for_url(f"**{address}*")


def test_a_facet_leaves_as_many_as_it_says(shared_page: "Page") -> None:
    shared_page.goto(f"/search?q={WORD}")
    every = number(shared_page)
    link = facet(shared_page, "Outlet", "kurzum")
    count = int(link.locator(".number").inner_text())
    assert 0 < count < every
    link.click()
    assert number(shared_page) == count
    outlets = set(shared_page.locator(".hit .outlet").all_inner_texts())
    assert outlets == {"kurzum"}
    shared_page.get_by_role("list", name="Filters").get_by_role("link").click()
    assert number(shared_page) == every


def test_the_best_match_comes_first_where_that_is_wished(shared_page: "Page") -> None:
    shared_page.goto(f"/search?q={WORD}")
    every = number(shared_page)
    shared_page.get_by_role("link", name="best match first").click()
    assert number(shared_page) == every
    assert shared_page.locator(".hit-title").first.locator("mark").count() >= 1


def test_what_is_nowhere_says_so(shared_page: "Page") -> None:
    shared_page.goto("/search?q=Nilpferdhalter")
    assert shared_page.get_by_role("heading", name="Nothing was found").is_visible()


@pytest.fixture
def saved(page: "Page") -> "Page":
    """The page of a search that was saved just now, with an alert."""
    page.goto(f"/search?q={WORD}&outlet=kurzum")
    page.get_by_text("Save this search").click()
    page.get_by_label("Name").fill("Brände")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/searches/*")
    return page


def test_a_search_is_saved_as_a_feed_and_opened_again(saved: "Page", desk: Running) -> None:
    assert "Saved: Brände" in saved.locator("#toasts").inner_text()
    assert saved.get_by_role("heading", level=1).inner_text() == "Brände"
    feed = saved.request.get(saved.get_by_role("link", name="Atom").get_attribute("href") or "")
    assert (feed.status, "kurzum" in feed.text()) == (200, True)
    saved.goto("/search")
    saved.get_by_role("link", name="Brände").click()
    assert saved.locator(".hit").count() >= 1
    with open_database(desk.path, readonly=True) as db:
        row = db.row("SELECT words, outlet FROM saved_searches")
    assert row is not None
    assert tuple(row) == (WORD, "kurzum")


def test_what_came_since_is_told_once(saved: "Page", desk: Running) -> None:
    with open_database(desk.path) as db, db.write():
        db.execute("UPDATE search_alert SET looked_to = 0")
    saved.goto("/feeds")
    bell = saved.get_by_role("link", name="1 saved search has new hits")
    bell.wait_for()
    bell.click()
    saved.get_by_role("link", name="Brände", exact=True).click()
    assert saved.locator(".chip-new").count() == saved.locator(".hit").count()
    # It is noted once the page is sent: soon, but not at once.
    for _ in range(100):
        saved.goto("/searches")
        if not saved.locator(".saved .badge").count():
            return
    pytest.fail("what was looked at is still new")


def test_a_deleted_search_is_had_back(saved: "Page", axe: Axe) -> None:
    saved.goto("/searches")
    assert axe(saved) == []
    saved.get_by_role("button", name="Delete").click()
    assert saved.get_by_role("heading", name="No search is saved yet").is_visible()
    saved.get_by_role("button", name="Undo").click()
    assert saved.get_by_role("heading", level=1).inner_text() == "Brände"


def test_a_name_is_given_once(saved: "Page") -> None:
    saved.goto("/search?q=Bahn")
    saved.get_by_text("Save this search").click()
    saved.get_by_label("Name").fill("BRÄNDE".replace("Ä", "ä"))
    saved.get_by_role("button", name="Save", exact=True).click()
    assert "another name" in saved.locator("#toasts").inner_text()


def test_all_of_it_works_without_scripts(desk: Running, another: Another) -> None:
    with another(desk.url, java_script_enabled=False) as page:
        page.goto(f"/search?q={WORD}")
        assert page.locator(".found-story").count() >= 2
        page.get_by_text("Save this search").click()
        page.get_by_role("button", name="Save", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == WORD
        page.get_by_role("button", name="Stop telling me of new hits").click()
        assert page.get_by_role("button", name="Tell me of new hits").is_visible()
