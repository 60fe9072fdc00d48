"""Whatever is decided and whatever comes: no decision is broken, and each can be taken back."""

from contextlib import suppress

from hypothesis import example, given
from hypothesis import settings as examples

from aggregator.errors import Contradiction, NotFound
from aggregator.storage import decisions
from aggregator.storage.database import Database
from tests.support.editing import computed, take_back
from tests.support.events import FOUND, bring
from tests.support.happenings import BEGIN, DECIDING, EDITING, Step, in_memory, steps, take


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
