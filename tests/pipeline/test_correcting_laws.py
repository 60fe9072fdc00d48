"""Whatever is decided and whatever comes: no decision is broken, and each can be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from aggregator.errors import Contradiction, NotFound
from aggregator.model import FeedSource, Level
from aggregator.storage import decisions, feeds, revisions
from aggregator.storage.database import Database, open_database
from tests.support.editing import apart, computed, remove, take_back, together
from tests.support.events import FOUND, NOW, bring, run

NUMBERS = st.integers(0, len(FOUND) - 1)
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


BEGIN = [Step("bring", "story", (0, 1)), Step("bring", "story", (4, 8))]
DECIDING = ["bring", "bring", "together", "apart", "undo"]
EDITING = [*DECIDING, "revise", "merge", "delete"]


def steps(kinds: list[str]) -> st.SearchStrategy[list[Step]]:
    numbers = st.tuples(NUMBERS, NUMBERS)
    return st.lists(st.builds(Step, st.sampled_from(kinds), LEVELS, numbers), max_size=14)


@contextmanager
def in_memory() -> Iterator[Database]:
    with open_database(":memory:") as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
        yield db


def take(db: Database, step: Step, id_of: dict[int, int]) -> None:
    a, b = step.numbers
    if step.do == "bring":
        for number in step.numbers:
            (id_of[number],) = bring(db, [FOUND[number]])
    elif step.do == "undo":
        take_back(db, a)
    elif a in id_of and b in id_of and a != b:
        act(db, step, id_of)


def act(db: Database, step: Step, id_of: dict[int, int]) -> None:
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


def obeyed(db: Database, happens: list[Step]) -> dict[int, int]:
    """Let it happen, and see after each step that no decision is broken; returns the ids."""
    id_of: dict[int, int] = {}
    for step in [*BEGIN, *happens]:
        with suppress(Contradiction, NotFound):
            take(db, step, id_of)
        assert decisions.unmet(db) == []
    return id_of


@given(steps(DECIDING))
@examples(max_examples=25)
def test_no_decision_is_broken_and_nothing_is_left_of_those_undone(happens: list[Step]) -> None:
    with in_memory() as db:
        id_of = obeyed(db, happens)
        take_back(db, *(each.id for each in decisions.listed(db)))
        with in_memory() as alone:
            bring(alone, [FOUND[number] for number in sorted(id_of)])
            assert by_address(alone) == by_address(db)


@given(steps(EDITING))
@example([Step("apart", "copies", (1, 4)), Step("merge", "copies", (4, 0))])
@examples(max_examples=25)
def test_no_decision_is_broken_whatever_becomes_of_its_articles(happens: list[Step]) -> None:
    with in_memory() as db:
        obeyed(db, happens)


def by_address(db: Database) -> list[set[frozenset[str]]]:
    """Copy groups and stories by the addresses of their articles."""
    url = {row[0]: row[1] for row in db.rows("SELECT id, url FROM article")}
    return [{frozenset(url[each] for each in part) for part in level} for level in computed(db)]
