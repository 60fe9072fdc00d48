"""The board: its cards tell what is so, its lists hold what fits, and no page repeats another."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Decision, FeedSource
from aggregator.storage import board, carding, clusters, decisions, feeds, seen, stories
from aggregator.storage.board import BoardFilter
from aggregator.storage.cards import CardOutlet
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVA = "eva"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    """Story 1: two texts of two outlets, one an agency's; story 2: one report; 3: an old one."""
    with open_database(path, clock=lambda: NOW) as db:
        feeds.sync(db, [POST, HERALD], NOW)
        bridge = report("bridge closed after storm", NOW - timedelta(hours=3))
        first = keep(db, POST, replace(bridge, agency="dpa", lead="No trains."), NOW)
        copy = keep(db, HERALD, report("bridge copy", NOW - timedelta(hours=2)), NOW)
        other = keep(db, HERALD, report("detour", NOW - timedelta(hours=1)), NOW)
        tell(db, [[first, copy], [other]])
        tell(db, [[keep(db, POST, report("lone", NOW, language="de-AT"), NOW)]])
        tell(db, [[keep(db, POST, report("elephant", NOW - timedelta(days=90)), NOW)]])
        yield db


def ids(db: Database, chosen: BoardFilter = BoardFilter(), reader: str = EVA) -> list[int]:  # noqa: B008 - it is frozen
    """What is listed."""
    return [each.id for each in board.cards(db, chosen, reader, None, limit=30)[0]]


def test_a_card_tells_what_its_story_is(db: Database) -> None:
    (card,) = board.cards_of(db, [1], EVA)
    kept = card.kept
    assert kept.headline == "Bridge Closed After Storm"
    assert kept.headline_of == 1
    assert kept.lead == "No trains."
    assert (kept.article_count, kept.outlet_count, kept.text_count) == (3, 2, 2)
    assert kept.agencies == ("dpa",)
    assert kept.outlets == (CardOutlet("Herald", own=True), CardOutlet("Post", own=False))
    assert kept.languages == ("en",)
    assert kept.tags == ("politik", "world")
    assert (kept.growth[0], kept.growth[-1]) == (1, 3)
    assert (card.first_at, card.last_at) == (NOW - timedelta(hours=3), NOW - timedelta(hours=1))
    assert card.grown_at == NOW
    assert card.unread == "new"


def test_the_bigger_one_stands_above_the_newer_one_and_the_old_one_last(db: Database) -> None:
    assert ids(db) == [1, 2, 3]


def test_each_filter_holds_alone_and_with_others(db: Database) -> None:
    assert ids(db, BoardFilter(language="de")) == [2]
    assert ids(db, BoardFilter(language="en")) == [1, 3]
    assert ids(db, BoardFilter(tag="world")) == [1]
    assert ids(db, BoardFilter(outlet="Post")) == [1, 2, 3]
    assert ids(db, BoardFilter(agency="dpa")) == [1]
    assert ids(db, BoardFilter(single=True)) == [2, 3]
    assert ids(db, BoardFilter(single=True, language="en")) == [3]
    assert ids(db, BoardFilter(outlet="Post", tag="world", agency="dpa")) == [1]
    assert ids(db, BoardFilter(outlet="Herald", language="de")) == []
    assert ids(db, BoardFilter(since=NOW - timedelta(minutes=5))) == [2]
    assert ids(db, BoardFilter(since=NOW - timedelta(days=60))) == [1, 2]
    assert ids(db, BoardFilter(since=NOW - timedelta(days=100))) == [1, 2, 3]


def test_what_was_read_is_unread_again_when_it_grew(db: Database) -> None:
    with db.write():
        seen.mark(db, EVA, 1, NOW)
    assert ids(db, BoardFilter(unread=True)) == [2, 3]
    assert ids(db, BoardFilter(unread=True), "ann") == [1, 2, 3]
    late = keep(db, POST, report("late", NOW), NOW)
    with open_database(Path(db.path), clock=lambda: NOW + timedelta(minutes=9)) as later:
        with later.write():
            group = clusters.new_group(later)
            clusters.move(later, [late], group)
            clusters.recount(later, [group])
            stories.place(later, group, 1)
            stories.recount(later, [1])
            clusters.mark_clustered(later, [late])
        (card,) = board.cards_of(later, [1], EVA)
        assert card.unread == "grown"
        assert board.news(later, NOW) == board.News(0, 1, all_told=True)
        assert card.kept.text_count == 3
        assert ids(later, BoardFilter(unread=True)) == [1, 2, 3]


def test_what_came_since_a_visit_is_counted(db: Database, path: Path) -> None:
    assert board.news(db, NOW) == board.News(0, 0, all_told=True)
    with open_database(path, clock=lambda: NOW + timedelta(minutes=9)) as later:
        tell(later, [[keep(later, POST, report("late", NOW), NOW)]])
    assert board.news(db, NOW) == board.News(1, 0, all_told=True)
    assert board.news(db, NOW - timedelta(days=1)) == board.News(3, 0, all_told=True)


