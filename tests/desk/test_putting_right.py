"""Putting right as an editor does: by keys, by buttons, by dragging, and without scripts."""

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from aggregator.storage import decision_log, readers
from aggregator.storage.database import open_database
from tests.support.desks import Running, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

Another = Callable[..., AbstractContextManager["Page"]]


def story_of(path: Path, words: str) -> int:
    """The story with an article that has these words in its headline."""
    with open_database(path, readonly=True) as db:
        return int(db.value("SELECT story_id FROM article WHERE instr(title, ?)", (words,)))


def are_one(path: Path) -> bool:
    """Whether the two reports on the railway are in one story."""
    sql = """SELECT count(DISTINCT story_id) FROM article
             WHERE instr(title, '35.000') OR instr(title, 'rollen wieder')"""
    with open_database(path, readonly=True) as db:
        return int(db.value(sql)) == 1


def toast(page: "Page", words: str) -> None:
    """Wait for a message."""
    page.locator("[data-toast]", has_text=words).first.wait_for()


@pytest.fixture
def trains(desk: Running) -> tuple[int, int]:
    """Two stories on one attack on the railway, which no machine put together."""
    return story_of(desk.path, "35.000"), story_of(desk.path, "rollen wieder")


# --- merging ---------------------------------------------------------------------------------


