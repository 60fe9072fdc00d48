"""A power cut at any call leaves a whole database, and all that was said to be durable."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.support.powercut import Call, Disk, calls, strace
from tests.support.runs import ROOT

SECTOR = 512
WRITER = """
import sys
from aggregator.storage.database import open_database

db = open_database(sys.argv[1])
for n in range(40):
    with db.write(durable=n % 10 == 9):
        db.execute("INSERT INTO host (host, site, reason) VALUES (?, '', ?)", (n, "x" * 9000))
    if n == 24:
        db.checkpoint()
"""


# --- the model of a disk ---------------------------------------------------------------------


def test_what_strace_writes_is_understood() -> None:
    lines = [
        r'pwrite64(3</a/news.db>, "\x41\x42"..., 2, 4096) = 2'.replace("...", ""),
        r'pwrite64(3</a/news.db>, "\x41\x42\x43", 3, 0) = 2',
        r"fdatasync(3<\x2f\x61>) = 0",
        r"ftruncate(3</a/news.db>, 8192) = 0",
        r'unlink("\x2f\x61") = 0',
        r'unlink("/b") = -1 ENOENT (No such file or directory)',
        r'write(4</a/log>, "\x41", 1) = 1',
        r'write(4</a/log>, "\x42", 1) = 1',
    ]
    assert list(calls(lines)) == [
        Call("write", "/a/news.db", 4096, b"AB"),
        Call("write", "/a/news.db", 0, b"AB"),
        Call("sync", "/a"),
        Call("size", "/a/news.db", 8192),
        Call("remove", "/a"),
        Call("write", "/a/log", 0, b"A"),
        Call("write", "/a/log", 1, b"B"),
    ]
    for unclear in ("exit_group(0) = ?", r'pwrite64(3</a>, "\x41"..., 2, 0) = 2'):
        with pytest.raises(ValueError, match="not understood"):
            list(calls([unclear]))


def test_what_was_synced_survives_and_what_was_not_may_be_lost_or_torn() -> None:
    disk = Disk()
    disk.take(Call("write", "/a", 0, b"old" * SECTOR))
    disk.take(Call("sync", "/a"))
    disk.take(Call("write", "/a", 0, b"new" * SECTOR))
    assert disk.whole() == {"/a": b"new" * SECTOR}
    found = {disk.cut(Random(seed))["/a"] for seed in range(200)}
    assert {b"old" * SECTOR, b"new" * SECTOR} < found
    torn = found - {b"old" * SECTOR, b"new" * SECTOR}
    pieces = {each[start : start + SECTOR] for each in torn for start in range(0, 1536, SECTOR)}
    whole = {text[start : start + SECTOR] for text in (b"old" * SECTOR, b"new" * SECTOR)
             for start in range(0, 1536, SECTOR)}  # fmt: skip
    assert pieces == whole


def test_a_file_that_was_removed_may_be_back_until_its_folder_is_synced() -> None:
    disk = Disk()
    for call in (Call("write", "/d/a", 0, b"x"), Call("sync", "/d/a"), Call("remove", "/d/a")):
        disk.take(call)
    assert disk.whole() == {}
    assert {len(disk.cut(Random(seed))) for seed in range(50)} == {0, 1}
    disk.take(Call("sync", "/d"))
    assert {len(disk.cut(Random(seed))) for seed in range(50)} == {0}


# --- the database on it ----------------------------------------------------------------------


@pytest.fixture
def recorded(tmp_path: Path) -> list[Call]:
    """What writing forty rows of nine kilobytes does to the disk, each tenth of them durable."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    folder = tmp_path / "recorded"
    folder.mkdir()
    db, log = folder / "news.db", tmp_path / "calls"
    traced = strace(log, [folder, db, Path(f"{db}-wal"), Path(f"{db}-journal")])
    subprocess.run([*traced, sys.executable, "-c", WRITER, str(db)], check=True, cwd=ROOT)
    return [
        call for each in tmp_path.glob("calls.*") for call in calls(each.read_text().splitlines())
    ]


def hosts(folder: Path, files: dict[str, bytes]) -> set[int]:
    """The rows of a database that is laid out anew; checks that it is whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
    with closing(sqlite3.connect(folder / "news.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'host'").fetchone() is None:
            return set()
        return {int(row[0]) for row in db.execute("SELECT host FROM host")}


def test_a_power_cut_loses_only_what_was_not_said_to_be_durable(
    recorded: list[Call], tmp_path: Path
) -> None:
    chance, disk = Random(1), Disk()
    lost = cuts = 0
    for number, call in enumerate(recorded):
        disk.take(call)
        if number % 7:
            continue
        written = hosts(tmp_path / "whole", disk.whole())
        left = hosts(tmp_path / "left", disk.cut(chance))
        # A row that was begun after one that is durable says that this one was kept.
        durable = max((each for each in written if each % 10 == 0), default=0)
        assert set(range(durable)) <= left <= written
        assert left == set(range(len(left)))
        cuts += 1
        lost += left < written
    assert cuts > 50
    assert lost > 10
