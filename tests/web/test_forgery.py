"""No other site acts in the name of who looks at the desk, and no request is endless."""

import socket
from collections.abc import Iterator, Mapping
from typing import Final

import httpx
import pytest

from aggregator.storage.database import open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web.app import create_app
from aggregator.web.viewers import Alone, CurrentEditor, CurrentViewer, form_token
from tests.support.desk import Served
from tests.web.conftest import NOW

KEY: Final = b"secret for a test"
VISITOR: Final = "v" * 43
TOKEN: Final = form_token(KEY, VISITOR)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("desk") / "news.db"
    with open_database(path), ReaderPool(path, size=1, seconds=5) as pool:
        app = create_app(pool, lambda: NOW, doors=Alone("Ann", KEY))

        @app.post("/act", include_in_schema=False)
        async def act(editor: CurrentEditor) -> str:
            return f"done by {editor.name}"

        @app.get("/look", include_in_schema=False)
        async def look(viewer: CurrentViewer) -> Mapping[str, object]:
            return {"name": viewer.name, "role": viewer.role, "in": viewer.signed_in}

        with Served(app) as server:
            yield server


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, cookies={"visitor": VISITOR}) as client:
        yield client


def test_whoever_reaches_it_alone_is_its_editor(client: httpx.Client) -> None:
    assert client.get("/look").json() == {"name": "Ann", "role": "editor", "in": False}


@pytest.mark.parametrize("kind", ["header", "form", "multipart"])
def test_a_form_of_the_desk_is_taken(client: httpx.Client, kind: str) -> None:
    if kind == "header":
        answer = client.post("/act", headers={"X-CSRF-Token": TOKEN})
    elif kind == "form":
        answer = client.post("/act", data={"csrf": TOKEN})
    else:
        answer = client.post("/act", data={"csrf": TOKEN}, files={"file": ("a.opml", b"<opml/>")})
    assert (answer.status_code, answer.json()) == (200, "done by Ann")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": TOKEN[:-1]},
        {"X-CSRF-Token": "ä".encode().decode("latin-1")},
        {"X-CSRF-Token": form_token(KEY, "w" * 43)},
        {"X-CSRF-Token": TOKEN, "Cookie": ""},
        {"X-CSRF-Token": TOKEN, "Cookie": "visitor=" + "w" * 43},
        {"X-CSRF-Token": TOKEN, "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": TOKEN, "Sec-Fetch-Site": "same-site"},
        {"X-CSRF-Token": TOKEN, "Origin": "null"},
        {"X-CSRF-Token": TOKEN, "Origin": "https://evil.example"},
        # Another program of this machine is another site.
        {"X-CSRF-Token": TOKEN, "Origin": "http://127.0.0.1:1"},
    ],
)
def test_nothing_else_is(client: httpx.Client, headers: dict[str, str]) -> None:
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = client.post("/act", headers=raw)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/not-from-here"


def test_where_a_browser_says_that_its_page_is_the_desk_it_is_taken(
    served: Served, client: httpx.Client
) -> None:
    own = {"Origin": served.url, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": TOKEN}
    assert client.post("/act", headers=own).status_code == 200


def test_a_page_brings_the_cookie_and_data_do_not(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        assert "Set-Cookie" not in client.get("/look").headers
        cookie = client.get("/").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Set-Cookie" not in client.get("/").headers
        token = form_token(KEY, client.cookies["visitor"])
        assert client.post("/act", data={"csrf": token}).status_code == 200


def test_a_cookie_that_is_none_of_ours_is_replaced(served: Served) -> None:
    with httpx.Client(base_url=served.url) as client:
        answer = client.get("/", headers={"Cookie": "visitor=<script>"})
        assert answer.status_code == 200
        assert len(answer.cookies["visitor"]) == 43


@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_too_large_is_refused(client: httpx.Client, *, chunked: bool) -> None:
    large = (b"x" * 100_000 for _ in range(50)) if chunked else b"x" * 5_000_000
    answer = client.post("/act", content=large, headers={"X-CSRF-Token": TOKEN})
    assert answer.status_code == 413


def test_who_says_a_large_size_need_not_send_it(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), 30) as raw:
        raw.sendall(b"POST /act HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        assert b"413" in raw.recv(100)