def test_a_key_leads_to_the_stories_that_may_be_meant_and_another_takes_it_back(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    one, other = trains
    page.goto(f"/stories/{one}")
    page.keyboard.press("m")
    page.wait_for_url("**/merge")
    page.get_by_role("searchbox", name="Words from its articles").fill("Hannover Bremen Täter")
    page.get_by_role("button", name="Find", exact=True).click()
    wanted = page.locator(".pick", has=page.locator(f'input[name=target][value="{other}"]'))
    wanted.first.get_by_role("button").click()
    toast(page, "The two stories are one now.")
    assert are_one(desk.path)
    page.keyboard.press("z")
    toast(page, "Taken back.")
    assert not are_one(desk.path)
    page.get_by_role("button", name="Do it again").first.click()
    toast(page, "Decided again.")
    assert are_one(desk.path)


def test_a_number_or_an_address_will_do(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    one, other = trains
    page.goto(f"/stories/{one}/merge")
    page.get_by_label("Number or address of a story").fill(f"{desk.url}/stories/{other}?x#y")
    page.keyboard.press("Enter")
    toast(page, "The two stories are one now.")
    assert are_one(desk.path)


def test_a_story_is_dragged_onto_another_on_the_board(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    one, other = trains
    # High enough for both: what is dragged is what lies under the pointer, and nothing may scroll.
    page.set_viewport_size({"width": 1280, "height": 6000})
    page.goto("/?time=all")
    page.locator(f'main [data-story="{one}"] .size').drag_to(
        page.locator(f'main [data-story="{other}"]')
    )
    toast(page, "The two stories are one now.")
    assert are_one(desk.path)
    page.keyboard.press("z")
    toast(page, "Taken back.")
    assert not are_one(desk.path)


def test_a_story_waits_in_the_tray_while_one_looks_for_the_other(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    one, other = trains
    page.goto("/?time=all")
    card = page.locator(f'main [data-story="{one}"] .size')
    card.hover()
    page.mouse.down()
    page.mouse.move(300, 300)
    page.mouse.move(320, 320)
    zone = page.get_by_text("Drop here: let it wait")
    zone.hover()
    zone.hover()
    page.mouse.up()
    tray = page.get_by_role("complementary", name="Tray")
    assert tray.get_by_role("link").count() == 1
    page.goto(f"/stories/{other}")
    tray.get_by_role("listitem").drag_to(page.get_by_role("heading", level=1))
    toast(page, "The two stories are one now.")
    assert are_one(desk.path)
    tray.wait_for(state="hidden")


# --- articles --------------------------------------------------------------------------------


def test_a_text_is_dragged_out_of_its_story_with_its_copies(page: "Page", desk: Running) -> None:
    story = story_of(desk.path, "Chipmaker Halden")
    page.goto(f"/stories/{story}")
    text = page.locator("article.text", has=page.locator(".copies"))
    text.locator(".opening").hover()
    page.mouse.down()
    page.mouse.move(300, 300)
    page.mouse.move(320, 320)
    zone = page.get_by_text("Drop here: split off")
    zone.hover()
    zone.hover()
    page.mouse.up()
    toast(page, "Split off.")
    page.get_by_role("link", name="Open the story").click()
    page.get_by_role("heading", level=1).wait_for()
    assert page.locator("article.text").count() == 1
    with open_database(desk.path, readonly=True) as db:
        apart, together = decision_log.acts(db, decision_log.Chosen(""))[0][0].decisions
        assert (apart.kind, together.kind) == ("apart", "together")
        assert together.article_count == apart.article_count > 1


def test_an_article_moves_where_it_is_told_to(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    _, other = trains
    page.goto(f"/stories/{story_of(desk.path, 'Chipmaker Halden')}")
    text = page.locator("article.text", has_not=page.locator(".copies"))
    text.locator("input[name=article]").check()
    page.get_by_role("button", name="Move", exact=True).click()
    page.wait_for_url("**/articles/move?*")
    page.get_by_label("Number or address of a story").fill(str(other))
    page.keyboard.press("Enter")
    toast(page, "Moved.")
    with open_database(desk.path, readonly=True) as db:
        act = decision_log.acts(db, decision_log.Chosen(""))[0][0]
        assert [each.kind for each in act.decisions] == ["apart", "together"]
    page.goto("/decisions")
    assert "was moved" in page.locator(".deed").first.inner_text()


# --- two editors -----------------------------------------------------------------------------


def test_of_two_editors_who_rename_nothing_is_lost(
    page: "Page", desk: Running, another: Another
) -> None:
    story = story_of(desk.path, "Chipmaker Halden")
    page.goto(f"/stories/{story}")
    with another(desk.url) as theirs:
        theirs.goto(f"/stories/{story}")
        rename(theirs, "Halden closes Kelder")
        toast(theirs, "Renamed.")
    rename(page, "Halden leaves Kelder")
    toast(page, "gave it another title meanwhile: “Halden closes Kelder”")
    with open_database(desk.path, readonly=True) as db:
        named = readers.story_row(db, story)
        assert named is not None
        assert named.title == "Halden closes Kelder"


def rename(page: "Page", title: str) -> None:
    page.keyboard.press("r")
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Enter")


def test_what_stands_in_the_way_is_named_and_can_be_taken_back_at_one_stroke(
    page: "Page", trains: tuple[int, int]
) -> None:
    one, other = trains
    page.goto(f"/stories/{one}/merge")
    page.get_by_label("Number or address of a story").fill(str(other))
    page.keyboard.press("Enter")
    toast(page, "The two stories are one now.")
    # The first article of the largest text is what the two were united by.
    page.goto(f"/stories/{min(one, other)}")
    page.locator(".text-head input[name=article]").first.check()
    page.keyboard.press("s")
    toast(page, "says the opposite")
    page.get_by_role("button", name="Take that back and do it").click()
    toast(page, "Split off.")


# --- looking back ----------------------------------------------------------------------------


def test_the_log_tells_who_did_what_and_takes_it_back(
    page: "Page", desk: Running, trains: tuple[int, int]
) -> None:
    one, _ = trains
    page.goto(f"/stories/{one}")
    page.keyboard.press("p")
    toast(page, "Pinned")
    page.keyboard.press("*")
    toast(page, "Starred")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/decisions")
    deeds = page.locator(".deed")
    assert [each.locator(".chip").inner_text() for each in deeds.all()] == ["starred", "pinned"]
    page.get_by_label("What").select_option("pin")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**kind=pin**")
    assert deeds.count() == 1
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    deeds.first.get_by_role("button", name="Take back").click()
    toast(page, "Taken back.")
    deeds.first.get_by_text("Taken back by").wait_for()
    with open_database(desk.path, readonly=True) as db:
        story = readers.story_row(db, one)
        assert story is not None
        assert not story.pinned


# --- without scripts, and without leave ------------------------------------------------------


def test_all_of_it_goes_without_scripts(
    desk: Running, another: Another, trains: tuple[int, int]
) -> None:
    one, other = trains
    with another(desk.url, java_script_enabled=False) as page:
        page.goto(f"/stories/{one}/merge")
        page.get_by_label("Number or address of a story").fill(str(other))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/stories/{min(one, other)}")
        toast(page, "The two stories are one now.")
        page.get_by_role("button", name="Undo", exact=True).click()
        toast(page, "Taken back.")
        assert not are_one(desk.path)
        page.goto(f"/stories/{one}/merge")
        page.get_by_label("Number or address of a story").fill("99999")
        page.keyboard.press("Enter")
        page.get_by_text("There is no story 99999 any more.").wait_for()
        page.get_by_role("link", name="Back").click()
        page.wait_for_url(f"**/stories/{one}")


def test_a_desk_to_read_alone_has_no_buttons_and_takes_nothing(copied: Path) -> None:
    before = copied.read_bytes()
    with running(copied, "--read-only") as desk, httpx.Client(base_url=desk.url) as client:
        found = client.get("/decisions", headers={"Accept": "text/html"})
        token = str(re.search(r'name="csrf" value="(\w+)"', found.text)[1])  # type: ignore[index]
        assert "/decisions/undo-last" not in found.text
        assert 'id="tray"' not in found.text
        for path in ("/stories/1/pin", "/decisions/undo-last", "/articles/move"):
            answer = client.post(path, data={"csrf": token, "article": "1", "target": "2"})
            assert answer.status_code == 403, path
    assert copied.read_bytes() == before


def test_editors_at_once_wait_for_each_other_and_all_is_kept(
    desk: Running, trains: tuple[int, int]
) -> None:
    one, _ = trains
    answers: list[int] = []

    def write(number: int) -> None:
        with httpx.Client(base_url=desk.url, timeout=60) as client:
            shown = client.get("/decisions", headers={"Accept": "text/html"})
            token = str(re.search(r'name="csrf" value="(\w+)"', shown.text)[1])  # type: ignore[index]
            data = {"csrf": token, "text": f"note {number}"}
            answers.append(client.post(f"/stories/{one}/note", data=data).status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [303] * 8
    with open_database(desk.path, readonly=True) as db:
        assert {each.text for each in decision_log.notes(db, one)} == {
            f"note {number}" for number in range(8)
        }
