"""Addresses are made absolute and identified alike however they are spelled."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.urls import (
    canonicalise,
    host,
    identity,
    registrable,
    resolve,
    same_site,
    site,
    spellings,
    without_credentials,
)

FEED = "https://operator:secret@paper.example/news/feed.xml"

url_like = st.one_of(
    st.text(),
    st.from_regex(r"https?://[a-zA-Z0-9.\[\]:@-]{1,20}(/[^\x00]{0,30})?", fullmatch=True),
    st.builds(
        "{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["http", "HTTPS", "ftp", "javascript"]),
        st.sampled_from(["a.de", "Münch.de", "xn--mnchen-3ya.de", "127.0.0.1", "[::1]", "u:p@h"]),
        st.sampled_from(["", ":80", ":443", ":8443", ":0", ":x"]),
        st.text(alphabet="a/.%2Ef;:@ äÄ\\&", max_size=20)
        | st.lists(st.sampled_from(["amp", "/amp", "/", ".amp", ".html", "a"])).map("".join),
        st.text(alphabet="ab=&;%2f+utm_source#amp ", max_size=25)
        | st.lists(st.sampled_from(["amp", "=1", "&", "utm_id=1", "%61mp"])).map("".join),
        st.text(max_size=5),
    ),
)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a/b", "https://paper.example/a/b"),
        ("b?x=1", "https://paper.example/news/b?x=1"),
        ("../b", "https://paper.example/b"),
        ("//cdn.example/b", "https://cdn.example/b"),
        (" https://Other.Example/B \n", "https://other.example/B"),
        ("https://o.example/a\n  b", "https://o.example/a%20%20b"),
        ("https://o.example/?a=1&amp;b=2&#038;c=3", "https://o.example/?a=1&b=2&c=3"),
        ("https://o.example\\a", "https://o.example/a"),
        ("https://o.example/ä?ö", "https://o.example/%C3%A4?%C3%B6"),
        ("https://o.example/%C3%A4", "https://o.example/%C3%A4"),
        ("https://name:word@o.example/", "https://o.example/"),
        ("https://o.example:8443/", "https://o.example:8443/"),
        ("http://[0:0::1]:80/", "http://[::1]:80/"),
    ],
)
def test_a_link_is_made_absolute(link: str, expected: str) -> None:
    assert resolve(FEED, link) == expected


@pytest.mark.parametrize(
    "link",
    ["", "  ", "javascript:alert(1)", "java\tscript:alert(1)", "mailto:a@b.de", "data:text/html,x",
     "ftp://a.de/", "http://", "http:///x", "http://[::1", "http://a.de:99999/", "http://a.de:0/",
     "http://a b.de/", "http://[fe80::1%25eth0]/", "http://a.de/" + "x" * 9000,
     "tag:a.de,2024:1", "http://..."],
)  # fmt: skip
def test_what_is_no_web_address_is_none(link: str) -> None:
    assert resolve("", link) is None


@given(url_like, url_like)
def test_resolving_never_raises_and_is_done_once(base: str, link: str) -> None:
    found = resolve(base, link)
    if found is not None:
        assert urlsplit(found).scheme in {"http", "https"}
        assert host(found)
        assert "@" not in urlsplit(found).netloc
        assert resolve(base, found) == found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.COM:80/Path/?b=2&a=1#top", "http://example.com/Path/?a=1&b=2"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com.:443/", "https://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://127.0.0.1:8080/A/b?id=3&story", "http://127.0.0.1:8080/A/b?id=3&story"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("https://x.de/?123", "https://x.de/?123"),
        ("https://x.de/a?tag=2&tag=1&b=", "https://x.de/a?b=&tag=2&tag=1"),
        ("https://x.de/a/../b/./c", "https://x.de/b/c"),
        ("https://x.de/%7efoo/%c3%a4", "https://x.de/~foo/%C3%A4"),
        ("https://x.de/ä", "https://x.de/%C3%A4"),
        ("https://x.de/a?q=a+b&c=%2f", "https://x.de/a?c=%2F&q=a+b"),
        ("https://x.de/a?b=1&copy=2", "https://x.de/a?b=1&copy=2"),
        ("https://x.de/a;jsessionid=AB12?p=1", "https://x.de/a?p=1"),
        ("https://MÜNCHEN.de/", "https://xn--mnchen-3ya.de/"),
        ("https://x.de/a?gallery=3&cid=41&reference=9&page=2&session=4",
         "https://x.de/a?cid=41&gallery=3&page=2&reference=9&session=4"),
        ("urn:isbn:1", "urn:isbn:1"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_canonical_form(url: str, expected: str) -> None:
    assert canonicalise(url) == expected


@pytest.mark.parametrize(
    "tracking",
    ["utm_source=rss&utm_medium=feed", "at_medium=RSS&at_campaign=rss", "fbclid=Iw", "gclid=1",
     "wt_mc=rss.ho.beitrag", "wt_zmc=x", "xtor=RSS-1", "mtm_campaign=x", "pk_campaign=x",
     "maca=de-rss-de-all", "mc_cid=1&mc_eid=2", "ns_mchannel=rss", "ref=rss", "source=rss",
     "CMP=Share_iOS", "partner=rss&emc=rss", "cid=rss-1", "sara_ref=re-xx-cp-sh", "from=newsletter",
     "feature=emb_share", "msclkid=1", "_ga=1", "PHPSESSID=1"],
)  # fmt: skip
def test_tracking_parameters_do_not_make_another_article(tracking: str) -> None:
    plain = "https://paper.example/a-1?id=7"
    assert canonicalise(f"https://paper.example/a-1?{tracking}&id=7") == plain
    assert canonicalise(f"https://paper.example/a-1?id=7&amp;{tracking}") == plain


@pytest.mark.parametrize(
    "query",
    ["source=archive", "ref=12345", "from=2024-01-01", "cid=4711", "p=1", "at=3", "utmost=1",
     "pk=5", "itm=1", "story_id=9", "cat_id=2", "feature=17", "storyId=1",
     "attachment_id=8", "atom_id=3", "pkg_id=4", "pk_id=5", "tmc=6", "gallery=7", "reference=8",
     "id=9"],
)  # fmt: skip
def test_significant_parameters_stay(query: str) -> None:
    assert canonicalise(f"https://paper.example/a?{query}") == f"https://paper.example/a?{query}"


PAGE = "https://www.paper.example/politik/rat-1234.html"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://www.paper.example/politik/rat-1234.html",
        "http://WWW.paper.example:80/politik/rat-1234.html#kommentare",
        "https://www.paper.example:443/politik/rat-1234.html?utm_source=rss",
        "https://www.paper.example/politik/rat-1234.amp.html",
        "https://www.paper.example/amp/politik/rat-1234.html",
        "https://www.paper.example/politik/rat-1234.html?amp",
        "https://www.paper.example/politik/rat-1234.html?amp=1&fbclid=x",
        "https://www.paper.example/politik/rat-1234.html?outputType=amp",
        "http://www.paper.example/politik/rat-1234.html/amp",
        "https://www.paper.example/politik/rat-1234.html/",
        "http://www.paper.example/politik/rat-1234.html//?utm_source=rss",
        "https://www.paper.example/politik/rat-1234.html/amp/",
    ],
)
def test_addresses_of_one_article_are_alike(url: str) -> None:
    assert identity(url) == PAGE
    assert PAGE in spellings(identity(url))


@pytest.mark.parametrize(
    "url",
    ["https://www.paper.example/politik/rat-1234.html?id=7", "https://paper.example/",
     "https://www.paper.example/politik/rat-1234", "https://www.paper.example/amp",
     "https://paper.example/?p=7/", "https://www.paper.example/a/ampel",
     "https://www.paper.example/lamp", "https://www.paper.example/a?amp=40",
     "https://www.paper.example/a?stamp=1", "https://www.paper.example:8443/a",
     "http://www.paper.example:8080/a", "https://www.paper.example/champ.html"],
)  # fmt: skip
def test_addresses_of_other_articles_stay(url: str) -> None:
    assert identity(url) == canonicalise(url) == url


def test_a_wordpress_twin_loses_but_its_last_step() -> None:
    assert identity("https://paper.example/2024/rat/amp/") == "https://paper.example/2024/rat"
    assert identity("https://paper.example/2024/rat/amp") == "https://paper.example/2024/rat"


def test_an_article_may_be_kept_as_http_or_with_a_slash() -> None:
    https, http = "https://a.example/b", "http://a.example/b"
    assert spellings(https) == (https, http, f"{https}/", f"{http}/")
    assert spellings(f"{https}?c=d/") == (
        f"{https}?c=d/",
        f"{http}?c=d/",
        f"{https}/?c=d/",
        f"{http}/?c=d/",
    )
    assert set(spellings("https://a.example/")) == {"https://a.example/", "http://a.example/"}
    port = "https://a.example:8443/b"
    assert spellings(port) == (port, port, f"{port}/", f"{port}/")


@given(url_like)
def test_an_identity_is_final(url: str) -> None:
    once = identity(url)
    assert identity(once) == once


@given(url_like)
def test_the_canonical_form_is_final(url: str) -> None:
    once = canonicalise(url)
    assert canonicalise(once) == once


@pytest.mark.parametrize(
    ("url", "expected_host", "expected_site"),
    [
        ("https://WWW.Paper.example.de./a", "www.paper.example.de", "example.de"),
        ("https://news.bbc.co.uk/", "news.bbc.co.uk", "bbc.co.uk"),
        ("https://blog.github.io/", "blog.github.io", "blog.github.io"),
        ("http://127.0.0.1:8001/x", "127.0.0.1", "127.0.0.1:8001"),
        ("http://127.0.0.1/x", "127.0.0.1", "127.0.0.1"),
        ("http://[::1]:81/x", "::1", "[::1]:81"),
        ("http://localhost:8000/", "localhost", "localhost:8000"),
        ("http://a.de:99999/", "a.de", "a.de"),
        ("http://[bad", "", ""),
        ("nonsense", "", ""),
    ],
)
def test_host_and_site(url: str, expected_host: str, expected_site: str) -> None:
    assert host(url) == expected_host
    assert site(url) == expected_site


def test_sites_are_compared() -> None:
    assert same_site("https://www.zeitung.de/a", "http://m.zeitung.de:81/b")
    assert not same_site("http://127.0.0.1:1/", "http://127.0.0.1:2/")
    assert not same_site("", "")


@given(url_like)
def test_host_and_site_never_raise(url: str) -> None:
    assert same_site(url, url) is bool(host(url))


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("a.b.github.io", "github.io"),
        ("rss.post.example", "post.example"),
        ("localhost", "localhost"),
        ("127.0.0.2", "127.0.0.2"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_the_registrable_domain_knows_registries_alone(name: str, domain: str) -> None:
    assert registrable(name) == domain


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pa%40ss@post.example/a@b", "https://post.example/a@b"),
        ("https://me@post.example", "https://post.example"),
        ("https://post.example/a?m=a@b", "https://post.example/a?m=a@b"),
        ("//me:x@y@post.example/", "//post.example/"),
        ("not an address", "not an address"),
    ],
)
def test_names_and_passwords_are_left_out(url: str, shown: str) -> None:
    assert without_credentials(url) == shown
