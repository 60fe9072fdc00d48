"""What an address asks for: one reading of it, by which it is checked, resolved and sent."""

import ipaddress
import re
import socket
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

import httpx

from aggregator.core.urls import without_credentials
from aggregator.net.failures import NetworkError, Reason

__all__ = ["Target", "redirected", "target", "without_login"]

_PORTS: Final = {"http": 80, "https": 443}
_HIGHEST_PORT: Final = 65_535
_LONGEST: Final = 8_000
_LONGEST_HOST: Final = 253
_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
# A name whose last label is a number is an IPv4 address in some spelling, or nothing at all.
_NUMERIC: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")
_LOGIN: Final = re.compile(r"//[^/?#]*@")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `url` is without login and fragment, its host plain ASCII.

    `text` is `url` as text; `host` is a name or an IP address without brackets, and `numeric`
    says which; `login` is the value of an Authorization header, meant for `origin` alone.
    """

    url: httpx.URL
    text: str
    host: str
    port: int
    numeric: bool
    login: bytes | None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self.url.scheme, self.host, self.port


def target(url: str) -> Target:
    """Read `url`; raises NetworkError("bad_url") for what cannot be fetched over HTTP."""
    url = url.strip()
    if len(url) > _LONGEST:
        raise NetworkError(Reason.BAD_URL, f"an address of more than {_LONGEST} characters")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise NetworkError(Reason.BAD_URL, _broken(url, error)) from error
    if parsed.scheme not in _PORTS:
        raise NetworkError(Reason.BAD_URL, "no address for http or https")
    host, numeric = _host(parsed.raw_host.decode("ascii").lower())
    port = _PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port <= _HIGHEST_PORT:
        raise NetworkError(Reason.BAD_URL, f"there is no port {port}")
    plain = _plain(parsed, host)
    return Target(plain, str(plain), host, port, numeric, _login(parsed))


def redirected(source: Target, location: str) -> Target:
    """Where `location` leads from `source`: its login goes along to its own origin only.

    A login that the redirect itself brings is ignored. Raises NetworkError("bad_url").
    """
    try:
        joined = urljoin(source.text, location.strip())
    except ValueError as error:
        raise NetworkError(Reason.BAD_URL, _broken(location, error)) from error
    found = target(joined)
    login = source.login if found.origin == source.origin else None
    return replace(found, login=login)


def without_login(url: str, *, broken: bool = False) -> str:
    """`url` without what may be a login, fit to be kept and shown.

    In a `broken` one that may be anything before the last "@".
    """
    return without_credentials(url, broken=True) if broken else _LOGIN.sub("//", url)


def _host(host: str) -> tuple[str, bool]:
    """The host as it is sent, and whether it is an IP address."""
    try:
        if ":" in host:
            return _ipv6(host), True
        host = host.removesuffix(".")
        if _NUMERIC.fullmatch(host):
            return socket.inet_ntoa(socket.inet_aton(host)), True
    except (ValueError, OSError) as error:
        raise NetworkError(Reason.BAD_URL, f"{host!r} is no IP address") from error
    if not _NAME.fullmatch(host) or len(host) > _LONGEST_HOST:
        why = f"{host!r} is no name of a host" if host else "the address names no host"
        raise NetworkError(Reason.BAD_URL, f"{why}")
    return host, False


def _ipv6(host: str) -> str:
    if "%" in host:
        raise ValueError(host)
    return str(ipaddress.IPv6Address(host))


def _plain(url: httpx.URL, host: str) -> httpx.URL:
    """Without login and fragment, the host in its one spelling."""
    if url.userinfo or url.fragment or url.raw_host != host.encode():
        return url.copy_with(userinfo=b"", fragment=None, host=host)
    return url


def _login(url: httpx.URL) -> bytes | None:
    if not url.userinfo:
        return None
    return b"Basic " + b64encode(f"{url.username}:{url.password}".encode())


def _broken(url: str, error: Exception) -> str:
    """What is wrong with an address, unless that may quote its login."""
    return "no usable address" if "@" in url else f"no usable address: {error}"
