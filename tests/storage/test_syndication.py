"""Stories as items of feeds: stable ids, each text once, and no read without a bound."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import NotFound
from aggregator.model import FeedSource
from aggregator.storage import clusters, feeds, saved_searches, selections, stories, syndication
from aggregator.storage.database import Database, open_database
from aggregator.storage.readers import Filter
from aggregator.storage.selections import Selection
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OUTLETS = [FeedSource(f"https://o{n}.example/rss", f"Outlet {n:02}", "de") for n in range(60)]


class Clock:
    """What time changes are given."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def db(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    with open_database(tmp_path / "news.db", clock=clock) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _listed(db: Database) -> None:
    feeds.sync(db, [POST, HERALD, *OUTLETS], NOW)


def story(db: Database, name: str, source: FeedSource = POST, hours: float = 1) -> int:
    moment = NOW - timedelta(hours=hours)
    return tell(db, [[keep(db, source, report(name, moment, text=f"About {name}."), moment)]])


def found(db: Database, chosen: Filter | None = None, limit: int = 10) -> list[int]:
    return [each.story_id for each in syndication.stories(db, chosen or Filter(), None, limit)]


def test_the_newest_come_first(db: Database) -> None:
    old, new, middle = story(db, "a", hours=9), story(db, "b"), story(db, "c", HERALD, hours=5)
    assert found(db) == [new, middle, old]
    assert found(db, limit=2) == [new, middle]
    assert found(db, Filter(outlet="herald")) == [middle]
    assert found(db, Filter(tag="POLITIK")) == [new, old]
    assert found(db, Filter(since=NOW - timedelta(hours=6))) == [new, middle]
    assert found(db, Filter(language="fr")) == []


def test_hits_of_a_saved_search_choose_stories(db: Database) -> None:
    bridge, _, shut = story(db, "bridge"), story(db, "other"), story(db, "bridge shut", hours=2)
    with db.write():
        saved = saved_searches.save(db, "B", "bridge", Filter(), NOW)
    items = syndication.stories(db, Filter(), saved, 10)
    assert [each.story_id for each in items] == [bridge, shut]
    items = syndication.stories(db, Filter(), saved, 1)
    assert [each.story_id for each in items] == [bridge]


def test_an_id_stays_when_title_and_address_change(db: Database) -> None:
    number = story(db, "bridge")
    before = syndication.item(db, number)
    with db.write():
        db.execute("UPDATE story SET title = 'Another'")
        db.execute("UPDATE article SET url = 'https://new.example/'")
    after = syndication.item(db, number)
    assert before is not None
    assert after is not None
    assert (after.title, after.url) == ("Another", "https://new.example/")
    assert after.id == before.id
    assert after.id.startswith("urn:uuid:")


def test_ids_of_two_databases_and_of_two_stories_differ(db: Database) -> None:
    one, two = syndication.uri(db, "story", "1"), syndication.uri(db, "story", "2")
    feed = syndication.uri(db, "feed", "1")
    with db.write():
        db.execute("UPDATE installation SET name = ?", ("0" * 32,))
    assert len({one, two, feed, syndication.uri(db, "story", "1")}) == 4


def test_a_merged_storys_id_never_comes_up_again(db: Database) -> None:
    one, two = story(db, "a", hours=2), story(db, "b")
    before = {each.story_id: each.id for each in syndication.stories(db, Filter())}
    (group,) = stories.groups_of(db, two)
    with db.write():
        stories.place(db, group, one)
        clusters.redirect(db, "story", {two: one}, NOW)
        stories.recount(db, [one, two])
    (item,) = syndication.stories(db, Filter())
    assert item.id == before[one]
    third = story(db, "c")
    assert before[two] not in {each.id for each in syndication.stories(db, Filter())}
    assert third > two


def test_each_text_is_there_once_with_the_first_of_each_outlet(db: Database) -> None:
    moment = NOW - timedelta(hours=3)
    copies = [
        keep(db, source, report(f"copy {n}", moment + timedelta(minutes=n)), NOW)
        for n, source in enumerate([HERALD, POST, HERALD])
    ]
    own = keep(db, POST, report("own", NOW), NOW)
    item = syndication.item(db, tell(db, [copies, [own]]))
    assert item is not None
    first, second = item.texts
    assert [each.article_id for each in first.reports] == copies[:2]
    assert (first.more, first.lead, item.outlets) == (1, "Text.", ("Herald", "Post"))
    assert [each.article_id for each in second.reports] == [own]
    assert (item.outlet_count, item.article_count, item.text_count) == (2, 4, 2)
    assert item.tags == ("politik", "world")


def test_of_a_huge_story_a_part_is_shown_and_all_is_counted(db: Database) -> None:
    copies = [keep(db, source, report(source.outlet, NOW), NOW) for source in OUTLETS]
    alone = [keep(db, POST, report(f"alone {n}", NOW), NOW) for n in range(40)]
    item = syndication.item(db, tell(db, [copies, *([each] for each in alone)]))
    assert item is not None
    assert len(item.texts) == syndication.MOST_TEXTS
    assert len(item.texts[0].reports) == syndication.MOST_REPORTS
    assert item.texts[0].more == 10
    assert (item.article_count, item.text_count) == (100, 41)


