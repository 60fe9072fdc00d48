"""Texts made to stall the comparison of articles, which runs where nothing can kill it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from aggregator.core import copies
from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import batches
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings, WorkerSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import open_database
from aggregator.storage.soundness import broken_promises

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
# In seconds of CPU, as for the workers: what is mended took minutes and now takes one or two.
MOST: Final = WorkerSettings().timeout / 2


def _sharing_a_third(name: str) -> str:
    """Three of four word pairs are one and the same, and some of the rest are shared."""
    shared = " ".join(f"to to s{n}" for n in range(15_000))
    return f"{shared} {' '.join(f'to to {name}x{n}' for n in range(28_000))}"


TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "a third shared, between words that repeat": _sharing_a_third,
    "one word": lambda name: "to " * 150_000 + name,
    "two words": lambda name: "to be " * 100_000 + name,
    "no word twice": lambda name: " ".join(f"w{n}" for n in range(80_000)) + f" {name}",
    "one number": lambda name: "1 " * 200_000 + name,
    "dots": lambda name: "." * 900_000 + name,
    "lines of dots": lambda name: ".\n" * 400_000 + name,
    "marks": lambda name: "a" + "\u0316\u0300" * 400_000 + f" {name}",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_two_texts_are_compared_in_time(text: Callable[[str], str]) -> None:
    began = time.process_time()
    a, b = (copies.prepare("The same headline of all", "", text(name), name) for name in "ab")
    copies.verify(1, a, 2, b, ClusterSettings())
    assert time.process_time() - began < MOST


def _told(name: str, text: str) -> Article:
    return Article(name, name, "The same headline of all", text, language="en", published_at=NOW)


MANY: Final[dict[str, list[Article]]] = {
    "long texts": [_told(f"long {n}", _sharing_a_third(f"{n}")) for n in range(8)],
    "one headline over different texts": [
        _told(f"a {n}", " ".join(f"w{n}x{k}" for k in range(50))) for n in range(1200)
    ],
    "one headline over next to no text": [_told(f"b {n}", f"Word {n}.") for n in range(1200)],
}


@pytest.mark.parametrize("given", MANY.values(), ids=MANY.keys())
def test_no_batch_takes_long(tmp_path: Path, given: list[Article]) -> None:
    with open_database(tmp_path / "news.db") as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
        with db.write():
            for each in given:
                articles.insert(db, fingerprint(each), 1, each.url, NOW)
        began, done = time.process_time(), 0
        for count in batches(db, ClusterSettings(), NOW):
            assert time.process_time() - began < MOST
            began, done = time.process_time(), done + count
        assert done == len(given)
    assert list(broken_promises(tmp_path / "news.db", NOW)) == []
