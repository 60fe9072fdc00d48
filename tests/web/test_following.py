"""Following changes over HTTP, also by waiting for them."""

import threading
from datetime import timedelta

import httpx
import pytest

from aggregator.storage.database import open_database
from aggregator.web.app import create_app
from aggregator.web.desk import Limits
from tests.support.desk import Served
from tests.support.kept import POST, keep, report, tell
from tests.web.conftest import NOW, Newsroom


def changes(client: httpx.Client, question: str) -> dict[str, object]:
    answer = client.get(f"/api/v1/changes?{question}", timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_changes_come_in_their_order_and_none_twice(client: httpx.Client) -> None:
    after, seen = 0, []
    while items := (page := changes(client, f"after={after}&limit=3"))["items"]:
        assert isinstance(items, list)
        assert len(items) <= 3
        seen += [each["seq"] for each in items]
        after = int(str(page["after"]))
    assert seen == sorted(set(seen))
    assert len(seen) > 6
    assert after == page["last"] == client.get("/api/v1/stories").json()["seq"]


@pytest.mark.parametrize("question", ["after=1000000", "after=9223372036854775807&wait=1"])
def test_a_number_that_never_was_is_told(client: httpx.Client, question: str) -> None:
    answer = client.get(f"/api/v1/changes?{question}")
    assert answer.status_code == 410
    assert answer.json()["type"] == "/problems/changes-gone"
    assert answer.json()["last"] == client.get("/api/v1").json()["seq"]


def test_who_waits_is_told_as_soon_as_something_happens(newsroom: Newsroom) -> None:
    last = newsroom.client.get("/api/v1").json()["seq"]
    found: list[dict[str, object]] = []
    waiting = threading.Thread(
        target=lambda: found.append(changes(newsroom.client, f"after={last}&wait=60"))
    )
    waiting.start()
    with open_database(newsroom.path) as db:
        tell(db, [[keep(db, POST, report("newer", NOW - timedelta(minutes=5)), NOW)]])
    waiting.join(50)
    assert not waiting.is_alive()
    (page,) = found
    assert page["items"]


def test_who_waits_in_vain_gets_nothing(client: httpx.Client) -> None:
    last = client.get("/api/v1").json()["seq"]
    page = changes(client, f"after={last}&wait=0.05")
    assert (page["items"], page["after"]) == ([], last)


def test_who_waits_is_answered_when_the_server_ends(newsroom: Newsroom) -> None:
    app = create_app(newsroom.pool, lambda: NOW, Limits(follower_pause=30))
    last = newsroom.client.get("/api/v1").json()["seq"]
    statuses: list[int] = []

    def wait(url: str) -> None:
        answer = httpx.get(f"{url}/api/v1/changes?after={last}&wait=60", timeout=60)
        statuses.append(answer.status_code)

    with Served(app) as served:
        waiting = threading.Thread(target=wait, args=(served.url,))
        waiting.start()
        while app.state.desk._followers == 0:
            waiting.join(0.01)
    waiting.join(30)
    assert statuses == [200]


def test_too_many_who_wait_are_turned_away(newsroom: Newsroom) -> None:
    app = create_app(newsroom.pool, lambda: NOW, Limits(followers=0))
    with Served(app) as served:
        last = newsroom.client.get("/api/v1").json()["seq"]
        answer = httpx.get(f"{served.url}/api/v1/changes?after={last}&wait=1")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
        assert answer.headers["Retry-After"] == "2"
        assert httpx.get(f"{served.url}/api/v1/changes?after={last}").status_code == 200
