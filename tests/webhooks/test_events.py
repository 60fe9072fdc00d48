"""What becomes an event: a story that reaches its outlets, an article that a search finds, once."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from aggregator.errors import Contradiction, NotFound
from aggregator.model import Webhook
from aggregator.storage import changes, outbox, saved_searches, webhook_events, webhooks
from aggregator.storage.database import Database
from aggregator.storage.readers import Filter
from tests.support.editing import apart, on_story, place, take_back, together
from tests.support.events import FOUND, NOW, bring, ids_of, run
from tests.support.happenings import EDITING, Step, in_memory, steps, take

PAIR = Webhook("pair", "https://a.example/", outlets=2)
TRIO = Webhook("trio", "https://a.example/", outlets=3)
RAIL = Webhook("rail", "https://a.example/", search="bahn")


class Killed(Exception):
    """What ends a collection half way."""


def collect(db: Database, *hooks: Webhook) -> None:
    """Look at all that is new for webhooks."""
    for hook in hooks:
        while webhook_events.collect(db, webhooks.kept(db)[hook.name], hook, NOW):
            pass


def told(db: Database, hook: Webhook) -> list[dict[str, Any]]:
    """What is in the outbox for a webhook, by age."""
    sql = "SELECT body FROM outbox JOIN webhook ON webhook.id = webhook_id WHERE name = ?"
    bodies = [json.loads(row[0]) for row in db.rows(f"{sql} ORDER BY outbox.id", (hook.name,))]
    return [each["data"] for each in bodies]


def stories(db: Database, hook: Webhook) -> list[int]:
    """The stories told of."""
    return [each["story"]["id"] for each in told(db, hook)]


def articles(db: Database, hook: Webhook) -> list[int]:
    """The articles told of."""
    return [each["article"]["article_id"] for each in told(db, hook)]


@pytest.fixture
def hooked(db: Database) -> Database:
    webhooks.sync(db, (PAIR, TRIO, RAIL), NOW)
    with db.write():
        # Each text of an event has its words; the last outlet's report has some of them.
        title = FOUND[0][0].article.title
        saved_searches.save(db, "Bahn", title.split()[0], Filter(), NOW)
    return db


# --- stories ---------------------------------------------------------------------------------


def test_a_story_is_told_of_when_it_reaches_its_outlets_and_not_again(hooked: Database) -> None:
    bring(hooked, FOUND[:1])
    collect(hooked, PAIR, TRIO)
    assert stories(hooked, PAIR) == []
    bring(hooked, FOUND[1:2])
    collect(hooked, PAIR, TRIO)
    story = place(hooked, 1)
    assert (stories(hooked, PAIR), stories(hooked, TRIO)) == ([story], [])
    bring(hooked, FOUND[2:4])
    collect(hooked, PAIR, TRIO)
    assert (stories(hooked, PAIR), stories(hooked, TRIO)) == ([story], [story])


def test_what_is_told_has_the_story_its_outlets_texts_and_links(hooked: Database) -> None:
    bring(hooked, FOUND[:4])
    collect(hooked, TRIO)
    (data,) = told(hooked, TRIO)
    story = data["story"]
    row = hooked.rows("SELECT * FROM stories")[0]
    assert data["webhook"] == "trio"
    assert data["seq"] == changes.last(hooked)
    figures = ("id", "title", "first_published_at", "article_count", "outlet_count")
    assert [story[name] for name in figures] == [row[name] for name in figures]
    assert story["copy_group_count"] == len(story["texts"]) == 2
    assert [each["outlet"] for each in story["outlets"]] == [f"outlet {n}" for n in (3, 2, 1, 0)]
    links = {row[0]: row[1] for row in hooked.rows("SELECT id, url FROM articles")}
    assert {each["article_id"]: each["url"] for each in story["outlets"]} == links
    assert {each["copy_group_id"] for each in story["texts"]} == {
        row[0] for row in hooked.rows("SELECT id FROM copy_groups")
    }


def test_what_is_told_is_bounded(hooked: Database) -> None:
    with hooked.write():
        hooked.execute("INSERT INTO feed (id, url, outlet, added_at) VALUES (9, 'u', 'o', '')")
        sql = """INSERT INTO article (url, canonical_url, feed_id, outlet, title, lead, text,
                   authors, fetched_at, word_count, ordered_at, story_id, copy_group_id)
                 SELECT 'u' || value, 'u' || value, 9, 'outlet ' || value, 't', '', '', '[]', '',
                   1, '2026', 1, value FROM generate_series"""
        hooked.execute("INSERT INTO story (id, outlet_count, article_count) VALUES (1, 400, 400)")
        hooked.execute("CREATE TEMP TABLE generate_series (value)")
        hooked.execute_many("INSERT INTO generate_series VALUES (?)", [(n,) for n in range(1, 401)])
        hooked.execute(
            """INSERT INTO copy_group (id, story_id, article_count, outlet_count)
               SELECT value, 1, 1, 1 FROM generate_series"""
        )
        hooked.execute(sql)
        hooked.execute(
            """UPDATE copy_group SET first_article_id =
               (SELECT id FROM article WHERE copy_group_id = copy_group.id)"""
        )
    collect(hooked, TRIO)
    (data,) = told(hooked, TRIO)
    assert (len(data["story"]["texts"]), len(data["story"]["outlets"])) == (20, 100)
    assert data["story"]["outlet_count"] == 400


def test_a_merge_tells_of_nothing_that_was_told(hooked: Database) -> None:
    bring(hooked, FOUND[:8])
    collect(hooked, TRIO)
    assert len(stories(hooked, TRIO)) == 2
    together(hooked, ids_of(0)[0], ids_of(1)[0])
    collect(hooked, TRIO)
    assert len(stories(hooked, TRIO)) == 2


def test_a_merge_that_reaches_its_outlets_is_told_once_under_the_number_that_stays(
    hooked: Database,
) -> None:
    bring(hooked, [FOUND[0], FOUND[3], FOUND[5], FOUND[6]])
    collect(hooked, TRIO)
    assert stories(hooked, TRIO) == []
    together(hooked, 1, 3)
    collect(hooked, TRIO)
    assert stories(hooked, TRIO) == [place(hooked, 1)]
    take_back(hooked, 1)
    together(hooked, 1, 3)
    collect(hooked, TRIO)
    assert len(stories(hooked, TRIO)) == 1


def test_what_grew_after_it_was_told_of_is_known_under_another_number(hooked: Database) -> None:
    (single, *_) = bring(hooked, FOUND[4:5])
    (first, *_) = bring(hooked, FOUND[:2])
    collect(hooked, PAIR)
    told_of = stories(hooked, PAIR)
    assert told_of == [place(hooked, first)]
    bring(hooked, FOUND[2:4])
    collect(hooked, PAIR)
    together(hooked, single, first)
    assert place(hooked, first) == place(hooked, single) != told_of[0]
    collect(hooked, PAIR)
    assert stories(hooked, PAIR) == told_of


def test_parting_and_joining_again_tells_of_nothing(hooked: Database) -> None:
    bring(hooked, FOUND[:8])
    together(hooked, ids_of(0)[0], ids_of(1)[0])
    collect(hooked, PAIR)
    assert len(stories(hooked, PAIR)) == 1
    for turn in range(1, 4):
        take_back(hooked, turn)
        collect(hooked, PAIR)
        together(hooked, ids_of(0)[0], ids_of(1)[0])
        collect(hooked, PAIR)
    assert len(stories(hooked, PAIR)) == 1, "all of it was told of with the first"


def test_what_parts_from_a_story_and_grows_by_itself_is_told_of(hooked: Database) -> None:
    bring(hooked, [*FOUND[:4], FOUND[4]])
    together(hooked, 1, 5)
    collect(hooked, PAIR)
    assert stories(hooked, PAIR) == [place(hooked, 1)]
    take_back(hooked, 1)
    apart(hooked, 1, 5)
    collect(hooked, PAIR)
    bring(hooked, FOUND[5:6])
    collect(hooked, PAIR)
    assert len(stories(hooked, PAIR)) == 1, "one outlet of two was told of"
    bring(hooked, FOUND[6:8])
    collect(hooked, PAIR)
    assert stories(hooked, PAIR)[1:] == [place(hooked, 5)]


def test_a_hidden_story_is_told_of_when_it_is_hidden_no_more(hooked: Database) -> None:
    bring(hooked, FOUND[:1])
    on_story(hooked, "hide", 1)
    bring(hooked, FOUND[1:4])
    collect(hooked, TRIO)
    assert stories(hooked, TRIO) == []
    take_back(hooked, 1)
    collect(hooked, TRIO)
    assert stories(hooked, TRIO) == [1]


@pytest.mark.parametrize(
    ("narrowed", "tells"),
    [
        (Webhook("n", "https://a.example/", outlets=2, language="de"), True),
        (Webhook("n", "https://a.example/", outlets=2, language="en"), False),
        (Webhook("n", "https://a.example/", outlets=2, outlet="OUTLET 3"), True),
        (Webhook("n", "https://a.example/", outlets=2, outlet="outlet 9"), False),
        (Webhook("n", "https://a.example/", outlets=2, tag="world"), False),
        (Webhook("n", "https://a.example/", outlets=1), True),
        (Webhook("n", "https://a.example/", outlets=5), False),
    ],
)
def test_filters_narrow(db: Database, narrowed: Webhook, *, tells: bool) -> None:
    webhooks.sync(db, (narrowed,), NOW)
    bring(db, FOUND[:4])
    collect(db, narrowed)
    assert stories(db, narrowed) == ([1] if tells else [])


# --- from now on -------------------------------------------------------------------------------


def test_a_new_webhook_starts_from_now(db: Database) -> None:
    bring(db, [*FOUND[:4], FOUND[4]])
    webhooks.sync(db, (PAIR,), NOW)
    collect(db, PAIR)
    bring(db, [])
    on_story(db, "pin", 1)
    collect(db, PAIR)
    assert stories(db, PAIR) == [], "it had its outlets before"
    bring(db, FOUND[5:6])
    collect(db, PAIR)
    assert stories(db, PAIR) == [place(db, 5)], "and this one reached them after"


def test_one_that_waits_for_something_else_starts_anew_and_tells_of_nothing_twice(
    hooked: Database,
) -> None:
    bring(hooked, [*FOUND[:4], *FOUND[4:6]])
    collect(hooked, TRIO)
    other = Webhook("trio", TRIO.url, outlets=2)
    webhooks.sync(hooked, (PAIR, other, RAIL), NOW + timedelta(hours=1))
    on_story(hooked, "pin", place(hooked, 5))
    bring(hooked, FOUND[6:8])
    collect(hooked, other)
    assert stories(hooked, other) == [place(hooked, 1)], "the second had two outlets before"
    bring(hooked, FOUND[8:10])
    collect(hooked, other)
    assert stories(hooked, other) == [place(hooked, 1), place(hooked, 9)]


def test_one_that_was_away_tells_of_nothing_that_happened_meanwhile(hooked: Database) -> None:
    webhooks.sync(hooked, (), NOW)
    bring(hooked, FOUND[:4])
    webhooks.sync(hooked, (PAIR,), NOW)
    collect(hooked, PAIR)
    on_story(hooked, "pin", 1)
    collect(hooked, PAIR)
    assert stories(hooked, PAIR) == []


# --- articles ----------------------------------------------------------------------------------


def test_an_article_that_a_search_finds_is_told_of_once(hooked: Database) -> None:
    bring(hooked, FOUND[:8])
    collect(hooked, RAIL)
    saved = saved_searches.find(hooked, "Bahn")
    assert saved is not None
    hits = sorted(saved_searches.matches(hooked, saved, range(1, 9)))
    assert hits
    assert len(hits) < 8
    assert articles(hooked, RAIL) == hits
    with hooked.write():
        hooked.execute("UPDATE article SET title = title || '!', version = version + 1")
    collect(hooked, RAIL)
    assert articles(hooked, RAIL) == hits
    (first, *_) = told(hooked, RAIL)
    row = hooked.rows("SELECT * FROM articles WHERE id = ?", (hits[0],))[0]
    names = ("outlet", "url", "lead", "language", "published_at", "copy_group_id", "story_id")
    assert [first["article"][name] for name in names] == [row[name] for name in names]
    assert first["search"] == "Bahn"


def test_an_article_is_found_by_what_a_revision_made_of_it(hooked: Database) -> None:
    bring(hooked, FOUND[8:9])
    collect(hooked, RAIL)
    assert articles(hooked, RAIL) == []
    word = FOUND[0][0].article.title.split()[0]
    with hooked.write():
        hooked.execute("UPDATE article SET title = ?, version = version + 1", (word,))
    collect(hooked, RAIL)
    assert articles(hooked, RAIL) == [1]


def test_a_search_starts_from_now_too(db: Database) -> None:
    bring(db, FOUND[:1])
    with db.write():
        saved_searches.save(db, "bahn", FOUND[0][0].article.title.split()[0], Filter(), NOW)
    webhooks.sync(db, (RAIL,), NOW)
    with db.write():
        db.execute("UPDATE article SET title = title || '!', version = version + 1")
    collect(db, RAIL)
    assert articles(db, RAIL) == []
    bring(db, FOUND[1:2])
    collect(db, RAIL)
    assert articles(db, RAIL) == [2]


def test_a_search_that_is_not_there_is_said_and_no_longer_when_it_is(db: Database) -> None:
    webhooks.sync(db, (RAIL,), NOW)
    collect(db, RAIL)
    assert webhooks.kept(db)["rail"].error == "there is no saved search 'bahn'"
    bring(db, FOUND[:1])
    collect(db, RAIL)
    assert webhooks.kept(db)["rail"].error == "there is no saved search 'bahn'"
    with db.write():
        saved_searches.save(db, "bahn", FOUND[0][0].article.title.split()[0], Filter(), NOW)
    collect(db, RAIL)
    assert webhooks.kept(db)["rail"].error is None
    bring(db, FOUND[1:2])
    collect(db, RAIL)
    assert articles(db, RAIL) == [2]


# --- whatever happens --------------------------------------------------------------------------


def reached(db: Database, hook: Webhook) -> list[int]:
    """The stories that have their outlets, none of which was told of in any event."""
    sql = """SELECT id FROM stories WHERE outlet_count >= ? AND NOT hidden AND NOT EXISTS (
               SELECT 1 FROM article JOIN webhook_told ON article_id = article.id
               WHERE story_id = stories.id AND webhook_id = ?)"""
    sql = sql.replace("WHERE story_id", "WHERE article.story_id")
    return [row[0] for row in db.rows(sql, (hook.outlets, webhooks.kept(db)[hook.name].id))]


ALL = (PAIR, TRIO, RAIL)


def begun(db: Database) -> None:
    webhooks.sync(db, ALL, NOW)
    with db.write():
        saved_searches.save(db, "bahn", FOUND[0][0].article.title.split()[0], Filter(), NOW)


@given(steps(EDITING), st.sets(st.integers(0, 14)))
@examples(max_examples=25)
def test_whatever_happens_nothing_is_left_out_and_nothing_told_twice(
    happens: list[Step], looks: set[int]
) -> None:
    """Looked at in between or not: at the end all is told that is to be, each story once."""
    with in_memory() as db:
        begun(db)
        id_of: dict[int, int] = {}
        for number, step in enumerate(happens):
            with suppress(Contradiction, NotFound):
                take(db, step, id_of)
            if number in looks:
                collect(db, *ALL)
        collect(db, *ALL)
        before = db.value("SELECT count(*) FROM outbox")
        for hook in (PAIR, TRIO):
            assert reached(db, hook) == []
            assert len(set(stories(db, hook))) == len(stories(db, hook))
        assert len(set(articles(db, RAIL))) == len(articles(db, RAIL))
        with db.write():
            db.execute("UPDATE webhook SET cursor = 10000000")
        collect(db, *ALL)
        assert db.value("SELECT count(*) FROM outbox") == before, "changes left something out"
        sql = "SELECT seq FROM outbox WHERE webhook_id = 1"
        seqs = [row[0] for row in db.rows(f"{sql} ORDER BY id")]
        assert all(one <= other for one, other in pairwise(seqs))


@given(steps(EDITING), st.data())
@examples(max_examples=15)
def test_killed_in_between_it_tells_the_same_under_the_same_names(
    happens: list[Step], data: st.DataObject
) -> None:
    def names(kill: int) -> list[tuple[object, ...]]:
        with in_memory() as db:
            begun(db)
            id_of: dict[int, int] = {}
            for step in happens:
                with suppress(Contradiction, NotFound):
                    take(db, step, id_of)
            with suppress(Killed):
                collect_killed(db, kill)
            collect(db, *ALL)
            sql = "SELECT webhook_id, message_id, story_id, article_id FROM outbox"
            return [tuple(row) for row in db.rows(f"{sql} ORDER BY webhook_id, id")]

    kill = data.draw(st.integers(1, 60))
    assert names(kill) == names(0)


def collect_killed(db: Database, kill: int) -> None:
    """Collect, and be killed before the statement of this number; 0: not at all."""
    count = 0
    execute = db.execute

    def counted(sql: str, parameters: Sequence[object] = ()) -> int:
        nonlocal count
        count += 1
        if count == kill:
            raise Killed
        return execute(sql, parameters)

    db.execute = counted  # type: ignore[method-assign] # a crash is put in its way
    try:
        collect(db, *ALL)
    finally:
        db.execute = execute  # type: ignore[method-assign]


def test_changes_that_are_kept_no_longer_lose_no_event(hooked: Database) -> None:
    bring(hooked, FOUND[:1])
    collect(hooked, *ALL)
    bring(hooked, FOUND[1:8])
    with hooked.write():
        hooked.execute("DELETE FROM change WHERE seq < ?", (changes.last(hooked),))
    collect(hooked, *ALL)
    assert sorted(stories(hooked, TRIO)) == sorted({place(hooked, 1), place(hooked, 5)})
    assert articles(hooked, RAIL)
    run(hooked)
    collect(hooked, *ALL)
    assert len(stories(hooked, TRIO)) == 2


def test_an_article_that_is_merged_into_another_takes_along_what_was_told(
    hooked: Database,
) -> None:
    ids = {}
    for number in range(4):
        (ids[number],) = bring(hooked, FOUND[number : number + 1])
    collect(hooked, PAIR)
    before = outbox.deliveries(hooked, limit=100)
    take(hooked, Step("merge", "story", (0, 1)), ids)
    take(hooked, Step("merge", "story", (1, 2)), ids)
    collect(hooked, PAIR)
    assert outbox.deliveries(hooked, limit=100) == before
