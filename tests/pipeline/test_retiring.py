"""Keys of what is long past go from the indexes, and nobody can tell by what is put together."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from aggregator.model import Article, Decision, FeedSource
from aggregator.pipeline import correcting, why
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds, retiring
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.press import reports

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = ClusterSettings()
EVER = NOW + timedelta(days=10)
STUB = tuple(
    """Für diesen Ort und seine Umgebung liegt derzeit keine amtliche Warnung vor Sturm, Gewitter,
Glätte oder Hochwasser vor.
Wer im Freien arbeitet, findet die Hinweise des Dienstes für die kommenden drei Tage auf der Seite
seiner Gemeinde; die nächste Meldung folgt am Abend, sobald alle Messungen da sind.""".splitlines()
)
COMPARED = (
    "article", "copy_group", "copy_link", "copy_member", "story", "story_link", "story_text",
    "story_document", "term_frequency", "story_drift", "redirect", "repeated_text",
)  # fmt: skip


def stream(seed: int) -> list[tuple[Article, str]]:
    """Reports of four months with a stub that recurs, a third of them late, some half a year."""
    chance = random.Random(seed)
    found = [
        (_article(report.path, report.title, report.paragraphs, at), report.outlet)
        for report in reports(seed, 12)
        for at in [NOW - timedelta(days=40 * (report.event % 4), hours=chance.randint(0, 30))]
    ]
    stubs = [
        (_article(f"/stub/{day}", "Keine Warnung", STUB, NOW - timedelta(days=day)), "Amt")
        for day in range(0, 120, 6)
    ]
    arrivals = sorted([*found, *stubs], key=lambda each: str(each[0].published_at))
    late = [each for each in arrivals if chance.random() < 0.3]
    return [each for each in arrivals if each not in late] + late


def _article(path: str, title: str, paragraphs: Sequence[str], at: datetime) -> Article:
    url = f"https://press.example{path}"
    return Article(url, url, title, "\n".join(paragraphs), language="de", published_at=at)


def clustered(path: Path, seed: int, keep: Callable[[Database], None]) -> Database:
    """A database into which the stream came in ten runs, of which each kept house."""
    db = open_database(path)
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    arrivals = [(fingerprint(each), outlet) for each, outlet in stream(seed)]
    for start in range(0, len(arrivals), 7):
        with db.write():
            for each, outlet in arrivals[start : start + 7]:
                articles.insert(db, each, 1, outlet, NOW)
        cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)
        keep(db)
    _decide(db)
    return db


def _decide(db: Database) -> None:
    """Bring an old report and a new one together, take that back, and correct a text."""
    old, new = (
        db.value(f"SELECT id FROM article ORDER BY ordered_at {way}, id LIMIT 1")  # noqa: S608 - ours
        for way in ("", "DESC")
    )
    wanted = Decision(0, NOW, "eva", "together", "story", (old, new))
    (number,) = correcting.decide(db, [wanted], SETTINGS, NOW).ids
    correcting.undo(db, [number], SETTINGS, by="eva", now=NOW)
    article, outlet = stream(1)[3]
    with db.write():
        revised = replace(article, text=f"{article.text}\nNachtrag der Redaktion.")
        articles.insert(db, fingerprint(revised), 1, outlet, NOW)
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)


def nothing(db: Database) -> None:
    """Retire nothing."""


def all_of_it(db: Database) -> None:
    for kind in (retiring.ARTICLES, retiring.GROUPS):
        while retiring.retire(db, kind, EVER, 5):
            pass


def what_is_a_month_old(db: Database) -> None:
    for kind in (retiring.ARTICLES, retiring.GROUPS):
        retiring.retire(db, kind, NOW - timedelta(days=33), 1_000)


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: [tuple(row) for row in db.rows(f"SELECT * FROM {name}")]  # noqa: S608 - ours
        for name in COMPARED
    }


@pytest.mark.parametrize("keep", [all_of_it, what_is_a_month_old])
def test_what_is_put_together_is_the_same_with_keys_retired(
    keep: Callable[[Database], None], tmp_path: Path
) -> None:
    with (
        clustered(tmp_path / "whole.db", 1, nothing) as whole,
        clustered(tmp_path / "kept.db", 1, keep) as kept,
    ):
        counts = [db.value("SELECT count(*) FROM band") for db in (whole, kept)]
        assert counts[1] < counts[0] / 2
        counts = [db.value("SELECT count(*) FROM story_key") for db in (whole, kept)]
        assert counts[1] < counts[0] / 2
        assert everything(kept) == everything(whole)
        assert whole.value("SELECT max(article_count) FROM copy_group") >= 10
        assert whole.value("SELECT count(*) FROM story_link") > 0


def test_why_answers_the_same_with_keys_retired(tmp_path: Path) -> None:
    with clustered(tmp_path / "news.db", 1, nothing) as db:
        before = _answers(db)
        all_of_it(db)
        assert db.value("SELECT count(*) FROM band") == 0
        assert db.value("SELECT count(*) FROM story_key") == 0
        assert _answers(db) == before
        assert any(isinstance(each, why.Pair) and each.candidates.found for each in before)


def _answers(db: Database) -> list[object]:
    ids = [row[0] for row in db.rows("SELECT id FROM article ORDER BY id LIMIT 16")]
    alone: list[object] = [why.article(db, each, SETTINGS) for each in ids]
    return alone + [why.pair(db, *two, SETTINGS) for two in combinations(ids, 2)]


def test_keys_go_in_slices_the_oldest_first_and_never_part_one_moment(tmp_path: Path) -> None:
    with clustered(tmp_path / "news.db", 1, nothing) as db:
        with db.write():
            db.execute("UPDATE article SET ordered_at = '2026-02-28T00:00:00Z' WHERE id > 20")
            db.execute("DELETE FROM band")
            db.execute("INSERT INTO band SELECT 1, unixepoch(ordered_at), id FROM article")
        taken = []
        while count := retiring.retire(db, retiring.ARTICLES, EVER, 6):
            taken.append(count)
        waiting = db.value("SELECT count(*) FROM article")
        assert sum(taken) == waiting
        assert max(taken) >= waiting - 20 - 6
        assert taken[0] == 6


def test_a_database_with_retired_keys_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with clustered(path, 1, all_of_it):
        pass
    assert list(broken_promises(path, NOW)) == []


def test_nothing_young_goes(tmp_path: Path) -> None:
    with clustered(tmp_path / "news.db", 2, nothing) as db:
        before = db.rows("SELECT * FROM band")
        assert retiring.retire(db, retiring.ARTICLES, NOW - timedelta(days=400), 100) == 0
        assert list(map(tuple, db.rows("SELECT * FROM band"))) == list(map(tuple, before))
