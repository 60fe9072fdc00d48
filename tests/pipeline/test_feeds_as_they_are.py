"""Runs over feeds as they really are: one article under two feeds, ids that change, odd letters."""

import json
from pathlib import Path

import pytest

from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.outlet import NORTH, TEXT, Outlet, item, page, rss
from tests.support.server import Answer, Server


@pytest.fixture
def outlet(server: Server, tmp_path: Path) -> Outlet:
    return Outlet(server, tmp_path / "news.db")


# --- one article, two feeds --------------------------------------------------------------------


def test_two_feeds_of_an_outlet_give_one_article_listed_under_both(outlet: Outlet) -> None:
    url = outlet.server.url
    for query in ("", "?utm_source=a", "?utm_source=b&utm_medium=rss"):
        outlet.server.routes[f"/rat{query}"] = page("Rat beschließt Haushalt")
    outlet.read(
        a=rss(item("Rat beschließt Haushalt", url("/rat?utm_source=a"), "a-1")),
        b=rss(item("Haushalt steht", url("/rat?utm_source=b&amp;utm_medium=rss"), "b-9")),
    )
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]
    assert outlet.asked("/rat") == 1


def test_a_feed_that_brings_it_later_is_listed_too(outlet: Outlet) -> None:
    url = outlet.server.url("/rat")
    outlet.server.routes["/rat"] = page("Rat beschließt Haushalt")
    outlet.read(a=rss(item("Rat", url, "1")), b=rss())
    outlet.read(b=rss(item("Rat", f"{url}#kommentare")))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]
    assert outlet.asked("/rat") == 1


def test_an_amp_twin_is_the_article_itself(outlet: Outlet) -> None:
    url = outlet.server.url
    for path in ("/rat", "/rat/amp"):
        outlet.server.routes[path] = page("Rat beschließt Haushalt")
    outlet.read(a=rss(item("Rat", url("/rat"))), b=rss(item("Rat", url("/rat/amp"))))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]
    assert len([r for r in outlet.server.requests if r.path.startswith("/rat")]) == 1


def test_a_slash_at_the_end_makes_no_other_article(outlet: Outlet) -> None:
    url = outlet.server.url
    for path in ("/rat", "/rat/", "/bau/", "/bau"):
        outlet.server.routes[path] = page("Rat beschließt Haushalt")
    outlet.read(a=rss(item("Rat", url("/rat"))), b=rss(item("Rat", url("/rat/"))))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]
    assert outlet.asked("/rat") + outlet.asked("/rat/") == 1
    outlet.read(a=rss(item("Bau", url("/bau/"))), b=rss())
    outlet.read(b=rss(item("Bau", url("/bau"))))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))] * 2
    assert outlet.value("SELECT count(*) FROM articles") == 2


def test_pages_that_name_one_original_are_one_article(outlet: Outlet) -> None:
    url = outlet.server.url
    for path in ("/rat", "/mobil/rat"):
        outlet.server.routes[path] = page("Rat beschließt Haushalt", canonical=url("/rat"))
    outlet.read(a=rss(item("Rat", url("/rat"))), b=rss(item("Rat", url("/mobil/rat"))))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]


def test_http_and_https_are_one_article_and_stay_one_when_it_is_edited(outlet: Outlet) -> None:
    outlet.text = "feed"
    plain, secure = "http://bote.example/rat", "https://bote.example/rat?utm_source=rss"
    outlet.read(a=rss(item("Rat beschließt", plain, "1")), b=rss(item("Rat", secure, "2")))
    assert [named for _, named in outlet.articles()] == [("a", "b")]
    outlet.read(b=rss(item("Rat beschließt Haushalt", secure, "2")))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a", "b"))]


@pytest.mark.parametrize("link", ["", "/"])
def test_one_text_under_one_id_in_two_feeds_is_one_article(outlet: Outlet, link: str) -> None:
    outlet.text = "feed"
    where = outlet.server.url(link) if link else ""
    outlet.read(a=rss(item("Rat berät", where, "1")), b=rss(item("Rat berät", where, "1")))
    outlet.read(c=rss(item("Rat berät", where, "1"), item("Norden gewinnt", where, "2", NORTH)))
    assert outlet.articles() == [("Norden gewinnt", ("c",)), ("Rat berät", ("a", "b", "c"))]
    outlet.read(b=rss(item("Rat beschließt", where, "1")))
    outlet.read(a=rss(item("Rat beschließt", where, "1")))
    assert outlet.articles() == [("Norden gewinnt", ("c",)), ("Rat beschließt", ("a", "b", "c"))]
    assert outlet.value("SELECT count(*) FROM articles") == 2


def test_another_text_under_one_id_or_of_another_outlet_is_another_article(
    outlet: Outlet,
) -> None:
    outlet.text = "feed"
    outlet.read(a=rss(item("Rat", guid="1")), b=rss(item("Norden gewinnt", guid="1", text=NORTH)))
    assert outlet.articles() == [("Norden gewinnt", ("b",)), ("Rat", ("a",))]
    outlet.others["/c.xml"] = "Kurier"
    outlet.read(c=rss(item("Rat", guid="1")))
    assert outlet.value("SELECT count(*) FROM articles") == 3


