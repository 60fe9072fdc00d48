"""Whatever happens to articles: ids never come back, and what says other things is newer."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from hypothesis import given
from hypothesis import settings as examples

from aggregator.errors import Contradiction, NotFound
from aggregator.model import FeedSource
from aggregator.output.syndication import StoryItem
from aggregator.storage import feeds, stories, syndication
from aggregator.storage.database import Database, open_database
from aggregator.storage.readers import Filter
from tests.support.events import NOW, run
from tests.support.happenings import BEGIN, EDITING, Step, steps, take

MINUTE: Final = timedelta(minutes=1)


def items(db: Database) -> dict[int, StoryItem]:
    return {each.story_id: each for each in syndication.stories(db, Filter(), None, 100)}


def said(item: StoryItem) -> StoryItem:
    return replace(item, updated_at=NOW)


@given(steps(EDITING))
@examples(max_examples=25)
def test_items_keep_their_ids_and_are_newer_where_they_say_other_things(
    happens: list[Step],
) -> None:
    now = NOW
    with open_database(":memory:", clock=lambda: now) as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
        id_of, before, gone = dict[int, int](), dict[int, StoryItem](), set[str]()
        for step in [*BEGIN, *happens]:
            now += MINUTE
            with suppress(Contradiction, NotFound):
                take(db, step, id_of)
            after = items(db)
            assert len({each.id for each in after.values()}) == len(after)
            assert not gone & {each.id for each in after.values()}
            gone |= {before[each].id for each in before.keys() - after.keys()}
            for number in before.keys() & after.keys():
                assert before[number].id == after[number].id
                if said(before[number]) != said(after[number]):
                    assert after[number].updated_at == now
            before = after
        now += MINUTE
        with db.write():
            db.execute("UPDATE article SET clustered = 0")
        run(db)
        stories.close(db, NOW + timedelta(days=9))
        assert items(db) == before
