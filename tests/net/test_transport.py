"""The transport: which connections it makes, keeps, shares and closes, and whom it trusts."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import trustme

from aggregator.model import Failed, Fetched, FetchResult, Validators
from aggregator.net.client import Client
from aggregator.net.curl import CurlTransport, Resolve, Route
from aggregator.net.failures import NetworkError
from aggregator.net.targets import target
from aggregator.settings import NetworkSettings
from tests.support.raw import RawServer, answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=10_000,
    timeout=5,
    deadline=10,
    allow_addresses=("127.0.0.0/8",),
    allow_ports=(),
)
LARGE = 20_000_000


@pytest.fixture
def keeper() -> Iterator[RawServer]:
    """A server that keeps connections."""
    with RawServer(keep=True) as server:
        server.on("/", answer(b"abc"))
        yield server


def standing_for(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


HERE = standing_for("127.0.0.1")


def run_client(
    work: Callable[[Client], Awaitable[None]], resolve: Resolve = HERE, ca: Path | None = None
) -> None:
    async def run() -> None:
        async with Client(SETTINGS, lambda: NOW, resolve=resolve, ca=ca) as client:
            await work(client)

    asyncio.run(run())


def one(url: str, resolve: Resolve = HERE, ca: Path | None = None) -> object:
    """The body of an answer, or the reason why there is none."""
    found: list[FetchResult] = []

    async def work(client: Client) -> None:
        found.append(await client.feed(url, Validators()))

    run_client(work, resolve, ca)
    (result,) = found
    return result.reason if isinstance(result, Failed) else getattr(result, "body", None)


def test_it_serves_httpx(keeper: RawServer) -> None:
    async def run() -> httpx.Response:
        transport = CurlTransport(SETTINGS)
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            return await client.get(keeper.url("/"), headers={b"X-Odd": b"\xc3\xa4"})

    response = asyncio.run(run())
    assert (response.status_code, response.text) == (200, "abc")
    assert b"X-Odd: \xc3\xa4\r\n" in keeper.heads[0]


def test_kept_connections_are_used_again_and_never_too_many(keeper: RawServer) -> None:
    async def work(client: Client) -> None:
        for _ in range(3):
            asked = [client.feed(keeper.url(f"/?{n}"), Validators()) for n in range(8)]
            assert all(isinstance(each, Fetched) for each in await asyncio.gather(*asked))

    run_client(work)
    assert len(keeper.heads) == 24
    assert keeper.connections <= SETTINGS.connections_per_host


def test_hosts_behind_one_address_do_not_share_connections(keeper: RawServer) -> None:
    async def work(client: Client) -> None:
        for _ in range(2):
            urls = [f"http://h{n}.example:{keeper.port}/" for n in range(6)]
            asked = [client.feed(url, Validators()) for url in urls]
            assert all(isinstance(each, Fetched) for each in await asyncio.gather(*asked))

    run_client(work)
    assert keeper.connections == 6
    assert sorted(head.split(b"\r\n")[1] for head in keeper.heads) == sorted(
        2 * [f"Host: h{n}.example:{keeper.port}".encode() for n in range(6)]
    )


def test_what_idles_to_another_port_of_a_host_is_closed_first(keeper: RawServer) -> None:
    """A host counts connections whatever their port: none idles beside those that are needed."""
    with RawServer(keep=True) as other:
        other.on("/", answer(b"other"))

        async def work(client: Client) -> None:
            urls = [f"http://paper.example:{keeper.port}/?{n}" for n in range(2)]
            await asyncio.gather(*(client.feed(url, Validators()) for url in urls))
            assert keeper.open_now == keeper.connections
            for _ in range(2):
                url = f"http://paper.example:{other.port}/"
                assert isinstance(await client.feed(url, Validators()), Fetched)
                await settled(lambda: keeper.open_now == 0)
            assert other.open_now == other.connections == 1
            url = f"http://paper.example:{keeper.port}/"
            assert isinstance(await client.feed(url, Validators()), Fetched)
            await settled(lambda: other.open_now == 0)

        run_client(work)


def test_a_connection_under_way_is_left_alone(keeper: RawServer) -> None:
    with RawServer() as slow:

        def late(connection: socket.socket) -> None:
            time.sleep(0.5)
            answer(b"late")(connection)

        slow.on("/", late)

        async def work(client: Client) -> None:
            first = asyncio.create_task(
                client.feed(f"http://paper.example:{slow.port}/", Validators())
            )
            await settled(lambda: len(slow.heads) == 1)
            await client.feed(f"http://paper.example:{keeper.port}/", Validators())
            assert isinstance(await first, Fetched)

        run_client(work)


async def settled(done: Callable[[], bool]) -> None:
    """Wait for what other threads do."""
    for _ in range(400):
        if done():
            return
        await asyncio.sleep(0.01)
    message = "it did not happen"
    raise AssertionError(message)


def test_a_kept_connection_that_died_is_made_anew(keeper: RawServer) -> None:
    def leave(connection: socket.socket) -> None:
        answer(b"x")(connection)
        connection.close()

    keeper.on("/bye", leave)

    async def work(client: Client) -> None:
        for _ in range(3):
            assert isinstance(await client.feed(keeper.url("/bye"), Validators()), Fetched)

    run_client(work)
    assert keeper.connections == 3


def test_of_several_addresses_one_that_answers_is_taken() -> None:
    with RawServer("127.0.0.9") as server:
        server.on("/", answer(b"abc"))
        resolve = standing_for("127.0.0.8", "127.0.0.9", "127.0.0.9", "127.0.0.10")
        assert one(f"http://paper.example:{server.port}/", resolve) == b"abc"
        assert one(f"http://paper.example:{server.port}/", standing_for("127.0.0.8")) == "refused"


@pytest.mark.parametrize("found", [(), ("nonsense",), ("127.0.0.1", "127.0.0.1%lo")])
def test_what_is_no_address_is_not_connected_to(keeper: RawServer, found: tuple[str, ...]) -> None:
    reason = one(f"http://paper.example:{keeper.port}/", standing_for(*found))
    assert reason == ("forbidden_address" if found else "dns")
    assert keeper.connections == 0


def test_every_request_resolves_once(keeper: RawServer) -> None:
    resolved: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    keeper.on("/old", answer(b"", "301 Moved", f"Location: http://b.example:{keeper.port}/"))

    async def work(client: Client) -> None:
        for _ in range(2):
            await client.feed(f"http://a.example:{keeper.port}/old", Validators())

    run_client(work, resolve)
    assert resolved == ["a.example", "b.example"] * 2


def test_a_slow_resolver_is_given_up() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async def run() -> FetchResult:
        settings = replace(SETTINGS, timeout=0.2)
        async with Client(settings, lambda: NOW, resolve=resolve) as client:
            return await client.feed("http://paper.example/", Validators())

    result = asyncio.run(run())
    assert isinstance(result, Failed)
    assert (result.reason, result.hops[0].outcome) == ("dns", "dns")


def test_a_request_that_is_cancelled_ends_its_connection(keeper: RawServer) -> None:
    keeper.on("/slow", lambda connection: (connection.recv(1), None)[-1])

    async def work(client: Client) -> None:
        asked = asyncio.create_task(client.feed(keeper.url("/slow"), Validators()))
        await settled(lambda: keeper.open_now == 1)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await settled(lambda: keeper.open_now == 0)
        assert client._transport._multi.futures() == ()
        assert isinstance(await client.feed(keeper.url("/"), Validators()), Fetched)

    run_client(work)


def test_a_body_cut_short_by_closing_is_not_taken_for_whole(keeper: RawServer) -> None:
    def begin(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        connection.recv(1)

    keeper.on("/part", begin)

    async def run() -> bytes:
        transport = CurlTransport(SETTINGS)
        request = httpx.Request("GET", keeper.url("/part"))
        response = await transport.handle_async_request(request)
        reading = asyncio.create_task(response.aread())
        await asyncio.sleep(0.05)
        await transport.aclose()
        return await reading

    with pytest.raises(NetworkError):
        asyncio.run(run())


def test_the_last_word_on_an_address_is_spoken_when_it_is_connected_to() -> None:
    """Should a route ever name an address that nobody checked, the socket is not opened."""

    async def run(*addresses: str) -> None:
        wanted = target("http://paper.example:9/")
        async with CurlTransport(SETTINGS) as transport:
            request = httpx.Request("GET", wanted.url)
            request.extensions["route"] = Route(wanted, addresses)
            await transport.handle_async_request(request)

    for addresses in [("10.0.0.1",), ("::1",), ("10.0.0.1", "169.254.169.254")]:
        with pytest.raises(NetworkError, match=r"is (private|loopback|link-local)") as caught:
            asyncio.run(run(*addresses))
        assert caught.value.reason == "forbidden_address"


def test_what_a_callback_raises_is_raised_where_the_answer_is_awaited(keeper: RawServer) -> None:
    class SurpriseError(Exception):
        pass

    def surprise(_address: str) -> None:
        raise SurpriseError

    async def run() -> None:
        async with CurlTransport(SETTINGS) as transport:
            request = httpx.Request("GET", keeper.url("/"), extensions={"on_connect": surprise})
            await transport.handle_async_request(request)

    with pytest.raises(SurpriseError):
        asyncio.run(run())
    assert keeper.heads == []


def test_a_reader_that_stands_still_holds_up_the_sender(keeper: RawServer) -> None:
    """What is not read yet is bounded, though the server would send on."""
    sent = [0]

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent[0] < LARGE:
            sent[0] += connection.send(bytes(100_000))
        connection.close()

    keeper.on("/pour", pour)

    async def run() -> int:
        async with CurlTransport(replace(SETTINGS, timeout=0.5)) as transport:
            response = await transport.handle_async_request(
                httpx.Request("GET", keeper.url("/pour"))
            )
            await asyncio.sleep(1.0)
            assert sent[0] < LARGE
            return sum([len(piece) async for piece in pieces(response)])

    assert asyncio.run(run()) == LARGE


async def pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    async for piece in response.aiter_raw():
        yield piece


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_ignored(
    keeper: RawServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert one(keeper.url("/")) == b"abc"


def test_logins_of_the_environment_are_not_sent(
    keeper: RawServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert one(keeper.url("/")) == b"abc"
    assert b"authorization" not in keeper.heads[0].lower()


@pytest.mark.parametrize("value", ["a\r\nX-B: c", "a\nX-B: c", "a\0"])
def test_no_header_brings_another(keeper: RawServer, value: str) -> None:
    async def run() -> None:
        async with CurlTransport(SETTINGS) as transport:
            request = httpx.Request("GET", keeper.url("/"), headers={"X-A": value})
            await transport.handle_async_request(request)

    with pytest.raises(httpx.LocalProtocolError):
        asyncio.run(run())
    assert keeper.connections == 0


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return ca, tmp_path / "ca.pem"


def secure(ca: trustme.CA, name: str) -> RawServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    server = RawServer(keep=True, tls=context)
    server.on("/", answer(b"abc"))
    return server


def test_certificates_are_verified(
    authority: tuple[trustme.CA, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, file = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with secure(ca, "paper.example") as server:
        url = f"https://paper.example:{server.port}/"
        assert one(url, ca=file) == b"abc"
        assert one(url) == "tls"
        assert one(url.replace("paper", "other"), ca=file) == "tls"
        assert one(url.replace("https", "http"), ca=file) != b"abc"


_FETCH = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.model import Validators
from aggregator.net.client import Client
from aggregator.settings import NetworkSettings

async def run():
    settings = NetworkSettings(allow_addresses=("127.0.0.0/8",), allow_ports=())
    async with Client(settings, lambda: datetime.now(UTC), ca=Path(sys.argv[2])) as client:
        return await client.feed(sys.argv[1], Validators())

print(asyncio.run(run()).body)
"""


