"""What docs/operations.md says of logs and metrics, against the program."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from aggregator.core.vitals import Finding, Vitals
from aggregator.output.metrics import exposition
from aggregator.pipeline.events import Event
from aggregator.pipeline.report import RunReport
from aggregator.storage.runs import COUNTS
from tests.support.runs import ROOT

PAGE = Path(ROOT, "docs", "operations.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 4, tzinfo=UTC)


def test_every_event_of_the_log_is_there_with_its_fields() -> None:
    named = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \| .*$", PAGE, re.MULTILINE))
    found = {kind.__name__: [field.name for field in fields(kind)] for kind in get_args(Event)}
    found["RunDone"] = list(RunReport().counts())
    assert {name: words.split(", ") for name, words in named.items()} == found


def test_every_outcome_of_an_event_is_there() -> None:
    for kind in get_args(Event):
        outcomes = get_args(kind.__annotations__.get("outcome", ""))
        (row,) = re.findall(rf"^\| `{kind.__name__}` .*$", PAGE, re.MULTILINE)
        assert [each for each in outcomes if f"`{each}`" not in row] == []


def test_every_metric_is_there() -> None:
    named = set(re.findall(r"^\| `(aggregator_\w+)` \|", PAGE, re.MULTILINE))
    whole = Vitals(
        at=NOW,
        last_run_began_at=NOW,
        last_done_at=NOW,
        working_since=NOW,
        last_success_at=NOW,
        oldest_due_at=NOW,
    )
    totals = {**dict.fromkeys(COUNTS, 1), "runs_done": 1}
    problem = Finding("disk", "problem", "", "")
    text = exposition(whole, [problem], totals)
    shown = set(re.findall(r"^(aggregator_\w+)", text, re.MULTILINE))
    assert named == {name for name in shown if not name.endswith("_created")}


def test_a_run_counts_what_its_log_keeps() -> None:
    assert tuple(RunReport().counts()) == COUNTS
