"""The database opens, migrates, refuses what it cannot read, and takes one writer at a time."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.urls import identity
from aggregator.errors import DatabaseError, LockHeld, SchemaTooNew
from aggregator.model import Validators
from aggregator.storage import feeds, schema
from aggregator.storage.database import Database, open_database
from aggregator.storage.lock import run_lock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROMISED = {
    "articles": "id url canonical_url feed_id outlet title lead text authors agency language "
    "published_at fetched_at word_count copy_group_id story_id paywalled spared",
    "copy_groups": "id story_id article_count outlet_count first_article_id",
    "stories": "id title first_published_at last_published_at article_count outlet_count "
    "copy_group_count",
    "feeds": "id url outlet title last_success_at next_poll_at last_error",
    "rejected": "url feed_id stage reason at",
}


@pytest.mark.parametrize("view", PROMISED)
def test_readers_find_what_is_promised(db: Database, view: str) -> None:
    columns = {row["name"] for row in db.rows(f"PRAGMA table_info({view})")}
    assert set(PROMISED[view].split()) <= columns


def test_it_is_a_wal_database_with_foreign_keys(db: Database) -> None:
    assert db.value("PRAGMA journal_mode") == "wal"
    assert db.value("PRAGMA foreign_keys") == 1


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with open_database(tmp_path / "a.db") as db:
            rows = db.rows("SELECT name FROM _sqlite_migrations")
    applied = [row["name"] for row in rows]
    assert applied == [name for name, _ in schema.MIGRATIONS]
    # What was released keeps its name for ever.
    assert applied[:18] == [
        "0001_first",
        "0002_manners",
        "0003_conditions_by_url",
        "0004_last_slashes",
        "0005_former_addresses",
        "0006_full_text",
        "0007_reextraction",
        "0008_boilerplate",
        "0009_paywalled",
        "0010_spared",
        "0011_decisions",
        "0012_provenance",
        "0013_texts",
        "0014_stories",
        "0015_profiles",
        "0016_anchors",
        "0017_languages",
        "0018_twins",
    ]


def test_what_an_older_program_kept_loses_its_logins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first schema showed a feed's address with its login, and called entries after it."""
    url = "https://bob:sesam@a.example/rss"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        with open_database(tmp_path / "a.db") as db, db.write():
            db.execute("INSERT INTO feed (url, outlet, added_at) VALUES (?, 'o', '')", (url,))
            db.execute(
                """INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead, text,
                     authors, fetched_at, word_count, ordered_at)
                   VALUES (?1, ?1, 1, 'o', '', '', '', '[]', '', 0, '')""",
                (f"{url}#1",),
            )
            db.execute(
                """INSERT INTO entry (feed_id, key, identity, title, summary, content, authors,
                     tags, content_hash, first_seen_at, next_try_at, article_id)
                   VALUES (1, '1', ?, '', '', '', '[]', '[]', '', '', '', 1)""",
                (f"{url}#1",),
            )
            db.execute("INSERT INTO rejection VALUES (1, ?, 'parse', 'html', '', '')", (url,))
    with open_database(tmp_path / "a.db") as db:
        shown = [db.value(f"SELECT url FROM {view}") for view in ("feeds", "rejected", "articles")]  # noqa: S608 - ours
        assert shown == [
            "https://a.example/rss",
            "https://a.example/rss",
            "https://a.example/rss#1",
        ]
        assert db.value("SELECT canonical_url FROM articles") == shown[2]
        assert db.value("SELECT identity FROM entry") == shown[2]
        assert db.value("SELECT url FROM feed") == url


def test_conditions_of_unknown_origin_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second schema kept the host that gave them, which may not be the feed's own URL."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        with open_database(tmp_path / "a.db") as db, db.write():
            db.execute(
                """INSERT INTO feed (url, outlet, added_at, etag, last_modified, validators_host)
                   VALUES ('https://a.example/rss', 'o', '', '"1"', 'then', 'a.example')"""
            )
    with open_database(tmp_path / "a.db") as db:
        (feed,) = feeds.all_feeds(db)
    assert (feed.state.validators, feed.state.validators.url) == (Validators(), None)


def test_where_texts_are_taken_from_stays_what_the_operator_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fifth schema knew no "auto": "page" was what nobody had said otherwise."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])
        with open_database(tmp_path / "a.db") as db, db.write():
            for number, source in enumerate(("page", "feed"), 1):
                sql = "INSERT INTO feed (id, url, outlet, text_source, added_at) VALUES (?,?,?,?,?)"
                db.execute(sql, (number, source, "o", source, ""))
                for url in (f"{source}-kept", f"{source}-gone"):
                    article = db.execute(
                        """INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead,
                             text, authors, fetched_at, word_count, ordered_at)
                           VALUES (?1, ?1, ?2, 'o', '', '', '', '[]', '', 0, '')""",
                        (url, number),
                    )
                    db.execute(
                        """INSERT INTO entry (feed_id, key, identity, title, summary, content,
                             authors, tags, content_hash, first_seen_at, next_try_at, article_id)
                           VALUES (?1, ?2, ?2, '', '', '', '[]', '[]', '', '', '', ?3)""",
                        (number, url, article),
                    )
                db.execute(
                    "INSERT INTO page VALUES (?, ?, '', '', '', x'')", (number, f"{source}-kept")
                )
    with open_database(tmp_path / "a.db") as db:
        rows = db.rows("SELECT url, text_source, text_from FROM feeds ORDER BY id")
        assert [tuple(row)[1:] for row in rows] == [("auto", "page"), ("feed", "feed")]
        made = db.rows("SELECT canonical_url, text_from, entry_id FROM article ORDER BY id")
        assert [tuple(row) for row in made] == [
            ("page-kept", "page", 1), ("page-gone", "page", 2),
            ("feed-kept", "page", 3), ("feed-gone", "feed", 4),
        ]  # fmt: skip
        assert not db.rows("PRAGMA foreign_key_check")