def test_pinned_ones_stand_apart_and_hidden_ones_nowhere_else(db: Database) -> None:
    with db.write():
        decisions.add(db, Decision(0, NOW, EVA, "pin"), 2)
        hidden = decisions.add(db, Decision(0, NOW, EVA, "hide"), 1)
    assert [each.id for each in board.pinned(db, BoardFilter(), EVA)] == [2]
    assert ids(db) == [3]
    assert ids(db, BoardFilter(hidden=True)) == [1]
    assert board.pinned(db, BoardFilter(language="en"), EVA) == []
    assert board.pinned(db, BoardFilter(hidden=True), EVA) == []
    with db.write():
        decisions.undo(db, hidden, by=EVA, now=NOW)
    assert ids(db) == [1, 3]


def test_an_editors_headline_is_taken_as_it_is(db: Database) -> None:
    with db.write():
        decisions.add(db, Decision(0, NOW, EVA, "rename", value="Brücke zu"), 1)
    (card,) = board.cards_of(db, [1], EVA)
    assert (card.kept.headline, card.kept.headline_reasons) == ("Brücke zu", ("editor",))
    assert card.kept.lead == "No trains."


def test_a_pinned_old_story_has_a_card_and_keeps_it(db: Database, path: Path) -> None:
    with db.write():
        decisions.add(db, Decision(0, NOW, EVA, "pin"), 3)
    assert [each.id for each in board.pinned(db, BoardFilter(), EVA)] == [3]
    assert ids(db) == [1, 2]
    assert carding.drop_old(db) == 0
    assert list(broken_promises(path, NOW)) == []


def test_what_is_old_loses_its_card_but_not_its_place(db: Database, path: Path) -> None:
    assert [each.id for each in board.cards_of(db, [1, 2, 3], EVA)] == [1, 2]
    ahead = NOW + timedelta(days=40)
    with open_database(path, clock=lambda: ahead) as later:
        tell(later, [[keep(later, POST, report("ahead", ahead), ahead)]])
    assert carding.drop_old(db) == 2
    assert carding.drop_old(db) == 0
    assert ids(db) == [4, 2, 1, 3]
    assert list(broken_promises(path, NOW)) == []


def test_what_keeps_its_card_though_it_is_old_is_listed_once(db: Database, path: Path) -> None:
    with db.write():
        decisions.add(db, Decision(0, NOW, EVA, "star"), 3)
    assert carding.catch_up(db, NOW) <= 1
    ahead = NOW + timedelta(days=40)
    with open_database(path, clock=lambda: ahead) as later:
        tell(later, [[keep(later, POST, report("ahead", ahead), ahead)]])
    assert [each.id for each in board.cards_of(db, [1, 2, 3, 4], EVA)] == [1, 2, 3, 4]
    assert ids(db) == [4, 1, 2, 3]
    assert ids(db, BoardFilter(outlet="Post")) == [4, 1, 2, 3]
    assert carding.drop_old(db) == 2
    assert ids(db) == [4, 3, 2, 1]


def test_pages_follow_each_other_without_gap_or_repetition(db: Database) -> None:
    for each in range(20):
        at = NOW - timedelta(minutes=7 * each) - timedelta(days=40 * (each % 2))
        tell(db, [[keep(db, POST, report(f"more {each}", at), NOW)]])
    whole, after = ids(db), None
    found: list[int] = []
    for _ in range(40):
        some, after = board.cards(db, BoardFilter(), EVA, after, limit=3)
        found += [each.id for each in some]
        if after is None:
            break
    assert found == whole
    assert sorted(found) == list(range(1, 24))


def test_a_feeds_new_tag_is_found(db: Database) -> None:
    feeds.sync(db, [replace(POST, tags=("sport",)), HERALD], NOW)
    assert carding.catch_up(db, NOW) == 2
    assert ids(db, BoardFilter(tag="sport")) == [1, 2, 3]
    assert board.choices(db).tags == ("sport", "world")


def test_a_feeds_new_tag_is_found_where_its_outlet_has_another_name_too(db: Database) -> None:
    feeds.sync(db, [replace(POST, outlet="The Post", tags=("sport",)), HERALD], NOW)
    assert carding.catch_up(db, NOW) == 2
    assert ids(db, BoardFilter(tag="sport")) == [1, 2, 3]


def test_what_a_tag_changes_is_found_without_reading_all_cards(db: Database) -> None:
    told = db.value("SELECT sql FROM sqlite_master WHERE name = 'card_of_tagged_feed'")
    (said,) = re.findall(r"SELECT .*?(?=\s+ON CONFLICT)", told, re.DOTALL)
    asked = re.sub(r"\b(?:old|new)\.\w+", "'Post'", said)
    plan = [str(step["detail"]) for step in db.rows(f"EXPLAIN QUERY PLAN {asked}")]
    assert plan == ["SEARCH story_list USING PRIMARY KEY (kind=? AND value=?)"]
    assert len(db.rows(asked)) == 2


