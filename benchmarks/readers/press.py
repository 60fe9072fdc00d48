"""Serves feeds that carry whole articles, each at an address of its own on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from benchmarks.clustering.stream import Planted, Stream

__all__ = ["served", "write_feeds"]

_FEED: Final = (
    "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
    "<title>Outlet {number}</title>{items}</channel></rss>"
)
_ITEM: Final = (
    "<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>"
    "<content:encoded>{text}</content:encoded></item>"
)
_SETTINGS: Final = """\
settings:
  network:
    allow_addresses: [127.0.0.0/8]
    allow_ports: []
    seconds_between_requests: 0
    requests_per_second: 1000
  workers:
    count: {workers}
feeds:
"""


@contextmanager
def served(articles: int, feeds: int, archive: int) -> Iterator[int]:
    """Serve so many articles of a stream that is as old as the archive; gives the port."""
    stream = Stream(archive + articles, datetime.now(UTC).replace(microsecond=0))
    shares = [range(archive + number, archive + articles, feeds) for number in range(feeds)]
    bodies = {
        address(number): _feed(number, [stream.article(at) for at in share])
        for number, share in enumerate(shares)
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = bodies[self.headers["Host"].partition(":")[0]]
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("0.0.0.0", 0), Handler) as server:  # noqa: S104 - 127.0.0.0/8 is asked
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def address(number: int) -> str:
    """The address of the outlet with this number, from 0."""
    return f"127.1.0.{number + 1}"


def write_feeds(path: Path, feeds: int, port: int, workers: int) -> Path:
    """A feeds.yaml for them."""
    lines = [
        f"  - {{url: 'http://{address(number)}:{port}/', outlet: outlet{number}, text: feed}}\n"
        for number in range(feeds)
    ]
    path.write_text(_SETTINGS.format(workers=workers) + "".join(lines), encoding="utf-8")
    return path


def _feed(number: int, articles: list[Planted]) -> bytes:
    items = "".join(_item(each) for each in articles)
    return _FEED.format(number=number, items=items).encode()


def _item(planted: Planted) -> str:
    article = planted.article
    assert article.published_at is not None  # all that is planted has a time
    text = "".join(f"<p>{escape(each)}</p>" for each in article.text.split("\n"))
    return _ITEM.format(
        title=escape(article.title),
        link=article.url,
        date=format_datetime(article.published_at),
        text=escape(text),
    )
