"""Whatever happens to stories: each card, as it is kept, is the one that would be made now."""

from contextlib import suppress
from typing import Final

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from aggregator.errors import Contradiction, NotFound
from aggregator.model import Decision, FeedSource, Kind
from aggregator.storage import carding, decision_log, decisions, feeds
from aggregator.storage.cards import Kept, unpack
from aggregator.storage.database import Database, open_database
from tests.support.events import NOW
from tests.support.happenings import BEGIN, EDITING, Step, steps, take

PRESS: Final = FeedSource("https://press.example/rss", "press")
KINDS: Final[tuple[Kind, ...]] = ("pin", "hide", "rename", "star", "note")
MARKS: Final = st.tuples(st.sampled_from(KINDS), st.booleans(), st.integers(0, 9))
EVA: Final = "eva"

Cards = dict[int, tuple[Kept, frozenset[tuple[str, str]]]]


@given(steps(EDITING), st.lists(MARKS, max_size=10))
@examples(max_examples=25)
def test_cards_are_what_would_be_made_now_and_stand_in_their_lists(
    happens: list[Step], marks: list[tuple[Kind, bool, int]]
) -> None:
    with open_database(":memory:", clock=lambda: NOW) as db:
        feeds.sync(db, [PRESS], NOW)
        id_of = dict[int, int]()
        for at, step in enumerate([*BEGIN, *happens]):
            with suppress(Contradiction, NotFound):
                take(db, step, id_of)
            if at < len(marks):
                mark(db, *marks[at])
            carding.catch_up(db, NOW)
            assert kept(db) == made(db)


def mark(db: Database, kind: Kind, makes: bool, number: int) -> None:
    """Decide something of a story, or take back all such decisions on it."""
    numbers = [row[0] for row in db.rows("SELECT id FROM story ORDER BY id")]
    story = numbers[number % len(numbers)]
    with db.write():
        if makes:
            wanted = Decision(0, NOW, EVA, kind, story_id=story, value=f"Title {number}")
            decisions.add(db, wanted, story)
        for each in () if makes else decision_log.standing_on(db, story, kind):
            decisions.undo(db, each, by=EVA, now=NOW)


def kept(db: Database) -> Cards:
    """What the board has of each story."""
    found: dict[int, set[tuple[str, str]]] = {}
    for kind, value, story in db.rows("SELECT kind, value, story_id FROM story_list"):
        found.setdefault(story, set()).add((kind, value))
    rows = db.rows("SELECT story_id, card FROM story_card")
    cards = {story: (unpack(card), frozenset(found.pop(story))) for story, card in rows}
    assert found == {}
    return cards


def made(db: Database) -> Cards:
    """What it would have if all were made now."""
    every: Cards = {}
    for (story,) in db.rows("SELECT id FROM story WHERE article_count > 0"):
        card, lists = carding.made(db, story, NOW)
        assert card is not None
        every[story] = card.kept, frozenset(lists)
    return every
