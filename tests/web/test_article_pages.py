"""The pages of an article, of two beside each other, and of why, as a browser without scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from aggregator.core.forms import form
from aggregator.core.furniture import LEARNT, Furniture
from aggregator.daemon.desk.explaining import Explanations
from aggregator.model import CopyLink, Removed
from aggregator.settings import ClusterSettings
from aggregator.storage import feeds, furniture, texts
from aggregator.storage.database import Database, open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web.app import create_app
from aggregator.web.ports import Ports
from aggregator.web.viewers import Alone
from tests.support.desk import Served
from tests.support.kept import HERALD, POST, keep, report, tell
from tests.web.conftest import NOW

CLOSED = "The bridge over the river was closed on Sunday after cracks were found in two pillars."
DETOUR = "Drivers have to take the detour through the village of Oakham for now."
COST = "Repairs will cost nine million and take until the summer of next year."
PROMPT = "Follow the Post on every channel there is for news at noon"
NASTY = "<script>alert(1)</script> & \"quoted\" 'words'"


@dataclass(frozen=True)
class Room:
    """A desk over a bridge that was closed: article 1, its copy 2 with all that moved, and 3."""

    path: Path
    client: httpx.Client

    def html(self, path: str, status: int = 200) -> str:
        """The page at a path, from its main part on."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text.partition("<main")[2]

    def words(self, path: str, status: int = 200) -> str:
        """The words of a page."""
        bare = re.sub(r"<[^>]*>", " ", self.html(path, status))
        return " ".join(unescape(bare).split())


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    path = tmp_path_factory.mktemp("desk") / "news.db"
    with open_database(path, clock=lambda: NOW) as db:
        fill(db)
    with ReaderPool(path, size=1, seconds=5) as pool:
        ports = Ports(explaining=Explanations(ClusterSettings()))
        app = create_app(pool, lambda: NOW, doors=Alone("eva", b"key"), ports=ports)
        with (
            Served(app) as served,
            httpx.Client(base_url=served.url, headers={"Accept": "text/html"}) as client,
        ):
            yield Room(path, client)


def fill(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)
    first = report("bridge closed", NOW - timedelta(hours=3), text=f"{CLOSED}\n{DETOUR}\n{COST}")
    taken = (Removed("Read more: everything", "teaser", 1), Removed(PROMPT, LEARNT, 4))
    first = replace(first, places=(0, 2, 3), removed=taken)
    moved = report("bridge shut", NOW - timedelta(hours=2), text=f"{COST}\n{CLOSED}\n{DETOUR}")
    nasty = report("nasty", NOW - timedelta(hours=1), text=f"- {NASTY}\n- Second item")
    nasty = replace(nasty, title=NASTY, url="javascript:alert(1)", authors=(NASTY,))
    ids = [keep(db, POST, first, NOW), keep(db, HERALD, moved, NOW), keep(db, HERALD, nasty, NOW)]
    with db.write():
        texts.add_links(db, [CopyLink(ids[0], ids[1], 0.9, 1.0, "jaccard")])
        known = Furniture(form(PROMPT), PROMPT, pages=7, first_seen_at=NOW, last_seen_at=NOW)
        furniture.save(db, "news.example", (), (known,))
    tell(db, [ids[:2], ids[2:]])
    revise(db, ids[0])


def revise(db: Database, article_id: int) -> None:
    """Give an article two versions before its own."""
    sql = "INSERT INTO former_version VALUES (?, ?, ?, '', ?, ?, NULL, ?)"
    with db.write():
        for version, (title, cause) in enumerate((("Bridge", "first"), ("Span", "revised")), 1):
            values = (article_id, version, title, f"{CLOSED}\nOld.", "2026-03-01T10:00:00Z", cause)
            db.execute(sql, values)
        sql = "UPDATE article SET version = 3, version_cause = 'revised' WHERE id = ?"
        db.execute(sql, (article_id,))


# --- the article -----------------------------------------------------------------------------


def test_removed_lines_stand_in_their_places_with_why(room: Room) -> None:
    words = room.words("/articles/1?removed=shown")
    places = [words.index(each) for each in (CLOSED, "Read more: everything", DETOUR, COST, PROMPT)]
    assert places == sorted(places)
    assert f"{PROMPT} recurs on the site met on 7 pages of the site" in words


def test_they_are_folded_away_unless_asked_for(room: Room) -> None:
    assert 'id="removed" checked' in room.html("/articles/1?removed=shown")
    assert 'id="removed">' in room.html("/articles/1")
    assert "Show 2 lines that were taken out" in room.words("/articles/1")


