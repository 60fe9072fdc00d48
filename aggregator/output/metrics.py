"""Figures of an installation in the text format of Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from aggregator.core.vitals import Finding, Vitals

__all__ = ["exposition"]


def exposition(
    vitals: Vitals | None, findings: Sequence[Finding], totals: Mapping[str, int]
) -> str:
    """All figures, a family each; `vitals` is None where nothing could be measured.

    `totals` are counts since the log of runs began, by their names. Times are in seconds since
    1970, sizes in bytes.
    """
    registry = CollectorRegistry()
    registry.register(_Once([*_families(vitals, findings), *_counters(totals)]))
    return generate_latest(registry).decode()


class _Once(Collector):
    """Hands over what is there already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        """All families."""
        return self._families


def _families(vitals: Vitals | None, findings: Sequence[Finding]) -> Iterator[Metric]:
    problem = GaugeMetricFamily(
        "aggregator_problem", "1 for each finding of health that a person should look at.",
        labels=["code"],
    )  # fmt: skip
    for each in findings:
        if each.level == "problem":
            problem.add_metric([each.code], 1)
    yield problem
    healthy = all(each.level == "note" for each in findings)
    yield _gauge("healthy", "1 where health has no finding to look at.", int(healthy))
    if vitals is not None:
        yield from _measured(vitals)


def _measured(vitals: Vitals) -> Iterator[Metric]:
    feeds = GaugeMetricFamily("aggregator_feeds", "Listed feeds by how they are.", labels=["state"])
    well = vitals.feeds_active - vitals.feeds_failing
    for state, count in (
        ("ok", well),
        ("failing", vitals.feeds_failing),
        ("gone", vitals.feeds_gone),
    ):
        feeds.add_metric([state], count)
    yield feeds
    yield from _times(vitals)
    for name, what, value in (
        ("entries_waiting", "Entries whose page is due.", vitals.entries_waiting),
        ("articles_unclustered", "Articles that no run has grouped.", vitals.articles_waiting),
        ("webhooks_waiting", "Deliveries that wait for their webhook.", vitals.webhooks_waiting),
        ("webhooks_given_up", "Deliveries that were given up.", vitals.webhooks_dead),
        ("database_bytes", "Size of the database file.", vitals.database_bytes),
        ("wal_bytes", "Size of the write-ahead log.", vitals.wal_bytes),
        ("disk_free_bytes", "Free on the database's disk.", vitals.disk_free_bytes),
        ("disk_bytes", "Size of the database's disk.", vitals.disk_bytes),
    ):
        yield _gauge(name, what, value)


def _times(vitals: Vitals) -> Iterator[Metric]:
    """Moments, each only where it is known."""
    for name, what, moment in (
        ("last_run_begin", "When the newest run began.", vitals.last_run_began_at),
        ("last_run_end", "When a run last came to its end.", vitals.last_done_at),
        ("working_since", "When the run at work began.", vitals.working_since),
        ("last_success", "When a feed was last read.", vitals.last_success_at),
        ("oldest_due", "When the feed had its turn that waits longest.", vitals.oldest_due_at),
    ):
        if moment is not None:
            yield _gauge(f"{name}_timestamp_seconds", what, _seconds(moment))


def _counters(totals: Mapping[str, int]) -> Iterator[Metric]:
    runs = CounterMetricFamily(
        "aggregator_runs", "Runs with work by how they ended.", labels=["outcome"]
    )
    for name, count in sorted(totals.items()):
        if name.startswith("runs_"):
            runs.add_metric([name.removeprefix("runs_")], count)
        else:
            what = f"{name.replace('_', ' ').capitalize()}, of all runs."
            yield CounterMetricFamily(f"aggregator_{name}", what, value=count)
    yield runs


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"aggregator_{name}", what, value=value)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
