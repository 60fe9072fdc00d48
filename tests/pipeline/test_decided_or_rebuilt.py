"""A stream with revisions and decisions and a rebuild give the same, whatever came when."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import Contradiction
from aggregator.executors.in_process import InProcess
from aggregator.model import Article, Decision, FeedSource, Level
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.correcting import decide, undo
from aggregator.pipeline.rebuild import Rebuilding, Watching
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds, rebuilding
from aggregator.storage.database import Database
from tests.support.editing import parts, sound

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = ClusterSettings()
LEVELS: tuple[Level, Level] = ("copies", "story")


def words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices("abdeginorstu", k=6)) for _ in range(count))


def stream(chance: random.Random) -> list[tuple[Article, str]]:
    """Texts as they are, shortened, one behind the other, or missing; many at one moment."""
    known = [words(chance, count) for count in (3, 15, 40, 120)]
    found = []
    for number in range(24):
        one, other = chance.choices(known, k=2)
        text = chance.choice([one, one, one, one[: len(one) // 2], f"{one} {other}", ""])
        title = chance.choice([known[0], words(chance, 4), f"News in brief: {words(chance, 3)}"])
        at = NOW - timedelta(hours=chance.choice([1, 2, 20, 160, 169, 200]))
        url = f"https://press.example/{number}"
        made = Article(url, url, title, text, language="de", published_at=at)
        found.append((made, f"outlet {number % 4}"))
    return found


def bring(db: Database, found: list[tuple[Article, str]]) -> None:
    with db.write():
        for article, outlet in found:
            articles.insert(db, fingerprint(article), 1, outlet, NOW)


def run(db: Database) -> None:
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)


def act(db: Database, chance: random.Random, found: list[tuple[Article, str]]) -> None:
    """Decide something, take something back, or revise an article."""
    a, b = chance.sample([row[0] for row in db.rows("SELECT id FROM article")], 2)
    level = chance.choice(LEVELS)
    kind = chance.choice(["together", "apart", "undo", "revise"])
    if kind == "undo":
        made = [row[0] for row in db.rows("SELECT id FROM decision")]
        undo(db, made[-1:], SETTINGS, by="tom", now=NOW)
    elif kind == "revise":
        (own, outlet), (other, _) = chance.sample(found, 2)
        made_of = Article(own.url, own.url, other.title, other.text, published_at=own.published_at)
        bring(db, [(made_of, outlet)])
    elif kind == "together":
        decide(db, [Decision(0, NOW, "eva", "together", level, (a, b))], SETTINGS, NOW)
    else:
        decide(db, [Decision(0, NOW, "eva", "apart", level, (a,), (b,))], SETTINGS, NOW)


def rebuilt(db: Database) -> None:
    silent = Watching(lambda _step, _total: None, lambda _step, _count: None)
    with rebuilding.open_second(Path(f"{db.path}.rebuild"), "rules") as second:
        work = Rebuilding(db, second, InProcess(), SETTINGS, NOW, silent)
        asyncio.run(work.swap(db))


def kept(db: Database) -> tuple[set[frozenset[int]], list[tuple[object, ...]]]:
    """The copy groups, and what each member took over."""
    return parts(db, "copy_group_id"), [tuple(row) for row in db.rows("SELECT * FROM copy_member")]


@pytest.mark.parametrize("seed", range(12))
def test_a_stream_in_which_editors_decide_and_a_rebuild_give_the_same(
    db: Database, seed: int
) -> None:
    chance = random.Random(seed)
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    found = stream(chance)
    left = chance.sample(found, len(found))
    while left:
        size = chance.randint(2, 6)
        bring(db, left[:size])
        run(db)
        assert sound(db)
        left = left[size:]
        with suppress(Contradiction):
            act(db, chance, found)
    run(db)
    assert sound(db)
    before = kept(db)
    rebuilt(db)
    assert kept(db) == before
    assert sound(db)
