"""Nothing connects to an address that is not globally routable unicast, however it is spelled."""

import asyncio
import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Failed, Fetched, FetchResult, Validators
from aggregator.net.addresses import Guard
from aggregator.net.client import Client
from aggregator.settings import NetworkSettings
from tests.support.raw import RawServer, answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPEN = "127.0.0.77"
SETTINGS = NetworkSettings(
    seconds_between_requests=0,
    requests_per_second=10_000,
    timeout=2,
    deadline=5,
    allow_addresses=(OPEN,),
    allow_ports=(),
)
PUBLIC = "192.0.1.1"
ANY = str(ipaddress.IPv4Address(0))

# Each with the address behind it as a resolver would give it, or None where there is none.
SPELLINGS = {
    # loopback, in every spelling of IPv4
    "127.0.0.1": "127.0.0.1",
    "127.0.0.1.": "127.0.0.1",
    "127.1": "127.0.0.1",
    "127.0.1": "127.0.0.1",
    "127.255.255.254": "127.255.255.254",
    "2130706433": "127.0.0.1",
    "0x7f000001": "127.0.0.1",
    "0X7F.0.0.1": "127.0.0.1",
    "0x7f.1": "127.0.0.1",
    "0177.0.0.1": "127.0.0.1",
    "017700000001": "127.0.0.1",
    "127.000.000.001": "127.0.0.1",
    "0x7f.0.0x0.01": "127.0.0.1",
    "127%2e0%2e0%2e1": "127.0.0.1",
    "%31%32%37.0.0.1": "127.0.0.1",
    "127.0.0.1".translate({each: each + 0xFEE0 for each in range(128)}): "127.0.0.1",
    "\u2460\u2461\u2466.0.0.1": "127.0.0.1",
    "127\u30020\u30020\u30021": "127.0.0.1",
    "127\uff0e0\uff0e0\uff0e1": "127.0.0.1",
    "127.0.0.1%00.example.org": "127.0.0.1",
    "example.org@127.0.0.1": "127.0.0.1",
    "example.org:80@127.0.0.1": "127.0.0.1",
    "example.org\\@127.0.0.1": "127.0.0.1",
    "example.org%40127.0.0.1@127.1": "127.0.0.1",
    # this network
    "0": ANY,
    ANY: ANY,
    "0x0": ANY,
    "0.1.2.3": "0.1.2.3",
    # inside of a house, of a provider, of a cloud
    "10.0.0.1": "10.0.0.1",
    "10.1": "10.0.0.1",
    "012.0.0.1": "10.0.0.1",
    "172.16.0.1": "172.16.0.1",
    "172.31.255.255": "172.31.255.255",
    "192.168.0.1": "192.168.0.1",
    "192.168.257": "192.168.1.1",
    "3232235521": "192.168.0.1",
    "0xc0a80001": "192.168.0.1",
    "169.254.169.254": "169.254.169.254",
    "2852039166": "169.254.169.254",
    "0xA9.0xFE.0xA9.0xFE": "169.254.169.254",
    "0251.0376.0251.0376": "169.254.169.254",
    "100.64.0.1": "100.64.0.1",
    "168.63.129.16": "168.63.129.16",
    "100.127.255.254": "100.127.255.254",
    # given out to nobody
    "192.0.0.1": "192.0.0.1",
    "192.0.0.170": "192.0.0.170",
    "192.0.2.1": "192.0.2.1",
    "192.88.99.1": "192.88.99.1",
    "198.18.0.1": "198.18.0.1",
    "198.19.255.255": "198.19.255.255",
    "198.51.100.7": "198.51.100.7",
    "203.0.113.9": "203.0.113.9",
    "224.0.0.1": "224.0.0.1",
    "239.255.255.250": "239.255.255.250",
    "240.0.0.1": "240.0.0.1",
    "255.255.255.255": "255.255.255.255",
    "4294967295": "255.255.255.255",
    # IPv6
    "[::]": "::",
    "[::1]": "::1",
    "[0:0:0:0:0:0:0:1]": "::1",
    "[0000::0001]": "::1",
    "[::1%25lo]": "::1%lo",
    "[::1%lo]": "::1%lo",
    "[fe80::1]": "fe80::1",
    "[fe80::1%251]": "fe80::1%1",
    "[fec0::1]": "fec0::1",
    "[fc00::1]": "fc00::1",
    "[fd12:3456:789a::1]": "fd12:3456:789a::1",
    "[ff02::1]": "ff02::1",
    "[ff0e::1]": "ff0e::1",
    "[100::1]": "100::1",
    "[2001:2::1]": "2001:2::1",
    "[2001:10::1]": "2001:10::1",
    "[2001:db8::1]": "2001:db8::1",
    "[3fff::1]": "3fff::1",
    "[5f00::1]": "5f00::1",
    "[4000::1]": "4000::1",
    # IPv4 inside of IPv6
    "[::ffff:127.0.0.1]": "::ffff:127.0.0.1",
    "[::ffff:7f00:1]": "::ffff:127.0.0.1",
    "[0:0:0:0:0:FFFF:7F00:0001]": "::ffff:127.0.0.1",
    "[::ffff:169.254.169.254]": "::ffff:169.254.169.254",
    "[::127.0.0.1]": "::127.0.0.1",
    "[::ffff:0:127.0.0.1]": "::ffff:0:127.0.0.1",
    "[64:ff9b::127.0.0.1]": "64:ff9b::7f00:1",
    "[64:ff9b::a00:1]": "64:ff9b::a00:1",
    "[64:ff9b:1::a00:1]": "64:ff9b:1::a00:1",
    "[2002:7f00:1::]": "2002:7f00:1::",
    "[2002:c0a8:1::1]": "2002:c0a8:1::1",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "[2a00:1450::5efe:7f00:1]": "2a00:1450::5efe:7f00:1",
}
ADDRESSES = sorted(set(SPELLINGS.values()))
REFUSED = {"forbidden_address", "bad_url"}


