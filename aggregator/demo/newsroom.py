"""The demo newsroom at work: outlets on loopback that publish two editions."""

import socket
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

from aggregator.demo.content import Content, load
from aggregator.demo.server import Address, Request, Resource, Server, bind
from aggregator.demo.site import EDITIONS, Site, build, hosts
from aggregator.demo.truth import Truth
from aggregator.model import FeedSource

__all__ = ["SUGGESTED_TIMEOUT", "Newsroom"]

SUGGESTED_TIMEOUT = 3.0
"""Seconds after which a reader of the newsroom should give up on its slow feed."""


class Newsroom:
    """A context manager: outlets answer, each on a loopback address of its own, until it ends.

    All dates are relative to `now`, an aware datetime. `edition` is 1 at first; set to 2, new
    articles are out and one headline is edited, while the other feeds stay as they are. The slow
    feed takes `slow` seconds to answer. `addresses` are by outlets' names: those where the outlets
    were when the newsroom was open before, so that their feeds are found again.
    """

    def __init__(
        self,
        now: datetime,
        *,
        slow: float = 3 * SUGGESTED_TIMEOUT,
        content: Content | None = None,
        addresses: Mapping[str, Address] = MappingProxyType({}),
    ) -> None:
        """Prepare the newsroom; nothing is bound or served before it is entered."""
        self._addresses = addresses
        self._now = now
        self._slow = slow
        self._content = content or load()
        self._edition = 1
        self._site: Site | None = None
        self._server: Server | None = None

    def __enter__(self) -> Self:
        """Bind the addresses, build the pages, serve; OSError where an address is taken."""
        listeners = self._bound()
        homes = {
            host: "http://{}:{}/".format(*listener.getsockname()[:2])
            for host, listener in listeners.items()
        }
        try:
            self._site = build(self._content, homes, self._now, self._slow)
        except BaseException:
            for listener in listeners.values():
                listener.close()
            raise
        self._server = Server(listeners, self._find)
        self._server.start()
        return self

    def _bound(self) -> dict[str, socket.socket]:
        names = {outlet.id: outlet.name for outlet in self._content.outlets}
        listeners: dict[str, socket.socket] = {}
        try:
            for ordinal, host in enumerate(hosts(self._content)):
                again = self._addresses.get(names.get(host, host))
                listeners[host] = bind(ordinal, again)
        except OSError:
            for listener in listeners.values():
                listener.close()
            raise
        return listeners

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving at once."""
        if self._server is not None:
            self._server.stop()

    @property
    def edition(self) -> int:
        """Which edition is out: 1 or 2."""
        return self._edition

    @edition.setter
    def edition(self, edition: int) -> None:
        if edition not in EDITIONS:
            message = f"there are editions {EDITIONS}, not {edition}"
            raise ValueError(message)
        self._edition = edition

    @property
    def feeds(self) -> tuple[FeedSource, ...]:
        """All feeds, the bad ones last."""
        return self._built.feeds

    @property
    def truth(self) -> Truth:
        """What is true of all that is published, in both editions."""
        return self._built.truth

    @property
    def requests(self) -> tuple[Request, ...]:
        """What was asked so far, in the order of the answers."""
        return () if self._server is None else self._server.requests

    @property
    def _built(self) -> Site:
        if self._site is None:
            message = "the newsroom is not open: use it in a with statement"
            raise RuntimeError(message)
        return self._site

    def _find(self, host: str, path: str) -> Resource | None:
        return self._built.editions[self._edition - 1].get((host, path))
