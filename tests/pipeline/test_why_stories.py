"""What is told of two texts' stories is what formed them."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline import why
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = ClusterSettings()
BRIDGE = (
    "Hochwasser reißt Brücke von Grimmau weg",
    (
        "Das Hochwasser der Mulde hat in Grimmau die Pöppelmannbrücke weggerissen, sagte "
        "Bürgermeisterin Elvira Stockhausen."
    ),
)
ALIKE = (
    "Grimmau verliert seine Pöppelmannbrücke",
    (
        "Elvira Stockhausen steht an der Mulde, wo bis zum Hochwasser die Brücke war. Die "
        "Bürgermeisterin von Grimmau weint."
    ),
)
OTHER = (
    "Zinssatz bleibt, wie er ist",
    "Die Notenbank lässt den Leitzins unverändert, weil die Teuerung nachgelassen hat.",
)


def bring(
    db: Database, name: str, told: tuple[str, str], hours: float = 0, lang: str = "de"
) -> int:
    url = f"https://{name}.example/"
    at = NOW - timedelta(hours=hours)
    made = fingerprint(Article(url, url, told[0], told[1], language=lang, published_at=at))
    feeds.sync(db, [FeedSource("u", "o")], NOW)
    with db.write():
        return articles.insert(db, made, 1, name, NOW)


def run(db: Database) -> None:
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)


def failed(db: Database, a: int, b: int) -> tuple[bool, list[str]]:
    """Whether two are in one story, and what was answered no of their texts."""
    found = why.pair(db, a, b, SETTINGS)
    assert found.stories is not None
    return found.are_one_story, [each.name for each in found.stories.checks if not each.holds]


def test_two_reports_on_one_event(db: Database) -> None:
    a, b = bring(db, "one", BRIDGE), bring(db, "two", ALIKE, hours=3)
    run(db)
    assert failed(db, a, b) == (True, [])
    found = why.pair(db, a, b, SETTINGS).stories
    assert found is not None
    assert found.kept_likeness == next(
        each.found for each in found.checks if each.name == "story_likeness"
    )
    assert "grimmau" in found.shared_terms
    one = why.article(db, a, SETTINGS).story
    assert one is not None
    assert one.partner is not None
    assert (one.rule, one.partner.id, one.likeness) == ("terms", b, found.kept_likeness)


@pytest.mark.parametrize(
    ("told", "hours", "lang", "name"),
    [
        (ALIKE, 0, "nl", "language"),
        (ALIKE, 60, "de", "hours_apart"),
        (OTHER, 0, "de", "story_likeness"),
    ],
)
def test_why_two_are_in_two_stories(
    db: Database, told: tuple[str, str], hours: float, lang: str, name: str
) -> None:
    a, b = bring(db, "one", BRIDGE), bring(db, "two", told, hours, lang)
    run(db)
    together, answers = failed(db, a, b)
    assert not together
    assert name in answers
    assert answers[-2:] == ["story_likeness", "stories_likeness"]
    lone = why.article(db, a, SETTINGS).story
    assert lone is not None
    assert (lone.rule, lone.partner) == (None, None)


def test_a_likeness_that_was_not_found_is_said(db: Database) -> None:
    a, b = bring(db, "one", BRIDGE), bring(db, "two", ALIKE)
    run(db)
    with db.write():
        db.execute("DELETE FROM story_link")
    found = why.pair(db, a, b, SETTINGS).stories
    assert found is not None
    assert found.was_missed


def test_copies_are_one_story_without_a_question(db: Database) -> None:
    a, b = bring(db, "one", BRIDGE), bring(db, "two", BRIDGE)
    run(db)
    found = why.pair(db, a, b, SETTINGS)
    assert found.are_copies
    assert found.stories is None
