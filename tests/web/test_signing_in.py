"""Who is let in, for how long, and what keeps everybody else out."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aggregator.storage import accounts
from aggregator.storage.database import open_database
from aggregator.web import passwords
from tests.support.guarded import EDITOR, PASSWORD, VIEWER, Desk, guarded, signed_in, token_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with guarded(tmp_path / "news.db") as desk:
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    with desk.anybody() as browser:
        yield browser


def is_in(browser: httpx.Client) -> bool:
    answer = browser.get("/api", headers={"Accept": "text/html"})
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def test_people_are_sent_to_sign_in_and_go_on_where_they_were(browser: httpx.Client) -> None:
    answer = browser.get("/api?x=1&y=a%20b", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=%2Fapi%3Fx%3D1%26y%3Da%2520b"
    page = browser.get(answer.headers["Location"])
    onwards = re.search(r'name="onwards" value="([^"]*)"', page.text)
    assert onwards is not None
    let_in = signed_in(browser, EDITOR, onwards=onwards[1].replace("&amp;", "&"))
    assert (let_in.status_code, let_in.headers["Location"]) == (303, "/api?x=1&y=a%20b")
    assert is_in(browser)
    assert browser.get("/login?next=/help").headers["Location"] == "/help"


def test_people_can_sign_in_from_however_long_an_address(browser: httpx.Client) -> None:
    answer = browser.get("/search", params={"q": "ü" * 500}, headers={"Accept": "text/html"})
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert 'name="password"' in page.text


@pytest.mark.parametrize(
    "onwards",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_nobody_is_sent_to_another_site(browser: httpx.Client, onwards: str) -> None:
    assert signed_in(browser, EDITOR, onwards=onwards).headers["Location"] == "/"
    assert browser.get("/login", params={"next": onwards}).headers["Location"] == "/"


def test_who_signs_in_anew_in_one_browser_leaves_no_session_behind(
    desk: Desk, browser: httpx.Client
) -> None:
    signed_in(browser, EDITOR)
    former = browser.cookies["session"]
    form = {"csrf": token_of(browser.get("/password")), "name": VIEWER, "password": PASSWORD}
    assert browser.post("/login", data=form).status_code == 303
    assert browser.cookies["session"] != former
    assert is_in(browser)
    with desk.anybody(cookies={"session": former}) as other:
        assert not is_in(other)


def test_the_cookie_is_for_this_desk_alone_and_no_script(browser: httpx.Client) -> None:
    session, device = signed_in(browser, EDITOR).headers.get_list("Set-Cookie")
    ours = "HttpOnly; Max-Age={}; Path=/; SameSite=lax"
    assert re.fullmatch(rf"session=[\w-]{{43}}; {ours.format(43200)}", session)
    assert re.fullmatch(rf"device=[\w-]{{22}}\.[0-9a-f]{{64}}; {ours.format(15552000)}", device)


def test_the_log_says_who_came_and_who_tried_and_no_password(
    browser: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "aggregator")
    for name in (EDITOR, PASSWORD, "x\ny"):
        signed_in(browser, name, "falsch")
    signed_in(browser, "eva")
    browser.post("/logout", data={"csrf": token_of(browser.get("/password"))})
    told = [(each.levelname, each.getMessage()) for each in caplog.records]
    nobody = ("WARNING", "nobody we know was not signed in, from 127.0.0.1: wrong password")
    assert told == [
        ("WARNING", "Eva was not signed in, from 127.0.0.1: wrong password"),
        nobody,
        nobody,
        ("INFO", "Eva signed in, from 127.0.0.1"),
        ("INFO", "Eva signed out"),
    ]


def test_the_database_knows_nothing_that_lets_in(desk: Desk, browser: httpx.Client) -> None:
    signed_in(browser, EDITOR)
    token = browser.cookies["session"]
    with sqlite3.connect(desk.path) as db:
        kept = "\n".join(db.iterdump())
    assert 'INSERT INTO "session"' in kept
    assert token not in kept
    assert PASSWORD not in kept


def test_a_session_that_somebody_planted_lets_nobody_in(desk: Desk) -> None:
    planted = "f" * 43
    with desk.anybody(cookies={"session": planted}) as browser:
        signed_in(browser, EDITOR)
        sessions = {cookie.value for cookie in browser.cookies.jar if cookie.name == "session"}
    assert len(sessions - {planted}) == 1
    with desk.anybody(cookies={"session": planted}) as attacker:
        assert not is_in(attacker)


def test_each_sign_in_is_another_session_with_other_forms(browser: httpx.Client) -> None:
    before = token_of(browser.get("/login"))
    signed_in(browser, EDITOR)
    first, forms = browser.cookies["session"], token_of(browser.get("/password"))
    assert forms != before
    browser.cookies.delete("session")
    signed_in(browser, EDITOR)
    assert browser.cookies["session"] != first
    assert token_of(browser.get("/password")) != forms
    refused = browser.post("/logout", data={"csrf": forms})
    assert refused.status_code == 403


def test_who_signs_out_is_out_on_the_server_too(desk: Desk, browser: httpx.Client) -> None:
    signed_in(browser, EDITOR)
    session = browser.cookies["session"]
    out = browser.post("/logout", data={"csrf": token_of(browser.get("/password"))})
    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    assert "session" not in browser.cookies
    with desk.anybody(cookies={"session": session}) as thief:
        assert not is_in(thief)


def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day(
    desk: Desk, browser: httpx.Client
) -> None:
    signed_in(browser, EDITOR)
    for _ in range(6):
        desk.clock.pass_by(minutes=110)
        assert is_in(browser)
        # What is used is noted beside the answer.
        desk.app.state.accounts._writer.submit(lambda: None).result(30)
    desk.clock.pass_by(minutes=61)
    assert not is_in(browser)
    signed_in(browser, EDITOR)
    desk.clock.pass_by(hours=2)
    assert not is_in(browser)


def test_another_role_password_or_no_account_ends_sessions_at_once(
    desk: Desk, browser: httpx.Client
) -> None:
    changes = (
        lambda db: accounts.set_role(db, EDITOR, "viewer"),
        lambda db: accounts.set_password(db, EDITOR, passwords.digest(PASSWORD)),
        lambda db: accounts.remove(db, EDITOR),
    )
    for change in changes:
        signed_in(browser, EDITOR)
        assert is_in(browser)
        with open_database(desk.path) as db, db.write():
            change(db)
        assert not is_in(browser)
    assert signed_in(browser, EDITOR).status_code == 403


def test_who_is_wrong_is_told_the_same_whether_there_is_such_an_account_or_not(
    browser: httpx.Client,
) -> None:
    pages = [signed_in(browser, name, "falsch") for name in (EDITOR, "Niemand", "x" * 64)]
    assert [page.status_code for page in pages] == [403] * 3
    assert all("The name or the password is wrong." in page.text for page in pages)
    # What was typed stands in the page again; nothing else differs.
    assert len({re.sub(r'value="[^"]*"', "", page.text) for page in pages}) == 1
    assert not is_in(browser)


@pytest.mark.parametrize("name", [EDITOR, "Niemand"])
def test_whoever_guesses_waits_and_so_does_the_right_password(
    desk: Desk, browser: httpx.Client, name: str
) -> None:
    told = [signed_in(browser, name, f"falsch {number}").status_code for number in range(7)]
    assert told == [403] * 5 + [429] * 2
    waiting = signed_in(browser, name)
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0
    assert "Too many tries." in waiting.text
    with desk.anybody() as another:
        assert signed_in(another, VIEWER).status_code == 303
    desk.clock.pass_by(seconds=2)
    assert signed_in(browser, EDITOR).status_code == 303


def test_nobody_is_kept_out_of_a_browser_in_which_they_were(
    desk: Desk, browser: httpx.Client
) -> None:
    signed_in(browser, EDITOR)
    browser.post("/logout", data={"csrf": token_of(browser.get("/password"))})
    with desk.anybody() as another:
        told = [signed_in(another, EDITOR, "falsch").status_code for _ in range(6)]
        assert told[-1] == 429
        assert signed_in(another, EDITOR).status_code == 429
    assert signed_in(browser, EDITOR).status_code == 303


def test_whoever_guesses_many_names_waits_too(browser: httpx.Client) -> None:
    told = [signed_in(browser, f"Name {number}", "falsch").status_code for number in range(22)]
    assert told == [403] * 20 + [429] * 2
    assert signed_in(browser, EDITOR).status_code == 429


def test_a_login_that_another_page_sends_is_refused(desk: Desk, browser: httpx.Client) -> None:
    form = {"name": EDITOR, "password": PASSWORD, "onwards": "/"}
    assert browser.post("/login", data=form).status_code == 403
    csrf = token_of(browser.get("/login"))
    foreign = {"Origin": "https://evil.example"}
    assert browser.post("/login", data={**form, "csrf": csrf}, headers=foreign).status_code == 403
    with desk.anybody() as another:
        assert another.post("/login", data={**form, "csrf": csrf}).status_code == 403


def test_somebody_changes_their_own_password(desk: Desk, browser: httpx.Client) -> None:
    signed_in(browser, EDITOR)
    with desk.anybody() as elsewhere:
        signed_in(elsewhere, EDITOR)
        before = browser.cookies["session"]
        form = {"csrf": token_of(browser.get("/password")), "former": PASSWORD}
        new = {"wanted": "neun blaue Elche", "again": "neun blaue Elche"}
        told = {
            "wrong": {**form, **new, "former": "falsch"},
            "two ways": {**form, **new, "again": "neun rote Elche"},
            "at least 12": {**form, "wanted": "kurz", "again": "kurz"},
            "too easily": {**form, "wanted": "passwort123456", "again": "passwort123456"},
        }
        for why, typed in told.items():
            refused = browser.post("/password", data=typed)
            assert refused.status_code in {403, 422}
            assert why in refused.text
        assert is_in(elsewhere)
        done = browser.post("/password", data={**form, **new})
        assert done.status_code == 303, done.text
        assert is_in(browser)
        assert browser.cookies["session"] != before
        assert not is_in(elsewhere)
        assert signed_in(elsewhere, EDITOR).status_code == 403
        assert signed_in(elsewhere, EDITOR, "neun blaue Elche").status_code == 303


def test_a_digest_of_before_is_made_anew_at_the_next_sign_in(
    desk: Desk, browser: httpx.Client
) -> None:
    from argon2 import PasswordHasher

    with open_database(desk.path) as db, db.write():
        accounts.set_password(db, EDITOR, PasswordHasher(1, 64, 1).hash(PASSWORD))
    assert signed_in(browser, EDITOR).status_code == 303
    with open_database(desk.path, readonly=True) as db:
        kept = accounts.password(db, EDITOR)
    assert kept is not None
    assert not passwords.outdated(kept)
    assert is_in(browser)


def test_programs_read_by_token_and_change_nothing(desk: Desk) -> None:
    token = desk.token(EDITOR)
    with desk.anybody() as program:
        refused = program.get("/api/v1/stories")
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert refused.json()["type"] == "/problems/login-needed"
        bearer = {"Authorization": f"Bearer {token}"}
        assert program.get("/api/v1/stories", headers=bearer).status_code == 200
        assert program.get("/metrics", headers=bearer).status_code == 200
        assert program.get("/feeds/all.atom", auth=(EDITOR, token)).status_code == 200
        for wrong in ((VIEWER, token), (EDITOR, PASSWORD), (EDITOR, "")):
            assert program.get("/feeds/all.atom", auth=wrong).status_code == 401
        for nonsense in ("Bearer", "Bearer x", "Basic ?", "Basic /////w==", "Digest a", ""):
            headers = {"Authorization": nonsense}
            assert program.get("/api/v1/stories", headers=headers).status_code == 401
        for csrf in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x"}):
            answer = program.post("/settings", headers={**bearer, **csrf})
            assert answer.status_code == 403


def test_a_script_that_is_signed_out_goes_to_the_login(browser: httpx.Client) -> None:
    answer = browser.get("/api", headers={"HX-Request": "true", "Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=%2Fapi"
    for page, onwards in (
        ("http://127.0.0.1/stories/1?x=1", "%2Fstories%2F1%3Fx%3D1"),
        ("http://[", "%2F"),
        ("//evil.example//evil.example", "%2F"),
    ):
        headers = {"HX-Request": "true", "HX-Current-URL": page}
        answer = browser.get("/stories/1/texts/1", headers=headers)
        assert answer.headers["HX-Redirect"] == f"/login?next={onwards}"


def test_nobody_is_led_away_from_what_they_were_typing(browser: httpx.Client) -> None:
    headers = {"HX-Request": "true", "Accept": "text/html"}
    csrf = {"X-CSRF-Token": token_of(browser.get("/login"))}
    for answer in (
        browser.get("/searches/alerts", headers=headers),
        browser.post("/stories/1/note", headers={**headers, **csrf}, data={"text": "long"}),
    ):
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer.headers
        assert "sign in at /login" in answer.text


def test_a_browser_asks_nobody_for_a_password_in_a_window(browser: httpx.Client) -> None:
    for path in ("/feeds", "/feeds/add", "/feeds/1", "/searches", "/pictures/1"):
        for accept in ("text/html", "*/*"):
            answer = browser.get(path, headers={"Accept": accept})
            assert answer.status_code in {303, 401}
            assert "WWW-Authenticate" not in answer.headers
    signed_in(browser, VIEWER)
    refused = browser.get("/feeds/add", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["Content-Type"][:9]) == (403, "text/html")