def test_keys_of_connections_are_written_nowhere(
    authority: tuple[trustme.CA, Path], tmp_path: Path
) -> None:
    ca, file = authority
    keys = tmp_path / "keys"
    with secure(ca, "127.0.0.1") as server:
        done = subprocess.run(
            [sys.executable, "-c", _FETCH, server.url("/"), str(file)],
            env={**os.environ, "SSLKEYLOGFILE": str(keys)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.stdout == "b'abc'\n", done.stderr
    assert not keys.exists()


def test_neither_login_nor_conditions_go_on_in_plain(
    authority: tuple[trustme.CA, Path], keeper: RawServer
) -> None:
    ca, file = authority
    with secure(ca, "paper.example") as server:
        place = f"http://paper.example:{keeper.port}/"
        server.on("/feed", answer(b"", "302 Found", f"Location: {place}"))

        async def work(client: Client) -> None:
            url = f"https://ann:s3cret@paper.example:{server.port}/feed"
            assert isinstance(await client.feed(url, Validators('"tag"')), Fetched)

        run_client(work, ca=file)
        assert b'if-none-match: "tag"' in server.heads[0].lower()
        assert b"authorization: basic " in server.heads[0].lower()
    (plain,) = keeper.heads
    assert b"tag" not in plain
    assert b"authorization" not in plain.lower()


def test_one_handshake_serves_many_requests(authority: tuple[trustme.CA, Path]) -> None:
    ca, file = authority
    with secure(ca, "paper.example") as server:

        async def work(client: Client) -> None:
            for number in range(5):
                url = f"https://paper.example:{server.port}/?{number}"
                assert isinstance(await client.feed(url, Validators()), Fetched)

        run_client(work, ca=file)
        assert server.connections == 1


def test_an_error_of_the_network_says_its_reason() -> None:
    async def run() -> None:
        async with CurlTransport(SETTINGS) as transport:
            await transport.handle_async_request(httpx.Request("GET", "http://10.0.0.1/"))

    with pytest.raises(NetworkError, match=r"10\.0\.0\.1 is private") as caught:
        asyncio.run(run())
    assert caught.value.reason == "forbidden_address"
