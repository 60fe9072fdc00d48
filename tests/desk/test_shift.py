"""A whole shift at the desk, while the daemon polls and stories grow.

Nothing that the editor did is lost or overruled, and no row moves under the pointer.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.desk.conftest import Another
from tests.desk.test_pages import Axe, look
from tests.support.shifts import Shift, shift

if TYPE_CHECKING:
    from playwright.sync_api import Page

FERRY: Final = "Fishing boats help rescue%"
SINGING: Final = "%steered for the singing%"
FACTORY: Final = "Chipmaker Halden%"
RECALL: Final = "Achtung, Keime!%"
PLACES: Final = """
() => Object.fromEntries([...document.querySelectorAll("[data-row][data-story]")].map((row) =>
  [row.dataset.story, Math.round(row.getBoundingClientRect().top)]))
"""
UNDER: Final = """
([x, y]) => document.elementFromPoint(x, y).closest("[data-row]")?.dataset.story
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Shift]:
    """A newsroom whose first edition is out, and polled."""
    with shift(tmp_path) as work:
        yield work


def story_of(work: Shift, title: str) -> int:
    return work.value("SELECT story_id FROM article WHERE title LIKE ?", title)


def article_of(work: Shift, title: str) -> int:
    return work.value("SELECT id FROM article WHERE title LIKE ?", title)


def articles(work: Shift) -> int:
    return work.value("SELECT count(*) FROM article WHERE clustered")


def wait_for_toast(page: "Page") -> None:
    page.locator("#toasts .toast").last.wait_for()


def read(page: "Page", work: Shift, title: str) -> None:
    """Go down the board to a story by key, and open it."""
    page.goto("/")
    row = page.locator(f"[data-row][data-story='{story_of(work, title)}']")
    for _ in range(60):
        page.keyboard.press("j")
        if row.evaluate("(row) => row.contains(document.activeElement)"):
            break
    page.keyboard.press("o")
    page.wait_for_url(f"**/stories/{story_of(work, title)}")


def compare(page: "Page") -> None:
    """Look at two texts of the story beside each other, and come back."""
    page.locator("main a[href^='/compare']:visible").first.click()
    page.wait_for_url("**/compare?**")
    assert page.locator("main h1").inner_text()
    page.go_back()


def split_off(page: "Page", work: Shift, title: str) -> None:
    """Take one article out of the story that is open, by keys."""
    before = story_of(work, title)
    row = page.locator(f"[data-row][data-article='{article_of(work, title)}']").first
    row.locator("input[type=checkbox]").focus()
    page.keyboard.press("x")
    page.keyboard.press("s")
    wait_for_toast(page)
    assert story_of(work, title) != before


def merge_and_undo(page: "Page", work: Shift) -> None:
    """Merge a story with another one, see that it is none, and take that back by key."""
    one, other = story_of(work, FACTORY), story_of(work, RECALL)
    page.goto(f"/stories/{one}")
    page.keyboard.press("m")
    page.locator("input[name=target]:visible").first.fill(str(other))
    page.keyboard.press("Enter")
    work.until(lambda: story_of(work, FACTORY) == story_of(work, RECALL))
    wait_for_toast(page)
    page.keyboard.press("z")
    work.until(lambda: story_of(work, FACTORY) != story_of(work, RECALL))


def star(page: "Page", work: Shift, title: str) -> None:
    page.goto(f"/stories/{story_of(work, title)}")
    page.keyboard.press("*")
    wait_for_toast(page)


def search_and_save(page: "Page", work: Shift) -> None:
    """Search by key, and keep the search under a name."""
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("ferry")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("main [data-row]").count() > 0
    name = page.locator("input[name=name]")
    if not name.is_visible():
        page.locator("summary:has-text('Save')").click()
    name.fill("Ferries")
    page.keyboard.press("Enter")
    work.until(lambda: work.value("SELECT count(*) FROM saved_search") == 1)


def test_a_whole_shift(at_work: Shift, another: Another) -> None:
    with another(at_work.desk.url) as board:
        board.goto("/")
        places, pointed = board.evaluate(PLACES), (300, 500)
        assert len(places) > 10
        board.mouse.move(*pointed)
        under = board.evaluate(UNDER, pointed)
        page = board.context.new_page()
        read(page, at_work, FERRY)
        compare(page)
        split_off(page, at_work, SINGING)
        merge_and_undo(page, at_work)
        before = articles(at_work)
        at_work.publish()
        search_and_save(page, at_work)
        star(page, at_work, RECALL)
        at_work.until(lambda: articles(at_work) > before + 3)
        news = board.locator("#news button, #news a").first
        news.wait_for()
        assert {each: at for each, at in board.evaluate(PLACES).items() if each in places} == places
        assert board.evaluate(UNDER, pointed) == under
        shown_when_asked(board, at_work)
        page.close()
    nothing_is_lost(at_work)


def shown_when_asked(board: "Page", work: Shift) -> None:
    """The row that has the focus keeps it when the editor has the news shown."""
    row = board.locator(f"[data-row][data-story='{story_of(work, FACTORY)}']")
    for _ in range(60):
        board.keyboard.press("j")
        if row.evaluate("(row) => row.contains(document.activeElement)"):
            break
    board.keyboard.press("u")
    board.locator("#news button, #news a").first.wait_for(state="hidden")
    assert row.evaluate("(row) => row.contains(document.activeElement)")
    shown = {int(each) for each in board.evaluate(PLACES)}
    assert story_of(work, SINGING) in shown


def nothing_is_lost(work: Shift) -> None:
    """What came meanwhile went where it belongs, and what was decided still holds."""
    new = article_of(work, "Aground off Skerrin%")
    assert new
    assert story_of(work, SINGING) not in {0, story_of(work, FERRY)}
    assert story_of(work, "Aground off Skerrin%") == story_of(work, FERRY)
    assert story_of(work, FACTORY) != story_of(work, RECALL)
    starred = "SELECT story_id FROM decision WHERE kind = 'star' AND undone_at IS NULL"
    assert work.value(starred) == story_of(work, RECALL)
    assert work.value("SELECT count(*) FROM saved_search WHERE name = 'Ferries'") == 1
    assert work.value("SELECT count(*) FROM decision WHERE undone_at IS NOT NULL") > 0


def test_pages_after_a_shift_are_as_they_should_be(
    at_work: Shift, another: Another, axe: Axe
) -> None:
    """Those on which something happened: marked, noted, renamed, saved, grown since one looked."""
    with another(at_work.desk.url) as page:
        read(page, at_work, FERRY)
        page.locator("textarea[name=text]").fill("Ask the coast guard again at six.")
        page.locator("form:has(textarea[name=text]) button").click()
        wait_for_toast(page)
        star(page, at_work, RECALL)
        page.keyboard.press("p")
        at_work.until(
            lambda: at_work.value("SELECT count(*) FROM decision WHERE kind = 'pin'") == 1
        )
        search_and_save(page, at_work)
        at_work.until(lambda: at_work.value("SELECT count(*) FROM seen") > 1)
        at_work.publish()
        at_work.until(lambda: story_of(at_work, "Aground off Skerrin%") != 0)
        wrong = []
        for name, address in {
            "board-used": "/",
            "story-grown": f"/stories/{story_of(at_work, FERRY)}",
            "story-noted": f"/stories/{story_of(at_work, RECALL)}",
            "decisions-made": "/decisions",
            "searches-saved": "/searches",
        }.items():
            page.goto(address)
            wrong += [f"{name}, {each}" for each in look(page, name, axe)]
        assert wrong == []
