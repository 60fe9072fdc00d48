"""Tells what an outlet changed of an article from what only we cleaned otherwise."""

from aggregator.core import mending
from aggregator.core.differences import differences
from aggregator.model import Article

__all__ = ["is_new_version"]


def is_new_version(before: Article, after: Article) -> bool:
    """Whether an outlet changed headline or text of what it published.

    A line is no change of theirs that is in one of both only since we took it out of the other:
    what recurs on a site is learnt, and forgotten, and our rules change.
    """
    if before.title != after.title:
        return True
    lines = differences(_in_full(before), _in_full(after)).lines
    return any(line.reason in {"", "moved"} for line in lines)


def _in_full(article: Article) -> Article:
    """The article with its lead, and what was learnt to recur, among the lines of its text."""
    every = mending.whole(mending.state_of(article))
    full = mending.Mended("", "\n".join(line.text for line in every), (), ())
    return mending.applied(article, full)
