"""The page of one story, as a browser without scripts gets it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from aggregator.daemon.desk.marks import MarkWriter
from aggregator.model import Article, CopyLink, Decision
from aggregator.storage import clusters, decisions, feeds, stories, texts
from aggregator.storage.database import Database, open_database
from aggregator.storage.pool import ReaderPool
from aggregator.storage.seen import AWAY
from aggregator.web.app import create_app
from aggregator.web.ports import Ports
from aggregator.web.viewers import Alone
from tests.support.desk import Served
from tests.support.kept import HERALD, POST, keep, report, tell
from tests.web.conftest import NOW

HOUR = timedelta(hours=1)
CLOSED = "The bridge over the river was closed on Sunday after cracks were found in two pillars. "
DETOUR = "Drivers have to take the detour through the village of Oakham for now."
REPAIR = "Repairs will cost nine million and take until summer."


@dataclass
class Room:
    """A desk whose clock can be set, and the file behind it: story 1 has a text and a copy."""

    path: Path
    client: httpx.Client
    marks: MarkWriter
    now: datetime = NOW

    def page(self, path: str = "/stories/1") -> str:
        """The words of a page, without styles and marks."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        return " ".join(unescape(re.sub(r"<[^>]*>", "", re.sub(r">\s+<", "> <", main))).split())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """One to write to."""
    path = tmp_path / "news.db"
    with open_database(path, clock=lambda: NOW) as db:
        feeds.sync(db, [POST, HERALD], NOW)
        first = keep(db, POST, told("bridge closed", 3, CLOSED + DETOUR), NOW)
        copy = keep(db, HERALD, told("bridge shut", 2, CLOSED), NOW)
        with db.write():
            texts.add_links(db, [CopyLink(first, copy, 0.5, 1.0, "containment")])
        tell(db, [[first, copy]])
    with MarkWriter(path, pause=0.01) as marks, ReaderPool(path, size=1, seconds=5) as pool:
        room = Room(path, httpx.Client(), marks)
        doors = Alone("eva", b"key")
        app = create_app(pool, lambda: room.now, doors=doors, ports=Ports(marks=marks))
        with Served(app) as served, httpx.Client(base_url=served.url) as client:
            room.client = client
            yield room


def told(name: str, hours_ago: float, text: str, *, language: str = "en") -> Article:
    return report(name, NOW - hours_ago * HOUR, text=text, language=language)


def put(db: Database, article_id: int, story: int) -> None:
    """Put an article into a story, as a text of its own."""
    with db.write():
        group = clusters.new_group(db)
        clusters.move(db, [article_id], group)
        clusters.recount(db, [group])
        stories.place(db, group, story)
        stories.recount(db, [story])


def test_copies_stand_under_the_text_that_they_took_over(room: Room) -> None:
    page = room.page()
    assert "2 outlets 1 independent text 2 articles" in page
    assert "1 article took it over Herald" in page
    assert "took over 100%, \u221213 words" in page
    assert page.index("Bridge Closed") < page.index("took it over") < page.index("Bridge Shut")
    assert "Related stories No story is similar." in page


def test_what_is_new_is_told_sentence_by_sentence(room: Room) -> None:
    assert "New since you last looked" not in room.page()
    with open_database(room.path) as db:
        new = keep(db, HERALD, told("repair", 1, CLOSED + REPAIR), NOW)
        put(db, new, 1)
    room.now += 2 * AWAY
    news = (
        room.page().partition("New since you last looked 1 h ago")[2].partition("Who reported")[0]
    )
    assert "Herald" in news
    assert REPAIR in news
    assert "pillars" not in news
    assert "1 sentence of it you have read" in news


def test_it_stays_new_while_one_comes_back_and_is_known_afterwards(room: Room) -> None:
    room.page()
    with open_database(room.path) as db:
        put(db, keep(db, HERALD, told("repair", 1, REPAIR), NOW), 1)
    room.now += 2 * AWAY
    assert all("New since you last looked" in room.page() for _ in range(3))
    room.now += 2 * AWAY
    assert "New since you last looked" not in room.page()


def test_of_a_new_version_what_it_adds_is_told(room: Room) -> None:
    room.page()
    with open_database(room.path) as db:
        text = CLOSED.replace("two pillars", "three pillars") + DETOUR
        keep(db, POST, replace(told("bridge closed", 3, text), title="Bridge shut"), NOW)
    room.now += 2 * AWAY
    page = room.page()
    news = page.partition("New since you last looked")[2].partition("Who reported when")[0]
    assert "changed since" in news
    assert "The headline was: Bridge Closed" in news
    assert "cracks were found in three pillars." in news
    assert "detour" not in news
    assert "/articles/1/compare?from=1&amp;to=2" in room.client.get("/stories/1").text


def test_who_comes_without_anything_new_is_named_shortly(room: Room) -> None:
    room.page()
    with open_database(room.path) as db:
        put(db, keep(db, HERALD, told("again", 1, CLOSED), NOW), 1)
    room.now += 2 * AWAY
    assert "Came without saying anything new: Herald" in room.page()


def test_each_language_stands_by_itself_in_its_own(room: Room) -> None:
    with open_database(room.path) as db:
        put(db, keep(db, POST, told("brücke", 1, "Die Brücke.", language="de-AT"), NOW), 1)
    page = room.page()
    places = [page.rindex(each) for each in ("English", "Bridge Shut", "German", "Die Brücke.")]
    assert places == sorted(places)
    assert '<p class="opening" lang="de-AT" dir="auto">' in room.client.get("/stories/1").text


def test_a_number_that_was_merged_leads_on_and_others_are_not_there(room: Room) -> None:
    with open_database(room.path) as db, db.write():
        db.execute("UPDATE sqlite_sequence SET seq = 50 WHERE name = 'story'")
        clusters.redirect(db, "story", {40: 1}, NOW)
    moved = room.client.get("/stories/40")
    assert (moved.status_code, moved.headers["location"]) == (301, "/stories/1")
    assert moved.headers["cache-control"] == "no-cache"
    paths = ("/stories/45", "/stories/51", "/stories/0", "/stories/1?texts=201", "/stories/x")
    assert [room.client.get(path).status_code for path in paths] == [410, 404, 422, 422, 422]


def test_a_hidden_story_says_so(room: Room) -> None:
    with open_database(room.path) as db, db.write():
        decisions.add(db, Decision(0, NOW, "eva", "hide"), 1)
    assert "This story is hidden: it stands in no list." in room.page()


def test_notes_are_shown_and_what_others_starred_is_not(room: Room) -> None:
    with open_database(room.path) as db, db.write():
        decisions.add(db, Decision(0, NOW, "max", "note", value="Ask <b>the</b> mayor"), 1)
        decisions.add(db, Decision(0, NOW, "max", "star"), 1)
    page = room.page()
    assert "Ask <b>the</b> mayormax ·" in page
    assert "tarred" not in page


def test_all_who_carry_a_text_have_a_page(room: Room) -> None:
    page = room.page("/stories/1/texts/1")
    assert "Bridge Closed" in page
    assert "1 article took it over" in page
    answer = room.client.get("/stories/1/texts/99")
    assert (answer.status_code, answer.headers["location"]) == (303, "/stories/1")


def test_whoever_only_fetches_ahead_has_seen_nothing(room: Room) -> None:
    room.client.get("/stories/1", headers={"Sec-Purpose": "prefetch"})
    assert room.marks.pending("eva") == {}
    with open_database(room.path) as db:
        put(db, keep(db, HERALD, told("repair", 1, REPAIR), NOW), 1)
    room.now += 2 * AWAY
    assert "New since you last looked" not in room.page()
