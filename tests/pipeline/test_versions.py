"""Runs over reports that their outlets change: what they said before is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.furniture import LEARNT
from aggregator.core.versions import is_new_version
from aggregator.model import Article, Removed
from aggregator.storage import changes, versions
from aggregator.storage.database import open_database
from tests.support.mirror import Mirror, views
from tests.support.outlet import NORTH, TEXT, Outlet, item, page, rss
from tests.support.server import Answer, Server

BEFORE, AFTER = "Rat berät Haushalt", "Rat beschließt Haushalt"
MORE = f"{TEXT} Die Bürgermeisterin dankte allen und kündigte eine Klausur im Herbst an."


@pytest.fixture
def outlet(server: Server, tmp_path: Path) -> Outlet:
    return Outlet(server, tmp_path / "news.db")


def read(outlet: Outlet, title: str, text: str = TEXT, said: str = "") -> None:
    """Let the outlet's page be so, and its feed say that it was changed."""
    outlet.server.routes["/rat"] = page(title, text=text)
    link = outlet.server.url("/rat")
    outlet.read(a=rss(item(title, link, "1", f"{text} {said}")))


def said(outlet: Outlet) -> list[tuple[int, str, bool, str]]:
    """Each version's number, headline, whether it has more, and its cause."""
    with open_database(outlet.database) as db:
        found = versions.of_article(db, 1)
    return [(each.version, each.title, MORE in each.text, each.cause) for each in found]


def test_what_the_outlet_changes_is_a_version(outlet: Outlet) -> None:
    read(outlet, BEFORE)
    assert said(outlet) == [(1, BEFORE, False, "first")]
    with open_database(outlet.database) as db:
        mirror = Mirror(db)
    read(outlet, AFTER)
    read(outlet, AFTER, MORE)
    assert said(outlet) == [
        (1, BEFORE, False, "first"),
        (2, AFTER, False, "revised"),
        (3, AFTER, True, "revised"),
    ]
    with open_database(outlet.database) as db:
        found = [each for each in changes.since(db, mirror.seen) if each.kind == "article_revised"]
        mirror.follow(db)
        assert mirror.rows == views(db)
    assert [each.detail for each in found] == [
        {"version": 2, "headline_before": BEFORE},
        {"version": 3, "headline_before": None},
    ]


def test_what_the_feed_alone_changes_is_none(outlet: Outlet) -> None:
    read(outlet, BEFORE)
    first = outlet.value("SELECT seen_at FROM article_versions")
    read(outlet, BEFORE, said="Mehr dazu morgen.")
    assert outlet.asked("/rat") == 2
    assert said(outlet) == [(1, BEFORE, False, "first")]
    assert outlet.value("SELECT seen_at FROM article_versions") == first
    assert outlet.value("SELECT fetched_at FROM articles") != first


def test_a_page_that_is_taken_back_is_noted_until_it_is_there_again(outlet: Outlet) -> None:
    read(outlet, BEFORE)
    outlet.server.routes["/rat"] = Answer(b"", status=410)
    link = outlet.server.url("/rat")
    outlet.read(a=rss(item(AFTER, link, "1")))
    assert outlet.value("SELECT gone_at FROM articles") is not None
    assert outlet.value("SELECT title FROM articles") == BEFORE
    assert outlet.value("SELECT kind FROM changes WHERE kind = 'article_gone'") is not None
    read(outlet, AFTER, said="Wieder da.")
    assert outlet.value("SELECT gone_at FROM articles") is None


def test_what_vanishes_from_a_feed_is_not_gone(outlet: Outlet) -> None:
    read(outlet, BEFORE)
    with open_database(outlet.database) as db:
        before = changes.last(db)
    outlet.read(a=rss(item("Nord siegt", "", "2", NORTH)))
    assert outlet.value("SELECT gone_at FROM articles WHERE id = 1") is None
    with open_database(outlet.database) as db:
        found = [each.id for each in changes.since(db, before) if each.kind.startswith("article")]
    assert 1 not in found


def test_an_article_that_becomes_part_of_another_was_an_earlier_version(outlet: Outlet) -> None:
    old, new = (outlet.server.url(path) for path in ("/rat-beraet", "/rat-beschliesst"))
    outlet.server.routes["/rat-beraet"] = page(BEFORE)
    outlet.server.routes["/rat-beschliesst"] = page(AFTER, text=MORE)
    outlet.read(a=rss(item(BEFORE, old, "1")), b=rss())
    outlet.read(b=rss(item(AFTER, new, "b-7", MORE)))
    outlet.read(a=rss(item(AFTER, new, "1", MORE)))
    sql = "SELECT version, title, cause FROM article_versions ORDER BY version"
    with open_database(outlet.database) as db:
        assert [tuple(row) for row in db.rows(sql)] == [(1, BEFORE, "first"), (2, AFTER, "merged")]
        assert [
            tuple(row)
            for row in db.rows(
                "SELECT id, other_id FROM changes WHERE kind = ?", ("article_merged",)
            )
        ] == [(1, 2)]


LINES = Article("u", "u", "Titel", "Eins.\nZwei.\nDrei.", lead="Vorab.", places=(0, 1, 2))
LEARNT_ZWEI = replace(
    LINES, text="Eins.\nDrei.", places=(0, 2), removed=(Removed("Zwei.", LEARNT, 1),)
)


@pytest.mark.parametrize(
    ("after", "is_new"),
    [
        (LINES, False),
        (replace(LINES, updated_at=datetime(2026, 3, 1, tzinfo=UTC), image="i"), False),
        (LEARNT_ZWEI, False),
        (replace(LINES, lead="", text="Vorab.\nEins.\nZwei.\nDrei.", places=()), False),
        (replace(LINES, text="Eins.\nDrei.", removed=(Removed("Zwei.", "teaser", 1),)), False),
        (replace(LINES, title="Neuer Titel"), True),
        (replace(LINES, lead="Davor."), True),
        (replace(LINES, text="Eins.\nZwo.\nDrei."), True),
        (replace(LINES, text="Eins.\nDrei."), True),
        (replace(LINES, text="Zwei.\nEins.\nDrei."), True),
        (replace(LEARNT_ZWEI, text="Eins.\nDrei!"), True),
    ],
)
def test_only_what_the_outlet_changes_counts(after: Article, *, is_new: bool) -> None:
    assert is_new_version(LINES, after) is is_new
    assert is_new_version(after, LINES) is is_new
