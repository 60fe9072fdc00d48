"""Every route of the desk, pages and acts too: none breaks, and none is open that should not be."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from aggregator.daemon.desk.composing import composed
from aggregator.settings import Settings
from aggregator.storage.database import open_database
from aggregator.web.admission import OPEN, OWN_AFFAIRS
from aggregator.web.app import _application
from aggregator.web.failures import is_syndicated
from aggregator.web.ports import Marks
from tests.support.guarded import EDITOR, VIEWER, Clock, Desk, guarded, signed_in, token_of
from tests.support.routes import everything, routes
from tests.web.conftest import fill

SAFE: Final = {"GET", "HEAD"}
ROUTES: Final = sorted(set(routes(_application())))
ACTS: Final = [path for method, path in ROUTES if method not in SAFE]
# What goes on without an end, and what waits for changes.
ENDLESS: Final = {"/live"}
OPEN_BELOW: Final = ("/static/", "/problems/")


@dataclass(frozen=True)
class Person:
    """Somebody at the desk, with what their browser would send."""

    browser: httpx.Client
    headers: dict[str, str]
    cookies: dict[str, str]


@dataclass(frozen=True)
class Room:
    """A desk that may change something, and who comes to it."""

    desk: Desk
    marks: Marks
    editor: Person
    viewer: Person
    nobody: Person


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    path = tmp_path_factory.mktemp("desk") / "news.db"
    with open_database(path) as db:
        fill(db)
    with (
        composed(path, path.with_name("feeds.yaml"), Settings(), Clock()) as ports,
        guarded(path, ports=ports) as desk,
        desk.anybody() as first,
        desk.anybody() as second,
        desk.anybody() as third,
    ):
        assert ports.marks is not None
        people = _person(first, EDITOR), _person(second, VIEWER), _person(third, None)
        yield Room(desk, ports.marks, *people)


def _person(browser: httpx.Client, name: str | None) -> Person:
    if name is None:
        csrf = token_of(browser.get("/login"))
    else:
        signed_in(browser, name)
        csrf = token_of(browser.get("/password"))
    return Person(browser, {"X-CSRF-Token": csrf}, dict(browser.cookies))


def filled(path: str) -> str:
    """A path with numbers in its places."""
    return re.sub(r"\{[^}]*\}", "1", path)


def kept(path: Path) -> list[str]:
    """All that the database holds, but when sessions were used and what was looked at.

    Looks are written a second later, whoever acts by then.
    """
    aside = ('INSERT INTO "session"', 'INSERT INTO "seen"', 'INSERT INTO "visit"')
    with sqlite3.connect(path) as db:
        return [line for line in db.iterdump() if not line.startswith(aside)]


# --- who is let in where ---------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_anywhere_but_at_the_door(room: Room, method: str, path: str) -> None:
    nobody = room.nobody
    answer = nobody.browser.request(method, filled(path), headers=nobody.headers)
    if path in OPEN or (method in SAFE and path.startswith(OPEN_BELOW)):
        assert answer.status_code != 401
    else:
        assert answer.status_code == 401
        assert "1" not in answer.headers.get("ETag", "")


def test_only_a_post_to_what_people_see_changes_anything() -> None:
    acts = [(method, filled(path)) for method, path in ROUTES if method not in SAFE]
    assert acts
    assert {method for method, _ in acts} == {"POST"}
    assert not [path for _, path in acts if path.startswith(("/api/", "/metrics"))]
    assert not [path for _, path in acts if is_syndicated(path)]


def test_what_editors_do_is_among_the_acts() -> None:
    does = {"pin", "rename", "merge", "split", "star", "note"}
    asked = {f"/stories/{{story}}/{each}" for each in does} | {"/decisions/undo", "/articles/apart"}
    assert asked <= set(ACTS) - OWN_AFFAIRS
    assert set(ACTS) >= OWN_AFFAIRS


def test_a_viewer_minds_their_own_affairs(room: Room) -> None:
    path = room.desk.path
    with room.desk.anybody() as browser:
        signed_in(browser, VIEWER)
        csrf = {"X-CSRF-Token": token_of(browser.get("/password"))}
        assert browser.get("/stories/1").status_code == 200
        assert 1 in room.marks.pending(VIEWER) or _seen(path, VIEWER) == {1}
        for colours in ("dark", "auto"):
            answer = browser.post("/settings", headers=csrf, data={"theme": colours})
            assert (answer.status_code, browser.cookies["theme"]) == (303, colours)
        again = {"former": "falsch", "wanted": "neun blaue Elche", "again": "neun blaue Elche"}
        assert "wrong" in browser.post("/password", headers=csrf, data=again).text
        assert browser.post("/logout", headers=csrf).headers["Location"] == "/login"


def _seen(path: Path, reader: str) -> set[int]:
    with open_database(path, readonly=True) as db:
        found = db.rows("SELECT story_id FROM seen WHERE reader = ?", (reader,))
        return {row["story_id"] for row in found}


@pytest.mark.parametrize("path", sorted(set(ACTS) - OWN_AFFAIRS))
def test_a_viewer_can_change_nothing(room: Room, path: str) -> None:
    before, viewer = kept(room.desk.path), room.viewer
    answer = viewer.browser.post(filled(path), headers=viewer.headers, data={"story": "1"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/not-allowed"
    assert kept(room.desk.path) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND", "X"])
def test_nor_can_they_in_another_way(room: Room, method: str) -> None:
    viewer = room.viewer
    answer = viewer.browser.request(method, "/api/v1/stories/1", headers=viewer.headers)
    assert answer.status_code == 405


@pytest.mark.parametrize("path", ACTS)
def test_no_act_is_taken_from_another_site(room: Room, path: str) -> None:
    before, editor = kept(room.desk.path), room.editor
    for headers in (
        {},
        {"X-CSRF-Token": room.viewer.headers["X-CSRF-Token"]},
        {**editor.headers, "Origin": "https://evil.example"},
        {**editor.headers, "Sec-Fetch-Site": "cross-site"},
    ):
        answer = editor.browser.post(filled(path), headers=headers)
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/not-from-here"
    assert kept(room.desk.path) == before


@pytest.mark.parametrize("path", sorted({path for method, path in ROUTES if method in SAFE}))
def test_reading_changes_nothing_that_editors_decide(room: Room, path: str) -> None:
    if path in ENDLESS:
        pytest.skip("goes on without an end")
    tables = ("decision", "story", "copy_group", "account", "saved_search", "feed")
    with sqlite3.connect(room.desk.path) as db:
        before = [db.execute(f"SELECT * FROM {name}").fetchall() for name in tables]  # noqa: S608
        assert room.editor.browser.get(filled(path)).status_code < 500
        after = [db.execute(f"SELECT * FROM {name}").fetchall() for name in tables]  # noqa: S608
    assert after == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/../api/v1/stories",
        "/static/%2e%2e/api/v1/stories",
        "/static/..%2fapi%2fv1%2fstories",
        "/login/../api/v1/stories",
        "/login%2f..%2fapi",
        "/login/",
        "/login;x=/api",
        "//api/v1/stories",
        "/API/v1/stories",
        "/api/v1/stories/",
        "/api/v1/stories%00/login",
        "/problems/..%2f..%2fapi%2fv1%2fstories",
        "/static/x/..\\..\\..\\etc\\passwd",
        "/static/x/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/x/%2fetc%2fpasswd",
    ],
)
def test_no_trick_with_paths_leads_past_the_door(room: Room, path: str) -> None:
    nobody = room.nobody.browser
    answer = nobody.get(httpx.URL(f"{room.desk.url}{path}"))
    assert answer.status_code in {401, 404}
    assert "bridge" not in answer.text
    assert "root:" not in answer.text


# --- questions made up -----------------------------------------------------------------------


def impatient() -> dict[str, Any]:
    """Everything, but what goes on for ever, and that nobody waits for changes."""
    api = everything()
    changes = api["paths"]["/api/v1/changes"]["get"]
    changes["parameters"] = [each for each in changes["parameters"] if each["name"] != "wait"]
    for path in ENDLESS:
        api["paths"].pop(path, None)
    return api


questions = schemathesis.openapi.from_dict(impatient())


@questions.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_question_of_an_editor_is_a_mistake_of_ours(
    case: schemathesis.Case[Any], room: Room
) -> None:
    if case.path == "/logout":
        return  # they are to be let in for the next question
    person = room.editor
    answer = case.call(base_url=room.desk.url, headers=person.headers, cookies=person.cookies)
    assert answer.status_code < 500, (answer.status_code, answer.text[:500])


@questions.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_question_lets_anybody_in(case: schemathesis.Case[Any], room: Room) -> None:
    answer = case.call(base_url=room.desk.url, allow_redirects=False)
    if case.path not in OPEN and not case.path.startswith(OPEN_BELOW):
        assert answer.status_code in {401, 404, 405}, (answer.status_code, answer.text[:500])
    assert answer.status_code < 500
