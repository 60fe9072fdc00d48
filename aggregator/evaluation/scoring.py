"""One page, all contestants: what each makes of it, what that is worth, and what it costs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aggregator.evaluation import metrics
from aggregator.evaluation.contestants import Found, extract, tells
from aggregator.evaluation.corpora import Half, Page, Truth

__all__ = ["Job", "Measure", "Score", "failed", "score"]


class Measure(StrEnum):
    """What is measured of a page. Of most the mean over pages is what counts."""

    F1 = "F1"
    PRECISION = "precision"
    RECALL = "recall"
    KEPT = "segments kept"
    LOST = "segments lost"
    WRONG = "segments leaked"
    RUNS_PRECISION = "precision of 4-word runs"
    RUNS_RECALL = "recall of 4-word runs"
    LEAKED = "leaked lines"
    LEAD = "lead in lead or text"
    LEAD_APART = "lead told apart"
    TITLE = "title"
    AUTHORS = "authors F1"
    TIME = "time to 5 minutes"
    DAY = "date"
    LANGUAGE = "language"
    TEXT = "gave text"
    SECONDS = "CPU seconds"


@dataclass(frozen=True, slots=True)
class Job:
    """A page with the contestants that are to have it, in this order."""

    page: Page
    contestants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What one contestant did on one page; only what the truth allows to judge is in `values`."""

    of: str
    page: str
    site: str
    half: Half
    language: str | None
    contestant: str
    values: Mapping[Measure, float]
    failure: str = ""


def score(job: Job) -> tuple[Score, ...]:
    """Let the contestants have the page one after the other, and judge each."""
    return tuple(_one(name, job.page) for name in job.contestants)


def failed(page: Page, contestant: str, why: str) -> Score:
    """The score of one that did not live through the page."""
    return _judged(page, contestant, Found("", failure=why), None)


def _one(name: str, page: Page) -> Score:
    began = time.process_time()
    found = extract(name, page)
    return _judged(page, name, found, time.process_time() - began)


def _judged(page: Page, name: str, found: Found, seconds: float | None) -> Score:
    values = {
        Measure.TEXT: float(bool(found.whole.strip())),
        **_text(found, page.truth),
        **_segments(found, page.truth),
        **_said(name, found, page.truth),
    }
    if seconds is not None:
        values[Measure.SECONDS] = seconds
    truth = page.truth
    return Score(
        page.of, page.id, page.site, page.half, truth.language, name, values, found.failure
    )


def _text(found: Found, truth: Truth) -> dict[Measure, float]:
    if truth.text is None:
        return {}
    said = found.whole if truth.counts_lead else found.text
    ours, theirs = metrics.words(said), metrics.words(truth.text)
    single, runs = metrics.overlap(ours, theirs), metrics.overlap(ours, theirs, 4)
    values = {
        Measure.F1: single.f1,
        Measure.PRECISION: single.precision,
        Measure.RECALL: single.recall,
        Measure.RUNS_PRECISION: runs.precision,
        Measure.RUNS_RECALL: runs.recall,
        Measure.LEAKED: float(len(metrics.leaked_lines(said, theirs))),
    }
    if truth.lead:
        values[Measure.LEAD] = metrics.holds_lead(metrics.words(truth.lead), ours)
    return values


def _segments(found: Found, truth: Truth) -> dict[Measure, float]:
    if not truth.wanted and not truth.unwanted:
        return {}
    counted = metrics.segments(found.whole, truth.wanted, truth.unwanted)
    names = (Measure.KEPT, Measure.LOST, Measure.WRONG)
    return dict(zip(names, map(float, counted), strict=True))


def _said(name: str, found: Found, truth: Truth) -> dict[Measure, float]:
    """What is right of all that this contestant tells and the truth knows."""
    values: dict[Measure, float] = {}
    if truth.lead and tells(name, "lead"):
        lead, ours = metrics.words(truth.lead), metrics.words(found.lead)
        values[Measure.LEAD_APART] = metrics.holds_lead(lead, ours)
    if truth.title and tells(name, "title"):
        values[Measure.TITLE] = metrics.same_title(found.title, truth.title)
    if truth.authors and tells(name, "authors"):
        values[Measure.AUTHORS] = metrics.agreement(found.authors, truth.authors)
    if truth.published_at and tells(name, "time"):
        values[Measure.TIME] = metrics.time_is_right(found.published, truth.published_at)
    if truth.day and tells(name, "day"):
        values[Measure.DAY] = metrics.day_is_right(found.published, truth.day)
    if truth.language and tells(name, "language"):
        values[Measure.LANGUAGE] = metrics.language(found.language) == metrics.language(
            truth.language
        )
    return values
