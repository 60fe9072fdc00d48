"""Articles' pictures: fetched once, by us, with manners; and served to nobody who may not ask."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image

from aggregator.daemon.desk.pictures import Fetching
from aggregator.settings import NetworkSettings
from aggregator.storage import feeds, pictures, requests
from aggregator.storage.database import Database, open_database
from aggregator.storage.pictures import Picture
from aggregator.storage.pool import ReaderPool
from aggregator.web.app import create_app
from aggregator.web.ports import Ports
from tests.support.desk import Served
from tests.support.kept import POST, keep, report
from tests.support.server import Answer, Server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE = 30


def _jpeg() -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(written, "JPEG")
    return written.getvalue()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.routes["/picture.jpg"] = Answer(_jpeg(), headers={"Content-Type": "image/jpeg"})
        yield server


def _filled(path: Path, *images: str) -> None:
    """A database with an article for each picture, numbered from 1."""
    with open_database(path) as db:
        feeds.sync(db, [POST], NOW)
        for number, image in enumerate(images):
            keep(db, POST, replace(report(f"article {number}", NOW), image=image), NOW)


@contextmanager
def _fetching(path: Path, server: Server, now: datetime = NOW) -> Iterator[Fetching]:
    network = NetworkSettings(
        allow_addresses=("127.0.0.0/8",), allow_ports=(server.port,), seconds_between_requests=0
    )
    with Fetching(path, network, lambda: now) as fetching:
        yield fetching


def test_a_picture_is_fetched_once_made_small_and_kept(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/picture.jpg"))
    with _fetching(path, server) as fetching:
        first, second = fetching.fetch(1), fetching.fetch(1)
        body = first.result(PATIENCE)
        assert second.result(PATIENCE) == body
        assert fetching.fetch(1).result(PATIENCE) == body
    assert body is not None
    with Image.open(io.BytesIO(body)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (480, 360))
    assert len(server.asked("/picture.jpg")) == 1
    with open_database(path) as db:
        assert pictures.find(db, 1) == Picture(server.url("/picture.jpg"), NOW, body)
        asked = [(each.url, each.kind) for each in requests.of_host(db, "127.0.0.1", 10)]
    assert asked == [(server.url("/robots.txt"), "robots"), (server.url("/picture.jpg"), "page")]


def test_what_robots_txt_forbids_is_not_asked_for(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/picture.jpg"))
    server.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /picture")
    with _fetching(path, server) as fetching:
        assert fetching.fetch(1).result(PATIENCE) is None
    assert server.asked("/picture.jpg") == []
    with open_database(path) as db:
        found = pictures.find(db, 1)
    assert found is not None
    assert (found.reason, found.next_try_at) == ("robots", None)


def test_no_machine_inside_the_house_is_asked_for_a_picture(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/picture.jpg"), "file:///etc/passwd", "javascript:alert(1)")
    with Fetching(path, NetworkSettings(allow_ports=(server.port,)), lambda: NOW) as fetching:
        assert [fetching.fetch(each).result(PATIENCE) for each in (1, 2, 3)] == [None] * 3
    assert server.requests == []


def test_one_that_fails_is_asked_for_again_later_and_at_most_three_times(
    tmp_path: Path, server: Server
) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/failing.jpg"), server.url("/none.jpg"), server.url("/page.jpg"))
    server.routes["/failing.jpg"] = Answer(status=500)
    server.routes["/page.jpg"] = Answer(b"<html>a page</html>")
    for hours in (0, 1, 7, 14, 21, 28):
        with _fetching(path, server, NOW + timedelta(hours=hours)) as fetching:
            assert [fetching.fetch(each).result(PATIENCE) for each in (1, 2, 3)] == [None] * 3
    asked = [len(server.asked(each)) for each in ("/failing.jpg", "/none.jpg", "/page.jpg")]
    assert asked == [3, 1, 1]


def test_the_desk_gives_a_picture_to_its_own_pages_and_fetches_none_for_others(
    tmp_path: Path, server: Server
) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/picture.jpg"), "")
    with (
        _fetching(path, server) as fetching,
        ReaderPool(path, size=1, seconds=5) as pool,
        Served(create_app(pool, lambda: NOW, ports=Ports(pictures=fetching))) as served,
        httpx.Client(base_url=served.url) as client,
    ):
        foreign = client.get("/pictures/1", headers={"Sec-Fetch-Site": "cross-site"})
        assert (foreign.status_code, server.requests) == (404, [])
        own = client.get("/pictures/1", headers={"Sec-Fetch-Site": "same-origin"})
        assert (own.status_code, own.headers["Content-Type"]) == (200, "image/webp")
        assert own.headers["Content-Security-Policy"].startswith("default-src 'none'")
        kept = client.get("/pictures/1", headers={"Sec-Fetch-Site": "cross-site"})
        assert kept.content == own.content
        assert [client.get(f"/pictures/{each}").status_code for each in ("2", "3", "0", "x")] == [
            404, 404, 422, 422,
        ]  # fmt: skip


def test_a_desk_without_the_port_fetches_nothing(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "news.db"
    _filled(path, server.url("/picture.jpg"))
    with (
        ReaderPool(path, size=1, seconds=5) as pool,
        Served(create_app(pool, lambda: NOW)) as served,
    ):
        assert httpx.get(f"{served.url}/pictures/1").status_code == 404
    assert server.requests == []


def test_pictures_are_bounded_in_number_and_time(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    _filled(path, *("http://a.example/1",) * 3)
    with open_database(path) as db:
        for number, days in ((1, 40), (2, 3), (3, 0)):
            _keep(db, number, NOW - timedelta(days=days))
        assert pictures.drop_old(db, NOW) == 1
        assert [pictures.find(db, each) is not None for each in (1, 2, 3)] == [False, True, True]
        with db.write():
            db.execute("UPDATE article SET image = 'http://a.example/2' WHERE id = 2")
        assert pictures.find(db, 2) is None


def _keep(db: Database, number: int, at: datetime) -> None:
    with db.write():
        pictures.keep(db, number, Picture("http://a.example/1", at, b"webp"))
