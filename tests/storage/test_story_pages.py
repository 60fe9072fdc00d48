"""What is read of a story for its page, and how much of it at most."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Decision, FeedSource
from aggregator.storage import decisions, feeds
from aggregator.storage.database import Database
from aggregator.storage.story_pages import Marked, Wording, marked, text, texts, wordings
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _feeds(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)


def articles(db: Database, count: int, *, name: str, source: FeedSource = POST) -> list[int]:
    """So many articles, the latest first, a minute apart."""
    return [
        keep(db, source, report(f"{name}{number}", NOW - number * MINUTE), NOW)
        for number in range(count)
    ]


def test_texts_of_most_articles_come_first_with_copies_by_their_time(db: Database) -> None:
    one, many = articles(db, 1, name="one"), articles(db, 4, name="many")
    story = tell(db, [one, many])
    found = texts(db, story)
    assert [(each.first.id, each.article_count) for each in found] == [(many[3], 4), (one[0], 1)]
    assert [each.id for each in found[0].copies] == [many[2], many[1], many[0]]
    assert found[0].first.at == NOW - 3 * MINUTE
    assert found[1].copies == ()
    assert [each.first.id for each in texts(db, story, most=1)] == [many[3]]


def test_of_many_articles_some_are_left_out_and_counted(db: Database) -> None:
    some = articles(db, 9, name="some")
    story = tell(db, [some])
    (found,) = texts(db, story, copies=3)
    assert [each.id for each in found.copies] == some[-2:-5:-1]
    assert found.left_out == 5
    every = text(db, found.id, copies=100)
    assert every is not None
    assert (len(every.copies), every.left_out) == (8, 0)
    assert text(db, 99, copies=100) is None


def test_altogether_a_page_reads_so_many_copies(db: Database) -> None:
    story = tell(db, [articles(db, 27, name=f"text{number}x") for number in range(7)])
    found = texts(db, story)
    assert [len(each.copies) for each in found] == [25] * 6 + [0]
    assert found[-1].left_out == 26


def test_what_was_said_is_read_in_the_version_that_is_asked_for(db: Database) -> None:
    first = replace(report("news", NOW), text="First it was so.")
    number = keep(db, POST, first, NOW)
    keep(db, POST, replace(first, text="Then it was another way."), NOW + MINUTE)
    said = {version: wordings(db, {number: version})[number].text for version in (1, 2, 3)}
    assert said == {1: "First it was so.", 2: "Then it was another way.", 3: said[2]}
    assert wordings(db, {number: 1})[number] == Wording("News", "", "First it was so.", "en")
    assert wordings(db, {77: 1}) == {}


def test_what_editors_made_of_a_story_is_told_the_newest_first(db: Database) -> None:
    story = tell(db, [articles(db, 1, name="one")])
    with db.write():
        pin = decisions.add(db, Decision(0, NOW, "eva", "pin"), story)
        note = decisions.add(db, Decision(0, NOW, "max", "note", value="Look!"), story)
        gone = decisions.add(db, Decision(0, NOW, "max", "star"), story)
        decisions.undo(db, gone, by="max", now=NOW)
    assert marked(db, story) == [
        Marked(note, NOW, "max", "note", "Look!"),
        Marked(pin, NOW, "eva", "pin", ""),
    ]
    assert marked(db, story, limit=1) == marked(db, story)[:1]
