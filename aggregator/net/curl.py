"""The transport under httpx: curl, asked to connect to checked addresses and to nothing else.

httpx's own pool scans all its connections at every event (encode/httpcore#1035); curl costs a
tenth, and tells us each address before it connects.
"""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import certifi
import httpx
import pycurl

from aggregator.net.addresses import Guard
from aggregator.net.connections import Connections, Key, Use
from aggregator.net.failures import NetworkError, Reason
from aggregator.net.targets import Target, target
from aggregator.net.transfers import Limits, Transfer
from aggregator.settings import NetworkSettings

__all__ = ["CurlTransport", "Resolve", "Route", "system_resolve"]

# Gives the IP addresses of a host name (and port); raises OSError where it has none.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_MOST_ADDRESSES: Final = 16
_KEPT_CONNECTIONS: Final = 256
# Servers close an idle connection after 5 to 75 seconds; ours should be the first to.
_KEPT_SECONDS: Final = 15
_BUFFER: Final = 65_536
_OWN_HEADERS: Final = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection"})
_UNSENDABLE: Final = frozenset(b"\r\n\0")


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system, in a thread of the loop's own pool."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Route:
    """A target with the addresses behind its name, all of them checked."""

    target: Target
    addresses: tuple[str, ...]


class CurlTransport(httpx.AsyncBaseTransport):
    """Sends GET and POST over HTTP/1.1; follows nothing, remembers nothing, asks no proxy."""

    def __init__(
        self,
        settings: NetworkSettings,
        *,
        resolve: Resolve = system_resolve,
        ca: Path | None = None,
    ) -> None:
        """`ca` is a file of certificates to trust in place of those everybody trusts."""
        self._settings, self._resolve = settings, resolve
        self._guard = Guard(settings)
        self._limits = Limits(settings.timeout, settings.max_header_bytes)
        self._ca = str(ca or certifi.where())
        self._connections = Connections()
        self._under_way: set[Transfer] = set()
        self._multi = pycurl.AsyncCurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _KEPT_CONNECTIONS)

    async def route(self, wanted: Target) -> Route:
        """Resolve the name, once, and check all that it stands for.

        Raises NetworkError: dns, or forbidden_address.
        """
        if self._guard.port_refused(wanted.port):
            detail = f"port {wanted.port} is not among network.allow_ports"
            raise NetworkError(Reason.FORBIDDEN_ADDRESS, detail)
        found = (wanted.host,) if wanted.numeric else await self._resolved(wanted)
        why = self._guard.addresses_refused(found)
        if why is not None:
            prefix = "" if wanted.numeric else f"{wanted.host}: "
            detail = f"{prefix}{why} (network.allow_addresses can open it)"
            raise NetworkError(Reason.FORBIDDEN_ADDRESS, detail)
        return Route(wanted, tuple(str(ip_address(each)) for each in found)[:_MOST_ADDRESSES])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the extension "route" spares it being resolved again.

        The extension "on_connect" is called with the IP address that is connected to. Raises
        NetworkError.
        """
        route = request.extensions.get("route") or await self.route(target(str(request.url)))
        transfer = self._transfer(request, route, await request.aread())
        transfer.on_connect = request.extensions.get("on_connect")
        body = _Body(transfer, self._under_way)
        try:
            self._connections.make_room(transfer.use, [each.use for each in self._under_way])
            self._under_way.add(transfer)
            transfer.start(self._multi)
            head = await transfer.head()
        except BaseException:
            await body.aclose()
            raise
        return httpx.Response(head.status, headers=head.headers, stream=body)

    async def aclose(self) -> None:
        """End what is under way and close all connections."""
        for transfer in tuple(self._under_way):
            transfer.close()
        self._under_way.clear()
        await self._multi.aclose()

    async def _resolved(self, wanted: Target) -> Sequence[str]:
        try:
            async with asyncio.timeout(self._settings.timeout):
                found = await self._resolve(wanted.host, wanted.port)
        except TimeoutError as error:
            raise NetworkError(Reason.DNS, "the host name could not be resolved in time") from error
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise NetworkError(Reason.DNS, f"the name could not be resolved ({why})") from error
        if not found:
            raise NetworkError(Reason.DNS, "the host name stands for no address")
        return found

    def _transfer(self, request: httpx.Request, route: Route, body: bytes) -> Transfer:
        curl = pycurl.Curl()
        try:
            self._set(curl, route)
            _set_request(curl, request, body)
            key = _key(route)
            use = Use(key, set())
            return Transfer(curl, use, self._connections, self._limits, self._guard.address_refused)
        except BaseException:
            curl.close()
            raise

    def _set(self, curl: pycurl.Curl, route: Route) -> None:
        """All that is the same for every request, and where this one goes."""
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PATH_AS_IS, 1)
        # Nothing from the environment, from files, or from the answers before.
        curl.setopt(pycurl.PROXY, "")
        curl.setopt(pycurl.NOPROXY, "*")
        curl.setopt(pycurl.NETRC, pycurl.NETRC_IGNORED)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.HTTP_CONTENT_DECODING, 0)
        curl.setopt(pycurl.CAINFO, self._ca)
        curl.setopt(pycurl.SSL_VERIFYPEER, 1)
        curl.setopt(pycurl.SSL_VERIFYHOST, 2)
        curl.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(self._limits.silence * 1000)))
        curl.setopt(pycurl.MAXAGE_CONN, _KEPT_SECONDS)
        curl.setopt(pycurl.BUFFERSIZE, _BUFFER)
        _connect_to(curl, route)


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it comes over the wire."""

    def __init__(self, transfer: Transfer, under_way: set[Transfer]) -> None:
        self._transfer, self._under_way = transfer, under_way

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._transfer.body()

    async def aclose(self) -> None:
        self._transfer.close()
        self._under_way.discard(self._transfer)


def _key(route: Route) -> Key:
    scheme, host, port = route.target.origin
    return scheme, host, port, frozenset(route.addresses)


def _connect_to(curl: pycurl.Curl, route: Route) -> None:
    """Pin curl to the addresses, under a name of their own where they are several.

    That name is in no name server, so curl can take its addresses from us only; and a connection
    is kept under it, so that nobody who resolved to other addresses takes it up.
    """
    port = route.target.port
    literals = [f"[{each}]" if ":" in each else each for each in route.addresses]
    name = literals[0]
    if len(literals) > 1:
        digest = hashlib.blake2s(" ".join(sorted(literals)).encode(), digest_size=16)
        name = f"{digest.hexdigest()}.invalid"
        curl.setopt(pycurl.RESOLVE, [f"+{name}:{port}:{','.join(literals)}"])
    curl.setopt(pycurl.CONNECT_TO, [f"::{name}:{port}"])


def _set_request(curl: pycurl.Curl, request: httpx.Request, body: bytes) -> None:
    """Method, address, headers and body."""
    if request.method not in {"GET", "POST"}:
        message = f"{request.method} is not sent"
        raise httpx.UnsupportedProtocol(message)
    curl.setopt(pycurl.URL, str(request.url).partition("#")[0])
    lines = [name + b": " + value for name, value in request.headers.raw if _sent(name, value)]
    if any(not _UNSENDABLE.isdisjoint(line) for line in lines):
        message = "a header has a line break in it"
        raise httpx.LocalProtocolError(message)
    if request.method == "POST":
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        curl.setopt(pycurl.POSTFIELDS, body)
        lines.append(b"Expect:")
    curl.setopt(pycurl.HTTPHEADER, lines)


def _sent(name: bytes, value: bytes) -> bool:
    return bool(value) and name.lower() not in _OWN_HEADERS
