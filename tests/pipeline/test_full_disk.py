"""A disk that is full takes nothing with it: what was kept stays, and the next run goes on."""

from datetime import UTC, datetime
from pathlib import Path

from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.parts import parts
from tests.support.press import Report, reports

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MADE = [(r, fingerprint(Article(r.path, r.path, r.title, "\n".join(r.paragraphs), language="de",
                                published_at=r.published_at))) for r in reports(3, 6)]  # fmt: skip


def bring(db: Database, report: Report) -> None:
    """Keep an article, as a run does, unless it is there."""
    if db.value("SELECT 1 FROM article WHERE canonical_url = ?", (report.path,)) is None:
        made = next(each for of, each in MADE if of is report)
        with db.write():
            articles.insert(db, made, 1, report.outlet, NOW)


def run(db: Database) -> None:
    for report, _ in MADE:
        bring(db, report)
        cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)


def opened(path: Path) -> Database:
    db = open_database(path)
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    return db


def is_full(db: Database, room: int) -> bool:
    """Whether a run fails for want of room, so many pages; nothing that was kept is lost then."""
    db.value(f"PRAGMA max_page_count = {room}")
    before = {row[0] for row in db.rows("SELECT canonical_url FROM article")}
    try:
        run(db)
    except SqliteError as error:
        if "full" not in str(error):
            raise
        assert before <= {row[0] for row in db.rows("SELECT canonical_url FROM article")}
        return True
    return False


def test_a_run_on_a_disk_that_is_full_again_and_again_comes_to_the_same(tmp_path: Path) -> None:
    with opened(tmp_path / "whole.db") as whole:
        run(whole)
        expected = parts(whole, "copy_group_id"), parts(whole, "story_id")
    path, failed = tmp_path / "news.db", 0
    with opened(path) as db:
        room = db.value("PRAGMA page_count")
        while is_full(db, room := room + 2):
            failed += 1
            assert db.rows("PRAGMA foreign_key_check") == []
        assert (parts(db, "copy_group_id"), parts(db, "story_id")) == expected
    assert failed >= 20
    assert list(broken_promises(path, NOW)) == []
