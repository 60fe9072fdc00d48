"""The board as an editor uses it: looking, filtering, and seeing it grow without losing a place."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aggregator.storage import clusters, feeds, seen, stories
from aggregator.storage.database import Database, open_database
from tests.support.desks import Running, running
from tests.support.kept import keep, report
from tests.support.kept import tell as told

if TYPE_CHECKING:
    from playwright.sync_api import Page

Another = Callable[..., AbstractContextManager["Page"]]
Axe = Callable[["Page"], list[str]]

_NUMBERS = count(1)


def order(page: "Page") -> list[str]:
    """The stories on the page in their order."""
    found: list[str] = page.locator("[data-row]").evaluate_all(
        "all => all.map(row => row.dataset.story)"
    )
    return found


def places(page: "Page") -> dict[str, list[float]]:
    """Where each row is in the window."""
    found: dict[str, list[float]] = page.locator("[data-row]").evaluate_all(
        """all => Object.fromEntries(all.map(row => {
          const box = row.getBoundingClientRect();
          return [row.dataset.story, [box.x, box.y, box.width, box.height]];
        }))"""
    )
    return found


def brought(db: Database) -> int:
    """A new article, as a run brings it."""
    now = datetime.now(UTC)
    source = feeds.all_feeds(db)[0].source
    return keep(db, source, report(f"news {next(_NUMBERS)}", now), now)


def begin(path: Path) -> str:
    """Let a story begin while the desk is open; its number."""
    with open_database(path) as db:
        return str(told(db, [[brought(db)]]))


def grow(path: Path, story: str) -> None:
    """Let a story have one more independent text."""
    with open_database(path) as db:
        article = brought(db)
        with db.write():
            group = clusters.new_group(db)
            clusters.move(db, [article], group)
            clusters.recount(db, [group])
            stories.place(db, group, int(story))
            stories.recount(db, [int(story)])
            clusters.mark_clustered(db, [article])


def heard(page: "Page", words: str) -> None:
    """Wait until the bar says so."""
    page.get_by_role("button", name=words).wait_for()


# --- looking ---------------------------------------------------------------------------------


def test_a_card_says_who_has_it_and_who_took_it_over(shared_page: "Page") -> None:
    shared_page.goto("/")
    card = shared_page.get_by_role("article", name="Fishing boats help rescue 143")
    text = " ".join(card.inner_text().split())
    assert "4 outlets" in text
    assert "2 independent texts" in text
    assert "AP The Tarnmouth Ledger · copies: Northgate Dispatch" in text
    assert re.search(r"grew \d+ h ago began \d+ h ago", text)
    link = card.get_by_role("heading", level=2).get_by_role("link")
    assert re.fullmatch(r"/stories/\d+", str(link.get_attribute("href")))


@pytest.mark.parametrize("by", ["pointer", "keyboard"])
def test_the_rank_is_explained_and_leaves_again(shared_page: "Page", by: str) -> None:
    shared_page.goto("/")
    card = shared_page.locator("[data-row]").nth(1)
    curve, why = card.get_by_role("button", name="Why here?"), card.get_by_role("tooltip")
    assert not why.is_visible()
    if by == "pointer":
        curve.hover()
    else:
        shared_page.keyboard.press("j")
        shared_page.keyboard.press("j")
        shared_page.keyboard.press("Tab")
        while not curve.evaluate("each => each === document.activeElement"):
            shared_page.keyboard.press("Tab")
    why.wait_for(state="visible")
    assert re.search(r"\d independent texts\s*\+ \d+ h", why.inner_text())
    assert re.search(r"\d outlets\s*\+ \d+ h", why.inner_text())
    shared_page.keyboard.press("Escape")
    why.wait_for(state="hidden")


def test_filters_hold_together_and_are_given_up_one_by_one(shared_page: "Page") -> None:
    shared_page.goto("/")
    every = len(order(shared_page))
    filters = shared_page.get_by_role("complementary", name="Filters")
    filters.get_by_role("link", name="English", exact=True).click()
    english = len(order(shared_page))
    assert 0 < english < every
    filters.get_by_role("link", name="only one outlet has it").click()
    assert 0 < len(order(shared_page)) < english
    for card in shared_page.locator("[data-row]").all():
        assert "1 outlet\n" in card.inner_text()
    shared_page.locator(".chosen").get_by_role("link", name="English").click()
    assert "language" not in shared_page.url
    assert "single=1" in shared_page.url
    filters.get_by_label("Outlet").fill("Harbour & Isle")
    filters.get_by_role("button", name="Filter").click()
    assert "single=1" in shared_page.url
    shared_page.locator(".chosen").get_by_role("link", name="Show all").click()
    assert len(order(shared_page)) == every


def test_keys_go_through_the_rows_and_open_one(shared_page: "Page") -> None:
    shared_page.goto("/")
    shared_page.keyboard.press("j")
    shared_page.keyboard.press("j")
    story = order(shared_page)[1]
    with shared_page.expect_navigation(url=f"**/stories/{story}"):
        shared_page.keyboard.press("o")


def test_without_scripts_it_is_read_to_its_end(shared_desk: Running, another: Another) -> None:
    with another(shared_desk.url, java_script_enabled=False) as page:
        page.goto("/")
        first = order(page)
        page.get_by_role("link", name="More stories").click()
        second = order(page)
        assert second
        assert not set(first) & set(second)


def test_more_stories_come_behind_the_others(shared_page: "Page") -> None:
    shared_page.goto("/")
    first = order(shared_page)
    shared_page.get_by_role("link", name="More stories").click()
    shared_page.locator("[data-row]").nth(len(first)).wait_for()
    assert order(shared_page)[: len(first)] == first
    assert len(set(order(shared_page))) == len(order(shared_page))


# --- while it grows --------------------------------------------------------------------------


def test_nothing_moves_until_somebody_wants_to_see(page: "Page", desk: Running) -> None:
    page.goto("/")
    before, stand = order(page), places(page)
    grow(desk.path, before[7])
    heard(page, "1 story new or grown")
    begun = begin(desk.path)
    heard(page, "2 stories new or grown")
    assert page.locator(f"#s{before[7]} .grew").inner_text() == "+1"
    assert order(page) == before
    assert places(page) == stand
    page.keyboard.press("u")
    page.locator(f"#s{begun}").wait_for()
    assert order(page) != before
    assert order(page).index(before[7]) < 7
    assert page.locator(".grew:not(:empty)").count() == 0
    assert page.locator("#news").inner_text() == ""


def test_what_is_new_waits_on_where_no_page_came(page: "Page", desk: Running) -> None:
    page.goto("/")
    begun = begin(desk.path)
    heard(page, "1 story new or grown")
    page.route("**/?shown=*", lambda route: route.abort())
    page.keyboard.press("u")
    page.get_by_role("alert").get_by_text("The desk does not answer").wait_for()
    heard(page, "1 story new or grown")
    page.unroute("**/?shown=*")
    page.keyboard.press("u")
    page.locator(f"#s{begun}").wait_for()
    assert page.locator("#news").inner_text() == ""


def test_focus_and_place_are_kept_when_it_is_shown_anew(page: "Page", desk: Running) -> None:
    page.goto("/")
    rows = page.locator("[data-row]")
    for _ in range(12):
        page.keyboard.press("j")
    chosen = order(page)[11]
    stood = places(page)[chosen][1]
    assert page.evaluate("scrollY") > 150
    begun = [begin(desk.path) for _ in range(3)]
    heard(page, "3 stories new or grown")
    page.keyboard.press("u")
    page.locator(f"#s{begun[0]}").wait_for()
    page.locator(f"#s{chosen}:focus").wait_for()
    assert places(page)[chosen][1] == pytest.approx(stood, abs=1)
    page.keyboard.press("j")
    after = order(page)
    assert page.evaluate("document.activeElement.dataset.story") == (after[after.index(chosen) + 1])
    assert rows.count() == 25


def test_with_a_filter_only_what_fits_is_told(page: "Page", desk: Running) -> None:
    page.goto("/?language=de")
    begin(desk.path)  # in English
    grow(desk.path, order(page)[3])
    heard(page, "1 story new or grown")


def test_a_tab_that_was_away_hears_what_it_missed(page: "Page", desk: Running) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", {value: true, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    begin(desk.path)
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", {value: false, configurable: true});
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    heard(page, "1 story new or grown")


def test_who_was_here_before_is_told_what_came_since(copied: Path, another: Another) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with open_database(copied) as db, db.write():
        seen.visit(db, "eva", long_ago)
    with running(copied, "--author", "eva") as desk, another(desk.url) as page:
        page.goto("/")
        since = page.locator(".since")
        assert re.search(r"Since your last visit, .*: \d+ stories began", since.inner_text())


def test_what_was_read_is_no_longer_unread(page: "Page") -> None:
    page.goto("/")
    first = order(page)[0]
    assert page.locator(f"#s{first}").get_by_role("img", name="not yet read").is_visible()
    page.locator(f"#s{first} [data-open]").click()
    page.go_back()
    page.goto("/?unread=1")
    assert first not in order(page)
    page.goto("/")
    assert page.locator(f"#s{first}").get_by_role("img", name="not yet read").count() == 0


# --- acting ----------------------------------------------------------------------------------


def test_a_story_is_starred_and_pinned_where_it_stands(page: "Page") -> None:
    page.goto("/")
    before = order(page)
    for _ in range(3):
        page.keyboard.press("j")
    card = page.locator(f"#s{before[2]}")
    page.keyboard.press("*")
    card.get_by_role("button", name="Take back the star").wait_for()
    page.keyboard.press("p")
    card.get_by_role("button", name="Unpin").wait_for()
    assert order(page) == before
    assert page.evaluate("document.activeElement.closest('[data-row]').id") == f"s{before[2]}"
    page.goto("/?starred=1")
    assert order(page) == [before[2]]
    page.goto("/")
    assert order(page)[0] == before[2]


def test_a_hidden_story_leaves_and_the_next_one_has_the_focus(page: "Page") -> None:
    page.goto("/")
    before = order(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.locator(f"#s{before[1]}").wait_for(state="detached")
    assert order(page) == [before[0], *before[2:]]
    assert page.evaluate("document.activeElement.id") == f"s{before[2]}"
    page.keyboard.press("z")
    page.get_by_text("taken back").or_(page.get_by_text("Taken back")).first.wait_for()
    page.goto("/")
    assert order(page) == before


def test_without_scripts_a_story_is_hidden_by_its_button(desk: Running, another: Another) -> None:
    with another(desk.url, java_script_enabled=False) as page:
        page.goto("/")
        first = order(page)[0]
        page.locator(f"#s{first}").get_by_role("button", name="Hide").click()
        assert first not in order(page)
        page.goto("/?hidden=1")
        assert order(page) == [first]


def test_it_is_small_with_all_its_buttons(page: "Page") -> None:
    answer = page.goto("/")
    assert answer is not None
    assert len(order(page)) == 25
    assert len(answer.body()) <= 100_000


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_stands_in_the_way_while_something_is_new(
    page: "Page", desk: Running, axe: Axe, colours: str
) -> None:
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    page.goto("/?language=de&single=0")
    grow(desk.path, order(page)[0])
    heard(page, "1 story new or grown")
    page.locator(".curve").first.focus()
    assert axe(page) == []