def test_choices_are_what_there_is(db: Database) -> None:
    found = board.choices(db)
    assert found.languages == ("de", "en")
    assert found.agencies == ("dpa",)
    assert found.outlets == ("Herald", "Post")


def test_a_merged_story_leaves_no_card(db: Database, path: Path) -> None:
    with db.write():
        stories.place(db, 3, 1)
        stories.recount(db, [1, 2])
        clusters.redirect(db, "story", {2: 1}, NOW)
    assert board.cards_of(db, [2], EVA) == []
    assert ids(db) == [1, 3]
    assert list(broken_promises(path, NOW)) == []


def test_more_than_fit_at_once_are_made_with_the_next_ones(db: Database) -> None:
    with db.write():
        db.execute("INSERT INTO card_due (story_id) SELECT id FROM story")
        db.execute("DELETE FROM story_list")
        db.execute("DELETE FROM story_card")
    assert ids(db) == [3]
    assert carding.catch_up(db, NOW, most=1) == 1
    assert db.value("SELECT count(*) FROM card_due") == 2
    assert carding.catch_up(db, NOW) == 2
    assert ids(db)[:2] == [1, 2]
    assert carding.catch_up(db, NOW) == 0


def test_a_text_of_very_many_outlets_names_some(db: Database) -> None:
    sources = [FeedSource(f"https://o{at}.example/rss", f"Outlet {at:03}") for at in range(30)]
    feeds.sync(db, [POST, HERALD, *sources], NOW)
    kept = [
        keep(db, each, report(f"wide {at}", NOW - timedelta(minutes=40 - at)), NOW)
        for at, each in enumerate(sources)
    ]
    (card,) = board.cards_of(db, [tell(db, [kept])], EVA)
    assert card.kept.outlet_count == 30
    assert [each.name for each in card.kept.outlets] == [f"Outlet {at:03}" for at in range(10)]
    assert [each.own for each in card.kept.outlets] == [True] + 9 * [False]
    assert card.kept.joined == 29
    assert ids(db, BoardFilter(outlet="Outlet 029")) == [card.id]


@pytest.mark.parametrize(
    "chosen",
    [
        BoardFilter(),
        BoardFilter(since=NOW - timedelta(hours=6)),
        BoardFilter(language="en", tag="world", outlet="Herald", agency="dpa", single=True),
        BoardFilter(unread=True, starred=True),
        BoardFilter(hidden=True),
    ],
)
def test_no_list_is_read_but_by_its_index(db: Database, path: Path, chosen: BoardFilter) -> None:
    asked: list[str] = []
    with closing(sqlite3.connect(path)) as connection:
        watched = Database(str(path), connection)
        connection.set_trace_callback(asked.append)
        after = board.Place(older=False, key="1e9", id=1)
        board.cards(watched, chosen, EVA, after, limit=30)
        board.pinned(watched, chosen, EVA)
        board.news(watched, NOW)
        board.choices(watched)
    told = [each for each in asked if "story" in each]
    assert len(told) > 5
    plans = [str(step["detail"]) for sql in told for step in db.rows(f"EXPLAIN QUERY PLAN {sql}")]
    # What is made on the way is as long as what is asked for; tables are not.
    tables = [row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    scanned = [each for each in plans if each.startswith("SCAN ") and each.split()[1] in tables]
    assert scanned == []


def test_a_card_leaves_its_lists_without_their_being_read(db: Database, path: Path) -> None:
    asked: list[str] = []
    with closing(sqlite3.connect(path)) as connection:
        watched = Database(str(path), connection)
        connection.set_trace_callback(asked.append)
        with watched.write():
            decisions.add(watched, Decision(0, NOW, EVA, "hide"), 1)
    left = {each for each in asked if each.startswith("DELETE FROM story_list")}
    plans = [str(step["detail"]) for sql in left for step in db.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert any(each.startswith("SEARCH") for each in plans)
    assert [each for each in plans if "score=? AND story_id=?" not in each] == []
    assert ids(db) == [2, 3]
    assert list(broken_promises(path, NOW)) == []


def test_outlets_that_differ_behind_a_nul_alone_are_two(db: Database) -> None:
    for tail in ("b", "c", "d"):
        with db.write():
            sql = """UPDATE article SET outlet = ?, title = title || '!' WHERE id = (
                       SELECT min(id) FROM article WHERE story_id = 1 AND outlet NOT LIKE 'a%')"""
            db.execute(sql, (f"a\0{tail}",))
    lists = "SELECT value FROM story_list WHERE story_id = 1 AND kind = 'outlet' ORDER BY value"
    assert [row[0] for row in db.rows(lists)] == ["a\0b", "a\0c", "a\0d"]
