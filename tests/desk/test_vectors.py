"""Hostile words cannot execute on any page of the desk, though they stand uncleaned in its file.

With AGGREGATOR_VECTORS=all every input is tried at every page (make vectors), else some of them.
The policy of the pages is put out of force, so that nothing but their escaping is tried.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest

from aggregator.storage.database import open_database
from tests.desk.conftest import Another
from tests.security.vectors import load
from tests.support.desk_pages import every_address
from tests.support.desks import Running, listed, running
from tests.support.poisoning import AT_ONCE, poison

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Dialog, Page

WATCH: Final = Path(__file__).parents[1].joinpath("security", "watch.js").read_text("utf-8")
LOOK: Final = Path(__file__).with_name("look_through.js").read_text("utf-8")
ASKED: Final = (
    "/search?q={}",
    "/?outlet={}",
    "/?tag={}&language={}",
    "/{}",
    "/compare?a={}&b={}",
)
LONGEST: Final = 3_000


@pytest.fixture(scope="module")
def vectors(corpora: Path) -> list[str]:
    return load(corpora)


@pytest.fixture(scope="module")
def poisoned(
    newsroom_db: Path, vectors: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A desk over a newsroom that is hostile throughout."""
    path = shutil.copyfile(newsroom_db, tmp_path_factory.mktemp("poisoned") / "news.db")
    listed(path)  # before its feeds are poisoned: no file of feeds would have them so
    with open_database(path) as db:
        poison(db, vectors[::24])
    with running(path) as desk:
        yield desk


class Watching:
    """A browser's page that notes what runs on it."""

    def __init__(self, page: "Page") -> None:
        """Watch `page` from its next address on."""
        self.page, self._ran = page, list[str]()
        page.add_init_script(WATCH)
        page.on("console", self._heard)
        page.on("dialog", self._asked)
        page.on("popup", lambda popup: self._ran.append(f"popup {popup.url}"))

    def trouble(self, address: str) -> list[str]:
        """Open an address, look through what is there, and tell what ran or came to be."""
        answer = self.page.goto(address, wait_until="domcontentloaded")
        assert answer is not None
        self._ran += [f"answered {answer.status}"] * (answer.status >= 500)
        self._ran += self.page.evaluate(LOOK)
        self._ran += [f"moved to {self.page.url}"] * (not self.page.url.startswith(answer.url))
        found = [f"{address[:80]}: {each}" for each in self._ran]
        self._ran.clear()
        return found

    def _heard(self, message: "ConsoleMessage") -> None:
        if message.text.startswith("ran: "):
            self._ran.append(message.text)

    def _asked(self, dialog: "Dialog") -> None:
        self._ran.append(f"dialog {dialog.type}")
        dialog.dismiss()


def reflected(inputs: Sequence[str]) -> list[str]:
    """Addresses that ask for hostile words."""
    words = [
        quote(" ".join(inputs[at : at + AT_ONCE]), safe="")[:LONGEST]
        for at in range(0, len(inputs), AT_ONCE)
    ]
    return [pattern.replace("{}", each) for each in words for pattern in ASKED]


def test_nothing_executes_on_any_page(
    poisoned: Running, vectors: list[str], another: Another
) -> None:
    addresses = every_address(poisoned.path)
    assert len(addresses) > 100
    found: list[str] = []
    with another(poisoned.url, bypass_csp=True) as page:
        watching = Watching(page)
        for address in chain(addresses, reflected(vectors[::600])):
            found += watching.trouble(address)
    assert found == []


def test_what_comes_while_a_page_is_open_executes_neither(
    poisoned: Running, vectors: list[str], another: Another
) -> None:
    with another(poisoned.url, bypass_csp=True) as page:
        assert Watching(page).trouble("/") == []
        with open_database(poisoned.path) as db:
            poison(db, vectors[1::24])
        page.wait_for_timeout(2_000)
        page.keyboard.press("u")
        page.wait_for_timeout(1_000)
        assert page.evaluate(LOOK) == []


@pytest.mark.skipif(os.environ.get("AGGREGATOR_VECTORS") != "all", reason="takes half an hour")
def test_no_input_executes_on_any_page(
    poisoned: Running, vectors: list[str], another: Another
) -> None:
    shown = 0
    for at in range(0, len(vectors), 60 * AT_ONCE):
        part = vectors[at : at + 60 * AT_ONCE]
        with open_database(poisoned.path) as db:
            poison(db, part)
        found: list[str] = []
        with another(poisoned.url, bypass_csp=True) as page:
            watching = Watching(page)
            for address in chain(every_address(poisoned.path), reflected(part)):
                found += watching.trouble(address)
                shown += 1
        print(f"{at + len(part)} of {len(vectors)} inputs, {shown} pages, {len(found)} troubles")
        assert found == []


def test_what_is_looked_for_is_found(another: Another, poisoned: Running) -> None:
    """A page of ours into which something got would be told of."""
    with another(poisoned.url, bypass_csp=True) as page:
        page.route(
            "**/careless",
            lambda route: route.fulfill(
                content_type="text/html",
                body="<p onfocus=alert(1)>x</p><a href='javascript:alert(2)'>y</a><xss></xss>",
            ),
        )
        found = "\n".join(Watching(page).trouble("/careless"))
    for each in ("attribute onfocus", "address href", "unknown element", "ran: ", "alert"):
        assert each in found
