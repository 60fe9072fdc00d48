"""The ways in from elsewhere: by https, behind a web server, and by a trusted proxy's word."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from aggregator.errors import UsageError
from aggregator.web.entry import Tls, Wanted
from aggregator.web.server import bound, serve
from tests.support.desk import Served
from tests.support.guarded import EDITOR, VIEWER, Desk, guarded, signed_in, token_of

NAMED = {"X-Remote-User": EDITOR}


def trusted(address: str = "127.0.0.1", **more: str) -> Wanted:
    return Wanted("127.0.0.1", proxies=(address,), user_header="X-Remote-User", **more)  # type: ignore[arg-type]


@contextmanager
def asking(path: Path, wanted: Wanted) -> Iterator[tuple[Desk, httpx.Client]]:
    with guarded(path, wanted) as desk, desk.anybody() as browser:
        yield desk, browser


# --- by https --------------------------------------------------------------------------------


def test_behind_https_cookies_never_go_in_the_clear(tmp_path: Path) -> None:
    wanted = Wanted("127.0.0.1", ("desk.example",), behind_https=True)
    with asking(tmp_path / "news.db", wanted) as (_, browser):
        browser.headers["Host"] = "desk.example"
        page = browser.get("/login")
        assert page.headers["Strict-Transport-Security"] == "max-age=63072000"
        cookies = page.headers.get_list("Set-Cookie")
        assert cookies
        for cookie in cookies:
            assert cookie.startswith("__Host-")
            assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        # A browser keeps such a cookie to https, and so does httpx: it is given back by hand.
        visitor = cookies[0].partition(";")[0]
        form = {"csrf": token_of(page), "name": EDITOR, "password": "sieben rote Elche"}
        own = {"Cookie": visitor, "Origin": "https://desk.example", "Sec-Fetch-Site": "same-origin"}
        let_in = browser.post("/login", data=form, headers=own)
        assert let_in.status_code == 303, let_in.text
        session, device = let_in.headers.get_list("Set-Cookie")
        assert device.startswith("__Host-device=")
        assert device.endswith("; Secure")
        assert session.startswith("__Host-session=")
        assert session.endswith("; Secure")


def test_a_name_that_is_not_its_own_is_refused(tmp_path: Path) -> None:
    wanted = Wanted("127.0.0.1", ("desk.example",), behind_https=True)
    with asking(tmp_path / "news.db", wanted) as (_, browser):
        assert browser.get("/login", headers={"Host": "desk.example"}).status_code == 200
        for name in ("evil.example", "desk.example.evil.example", "desk.example@evil.example"):
            assert browser.get("/login", headers={"Host": name}).status_code == 421


def test_it_speaks_https_with_a_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    issued.private_key_pem.write_to_path(key)
    for part in issued.cert_chain_pems:
        part.write_to_path(chain, append=True)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    wanted = Wanted("127.0.0.1", certificate=chain, key=key)
    with guarded(tmp_path / "news.db", wanted) as desk:
        url = f"https://localhost:{desk.served.port}"
        with httpx.Client(base_url=url, verify=context) as browser:
            assert signed_in(browser, EDITOR).status_code == 303
            assert browser.get("/api").status_code == 200
        with socket.create_connection(("127.0.0.1", desk.served.port), 30) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP/1.1 200" not in plain.recv(1000)


def test_a_certificate_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    for tls in (Tls(nonsense, nonsense), Tls(tmp_path / "none", nonsense)):
        with guarded(tmp_path / f"{tls.certificate.name}.db") as desk, bound("::1", 0) as listening:
            work = serve(desk.app, listening, threading.Event().wait, tls=tls)  # type: ignore[arg-type]
            with pytest.raises(UsageError, match="certificate or its key cannot be used"):
                asyncio.run(work)


# --- by a proxy's word -----------------------------------------------------------------------


def test_whom_a_trusted_proxy_names_is_in_as_their_account_says(tmp_path: Path) -> None:
    with asking(tmp_path / "news.db", trusted()) as (_, browser):
        page = browser.get("/help", headers=NAMED)
        assert page.status_code == 200
        assert EDITOR in page.text
        csrf = {"X-CSRF-Token": token_of(page)}
        assert browser.post("/settings", headers={**NAMED, **csrf}).status_code == 303
        # The token is theirs alone, and for nobody else whom the proxy names.
        other = {"X-Remote-User": VIEWER, **csrf}
        assert browser.post("/settings", headers=other).status_code == 403
        assert browser.get("/password", headers=NAMED).status_code == 404


@pytest.mark.parametrize("headers", [[], [("X-Remote-User", "Niemand")], [("X-Remote-User", "")]])
def test_whom_it_does_not_name_is_not(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    with asking(tmp_path / "news.db", trusted()) as (_, browser):
        assert browser.get("/api/v1", headers=headers).status_code == 401


def test_two_names_are_one_too_many(tmp_path: Path) -> None:
    with asking(tmp_path / "news.db", trusted()) as (_, browser):
        both = [("X-Remote-User", EDITOR), ("X-Remote-User", VIEWER)]
        assert browser.get("/api/v1", headers=both).status_code == 401


def test_nobody_else_may_say_who_they_are(tmp_path: Path) -> None:
    with asking(tmp_path / "news.db", trusted("192.0.2.7")) as (_, browser):
        forged = {**NAMED, "X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.7"}
        assert browser.get("/api/v1", headers=forged).status_code == 401


def test_without_an_account_they_may_what_they_are_said_to(tmp_path: Path) -> None:
    with asking(tmp_path / "news.db", trusted(proxy_role="viewer")) as (_, browser):
        named = {b"X-Remote-User": "Björn".encode()}
        assert browser.get("/help", headers=named).status_code == 200
        assert "Björn" in browser.get("/help", headers=named).text
        assert browser.get("/api/v1", headers={"X-Remote-User": "a:b"}).status_code == 401


def test_guesses_are_counted_by_whom_the_proxy_saw(tmp_path: Path) -> None:
    with asking(tmp_path / "news.db", trusted()) as (_, browser):
        for number in range(20):
            browser.headers["X-Forwarded-For"] = f"10.9.9.{number}, 203.0.113.5"
            assert signed_in(browser, f"Name {number}", "falsch").status_code == 403
        assert signed_in(browser, EDITOR).status_code == 429
        browser.headers["X-Forwarded-For"] = "203.0.113.6"
        assert signed_in(browser, EDITOR).status_code == 303


# --- alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_a_desk_without_login_answers_no_proxy(served: Served, header: str) -> None:
    answer = httpx.get(f"{served.url}/api/v1", headers={header: "203.0.113.5"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/asked-through-a-proxy"
    assert httpx.get(f"{served.url}/api/v1").status_code == 200
    assert httpx.get(f"{served.url}/login").headers["Location"] == "/"
    assert httpx.get(f"{served.url}/password").status_code == 404


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    from tests.web.conftest import opened

    with opened(tmp_path / "news.db") as room:
        yield room.served
