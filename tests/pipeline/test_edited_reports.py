"""Runs over reports that are edited and get another address: one article goes on, none is lost."""

from pathlib import Path

import pytest

from aggregator.storage.database import open_database
from aggregator.storage.soundness import broken_promises
from tests.support.outlet import NORTH, TEXT, Outlet, item, page, rss
from tests.support.server import Server

BEFORE, AFTER = "Rat berät Haushalt", "Rat beschließt Haushalt"


@pytest.fixture(params=["page", "feed"])
def outlet(server: Server, tmp_path: Path, request: pytest.FixtureRequest) -> Outlet:
    served = Outlet(server, tmp_path / "news.db", request.param)
    for path, title in (("/rat-beraet", BEFORE), ("/rat-beschliesst", AFTER)):
        server.routes[path] = page(title)
    return served


def kept(outlet: Outlet) -> list[tuple[str, tuple[str, ...]]]:
    """Each article's title and its feeds, of a database that is sound and lists them all."""
    assert list(broken_promises(outlet.database, outlet.now)) == []
    found = sorted(outlet.articles())
    assert outlet.value("SELECT count(*) FROM articles") == len(found)
    return found


def leads(outlet: Outlet, path: str) -> str | None:
    """The canonical URL of the article that a former address leads to."""
    sql = """SELECT canonical_url FROM former_addresses AS former
             JOIN articles ON articles.id = article_id WHERE former.url = ?"""
    with open_database(outlet.database) as db:
        url: str | None = db.value(sql, (outlet.server.url(path),))
    return url


def test_a_new_address_makes_no_second_article(outlet: Outlet) -> None:
    old, new = (outlet.server.url(path) for path in ("/rat-beraet", "/rat-beschliesst"))
    outlet.read(a=rss(item(BEFORE, old, "1")))
    first = outlet.value("SELECT id FROM articles")
    outlet.read(a=rss(item(AFTER, new, "1")))
    assert kept(outlet) == [(AFTER, ("a",))]
    assert outlet.value("SELECT id FROM articles") == first
    assert outlet.value("SELECT canonical_url FROM articles") == new
    assert leads(outlet, "/rat-beraet") == new
    outlet.read(a=rss(item(BEFORE, old, "1")))
    assert kept(outlet) == [(BEFORE, ("a",))]
    assert leads(outlet, "/rat-beraet") is None
    assert leads(outlet, "/rat-beschliesst") == old


def test_another_feed_may_follow_later_or_never(outlet: Outlet) -> None:
    old, new = (outlet.server.url(path) for path in ("/rat-beraet", "/rat-beschliesst"))
    outlet.read(a=rss(item(BEFORE, old, "1")), b=rss(item(BEFORE, old, "b-7")))
    outlet.read(a=rss(item(AFTER, new, "1")))
    assert kept(outlet) == [(AFTER, ("a", "b"))]
    outlet.read(b=rss(item(AFTER, new, "b-7")), c=rss(item(BEFORE, old, "c-9")))
    assert kept(outlet) == [(AFTER, ("a", "b", "c"))]


def test_an_article_that_stands_there_already_takes_it_in(outlet: Outlet) -> None:
    """Its copy group and story, which nobody is in any more, lead on too."""
    old, new = (outlet.server.url(path) for path in ("/rat-beraet", "/rat-beschliesst"))
    more = f"{TEXT.partition('.')[0]}. {NORTH} {NORTH[::-1]}"
    outlet.server.routes["/rat-beschliesst"] = page(AFTER, text=more)
    outlet.read(a=rss(item(BEFORE, old, "1")), b=rss())
    outlet.read(b=rss(item(AFTER, new, "b-7", more)))
    assert kept(outlet) == [(BEFORE, ("a",)), (AFTER, ("b",))]
    group = outlet.value("SELECT min(id) FROM copy_groups")
    story = outlet.value("SELECT min(id) FROM stories")
    outlet.read(a=rss(item(AFTER, new, "1", more)))
    assert kept(outlet) == [(AFTER, ("a", "b"))]
    with open_database(outlet.database) as db:
        led = {tuple(row) for row in db.rows("SELECT kind, old_id FROM redirect")}
    assert led == {("copy_group", group), ("story", story)}
    assert leads(outlet, "/rat-beraet") == new


def test_one_that_comes_to_stand_there_in_the_same_run_takes_its_place(outlet: Outlet) -> None:
    """Two entries that were two articles become one; its story stays what it was."""
    old, other, new = (outlet.server.url(p) for p in ("/rat-beraet", "/rat", "/rat-beschliesst"))
    outlet.server.routes["/rat"] = page(BEFORE)
    outlet.read(a=rss(item(BEFORE, old, "1")), b=rss(item(BEFORE, other, "2")))
    assert kept(outlet) == [(BEFORE, ("a",)), (BEFORE, ("b",))]
    story = outlet.value("SELECT min(id) FROM stories")
    outlet.read(a=rss(item(AFTER, new, "1")), b=rss(item(AFTER, new, "2")))
    assert kept(outlet) == [(AFTER, ("a", "b"))]
    assert leads(outlet, "/rat-beraet") == leads(outlet, "/rat") == new
    assert outlet.value("SELECT id FROM stories") == story


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(BEFORE, "Norden gewinnt", NORTH), ("Das Wetter am Montag", "Das Wetter am Dienstag", TEXT)],
)
def test_another_report_under_a_known_id_replaces_none(
    outlet: Outlet, before: str, after: str, text: str
) -> None:
    """Ids that number places, or name a series: the article that was there stays, and listed."""
    url = outlet.server.url
    outlet.server.routes |= {"/1": page(before), "/2": page(after, text=text)}
    outlet.read(a=rss(item(before, url("/1"), "1")))
    outlet.read(a=rss(item(after, url("/2"), "1", text)))
    assert kept(outlet) == sorted([(before, ("a",)), (after, ("a",))])
    assert leads(outlet, "/1") is None


def test_a_page_of_several_entries_goes_along_with_none(outlet: Outlet) -> None:
    outlet.text = "page"
    url = outlet.server.url
    outlet.server.routes |= {"/ticker": page("Ticker"), "/archiv": page("Archiv")}
    outlet.read(a=rss(item("Rat", url("/ticker"), "1"), item("Norden", url("/ticker"), "2")))
    outlet.read(a=rss(item("Rat", url("/archiv"), "1"), item("Norden", url("/ticker"), "2")))
    assert kept(outlet) == [("Archiv", ("a",)), ("Ticker", ("a",))]


def test_a_new_report_at_a_former_address_is_an_article(outlet: Outlet) -> None:
    old, new = (outlet.server.url(path) for path in ("/rat-beraet", "/rat-beschliesst"))
    outlet.read(a=rss(item(BEFORE, old, "1")))
    outlet.read(a=rss(item(AFTER, new, "1")))
    outlet.server.routes["/rat-beraet"] = page("Norden gewinnt", text=NORTH)
    outlet.read(a=rss(item("Norden gewinnt", old, "2", NORTH), item(AFTER, new, "1")))
    assert kept(outlet) == [("Norden gewinnt", ("a",)), (AFTER, ("a",))]
    assert leads(outlet, "/rat-beraet") is None
