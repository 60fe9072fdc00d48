"""The address guard: which IP addresses and ports may be connected to.

Allowed is what the IANA registries give out as globally routable unicast, less every block that
they reserve for a purpose or that wraps another address; the operator may open networks by name.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final

from aggregator.settings import NetworkSettings

__all__ = ["Guard"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry and multicast; the few anycast
# services in it that are reachable serve no news.
_IPV4: Final = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a provider's customers",
    "127.0.0.0/8": "loopback",
    # Public in form; inside Azure it answers each machine, and nobody outside.
    "168.63.129.16/32": "a cloud's own service",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "documentation",
    "192.31.196.0/24": "reserved for AS112",
    "192.52.193.0/24": "reserved for multicast tunnels",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "192.175.48.0/24": "reserved for AS112",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}

# Names for the operator; whatever lies outside of 2000::/3 is refused in any case.
_IPV6: Final = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "::ffff:0:0:0/96": "IPv4-translated",
    "::/96": "IPv4-compatible",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64",
    "100::/64": "discarded",
    "fc00::/7": "unique local",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "2001::/32": "Teredo",
    "2001:2::/48": "benchmarking",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "2620:4f:8000::/48": "reserved for AS112",
    "3ffe::/16": "given back",
    "3fff::/20": "documentation",
}
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
# ISATAP: an interface identifier that wraps an IPv4 address in whatever network.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE, 0x0100_5EFE, 0x0300_5EFE})


class Guard:
    """Decides for one run; holds what the operator has opened."""

    def __init__(self, settings: NetworkSettings) -> None:
        """Read `allow_addresses` (networks or single addresses) and `allow_ports` (empty: any)."""
        self._opened = tuple(_blocks(dict.fromkeys(settings.allow_addresses, "")))
        self._refused = tuple(_blocks(_IPV4)) + tuple(_blocks(_IPV6))
        self._ports = frozenset(settings.allow_ports)

    def address_refused(self, text: str) -> str | None:
        """Why the address must not be connected to, or None where it may.

        `text` is one IP address in its usual form; anything else, a zone too, is refused.
        """
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return "no plain IP address"
        if "%" in text:
            return "an address with a zone"
        version, number = address.version, int(address)
        if any(each.holds(version, number) for each in self._opened):
            return None
        return next((b.name for b in self._refused if b.holds(version, number)), _other(address))

    def addresses_refused(self, addresses: Iterable[str]) -> str | None:
        """The first refusal among `addresses`, as "10.0.0.1 is private", or None.

        One is enough: nobody picks the good ones from a list in which somebody put a bad one.
        """
        for address in addresses:
            why = self.address_refused(address)
            if why is not None:
                return f"{address} is {why}"
        return None

    def port_refused(self, port: int) -> bool:
        """Whether the port must not be connected to."""
        return bool(self._ports) and port not in self._ports


class _Block:
    """One network as numbers: what is asked of it at every request must be quick."""

    __slots__ = ("_bits", "_number", "_version", "name")

    def __init__(self, network: Network, name: str) -> None:
        self._version, self.name = network.version, name
        self._bits = network.max_prefixlen - network.prefixlen
        self._number = int(network.network_address) >> self._bits

    def holds(self, version: int, number: int) -> bool:
        return version == self._version and number >> self._bits == self._number


def _blocks(named: dict[str, str]) -> Iterator[_Block]:
    for network, name in named.items():
        yield _Block(ipaddress.ip_network(network), name)


def _other(address: Address) -> str | None:
    """What no list names."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address not in _UNICAST:
        return "reserved"
    return "ISATAP" if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP else None
