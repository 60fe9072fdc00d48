"""Stories in a real database: evidence, silence, late arrivals, revisions, and large ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline import joining
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database
from aggregator.storage.soundness import broken_promises

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
BRIDGE = (
    "Elbbrücke bei Aldenburg gesperrt",
    "Brücke über die Elbe in Aldenburg nach Gutachten gesperrt",
    "Gutachten zur Elbbrücke: Aldenburg sperrt Brücke",
)
OTHER = "Wahlsieger Petersen bildet Kabinett in Neustadt"


def bring(db: Database, name: str, title: str, hours: float = 0) -> int:
    """Insert an article, or a new version of it, and cluster it; returns its id."""
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    at = NOW + timedelta(hours=hours)
    made = fingerprint(Article(name, name, title, "", language="de", published_at=at))
    with db.write():
        article_id = articles.insert(db, made, 1, name, LATER)
    run(db)
    return article_id


def run(db: Database) -> None:
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)


def story(db: Database, article_id: int) -> int:
    return int(db.value("SELECT story_id FROM article WHERE id = ?", (article_id,)))


def sound(db: Database) -> bool:
    return list(broken_promises(Path(db.path), NOW)) == []


def test_each_text_says_which_other_it_is_most_like_and_by_what(db: Database) -> None:
    first, second = bring(db, "a", BRIDGE[0]), bring(db, "b", BRIDGE[1])
    alone = bring(db, "c", OTHER)
    assert story(db, first) == story(db, second) != story(db, alone)
    rows = {row["story_id"]: row for row in db.rows("SELECT * FROM story_members")}
    told = rows[story(db, first)]
    assert (told["rule"], told["partner_id"] in {first, second}) == ("terms", True)
    assert told["likeness"] >= ClusterSettings().story_likeness
    assert "gesperrt" in told["shared_terms"]
    assert rows[story(db, alone)]["rule"] is None
    assert sound(db)


@pytest.mark.parametrize(("hours", "joins"), [(40, True), (60, False), (-40, True), (-60, False)])
def test_nothing_joins_a_story_beyond_its_silence_on_either_side(
    db: Database, hours: float, joins: bool
) -> None:
    first = bring(db, "a", BRIDGE[0])
    bring(db, "b", f"{BRIDGE[0]} heute", hours=1)
    late = bring(db, "c", f"{BRIDGE[0]} seit gestern", hours=hours)
    assert (story(db, late) == story(db, first)) is joins


def test_a_revised_report_leaves_its_story(db: Database) -> None:
    ids = [bring(db, name, title) for name, title in zip("abc", BRIDGE, strict=True)]
    assert len({story(db, each) for each in ids}) == 1
    former = story(db, ids[0])
    with db.write():
        db.execute("UPDATE article SET title = ?, clustered = 0 WHERE id = ?", (OTHER, ids[2]))
        bag = '{"wahlsieger": 2.0, "petersen": 2.0, "kabinett": 2.0}'
        db.execute("UPDATE story_document SET terms = ? WHERE article_id = ?", (bag, ids[2]))
    run(db)
    assert story(db, ids[0]) == story(db, ids[1]) == former
    assert story(db, ids[2]) != former
    assert sound(db)


def test_a_large_story_grows_without_being_formed_anew(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [bring(db, name, title) for name, title in zip("abc", BRIDGE, strict=True)]
    monkeypatch.setattr(joining, "_LARGE", 2)
    monkeypatch.setattr("aggregator.pipeline.relating._FEW", 0)
    ids.append(bring(db, "d", "Gutachten: Brücke über die Elbe bei Aldenburg gesperrt"))
    assert len({story(db, each) for each in ids}) == 1
    assert sound(db)
