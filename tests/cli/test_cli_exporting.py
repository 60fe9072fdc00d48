"""`export` of views: files of one moment that are replaced in one step, or not at all."""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.cli.files import atomically
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


def test_a_dash_is_standard_output(call: Call) -> None:
    assert call("export", "articles", "--to", "-").stdout == call("export", "articles").stdout
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("nonsense", "there is no 'nonsense' to export; there are: "),
        ("feeds --tag politik", "'feeds' cannot be chosen by 'tag'"),
        ("--to feeds.opml", "the list of feeds has no format, filter or file"),
        ("articles --to nowhere/a.csv", "aggregator: nowhere/a.csv: there is no folder "),
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


def test_what_the_system_refuses_is_said_of_the_file(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with (
            pytest.raises(OSError, match=r"too large: 'a\.csv'"),
            atomically(Path("a.csv")) as file,
        ):
            file.write(b"x" * 101)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [each.name for each in tmp_path.iterdir() if "a.csv" in each.name] == []


def test_a_pipe_is_written_to_and_not_replaced(call: Call) -> None:
    os.mkfifo("pipe")
    reader = subprocess.Popen(["/bin/cat", "pipe"], stdout=subprocess.PIPE)
    assert call("export", "stories", "--to", "pipe").exit_code == 0
    assert len(reader.communicate()[0].splitlines()) == 2
    assert Path("pipe").is_fifo()


# --- only what is new ------------------------------------------------------------------------


def test_a_bookmark_brings_each_time_what_is_new(call: Call, tmp_path: Path) -> None:
    mark = "--bookmark"
    assert len(lines(call("export", "articles", mark, "seq"))) == 4
    assert lines(call("export", "articles", mark, "seq")) == []
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE article SET title = 'Changed' WHERE id = 2")
    before = Path("seq").read_text()
    result = call("export", "articles", mark, "seq", "--to", "new.jsonl")
    assert result.exit_code == 0
    (row,) = map(json.loads, Path("new.jsonl").read_text().splitlines())
    assert (row["id"], row["title"]) == (2, "Changed")
    (old, *_), (new, *_) = before.split(), Path("seq").read_text().split()
    assert int(new) > int(old)
    assert f"up to change {new}" in result.stderr
    again = lines(call("export", "articles", "--from-seq", old))
    assert again == [row]


@pytest.mark.parametrize(
    ("view", "sql", "ids"),
    [
        ("stories", "UPDATE story SET title = 'New' WHERE id = 2", [2]),
        ("copy_groups", "UPDATE copy_group SET agency = 'AFP' WHERE id = 1", [1]),
        ("articles", "UPDATE story SET title = 'New' WHERE id = 2", []),
        ("changes", "UPDATE story SET title = 'New' WHERE id = 2", [2]),
    ],
)
def test_a_row_is_new_where_a_change_names_it(
    call: Call, tmp_path: Path, view: str, sql: str, ids: list[int]
) -> None:
    lines(call("export", view, "--bookmark", "seq"))
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute(sql)
    assert [row["id"] for row in lines(call("export", view, "--bookmark", "seq"))] == ids


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ("articles --from-seq 1 --bookmark seq", 2, "give one of them"),
        ("articles --bookmark seq --to there.csv", 2, "name another file"),
        ("articles --bookmark there.csv", 2, "is no bookmark"),
        ("requests --from-seq 1", 2, "cannot be chosen by a sequence"),
        ("requests --bookmark seq", 2, "cannot be chosen by a sequence"),
        ("articles --from-seq 999999", 1, "this is another database"),
        ("--from-seq 1", 2, "the list of feeds has no format"),
    ],
)
def test_nothing_new_is_lost_by_mistake(call: Call, words: str, code: int, reason: str) -> None:
    Path("there.csv").write_text("former")
    result = call("export", *words.split())
    assert (result.exit_code, reason in result.stderr) == (code, True), result.output
    assert Path("there.csv").read_text() == "former"
    assert not Path("seq").exists()


@pytest.mark.usefixtures("news")
def test_a_bookmark_of_another_view_is_refused(call: Call) -> None:
    lines(call("export", "articles", "--bookmark", "seq"))
    before = Path("seq").read_text()
    result = call("export", "stories", "--bookmark", "seq")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "seq is the bookmark of articles: name another file for stories" in result.stderr
    assert Path("seq").read_text() == before


def test_a_bookmark_of_another_past_is_not_followed(call: Call, tmp_path: Path) -> None:
    lines(call("export", "articles", "--bookmark", "seq"))
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("DELETE FROM change WHERE seq = (SELECT max(seq) FROM change)")
        db.execute("UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'change'")
        db.execute("UPDATE article SET title = 'Changed' WHERE id = 2")
        db.execute("UPDATE story SET title = 'Changed' WHERE id = 1")
    result = call("export", "articles", "--bookmark", "seq")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is another one than it was; export everything anew" in result.stderr


def test_a_bookmark_stays_where_writing_fails(call: Call, tmp_path: Path) -> None:
    lines(call("export", "articles", "--bookmark", "seq"))
    before = Path("seq").read_text()
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE article SET authors = 'no JSON' WHERE id = 3")
    assert call("export", "articles", "--bookmark", "seq", "--to", "new.jsonl").exit_code != 0
    assert (Path("seq").read_text(), Path("new.jsonl").exists()) == (before, False)


# --- in a process of its own -----------------------------------------------------------------


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


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, form: str) -> None:
    grow(tmp_path, 1_000)
    few = peak(tmp_path, form)
    grow(tmp_path, 20_000, 2_000)
    many = peak(tmp_path, form)
    assert (tmp_path / f"a.{form}").stat().st_size > 40_000_000
    assert many < few + 8_000_000


def peak(folder: Path, form: str) -> int:
    """The largest memory that an export took, in bytes."""
    with exporting(folder, "--to", f"a.{form}") as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return 1024 * used.ru_maxrss


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
WITH RECURSIVE count (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM count WHERE n < ?2)
INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead, text, authors, fetched_at,
  word_count, ordered_at)
SELECT url || n, canonical_url || n, feed_id, outlet, title, lead, printf('%2000s', n), authors,
  fetched_at, word_count, ordered_at
FROM article, count WHERE article.id = 4
"""


def grow(folder: Path, number: int, first: int = 1) -> None:
    """Plant so many articles more, of 2 KB each, whose addresses are numbered from `first`."""
    with open_database(folder / "news.db") as db, db.write():
        db.execute(_MANY, (first, first + number - 1))
