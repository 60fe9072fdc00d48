"""What the database keeps for itself stands on no page and in no answer, whoever asks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from aggregator.daemon.desk.composing import composed
from aggregator.settings import Settings
from aggregator.storage import accounts
from aggregator.storage.database import open_database
from aggregator.web.app import _application
from tests.support.desk_pages import every_address
from tests.support.guarded import EDITOR, KEY, VIEWER, Clock, Desk, guarded, signed_in
from tests.support.routes import routes
from tests.support.secret import plant
from tests.web.conftest import fill

ENDLESS: Final = {"/live"}
ROUTES: Final = sorted({path for method, path in routes(_application()) if method == "GET"})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with open_database(folder / "news.db") as db:
        fill(db)
        plant(db)
    with (
        composed(folder / "news.db", folder / "feeds.yaml", Settings(), Clock()) as ports,
        guarded(folder / "news.db", ports=ports) as desk,
    ):
        yield desk


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[httpx.Client]:
    with desk.anybody() as browser:
        assert signed_in(browser, EDITOR).status_code == 303
        yield browser


def secrets(path: Path, browser: httpx.Client) -> set[str]:
    """All that nobody is to see, as it might be written."""
    with open_database(path, readonly=True) as db:
        passwords = {str(accounts.password(db, name)) for name in (EDITOR, VIEWER)}
        kept = [row["digest"] for row in db.rows("SELECT digest FROM session")]
    digests = {each.hex() for each in kept if isinstance(each, bytes)}
    parts = {part for each in passwords for part in each.split("$")[-2:]}
    return {"geheim", "argon2", browser.cookies["session"], KEY.hex(), *parts, *digests}


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_no_page_and_no_answer_shows_a_secret(
    desk: Desk, browser: httpx.Client, accept: str
) -> None:
    hidden = secrets(desk.path, browser)
    assert len(hidden) >= 7
    filled = [re.sub(r"\{[^}]*\}", "1", path) for path in ROUTES if path not in ENDLESS]
    answered = 0
    for address in [*filled, *every_address(desk.path)]:
        answer = browser.get(address, headers={"Accept": accept})
        answered += answer.status_code == 200
        shown = answer.text + str(answer.headers)
        assert not {each for each in hidden if each in shown}, address
    assert answered > len(filled) // 2