def test_who_may_only_read_has_no_buttons(room: Room) -> None:
    assert "/boilerplate/" not in room.html("/articles/1?removed=shown")


def test_a_headline_that_was_changed_silently_is_told(room: Room) -> None:
    words = room.words("/articles/1")
    assert words.count("headline changed silently") == 2
    assert "Span Bridge Closed" in words
    assert "/articles/1/compare?from=2&amp;to=3" in room.html("/articles/1")


def test_what_comes_from_outside_is_words_alone(room: Room) -> None:
    for path in ("/articles/3", "/compare?a=1&b=3", "/articles/3/why", "/articles/1/why/3"):
        page = room.html(path)
        assert "<script>alert" not in page
        assert "javascript:alert" not in page.replace("javascript:alert(1)</dd>", "")
        assert NASTY in room.words(path)


def test_items_stand_in_a_list(room: Room) -> None:
    assert "<li>Second item</li>" in room.html("/articles/3")


@pytest.mark.parametrize(
    "path",
    [
        "/articles/9",
        "/articles/9/why",
        "/articles/1/why/9",
        "/compare?a=1&b=9",
        "/articles/9/compare",
        "/articles/1/compare?from=1&to=4",
    ],
)
def test_what_is_not_there_is_said_not_to_be(room: Room, path: str) -> None:
    assert "9" in room.words(path, 404) or "version" in room.words(path, 404)


# --- beside each other -----------------------------------------------------------------------


def test_what_moved_is_linked_both_ways(room: Room) -> None:
    page = room.html("/compare?a=1&b=2")
    assert page.count('id="a-1" href="#b-1"') == 1
    assert page.count('id="b-1" href="#a-1"') == 1
    assert "13 words moved" in room.words("/compare?a=1&b=2")


def test_how_much_both_have_is_said(room: Room) -> None:
    words = room.words("/compare?a=1&b=2")
    assert "100% of the words of Post stand in Herald too, where they make 100%." in words


def test_versions_are_compared_to_the_letter(room: Room) -> None:
    page = room.html("/articles/1/compare?from=2&to=3")
    assert "<del>" in page
    assert "The headline was changed silently" in room.words("/articles/1/compare")
    assert '<option value="2" selected>' in page


def test_the_last_change_is_shown_where_nothing_is_asked(room: Room) -> None:
    asked, whole = (room.html(f"/articles/1/compare{each}") for each in ("", "?from=2&to=3"))
    cut = [re.sub(r'name="back" value="[^"]*"', "", each) for each in (asked, whole)]
    assert cut[0] == cut[1]


@pytest.mark.parametrize(
    "path", ["/compare", "/compare?a=1", "/compare?a=1&b=1", "/compare?b=x&a="]
)
def test_it_is_asked_what_to_compare(room: Room, path: str) -> None:
    assert "Two articles beside each other" in room.words(path)


def test_addresses_of_the_desk_are_taken_too(room: Room) -> None:
    answer = room.client.get("/compare", params={"a": "#1", "b": "http://desk/articles/2"})
    assert "words of Post stand in Herald" in answer.text


def test_neighbours_are_offered_those_of_one_text_first(room: Room) -> None:
    words = room.words("/compare?a=1")
    assert words.index("Bridge Shut") < words.index("script")


# --- why -------------------------------------------------------------------------------------


def test_why_names_rule_partner_and_shared_passages(room: Room) -> None:
    words = room.words("/articles/2/why")
    assert "Alike:" in words
    assert "Bridge Closed" in words
    assert f"both have 15 words, from word 14 here, 1 there {CLOSED}" in words or CLOSED in words


def test_why_two_are_apart_tells_what_was_asked(room: Room) -> None:
    words = room.words("/articles/1/why/3")
    assert "No rule links them." in words
    assert "word triples that both have: 0 (at least 8 wanted): no" in words


def test_why_is_told_in_german(room: Room) -> None:
    answer = room.client.get("/articles/1/why/3", headers={"Accept-Language": "de"})
    assert "Keine Regel verbindet die beiden." in answer.text
    assert "gemeinsame Wortdreier: 0 (mindestens 8 nötig): nein" in answer.text


def test_an_article_and_itself_is_about_one(room: Room) -> None:
    answer = room.client.get("/articles/1/why/1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/articles/1/why")


def test_a_desk_without_explanations_says_so(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_database(path, clock=lambda: NOW) as db:
        fill(db)
    with ReaderPool(path, size=1, seconds=5) as pool:
        app = create_app(pool, lambda: NOW, doors=Alone("eva", b"key"))
        with Served(app) as served, httpx.Client(base_url=served.url) as client:
            assert client.get("/articles/1/why").status_code == 404
