"""Stories that are near another one."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core import stories
from aggregator.model import Decision, StoryLink, StoryText
from aggregator.storage import decisions, feeds, retiring, story_texts
from aggregator.storage.database import Database
from aggregator.storage.related import related
from tests.support.kept import POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPEAKS_OF = {
    "bridge": {"bridge": 0.7, "river": 0.5, "repair": 0.5},
    "ferry": {"bridge": 0.5, "river": 0.8, "boat": 0.3},
    "dam": {"bridge": 0.2, "river": 0.3, "dam": 0.9},
    "brewery": {"beer": 0.9, "river": 0.1, "malt": 0.3},
}


@pytest.fixture
def numbers(db: Database) -> dict[str, int]:
    """Story numbers by what they tell of: each of one text, a day apart."""
    feeds.sync(db, [POST], NOW)
    found = {}
    for days, (name, vector) in enumerate(SPEAKS_OF.items()):
        at = NOW - timedelta(days=days)
        article = keep(db, POST, report(name, at), NOW)
        found[name] = tell(db, [[article]])
        group = db.value("SELECT copy_group_id FROM article WHERE id = ?", (article,))
        text = StoryText(group, "en", at, at, vector, name, f"Outlet {name}")
        with db.write():
            story_texts.save(db, text, 1, stories.keys(text))
    return found


def near(db: Database, numbers: dict[str, int], name: str, limit: int = 6) -> list[str]:
    names = {number: name for name, number in numbers.items()}
    return [names[each.story.id] for each in related(db, numbers[name], limit)]


def test_those_that_share_what_they_tell_come_the_most_alike_first(
    db: Database, numbers: dict[str, int]
) -> None:
    assert near(db, numbers, "bridge") == ["ferry", "dam"]
    assert near(db, numbers, "bridge", limit=1) == ["ferry"]
    assert near(db, numbers, "brewery") == []
    ferry = related(db, numbers["bridge"])[0]
    assert set(ferry.terms) == {"bridge", "river"}
    assert 0 < ferry.likeness < 1


def test_a_hidden_story_is_left_out(db: Database, numbers: dict[str, int]) -> None:
    with db.write():
        decisions.add(db, Decision(0, NOW, "eva", "hide"), numbers["ferry"])
    assert near(db, numbers, "bridge") == ["dam"]


def test_where_keys_were_retired_links_alone_lead_to_others(
    db: Database, numbers: dict[str, int]
) -> None:
    while retiring.retire(db, retiring.GROUPS, NOW + timedelta(days=1), 500):
        pass
    assert near(db, numbers, "bridge") == []
    with db.write():
        story_texts.link(db, numbers["bridge"], [StoryLink(1, 3, 0.2)])
    assert near(db, numbers, "bridge") == ["dam"]


def test_of_no_story_there_is_none(db: Database) -> None:
    assert related(db, 7) == []
