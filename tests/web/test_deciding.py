"""What the forms of the desk answer: to a script, to a plain browser, and to nonsense."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from aggregator.daemon.desk.editing import Editor
from aggregator.settings import ClusterSettings
from aggregator.storage import decision_log
from aggregator.storage.database import open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web import flashes
from aggregator.web.app import create_app
from aggregator.web.flashes import Flash
from aggregator.web.ports import Ports
from tests.support.desk import Served
from tests.web.conftest import NOW, fill

SCRIPT = {"HX-Request": "true"}
PAGE = {"Accept": "text/html"}


@dataclass(frozen=True)
class Room:
    """A desk that may be edited, by who has its forms' token."""

    path: Path
    client: httpx.Client
    csrf: str

    def post(self, path: str, headers: dict[str, str], **fields: object) -> httpx.Response:
        return self.client.post(path, headers=headers, data={"csrf": self.csrf, **fields})

    def shown(self, path: str) -> str:
        return self.client.get(path, headers=PAGE).text


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    path = tmp_path / "news.db"
    with open_database(path) as db:
        fill(db)
    editor = Editor(path, ClusterSettings(), lambda: NOW)
    with (
        ReaderPool(path, size=1, seconds=5) as pool,
        Served(create_app(pool, lambda: NOW, ports=Ports(editor))) as served,
        httpx.Client(base_url=served.url) as client,
    ):
        page = client.get("/decisions", headers=PAGE).text
        token = re.search(r'name="csrf" value="(\w+)"', page)
        assert token is not None
        yield Room(path, client, token[1])


def test_a_script_gets_a_message_with_what_undoes_it_and_hears_what_changed(room: Room) -> None:
    answer = room.post("/stories/1/hide", SCRIPT)
    assert answer.status_code == 200
    assert json.loads(answer.headers["HX-Trigger"])["changed"]["stories"] == [1]
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "Hidden" in answer.text
    assert '<input type="hidden" name="decision" value="2">' in answer.text
    again = room.post("/stories/1/hide", SCRIPT)
    assert "It is hidden already." in again.text
    assert 'name="decision"' not in again.text


def test_a_plain_form_goes_back_with_a_message_that_is_shown_once(room: Room) -> None:
    answer = room.post("/stories/1/star", PAGE, back="/decisions?kind=star")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/decisions?kind=star")
    assert "Starred." in room.shown("/decisions")
    assert "Starred." not in room.shown("/decisions")


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_elsewhere(room: Room, back: str) -> None:
    assert room.post("/stories/1/star", PAGE, back=back).headers["Location"] == "/"


def test_a_number_that_a_merge_took_away_still_works_and_says_so(room: Room) -> None:
    answer = room.post("/stories/40/pin", SCRIPT)
    assert "Story 40 had become part of story 1 meanwhile." in answer.text


@pytest.mark.parametrize("headers", [SCRIPT, PAGE])
def test_what_is_not_there_is_told_in_the_readers_language(
    room: Room, headers: dict[str, str]
) -> None:
    german = {**headers, "Accept-Language": "de"}
    answer = room.post("/stories/77/pin", german)
    assert answer.status_code == 404
    assert "Thema 77 gibt es nicht mehr." in answer.text


def test_a_contradiction_comes_with_a_form_that_takes_back_what_is_in_the_way(room: Room) -> None:
    kept = room.post("/articles/together", SCRIPT, article=["1", "3"])
    assert "These articles are one story from now on." in kept.text
    answer = room.post("/articles/apart", PAGE, article=["1", "3"], back="/stories/1")
    assert answer.status_code == 409
    assert "decision 2 by" in answer.text
    fields = re.findall(r'name="(article|back|over)" value="([^"]*)"', answer.text)
    wanted = [("article", "1"), ("article", "3"), ("back", "/stories/1"), ("over", "2")]
    assert [each for each in fields if each in wanted] == wanted
    over = room.post("/articles/apart", PAGE, article=["1", "3"], over="2")
    assert over.status_code == 303
    with open_database(room.path, readonly=True) as db:
        assert decision_log.undone(db, [2, 3]) == {2: True, 3: False}


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/stories/0/pin", {}, 422),
        ("/stories/x/pin", {}, 422),
        (f"/stories/{2**63}/pin", {}, 422),
        ("/stories/1/merge", {"target": "the other one"}, 409),
        ("/stories/1/merge", {"target": "1"}, 409),
        ("/stories/1/merge", {}, 409),
        ("/stories/1/split", {}, 409),
        ("/stories/1/split", {"article": "no"}, 422),
        ("/stories/1/split", {"article": "4"}, 409),
        ("/stories/1/note", {"text": "  "}, 409),
        ("/stories/1/rename", {"title": "x" * 301}, 409),
        ("/articles/move", {"article": "1", "target": "77"}, 404),
        ("/articles/apart", {"article": "1"}, 409),
        ("/articles/together", {"article": "1", "level": "species"}, 422),
        ("/decisions/undo", {"decision": "99"}, 404),
        ("/decisions/undo", {}, 409),
        ("/boilerplate/approve", {"line": "99"}, 404),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    room: Room, path: str, fields: dict[str, str], status: int
) -> None:
    assert room.post(path, PAGE, **fields).status_code == status
    with open_database(room.path, readonly=True) as db:
        assert db.value("SELECT count(*) FROM decision") == 1


