"""What comes instead of a feed is told apart, so that the operator learns what to do."""

import pytest

from aggregator.core.feeds import parse
from aggregator.model import ParsedFeed, Rejected

URL = "https://paper.example/news/feed"
WORDS = "<p>Der Rat der Stadt hat am Montag den Haushalt für das kommende Jahr beschlossen.</p>"


def reason(body: str) -> str:
    found = parse(body.encode(), {"content-type": "text/xml"}, URL)
    assert isinstance(found, Rejected), found
    return found.reason


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html lang=de><head><title>Start</title></head><body>x</body></html>",
        "\ufeff\ufeff<!doctype html><p>x",
        "<!-- a --><HTML><BODY>x</BODY></HTML>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN' 'x'><html/>",
        "<center><h1>502 Bad Gateway</h1></center>",
        "<noscript>x</noscript>",
        "<iframe src=x></iframe>",
        "<table><tr><td>x</table>",
    ],
)
def test_pages(body: str) -> None:
    assert reason(body) == "html"


@pytest.mark.parametrize(
    "words",
    [
        "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>",
        "<title>Attention Required! | Cloudflare</title>",
        "<title>Access Denied</title>You don't have permission to access this server.",
        "<iframe src='//geo.captcha-delivery.com/captcha/?x'></iframe>",
        "<title>Pardon Our Interruption</title>",
        "<p>Bitte aktivieren Sie JavaScript und Cookies</p>",
        "Request unsuccessful. Incapsula incident ID: 1-2",
        "<p>Verify you are human by completing the action below.</p>",
    ],
)
def test_challenges(words: str) -> None:
    assert reason(f"<html><head>{words}</head><body></body></html>") == "challenge"


@pytest.mark.parametrize(
    "body",
    [
        '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHrlqAAA&hash=1&cid=2"}',
        '{"appId": "PX1", "jsClientSrc": "/1/init.js", "block": "captcha"}',
        '{"captcha": true, ',
        "<script>document.cookie='ok=1; path=/'; location.reload();</script>",
        (
            "<html><body><script>document.cookie='_t='+f(7);window.location.href='/feed?again=1'"
            "</script><noscript>Loading</noscript></body></html>"
        ),
    ],
)
def test_challenges_as_data_and_as_a_script(body: str) -> None:
    assert reason(body) == "challenge"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"captcha": false, "posts": ["{WORDS * 40}"]}}', "not_a_feed"),
        (f"<script>document.cookie='a=1';location.reload()</script>{WORDS * 9}", "html"),
        ("<script>document.cookie='seen=1'</script><p>Start</p>", "html"),
        ("<script>if (document.cookie == '') location.reload()</script><p>Start</p>", "html"),
    ],
)
def test_what_sets_a_cookie_or_knows_of_captchas_is_not_always_a_challenge(
    body: str, expected: str
) -> None:
    assert reason(body) == expected


def test_a_page_with_much_to_say_is_no_challenge_whatever_watches_over_it() -> None:
    script = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    assert reason(f"<html>{script}{WORDS * 40}</html>") == "html"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "empty"),
        ("\ufeff", "empty"),
        (" \n\t", "empty"),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>", "sitemap"),
        ("<sm:sitemapindex xmlns:sm='x'/>", "sitemap"),
        ("<opml version='2.0'/>", "opml"),
        ("<Error><Code>AccessDenied</Code></Error>", "not_a_feed"),
        ("<rdf:RDF xmlns:rdf='x'><foaf:Person xmlns:foaf='y'/></rdf:RDF>", "not_a_feed"),
        ('{"error": "rate limit"}', "not_a_feed"),
        ("User-agent: *\nDisallow: /", "not_a_feed"),
        ("%PDF-1.7", "not_a_feed"),
    ],
)
def test_other_documents(body: str, expected: str) -> None:
    assert reason(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<rdf:RDF xmlns:rdf='x' xmlns='http://channel.netscape.com/rdf/simple/0.9/'></rdf:RDF>",
        "<rdf:RDF xmlns:rdf='x' xmlns='http://purl.org/rss/1.0/'></rdf:RDF>",
        "<!-- a -->\n<CHANNEL><TITLE>Alt</TITLE></CHANNEL>",
        "\ufeff\ufeff<?xml version='1.0'?><rss version='2.0'><channel/></rss>",
        "<br />\n<b>Warning</b>: mysql in <b>x.php</b><br />\n<rss version='2.0'><channel/></rss>",
    ],
)
def test_feeds_without_entries_of_any_age(body: str) -> None:
    assert isinstance(parse(body.encode(), {}, URL), ParsedFeed)
