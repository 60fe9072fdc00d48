"""Today's rules on kept pages: what they change is told, then kept, and nothing else changes."""

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from aggregator.config import load_rules
from aggregator.core.differences import Line
from aggregator.executors.in_process import InProcess
from aggregator.executors.protocol import WorkerFailed
from aggregator.pipeline.reextract import task_name
from aggregator.pipeline.work import AnewJob
from aggregator.settings import ExtractSettings
from aggregator.storage import reextraction
from aggregator.storage.database import Database, open_database
from tests.support.anew import RULES, Pages, pages_of
from tests.support.daily import Paper, prompt, whole
from tests.support.server import Server

Item = TypeVar("Item")
Result = TypeVar("Result")


def carried(number: int, link: str) -> str:
    return whole(number, link) + prompt(number)


@pytest.fixture
def paper(server: Server, tmp_path: Path) -> Paper:
    """Six reports with a prompt below, which was no boilerplate then; the last three by feed."""
    made = Paper(server, tmp_path, below=prompt)
    made.publish(range(1, 4), carried)
    made.publish(range(4, 7), carried)
    return made


def test_what_changes_is_told_and_kept_once(paper: Paper) -> None:
    pages = pages_of(paper)
    fetched = pages.rows("SELECT id, fetched_at, ordered_at, entry_id, text_from FROM article")
    assert pages.anew()
    assert pages.outcomes() == {"changed": 6}
    assert pages.told[0].differences.lines == (Line("-", prompt(1)[3:-4], "prompt"),)
    assert pages.rows("SELECT count(*) FROM articles WHERE instr(text, 'Read more')") == [(0,)]
    assert pages.rows("SELECT count(*) FROM removed WHERE reason = 'prompt'") == [(6,)]
    assert pages.rows("SELECT count(*) FROM article WHERE NOT clustered") == [(6,)]
    after = pages.rows("SELECT id, fetched_at, ordered_at, entry_id, text_from FROM article")
    assert after == fetched, "nothing was fetched, and nothing moved"
    # A second one changes nothing.
    before = pages.dump()
    assert pages.anew()
    assert pages.outcomes() == {"unchanged": 6}
    assert pages.dump() == before
    # The next run clusters them.
    paper.rules = RULES
    paper.read()
    assert pages.rows("SELECT count(*) FROM article WHERE NOT clustered") == [(0,)]
    assert pages.is_sound()


def test_to_look_only_changes_not_a_byte(paper: Paper) -> None:
    pages = pages_of(paper)
    before = pages.dump()
    assert pages.anew(keep=False)
    assert pages.outcomes() == {"changed": 6}
    assert pages.dump() == before


