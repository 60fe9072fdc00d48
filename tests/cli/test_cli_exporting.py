"""`export` of views: files of one moment that are replaced in one step, or not at all."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage.database import open_database
from tests.support.runs import ROOT

Call = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("news")


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_articles_come_whole_and_typed(call: Call) -> None:
    first, *_ = lines(call("export", "articles"))
    assert (first["id"], first["outlet"], first["agency"]) == (1, "Post", "dpa")
    assert first["authors"] == ["Ann Other"]
    assert first["text"] == "The bridge is closed.\n- One\n- Two"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("articles", [1, 2, 3, 4]),
        ("articles --since 3d", [1, 2, 3]),
        ("articles --outlet herald", [2, 3]),
        ("articles --tag politik --since 3d", [1]),
        ("articles --language de", [4]),
        ("stories", [1, 2]),
        ("stories --outlet herald", [1]),
        ("stories --language de --since 3d", []),
        ("copy_groups --tag WORLD", [1, 2]),
    ],
)
def test_filters_choose_rows(call: Call, words: str, ids: list[int]) -> None:
    assert [row["id"] for row in lines(call("export", *words.split()))] == ids


def test_the_file_says_what_is_written(call: Call) -> None:
    import pyarrow.parquet as pq

    for name in ("a.csv", "a.jsonl", "a.parquet", "plain"):
        result = call("export", "articles", "--to", name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "4 rows of articles" in result.stderr
    with Path("a.csv").open(newline="", encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["1", "2", "3", "4"]
    assert Path("a.jsonl").read_bytes() == Path("plain").read_bytes()
    assert pq.read_table("a.parquet").column("id").to_pylist() == [1, 2, 3, 4]
    call("export", "articles", "--to", "plain", "--format", "csv")
    assert Path("plain").read_bytes() == Path("a.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("nonsense", "there is no 'nonsense' to export; there are: "),
        ("feeds --tag politik", "'feeds' cannot be chosen by 'tag'"),
        ("--to feeds.opml", "the list of feeds has no format, filter or file"),
    ],
)
def test_what_cannot_be_exported_is_said(call: Call, words: str, reason: str) -> None:
    result = call("export", *words.split())
    assert (result.exit_code, reason in result.stderr) == (2, True), result.output


def test_a_link_and_permissions_stay(call: Call) -> None:
    Path("there").mkdir()
    Path("there/old.jsonl").write_text("old")
    Path("there/old.jsonl").chmod(0o640)
    Path("link.jsonl").symlink_to("there/old.jsonl")
    assert call("export", "stories", "--to", "link.jsonl").exit_code == 0
    assert Path("link.jsonl").is_symlink()
    assert Path("there/old.jsonl").stat().st_mode & 0o777 == 0o640
    assert len(Path("there/old.jsonl").read_text().splitlines()) == 2


def test_what_fails_leaves_the_former_file(call: Call, tmp_path: Path) -> None:
    Path("a.jsonl").write_text("former")
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE article SET authors = 'no JSON' WHERE id = 3")
    assert call("export", "articles", "--to", "a.jsonl").exit_code != 0
    assert Path("a.jsonl").read_text() == "former"
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_a_pipe_is_written_to_and_not_replaced(call: Call) -> None:
    os.mkfifo("pipe")
    reader = subprocess.Popen(["/bin/cat", "pipe"], stdout=subprocess.PIPE)
    assert call("export", "stories", "--to", "pipe").exit_code == 0
    assert len(reader.communicate()[0].splitlines()) == 2
    assert Path("pipe").is_fifo()


def exporting(folder: Path, *words: str, stdout: int | None = None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "aggregator.cli", "export", "articles", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=stdout, stderr=subprocess.PIPE
    )


def test_who_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    grow(tmp_path, 2_000)
    with exporting(tmp_path, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""


def test_an_export_is_of_one_moment(tmp_path: Path) -> None:
    grow(tmp_path, 2_000)
    os.mkfifo(tmp_path / "pipe")
    with exporting(tmp_path, "--to", "pipe") as running, (tmp_path / "pipe").open("rb") as pipe:
        first = pipe.readline()
        with open_database(tmp_path / "news.db") as db, db.write():
            db.execute("UPDATE article SET title = 'Later'")
            db.execute("DELETE FROM article WHERE copy_group_id IS NULL")
        rows = [json.loads(line) for line in [first, *pipe]]
    assert running.returncode == 0
    assert len(rows) == 2_004
    assert "Later" not in {row["title"] for row in rows}


def test_one_that_is_killed_leaves_the_former_file(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("former")
    grow(tmp_path, 20_000)
    with exporting(tmp_path, "--to", "a.jsonl") as running:
        while not [each for each in tmp_path.iterdir() if each.name.startswith(".a.jsonl")]:
            assert running.poll() is None
            time.sleep(0.005)
        running.kill()
    assert running.returncode < 0
    assert (tmp_path / "a.jsonl").read_text() == "former"


_MANY = """
WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ?)
INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead, text, authors, fetched_at,
  word_count, ordered_at)
SELECT url || n, canonical_url || n, feed_id, outlet, title, lead, printf('%2000s', n), authors,
  fetched_at, word_count, ordered_at
FROM article, count WHERE article.id = 4
"""


def grow(folder: Path, number: int) -> None:
    """Plant so many articles more, of 2 KB each."""
    with open_database(folder / "news.db") as db, db.write():
        db.execute(_MANY, (number,))
