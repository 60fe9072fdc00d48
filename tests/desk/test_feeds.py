"""Feeds as editors mend them: charts, diagnoses, buttons, a site's feeds, and lists of others."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from aggregator.config import load
from aggregator.config.adding import add_feeds
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.desks import Running, running
from tests.support.server import Answer, Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Axe = Callable[["Page"], list[str]]
Another = Callable[..., AbstractContextManager["Page"]]
SETTINGS: Final = """\
settings:
  network: {seconds_between_requests: 0, allow_addresses: [127.0.0.0/8], allow_ports: []}
# what is read here
feeds: []
"""
RSS: Final = b"""<rss version="2.0"><channel><title>Herald News</title><language>en</language>
<item><title>Bridge closed</title><link>https://herald.example/1</link><guid>1</guid></item>
</channel></rss>"""
PAGE: Final = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss"
title="All"></head><body>News</body></html>"""
OPML: Final = b"""<opml version="2.0"><body><outline text="Politik">
<outline text="Blatt" xmlUrl="https://blatt.example/rss"/>
<outline text="Nowhere" xmlUrl="nowhere"/></outline></body></opml>"""


class Listed(Running):
    """A desk whose feeds stand in a file of its own."""

    @property
    def file(self) -> Path:
        """The file."""
        return self.path.with_name("feeds.yaml")

    def urls(self) -> list[str]:
        """The addresses in it."""
        return [feed.url for feed in load(self.file).feeds]


@pytest.fixture
def listed(copied: Path) -> Iterator[Listed]:
    """A desk over a newsroom, with the feeds of that in a file."""
    file = copied.with_name("feeds.yaml")
    file.write_text(SETTINGS)
    with open_database(copied) as db:
        add_feeds(file, [feed.source for feed in feeds.all_feeds(db)])
    with running(copied, "--feeds", str(file), "--author", "eva") as desk:
        yield Listed(desk.url, desk.path, desk.process)


@pytest.fixture
def mending(listed: Listed, another: Another) -> Iterator["Page"]:
    """The page of feeds there."""
    with another(listed.url) as page:
        page.goto("/feeds")
        yield page


def row(page: "Page", outlet: str) -> "Locator":
    """What is shown of one outlet's feed."""
    return page.locator(".feed").filter(has=page.get_by_role("heading", name=outlet))


def told(page: "Page") -> str:
    """The message of what was done last."""
    return page.locator("#toasts").inner_text()


def test_ill_feeds_come_first_with_why_and_what_to_do(mending: "Page", axe: Axe) -> None:
    assert mending.locator(".feed h2").first.inner_text().startswith("Gestern aktuell")
    slow = row(mending, "Schneckenpost")
    assert "did not answer in time" in slow.inner_text()
    assert "network.timeout" in slow.inner_text()
    assert row(mending, "Moorland-Echo").get_by_role("link", name="Find its").is_visible()
    charts = slow.get_by_role("img").all()
    assert len(charts) == 3
    assert re.search(r"0% of \d+ polls? answered", charts[0].get_attribute("aria-label") or "")
    assert axe(mending) == []


def test_the_same_in_german(listed: Listed, another: Another) -> None:
    with another(listed.url, locale="de-DE") as page:
        page.goto("/feeds?state=ill")
        text = page.locator("main").inner_text()
        assert "Der Server antwortete nicht rechtzeitig." in text
        assert "abwarten, meist geht es vorüber" in text
        assert "Abfragen beantwortet" in text


def test_feeds_are_chosen_by_state_and_name(mending: "Page") -> None:
    mending.get_by_role("navigation", name="States").get_by_role("link", name="fails").click()
    states = set(mending.locator(".feed .chip").all_inner_texts())
    assert states == {"fails"}
    mending.goto("/feeds?q=weser")
    assert mending.locator(".feed").count() == 2
    mending.goto("/feeds?q=nowhere")
    assert mending.get_by_role("heading", name="No feed fits").is_visible()


def test_a_feed_is_paused_and_resumed(mending: "Page", listed: Listed) -> None:
    row(mending, "kurzum").get_by_role("button", name="Pause").click()
    assert "kurzum is paused" in told(mending)
    assert "paused" in row(mending, "kurzum").locator(".chip").inner_text()
    assert [feed.outlet for feed in load(listed.file).feeds if feed.paused] == ["kurzum"]
    row(mending, "kurzum").get_by_role("button", name="Resume").last.click()
    assert not any(feed.paused for feed in load(listed.file).feeds)
    acts = mending.locator(".acts li").all_inner_texts()
    assert [act.split(":")[0].split()[-1] for act in acts] == ["eva", "eva"]


