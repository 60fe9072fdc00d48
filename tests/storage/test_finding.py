"""What a search page finds: the newest hits, filtered and counted, and who is told of new ones."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.storage import alerts, feeds, finding, saved_searches
from aggregator.storage.database import Database
from aggregator.storage.readers import Filter
from aggregator.storage.search import widest
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reports(db: Database) -> None:
    feeds.sync(db, [POST, HERALD], NOW)
    for name, source, hours in (
        ("strike one", POST, 9),
        ("strike two", HERALD, 1),
        ("bridge", POST, 2),
        ("strike three", POST, 30),
    ):
        keep(db, source, report(name, NOW - timedelta(hours=hours)), NOW)


def found(db: Database, words: str, chosen: Filter | None = None, **more: int) -> list[int]:
    return [
        brief.id
        for brief in finding.look(db, widest(db, words, None), chosen or Filter(), **more).briefs
    ]


def test_the_newest_come_first_and_filters_hold(db: Database) -> None:
    assert found(db, "strike") == [4, 2, 1]
    assert found(db, "strike", Filter(outlet="post")) == [4, 1]
    assert found(db, "strike", Filter(tag="World")) == [2]
    assert found(db, "strike", Filter(since=NOW - timedelta(hours=10))) == [2, 1]
    assert found(db, "strike", Filter(language="de")) == []
    assert found(db, "...") == found(db, "nothing") == []


def test_older_hits_are_had_by_going_on(db: Database) -> None:
    first = finding.look(db, "strike", Filter(), most=2)
    assert ([brief.id for brief in first.briefs], first.more) == ([4, 2], True)
    rest = finding.look(db, "strike", Filter(), before=2, most=2)
    assert ([brief.id for brief in rest.briefs], rest.more) == ([1], False)


def test_a_brief_knows_what_is_counted(db: Database) -> None:
    story = tell(db, [[1, 2]])
    brief = finding.look(db, "strike", Filter()).briefs[1]
    assert (brief.id, brief.story_id, brief.outlet, brief.language) == (2, story, "Herald", "en")
    assert (brief.at, brief.tags) == (NOW - timedelta(hours=1), ("world",))
    line = finding.stories(db, [story, 99])[story]
    assert (line.outlet_count, line.article_count, line.hidden) == (2, 2, False)


def test_relevance_orders_the_same_hits(db: Database) -> None:
    keep(db, POST, report("other", NOW, text="A strike is near."), NOW)
    briefs = finding.look(db, "strike", Filter()).briefs
    assert briefs[0].id == 5
    best = finding.ranked(db, "strike", None, briefs)
    assert [brief.id for brief in best][-1] == 5
    assert set(best) == set(briefs)
    assert finding.ranked(db, "strike", None, ()) == ()


def test_what_is_in_view_has_its_matches_marked(db: Database) -> None:
    shown = finding.seen(db, "strike", [2, 4])
    assert set(shown) == {2, 4}
    assert shown[2].title == "\ue000Strike\ue001 Two"
    assert shown[2].article.outlet == "Herald"
    assert finding.seen(db, "strike", []) == {}


def test_an_alert_tells_of_what_came_since_its_reader_looked(db: Database) -> None:
    with db.write():
        saved = saved_searches.save(db, "strikes", "strike", Filter(outlet="Post"), NOW)
        alerts.watch(db, saved.id, "ann")
    assert (alerts.fresh(db, "ann"), alerts.fresh(db, "bob")) == (0, 0)
    article = keep(db, POST, report("strike four", NOW), NOW)
    keep(db, HERALD, report("strike five", NOW), NOW)
    assert [(each.fresh, each.looked_to) for each in alerts.watched(db, "ann")] == [(1, 4)]
    assert [(each.fresh, each.looked_to) for each in alerts.watched(db, "bob")] == [(0, None)]
    assert (alerts.fresh(db, "ann"), alerts.fresh(db, "bob")) == (1, 0)
    with db.write():
        alerts.watch(db, saved.id, "ann")
        alerts.looked(db, saved.id, "ann", article)
        alerts.looked(db, saved.id, "ann", 1)
    assert alerts.fresh(db, "ann") == 0
    assert alerts.watched(db, "ann")[0].looked_to == article
    with db.write():
        alerts.unwatch(db, saved.id, "ann")
    assert alerts.watched(db, "ann")[0].looked_to is None


def test_alerts_go_with_their_search(db: Database) -> None:
    with db.write():
        saved = saved_searches.save(db, "strikes", "strike", Filter(), NOW)
        alerts.watch(db, saved.id, "ann")
        saved_searches.delete(db, "strikes")
    assert db.value("SELECT count(*) FROM search_alert") == 0
    assert saved_searches.numbered(db, saved.id) is None
