"""`maintain`, `backup` and `restore`, called as a user calls them."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage.lock import run_lock

Call = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("news")


def stories(path: str) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT title, article_count FROM stories ORDER BY id").fetchall()


def test_maintaining_says_what_it_did_and_changes_no_story(call: Call) -> None:
    before = stories("news.db")
    result = call("maintain")
    assert result.exit_code == 0, result.output
    assert "Dropped 0 pages and 0 requests." in result.stdout
    assert "article_fts" in result.stdout
    assert stories("news.db") == before
    found = json.loads(call("maintain", "--compact", "--json").stdout)
    assert found["swept"] == {"pages": 0, "requests": 0, "articles": 0, "copy_groups": 0}
    assert found["after"]["log"] == 0 < found["after"]["file"]


def test_a_backup_is_made_and_restored(call: Call) -> None:
    before = stories("news.db")
    result = call("backup", "copy.db")
    assert result.exit_code == 0, result.output
    assert "MB, checked" in result.stdout
    assert stories("copy.db") == before
    with closing(sqlite3.connect("news.db")) as db, db:
        db.execute("UPDATE story SET title = 'Another one'")
    result = call("restore", "copy.db")
    assert result.exit_code == 0, result.output
    assert "kept as news.db.before-" in result.stdout
    assert stories("news.db") == before
    (former,) = Path().glob("news.db.before-*")
    assert {title for title, _ in stories(str(former))} == {"Another one"}
    Path("feeds.yaml").write_text("feeds:\n- {url: 'https://post.example/rss', outlet: Post}\n")
    assert call("check").exit_code == 0


def test_json_says_where_all_is(call: Call) -> None:
    made = json.loads(call("backup", "copy.db", "--json").stdout)
    assert made == {"path": "copy.db", "bytes": Path("copy.db").stat().st_size}
    found = json.loads(call("restore", "copy.db", "--json").stdout)
    assert found["path"] == "news.db"
    assert Path(found["former"]).exists()
    assert json.loads(call("restore", "copy.db", "--db", "new.db", "--json").stdout) == {
        "path": "new.db",
        "former": None,
    }


def test_a_backup_with_a_broken_promise_is_restored_only_if_asked(call: Call) -> None:
    call("backup", "copy.db")
    with closing(sqlite3.connect("copy.db")) as db, db:
        db.execute("UPDATE story SET article_count = 99")
    result = call("restore", "copy.db")
    assert result.exit_code == 1
    assert "a story's figures are true" in result.stderr
    assert not list(Path().glob("news.db.before-*"))
    assert call("restore", "copy.db", "--anyway").exit_code == 0
    assert stories("news.db")[0][1] == 99


def test_an_older_backup_is_brought_up_to_date(call: Call) -> None:
    call("backup", "copy.db")
    with closing(sqlite3.connect("copy.db")) as db, db:
        db.execute("DROP TABLE retired")
        db.execute("DROP INDEX story_text_last")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '0027_retired'")
    assert call("restore", "copy.db").exit_code == 0
    assert call("maintain").exit_code == 0


def test_what_may_not_be_written_over(call: Call) -> None:
    Path("copy.db").write_text("mine")
    result = call("backup", "copy.db")
    assert result.exit_code == 2
    assert Path("copy.db").read_text() == "mine"
    assert call("backup", "copy.db", "--replace").exit_code == 0
    assert call("backup", "news.db", "--replace").exit_code == 2


def test_while_a_run_is_at_work_a_backup_is_made_and_nothing_is_restored(call: Call) -> None:
    with run_lock("news.db", doing="one run", now=datetime.now(UTC)):
        assert call("backup", "copy.db").exit_code == 0
        for words in (("restore", "copy.db"), ("maintain",)):
            result = call(*words)
            assert result.exit_code == 75
            assert "one run" in result.stderr


def test_where_there_is_nothing(call: Call) -> None:
    Path("news.db").unlink()
    for words in (("maintain",), ("backup", "copy.db")):
        assert "there is no such database yet" in call(*words).stderr
    assert call("restore", "copy.db").exit_code == 2
    assert not Path("news.db").exists()


def test_a_backup_into_a_folder_that_is_not_there_says_so(call: Call) -> None:
    result = call("backup", "backups/copy.db")
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr
