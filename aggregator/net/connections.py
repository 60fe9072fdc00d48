"""The connections that are open to each host, so that none idles beside those that are needed."""

import contextlib
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["Connections", "Key", "Use"]

# What a kept connection can be used again for: scheme, name, port and the addresses behind it.
Key = tuple[str, str, int, frozenset[str]]


@dataclass(slots=True)
class Use:
    """What one request takes of a host's connections: those it opened and the one it is on.

    `descriptors` are those that it opened, `local` its own end (address, port) once it is on one.
    """

    key: Key
    descriptors: set[int]
    local: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class _Connection:
    """A socket of curl's: its descriptor may be given to another one, its inode not meanwhile."""

    descriptor: int
    inode: int
    key: Key

    def is_open(self) -> bool:
        try:
            return os.fstat(self.descriptor).st_ino == self.inode
        except OSError:
            return False


class Connections:
    """Knows connections by host name; curl owns them and tells nobody when it closes one."""

    def __init__(self) -> None:
        """Know none."""
        self._opened: dict[str, list[_Connection]] = {}

    def opened(self, use: Use, descriptor: int) -> None:
        """Remember a socket that a request has just opened."""
        use.descriptors.add(descriptor)
        new = _Connection(descriptor, os.fstat(descriptor).st_ino, use.key)
        known = self._opened.setdefault(_host(use.key), [])
        known[:] = [each for each in known if each.is_open()]
        known.append(new)

    def make_room(self, use: Use, others: Collection[Use]) -> None:
        """Close what idles to the host and is of no use to `use`; `others` are in use.

        curl takes up an idle connection of the same key by itself, before it opens another one.
        """
        for each in self._opened.get(_host(use.key), ()):
            if each.key != use.key and each.is_open() and not _in_use(each, others):
                with _held(each) as held, contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)

    def count(self, host: str) -> int:
        """How many sockets are open to `host`."""
        return sum(each.is_open() for each in self._opened.get(host, ()))


def _host(key: Key) -> str:
    return key[1]


def _held(each: _Connection) -> socket.socket:
    """A second hold on curl's socket, to be closed at once."""
    return socket.socket(fileno=os.dup(each.descriptor))


def _in_use(each: _Connection, others: Collection[Use]) -> bool:
    with _held(each) as held, contextlib.suppress(OSError):
        local = held.getsockname()[:2]
        return any(local == other.local or each.descriptor in other.descriptors for other in others)
    return False
