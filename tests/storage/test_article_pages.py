"""An article page has every line in its place, and what is known of those that its site repeats."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.core.forms import form
from aggregator.core.furniture import LEARNT, Furniture, State
from aggregator.model import Removed
from aggregator.storage import feeds, furniture, versions
from aggregator.storage.article_pages import ArticlePage, article_page
from aggregator.storage.database import Database, open_database
from tests.support.kept import POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = "Follow the Post on every channel there is for news at noon"
NEAR = "Follow the Post on every channel there is for news at midnight"
SITE = "news.example"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "news.db") as db:
        feeds.sync(db, [POST], NOW)
        yield db


def bring(db: Database, text: str = "One.\nThree.", removed: tuple[Removed, ...] = ()) -> int:
    article = report("bridge", NOW - timedelta(hours=1), text=text)
    article = replace(article, lead="The lead.", places=(0, 2), removed=removed)
    return keep(db, POST, article, NOW)


def learn(db: Database, line: str, state: State = "learnt") -> None:
    known = Furniture(form(line), line, pages=7, first_seen_at=NOW, last_seen_at=NOW)
    with db.write():
        furniture.save(db, SITE, (), (known,))
    if state != "learnt":
        furniture.decide(db, SITE, line, state, by="eva", now=NOW)


def shown(db: Database, article_id: int) -> ArticlePage:
    found = article_page(db, article_id)
    assert found is not None
    return found


def test_there_is_no_page_of_an_article_that_is_not_there(db: Database) -> None:
    assert article_page(db, 1) is None


def test_what_was_taken_out_stands_in_its_place(db: Database) -> None:
    taken = (Removed("Two.", "teaser", 1), Removed("Four.", LEARNT, 3))
    found = shown(db, bring(db, removed=taken))
    assert [(line.text, line.reason) for line in found.lines] == [
        ("The lead.", ""),
        ("One.", ""),
        ("Two.", "teaser"),
        ("Three.", ""),
        ("Four.", LEARNT),
    ]


@pytest.mark.parametrize("known", [LINE, NEAR])
def test_a_learnt_line_is_known_by_itself_or_by_what_is_near_it(db: Database, known: str) -> None:
    learn(db, known)
    found = shown(db, bring(db, removed=(Removed(LINE, LEARNT, 1),)))
    assert {at: (each.example, each.pages) for at, each in found.known.items()} == {2: (known, 7)}


def test_of_lines_in_the_text_only_what_is_decided_is_known(db: Database) -> None:
    learn(db, LINE)
    article = bring(db, text=f"One.\n{LINE}")
    assert shown(db, article).known == {}
    furniture.decide(db, SITE, LINE, "rejected", by="eva", now=NOW)
    (line,) = shown(db, article).known.values()
    assert (line.state, line.decided_by) == ("rejected", "eva")


def test_a_decision_outranks_what_is_nearer(db: Database) -> None:
    learn(db, LINE)
    furniture.decide(db, SITE, NEAR, "approved", by="eva", now=NOW)
    (line,) = shown(db, bring(db, removed=(Removed(LINE, LEARNT, 1),))).known.values()
    assert line.state == "approved"


def test_other_sites_say_nothing(db: Database) -> None:
    furniture.decide(db, "other.example", LINE, "rejected", by="eva", now=NOW)
    assert shown(db, bring(db, removed=(Removed(LINE, LEARNT, 1),))).known == {}


def test_the_newest_versions_come_in_order(db: Database) -> None:
    article = bring(db)
    with db.write():
        for number in range(1, 31):
            db.execute(
                "INSERT INTO former_version VALUES (?, ?, ?, '', '', '2026-03-01T10:00:00Z',"
                " NULL, 'revised')",
                (article, number, f"Headline {number}"),
            )
        versions.number(db, article, versions.Numbered(31, NOW, "revised"))
    found = shown(db, article)
    assert [each.version for each in found.versions] == list(range(12, 32))
    third = versions.numbered(db, article, 3)
    assert third is not None
    assert third.title == "Headline 3"
    assert versions.numbered(db, article, 32) is None


def test_its_story_is_named(db: Database) -> None:
    article = bring(db)
    assert shown(db, article).story is None
    story = tell(db, [[article]])
    found = shown(db, article).story
    assert found is not None
    assert found.id == story
