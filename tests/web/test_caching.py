"""ETags, compression and HEAD: what costs nothing where nothing has changed."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from aggregator.storage import changes, decisions, feeds
from aggregator.storage.database import Database, open_database
from tests.support.kept import HERALD, POST
from tests.web.conftest import NOW, Newsroom

PATHS = [
    "/api/v1",
    "/api/v1/stories",
    "/api/v1/stories/1",
    "/api/v1/stories?order=top",
    "/api/v1/stories?since=24h",
    "/api/v1/stories?tag=politik",
    "/api/v1/copy-groups/1",
    "/api/v1/articles/1",
    "/api/v1/search?q=bridge",
    "/api/v1/changes",
    "/api/v1/feeds",
    "/api/v1/queries/top-stories",
    "/feeds/all.atom",
    "/feeds/search/Bridges.json",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    tags = ('"other", ', "W/", "")
    for more in tags:
        known = more + first.headers["ETag"].removeprefix("W/")
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_tag_of_one_address_is_none_of_another(client: httpx.Client) -> None:
    tag = client.get("/api/v1/stories/1").headers["ETag"]
    for path in ("/api/v1/stories/2", "/api/v1/stories/51", "/api/v1/stories/1?x=1"):
        assert client.get(path, headers={"If-None-Match": tag}).status_code != 304


def test_a_change_makes_a_new_answer(newsroom: Newsroom) -> None:
    before = newsroom.client.get("/api/v1/stories").headers["ETag"]
    with open_database(newsroom.path) as db, db.write():
        decisions.undo(db, 1, by="eva", now=NOW)
    after = newsroom.client.get("/api/v1/stories", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert [each["pinned"] for each in after.json()["items"]] == [False, False]


def test_what_is_listed_by_tag_is_told_apart_by_its_content(newsroom: Newsroom) -> None:
    path = "/api/v1/stories?tag=politik"
    before = newsroom.client.get(path)
    with open_database(newsroom.path) as db, db.write():
        db.execute("UPDATE feed SET tags = '[]'")
    after = newsroom.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.json()["items"] == []


def what_feeds_yaml_says(db: Database) -> None:
    feeds.sync(db, [replace(POST, tags=("world",)), HERALD], NOW)


def what_was_stripped(db: Database) -> None:
    with db.write():
        db.execute("UPDATE removed_block SET reason = 'advert'")


def where_the_text_came_from(db: Database) -> None:
    with db.write():
        db.execute("UPDATE article SET text_from = iif(text_from = 'feed', 'page', 'feed')")


def that_a_feed_is_no_longer_listed(db: Database) -> None:
    feeds.sync(db, [HERALD], NOW)


@pytest.mark.parametrize(
    ("path", "alter"),
    [
        ("/feeds/all.atom", what_feeds_yaml_says),
        ("/feeds/outlet/Post.json", what_feeds_yaml_says),
        ("/feeds/outlet/Post.atom", that_a_feed_is_no_longer_listed),
        ("/api/v1/articles/1", what_was_stripped),
        ("/api/v1/articles/1", where_the_text_came_from),
    ],
)
def test_what_no_change_tells_of_makes_a_new_answer_too(
    newsroom: Newsroom, path: str, alter: Callable[[Database], None]
) -> None:
    before = newsroom.client.get(path)
    with open_database(newsroom.path) as db:
        number = changes.last(db)
        alter(db)
        assert changes.last(db) == number
    after = newsroom.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code in {200, 404}
    assert after.content != before.content


def test_an_unchanged_answer_costs_one_look_at_the_last_change(newsroom: Newsroom) -> None:
    known = {"If-None-Match": newsroom.client.get("/api/v1/stories/1").headers["ETag"]}
    asked: list[str] = []
    for db in newsroom.pool._opened:
        db._connection.set_trace_callback(asked.append)
    assert newsroom.client.get("/api/v1/stories/1", headers=known).status_code == 304
    read = [each.split("FROM ")[1].split()[0] for each in asked if each.startswith("SELECT")]
    assert read == ["sqlite_master", "sqlite_sequence", "changes"]


def test_long_answers_are_compressed_for_who_takes_them(client: httpx.Client) -> None:
    path = "/api/v1/stories/1"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < len(plain.content)
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", [*PATHS, "/", "/api/v1/openapi.json", "/api/v1/stories/51"])
def test_head_has_the_head_of_get_and_no_body(client: httpx.Client, path: str) -> None:
    client.get("/")  # whoever comes first is given a cookie
    get, head = client.get(path), client.head(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    for each in (get, head):
        each.headers.pop("date")
    assert head.headers == get.headers
