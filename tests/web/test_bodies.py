"""What is sent to the desk: neither slow nor huge nor made of very many parts does it any harm."""

import asyncio
import socket
from collections.abc import Iterator

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message

from aggregator.storage.database import open_database
from aggregator.web.bodies import MOST_BYTES, replay, whole
from aggregator.web.problems import SLOW, TOO_LARGE, Problem
from tests.support.guarded import EDITOR, Desk, guarded, signed_in, token_of
from tests.web.conftest import fill

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    path = tmp_path_factory.mktemp("desk") / "news.db"
    with open_database(path) as db:
        fill(db)
    with guarded(path) as desk:
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Iterator[httpx.Client]:
    """An editor's, with the token of their forms in each request."""
    with desk.anybody() as browser:
        signed_in(browser, EDITOR)
        browser.headers["X-CSRF-Token"] = token_of(browser.get("/password"))
        yield browser


class Sender:
    """Sends the parts of a body, and then for ever the last one, with a pause."""

    def __init__(self, *parts: bytes, ends: bool = True, pause: float = 0.0) -> None:
        """Take the parts; without `ends` there are always more."""
        self.parts, self.ends, self.pause, self.sent = list(parts), ends, pause, 0

    async def __call__(self) -> Message:
        await asyncio.sleep(self.pause)
        self.sent += 1
        body = self.parts.pop(0) if len(self.parts) > 1 else self.parts[0]
        more = len(self.parts) > 1 or not self.ends
        return {"type": "http.request", "body": body, "more_body": more}


def received(sender: Sender, headers: Headers | None = None, seconds: float = 60) -> bytes:
    return asyncio.run(whole(headers or Headers(), sender, seconds=seconds))


def test_a_body_comes_together_and_can_be_read_again() -> None:
    async def twice() -> tuple[Message, Message]:
        sender = Sender(b"later")
        receive = replay(await whole(Headers(), sender), sender)
        return await receive(), await receive()

    first, then = asyncio.run(twice())
    assert (first["body"], first["more_body"], then["body"]) == (b"later", False, b"later")


def test_who_drips_is_cut_off() -> None:
    with pytest.raises(Problem) as told:
        received(Sender(b"x", ends=False, pause=0.01), seconds=0.2)
    assert told.value.kind is SLOW


def test_who_never_stops_is_stopped_at_the_limit() -> None:
    sender = Sender(b"x" * 65_536, ends=False)
    with pytest.raises(Problem) as told:
        received(sender)
    assert told.value.kind is TOO_LARGE
    assert sender.sent <= MOST_BYTES // 65_536 + 1


def test_who_says_that_it_is_too_much_is_not_even_listened_to() -> None:
    sender = Sender(b"x")
    for length in (str(MOST_BYTES + 1), "9" * 5000):
        with pytest.raises(Problem) as told:
            received(sender, Headers({"content-length": length}))
        assert told.value.kind is TOO_LARGE
    assert sender.sent == 0


def test_who_goes_away_is_waited_for_no_longer() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        asyncio.run(whole(Headers(), gone))


def test_a_request_that_breaks_off_is_no_mistake_of_ours(
    desk: Desk, browser: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    head = f"POST /settings HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
    for rest in ("Content-Length: 999\r\n\r\nback=", "Transfer-Encoding: chunked\r\n\r\n5\r\nba"):
        with socket.create_connection(("127.0.0.1", desk.served.port), 30) as sender:
            sender.sendall((head + rest).encode())
    assert browser.get("/password").status_code == 200
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


@pytest.mark.parametrize("fields", [1_001, 150_000])
@pytest.mark.parametrize("path", ["/settings", "/stories/1/split", "/login"])
def test_very_many_fields_are_not_taken(browser: httpx.Client, path: str, fields: int) -> None:
    body = "&".join(f"article={number}" for number in range(fields))
    answer = browser.post(path, content=body, headers={"Content-Type": FORM})
    assert answer.status_code in {400, 403, 413, 422}, answer.text[:300]


@pytest.mark.parametrize(
    "parts",
    [
        {f"file{number}": ("x.opml", b"<opml/>") for number in range(1_100)},
        {f"field{number}": (None, b"x") for number in range(1_100)},
        {"back": (None, b"x" * 2_000_000)},
        {"back": ("back", b"x" * 2_000_000)},
    ],
    ids=["files", "fields", "long", "file for a field"],
)
@pytest.mark.parametrize("path", ["/settings", "/stories/1/split"])
def test_nor_are_very_many_parts(
    browser: httpx.Client, path: str, parts: dict[str, tuple[str | None, bytes]]
) -> None:
    answer = browser.post(path, files=parts)
    assert answer.status_code in {400, 403, 413, 422}, answer.text[:300]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"%ff%fe=%00&=&&&%"),
        (FORM, b"back=" + b"%" * 100_000),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
        ("multipart/form-data; boundary=" + "x" * 9_000, b"--x"),
        ("application/json", b"[" * 100_000),
        ("text/plain; charset=nonsense", b"\xff"),
        ("", b"\xff"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_what_cannot_be_read_is_refused(
    browser: httpx.Client, kind: str, body: bytes, *, is_known: bool
) -> None:
    if not is_known:
        browser.headers.pop("X-CSRF-Token")
    for path in ("/settings", "/stories/1/rename", "/decisions/undo"):
        answer = browser.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code < 500, answer.text[:300]
        assert is_known or answer.status_code in {400, 403}
