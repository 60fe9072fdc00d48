"""What is a finding and what is not: nobody is woken for what mends itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.vitals import Limits, Vitals, is_well, judge

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
GIGABYTE = 1_000_000_000
WELL = Vitals(
    at=NOW,
    last_run_began_at=NOW - timedelta(minutes=6),
    last_done_at=NOW - timedelta(minutes=5),
    last_outcome="done",
    last_success_at=NOW - timedelta(minutes=5),
    feeds_active=60,
    feeds_failing=3,
    database_bytes=GIGABYTE,
    disk_free_bytes=50 * GIGABYTE,
    disk_bytes=80 * GIGABYTE,
)
HOURS = timedelta(hours=1)


def codes(vitals: Vitals) -> list[str]:
    return [finding.code for finding in judge(vitals, Limits())]


@pytest.mark.parametrize(
    "otherwise",
    [
        {},
        {"feeds_failing": 59, "last_success_at": NOW - 100 * HOURS},
        {"feeds_failing": 60, "last_success_at": NOW - HOURS},
        {"last_done_at": NOW - 5 * HOURS, "working_since": NOW - 5 * HOURS},
        {"last_done_at": NOW - 5 * HOURS, "last_outcome": "failed", "last_detail": "disk"},
        {"last_done_at": NOW - 20 * HOURS, "working_since": NOW - HOURS},
        {"backlogs": (6_000, 7_000, 6_999, 9_000)},
        {"backlogs": (10, 20, 30, 40)},
        {"backlogs": ()},
        {"wal_bytes": 1_999_000_000, "last_outcome": "stopped"},
        {"oldest_due_at": NOW - 5 * HOURS, "oldest_due_feed": "https://post.example/rss"},
        {"grown_a_day": 1e9},
        {"grown_a_day": 0.0},
        {"feeds_active": 0, "feeds_failing": 0, "last_success_at": None},
        {"last_run_began_at": None, "last_done_at": None, "last_outcome": None},
    ],
)
def test_nobody_is_woken_for(otherwise: dict[str, object]) -> None:
    assert codes(replace(WELL, **otherwise)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "otherwise"),
    [
        ("schema", {"missing_migrations": ("0025_runs",)}),
        ("no_run", {"last_done_at": NOW - 7 * HOURS}),
        ("runs_fail", {"last_done_at": NOW - 7 * HOURS, "last_outcome": "failed"}),
        ("stuck_run", {"last_done_at": NOW - 8 * HOURS, "working_since": NOW - 7 * HOURS}),
        ("nothing_read", {"feeds_failing": 60, "last_success_at": NOW - 25 * HOURS}),
        ("nothing_read", {"feeds_failing": 60, "last_success_at": None}),
        ("overdue", {"oldest_due_at": NOW - 7 * HOURS, "oldest_due_feed": "a"}),
        ("backlog", {"backlogs": (100, 2_000, 4_000, 5_000)}),
        ("disk", {"disk_free_bytes": GIGABYTE - 1}),
        ("disk_fills", {"disk_free_bytes": 20 * GIGABYTE, "grown_a_day": 7e9}),
        ("wal", {"wal_bytes": 2 * GIGABYTE}),
        ("wal", {"last_outcome": "stopped", "last_detail": "the write-ahead log has 64 MB"}),
    ],
)
def test_a_person_is_to_look_where(code: str, otherwise: dict[str, object]) -> None:
    findings = judge(replace(WELL, **otherwise), Limits())  # type: ignore[arg-type]
    assert [finding.code for finding in findings] == [code]
    assert not is_well(findings)
    assert findings[0].sentence
    assert findings[0].action


def test_a_limit_can_be_set() -> None:
    late = replace(WELL, last_done_at=NOW - 2 * HOURS)
    assert judge(late, Limits(run_age=2.5)) == ()
    assert [each.code for each in judge(late, Limits(run_age=1.5))] == ["no_run"]


def test_deliveries_that_were_given_up_are_a_note_and_come_last() -> None:
    noted = judge(replace(WELL, webhooks_dead=3), Limits())
    assert [(each.code, each.level) for each in noted] == [("webhooks", "note")]
    assert is_well(noted)
    both = replace(WELL, webhooks_dead=3, wal_bytes=3 * GIGABYTE, wal_readers=("process 8 (r)",))
    assert codes(both) == ["wal", "webhooks"]
    assert "process 8 (r)" in judge(both, Limits())[0].sentence


def test_the_sentence_says_for_how_long_and_why() -> None:
    failed = replace(
        WELL, last_done_at=NOW - 50 * HOURS, last_outcome="failed", last_detail="disk is full"
    )
    (finding,) = judge(failed, Limits())
    assert "for 2 days" in finding.sentence
    assert "disk is full" in finding.sentence