def test_it_ends_in_what_a_reader_with_these_rules_would_have(
    paper: Paper, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pages = pages_of(paper)
    pages.anew()
    other = Paper(server, tmp_path_factory.mktemp("other"), below=prompt, rules=RULES)
    other.publish(range(1, 4), carried)
    other.publish(range(4, 7), carried)
    wanted = """SELECT canonical_url, title, lead, text, authors, agency, language, published_at,
                  updated_at, word_count, ordered_at FROM article ORDER BY 1"""
    assert pages.rows(wanted) == pages_of(other).rows(wanted)
    signed = """SELECT canonical_url, profile, signature, keys FROM fingerprint
                JOIN article ON id = article_id ORDER BY 1"""
    assert pages.rows(signed) == pages_of(other).rows(signed)


@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_killed_it_goes_on_where_it_was(paper: Paper, after: int) -> None:
    pages = pages_of(paper)
    with pytest.raises(KeyboardInterrupt):
        pages.anew(dies_after=after)
    assert pages.is_sound()
    assert pages.anew()
    assert pages.outcomes() == {"changed": 6 - after}
    assert pages.rows("SELECT count(*) FROM articles WHERE instr(text, 'Read more')") == [(0,)]
    assert pages.rows("SELECT * FROM reextraction") == []


def test_with_other_rules_it_begins_anew(paper: Paper) -> None:
    pages = pages_of(paper)
    with pytest.raises(KeyboardInterrupt):
        pages.anew(dies_after=3)
    assert pages.anew(rules=())
    assert pages.outcomes() == {"changed": 3, "unchanged": 3}
    assert pages.rows("SELECT count(*) FROM articles WHERE instr(text, 'Read more')") == [(6,)]


def test_what_covers_more_begins_anew(paper: Paper) -> None:
    pages = pages_of(paper)
    late = paper.now - timedelta(hours=2)
    with pytest.raises(KeyboardInterrupt):
        pages.anew(dies_after=2, since=late)
    assert pages.anew()
    assert pages.outcomes() == {"unchanged": 2, "changed": 4}


def test_stopped_it_finishes_what_is_in_hand(paper: Paper) -> None:
    pages = pages_of(paper)
    asked = iter([False, False, True])
    assert not pages.anew(stop=lambda: next(asked))
    assert pages.outcomes() == {"changed": 2}
    assert pages.anew()
    assert pages.outcomes() == {"changed": 4}


def test_what_would_be_none_now_stays_as_it_is(paper: Paper) -> None:
    pages = pages_of(paper)
    before = pages.dump()
    assert pages.anew(settings=ExtractSettings(min_words=10_000))
    assert pages.outcomes() == {"rejected": 6}
    assert pages.told[0].detail.startswith("too_short: ")
    assert pages.dump() == before


class Stalling(InProcess):
    """Loses its worker to report 2."""

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        assert isinstance(item, AnewJob)
        if item.text.entry.title == "Report 2":
            return WorkerFailed("timeout", "stopped after 30 s of work")
        return await super().run(function, item)


def test_a_page_that_costs_a_worker_is_told(paper: Paper) -> None:
    pages = pages_of(paper)
    assert pages.anew(executor=Stalling())
    assert pages.outcomes() == {"changed": 5, "failed": 1}
    assert pages.told[1].detail == "timeout: stopped after 30 s of work"


def edit(pages: Pages, sql: str) -> None:
    with open_database(pages.path) as db, db.write():
        db.execute(sql)


def test_of_what_was_made_is_no_longer_there_it_is_told(paper: Paper) -> None:
    pages = pages_of(paper)
    edit(pages, "DELETE FROM page WHERE id = 1")
    # What came under the id of an entry since is another report, or waits to be read.
    edit(pages, "UPDATE entry SET article_id = 1 WHERE id = 5")
    edit(pages, "UPDATE entry SET state = 'pending' WHERE id = 6")
    assert pages.anew()
    assert [each.outcome for each in pages.told] == [
        "no page", "changed", "changed", "changed", "no page", "no page",
    ]  # fmt: skip


def test_an_article_keeps_its_address(paper: Paper) -> None:
    pages = pages_of(paper)
    with open_database(pages.path) as db, db.write():
        body = zlib.decompress(db.value("SELECT body FROM page WHERE id = 1"))
        link = b'<link rel="canonical" href="/elsewhere">'
        db.execute("UPDATE page SET body = ? WHERE id = 1", (zlib.compress(link + body),))
    before = pages.rows("SELECT canonical_url FROM articles")
    assert pages.anew()
    assert pages.rows("SELECT canonical_url FROM articles") == before


def test_sites_and_times_are_chosen(paper: Paper) -> None:
    pages = pages_of(paper)
    port = paper.server.port

    def chosen(db: Database, site: str | None, since: datetime | None = None) -> list[int]:
        return reextraction.chosen(db, site, since)

    with open_database(pages.path) as db:
        assert chosen(db, "127.0.0.1") == chosen(db, f"127.0.0.1:{port}") == [1, 2, 3, 4, 5, 6]
        assert chosen(db, "post.example") == []
        assert chosen(db, None, paper.now - timedelta(hours=1)) == [5, 6]


def test_a_task_is_another_one_with_other_rules() -> None:
    names = {
        task_name(ExtractSettings(), ()),
        task_name(ExtractSettings(), RULES),
        task_name(ExtractSettings(min_words=1), ()),
        task_name(ExtractSettings(), load_rules()),
    }
    assert len(names) == 4
    assert task_name(ExtractSettings(), RULES) in names
