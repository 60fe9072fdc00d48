"""The command as a process: exit codes, signals, pipes, and how little it imports."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("aggregator"))
HEAVY = {
    "httpx", "rich", "trafilatura", "datasketch", "feedparser", "lxml", "pebble", "asyncio",
}  # fmt: skip


def run(*words: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [PROGRAM, *words], input=stdin, capture_output=True, cwd=folder, timeout=60, check=False
    )


def test_exit_codes(tmp_path: Path) -> None:
    assert run("--version", folder=tmp_path).returncode == 0
    missing = run("stories", folder=tmp_path)
    assert missing.returncode == 1
    assert missing.stderr.startswith(b"aggregator: news.db: there is no such database yet.")
    assert missing.stderr.count(b"\n") == 1
    assert run("poll", folder=tmp_path).returncode == 2
    assert run("nonsense", folder=tmp_path).returncode == 2
    assert run("cluster", "--jsonl", folder=tmp_path, stdin=b"{\n").returncode == 2


@pytest.mark.parametrize("words", [["--help"], ["stories", "--help"], ["stories"], ["story", "1"]])
@pytest.mark.usefixtures("news")
def test_reading_imports_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    script = (
        "import sys, atexit\n"
        "from aggregator.cli import main\n"
        f"loaded = lambda: print(*sorted(set(sys.modules) & {HEAVY!r}), file=sys.stderr)\n"
        "atexit.register(loaded)\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, b"")


@pytest.mark.parametrize("words", [["cluster", "--jsonl"], ["extract", "--jsonl"]])
def test_ctrl_c_while_it_waits_for_input(tmp_path: Path, words: list[str]) -> None:
    with subprocess.Popen(
        [PROGRAM, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as running:
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=20)
    assert (running.returncode, complaint.strip()) == (130, b"aggregator: interrupted")


def test_a_reader_that_has_had_enough(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"id": n, "title": f"t{n}"}).encode() + b"\n" for n in range(3000))
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [PROGRAM, "cluster", "--jsonl"],
            input=lines[:20_000].rpartition(b"\n")[0],
            stdout=write_end,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.usefixtures("news")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    with full.open("wb") as output:
        done = subprocess.run(
            [PROGRAM, "stories"],
            stdout=output,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"aggregator: standard output: No space left on device\n"