def test_a_target_may_be_an_address(room: Room) -> None:
    answer = room.post("/stories/2/merge", PAGE, target="https://desk.example/stories/40?from=x")
    assert answer.status_code == 303
    assert "The two stories are one now." in room.shown("/decisions")


def test_where_an_article_may_go_is_asked_with_what_is_near_and_what_is_found(room: Room) -> None:
    shown = room.shown("/articles/move?article=4&q=bridge")
    assert 'name="target" value="1"' in shown
    assert 'name="article" value="4"' in shown
    assert room.client.get("/articles/move?article=99", headers=PAGE).status_code == 404
    assert room.client.get("/stories/77/merge", headers=PAGE).status_code == 404


def test_a_story_to_merge_is_called_as_on_its_page(room: Room) -> None:
    page = room.shown("/stories/1")
    headline = page[page.index("<h1") :].partition("</h1>")[0].rpartition(">")[2]
    assert f">{headline}</a>" in room.shown("/stories/1/merge")
    assert f": {headline}</span>" in room.shown("/stories/2/merge?q=bridge")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("{own}/?time=all", "/?time=all"),
        ("{own}/stories/1/merge?q=x", "/stories/1"),
        ("https://evil.example/", "/stories/1"),
        ("{own}//evil.example/", "/"),
        ("nonsense", "/stories/1"),
    ],
)
def test_who_chose_is_led_back_to_where_they_came_from(room: Room, referer: str, back: str) -> None:
    headers = {**PAGE, "Referer": referer.format(own=str(room.client.base_url).rstrip("/"))}
    assert _backs(room, "/stories/1/merge", headers) == {back}
    assert _backs(room, "/stories/1/merge?q=x&back=//evil.example", headers) == {"/"}


def _backs(room: Room, path: str, headers: dict[str, str]) -> set[str]:
    """Where the forms in a page's content lead back to."""
    shown = room.client.get(path, headers=headers).text
    content = shown[shown.index("<main") : shown.index("</main>")]
    return set(re.findall(r'name="back" value="([^"]*)"', content))


def test_what_was_written_is_not_lost_where_it_is_refused(room: Room) -> None:
    answer = room.post("/stories/1/note", PAGE, text="<b>" + "long " * 1200)
    assert answer.status_code == 409
    assert "&lt;b&gt;long long" in answer.text
    # With a script the form stays as it is, and takes whatever is put into it.
    assert 'maxlength="4000"' not in room.shown("/stories/1")


@pytest.mark.parametrize(
    ("go", "chosen", "where"),
    [
        ("compare", [], "/stories/1"),
        ("compare", [3], "/compare?a=3"),
        ("compare", [3, 4], "/compare?a=3&b=4"),
        ("compare", [3, 4, 5], "/stories/1"),
        ("move", [3, 4, 5], "/articles/move?article=3&article=4&article=5&folded=1"),
    ],
)
def test_what_is_selected_goes_along(room: Room, go: str, chosen: list[int], where: str) -> None:
    answer = room.post("/stories/1/chosen", PAGE, go=go, article=chosen)
    assert (answer.status_code, answer.headers["location"]) == (303, where)


def test_outside_words_in_notes_and_titles_are_only_words(room: Room) -> None:
    room.post("/stories/1/note", PAGE, text="<script>alert(1)</script>")
    room.post("/stories/1/rename", PAGE, title='"><img src=x onerror=alert(1)>')
    shown = room.shown("/decisions")
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_log_is_paged_and_filtered(room: Room) -> None:
    for number in range(60):
        room.post("/stories/1/note", PAGE, text=f"note {number}")
    first = room.shown("/decisions?kind=note")
    older = re.search(r'href="(/decisions\?[^"]*before=\d+)"', first)
    assert older is not None
    assert "note 59" in first
    assert "note 9<" not in first
    second = room.shown(older[1].replace("&amp;", "&"))
    assert "note 9<" in second
    assert "note 10<" not in second
    assert "Nothing was decided" in room.shown("/decisions?author=nobody")


def test_a_cookie_of_nonsense_is_no_message(room: Room) -> None:
    without = room.shown("/decisions")
    for value in ("x", "W10=", "eyJhIjoxfQ==", "WyJ4IixbImEiXSwiIixbXSwwXQ=="):
        room.client.cookies.set("flash", value)
        assert room.shown("/decisions") == without


def test_an_offer_leads_nowhere_but_where_it_may() -> None:
    assert Flash("x", offer="/evil").offered is None
    assert {url for url, _, _ in flashes.OFFERS.values()} == {
        "/decisions/redo",
        "/boilerplate/undecide",
        "/boilerplate/approve",
        "/boilerplate/reject",
    }
