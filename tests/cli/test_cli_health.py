"""The commands `health` and `metrics` on real databases."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from prometheus_client.parser import text_string_to_metric_families

from aggregator.storage import runs
from aggregator.storage.database import open_database
from aggregator.storage.log_readers import holders, seen_at

Call = Callable[..., Result]
_HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("BEGIN")
db.execute("SELECT count(*) FROM feeds").fetchall()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def ran(news: datetime, tmp_path: Path) -> Path:
    """news.db with a run behind it, and feeds that were just read."""
    path = tmp_path / "news.db"
    now = max(datetime.now(UTC), news)
    with open_database(path) as db:
        run = runs.begin(db, now - timedelta(minutes=2))
        runs.end(db, run, runs.Ended("done", {"articles_stored": 4, "feeds_due": 2}), now)
        with db.write():
            db.execute("UPDATE article SET clustered = 1")
    return path


@pytest.mark.usefixtures("ran")
def test_well(call: Call) -> None:
    done = call("health")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("well\nlast run ended ")
    found = json.loads(call("health", "--json").stdout)
    assert (found["healthy"], found["findings"]) == (True, [])
    assert found["measured"]["feeds_active"] == 2
    assert found["measured"]["database_bytes"] > 0
    assert found["measured"]["disk_free_bytes"] > 0


def test_not_well_says_what_to_do(call: Call, ran: Path) -> None:
    with open_database(ran) as db, db.write():
        db.execute("UPDATE run SET ended_at = '2026-01-01T00:00:00Z'")
    done = call("health")
    assert done.exit_code == 1
    assert done.stdout.startswith("not well\nproblem: no run was finished for ")
    assert "systemctl status" in done.stdout
    assert call("health", "--run-age", "100000000").exit_code == 0


def test_no_database_is_a_finding_too(call: Call) -> None:
    done = call("health", "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert [each["code"] for each in found["findings"]] == ["no_database"]
    assert found["measured"] is None
    Path("news.db").write_bytes(b"this is no database" * 100)
    assert json.loads(call("health", "--json").stdout)["findings"][0]["code"] == "no_database"


def test_an_older_schema_is_a_finding(call: Call, ran: Path) -> None:
    with open_database(ran) as db, db.write():
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '0025_runs'")
    found = json.loads(call("health", "--json").stdout)
    assert [each["code"] for each in found["findings"]] == ["schema"]
    assert call("metrics").exit_code == 0


def test_a_backlog_that_only_grows(call: Call, ran: Path) -> None:
    now = datetime.now(UTC)
    with open_database(ran) as db:
        for hours, left in ((23, 1), (17, 2_000), (11, 4_000), (5, 6_000)):
            run = runs.begin(db, now - timedelta(hours=hours))
            runs.end(db, run, runs.Ended("done", {}), now - timedelta(hours=hours))
            with db.write():
                db.execute("UPDATE run SET backlog = ? WHERE id = ?", (left, run))
        with db.write():
            db.execute("UPDATE run SET backlog = 7000 WHERE id = 1")
        runs.end(db, runs.begin(db, now), runs.Ended("done", {}), now)
        with db.write():
            db.execute("UPDATE run SET backlog = 7000 WHERE id = (SELECT max(id) FROM run)")
    found = json.loads(call("health", "--json").stdout)
    assert [each["code"] for each in found["findings"]] == ["backlog"]
    assert found["measured"]["backlogs"] == [1, 2_000, 4_000, 6_000]


def test_how_fast_the_database_grows(call: Call, ran: Path) -> None:
    with open_database(ran) as db, db.write():
        old = datetime.now(UTC) - timedelta(days=4)
        at = old.strftime("%Y-%m-%dT%H:%M:%SZ")
        sql = """INSERT INTO run (began_at, ended_at, outcome, database_bytes)
                 VALUES (?1, ?1, 'done', 1)"""
        db.execute(sql, (at,))
        db.execute("UPDATE run SET database_bytes = 4000001 WHERE id = 1")
    found = json.loads(call("health", "--json").stdout)
    assert found["measured"]["grown_a_day"] == pytest.approx(1e6, rel=0.01)


def test_who_holds_the_log_is_named(call: Call, ran: Path) -> None:
    asked = [sys.executable, "-c", _HOLD, str(ran)]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"held\n"
        with open_database(ran) as db:
            for number in range(300):
                with db.write():
                    db.execute("INSERT OR REPLACE INTO run_total VALUES (?, 1)", ("x" * 1_000_000,))
                    db.execute("DELETE FROM run_total WHERE count = ?", (number,))
        named = seen_at(ran)
        done = call("health", "--wal", "100")
        reader.communicate()
    assert [each.split(" (")[0] for each in named] == [f"process {reader.pid}"]
    assert done.exit_code == 1
    assert f"seen there: process {reader.pid}" in done.stdout
    assert seen_at(ran) == ()


def test_the_kernel_list_is_read_by_file_and_byte() -> None:
    locks = """\
1: POSIX  ADVISORY  READ 812 fe:00:77 123 123
2: POSIX  ADVISORY  READ 813 fe:00:77 128 128
3: POSIX  ADVISORY  WRITE 814 fe:00:77 120 120
4: POSIX  ADVISORY  READ 815 fe:00:78 124 124
5: -> POSIX  ADVISORY  READ 816 fe:00:77 125 125
6: FLOCK  ADVISORY  WRITE 817 fe:00:77 0 EOF
7: POSIX  ADVISORY  READ 812 fe:00:77 127 127
"""
    assert holders(locks, 77) == [812, 816]


@pytest.mark.usefixtures("ran")
def test_metrics_are_read_by_their_own_parser(call: Call) -> None:
    done = call("metrics")
    assert done.exit_code == 0
    families = {each.name: each for each in text_string_to_metric_families(done.stdout)}
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert values["aggregator_healthy",] == 1
    assert values["aggregator_feeds", "ok"] == 2
    assert values["aggregator_articles_stored_total",] == 4
    assert values["aggregator_runs_total", "done"] == 1
    assert values["aggregator_last_run_end_timestamp_seconds",] > 1.7e9
    assert families["aggregator_problem"].samples == []
    assert all(family.documentation for family in families.values())


def test_metrics_say_that_there_is_no_database(call: Call) -> None:
    done = call("metrics")
    assert done.exit_code == 0
    assert 'aggregator_problem{code="no_database"} 1.0\naggregator_healthy 0.0' in "\n".join(
        line for line in done.stdout.splitlines() if not line.startswith("#")
    )


@pytest.mark.usefixtures("ran")
def test_health_writes_nothing_and_waits_for_nobody(call: Call, ran: Path) -> None:
    with closing(sqlite3.connect(ran)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert call("health").exit_code == 0
