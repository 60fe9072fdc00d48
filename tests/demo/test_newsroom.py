"""The newsroom answers as real outlets do, and what it serves is what its truth says."""

import socket
import time
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from io import BytesIO
from typing import Any

import feedparser
import httpx
import lxml.html
import pytest

from aggregator.demo.newsroom import Newsroom
from aggregator.demo.truth import ArticleTruth, FeedTruth


@dataclass(frozen=True)
class Seen:
    """One entry as a feed reader that is not ours sees it."""

    link: str
    title: str
    published_at: datetime | None
    content: str = ""


@pytest.fixture
def second(newsroom: Newsroom) -> Iterator[Newsroom]:
    """The newsroom with its second edition out."""
    newsroom.edition = 2
    yield newsroom
    newsroom.edition = 1


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client that gives up soon."""
    with httpx.Client(timeout=2) as client:
        yield client


def entries(client: httpx.Client, url: str) -> list[Seen]:
    """What is in a feed, which must be well-formed; nothing where it is no feed."""
    answer = client.get(url)
    if "json" in answer.headers["content-type"]:
        return [
            Seen(item["url"], item["title"], datetime.fromisoformat(item["date_published"]))
            for item in answer.json()["items"]
        ]
    # Without its charset: the body is unpacked already, and declares its own.
    found = feedparser.parse(BytesIO(answer.content))
    if not found.version:
        return []
    assert not found.bozo, url
    return [_seen(entry) for entry in found.entries]


def _seen(entry: Any) -> Seen:  # noqa: ANN401 # feedparser has no types
    # RSS 1.0 has dc:date only, which feedparser calls "updated".
    time = entry.get("published_parsed") or entry.get("updated_parsed")
    return Seen(
        link=entry.link,
        title=entry.title,
        published_at=datetime.fromtimestamp(timegm(time), UTC) if time else None,
        content="".join(part.value for part in entry.get("content", [])),
    )


def shown(client: httpx.Client, article: ArticleTruth) -> str:
    """All text on the article's page, blanks folded."""
    answer = client.get(article.url)
    assert answer.status_code == 200, article.url
    # A browser takes ISO-8859-1 to mean Windows-1252, as the Encoding Standard says.
    declared = answer.charset_encoding or "utf-8"
    charset = "windows-1252" if declared.lower() == "iso-8859-1" else declared
    text = lxml.html.fromstring(answer.content.decode(charset)).xpath("string(//body)")
    return " ".join(str(text).split())


def working(newsroom: Newsroom) -> list[FeedTruth]:
    return [feed for feed in newsroom.truth.feeds if feed.trouble is None]


@pytest.mark.parametrize("edition", [1, 2])
def test_every_feed_has_the_entries_the_truth_counts(
    newsroom: Newsroom, client: httpx.Client, edition: int
) -> None:
    newsroom.edition = edition
    for feed in working(newsroom):
        assert len(entries(client, feed.url)) == feed.entries[edition - 1], feed.url
    newsroom.edition = 1


def test_every_article_has_an_entry_and_its_dates_agree(
    second: Newsroom, client: httpx.Client
) -> None:
    found = {
        entry.link.partition("?")[0]: entry
        for feed in working(second)
        for entry in entries(client, feed.url)
    }
    bad = {entry.url for entry in second.truth.bad_entries}
    assert set(found) == {article.url for article in second.truth.articles} | bad
    for article in second.truth.articles:
        entry = found[article.url]
        assert entry.title == article.title_after
        if article.outlet != "Oderbogen-Zeitung":  # RSS 0.91 knows no dates
            assert entry.published_at == article.published_at


def test_pages_show_text_lists_lead_and_planted_boilerplate(
    second: Newsroom, client: httpx.Client
) -> None:
    for article in second.truth.articles:
        page = shown(client, article)
        strings = (*article.paragraphs, *article.kept, *article.planted, article.lead)
        missing = [string for string in strings if string not in page]
        assert not missing, article.url
        assert article.title_after in page


def test_furniture_stands_on_every_page(second: Newsroom, client: httpx.Client) -> None:
    for article in second.truth.articles:
        page = shown(client, article)
        furniture = second.truth.furniture[article.outlet]
        assert len(furniture) >= 5, article.outlet
        assert all(unescape(string) in page for string in furniture), article.url


def test_one_headline_changes_and_only_some_feeds(newsroom: Newsroom, client: httpx.Client) -> None:
    before = {feed.url: client.get(feed.url).content for feed in working(newsroom)}
    newsroom.edition = 2
    after = {feed.url: client.get(feed.url).content for feed in working(newsroom)}
    newsroom.edition = 1
    changed = {feed.url for feed in working(newsroom) if feed.changed}
    assert {url for url in before if before[url] != after[url]} == changed
    assert 3 <= len(changed) <= len(before) / 2
    edited = [item for item in newsroom.truth.articles if item.title != item.title_after]
    assert len(edited) == 1


