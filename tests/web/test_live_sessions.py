"""What an open board is told, and for how long: no longer than somebody is let in."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from aggregator.storage import changes
from aggregator.storage.database import open_database
from tests.support.guarded import EDITOR, VIEWER, Desk, guarded, signed_in, token_of
from tests.support.kept import HERALD, POST, keep, report, tell
from tests.web.conftest import NOW, fill

EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_database(tmp_path / "news.db") as db:
        fill(db)
    with guarded(tmp_path / "news.db") as desk:
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    with desk.anybody() as browser:
        signed_in(browser, VIEWER)
        yield browser


def last(desk: Desk) -> int:
    with open_database(desk.path, readonly=True) as db:
        return changes.last(db)


def begin_a_story(desk: Desk, name: str) -> None:
    """Two outlets tell of something new."""
    with open_database(desk.path) as db:
        first = keep(db, POST, report(name, NOW - timedelta(minutes=5)), NOW)
        tell(db, [[first, keep(db, HERALD, report(f"{name} copy", NOW), NOW)]])


def test_what_comes_is_told_until_one_signs_out_and_then_nothing_more(
    desk: Desk, browser: httpx.Client
) -> None:
    url = f"/live?since={last(desk)}"
    with browser.stream("GET", url, headers=EVENTS) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        begin_a_story(desk, "flood")
        told = next(line for line in lines if line.startswith("data: "))
        assert '"stories":{' in told
        with desk.anybody(cookies=dict(browser.cookies)) as elsewhere:
            elsewhere.post("/logout", data={"csrf": token_of(elsewhere.get("/password"))})
        begin_a_story(desk, "storm")
        assert [line for line in lines if line] == []
    assert browser.get(url, headers=EVENTS).status_code == 401


def test_an_open_page_that_asks_by_itself_keeps_nobody_signed_in(
    desk: Desk, browser: httpx.Client
) -> None:
    for _ in range(3):
        desk.clock.pass_by(minutes=39)
        assert browser.get("/live?since=0").status_code == 200
        assert browser.get("/searches/alerts").status_code == 200
        desk.app.state.accounts._writer.submit(lambda: None).result(30)
    desk.clock.pass_by(minutes=4)
    assert browser.get("/live?since=0").status_code == 401
    signed_in(browser, EDITOR)
    assert browser.get("/live?since=0").status_code == 200