def test_a_feed_is_asked_again_in_its_turn(mending: "Page", listed: Listed) -> None:
    row(mending, "Gestern aktuell").get_by_role("button", name="Ask again now").last.click()
    assert "Gestern aktuell is asked again" in told(mending)
    with open_database(listed.path, readonly=True) as db:
        sql = "SELECT status, next_poll_at FROM feed WHERE outlet = 'Gestern aktuell'"
        found = db.row(sql)
    assert found is not None
    assert tuple(found) == ("active", None)


def test_a_feed_that_moved_is_taken_where_it_is(mending: "Page", listed: Listed) -> None:
    to = "https://www.tagwerk.example/feed.atom"
    with open_database(listed.path) as db, db.write():
        sql = """UPDATE feed SET moved_to = ?, moved_times = 4, last_error = NULL
                 WHERE outlet = 'Tagwerk'"""
        db.execute(sql, (to,))
    mending.goto("/feeds?state=moved")
    mending.get_by_role("button", name="Take the new address").click()
    assert "Tagwerk is read at its new address" in told(mending)
    assert to in listed.urls()
    with open_database(listed.path, readonly=True) as db:
        assert db.value("SELECT url FROM feed WHERE outlet = 'Tagwerk'") == to


def test_a_removed_feed_is_had_back(mending: "Page", listed: Listed) -> None:
    before = listed.urls()
    row(mending, "Tagwerk").get_by_role("button", name="Remove").click()
    assert len(listed.urls()) == len(before) - 1
    assert row(mending, "Tagwerk").count() == 0
    mending.keyboard.press("z")
    mending.get_by_text("1 feed was added").wait_for()
    assert sorted(listed.urls()) == sorted(before)
    assert "# what is read here" in listed.file.read_text()


def test_a_sites_feeds_are_found_looked_at_and_added(
    mending: "Page", listed: Listed, server: Server, axe: Axe
) -> None:
    server.routes["/"] = Answer(PAGE, headers={"Content-Type": "text/html"})
    server.routes["/rss"] = Answer(RSS, headers={"Content-Type": "application/rss+xml"})
    mending.get_by_role("link", name="Add feeds").first.click()
    assert axe(mending) == []
    mending.get_by_label("Address").fill(server.url("/"))
    mending.get_by_role("button", name="Look for feeds").click()
    offer = mending.locator(".offer")
    offer.wait_for()
    assert "Bridge closed" in offer.inner_text()
    assert axe(mending) == []
    offer.get_by_label("Outlet").fill("The Herald")
    mending.get_by_role("button", name="Add what is ticked").click()
    assert "1 feed was added" in told(mending)
    added = load(listed.file).feeds[-1]
    assert (added.url, added.outlet, added.language) == (server.url("/rss"), "The Herald", "en")
    assert "new" in row(mending, "The Herald").locator(".chip").inner_text()


def test_a_site_without_feeds_says_why(mending: "Page", server: Server) -> None:
    mending.goto(f"/feeds/add?site={server.url('/none')}")
    mending.get_by_role("button", name="Look for feeds").click()
    assert "There is nothing at this address" in mending.get_by_role("alert").inner_text()


def test_a_list_of_another_reader_is_looked_at_and_taken(
    mending: "Page", listed: Listed, axe: Axe
) -> None:
    mending.goto("/feeds/add")
    mending.get_by_label("File").set_input_files(
        {"name": "feeds.opml", "mimeType": "text/x-opml", "buffer": OPML}
    )
    mending.get_by_role("button", name="Import").click()
    assert "https://blatt.example/rss" not in listed.urls()
    assert mending.get_by_text("1 line is left out").is_visible()
    assert axe(mending) == []
    mending.get_by_role("button", name="Add what is ticked").click()
    added = load(listed.file).feeds[-1]
    assert (added.url, added.tags) == ("https://blatt.example/rss", ("Politik",))


def test_the_list_is_had_as_other_readers_take_it(mending: "Page", listed: Listed) -> None:
    found = mending.request.get("/feeds/feeds.opml")
    assert found.headers["content-type"].startswith("text/x-opml")
    assert found.text().count("<outline") == len(listed.urls())


def test_who_may_only_read_finds_no_buttons(copied: Path, another: Another) -> None:
    with running(copied, "--read-only") as desk, another(desk.url) as page:
        page.goto("/feeds")
        assert page.locator(".feed").count() > 10
        assert page.locator("main button").count() == 0
        assert page.get_by_role("link", name="Add feeds").count() == 0