def test_a_lead_is_a_teaser(db: Database) -> None:
    long = report("long", NOW, text="word " * 200 + "\nSecond paragraph.")
    item = syndication.item(db, tell(db, [[keep(db, POST, long, NOW)]]))
    assert item is not None
    assert len(item.texts[0].lead) <= 502
    assert item.texts[0].lead.endswith("word …")


def test_there_is_no_item_of_no_story(db: Database) -> None:
    assert syndication.item(db, 99) is None


# --- selections ------------------------------------------------------------------------------


def test_selections_are_what_feeds_and_searches_name(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)
    with db.write():
        saved_searches.save(db, "Bahn", "bahn", Filter(), NOW)
    assert [(each.kind, each.name) for each in selections.selections(db)] == [
        ("all", ""),
        *(("tag", "politik"), ("tag", "world"), ("language", "de"), ("language", "en")),
        *(("outlet", "Herald"), ("outlet", "Post"), ("search", "Bahn")),
    ]
    assert selections.find(db, "outlet", "POST") == Selection("outlet", "Post")
    assert selections.find(db, "all") == Selection()
    for kind, name in (("outlet", "Nowhere"), ("colour", "red")):
        with pytest.raises(NotFound):
            selections.find(db, kind, name)
    with pytest.raises(NotFound):
        selections.feed(db, Selection("search", "gone"), NOW)


def test_a_feed_has_an_id_of_its_own_and_is_as_new_as_its_newest_change(db: Database) -> None:
    empty = selections.feed(db, Selection("tag", "world"), NOW)
    assert empty.items == ()
    assert empty == selections.feed(db, Selection("tag", "world"), NOW + timedelta(minutes=5))
    story(db, "a", hours=2)
    story(db, "b", HERALD, hours=1)
    story(db, "ancient", hours=24 * 40)
    every = selections.feed(db, Selection(), NOW)
    world = selections.feed(db, Selection("tag", "world"), NOW)
    assert [len(every.items), len(world.items)] == [2, 1]
    assert every.updated_at == NOW
    assert every.id != world.id == empty.id
    assert (world.title, every.title) == ("News: tag world", "News")


def test_an_item_is_read_once_for_all_feeds(db: Database) -> None:
    story(db, "a")
    known: dict[int, Any] = {}
    first = selections.feed(db, Selection(), NOW, known=known)
    second = selections.feed(db, Selection("outlet", "Post"), NOW, known=known)
    assert first.items[0] is second.items[0]


# --- when a story changed --------------------------------------------------------------------


def updated(db: Database, number: int) -> datetime:
    item = syndication.item(db, number)
    assert item is not None
    return item.updated_at


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE article SET fetched_at = '2026-03-02T00:00:00Z', authors = '[\"New\"]'",
        "UPDATE copy_group SET likeness = 0.7, shared_terms = '[\"new\"]'",
        "UPDATE entry SET state = 'pending', content_hash = 'other'",
        "UPDATE story SET closed = 1",
        "UPDATE feed SET last_polled_at = '2026-03-02T00:00:00Z'",
    ],
)
def test_what_changes_no_story_moves_nothing(db: Database, clock: Clock, sql: str) -> None:
    number = story(db, "a")
    before = syndication.item(db, number)
    clock.now += timedelta(hours=2)
    with db.write():
        db.execute(sql)
    assert syndication.item(db, number) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE story SET title = 'Another'",
        "UPDATE story SET article_count = 2, outlet_count = 2",
        "UPDATE story SET article_count = 0",
        "UPDATE article SET title = 'B', version = 2, version_at = '2026-03-01T14:00:00Z'",
        (
            "INSERT INTO decision (at, author, kind, story_id, value)"
            " VALUES ('2026-03-01T14:00:00Z', 'Ann', 'rename', 1, 'Ours')"
        ),
    ],
)
def test_what_changes_a_story_moves_its_time(db: Database, clock: Clock, sql: str) -> None:
    number = story(db, "a")
    assert updated(db, number) == NOW
    clock.now += timedelta(hours=2)
    with db.write():
        db.execute(sql)
    assert updated(db, number) == NOW + timedelta(hours=2)


def test_without_changes_it_is_known_when_articles_came(db: Database) -> None:
    number = story(db, "a", hours=5)
    with db.write():
        db.execute("DELETE FROM change")
    assert updated(db, number) == NOW - timedelta(hours=5)


def test_the_change_of_a_story_is_found_by_an_index(db: Database) -> None:
    plan = db.rows(f"EXPLAIN QUERY PLAN {syndication._CHANGED}", (1,))
    steps = [row["detail"] for row in plan if "SCAN CONSTANT ROW" not in row["detail"]]
    assert any("change_of_story" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN")]
