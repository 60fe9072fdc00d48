"""The publishers: one process that serves all feeds on many loopback addresses, cheaply.

    python -m benchmarks.polling.server --feeds 1000 --hosts 100 [--certificate FILE --key FILE]

Prints its port, then answers until its standard input ends; a line on standard input, a number,
is the generation that all feeds are in from then on.
"""

import argparse
import asyncio
import ssl
import sys
from typing import Final

from benchmarks.polling.feeds import body

__all__ = ["address", "main"]

_GONE: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def address(host: int) -> str:
    """The loopback address of the host with this number, from 0."""
    return f"127.1.{host // 250}.{host % 250 + 1}"


class _Publisher:
    """Bodies and their tags, made before the first request."""

    def __init__(self, feeds: int, hosts: int) -> None:
        self.generation = 1
        links = [f"http://{address(number % hosts)}" for number in range(feeds)]
        self._bodies = {
            (generation, number): body(number, generation, link)
            for generation in (1, 2)
            for number, link in enumerate(links)
        }

    def answer(self, request: bytes) -> bytes:
        """The answer to one request: 304 where it names the tag of this generation."""
        try:
            number = int(request.split(b" ", 2)[1].rpartition(b"/")[2])
            found = self._bodies[self.generation, number]
        except (IndexError, KeyError, ValueError):
            return _GONE
        tag = b'"%d-%d"' % (self.generation, number)
        if tag in request:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\n"
            b"ETag: %s\r\nContent-Length: %d\r\n\r\n"
        )
        return head % (tag, len(found)) + found


class _Connection(asyncio.Protocol):
    """One kept-alive connection; requests have no body."""

    def __init__(self, publisher: _Publisher) -> None:
        self._publisher = publisher
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            request, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._transport.write(self._publisher.answer(request))


async def _serve(options: argparse.Namespace) -> None:
    publisher = _Publisher(options.feeds, options.hosts)
    secure = None
    if options.certificate:
        secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        secure.load_cert_chain(options.certificate, options.key)
    loop = asyncio.get_running_loop()
    port = 0
    for host in range(options.hosts):
        server = await loop.create_server(
            lambda: _Connection(publisher), address(host), port, ssl=secure, backlog=256
        )
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        publisher.generation = int(line)
        print("ready", flush=True)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description="Serve the benchmark's feeds.")
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