@dataclass
class Sockets:
    """How many sockets the client has opened to the network since `watching`."""

    made: int = 0
    watching: bool = False

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Called by the interpreter for all that it does; servers have threads of their own."""
        if self.watching and event == "socket.__new__":
            here = threading.current_thread() is threading.main_thread()
            self.made += here and arguments[1] in {socket.AF_INET, socket.AF_INET6}


@pytest.fixture(scope="module")
def watch() -> Sockets:
    found = Sockets()
    sys.addaudithook(found.note)
    return found


@pytest.fixture
def trap() -> Iterator[RawServer]:
    """Should hear nothing."""
    with RawServer() as server:
        yield server


@pytest.fixture
def open_server() -> Iterator[RawServer]:
    """The one address that the settings open."""
    with RawServer(OPEN) as server:
        yield server


@pytest.fixture
def sockets(watch: Sockets, trap: RawServer, open_server: RawServer) -> Iterator[Sockets]:
    """Watching, from none made, when all servers are there."""
    assert trap.connections == open_server.connections == 0
    watch.made, watch.watching = 0, True
    yield watch
    watch.watching = False


Answers = dict[str, list[Sequence[str]]]


def ask(urls: Sequence[str], answers: Answers | None = None) -> list[FetchResult]:
    """One after the other; a name resolves to its `answers` one after the other."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        return (answers or {})[host].pop(0)

    async def run() -> list[FetchResult]:
        async with Client(SETTINGS, lambda: NOW, resolve=resolve) as client:
            return [await client.feed(url, Validators()) for url in urls]

    return asyncio.run(run())


def reasons(results: Sequence[FetchResult]) -> set[str]:
    return {each.reason if isinstance(each, Failed) else "fetched" for each in results}


def test_an_open_address_is_connected_to(sockets: Sockets, open_server: RawServer) -> None:
    """The control: what counts connections does count them."""
    url = open_server.on("/", answer(b"x"))
    (result,) = ask([url])
    assert isinstance(result, Fetched)
    assert (sockets.made, open_server.connections) == (1, 1)


def test_no_spelling_is_connected_to(sockets: Sockets, trap: RawServer) -> None:
    urls = [f"http://{spelling}:{trap.port}/" for spelling in SPELLINGS]
    results = ask(urls)
    assert [r for r in results if not isinstance(r, Failed) or r.reason not in REFUSED] == []
    assert (sockets.made, trap.connections) == (0, 0)
    print(f"\n{len(urls)} spellings asked directly: {sockets.made} connections")


