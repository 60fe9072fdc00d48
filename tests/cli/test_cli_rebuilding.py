"""The command `rebuild`, called as a user calls it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.model import Article, FeedSource
from aggregator.pipeline.work import fingerprint
from aggregator.storage import articles, clusters, feeds, stories
from aggregator.storage.database import Database, open_database
from aggregator.storage.lock import run_lock

Call = Callable[..., Result]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = [f"wort{n}" for n in range(200)]
MANUAL = (Path(__file__).parents[2] / "docs" / "usage.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def path(tmp_path: Path) -> Path:
    """news.db: two copies in two groups, and a third article with one of them in one group."""
    path = tmp_path / "news.db"
    (tmp_path / "feeds.yaml").write_text("feeds: [{url: 'http://127.0.0.1:9/', outlet: Nowhere}]\n")
    with open_database(path) as db:
        feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
        texts = (WORDS[:100], WORDS[:90], WORDS[100:])
        ids = [bring(db, name, text) for name, text in zip("abc", texts, strict=True)]
        with db.write():
            for members in (ids[:1], ids[1:]):
                group, story = clusters.new_group(db), stories.new_story(db)
                clusters.move(db, members, group)
                clusters.recount(db, [group])
                stories.place(db, group, story)
                stories.recount(db, [story])
            clusters.mark_clustered(db, ids)
    return path


def bring(db: Database, name: str, words: list[str]) -> int:
    url = f"https://{name}.example/"
    at = NOW - timedelta(minutes=ord(name))
    made = fingerprint(Article(url, url, f"Bericht {name}", " ".join(words), published_at=at))
    with db.write():
        return articles.insert(db, made, 1, name, NOW)


def places(path: Path) -> list[tuple[object, ...]]:
    sql = "SELECT id, copy_group_id, story_id FROM articles ORDER BY id"
    with open_database(path, readonly=True) as db:
        return [tuple(row) for row in db.rows(sql)]


def test_it_shows_what_would_change_and_changes_it_on_request(call: Call, path: Path) -> None:
    before = places(path)
    result = call("rebuild")
    assert result.exit_code == 0
    assert "2 copy groups: 0 as before; 0 merges, 0 splits, 1 move" in result.stdout
    assert "copy groups 1 (1 article), 2 (2 articles) are parted anew into" in result.stdout
    assert "To put this in place: aggregator rebuild --swap" in result.stdout
    assert places(path) == before
    result = call("rebuild", "--swap")
    assert "This is in place now." in result.stdout
    assert result.exit_code == 0
    assert "Fingerprinting" not in result.stdout
    assert "What changed of copy groups:" in result.stdout
    assert places(path) == [(1, 1, 1), (2, 1, 1), (3, 2, 2)]
    assert not path.with_name("news.db.rebuild").exists()
    assert "news.db: fine" in call("check").stdout
    shown = call("rebuild").stdout
    assert "2 copy groups: 2 as before" in shown
    assert shown.endswith("Nothing would change.\n")
    with open_database(path) as db, db.write():
        db.execute("UPDATE profile SET profile = 'v0'")
    assert "Only fingerprints would change" in call("rebuild").stdout


def test_every_key_of_the_json_is_in_the_manual(call: Call) -> None:
    found = json.loads(call("rebuild", "--json").stdout)
    assert found["complete"]
    assert not found["swapped"]
    assert found["copy_groups"]["changed"] == 1
    (change,) = found["copy_groups"]["changes"]
    assert [part["id"] for part in change["before"]] == [1, 2]
    keys = {*found, *found["stories"], *change, *change["after"][0]}
    assert {key for key in keys if f"`{key}`" not in MANUAL} == set()


def test_a_run_at_work_is_only_in_the_way_of_a_swap(call: Call, path: Path) -> None:
    with run_lock(path, doing="one run", now=NOW):
        assert call("rebuild").exit_code == 0
        result = call("rebuild", "--swap")
        assert result.exit_code == 75
        assert "another run holds the lock" in result.stderr


def test_one_at_a_time(call: Call, path: Path) -> None:
    with run_lock(path.with_name("news.db.rebuild"), doing="aggregator rebuild", now=NOW):
        assert call("rebuild").exit_code == 75


def test_without_a_database_it_says_how_to_begin(call: Call, path: Path) -> None:
    path.unlink()
    result = call("rebuild")
    assert result.exit_code == 1
    assert "Begin with" in result.stderr
