"""Signing in and out and changing one's password, as people do it; and what a viewer is shown."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aggregator.storage import accounts
from aggregator.storage.database import open_database
from aggregator.web import passwords
from tests.desk.conftest import Another
from tests.desk.test_pages import Axe, look
from tests.support.desk_pages import addresses
from tests.support.desks import Running, running
from tests.support.guarded import EDITOR, PASSWORD, VIEWER

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHANGED = "neun blaue Elche"
# Where all that can be sent on a page would go.
SENT = """
[...document.querySelectorAll("form[method=post] :is(button, [type=submit]), button[form]")]
  .map(each => each.getAttribute("formaction") ?? each.form.getAttribute("action"))
"""


@pytest.fixture(scope="module")
def guarded(newsroom_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk with a login, for an editor and a viewer."""
    path = shutil.copyfile(newsroom_db, tmp_path_factory.mktemp("guarded") / "news.db")
    kept, now = passwords.digest(PASSWORD), datetime.now(UTC)
    with open_database(path) as db, db.write():
        accounts.add(db, EDITOR, "editor", kept, now)
        accounts.add(db, VIEWER, "viewer", kept, now)
        accounts.add(db, "Wanda", "viewer", kept, now)
    with running(path, "--login") as desk:
        yield desk


def sign_in(page: "Page", name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_somebody_signs_in_goes_on_and_signs_out(guarded: Running, another: Another) -> None:
    story = addresses(guarded.path)["story"]
    with another(guarded.url) as page:
        page.goto(story)
        assert focused(page) == "name"
        sign_in(page, EDITOR, "falsch")
        assert page.get_by_role("alert").inner_text() == "The name or the password is wrong."
        # What was right need not be typed again.
        assert page.get_by_label("Name", exact=True).input_value() == EDITOR
        assert focused(page) == "password"
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{story}")
        page.get_by_label("Settings").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/login")
        page.go_back()
        page.wait_for_url("**/login*")


def test_somebody_changes_their_password(guarded: Running, another: Another) -> None:
    with another(guarded.url) as page:
        page.goto("/password")
        sign_in(page, "Wanda")
        for wanted, again, told in (
            ("kurz", "kurz", "at least 12 characters"),
            (CHANGED, "neun rote Elche", "typed in two ways"),
            ("passwort123456", "passwort123456", "guessed too easily"),
        ):
            change(page, wanted, again)
            assert told in page.get_by_role("alert").inner_text()
        change(page, CHANGED, CHANGED)
        page.get_by_text("The password is another one now.").wait_for()
    with another(guarded.url) as page:
        page.goto("/help")
        sign_in(page, "Wanda", CHANGED)
        page.wait_for_url("**/help")


def change(page: "Page", wanted: str, again: str) -> None:
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(wanted)
    page.get_by_label("New password, once more").fill(again)
    page.get_by_role("main").get_by_role("button", name="Change the password").click()


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_nothing_is_amiss_on_the_way_in(
    guarded: Running, another: Another, axe: Axe, locale: str
) -> None:
    language, checked = locale[:2], axe if locale == "en-GB" else None
    with another(guarded.url, locale=locale) as page:
        page.goto("/login?next=/password")
        assert look(page, f"login-{language}", checked) == []
        page.locator("#name").fill(VIEWER)
        page.locator("#password").fill("falsch")
        page.locator("#password").press("Enter")
        page.get_by_role("alert").wait_for()
        assert look(page, f"login-wrong-{language}", checked) == []
        page.locator("#password").fill(PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url("**/password")
        assert look(page, f"password-{language}", checked) == []
        for field in ("#former", "#wanted", "#again"):
            page.locator(field).fill("kurz")
        page.locator("#again").press("Enter")
        page.get_by_role("alert").wait_for()
        assert look(page, f"password-wrong-{language}", checked) == []


def test_a_viewer_is_shown_nothing_to_change(guarded: Running, another: Another) -> None:
    known = addresses(guarded.path)
    with another(guarded.url) as page:
        page.goto("/")
        sign_in(page, VIEWER)
        for name in known:
            page.goto(known[name])
            assert set(page.evaluate(SENT)) == {"/settings", "/logout"}, name
