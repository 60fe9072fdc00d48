"""What a run did, counted from its events."""

from dataclasses import dataclass, field, replace
from typing import Self

from aggregator.pipeline.events import ArticleDone, BatchDone, Event, FeedPolled

__all__ = ["RunReport"]


@dataclass(slots=True)
class RunReport:
    """Counts of one run, and the feeds that failed with their causes.

    `clustered` counts articles that were put into copy groups and stories. `halted` says why it
    ended early, where nobody asked it to.
    """

    feeds_due: int = 0
    feeds_changed: int = 0
    feeds_unchanged: int = 0
    feeds_postponed: int = 0
    feeds_failed: list[FeedPolled] = field(default_factory=list)
    articles_stored: int = 0
    articles_known: int = 0
    articles_rejected: int = 0
    articles_waiting: int = 0
    clustered: int = 0
    stopped: bool = False
    halted: str = ""

    @property
    def nothing_could_be_done(self) -> bool:
        """Whether feeds were due and every one of them failed."""
        return self.feeds_due > 0 and len(self.feeds_failed) == self.feeds_due

    def __add__(self, later: Self) -> Self:
        """The figures of two runs together; the failures are those of the later one's feeds too."""
        failed = {each.url: each for each in (*self.feeds_failed, *later.feeds_failed)}
        return replace(
            self,
            feeds_due=self.feeds_due + later.feeds_due,
            feeds_changed=self.feeds_changed + later.feeds_changed,
            feeds_unchanged=self.feeds_unchanged + later.feeds_unchanged,
            feeds_postponed=self.feeds_postponed + later.feeds_postponed,
            feeds_failed=list(failed.values()),
            articles_stored=self.articles_stored + later.articles_stored,
            articles_known=self.articles_known + later.articles_known,
            articles_rejected=self.articles_rejected + later.articles_rejected,
            articles_waiting=later.articles_waiting,
            clustered=self.clustered + later.clustered,
            stopped=later.stopped,
            halted=later.halted,
        )

    def counts(self) -> dict[str, int]:
        """The figures by name, for a log line or a program."""
        return {
            "feeds_due": self.feeds_due,
            "feeds_changed": self.feeds_changed,
            "feeds_unchanged": self.feeds_unchanged,
            "feeds_postponed": self.feeds_postponed,
            "feeds_failed": len(self.feeds_failed),
            "articles_stored": self.articles_stored,
            "articles_known": self.articles_known,
            "articles_rejected": self.articles_rejected,
            "articles_waiting": self.articles_waiting,
            "articles_clustered": self.clustered,
        }

    def count(self, event: Event) -> None:
        """Add one event."""
        if isinstance(event, FeedPolled):
            self._count_feed(event)
        elif isinstance(event, ArticleDone):
            self._count_article(event)
        elif isinstance(event, BatchDone):
            self.clustered += event.articles

    def _count_feed(self, event: FeedPolled) -> None:
        self.feeds_due += 1
        if event.outcome == "failed":
            self.feeds_failed.append(event)
        elif event.outcome == "changed":
            self.feeds_changed += 1
        elif event.outcome == "postponed":
            self.feeds_postponed += 1
        else:
            self.feeds_unchanged += 1

    def _count_article(self, event: ArticleDone) -> None:
        if event.outcome == "stored":
            self.articles_stored += 1
        elif event.outcome == "known":
            self.articles_known += 1
        elif event.outcome == "rejected":
            self.articles_rejected += 1
        else:
            self.articles_waiting += 1
