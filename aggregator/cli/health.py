"""The commands `health` and `metrics`: how the whole installation is, for people and monitoring."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import as_json, database_option, examples, present
from aggregator.cli.text import line, local, say, say_json
from aggregator.core.vitals import Finding, Limits, Vitals, is_well, judge
from aggregator.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["health", "metrics"]

_DEFAULT: Final = Limits()
_SPAN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether all is well, what is not, and what was measured; None where nothing could be."""

    healthy: bool
    findings: tuple[Finding, ...]
    measured: Vitals | None


@click.command(epilog=examples("aggregator health", "aggregator health --json --run-age 2"))
@click.option(
    "--run-age",
    type=click.FloatRange(0.1),
    default=_DEFAULT.run_age,
    show_default=True,
    metavar="HOURS",
    help="No run came to its end for so long.",
)
@click.option(
    "--success-age",
    type=click.FloatRange(0.1),
    default=_DEFAULT.success_age,
    show_default=True,
    metavar="HOURS",
    help="Every feed fails, and none was read for so long.",
)
@click.option(
    "--backlog",
    type=click.IntRange(1),
    default=_DEFAULT.backlog,
    show_default=True,
    metavar="NUMBER",
    help="What waits grew through the whole last day, to so much.",
)
@click.option(
    "--disk-free",
    type=click.FloatRange(0),
    default=_DEFAULT.disk_free,
    show_default=True,
    metavar="MB",
    help="Less is free on the database's disk.",
)
@click.option(
    "--disk-days",
    type=click.FloatRange(0),
    default=_DEFAULT.disk_days,
    show_default=True,
    metavar="DAYS",
    help="As the database grows, the disk is full in fewer.",
)
@click.option(
    "--wal",
    type=click.FloatRange(1),
    default=_DEFAULT.wal,
    show_default=True,
    metavar="MB",
    help="The write-ahead log is larger, since a reader holds it.",
)
@database_option
@as_json
@click.pass_context
def health(context: click.Context, /, *, db: Path, as_json: bool, **limits: float) -> None:
    """Say whether all is well, and if not, what to do: for monitoring, and for people.

    Ends with 1 where a person should look soon: no run for hours, nothing read for a day, a disk
    that fills, a backlog that only grows, a write-ahead log that a reader holds. A feed that fails
    is no such thing, nor is one long run; "aggregator feeds" shows how feeds are. Changes nothing,
    and takes no lock.
    """
    found = _examined(db, Limits(**limits))  # type: ignore[arg-type]
    if as_json:
        say_json(found)
    else:
        for each in _lines(found):
            say(each)
    context.exit(0 if found.healthy else 1)


@click.command(epilog=examples("aggregator metrics > /var/lib/node_exporter/aggregator.prom"))
@database_option
def metrics(*, db: Path) -> None:
    """Write figures in the text format of Prometheus, for its textfile collector.

    Where there is no usable database it writes that alone (aggregator_problem with the code
    no_database), and ends with 0: monitoring is to see it.
    """
    from aggregator.output.metrics import exposition
    from aggregator.storage.vitals import counted

    found = _examined(db, _DEFAULT)
    totals = counted(db) if found.measured is not None else {}
    say(exposition(found.measured, found.findings, totals).rstrip())


def _examined(db: Path, limits: Limits) -> Health:
    from aggregator.storage.vitals import measured

    try:
        vitals = measured(db, present(), span=_SPAN)
    except DatabaseError as error:
        action = "do what it says; where the file is broken: aggregator restore FILE"
        finding = Finding("no_database", "problem", str(error), action)
        return Health(healthy=False, findings=(finding,), measured=None)
    findings = judge(vitals, limits)
    return Health(is_well(findings), findings, vitals)


def _lines(found: Health) -> "Iterator[str]":
    yield "well" if found.healthy else "not well"
    for finding in found.findings:
        yield f"{finding.level}: {line(finding.sentence)}"
        yield f"  {line(finding.action)}"
    if found.measured is not None:
        yield from _figures(found.measured)


def _figures(vitals: Vitals) -> "Iterator[str]":
    yield f"last run ended {local(vitals.last_done_at)}"
    if vitals.working_since:
        yield f"a run is at work since {local(vitals.working_since)}"
    failing = f"{vitals.feeds_failing:,} of {vitals.feeds_active:,} fail"
    yield f"last feed read {local(vitals.last_success_at)}; {failing}, {vitals.feeds_gone:,} gone"
    if vitals.oldest_due_at:
        yield f"oldest turn {local(vitals.oldest_due_at)}: {line(vitals.oldest_due_feed)}"
    yield f"waiting: {vitals.entries_waiting:,} entries, {vitals.articles_waiting:,} articles"
    yield f"waiting for webhooks: {vitals.webhooks_waiting:,}, given up {vitals.webhooks_dead:,}"
    free, whole = vitals.disk_free_bytes / 1e9, vitals.disk_bytes / 1e9
    yield f"disk: {free:,.1f} of {whole:,.1f} GB free"
    size, log = vitals.database_bytes / 1e6, vitals.wal_bytes / 1e6
    yield f"database {size:,.0f} MB, write-ahead log {log:,.0f} MB"
