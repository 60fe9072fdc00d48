"""How a desk is entered: decided from how it is started, before anything listens."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from aggregator.errors import UsageError
from aggregator.storage.accounts import Role
from aggregator.web.doors import Proxy
from aggregator.web.peers import Network

__all__ = ["LOCAL", "LOCAL_NAMES", "Entry", "Tls", "Wanted", "entry", "is_local"]

LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
"""The names by which this machine calls itself."""

_ANYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - what is looked for


class Tls(NamedTuple):
    """The files of a certificate with its chain, and of its key, both PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options of the command say."""

    host: str
    names: tuple[str, ...] = ()
    login: bool = False
    certificate: Path | None = None
    key: Path | None = None
    behind_https: bool = False
    proxies: tuple[str, ...] = ()
    user_header: str | None = None
    proxy_role: Role | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """How a desk is entered: `hosts` are the names that it goes by, beside where it listens.

    `alone` is without login; `secure` where browsers come by HTTPS; what `proxies` say of who asks
    is believed.
    """

    alone: bool
    secure: bool
    hosts: tuple[str, ...]
    proxies: tuple[Network, ...] = ()
    proxy: Proxy | None = None
    tls: Tls | None = None


LOCAL: Final = Entry(alone=True, secure=False, hosts=LOCAL_NAMES)
"""For who is at this machine, without login."""


def is_local(host: str) -> bool:
    """Whether an address, or `localhost`, is one of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def entry(wanted: Wanted) -> Entry:
    """How it is entered; raises UsageError for whatever would let in others than meant."""
    secure = wanted.behind_https or wanted.certificate is not None
    _require_sense(wanted)
    if not secure:
        _require_this_machine_alone(wanted)
    if wanted.host.strip("[]") in _ANYWHERE and not wanted.names:
        _refuse(f"at {wanted.host} it goes by no name of its own: say by which with --name")
    proxies = tuple(_network(each) for each in wanted.proxies)
    alone = not (secure or wanted.login or proxies or not is_local(wanted.host))
    proxy = None
    if wanted.user_header is not None:
        proxy = Proxy(wanted.user_header, proxies, wanted.proxy_role)
    names = tuple(name.lower() for name in wanted.names)
    tls = None
    if wanted.certificate is not None and wanted.key is not None:
        tls = Tls(wanted.certificate, wanted.key)
    return Entry(alone, secure, (*LOCAL_NAMES, *names), proxies, proxy, tls)


def _require_this_machine_alone(wanted: Wanted) -> None:
    others = [name for name in wanted.names if not is_local(name)]
    if is_local(wanted.host) and not others:
        return
    where = others[0] if others else wanted.host
    message = (
        f"{where!r} is no address of this machine alone (127.0.0.1, ::1, localhost), and by plain "
        "http passwords could be read on the way. Give --certificate and --key, or, where a web "
        "server before it speaks https, --behind-https."
    )
    raise UsageError(message)


def _require_sense(wanted: Wanted) -> None:
    """Raise UsageError for options that are nothing without each other."""
    if (wanted.certificate is None) is not (wanted.key is None):
        _refuse("--certificate and --key go together")
    if wanted.certificate is not None and wanted.behind_https:
        _refuse(
            "either the desk speaks https (--certificate), or what is before it (--behind-https)"
        )
    if wanted.user_header is not None and not wanted.proxies:
        _refuse("--proxy-user-header needs --proxy: anybody else could say who they are")
    if wanted.proxy_role is not None and wanted.user_header is None:
        _refuse("--proxy-role needs --proxy-user-header")


def _refuse(why: str) -> None:
    raise UsageError(why)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        message = f"--proxy: {text!r} is neither an address nor a network (10.0.0.0/24)"
        raise UsageError(message) from None
