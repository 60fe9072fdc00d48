"""The demo edition by edition: the newsroom opens again as it was, and goes on."""

import socket
from pathlib import Path

import pytest

from aggregator.demo.run import show
from aggregator.errors import UsageError
from aggregator.model import FeedSource
from aggregator.pipeline.report import RunReport
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.events import NOW


def poll(path: Path, edition: int) -> RunReport:
    return show(path, lambda _event: None, 2 if edition == 2 else 1)


def test_the_second_edition_goes_on_with_the_first(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    first = poll(path, 1)
    with open_database(path) as db:
        listed = [feed.source for feed in feeds.all_feeds(db)]
        before = {row[0] for row in db.rows("SELECT canonical_url FROM article")}
    again = poll(path, 2)
    with open_database(path) as db:
        assert [feed.source for feed in feeds.all_feeds(db)] == listed
        after = {row[0] for row in db.rows("SELECT canonical_url FROM article")}
        taken = feeds.all_feeds(db)[0].source.url
    new = after - before
    assert len(before) == first.articles_stored
    assert before < after
    assert {url.split("/")[2] for url in new} <= {each.url.split("/")[2] for each in listed}
    assert again.articles_stored - len(new) in {0, 1}, "one headline was edited"
    assert poll(path, 2).feeds_due == 0, "no feed's turn has come"
    host, _, port = taken.split("/")[2].partition(":")
    with socket.create_server((host, int(port))), pytest.raises(UsageError, match="is taken"):
        poll(path, 2)


def test_without_a_first_edition_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="begin with --edition 1"):
        poll(tmp_path / "demo.db", 2)
    with open_database(tmp_path / "empty.db"):
        pass
    with pytest.raises(UsageError, match="begin with --edition 1"):
        poll(tmp_path / "empty.db", 2)


def test_a_database_with_real_feeds_is_left_alone(tmp_path: Path) -> None:
    with open_database(tmp_path / "real.db") as db:
        feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
    for edition in (1, 2):
        with pytest.raises(UsageError, match="holds real feeds"):
            poll(tmp_path / "real.db", edition)