def test_no_redirect_is_followed_to_one(
    sockets: Sockets, trap: RawServer, open_server: RawServer
) -> None:
    urls = []
    for number, spelling in enumerate(SPELLINGS):
        location = f"Location: http://{spelling}:{trap.port}/".encode().decode("latin-1")
        path = f"/{number}"
        urls.append(open_server.on(path, answer(b"", "302 Found", location, "Connection: close")))
    results = ask(urls)
    assert reasons(results) <= REFUSED
    assert all(result.hops[0].status == 302 for result in results)
    assert sockets.made - open_server.connections == 0
    assert (open_server.connections, trap.connections) == (len(urls), 0)
    print(f"\n{len(urls)} spellings by redirect: {sockets.made - len(urls)} connections")


@pytest.mark.parametrize("beside", [(), (PUBLIC,), (OPEN, PUBLIC)])
def test_no_name_that_stands_for_one_is_connected_to(
    sockets: Sockets, trap: RawServer, beside: tuple[str, ...]
) -> None:
    """One forbidden address is enough, wherever it stands among others."""
    answers: Answers = {}
    for number, address in enumerate(ADDRESSES):
        answers[f"first{number}.example"] = [(address, *beside)]
        answers[f"last{number}.example"] = [(*beside, address)]
    names = list(answers)
    results = ask([f"http://{name}:{trap.port}/" for name in names], answers)
    assert reasons(results) == {"forbidden_address"}
    assert (sockets.made, trap.connections) == (0, 0)
    print(f"\n{len(names)} names beside {beside}: {sockets.made} connections")


def test_a_name_that_turns_to_one_is_not_connected_to(
    sockets: Sockets, open_server: RawServer
) -> None:
    """Neither a connection kept from before nor a name remembered serves a name that turned."""
    open_server.on("/", lambda connection: (answer(b"x")(connection), connection.recv(1), None)[-1])
    answers: Answers = {}
    for number, address in enumerate(ADDRESSES):
        answers[f"turned{number}.example"] = [(OPEN,), (address,), (OPEN,)]
    names = list(answers)
    urls = [f"http://{name}:{open_server.port}/" for name in names for _ in range(3)]
    results = ask(urls, answers)
    assert reasons(results[0::3]) == {"fetched"}
    assert reasons(results[1::3]) == {"forbidden_address"}
    assert reasons(results[2::3]) == {"fetched"}
    assert sockets.made == open_server.connections
    print(f"\n{len(names)} names that turned: {sockets.made - open_server.connections} connections")


def test_ports_other_than_the_usual_are_refused(sockets: Sockets) -> None:
    settings = replace(SETTINGS, allow_ports=NetworkSettings().allow_ports)

    async def run() -> list[FetchResult]:
        async with Client(settings, lambda: NOW) as client:
            ports = ("22", "25", "8080", "0", "65536", "443x")
            urls = [f"http://{OPEN}:{port}/" for port in ports]
            return [await client.feed(url, Validators()) for url in urls]

    results = asyncio.run(run())
    assert reasons(results[:3]) == {"forbidden_address"}
    assert reasons(results[3:]) == {"bad_url"}
    assert sockets.made == 0


GUARD = Guard(NetworkSettings())


@given(st.ip_addresses())
def test_what_python_holds_for_not_global_never_passes(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert GUARD.address_refused(str(address)) is not None


@given(st.ip_addresses(v=4))
def test_no_form_that_wraps_an_ipv4_address_passes(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    wrapped = [
        number,
        0xFFFF << 32 | number,
        0xFFFF << 48 | number,
        0x64_FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x2001_0000 << 96 | number,
        0x2A00_1450 << 96 | 0x5EFE << 32 | number,
    ]
    passed = [
        str(ipaddress.IPv6Address(each))
        for each in wrapped
        if GUARD.address_refused(str(ipaddress.IPv6Address(each))) is None
    ]
    assert passed == []


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "192.0.1.1", "223.255.255.255", "2606:4700::1", "2a00:1450:4001:81c::1"]
)
def test_public_addresses_pass(address: str) -> None:
    assert GUARD.address_refused(address) is None


def test_only_what_the_operator_names_is_opened() -> None:
    guard = Guard(NetworkSettings(allow_addresses=("10.1.0.0/16", "fd00::/8", "127.0.0.1")))
    opened = ("10.1.2.3", "fd00::1", "127.0.0.1")
    closed = ("10.2.0.1", "fc00::1", "127.0.0.2", "::ffff:10.1.2.3", "::1", "10.1.2.3%eth0", "x")
    assert [each for each in opened if guard.address_refused(each)] == []
    assert [each for each in closed if guard.address_refused(each) is None] == []
