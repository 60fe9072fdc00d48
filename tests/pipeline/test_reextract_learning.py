"""Extraction anew and what was learnt of sites end in one text, whichever comes first."""

import asyncio
from pathlib import Path

import pytest

from aggregator.core.furniture import LEARNT
from aggregator.executors.in_process import InProcess
from aggregator.model import PhraseRule
from aggregator.pipeline.learning import Learning
from aggregator.storage import furniture
from aggregator.storage.database import open_database
from tests.support.anew import RULES, Pages, pages_of
from tests.support.daily import Paper
from tests.support.furniture import PROMPT, article
from tests.support.server import Server

FOR_PROMPT = (PhraseRule("de", "prompt", PROMPT.split()[0]),)


def below(_number: int) -> str:
    return f"<p>{PROMPT}</p>"


@pytest.fixture
def paper(server: Server, tmp_path: Path) -> Paper:
    """Five reports on five things with one prompt, which was learnt and taken out."""
    made = Paper(server, tmp_path, wish="page", below=below, report=article)
    made.publish(range(5), lambda _number, _link: "")
    return made


def learn(pages: Pages) -> None:
    with open_database(pages.path) as db:
        step = Learning(db, InProcess(), lambda: pages.now, remember=30)
        asyncio.run(step.run(lambda _event: None))


def having(pages: Pages) -> list[object]:
    """The articles that have the prompt in their text."""
    rows = pages.rows("SELECT id, text FROM articles ORDER BY id")
    return [number for number, text in rows if PROMPT in str(text).split("\n")]


def reasons(pages: Pages) -> set[tuple[object, ...]]:
    return set(pages.rows("SELECT article_id, reason FROM removed WHERE reason <> 'headline'"))


def test_what_was_learnt_is_no_change(paper: Paper) -> None:
    pages = pages_of(paper)
    assert having(pages) == []
    assert reasons(pages) == {(each, LEARNT) for each in range(1, 6)}
    before = pages.dump()
    assert pages.anew(rules=())
    assert pages.outcomes() == {"unchanged": 5}
    assert pages.dump() == before


def test_a_rule_that_takes_what_was_learnt_gives_another_reason(paper: Paper) -> None:
    pages = pages_of(paper)
    assert pages.anew(rules=FOR_PROMPT)
    assert pages.outcomes() == {"changed": 5}
    found = pages.told[0].differences
    assert (found.lines, found.fields) == ((), ())
    assert found.stripped is not None
    assert "prompt 1" in found.stripped.after
    learn(pages)
    assert reasons(pages) == {(each, "prompt") for each in range(1, 6)}
    assert pages.anew(rules=FOR_PROMPT)
    assert pages.outcomes() == {"unchanged": 5}


def test_a_rule_that_is_gone_leaves_what_is_known_to_learning(paper: Paper) -> None:
    pages = pages_of(paper)
    pages.anew(rules=FOR_PROMPT)
    learn(pages)
    # What was learnt is known still, and so the line is out of the text at once.
    assert pages.anew(rules=())
    assert pages.outcomes() == {"changed": 5}
    assert having(pages) == []
    learn(pages)
    assert reasons(pages) == {(each, LEARNT) for each in range(1, 6)}
    assert pages.anew(rules=())
    assert pages.outcomes() == {"unchanged": 5}
    assert pages.is_sound()


@pytest.mark.parametrize("rules", [(), RULES, FOR_PROMPT])
def test_what_an_editor_rejected_stays_unless_a_rule_takes_it(
    paper: Paper, rules: tuple[PhraseRule, ...]
) -> None:
    pages = pages_of(paper)
    with open_database(pages.path) as db:
        site = db.value("SELECT site FROM articles")
        furniture.decide(db, site, PROMPT, "rejected", by="Ann", now=pages.now)
    learn(pages)
    assert having(pages) == [1, 2, 3, 4, 5]
    assert pages.anew(rules=rules)
    learn(pages)
    assert having(pages) == ([] if rules == FOR_PROMPT else [1, 2, 3, 4, 5])
    assert pages.anew(rules=rules)
    assert pages.outcomes() == {"unchanged": 5}


def test_what_an_editor_added_is_taken_from_the_new_version_at_once(paper: Paper) -> None:
    pages = pages_of(paper)
    line = article(2)[1]
    with open_database(pages.path) as db:
        site = db.value("SELECT site FROM articles")
        furniture.decide(db, site, line, "added", by="Ann", now=pages.now)
    learn(pages)
    gone = f"SELECT count(*) FROM articles WHERE instr(text, '{line}')"  # noqa: S608 - ours
    assert pages.rows(gone) == [(0,)]
    assert pages.anew(rules=FOR_PROMPT)
    assert pages.rows(gone) == [(0,)]
    learn(pages)
    assert pages.rows(gone) == [(0,)]
