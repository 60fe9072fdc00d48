"""What a page names as feeds, by its own declarations and by its links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.discovery import Candidate, candidates, guesses, plain_scheme

HOME = "https://www.example.org/news/"


def named(head: str = "", body: str = "", url: str = HOME) -> list[str]:
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return [each.url for each in candidates(page.encode(), url)]


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}">'


@pytest.mark.parametrize(
    ("element", "found"),
    [
        (link("/rss"), "https://www.example.org/rss"),
        (link("a.xml"), "https://www.example.org/news/a.xml"),
        (link("//feeds.example.net/x"), "https://feeds.example.net/x"),
        (link("https://other.example/x"), "https://other.example/x"),
        (link("feed://other.example/x"), "http://other.example/x"),
        (link("feed:https://other.example/x"), "https://other.example/x"),
        (link("/a", "application/atom+xml; charset=utf-8"), "https://www.example.org/a"),
        (link("/a", "application/feed+json"), "https://www.example.org/a"),
        (link("/a", " Application/RSS+XML "), "https://www.example.org/a"),
        (link("/a.xml", "text/xml"), "https://www.example.org/a.xml"),
        (link("/feed.json", "application/json"), "https://www.example.org/feed.json"),
        (link("/a", rel="Alternate  HOME"), "https://www.example.org/a"),
        (link("/a", kind="", rel="feed"), "https://www.example.org/a"),
        ("<base href='https://cdn.example/x/'>" + link("a"), "https://cdn.example/x/a"),
        ("<base target=_top><base href='/x/'>" + link("a"), "https://www.example.org/x/a"),
        (link("/a?x=1&amp;y=2"), "https://www.example.org/a?x=1&y=2"),
    ],
)
def test_what_a_page_declares(element: str, found: str) -> None:
    assert named(element) == [found]


@pytest.mark.parametrize(
    "element",
    [
        link("/de", "text/html"),
        link("/style.css", "text/css", rel="alternate stylesheet"),
        link("/wp-json/wp/v2/posts/1", "application/json"),
        link("/oembed?url=x", "application/json+oembed"),
        link("/search.xml", "application/opensearchdescription+xml", rel="search"),
        link("/a.xml", "application/rss+xml", rel="canonical"),
        link("mailto:a@example.org"),
        link("javascript:alert(1)"),
        link("http://[/"),
        link(""),
        "<link rel=alternate type=application/rss+xml>",
    ],
)
def test_what_a_page_declares_besides(element: str) -> None:
    assert named(element) == []


@pytest.mark.parametrize(
    ("href", "text", "origin"),
    [
        ("/rss", "x", "anchor"),
        ("/rss/politik/", "Politik", "anchor"),
        ("/politik.rss", "Politik", "anchor"),
        ("/feeds/atom", "x", "anchor"),
        ("/export/rss2.0", "x", "overview"),
        ("/index.rdf", "x", "anchor"),
        ("/x/feed.json", "x", "anchor"),
        ("/rss.php", "x", "anchor"),
        ("/?feed=rss2", "x", "anchor"),
        ("/news?format=rss", "x", "anchor"),
        ("https://feeds.feedburner.com/example", "RSS", "anchor"),
        ("https://rss.example.org/top", "RSS-Feed", "anchor"),
        ("/service/rss.html", "x", "overview"),
        ("/service/abos", "Unsere RSS-Feeds", "overview"),
    ],
)
def test_links_that_look_like_feeds(href: str, text: str, origin: str) -> None:
    (found,) = candidates(f'<p><a href="{href}">{text}</a>'.encode(), HOME)
    assert (found.origin, found.title) == (origin, text)


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="/feedback">Feedback</a>',
        '<a href="/sitemap.xml">Map</a>',
        '<a href="https://blog.example/feed">A blog we like</a>',
        '<a href="https://blog.example/feed">Their RSS</a>',
        '<a href="#rss">RSS</a>',
        '<a name="rss">RSS</a>',
        '<a href="/atomkraft">Atomkraft</a>',
        '<a href="/press">Press</a>',
    ],
)
def test_links_that_do_not(anchor: str) -> None:
    assert named(body=anchor) == []


def test_the_likeliest_come_first_and_each_once() -> None:
    head = (
        '<link rel=alternate type=application/rss+xml title="Post » Kommentar-Feed" href="/k/feed">'
        + link("/a")
        + link("/b")
    )
    body = (
        '<a href="/hilfe/abo">Hilfe zu RSS</a><a href="/sport.rss">Sport</a><a href="/a">RSS</a>'
        '<a href="/comments/feed">RSS der Kommentare</a>'
    )
    page = f"<html><head>{head}</head><body>{body}".encode()
    assert [(each.url.removeprefix("https://www.example.org"), each.origin, each.comments)
            for each in candidates(page, HOME)] == [
        ("/a", "link", False),
        ("/b", "link", False),
        ("/sport.rss", "anchor", False),
        ("/hilfe/abo", "overview", False),
        ("/k/feed", "link", True),
        ("/comments/feed", "anchor", True),
    ]  # fmt: skip
    assert candidates(page, HOME)[0] == Candidate("https://www.example.org/a", "RSS")


def test_pages_in_other_encodings_are_read() -> None:
    page = '<html><head><link rel=alternate type=application/rss+xml title="Übersicht" href="/ü">'
    (found,) = candidates(page.encode("iso-8859-1"), HOME, "text/html; charset=iso-8859-1")
    assert (found.title, found.url) == ("Übersicht", "https://www.example.org/%C3%BC")


def test_a_page_made_to_stall_names_few() -> None:
    many = "".join(link(f"/{n}") for n in range(3000)) + "<a href='/rss'>RSS</a>" * 30_000
    assert len(named(many)) == 100
    assert named("", "<a " + "a=1 " * 100_000 + "href='/rss'>x") == []
    long = "/-rss" * 1600
    assert len(named("", f"<a href='{long}'>RSS</a>" * 200)) == 1


@given(st.binary(max_size=500), st.text(max_size=50))
def test_nothing_raises(body: bytes, url: str) -> None:
    candidates(b"<a href=/rss>RSS</a><link rel=alternate href=" + body, url)
    guesses(url)
    plain_scheme(url)


def test_the_usual_places_are_few() -> None:
    top = guesses("https://example.org/")
    assert top[0] == "https://example.org/feed"
    assert len(top) == 7
    below = guesses("https://ann:secret@example.org/blog/post.html?x=1")
    assert below[0] == "https://example.org/blog/feed"
    assert len(below) == 11
    assert guesses("nowhere") == ()
