"""What happens to articles, step by step: they come, are revised, merged, removed, decided on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from hypothesis import strategies as st

from aggregator.model import FeedSource, Level
from aggregator.storage import feeds, revisions
from aggregator.storage.database import Database, open_database
from tests.support.editing import apart, remove, take_back, together
from tests.support.events import FOUND, NOW, bring, run

__all__ = ["BEGIN", "DECIDING", "EDITING", "Step", "in_memory", "steps", "take"]

NUMBERS: Final = st.integers(0, len(FOUND) - 1)
LEVELS: st.SearchStrategy[Level] = st.sampled_from(["copies", "story"])


@dataclass(frozen=True)
class Step:
    """Something that happens; what it needs and is not there makes it nothing.

    Of a revision the first of `numbers` gets the text of the second; of a merge the first article
    becomes part of the second.
    """

    do: str
    level: Level
    numbers: tuple[int, int]


BEGIN: Final = [Step("bring", "story", (0, 1)), Step("bring", "story", (4, 8))]
DECIDING: Final = ["bring", "bring", "together", "apart", "undo"]
EDITING: Final = [*DECIDING, "revise", "merge", "delete"]


def steps(kinds: list[str]) -> st.SearchStrategy[list[Step]]:
    """Any row of steps of these kinds."""
    numbers = st.tuples(NUMBERS, NUMBERS)
    return st.lists(st.builds(Step, st.sampled_from(kinds), LEVELS, numbers), max_size=14)


@contextmanager
def in_memory() -> Iterator[Database]:
    """An empty database with one feed."""
    with open_database(":memory:") as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
        yield db


def take(db: Database, step: Step, id_of: dict[int, int]) -> None:
    """Let a step happen; `id_of` maps the numbers of reports in FOUND to articles."""
    a, b = step.numbers
    if step.do == "bring":
        for number in step.numbers:
            (id_of[number],) = bring(db, [FOUND[number]])
    elif step.do == "undo":
        take_back(db, a)
    elif a in id_of and b in id_of and a != b:
        _act(db, step, id_of)


def _act(db: Database, step: Step, id_of: dict[int, int]) -> None:
    a, b = step.numbers
    if step.do in {"together", "apart"}:
        decide = together if step.do == "together" else apart
        decide(db, id_of[a], id_of[b], level=step.level)
    elif step.do == "revise":
        (own, outlet), other = FOUND[a], FOUND[b][0]
        article = replace(own.article, title=other.article.title, text=other.article.text)
        bring(db, [(replace(other, article=article), outlet)])
    elif step.do == "merge":
        with db.write():
            revisions._merge(db, id_of.pop(a), id_of[b], NOW)
        run(db)
    else:
        remove(db, id_of.pop(a))
        run(db)
