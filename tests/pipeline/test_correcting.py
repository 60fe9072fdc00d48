"""Editors' decisions in a real database: obeyed at once, whatever comes later, until undone."""

import asyncio
import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.errors import Contradiction, NotFound, UsageError
from aggregator.executors.in_process import InProcess
from aggregator.model import Decision, FeedSource
from aggregator.pipeline.correcting import decide
from aggregator.pipeline.rebuild import Rebuilding, Watching, made_by, second_path
from aggregator.pipeline.work import fingerprint
from aggregator.storage import (
    articles,
    decisions,
    feeds,
    readers,
    revisions,
)
from aggregator.storage.database import Database, open_database
from aggregator.storage.rebuilding import open_second
from tests.support.editing import (
    anew,
    apart,
    are_one,
    computed,
    on_story,
    place,
    remove,
    sound,
    take_back,
    together,
)
from tests.support.events import EVENTS, FOUND, NOW, SETTINGS, bring, ids_of, made, run

COPY, MATE = ids_of(0)[:2]
STRANGER = ids_of(1)[0]


@pytest.fixture
def press(db: Database) -> Database:
    bring(db, FOUND)
    assert computed(db)[0] == {frozenset(g) for e in range(EVENTS) for g in _texts(ids_of(e))}
    assert computed(db)[1] == {frozenset(ids_of(event)) for event in range(EVENTS)}
    return db


def _texts(ids: list[int]) -> tuple[list[int], list[int]]:
    return ids[:-1], ids[-1:]


# --- at once, for ever, and back -------------------------------------------------------------


def test_apart_takes_effect_at_once_stays_and_can_be_undone(press: Database) -> None:
    before = computed(press)
    (number,) = apart(press, COPY, MATE).ids
    for _ in range(2):
        assert not are_one(press, COPY, MATE)
        assert not are_one(press, COPY, MATE, column="copy_group_id")
        assert sound(press)
        anew(press)
    take_back(press, number)
    assert computed(press) == before
    anew(press)
    assert computed(press) == before
    assert sound(press)


def test_together_takes_effect_at_once_stays_and_can_be_undone(press: Database) -> None:
    before = computed(press)
    (number,) = together(press, COPY, STRANGER).ids
    for _ in range(2):
        assert are_one(press, COPY, STRANGER)
        assert not are_one(press, COPY, STRANGER, column="copy_group_id")
        assert sound(press)
        anew(press)
    take_back(press, number)
    assert computed(press) == before
    assert sound(press)


def test_the_level_of_copies_is_obeyed_too(press: Database) -> None:
    before = computed(press)
    (one,) = together(press, COPY, STRANGER, level="copies").ids
    assert are_one(press, COPY, STRANGER, column="copy_group_id")
    (other,) = apart(press, COPY, MATE, level="copies").ids
    assert not are_one(press, COPY, MATE, column="copy_group_id")
    anew(press)
    assert are_one(press, COPY, STRANGER, column="copy_group_id")
    assert not are_one(press, COPY, MATE, column="copy_group_id")
    assert sound(press)
    take_back(press, one, other)
    assert computed(press) == before


def test_a_merge_by_decision_keeps_the_older_id_and_redirects(press: Database) -> None:
    older, younger = sorted((place(press, COPY), place(press, STRANGER)))
    together(press, COPY, STRANGER)
    assert place(press, COPY) == older
    assert decisions.story_now(press, younger) == older


def test_a_split_leaves_the_id_with_the_larger_part(press: Database) -> None:
    story = place(press, COPY)
    rest = [each for each in ids_of(0) if each != COPY]
    decide(press, [Decision(0, NOW, "e", "apart", "story", (COPY,), tuple(rest))], SETTINGS, NOW)
    assert {place(press, each) for each in rest} == {story}
    assert place(press, COPY) != story


# --- what comes later ------------------------------------------------------------------------


def test_decisions_meet_articles_in_any_order(tmp_path: Path) -> None:
    for seed in range(6):
        order = random.Random(seed).sample(range(len(FOUND)), len(FOUND))
        with open_database(tmp_path / f"{seed}.db") as db:
            id_of: dict[int, int] = {}
            for at in order:
                (id_of[at + 1],) = bring(db, [FOUND[at]])
                known = id_of.keys()
                if {COPY, MATE} <= known and at + 1 in {COPY, MATE}:
                    apart(db, id_of[COPY], id_of[MATE])
                if {COPY, STRANGER} <= known and at + 1 in {COPY, STRANGER}:
                    together(db, id_of[COPY], id_of[STRANGER])
            assert not are_one(db, id_of[COPY], id_of[MATE])
            assert are_one(db, id_of[COPY], id_of[STRANGER])
            assert sound(db)


