"""Says how the whole installation is, from what was measured of it, and what a person can do.

It must never cry wolf: a feed that fails, an hour without news or a long run is no finding. What
counts is what does not mend itself: no run for hours, nothing read for a day, a disk that fills, a
backlog that only grows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from aggregator.core.spans import in_words

__all__ = ["Code", "Finding", "Limits", "Vitals", "is_well", "judge"]

Code = Literal[
    "no_database", "schema", "no_run", "runs_fail", "stuck_run", "nothing_read", "overdue",
    "backlog", "disk", "disk_fills", "wal", "webhooks",
]  # fmt: skip

_GROWING: Final = 4
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured of an installation at one time; times in UTC, sizes in bytes.

    `last_done_at` is when a run last came to its end, with work or without; `working_since` when
    the one at work began. `backlogs` are what runs left to do, the least of each of four equal
    spans of time, the last one up to now; empty where it is not known of each. `grown_a_day` is
    how much the database grew a day over the last days, None where that is not known yet.
    """

    at: datetime
    missing_migrations: tuple[str, ...] = ()
    last_run_began_at: datetime | None = None
    last_done_at: datetime | None = None
    working_since: datetime | None = None
    last_outcome: str | None = None
    last_detail: str | None = None
    last_success_at: datetime | None = None
    feeds_active: int = 0
    feeds_failing: int = 0
    feeds_gone: int = 0
    oldest_due_at: datetime | None = None
    oldest_due_feed: str | None = None
    entries_waiting: int = 0
    articles_waiting: int = 0
    backlogs: tuple[int, ...] = ()
    database_bytes: int = 0
    wal_bytes: int = 0
    wal_readers: tuple[str, ...] = ()
    disk_free_bytes: int = 0
    disk_bytes: int = 0
    grown_a_day: float | None = None
    webhooks_waiting: int = 0
    webhooks_dead: int = 0

    @property
    def backlog(self) -> int:
        """Entries whose page is due, and articles that no run has grouped yet."""
        return self.entries_waiting + self.articles_waiting


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is a finding; times in hours, sizes in megabytes."""

    run_age: float = 6.0
    success_age: float = 24.0
    backlog: int = 5_000
    disk_free: float = 1_000.0
    disk_days: float = 3.0
    wal: float = 2_000.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is so, and what to do; a note is no reason to be woken."""

    code: Code
    level: Literal["problem", "note"]
    sentence: str
    action: str


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether there is nothing that a person must do soon."""
    return all(each.level == "note" for each in findings)


def judge(vitals: Vitals, limits: Limits) -> tuple[Finding, ...]:
    """All that is to be said of an installation, the gravest first."""
    if vitals.missing_migrations:
        return (_schema(vitals),)
    findings = [
        *_disk(vitals, limits),
        *_runs(vitals, limits),
        *_feeds(vitals, limits),
        *_backlog(vitals, limits),
        *_wal(vitals, limits),
        *_webhooks(vitals),
    ]
    return tuple(sorted(findings, key=lambda each: each.level == "note"))


def _schema(vitals: Vitals) -> Finding:
    sentence = f"the database lacks {', '.join(vitals.missing_migrations)}: no run came since the "
    return Finding(
        "schema",
        "problem",
        f"{sentence}program was updated",
        "start a run, which brings it up to date: aggregator poll, or restart the daemon",
    )


def _disk(vitals: Vitals, limits: Limits) -> Iterator[Finding]:
    free = vitals.disk_free_bytes / _MEGABYTE
    action = (
        "free some space on that disk (no file beside the database, whose -wal and -shm belong to "
        "it); keep pages for fewer days with storage.keep_pages, then: aggregator maintain"
    )
    if free < limits.disk_free:
        yield Finding("disk", "problem", f"only {_size(vitals.disk_free_bytes)} are free", action)
    elif vitals.grown_a_day and vitals.disk_free_bytes / vitals.grown_a_day < limits.disk_days:
        days = vitals.disk_free_bytes / vitals.grown_a_day
        sentence = (
            f"{_size(vitals.disk_free_bytes)} are free, and the database grows by "
            f"{_size(vitals.grown_a_day)} a day: full in {days:.1f} days"
        )
        yield Finding("disk_fills", "problem", sentence, action)


def _runs(vitals: Vitals, limits: Limits) -> Iterator[Finding]:
    """No run that came to its end for hours: none was begun, all fail, or one hangs."""
    span = timedelta(hours=limits.run_age)
    done = vitals.last_done_at
    if done is not None and vitals.at - done <= span:
        return
    ago = "no run was ever finished" if done is None else f"no run was finished for {_ago(vitals)}"
    if vitals.working_since is not None:
        if vitals.at - vitals.working_since > span:
            yield Finding(
                "stuck_run",
                "problem",
                f"{ago}; the one at work began {in_words(vitals.at - vitals.working_since)} ago",
                "see in its log whether it still does something; if not, end it with SIGTERM, or "
                "SIGKILL if it does not listen: the next run goes on where it was. If it is gone "
                "already, nothing starts runs any more: see cron, or systemctl status",
            )
    elif vitals.last_outcome == "failed":
        why = f": {vitals.last_detail}" if vitals.last_detail else ""
        yield Finding(
            "runs_fail",
            "problem",
            f"{ago}; the last one failed{why}",
            "do what its message says, or see its log; then: aggregator poll",
        )
    elif vitals.last_run_began_at is not None:
        yield Finding(
            "no_run",
            "problem",
            ago,
            "see whether cron or the daemon is alive: systemctl status 'aggregator*', crontab -l",
        )


def _ago(vitals: Vitals) -> str:
    assert vitals.last_done_at is not None
    return in_words(vitals.at - vitals.last_done_at)


def _feeds(vitals: Vitals, limits: Limits) -> Iterator[Finding]:
    """Nothing read for a day though there are feeds, or a feed that no run asks."""
    read, turn = vitals.last_success_at, vitals.oldest_due_at
    if vitals.feeds_active and vitals.feeds_failing == vitals.feeds_active:
        span = timedelta(hours=limits.success_age)
        if read is None or vitals.at - read > span:
            since = "ever" if read is None else f"for {in_words(vitals.at - read)}"
            yield Finding(
                "nothing_read",
                "problem",
                f"no feed could be read {since}: all {vitals.feeds_active} fail",
                "see whether this machine reaches the network and resolves names; causes: "
                "aggregator feeds",
            )
    late = timedelta(hours=limits.run_age)
    done = vitals.last_done_at
    if turn is not None and vitals.at - turn > late and done and vitals.at - done <= late:
        yield Finding(
            "overdue",
            "problem",
            f"runs end, but {vitals.oldest_due_feed} has waited for its turn "
            f"for {in_words(vitals.at - turn)}",
            "see the log of runs: those that are stopped early do not get to it; a time limit of "
            "cron or systemd may be too short",
        )


def _backlog(vitals: Vitals, limits: Limits) -> Iterator[Finding]:
    """What is left to do grew through the whole time, and is much."""
    least = vitals.backlogs
    grows = len(least) == _GROWING and all(a < b for a, b in pairwise(least))
    if grows and least[-1] >= limits.backlog:
        steps = ", ".join(f"{each:,}" for each in least)
        yield Finding(
            "backlog",
            "problem",
            f"what is left to do only grows: {steps} articles and entries in the last day",
            "see what is slow: aggregator manners for hosts that want quiet; more workers "
            "(workers.count), or fewer feeds",
        )


def _wal(vitals: Vitals, limits: Limits) -> Iterator[Finding]:
    halted = vitals.last_outcome == "stopped" and vitals.last_detail is not None
    if vitals.wal_bytes < limits.wal * _MEGABYTE and not halted:
        return
    who = f" (seen there: {', '.join(vitals.wal_readers)})" if vitals.wal_readers else ""
    yield Finding(
        "wal",
        "problem",
        f"the write-ahead log has {_size(vitals.wal_bytes)}: a reader holds a transaction "
        f"open{who}",
        "end that reader, or have it close its transaction; the next run makes the log small "
        "again. At storage.max_wal runs take nothing up any more",
    )


def _webhooks(vitals: Vitals) -> Iterator[Finding]:
    if vitals.webhooks_dead:
        yield Finding(
            "webhooks",
            "note",
            f"{vitals.webhooks_dead:,} deliveries to webhooks were given up",
            "see which, and send them again once the receiver is well: aggregator webhooks",
        )


def _size(size: float) -> str:
    if size < 1_000 * _MEGABYTE:
        return f"{size / _MEGABYTE:,.0f} MB"
    return f"{size / _MEGABYTE / 1_000:,.1f} GB"