IDENTITIES = (
    "https://a.example/b/", "https://a.example/b", "https://a.example/b//", "https://a.example/",
    "https://a.example/b/?c=/d/", "https://a.example/?c=d", "https://a.example/?c=/d/",
    "https://a.example/feed/#1", "https://a.example/b/c/d/", "https://a.example/feed/?x#/1/",
)  # fmt: skip


def test_identities_on_file_become_those_of_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slash at the end came to make no difference, but in names made of feed and key."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:3])
        with open_database(tmp_path / "a.db") as db, db.write():
            db.execute("INSERT INTO feed (id, url, outlet, added_at) VALUES (1, 'u', 'o', '')")
            db.execute_many(
                """INSERT INTO entry (feed_id, key, identity, title, summary, content, authors,
                     tags, content_hash, first_seen_at, next_try_at)
                   VALUES (1, ?1, ?1, '', '', '', '[]', '[]', '', '', '')""",
                [(each,) for each in IDENTITIES],
            )
    with open_database(tmp_path / "a.db") as db:
        found = {row["key"]: row["identity"] for row in db.rows("SELECT key, identity FROM entry")}
    assert found == {each: each if "#" in each else identity(each) for each in IDENTITIES}


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    with open_database(tmp_path / "a.db") as db, db.write():
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('aggregator', '9999_from_the_future', '')"
        )
    with pytest.raises(SchemaTooNew, match=r"newer version.*9999_from_the_future.*Update"):
        open_database(tmp_path / "a.db")


@pytest.mark.parametrize("readonly", [False, True])
def test_another_programs_database_is_left_as_it_is(tmp_path: Path, *, readonly: bool) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as others:
        others.execute("CREATE TABLE bookmark (url)")
    with pytest.raises(DatabaseError, match=r"another program .*'bookmark'.*--db"):
        open_database(tmp_path / "a.db", readonly=readonly)
    with closing(sqlite3.connect(tmp_path / "a.db")) as others:
        assert others.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]
        assert others.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("my diary, not a database " * 100)
    with pytest.raises(DatabaseError, match="holds something else"):
        open_database(tmp_path / "a.db")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        open_database(tmp_path / "no" / "a.db")


def test_a_failed_write_leaves_nothing(db: Database) -> None:
    insert = "INSERT INTO feed (url, outlet, added_at) VALUES ('u', 'o', '')"

    def fail() -> None:
        with db.write():
            db.execute(insert)
            db.execute(insert)

    with pytest.raises(sqlite3.IntegrityError):
        fail()
    assert db.value("SELECT count(*) FROM feed") == 0


def test_search_follows_every_change(db: Database) -> None:
    found = "SELECT count(*) FROM article_fts WHERE article_fts MATCH ?"
    with db.write():
        db.execute("INSERT INTO feed (id, url, outlet, added_at) VALUES (1, 'u', 'o', '')")
        db.execute(
            "INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text,"
            " authors, fetched_at, word_count, ordered_at)"
            " VALUES (1, 'u', 'u', 1, 'o', 'Brücke', '', 'gesperrt', '[]', '', 1, '')"
        )
    assert db.value(found, ("bruecke OR brucke",)) == 1
    with db.write():
        db.execute("UPDATE article SET title = 'Tunnel'")
    assert db.value(found, ("brucke",)) == 0
    assert db.value(found, ("tunnel",)) == 1
    with db.write():
        db.execute("DELETE FROM article")
    assert db.value(found, ("tunnel",)) == 0


def test_a_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with (
        run_lock(path, doing="daemon", now=NOW),
        pytest.raises(LockHeld, match=r"process \d+ on .*, daemon, since 2026-03-01T12:00:00Z"),
        run_lock(path, doing="one run", now=NOW),
    ):
        pass
    with run_lock(path, doing="one run", now=NOW):
        pass


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    script = (
        "import os, sys, datetime\n"
        "from aggregator.storage.lock import run_lock\n"
        "with run_lock(sys.argv[1], doing='x', now=datetime.datetime.now(datetime.UTC)):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.db")], check=False)
    assert done.returncode == -9
    with run_lock(tmp_path / "a.db", doing="one run", now=NOW):
        pass


def test_what_cannot_be_committed_is_taken_back_and_bars_nobody(db: Database) -> None:
    def break_a_reference() -> None:
        with db.write():
            db.execute("PRAGMA defer_foreign_keys = ON")
            db.execute("INSERT INTO removed_block VALUES (99, 0, 'none', '', NULL)")

    with pytest.raises(sqlite3.IntegrityError):
        break_a_reference()
    with db.write():
        db.execute("INSERT INTO host (host, site) VALUES ('a.example', 'a.example')")
    assert db.value("SELECT count(*) FROM removed_block") == 0
    with open_database(db.path, readonly=True) as other:
        assert other.value("SELECT count(*) FROM host") == 1


def test_what_is_durable_waits_for_the_disk_and_all_else_does_not(db: Database) -> None:
    full, normal = 2, 1
    with db.write():
        assert db.value("PRAGMA synchronous") == normal
    with db.write(durable=True):
        assert db.value("PRAGMA synchronous") == full
        with db.write():
            assert db.value("PRAGMA synchronous") == full
    assert db.value("PRAGMA synchronous") == normal
    with pytest.raises(sqlite3.OperationalError), db.write(durable=True):
        db.execute("INSERT INTO nowhere VALUES (1)")
    assert db.value("PRAGMA synchronous") == normal