def test_what_was_decided_of_articles_that_wait_holds_once_they_are_clustered(db: Database) -> None:
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    with db.write():
        ids = [articles.insert(db, each, 1, outlet, NOW) for each, outlet in FOUND]
    assert apart(db, COPY, MATE).waiting == (COPY, MATE)
    assert together(db, COPY, STRANGER).waiting == (COPY, STRANGER)
    assert place_or_none(db, COPY) is None
    run(db)
    assert ids
    assert not are_one(db, COPY, MATE)
    assert are_one(db, COPY, STRANGER)
    assert sound(db)


def place_or_none(db: Database, article_id: int) -> int | None:
    found: int | None = db.value("SELECT story_id FROM article WHERE id = ?", (article_id,))
    return found


def test_they_outlive_a_revision_and_an_extraction_anew(press: Database) -> None:
    apart(press, COPY, MATE)
    together(press, COPY, STRANGER)
    kept = articles.load(press, COPY)
    assert kept is not None
    longer = replace(kept.article, text=f"{kept.article.text}\nNeu ist nur dieser eine Satz hier.")
    with press.write():
        articles.revise(press, kept, fingerprint(longer))
    run(press)
    assert not are_one(press, COPY, MATE)
    assert are_one(press, COPY, STRANGER)
    bring(press, [FOUND[MATE - 1]])
    assert not are_one(press, COPY, MATE)
    assert sound(press)


def test_a_story_decision_follows_its_story_into_a_merge(press: Database) -> None:
    other, own = sorted((COPY, STRANGER), key=lambda each: place(press, each))
    older, younger = place(press, other), place(press, own)
    on_story(press, "pin", younger)
    on_story(press, "rename", younger, "Ein Titel")
    on_story(press, "hide", younger)
    (number,) = together(press, COPY, STRANGER).ids
    row = press.rows("SELECT * FROM stories WHERE id = ?", (older,))[0]
    assert (row["title"], row["pinned"], row["hidden"]) == ("Ein Titel", 1, 1)
    assert row["computed_title"] != "Ein Titel"
    assert on_story(press, "pin", younger).already
    take_back(press, number)
    (back,) = story_rows(press, own)
    assert (back["title"], back["pinned"], back["hidden"]) == ("Ein Titel", 1, 1)
    (left,) = story_rows(press, other)
    assert (left["title"], left["pinned"], left["hidden"]) == (left["computed_title"], 0, 0)
    anew(press)
    assert story_rows(press, own)[0]["title"] == "Ein Titel"
    assert sound(press)


def test_a_story_decision_stays_with_the_number_while_an_article_of_its_is_there(
    press: Database,
) -> None:
    story = place(press, COPY)
    on_story(press, "rename", story, "Ein Titel")
    own = ids_of(0)[-1]
    apart(press, COPY, own)
    assert not are_one(press, COPY, own)
    titles = {each: story_rows(press, each)[0]["title"] for each in (COPY, own)}
    kept = COPY if place(press, COPY) == story else own
    assert [each for each, title in titles.items() if title == "Ein Titel"] == [kept]


def test_an_article_that_goes_leaves_its_decision_dangling_until_it_is_back(
    press: Database,
) -> None:
    (number,) = apart(press, COPY, MATE).ids
    (chain,) = together(press, ids_of(1)[0], ids_of(2)[0]).ids
    remove(press, COPY)
    (gone,) = decisions.listed(press, [number])
    assert gone.gone == (FOUND[COPY - 1][0].article.canonical_url,)
    assert (gone.articles, gone.others) == ((), (MATE,))
    assert sound(press)
    (back,) = bring(press, [FOUND[COPY - 1]])
    (again,) = decisions.listed(press, [number])
    assert (again.gone, again.articles) == ((), (back,))
    assert not are_one(press, back, MATE)
    take_back(press, number, chain)
    assert are_one(press, back, MATE)


def test_an_article_that_comes_back_into_a_contradiction_gives_way_to_the_newer(
    press: Database,
) -> None:
    other = ids_of(2)[0]
    together(press, COPY, STRANGER)
    together(press, COPY, other)
    remove(press, COPY)
    apart(press, STRANGER, other)
    (back,) = bring(press, [FOUND[COPY - 1]])
    assert [each.outranked for each in decisions.listed(press)] == [True, False, False]
    assert are_one(press, back, other)
    assert not are_one(press, back, STRANGER)
    assert sound(press)


def test_the_number_of_a_gone_article_is_no_other_articles(press: Database) -> None:
    last = len(FOUND)
    (number,) = together(press, last, COPY).ids
    remove(press, last)
    (new,) = bring(press, [made(99, 0)])
    assert new == last + 1, "the highest number is not given again"
    assert not are_one(press, new, COPY)
    assert decisions.listed(press, [number])[0].articles == (COPY,)


