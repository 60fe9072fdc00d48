"""What a run brought, as a table for people and as an object for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.cli.causes import Trouble, show_troubles
from aggregator.cli.options import elsewhere, present, program
from aggregator.cli.stories import story_table
from aggregator.cli.text import counted, local, say, screen_width, table
from aggregator.core.urls import without_credentials
from aggregator.storage import readers
from aggregator.storage.readers import FeedRow, Filter, StoryRow, Totals

if TYPE_CHECKING:
    from aggregator.pipeline.report import RunReport
    from aggregator.storage.database import Database

__all__ = ["Outcome", "as_object", "look", "show"]

_BIGGEST: Final = 10


@dataclass(frozen=True, slots=True)
class Failure:
    """A feed that failed, and why."""

    outlet: str
    url: str
    cause: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run with what the database holds after it; `ever` is whether any feed was ever read."""

    database: Path
    run: "RunReport"
    ever: bool
    failed: tuple[Failure, ...]
    totals: Totals
    stories: tuple[StoryRow, ...]
    next_turn: datetime | None

    @property
    def nothing_ever_reached(self) -> bool:
        """Whether this run brought nothing, and none before it, although there are feeds."""
        idle = self.run.feeds_due == 0 or self.run.nothing_could_be_done
        return idle and not self.ever and self.totals.feeds > 0 and not self.run.stopped

    @property
    def exit_code(self) -> int:
        """1 where feeds were due and every one failed, 130 where the run was interrupted."""
        if self.run.stopped:
            return 130
        return 1 if self.run.nothing_could_be_done else 0


def look(db: "Database", path: Path, run: "RunReport") -> Outcome:
    """Put together what a run did and what there is now."""
    feeds = [feed for feed in readers.feeds(db) if feed.listed]
    ever = any(feed.last_success_at for feed in feeds)
    failed = tuple(_failure(each.outlet, each.url, each.detail) for each in run.feeds_failed)
    turns = [feed.next_poll_at for feed in feeds if feed.next_poll_at and feed.status == "active"]
    return Outcome(
        database=path,
        run=run,
        ever=ever,
        # Where none was due now and none was ever read, their last errors are what is to be told.
        failed=failed if run.feeds_due or ever else _last_errors(feeds),
        totals=readers.totals(db),
        stories=tuple(readers.stories(db, Filter(), limit=_BIGGEST, now=present())),
        next_turn=min(turns, default=None),
    )


def _last_errors(feeds: Sequence[FeedRow]) -> tuple[Failure, ...]:
    return tuple(_failure(f.outlet, f.url, f.last_error) for f in feeds if f.last_error)


def _failure(outlet: str, url: str, cause: str) -> Failure:
    return Failure(outlet, without_credentials(url), cause)


def as_object(outcome: Outcome) -> dict[str, object]:
    """The documented keys."""
    return {
        "database": str(outcome.database),
        "stopped": outcome.run.stopped,
        "counts": outcome.run.counts(),
        "failed": [asdict(each) for each in outcome.failed],
        "totals": asdict(outcome.totals),
        "stories": [asdict(each) for each in outcome.stories],
    }


# --- for people ------------------------------------------------------------------------------


def show(outcome: Outcome, *, invented: bool = False) -> None:
    """Failed feeds with their causes, the figures, the biggest stories, and what to do next."""
    if outcome.failed:
        say(f"\nFailed ({counted(len(outcome.failed), 'feed')}):")
        show_troubles(Trouble(each.outlet, each.url, each.cause) for each in outcome.failed)
    say("\n" + table(("", "THIS RUN", f"IN {outcome.database}"), _figures(outcome), screen_width()))
    if outcome.stories:
        say("\nThe newest and biggest stories:")
        say(story_table(outcome.stories))
    say("\n" + _next(outcome, invented=invented))


def _figures(outcome: Outcome) -> list[tuple[str, str, str]]:
    run, totals = outcome.run, outcome.totals
    polled = run.feeds_due - run.feeds_postponed
    failed = polled - run.feeds_changed - run.feeds_unchanged
    postponed = [("... put off: not wanted now", f"{run.feeds_postponed:,}", "")]
    return [
        ("Feeds polled", f"{polled:,}", f"{totals.feeds:,}"),
        ("... with news", f"{run.feeds_changed:,}", ""),
        ("... unchanged", f"{run.feeds_unchanged:,}", ""),
        ("... failed", f"{failed:,}", ""),
        *(postponed if run.feeds_postponed else ()),
        ("Articles", f"{run.articles_stored:,}", f"{totals.articles:,}"),
        ("... known already", f"{run.articles_known:,}", ""),
        ("... rejected", f"{run.articles_rejected:,}", f"{totals.rejected:,}"),
        ("... to be tried again", f"{run.articles_waiting:,}", f"{totals.waiting:,}"),
        ("Copy groups", "", f"{totals.copy_groups:,}, of {counted(totals.copies, 'article')}"),
        ("Stories", "", f"{totals.stories:,}"),
    ]


def _next(outcome: Outcome, *, invented: bool) -> str:
    """One line on what to do next."""
    us, there = program(), elsewhere(outcome.database)
    if outcome.run.stopped:
        return f"Stopped. The next run continues where this one ended: {us} poll{there}"
    if outcome.totals.feeds == 0:
        return f"There are no feeds. Next: {us} add URL"
    if outcome.nothing_ever_reached:
        return (
            f"Next: see that this machine reaches the network, then {us} poll{there}; or {us} demo"
        )
    if not outcome.stories:
        turn = local(outcome.next_turn)
        return f"No stories yet. The next feed's turn is at {turn}: {us} poll{there}"
    first = outcome.stories[0].id
    live = f"to keep it current: python scheduler.py{there}"
    more = f"for real feeds: {us} poll" if invented else live
    return f"Next: {us} stories{there}, {us} story {first}{there}, {us} search WORDS{there}; {more}"
