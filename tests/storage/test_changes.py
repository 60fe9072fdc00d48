"""Whoever reads again what changes name has what the views have, whatever happens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import settings as examples

from aggregator.errors import ChangesGone, Contradiction, NotFound
from aggregator.model import Kind, Rejected
from aggregator.pipeline.work import fingerprint
from aggregator.storage import articles, changes, rejections, stories
from aggregator.storage.database import Database, open_database
from tests.support.editing import on_story, place, take_back, together
from tests.support.events import FOUND, NOW, bring, ids_of, run
from tests.support.happenings import BEGIN, EDITING, Step, in_memory, steps, take
from tests.support.mirror import Mirror, views

OURS = ["reextract", "pin", "rename", "hide", "reject", "lift", "close", "anew"]


def happen(db: Database, step: Step, id_of: dict[int, int]) -> None:
    """One step of the editors', the outlets' or our own."""
    number = step.numbers[0]
    url = f"https://press.example/{number}"
    if step.do in EDITING:
        take(db, step, id_of)
    elif step.do in get_args(Kind):
        if number in id_of:
            value = url if step.do == "rename" else ""
            kind: Kind = next(each for each in get_args(Kind) if each == step.do)
            on_story(db, kind, place(db, id_of[number]), value)
    elif step.do == "close":
        stories.close(db, NOW - timedelta(minutes=number))
    elif step.do == "reextract":
        reextract(db, id_of.get(number, 0))
    elif step.do == "anew":
        with db.write():
            db.execute("UPDATE article SET clustered = 0")
        run(db)
    else:
        with db.write():
            if step.do == "reject":
                rejections.keep(db, 1, url, Rejected("fetch", "http_404"), NOW)
            else:
                rejections.lift(db, 1, url)


def reextract(db: Database, article_id: int) -> None:
    """Keep an article with a line less, as our own rules might have it, and cluster it anew."""
    kept = articles.load(db, article_id)
    if kept is None:
        return
    article = replace(kept.article, text=kept.article.text.partition(" ")[2], image="new")
    with db.write():
        articles.revise(db, kept, fingerprint(article))
    run(db)


@given(steps([*EDITING, *OURS]))
@examples(max_examples=40)
def test_a_mirror_has_what_the_views_have(happens: list[Step]) -> None:
    with in_memory() as db:
        mirror, id_of = Mirror(db), dict[int, int]()
        for step in [*BEGIN, *happens]:
            with suppress(Contradiction, NotFound):
                happen(db, step, id_of)
            mirror.follow(db)
            assert mirror.rows == views(db)


# --- what is told ----------------------------------------------------------------------------


@contextmanager
def told(db: Database) -> Iterator[list[tuple[str, int | None, int | None]]]:
    """What happens meanwhile: kinds with what they name."""
    before, found = changes.last(db), list[tuple[str, int | None, int | None]]()
    yield found
    found += [(each.kind, each.id, each.other_id) for each in changes.since(db, before)]


def test_what_comes_is_told_once(db: Database) -> None:
    with told(db) as found:
        bring(db, FOUND[:4])
    assert found == [
        *[("article_added", each, None) for each in range(1, 5)],
        *[("article_placed", each, None) for each in range(1, 5)],
        *[("copy_group_created", each, None) for each in (1, 2)],
        ("story_created", 1, None),
    ]


def test_nothing_is_told_where_nothing_changed(db: Database) -> None:
    bring(db, FOUND)
    with told(db) as found:
        with db.write():
            db.execute("UPDATE article SET clustered = 0, title = title")
            db.execute("UPDATE copy_group SET article_count = article_count + 1")
            db.execute("UPDATE copy_group SET article_count = article_count - 1")
            db.execute("UPDATE story SET title = title || 'x'")
            db.execute("UPDATE story SET title = substr(title, 1, length(title) - 1)")
        bring(db, ())
    assert found == []


def test_merging_and_parting_say_into_which_and_from_which(db: Database) -> None:
    bring(db, FOUND[:8])
    first, second = (place(db, ids_of(event)[0]) for event in (0, 1))
    older, younger = sorted((first, second))
    with told(db) as found:
        together(db, ids_of(0)[0], ids_of(1)[0])
    assert ("story_merged", younger, older) in found
    assert ("story_grown", older, None) in found
    with told(db) as found:
        take_back(db, 1)
    parted = max(place(db, ids_of(event)[0]) for event in (0, 1))
    assert ("story_split", parted, older) in found
    assert ("story_changed", older, None) in found
    assert ("decision_undone", 1, None) in found


def test_what_we_clean_otherwise_is_a_change_and_no_version(db: Database) -> None:
    bring(db, FOUND[:1])
    with told(db) as found:
        reextract(db, 1)
    assert ("article_changed", 1, None) in found
    assert {kind for kind, _, _ in found}.isdisjoint({"article_revised"})
    assert db.rows("SELECT version, cause FROM article_versions")[0]["version"] == 1


def test_a_story_closes_once_and_opens_again(db: Database) -> None:
    bring(db, FOUND[:4])
    with told(db) as found:
        stories.close(db, NOW - timedelta(days=2))
        stories.close(db, NOW + timedelta(days=2))
        stories.close(db, NOW + timedelta(days=2))
    assert found == [("story_closed", 1, None)]
    with told(db) as found:
        stories.close(db, NOW - timedelta(days=2))
    assert found == [("story_changed", 1, None)]


def test_what_was_never_kept_is_not_told(db: Database) -> None:
    with told(db) as found, suppress(ZeroDivisionError), db.write():
        db.execute("INSERT INTO story DEFAULT VALUES")
        raise ZeroDivisionError
    assert found == []


def test_what_a_foreign_tool_changes_is_told_with_the_next_write(db: Database) -> None:
    bring(db, FOUND[:4])
    with closing(sqlite3.connect(db.path)) as tool:
        tool.execute("UPDATE article SET title = 'x' WHERE id = 2")
        tool.commit()
    with told(db) as found, db.write():
        pass
    assert found == [("article_changed", 2, None)]


# --- asking ----------------------------------------------------------------------------------


def test_changes_are_asked_for_in_portions(db: Database) -> None:
    bring(db, FOUND)
    every = changes.since(db, 0)
    assert [each.seq for each in every] == list(range(1, changes.last(db) + 1))
    assert every[0].kind == "begun"
    assert changes.since(db, 3, 2) == every[3:5]
    assert {each.kind for each in every} <= set(changes.KINDS)
    last = every[-1]
    assert (last.kind, last.id) == ("story_created", 3)
    assert last.detail == {"articles": 4, "outlets": 4, "outlets_before": 0}


def test_a_follower_that_is_too_late_is_told_so(db: Database) -> None:
    bring(db, FOUND)
    newest = changes.last(db)
    with db.write():
        db.execute("DELETE FROM change WHERE seq < 10")
    assert changes.since(db, 9)[0].seq == 10
    with pytest.raises(ChangesGone, match="from 8: the oldest change that is kept is 10; read"):
        changes.since(db, 8)
    with pytest.raises(ChangesGone, match="restored from a backup"):
        changes.since(db, newest + 1)
    with db.write():
        db.execute("DELETE FROM change")
    assert changes.last(db) == newest
    assert changes.since(db, newest) == []
    with pytest.raises(ChangesGone):
        changes.since(db, newest - 1)


def test_the_clock_of_the_database_says_when() -> None:
    with open_database(":memory:", clock=lambda: NOW) as db:
        bring(db, FOUND[:1])
        assert {each.at for each in changes.since(db, 1)} == {NOW}