def test_an_article_that_becomes_part_of_another_takes_its_decisions_along(
    press: Database,
) -> None:
    (number,) = apart(press, STRANGER, MATE).ids
    (older,) = together(press, ids_of(1)[1], COPY).ids
    with press.write():
        revisions._merge(press, STRANGER, COPY, NOW)
    run(press)
    (listed,) = decisions.listed(press, [number])
    assert (listed.articles, listed.others) == ((COPY,), (MATE,))
    assert not are_one(press, COPY, MATE)
    assert are_one(press, COPY, ids_of(1)[1])
    assert sound(press)
    with press.write():
        revisions._merge(press, MATE, ids_of(1)[1], NOW)
    run(press)
    assert [each.outranked for each in decisions.listed(press)] == [True, False]
    assert are_one(press, COPY, ids_of(1)[1]) or older > number
    assert sound(press)


def rebuild(db: Database) -> None:
    """Cluster all anew beside the database, and put that in its place."""
    silent = Watching(lambda _step, _total: None, lambda _step, _count: None)
    with (
        open_second(second_path(Path(db.path)), made_by(SETTINGS)) as second,
        open_database(db.path, readonly=True) as source,
    ):
        rebuilding = Rebuilding(source, second, InProcess(), SETTINGS, NOW, silent)
        assert asyncio.run(rebuilding.swap(db)) is not None
        # There the numbers of stories are others: what is decided of them must not be moved.
        assert second.value("SELECT count(*) FROM decision WHERE level IS NULL") == 0


def test_they_outlive_a_rebuild_whatever_the_numbers_in_it(press: Database) -> None:
    before = computed(press)
    made_of_stories = [
        *on_story(press, "pin", place(press, STRANGER)).ids,
        *on_story(press, "rename", place(press, ids_of(2)[0]), "Neu").ids,
    ]
    made = [*apart(press, COPY, MATE).ids, *together(press, COPY, STRANGER).ids]
    for _ in range(2):
        rebuild(press)
        assert not are_one(press, COPY, MATE)
        assert are_one(press, COPY, STRANGER)
        assert [each["pinned"] for each in story_rows(press, STRANGER)] == [1]
        assert [each["title"] for each in story_rows(press, ids_of(2)[0])] == ["Neu"]
        assert sound(press)
    take_back(press, *made, *made_of_stories)
    rebuild(press)
    assert computed(press) == before


def story_rows(db: Database, article_id: int) -> list[sqlite3.Row]:
    return db.rows("SELECT * FROM stories WHERE id = ?", (place(db, article_id),))


def test_copies_are_parted_where_else_no_stories_could_obey(press: Database) -> None:
    """A is a copy of X and B one of Y; A is to be with B, X not with Y."""
    (a, x), (b, y) = (ids_of(event)[:2] for event in (0, 1))
    before = computed(press)
    (one,) = together(press, a, b).ids
    (two,) = apart(press, x, y).ids
    for _ in range(2):
        assert are_one(press, a, b)
        assert not are_one(press, x, y)
        assert sound(press)
        anew(press)
    take_back(press, one, two)
    assert computed(press) == before


# --- errors ----------------------------------------------------------------------------------


def test_a_contradiction_names_who_when_and_the_way_out(press: Database) -> None:
    (first,) = together(press, COPY, STRANGER).ids
    (second,) = together(press, STRANGER, ids_of(2)[0]).ids
    words = rf"decision {first} \(together, by eva, 2026-03-01 12:00 UTC\).*'undo {second}'"
    with pytest.raises(Contradiction, match=words):
        apart(press, COPY, ids_of(2)[0])
    assert len(decisions.listed(press)) == 2
    take_back(press, second)
    apart(press, COPY, ids_of(2)[0])


def test_what_is_decided_already_is_not_decided_twice(press: Database) -> None:
    (first,) = apart(press, COPY, MATE).ids
    again = apart(press, MATE, COPY)
    assert again.ids == (first,)
    assert again.already == {first}
    assert take_back(press, first).already == frozenset()
    assert take_back(press, first).already == {first}
    (listed,) = decisions.listed(press)
    assert (listed.undone_by, listed.undone_at) == ("tom", NOW)


def test_what_is_not_there_is_said(press: Database) -> None:
    with pytest.raises(NotFound, match="no article 99"):
        together(press, COPY, 99)
    with pytest.raises(NotFound, match="no story 99"):
        on_story(press, "pin", 99)
    with pytest.raises(NotFound, match="no decision 99"):
        take_back(press, 99)
    with pytest.raises(UsageError, match="apart from itself"):
        apart(press, COPY, COPY)
    assert decisions.listed(press) == []


# --- lists ---------------------------------------------------------------------------------


def test_hidden_pinned_and_renamed_stories_are_listed_so(press: Database) -> None:
    first, second, third = sorted({place(press, n) for n in range(1, len(FOUND) + 1)})[:3]
    on_story(press, "hide", first)
    on_story(press, "pin", third)
    on_story(press, "rename", second, "Neu")
    found = readers.stories(press, readers.Filter(), limit=20, now=NOW)
    assert found[0].id == third
    assert first not in {each.id for each in found}
    assert next(each.title for each in found if each.id == second) == "Neu"
