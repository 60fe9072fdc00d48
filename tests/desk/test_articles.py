"""The pages of an article, of two beside each other, and of why, as an editor uses them."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aggregator.executors.in_process import InProcess
from aggregator.pipeline.learning import Learning
from aggregator.storage.database import open_database
from tests.support.desks import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page

_COPY = "SELECT reference_id, article_id FROM copy_member WHERE added_words > 5 AND cut_words > 5"
_LEARNT = "SELECT article_id FROM removed_block WHERE reason = 'recurs on the site'"
_REVISED = "SELECT article_id FROM former_version"


def found(path: Path, sql: str) -> tuple[int, ...]:
    """The first row that a question finds in a file."""
    with open_database(path, readonly=True) as db:
        return tuple(db.rows(f"{sql} LIMIT 1")[0])


def state(path: Path, line: int) -> str:
    """What is decided of a line that a site repeats."""
    with open_database(path, readonly=True) as db:
        return str(db.value("SELECT state FROM furniture WHERE id = ?", (line,)))


# --- beside each other -----------------------------------------------------------------------


def test_a_copy_is_laid_beside_what_it_was_made_of(
    shared_page: "Page", shared_desk: Running
) -> None:
    whole, copy = found(shared_desk.path, _COPY)
    shared_page.goto(f"/articles/{copy}")
    shared_page.get_by_role("main").get_by_role("link", name="Compare", exact=True).click()
    assert shared_page.url.endswith(f"/compare?a={whole}&b={copy}")
    same = shared_page.locator(".pair-same")
    sides = same.first.locator(".side")
    assert sides.nth(0).inner_text() == sides.nth(1).inner_text() != ""
    assert shared_page.locator(".own-a, .side del").count() > 0
    assert shared_page.locator(".own-b, .side ins").count() > 0


def test_what_both_have_is_folded_away_where_only_the_rest_is_wanted(
    shared_page: "Page", shared_desk: Running
) -> None:
    whole, copy = found(shared_desk.path, _COPY)
    shared_page.goto(f"/compare?a={whole}&b={copy}")
    same, other = shared_page.locator(".pair-same"), shared_page.locator(".pair[data-row]")
    assert same.first.is_visible()
    shared_page.get_by_label("Only what differs").check()
    assert not same.first.is_visible()
    assert other.first.is_visible()


def test_j_leads_from_difference_to_difference(shared_page: "Page", shared_desk: Running) -> None:
    whole, copy = found(shared_desk.path, _COPY)
    shared_page.goto(f"/compare?a={whole}&b={copy}")
    for at in range(2):
        shared_page.keyboard.press("j")
        row = shared_page.locator(".pair[data-row]").nth(at)
        assert row.evaluate("row => row === document.activeElement")


def test_what_both_have_stands_once_on_a_phone(shared_page: "Page", shared_desk: Running) -> None:
    whole, copy = found(shared_desk.path, _COPY)
    shared_page.set_viewport_size({"width": 390, "height": 844})
    shared_page.goto(f"/compare?a={whole}&b={copy}")
    sides = shared_page.locator(".pair-same").first.locator(".side")
    assert [sides.nth(at).is_visible() for at in (0, 1)] == [False, True]


def test_two_versions_are_chosen_and_compared(shared_page: "Page", shared_desk: Running) -> None:
    (article,) = found(shared_desk.path, _REVISED)
    shared_page.goto(f"/articles/{article}")
    shared_page.get_by_role("link", name="Compare with the one before").first.click()
    assert shared_page.locator("h1").inner_text() == "What changed"
    shared_page.get_by_label("To").select_option("1")
    shared_page.get_by_role("button", name="Show").click()
    assert "Nothing differs." in shared_page.get_by_role("main").inner_text()


def test_others_of_the_story_are_offered_and_opened_by_key(
    shared_page: "Page", shared_desk: Running
) -> None:
    whole, _ = found(shared_desk.path, _COPY)
    shared_page.goto(f"/compare?a={whole}")
    shared_page.keyboard.press("j")
    shared_page.keyboard.press("o")
    shared_page.wait_for_url(re.compile(rf"/compare\?a={whole}&b=\d+$"))


# --- the article -----------------------------------------------------------------------------


def test_removed_lines_are_shown_in_place_when_asked_for(
    shared_page: "Page", shared_desk: Running
) -> None:
    (article,) = found(shared_desk.path, _LEARNT)
    shared_page.goto(f"/articles/{article}")
    cut = shared_page.locator(".cut").first
    assert not cut.is_visible()
    shared_page.get_by_label(re.compile("taken out")).check()
    assert cut.is_visible()


def test_the_original_is_opened_without_a_word_about_us(
    shared_page: "Page", shared_desk: Running
) -> None:
    (article,) = found(shared_desk.path, "SELECT id FROM article")
    shared_page.goto(f"/articles/{article}")
    link = shared_page.get_by_role("link", name="Open the original")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert str(link.get_attribute("href")).startswith("http")


@pytest.mark.parametrize(
    ("button", "decided", "told"),
    [
        ("This is text", "rejected", "stays in"),
        ("This is boilerplate", "approved", "goes for ever"),
    ],
)
def test_a_learnt_line_is_decided_on_where_it_stands(
    page: "Page", desk: Running, button: str, decided: str, told: str
) -> None:
    (article,) = found(desk.path, _LEARNT)
    page.goto(f"/articles/{article}?removed=shown")
    first = page.locator(".cut[data-row]").first
    line = int(first.locator("input[name=line]").first.get_attribute("value") or 0)
    cut = page.locator(f"#{first.get_attribute('id')}")
    cut.get_by_role("button", name=button).click()
    cut.get_by_text(told).wait_for()
    assert state(desk.path, line) == decided
    cut.get_by_role("button", name="Take back").click()
    cut.get_by_text("met on").wait_for()
    assert state(desk.path, line) == "learnt"


def test_the_next_run_keeps_to_what_was_decided(page: "Page", desk: Running) -> None:
    (article,) = found(desk.path, _LEARNT)
    page.goto(f"/articles/{article}?removed=shown")
    cut = page.locator(".cut[data-row]").first
    text = cut.locator("del").inner_text().removeprefix("taken out:").strip()
    cut.get_by_role("button", name="This is text").click()
    page.get_by_text("comes back with the next run").first.wait_for()
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(learn, desk.path).result()
    page.reload()
    kept = page.locator(".kept").first
    assert kept.inner_text().strip() == text
    assert "comes back" not in page.get_by_role("main").inner_text()


def learn(path: Path) -> None:
    """Learn what recurs, as a run does after it has fetched."""
    with open_database(path) as db:
        step = Learning(db, InProcess(), lambda: datetime.now(UTC), remember=30)
        asyncio.run(step.run(lambda _event: None))


# --- why -------------------------------------------------------------------------------------


def test_why_leads_from_an_article_to_its_partner(
    shared_page: "Page", shared_desk: Running
) -> None:
    _, copy = found(shared_desk.path, _COPY)
    shared_page.goto(f"/articles/{copy}")
    shared_page.get_by_role("link", name="Why here?").click()
    assert re.search(r"(Alike|Contained).*\d+%", shared_page.locator(".verdict").inner_text())
    shared_page.get_by_role("link", name="Every question asked of the two").first.click()
    assert shared_page.locator("h1").inner_text() == "Why together?"
    asked = shared_page.locator(".asked .checks li").first
    assert not asked.is_visible()
    shared_page.get_by_text("What was asked, in this order").click()
    assert asked.is_visible()


def test_two_that_do_not_belong_together_are_parted_there(page: "Page", desk: Running) -> None:
    whole, copy = found(desk.path, _COPY)
    page.goto(f"/articles/{whole}/why/{copy}")
    page.get_by_role("button", name="They are two stories").click()
    page.get_by_role("heading", name="Why apart?").wait_for()
    assert "decided that they are two stories" in page.get_by_role("main").inner_text()
    story = "SELECT count(DISTINCT story_id) FROM article WHERE id IN"
    assert found(desk.path, f"{story} ({whole}, {copy})") == (2,)
