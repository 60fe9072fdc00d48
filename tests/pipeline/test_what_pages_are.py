"""Runs over pages with rules for their site, behind a paywall, and over what is no article."""

from pathlib import Path

from aggregator.config.loading import parse
from aggregator.daemon.job import Job
from aggregator.daemon.run import once
from aggregator.storage import readers
from aggregator.storage.database import open_database
from tests.support.papers import BEGIN, TEXT, feed, page
from tests.support.server import Answer, Server

BOX = "Our summer party at the river has again drawn many thousands of people to the town."
PAID = '<meta property="article:content_tier" content="locked">'
FILE = """\
settings:
  network: {{allow_addresses: [127.0.0.0/8], allow_ports: [], seconds_between_requests: 0}}
  workers: {{count: 1}}
rules:
  - {{reason: party, phrases: [Our summer party]}}
sites:
  127.0.0.1: {{keep: [main], drop: ["article > p + p"]}}
feeds:
  - {{url: "{}", outlet: Paper}}
"""


def run(server: Server, folder: Path) -> None:
    path = folder / "feeds.yaml"
    config = parse(FILE.format(server.url("/feed")).encode(), path)
    once(Job(config, folder / "news.db", clock=lambda: BEGIN))


def test_what_the_operator_wrote_holds_for_pages_that_are_fetched(
    server: Server, tmp_path: Path
) -> None:
    with_box = page(head=PAID).body.replace(b"</article>", f"<p>{BOX}</p></article>".encode())
    server.routes["/1"] = Answer(with_box, headers={"Content-Type": "text/html"})
    server.routes["/feed"] = feed(server.url("/1"))
    run(server, tmp_path)
    with open_database(tmp_path / "news.db") as db:
        found = readers.article(db, 1)
        assert found is not None
        assert (found.text, found.paywalled) == (TEXT.strip(), True)
        dropped = [(each.text, each.reason) for each in found.removed if each.reason == "site rule"]
    assert dropped == [(TEXT[::-1].strip(), "site rule"), (BOX, "site rule")]


def test_what_is_no_article_stands_among_the_rejected(server: Server, tmp_path: Path) -> None:
    gone = "<h1>Page not found</h1><p>Sorry, this page is not there any more.</p>"
    server.routes["/1"] = Answer(gone.encode(), headers={"Content-Type": "text/html"})
    server.routes["/feed"] = feed(server.url("/1"))
    run(server, tmp_path)
    with open_database(tmp_path / "news.db") as db:
        (row,) = db.rows("SELECT stage, reason, detail FROM rejected")
    assert tuple(row) == (
        "extract",
        "error_page",
        "instead of an article the page says: 'Page not found'",
    )
