"""One request on its way through curl: what curl calls, and what waits for it.

curl calls from within the event loop. What goes wrong in a callback is kept and raised where
somebody waits for the answer: inside curl it would be lost.
"""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, ParamSpec

import pycurl

from aggregator.net.connections import Connections, Use
from aggregator.net.failures import NetworkError, Reason, from_curl

__all__ = ["Head", "Limits", "Transfer"]

_FIRST_FINAL: Final = 200
_GO_ON: Final = 0
_STOP: Final = -1
# Nobody keeps us waiting for long, so this is met only where the reader of a body stands still.
_MOST_UNREAD: Final = 1_000_000

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds in which nothing may come, and bytes of all heads of one answer together."""

    silence: float
    header_bytes: int


@dataclass(slots=True)
class Head:
    """Status and headers of an answer, as they came."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    complete: bool = False


class _Socket:
    """A socket for curl, which takes a duplicate of it and leaves this one to us."""

    def __init__(self, address: Any) -> None:  # noqa: ANN401 - pycurl has no types
        self._socket = socket.socket(address.family, address.socktype, address.protocol)

    def fileno(self) -> int:
        return self._socket.fileno()

    def __del__(self) -> None:
        self._socket.close()


def _kept(
    callback: Callable[Concatenate["Transfer", P], int],
) -> Callable[Concatenate["Transfer", P], int]:
    """Keep what a callback raises and let curl stop."""

    def guarded(self: "Transfer", /, *args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return callback(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - raised again where the answer is waited for
            self.error = self.error or error
            return _STOP

    return guarded


class Transfer:
    """One request: start it, wait for its head, then for its body piece by piece; then close it."""

    def __init__(
        self,
        curl: pycurl.Curl,
        use: Use,
        connections: Connections,
        limits: Limits,
        address_refused: Callable[[str], str | None],
    ) -> None:
        """Let `curl` call this transfer; `address_refused` has the last word on an address."""
        self.use = use
        self.error: Exception | None = None
        self.on_connect: Callable[[str], None] | None = None
        self._curl, self._connections, self._limits = curl, connections, limits
        self._address_refused = address_refused
        self._head, self._header_bytes = Head(), 0
        self._pieces: deque[bytes] = deque()
        self._unread, self._paused = 0, False
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._multi: pycurl.AsyncCurlMulti | None = None
        self._future: asyncio.Future[pycurl.Curl] | None = None
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        curl.setopt(pycurl.SOCKOPTFUNCTION, self._opened)
        curl.setopt(pycurl.PREREQFUNCTION, self._connected)
        curl.setopt(pycurl.HEADERFUNCTION, self._header)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)

    # --- for those who wait ------------------------------------------------------------------

    def start(self, multi: pycurl.AsyncCurlMulti) -> None:
        """Let it run."""
        self._multi = multi
        self._future = multi.add_handle(self._curl)
        self._future.add_done_callback(self._done)
        self._watch()

    async def head(self) -> Head:
        """The head of the final answer."""
        while not self._head.complete or self.error:
            if self.ended:
                raise self.error or NetworkError(
                    Reason.PROTOCOL, "no complete head of an answer came"
                )
            await self._wait()
        return self._head

    async def body(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises what ends it early."""
        while True:
            while self._pieces:
                piece = self._pieces.popleft()
                self._unread -= len(piece)
                yield piece
            if self._paused:
                self._paused = False
                self._curl.pause(pycurl.PAUSE_CONT)
            elif self.ended:
                break
            else:
                await self._wait()
        if self.error:
            raise self.error

    @property
    def ended(self) -> bool:
        """Whether curl has nothing more to do with it."""
        return self._multi is None

    def close(self) -> None:
        """End it, whether complete or not; an answer that is cut short costs its connection."""
        if not self.ended:
            self.error = self.error or NetworkError(Reason.CONNECTION, "closed by ourselves")
        self._end()
        self._curl.close()

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _end(self) -> None:
        """Take it from curl."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._multi is not None and self._future is not None and not self._future.done():
            self._multi.remove_handle(self._curl)
        self._multi = None
        self._news.set()

    def _watch(self) -> None:
        """End it when nothing has come for too long; a reader that stands still is no silence."""
        if self._paused:
            self._heard = self._loop.time()
        left = self._heard + self._limits.silence - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch)
        else:
            detail = f"nothing came for {self._limits.silence:g} seconds"
            self.error = self.error or NetworkError(Reason.TIMEOUT, detail)
            self._end()

    def _done(self, future: "asyncio.Future[pycurl.Curl]") -> None:
        """Note how it went; a cancelled future is a transfer that we took away ourselves."""
        if future.cancelled():
            return
        failure = future.exception()
        if self._multi is None:
            return  # it has ended meanwhile, and curl's handle is gone
        if isinstance(failure, pycurl.error):
            code, text = failure.args
            named = from_curl(code, text, self._curl.getinfo(pycurl.OS_ERRNO))
            self.error = self.error or named
        elif isinstance(failure, Exception):
            self.error = self.error or failure
        self._end()

    # --- called by curl ----------------------------------------------------------------------

    @_kept
    def _open(self, _purpose: int, address: Any) -> Any:  # noqa: ANN401 - pycurl has no types
        """A socket for an address, if it is one of those that were checked and passes again."""
        host = address.addr[0]
        why = self._address_refused(host)
        if why is None and host not in self.use.key[3]:
            why = "not among those that were checked"
        if why is not None:
            raise NetworkError(Reason.FORBIDDEN_ADDRESS, f"{host} is {why}")
        return _Socket(address)

    @_kept
    def _opened(self, descriptor: int, _purpose: int) -> int:
        self._connections.opened(self.use, descriptor)
        return _GO_ON

    @_kept
    def _connected(self, address: str, local: str, _port: int, local_port: int) -> int:
        """A connection, new or kept, is about to be used: the last moment to say no."""
        if self.error is not None:
            raise self.error
        if address not in self.use.key[3]:
            detail = f"{address} is not among those that were checked"
            raise NetworkError(Reason.FORBIDDEN_ADDRESS, detail)
        self.use.local = (local, local_port)
        self._heard = self._loop.time()
        if self.on_connect is not None:
            self.on_connect(address)
        return _GO_ON

    @_kept
    def _header(self, line: bytes) -> int:
        """One line of a head, or of what may follow the body."""
        self._heard = self._loop.time()
        self._header_bytes += len(line)
        if self._header_bytes > self._limits.header_bytes:
            detail = f"more than {self._limits.header_bytes} bytes of header"
            raise NetworkError(Reason.TOO_LARGE, detail)
        head = self._head
        if head.complete:
            return len(line)
        if not head.status:
            head.status = _status(line)
        elif line in {b"\r\n", b"\n"}:
            self._end_of_head()
        elif line[:1] in {b" ", b"\t"} and head.headers:
            name, value = head.headers[-1]
            head.headers[-1] = (name, value + b" " + line.strip())
        else:
            name, _, value = line.partition(b":")
            head.headers.append((name.strip(), value.strip()))
        return len(line)

    def _end_of_head(self) -> None:
        if self._head.status < _FIRST_FINAL:
            self._head = Head()
            return
        self._head.complete = True
        self._news.set()

    @_kept
    def _write(self, piece: bytes) -> int:
        self._heard = self._loop.time()
        if self._unread > _MOST_UNREAD:
            self._paused = True
            return int(pycurl.WRITEFUNC_PAUSE)
        self._pieces.append(piece)
        self._unread += len(piece)
        self._news.set()
        return len(piece)


def _status(line: bytes) -> int:
    """The three digits of a status line."""
    status = line.split(None, 2)[1]
    if len(status) != len(b"200") or not status.isdigit():
        raise NetworkError(Reason.PROTOCOL, f"the answer has the status {status[:9]!r}")
    return int(status)
