"""A newsroom that is polled while things go wrong, and what is asked of a database afterwards."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.parts import parts
from tests.support.press import Report, reports, serve
from tests.support.runs import command, once, write_feeds
from tests.support.server import Server

__all__ = [
    "NOW",
    "Newsroom",
    "Outcome",
    "aggregator",
    "newsroom",
    "outcome",
    "stored",
    "wrong",
]

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished run must come to, whatever happened on the way."""

    articles: frozenset[str]
    copy_groups: frozenset[frozenset[str]]
    stories: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Where it is polled, and what it comes to if all goes well."""

    feeds: Path
    reports: Sequence[Report]
    expected: Outcome
    server: Server

    def run(self, db: Path) -> list[str]:
        """The command line of a run for cron."""
        return command(self.feeds, db, "--once", "--log-format", "json")

    def finish(self, db: Path) -> str:
        """Run to the end; returns what is wrong then, "" for nothing."""
        done = once(self.feeds, db)
        if done.returncode:
            return f"the next run ended with {done.returncode}: {done.stderr[-300:]}"
        found = outcome(db)
        return wrong(db) or (
            "" if found == self.expected else "the next run came to something else"
        )


@contextmanager
def newsroom(folder: Path, events: int) -> Iterator[Newsroom]:
    """Serve reports on so many events, and run once where nothing goes wrong."""
    with Server() as server:
        found = reports(seed=7, events=events)
        paths = serve(server, found)
        feeds = write_feeds(folder / "feeds.yaml", [(server.url(path), path) for path in paths])
        whole = folder / "whole.db"
        done = once(feeds, whole)
        assert done.returncode == 0, done.stderr
        yield Newsroom(feeds, found, outcome(whole), server)


def outcome(path: Path) -> Outcome:
    """What a database came to."""
    with open_database(path) as db:
        articles = frozenset(row[0] for row in db.rows("SELECT canonical_url FROM articles"))
        return Outcome(articles, _parts(db, "copy_group_id"), _parts(db, "story_id"))


def _parts(db: Database, column: str) -> frozenset[frozenset[str]]:
    return frozenset(parts(db, column))


def wrong(path: Path) -> str:
    """The promises that a database breaks, "" for none."""
    return "; ".join(
        f"{each.promise}: {', '.join(each.examples)}" for each in broken_promises(path, NOW)
    )


def aggregator(*words: str) -> list[str]:
    """The command line of a command."""
    return [sys.executable, "-m", "aggregator.cli", *words]


def stored(log: str) -> set[int]:
    """The articles that a run said it had stored, line by line; the last may be cut short."""
    found = set()
    for line in log.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("outcome") == "stored":
            found.add(event["article_id"])
    return found
