"""Pictures on the board: shown where that is wished, and fetched by nobody but the desk."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from aggregator.storage.database import open_database
from tests.support.desks import running
from tests.support.server import Answer, Server

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page

_FEEDS = """
settings:
  network:
    allow_addresses: [127.0.0.0/8]
    allow_ports: [{port}]
    seconds_between_requests: 0
  desk:
    images: true
feeds:
  - url: https://herald.example/rss
    outlet: Herald
"""


class Another(Protocol):
    """How another editor's page is opened; it fails where another host is asked."""

    def __call__(self, url: str, **options: object) -> "AbstractContextManager[Page]":
        """One, while the context lasts."""


def _picture() -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(written, "JPEG")
    return written.getvalue()


def test_the_desk_shows_pictures_that_it_fetched_itself(
    copied: Path, tmp_path: Path, another: Another
) -> None:
    with Server() as outlet:
        outlet.routes["/picture.jpg"] = Answer(_picture())
        with open_database(copied) as db, db.write():
            where = outlet.url("/{}.jpg")
            db.execute("UPDATE article SET image = ?", (where.format("picture"),))
            db.execute("UPDATE article SET image = ? WHERE id = 1", (where.format("none"),))
        listed = tmp_path / "feeds.yaml"
        listed.write_text(_FEEDS.format(port=outlet.port), encoding="utf-8")
        with running(copied, "--feeds", str(listed)) as desk, another(desk.url) as page:
            page.goto("/")
            picture = page.locator(".card-picture").first
            picture.evaluate("each => each.decode()")
            assert picture.evaluate("each => each.naturalWidth") == 480
            assert picture.get_attribute("alt") == ""
            box = picture.bounding_box()
            assert box is not None
            assert box["width"] / box["height"] > 1
    assert {each.path for each in outlet.requests} <= {"/robots.txt", "/picture.jpg", "/none.jpg"}
    assert outlet.asked("/picture.jpg")


def test_without_that_wish_no_picture_is_shown_or_fetched(copied: Path, another: Another) -> None:
    with Server() as outlet:
        with open_database(copied) as db, db.write():
            db.execute("UPDATE article SET image = ?", (outlet.url("/picture.jpg"),))
        with running(copied) as desk, another(desk.url) as page:
            page.goto("/")
            page.locator("[data-row]").first.wait_for()
            assert page.locator(".card-picture").count() == 0
    assert outlet.requests == []
