"""The page of a story, as an editor uses it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aggregator.storage import stories
from aggregator.storage.database import open_database
from tests.support.desks import Running

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Another = Callable[..., AbstractContextManager["Page"]]


def story_in(path: Path) -> int:
    """A story of several texts, one of which others took over."""
    sql = """SELECT id FROM story WHERE copy_group_count > 1 AND article_count > copy_group_count
             ORDER BY article_count DESC, id LIMIT 1"""
    with open_database(path, readonly=True) as db:
        return int(db.value(sql))


def opened(page: "Page", desk: Running) -> int:
    """Open the page of that story."""
    story = story_in(desk.path)
    page.goto(f"/stories/{story}")
    return story


def rows(page: "Page") -> list[str]:
    """The articles that the page shows as texts of their own."""
    return [str(each.get_attribute("data-article")) for each in page.locator(".text").all()]


def test_copies_unfold_under_their_text_and_are_compared_with_it(
    shared_page: "Page", shared_desk: Running
) -> None:
    opened(shared_page, shared_desk)
    copies = shared_page.locator(".copies").first
    assert not copies.locator(".copy").first.is_visible()
    copies.locator("summary").click()
    copy = copies.locator(".copy").first
    assert re.search(r"took over \d+%|word for word", copy.inner_text())
    href = copy.get_by_role("link", name="Compare").get_attribute("href")
    assert re.fullmatch(r"/compare\?a=\d+&b=\d+", str(href))


def test_the_chart_tells_who_reported_when(shared_page: "Page", shared_desk: Running) -> None:
    opened(shared_page, shared_desk)
    chart = shared_page.get_by_role("img", name=re.compile("^Who reported when"))
    assert chart.locator(".chart-ring").count() > 0
    assert chart.locator(".chart-dot").count() == len(rows(shared_page))


def test_an_article_is_split_off_and_brought_back_with_keys(page: "Page", desk: Running) -> None:
    opened(page, desk)
    before = rows(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    bar = page.get_by_role("form", name="What is selected")
    assert bar.get_by_role("status").inner_text() == "1 article selected"
    gone = str(page.locator(".text[data-current]").get_attribute("data-article"))
    page.keyboard.press("s")
    page.locator(f'.text[data-article="{gone}"]').wait_for(state="detached")
    assert rows(page) == [each for each in before if each != gone]
    assert bar.is_hidden()
    assert page.locator("[data-row]:focus").count() == 1
    page.keyboard.press("z")
    page.locator(f'.text[data-article="{gone}"]').wait_for()
    assert sorted(rows(page)) == sorted(before)


def test_what_is_decided_of_a_story_shows_at_once(page: "Page", desk: Running) -> None:
    opened(page, desk)
    page.keyboard.press("*")
    page.get_by_role("button", name="Take the star away").wait_for()
    page.keyboard.press("p")
    page.get_by_role("button", name="Unpin").wait_for()
    page.keyboard.press("r")
    page.get_by_label("Title of the story").fill("A better title")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="A better title", level=1).wait_for()
    page.get_by_label("For everybody at this desk").fill("Ask the mayor.")
    page.get_by_role("button", name="Add note").click()
    page.get_by_text("Ask the mayor.", exact=True).and_(page.locator("p")).wait_for()
    page.reload()
    assert page.get_by_role("button", name="Take the star away").is_visible()
    assert page.get_by_role("heading", level=1).inner_text() == "A better title"


def test_what_stands_open_or_is_selected_stays_so(page: "Page", desk: Running) -> None:
    opened(page, desk)
    page.locator(".copies summary").first.click()
    box = page.locator(".copy").get_by_role("checkbox").first
    box.check()
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("button", name="Unpin").wait_for()
    assert box.is_visible()
    assert box.is_checked()
    assert page.get_by_role("form", name="What is selected").is_visible()


def grown(desk: Running, story: int) -> int:
    """Let a text of another story come to a story; its first article."""
    with open_database(desk.path) as db, db.write():
        sql = "SELECT id, first_article_id FROM copy_group WHERE story_id <> ? ORDER BY id DESC"
        group, article = tuple(db.rows(sql, (story,))[0])
        other = db.value("SELECT story_id FROM copy_group WHERE id = ?", (group,))
        stories.place(db, group, story)
        stories.recount(db, [story, other])
    return int(article)


def test_it_tells_that_the_story_grew_and_shows_it_when_asked(page: "Page", desk: Running) -> None:
    story = opened(page, desk)
    before = len(rows(page))
    article = grown(desk, story)
    page.get_by_role("button", name=re.compile("more article")).wait_for()
    assert len(rows(page)) == before
    page.keyboard.press("u")
    page.locator(f'.text[data-article="{article}"]').wait_for()
    assert page.get_by_role("button", name=re.compile("more article")).count() == 0


def test_it_asks_now_and_then_where_there_is_no_room_for_one_more_who_listens(
    page: "Page", desk: Running
) -> None:
    def full(route: "Route") -> None:
        if "event-stream" in route.request.headers.get("accept", ""):
            route.fulfill(status=503)
        else:
            route.continue_()

    page.clock.install()
    page.route("**/live?*", full)
    with page.expect_response(re.compile("/live")):
        story = opened(page, desk)
    grown(desk, story)
    with page.expect_response(lambda told: "/live" in told.url and told.ok):
        page.clock.run_for(21_000)
    page.get_by_role("button", name=re.compile("more article")).wait_for()


@pytest.mark.parametrize("do", ["Compare", "Not the same"])
def test_what_takes_two_is_offered_for_two(page: "Page", desk: Running, do: str) -> None:
    opened(page, desk)
    button = page.locator("#selection").get_by_role("button", name=do)
    boxes = page.locator(".text").get_by_role("checkbox")
    boxes.nth(0).check()
    assert button.is_disabled()
    boxes.nth(1).check()
    assert button.is_enabled()


def test_without_scripts_it_is_read_and_acted_on(desk: Running, another: Another) -> None:
    with another(desk.url, java_script_enabled=False) as page:
        opened(page, desk)
        before = rows(page)
        page.locator(".text").get_by_role("checkbox").nth(1).check()
        page.get_by_role("button", name="Split off").click()
        page.goto(f"/stories/{story_in(desk.path)}") if page.url.endswith("/split") else None
        assert len(rows(page)) < len(before)


def test_what_came_since_is_told_once(desk: Running, another: Another) -> None:
    """Who looked long ago at less is told the rest; long afterwards it is known."""
    with another(desk.url) as page:
        story = opened(page, desk)
        assert page.get_by_text("New since you last looked").count() == 0
        page.wait_for_timeout(1_500)
        forget_one(desk.path, story)
        page.reload()
        news = page.get_by_role("region", name=re.compile("New since you last looked"))
        assert news.get_by_role("article").count() == 1
        assert page.locator(".chart-new").count() > 0


def forget_one(path: Path, story: int) -> None:
    """Let it be as if everybody looked a day ago, and one text had come since."""
    with open_database(path) as db, db.write():
        first = db.value(
            "SELECT max(first_article_id) FROM copy_group WHERE story_id = ?", (story,)
        )
        db.execute(
            """UPDATE seen SET at = '2026-01-01T12:00:00Z', before_at = at,
                 articles = json_remove(articles, '$.' || ?), before = articles
               WHERE story_id = ?""",
            (first, story),
        )