# --- identity ----------------------------------------------------------------------------------


def test_an_edited_headline_makes_no_second_article(outlet: Outlet) -> None:
    url = outlet.server.url("/rat")
    outlet.server.routes["/rat"] = page("Rat berät Haushalt")
    outlet.read(a=rss(item("Rat berät Haushalt", url, "1")))
    outlet.server.routes["/rat"] = page("Rat beschließt Haushalt")
    outlet.read(a=rss(item("Rat beschließt Haushalt", url, "1")))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a",))]
    assert outlet.value("SELECT count(*) FROM entry") == 1


def test_ids_that_change_at_each_poll_make_neither_entries_nor_requests(outlet: Outlet) -> None:
    url = outlet.server.url("/rat")
    outlet.server.routes["/rat"] = page("Rat beschließt Haushalt")
    for poll in range(4):
        outlet.read(a=rss(item("Rat beschließt Haushalt", url, f"id-{poll}")))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a",))]
    assert outlet.value("SELECT count(*) FROM entry") == 1
    assert outlet.asked("/rat") == 1
    with open_database(outlet.database) as db:
        assert feeds.all_feeds(db)[0].state.id_churn > 1


def test_entries_without_link_and_lasting_id_stay_one_article(outlet: Outlet) -> None:
    outlet.text = "feed"
    for poll in range(3):
        outlet.read(a=rss(item("Rat beschließt Haushalt", guid=f"id-{poll}")))
    assert outlet.articles() == [("Rat beschließt Haushalt", ("a",))]


@pytest.mark.parametrize("path", ["/", "/#!/1", "/ticker"])
def test_texts_that_share_a_link_are_articles_of_their_own(outlet: Outlet, path: str) -> None:
    outlet.text = "feed"
    url = outlet.server.url(path)
    outlet.read(a=rss(item("Rat", url, "1"), item("Norden gewinnt", url, "2", NORTH)))
    assert outlet.articles() == [("Norden gewinnt", ("a",)), ("Rat", ("a",))]
    outlet.read(a=rss(item("Rat beschließt", url, "1"), item("Norden gewinnt", url, "2", NORTH)))
    assert outlet.articles() == [("Norden gewinnt", ("a",)), ("Rat beschließt", ("a",))]


@pytest.mark.parametrize("ids", [("1", "2"), ("", "")])
def test_the_next_text_behind_a_front_page_is_another_article(
    outlet: Outlet, ids: tuple[str, str]
) -> None:
    outlet.text = "feed"
    url = outlet.server.url("/")
    outlet.read(a=rss(item("Rat", url, ids[0])))
    outlet.read(a=rss(item("Norden gewinnt", url, ids[1], NORTH)))
    assert outlet.articles() == [("Norden gewinnt", ("a",)), ("Rat", ("a",))]


def test_an_article_stays_one_when_its_link_comes_to_be_shared(outlet: Outlet) -> None:
    outlet.text = "feed"
    url = outlet.server.url("/ticker")
    outlet.read(a=rss(item("Rat", url, "1")))
    outlet.read(a=rss(item("Norden gewinnt", url, "2", NORTH), item("Rat beschließt", url, "1")))
    assert outlet.articles() == [("Norden gewinnt", ("a",)), ("Rat beschließt", ("a",))]


# --- what cannot be stored ---------------------------------------------------------------------


def test_text_that_no_database_holds_is_mended_on_the_way_in(outlet: Outlet) -> None:
    bad = "A\x00B&#0;C&#xD800;D\ud800E&#55357;&#56832;"
    url = outlet.server.url("/rat")
    odd = f"{TEXT} Das Z\x00itat\ud83d lautet: &#xD800;&#0; so."
    answer = page("Rat &#xD800;beschließt\x00 Haushalt\udfff", text=odd)
    kind = "text/html; charset=utf-8; x=\u00ff"
    outlet.server.routes["/rat"] = Answer(answer.body, headers={"Content-Type": kind})
    outlet.read(
        a=rss(
            f"<item><title>{bad}</title><link>{url}</link><guid>{bad}</guid><author>{bad}</author>"
            f"<category>{bad}</category><description>{bad}</description></item>"
        ),
        b=Answer(
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "\ud800\x00T",
                    "items": [
                        {
                            "id": "\udc00",
                            "url": f"{url}#\ud800",
                            "title": "\x00",
                            "content_html": f"\ud800{TEXT}&#xD800;&#0;",
                            "authors": [{"name": "\udfffA"}],
                            "tags": ["\x00B"],
                        }
                    ],
                }
            ).encode()
        ),
    )
    with open_database(outlet.database) as db:
        assert db.value("SELECT count(*) FROM article") == 1
        assert db.value("SELECT count(DISTINCT feed_id) FROM entry WHERE article_id") == 2
        tables = [
            row["name"] for row in db.rows("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        for table in tables:
            for row in db.rows(f"SELECT * FROM {table}"):  # noqa: S608 - names are the schema's
                held = [value for value in tuple(row) if isinstance(value, str)]
                assert not any("\x00" in value for value in held)
                json.dumps(held, ensure_ascii=False).encode()