def test_new_articles_cannot_be_read_before_their_edition(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    new = [article for article in newsroom.truth.articles if article.edition == 2]
    assert len(new) >= 3
    assert {client.get(article.url).status_code for article in new} == {404}


def test_an_unchanged_feed_answers_304_where_it_can(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    without = 0
    for feed in working(newsroom):
        first = client.get(feed.url)
        asking = {}
        if "etag" in first.headers:
            asking["If-None-Match"] = first.headers["etag"]
        if "last-modified" in first.headers:
            asking["If-Modified-Since"] = first.headers["last-modified"]
        again = client.get(feed.url, headers=asking)
        assert again.status_code == (304 if asking else 200), feed.url
        assert again.content == (b"" if asking else first.content)
        without += not asking
    assert without == 1  # so that recognising an unchanged body is seen too


def test_a_changed_feed_answers_200_to_old_validators(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    for feed in (feed for feed in working(newsroom) if feed.changed):
        newsroom.edition = 1
        first = client.get(feed.url)
        newsroom.edition = 2
        asking = {"If-None-Match": first.headers["etag"]}
        assert client.get(feed.url, headers=asking).status_code == 200
        if "last-modified" in first.headers:
            asking = {"If-Modified-Since": first.headers["last-modified"]}
            assert client.get(feed.url, headers=asking).status_code == 200
    newsroom.edition = 1


def test_head_gzip_and_the_record(newsroom: Newsroom, client: httpx.Client) -> None:
    url = newsroom.truth.feeds[0].url
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    head = client.head(url, headers={"Accept-Encoding": "identity", "X-Test": "yes"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert head.content == b""
    assert head.headers["content-length"] == str(len(plain.content))
    last = newsroom.requests[-1]
    assert (last.host, last.method, last.status) == ("donaukanal", "HEAD", 200)
    assert last.path == httpx.URL(url).path
    assert last.headers["x-test"] == "yes"
    assert last.at <= datetime.now(UTC)


def test_other_methods_are_refused(newsroom: Newsroom, client: httpx.Client) -> None:
    assert client.delete(newsroom.truth.feeds[0].url).status_code == 405


def test_two_feeds_carry_the_same_articles_under_different_links(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    urls = [feed.url for feed in working(newsroom) if feed.outlet == "Weserstern"]
    assert len(urls) == 2
    links = [{entry.link for entry in entries(client, url)} for url in urls]
    assert not links[0] & links[1]
    canonical = [{link.partition("?")[0] for link in found} for found in links]
    assert canonical[0] == canonical[1]
    tracked = min(links[0])
    page = lxml.html.fromstring(client.get(tracked).content)
    assert page.xpath("//link[@rel='canonical']/@href") == [tracked.partition("?")[0]]


def test_the_full_text_is_in_the_feed_that_says_so(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    full = {source.url for source in newsroom.feeds if source.text == "feed"}
    assert len(full) == 1
    articles = {article.url: article for article in newsroom.truth.articles}
    for entry in entries(client, full.pop()):
        text = unescape(entry.content)
        assert all(part in text for part in articles[entry.link].paragraphs)


def test_formats_and_languages_are_many(newsroom: Newsroom) -> None:
    formats = {feed.format for feed in working(newsroom)}
    assert formats == {"rss2", "rss2-full", "rss091", "rdf", "atom", "json"}
    languages = Counter(
        {article.outlet: article.language for article in newsroom.truth.articles}.values()
    )
    assert languages["de"] >= 7
    assert languages["en"] >= 3


def test_troubled_feeds_fail_each_in_its_way(newsroom: Newsroom, client: httpx.Client) -> None:
    trouble = {feed.trouble: feed.url for feed in newsroom.truth.feeds if feed.trouble}
    assert client.get(trouble["gone"]).status_code == 410
    assert client.get(trouble["missing"]).status_code == 404
    assert client.get(trouble["error"]).status_code == 500
    assert client.get(trouble["html"]).status_code == 200
    assert entries(client, trouble["html"]) == []
    with pytest.raises(httpx.ReadTimeout):
        client.get(trouble["slow"], timeout=0.1)


def test_bad_entries_lead_to_no_article(newsroom: Newsroom, client: httpx.Client) -> None:
    bad = {entry.trouble: entry.url for entry in newsroom.truth.bad_entries}
    assert client.get(bad["missing"]).status_code == 404
    section = client.get(bad["section"])
    assert section.status_code == 200
    assert 'content="website"' in section.text


def test_each_outlet_has_an_address_of_its_own(newsroom: Newsroom) -> None:
    by_outlet = {source.outlet: httpx.URL(source.url).netloc for source in newsroom.feeds}
    assert len(set(by_outlet.values())) == len(by_outlet)
    assert len({source.url for source in newsroom.feeds}) == len(newsroom.feeds)


def test_sources_and_truth_name_the_same_feeds(newsroom: Newsroom) -> None:
    said = {(source.url, source.outlet) for source in newsroom.feeds}
    assert said == {(feed.url, feed.outlet) for feed in newsroom.truth.feeds}


def test_it_stops_at_once_while_a_slow_answer_is_under_way() -> None:
    began = time.monotonic()
    with Newsroom(datetime.now(UTC), slow=30) as room:
        slow = next(feed.url for feed in room.truth.feeds if feed.trouble == "slow")
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(slow, timeout=0.1)
    assert time.monotonic() - began < 5


def test_last_modified_is_an_http_date_in_the_past(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    for feed in working(newsroom):
        value = client.get(feed.url).headers.get("last-modified")
        assert value is None or parsedate_to_datetime(value) <= datetime.now(UTC)


def test_what_is_not_http_gets_no_answer_and_harms_nobody(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    url = httpx.URL(newsroom.truth.feeds[0].url)
    with socket.create_connection((url.host, url.port), timeout=2) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        assert raw.recv(100) == b""
    assert client.get(url).status_code == 200


def test_it_must_be_open_and_knows_two_editions() -> None:
    room = Newsroom(datetime.now(UTC))
    with pytest.raises(RuntimeError):
        room.feeds  # noqa: B018 # asking is what is tested
    with pytest.raises(ValueError, match="editions"):
        room.edition = 3
    assert room.requests == ()
