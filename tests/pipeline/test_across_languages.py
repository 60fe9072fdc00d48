"""Stories across languages in a real database: joined where it is set so, and only there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.why_stories import compare
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database
from aggregator.storage.soundness import broken_promises

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOLD = (
    ("en", "Judoka Marlena Zabrowska wins Olympic gold in Aldenburg"),
    ("es", "La judoca Marlena Zabrowska gana el oro olímpico en Aldenburg"),
    ("de", "Wahlsieger Petersen bildet Kabinett in Neustadt"),
)


def stories(db: Database, settings: ClusterSettings) -> list[int]:
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    for language, title in TOLD:
        made = fingerprint(Article(title, title, title, "", language=language, published_at=NOW))
        with db.write():
            articles.insert(db, made, 1, title, NOW)
    cluster(db, settings, now=NOW, stop=lambda: False, tell=lambda _: None)
    assert list(broken_promises(Path(db.path), NOW)) == []
    return [row[0] for row in db.rows("SELECT story_id FROM article ORDER BY id")]


@pytest.mark.parametrize("across", [False, True])
def test_reports_of_two_languages_meet_only_where_it_is_set_so(
    db: Database, *, across: bool
) -> None:
    english, spanish, other = stories(db, ClusterSettings(across_languages=across))
    assert (english == spanish) is across
    assert other not in {english, spanish}


def test_what_joined_them_is_told(db: Database) -> None:
    settings = ClusterSettings(across_languages=True)
    stories(db, settings)
    ids = [row[0] for row in db.rows("SELECT copy_group_id FROM article ORDER BY id")]
    found = compare(db, ids[0], ids[1], settings)
    assert found is not None
    assert all(each.holds for each in found.checks)
    assert not found.was_missed
    assert {"marlen", "aldenb"} <= set(found.shared_terms)
    told = db.row("SELECT * FROM story_members WHERE copy_group_id = ?", (ids[0],))
    assert told is not None
    assert "marlen" in told["shared_terms"]
