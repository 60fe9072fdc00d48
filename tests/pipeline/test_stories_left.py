"""When a copy group of a story goes, the rest is formed anew, as if it had never been there."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline import joining
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds, revisions
from aggregator.storage.database import Database
from aggregator.storage.soundness import broken_promises
from tests.support.editing import apart

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def words(event: str) -> list[str]:
    chance = random.Random(event)
    return ["".join(chance.choices("abdeginorstu", k=7)) for _ in range(40)]


def bring(db: Database, name: str, events: str, says: str = "") -> int:
    """Keep a report that says something of its own of events, or a new version of it."""
    chance = random.Random(says or name)
    known = [word for event in events for word in words(event)]
    text = " ".join(chance.choices(known, k=160))
    at = NOW + timedelta(minutes=ord(name))
    title = " ".join(chance.choices(known, k=6))
    made = fingerprint(Article(name, name, title, text, language="de", published_at=at))
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    with db.write():
        article_id = articles.insert(db, made, 1, name, NOW)
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
    return article_id


def story(db: Database, article_id: int) -> int:
    return int(db.value("SELECT story_id FROM article WHERE id = ?", (article_id,)))


def test_what_a_text_brought_together_parts_when_that_becomes_a_copy_of_another(
    db: Database,
) -> None:
    other = bring(db, "x", "3")
    one, two = bring(db, "a", "1"), bring(db, "c", "2")
    assert story(db, one) != story(db, two)
    bridge = bring(db, "b", "12")
    assert len({story(db, each) for each in (one, two, bridge)}) == 1
    bring(db, "b", "3", says="x")
    assert story(db, bridge) == story(db, other)
    assert story(db, one) != story(db, two)
    told = "SELECT rule, likeness FROM story_members JOIN copy_groups AS g ON g.id = copy_group_id"
    alone = db.rows(f"{told} WHERE first_article_id IN (?, ?)", (one, two))
    assert [tuple(row) for row in alone] == [(None, None), (None, None)]
    assert list(broken_promises(Path(db.path), NOW)) == []


def test_so_it_does_when_that_turns_out_to_be_another_article(db: Database) -> None:
    one, two, other = bring(db, "a", "1"), bring(db, "c", "2"), bring(db, "x", "3")
    bridge = bring(db, "b", "12")
    assert len({story(db, each) for each in (one, two, bridge)}) == 1
    with db.write():
        revisions._merge(db, bridge, other, NOW)
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
    assert len({story(db, each) for each in (one, two, other)}) == 3
    assert list(broken_promises(Path(db.path), NOW)) == []


@pytest.fixture
def large(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Four texts on one event, the last at ten outlets, in a story of which little is looked at."""
    ids = [bring(db, name, "1") for name in "abcd"]
    for name in "efghijklm":
        bring(db, name, "1", says="d")
    assert len({story(db, each) for each in ids}) == 1
    monkeypatch.setattr(joining, "_LARGE", 2)
    monkeypatch.setattr("aggregator.pipeline.relating._FEW", 0)
    return ids


def test_what_most_articles_have_keeps_the_id_of_a_large_story_from_which_the_others_go(
    db: Database, large: list[int]
) -> None:
    before = story(db, large[3])
    apart(db, large[0], large[3])
    assert story(db, large[3]) == before != story(db, large[0])
    assert story(db, large[1]) == story(db, large[2])
    assert list(broken_promises(Path(db.path), NOW)) == []


@pytest.mark.parametrize("name", "abc")
def test_in_a_large_story_too_each_says_anew_whom_it_is_like_when_that_one_leaves(
    db: Database, large: list[int], name: str
) -> None:
    leaves = large["abc".index(name)]
    partners = "SELECT count(*) FROM story_members WHERE partner_id = ?"
    bring(db, name, "5")
    assert story(db, leaves) not in {story(db, each) for each in large if each != leaves}
    assert db.value(partners, (leaves,)) == 0
    rules = db.rows("SELECT rule FROM story_members WHERE story_id = ?", (story(db, large[3]),))
    assert {row[0] for row in rules} == {"terms"}
    assert list(broken_promises(Path(db.path), NOW)) == []
