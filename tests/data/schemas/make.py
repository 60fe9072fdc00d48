"""Writes a database as each earlier version of the program wrote it, for tests to migrate.

    python tests/data/schemas/make.py 18

Up to so many migrations. The last program before each change of their list is taken out of the
history; it plays its own demo, and decides something where it can. Of that some thirty articles are
kept, in whole stories. All databases are in one archive, since they hold nearly the same.
"""

import io
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
ARCHIVE: Final = Path(__file__).parent / "written.tar.xz"
_SCHEMA: Final = "aggregator/storage/schema.py"
_NAME: Final = re.compile(r'"(\d{4}_[a-z_]+)"')
_GIT: Final = shutil.which("git") or "git"
_CUT: Final = """
DELETE FROM entry WHERE article_id IN (SELECT id FROM gone);
DELETE FROM band WHERE article_id IN (SELECT id FROM gone);
DELETE FROM copy_link WHERE a IN (SELECT id FROM gone) OR b IN (SELECT id FROM gone);
DELETE FROM story_key WHERE article_id IN (SELECT id FROM gone);
DELETE FROM former_address WHERE article_id IN (SELECT id FROM gone);
DELETE FROM copy_group WHERE story_id NOT IN (SELECT id FROM kept);
DELETE FROM article WHERE id IN (SELECT id FROM gone);
DELETE FROM story WHERE id NOT IN (SELECT id FROM kept);
DELETE FROM page WHERE id > 2;
DELETE FROM request WHERE id > 40;
"""


def states() -> Iterator[tuple[str, int]]:
    """The last commit with each list of migrations, and how many there are in it."""
    last, names = "", tuple[str, ...]()
    for commit in _git("log", "--reverse", "--format=%h", "--first-parent").split():
        following = _migrations(commit)
        if names and following != names:
            yield last, len(names)
        last, names = commit, following
    yield last, len(names)


def write(commit: str, path: Path, scratch: Path) -> None:
    """Have the program of a commit write a database, and cut it down."""
    _git("checkout", "--quiet", commit, at=scratch)
    _run(scratch, "demo", "--db", str(path), must=True)
    with closing(sqlite3.connect(path)) as db:
        biggest = db.execute("SELECT id FROM story ORDER BY article_count DESC, id LIMIT 3")
        stories = [str(row[0]) for row in biggest]
        pair = db.execute("SELECT a, b FROM copy_link ORDER BY jaccard LIMIT 1").fetchone()
    for words in (
        ["pin", stories[0]],
        ["rename", stories[1], "Ein Titel der Redaktion"],
        ["hide", stories[2]],
        ["apart", str(pair[0]), str(pair[1])],
        ["undo", "3"],
    ):
        _run(scratch, *words, "--author", "eva", "--db", str(path))
    _cut(path)


def _cut(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA foreign_keys = ON; BEGIN; PRAGMA defer_foreign_keys = ON")
        db.execute(
            """CREATE TEMP TABLE kept AS SELECT id FROM (
                 SELECT id, article_count = 1 AS alone, sum(article_count) OVER (
                   PARTITION BY article_count = 1 ORDER BY article_count DESC, id) AS sum
                 FROM story) WHERE sum <= iif(alone, 8, 22)"""
        )
        db.execute(
            """CREATE TEMP TABLE gone AS SELECT id FROM article
               WHERE story_id NOT IN (SELECT id FROM kept)"""
        )
        for statement in _CUT.strip().splitlines():
            try:
                db.execute(statement)
            except sqlite3.OperationalError as error:
                if not str(error).startswith("no such"):
                    raise
        db.commit()
        db.executescript("PRAGMA journal_mode = DELETE; VACUUM")


def _migrations(commit: str) -> tuple[str, ...]:
    if not _git("ls-tree", commit, _SCHEMA):
        return ()
    return tuple(dict.fromkeys(_NAME.findall(_git("show", f"{commit}:{_SCHEMA}"))))


def _git(*words: str, at: Path = ROOT) -> str:
    done = subprocess.run([_GIT, *words], cwd=at, capture_output=True, text=True, check=True)
    return done.stdout


def _run(scratch: Path, *words: str, must: bool = False) -> None:
    subprocess.run(
        [sys.executable, "-m", "aggregator.cli", *words],
        cwd=scratch, env={"PYTHONPATH": str(scratch), "LANG": "C.UTF-8"},
        check=must, capture_output=True,
    )  # fmt: skip


def main() -> None:
    """Write them all."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(ARCHIVE, "w:xz", preset=9) as out:
        scratch = Path(folder) / "scratch"
        _git("clone", "--quiet", str(ROOT), str(scratch))
        for commit, number in states():
            if number > int(sys.argv[1]):
                break
            path = Path(folder) / f"{number:02}.db"
            write(commit, path, scratch)
            info = tarfile.TarInfo(path.name)
            info.size = path.stat().st_size
            out.addfile(info, io.BytesIO(path.read_bytes()))
            print(path.name, commit, info.size)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
