"""Where a request comes from: from whom the connection is, or whom a trusted proxy names."""

import ipaddress
from collections.abc import Collection
from typing import Final

from starlette.requests import HTTPConnection

__all__ = ["FORWARDED", "Network", "address", "is_from"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What only a proxy says."""


def is_from(asked: HTTPConnection, networks: Collection[Network]) -> bool:
    """Whether the connection itself comes from one of these."""
    return asked.client is not None and _within(asked.client.host, networks)


def address(asked: HTTPConnection, proxies: Collection[Network]) -> str:
    """The address of who asks: the last that a trusted proxy saw and that is none of them.

    What others write into X-Forwarded-For stands before that, and is nobody's word.
    """
    found = "" if asked.client is None else asked.client.host
    said = ",".join(asked.headers.getlist("x-forwarded-for"))
    seen = [each.strip() for each in said.split(",") if each.strip()]
    while seen and _within(found, proxies):
        found = seen.pop()
    return found


def _within(host: str, networks: Collection[Network]) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in each for each in networks)
