"""A feed is kept as about what was sent: nothing in it multiplies, and what is cut is told."""

import json
from html import escape

import pytest

from aggregator.core.feeds import parse
from aggregator.core.language import tag
from aggregator.core.urls import resolve
from aggregator.model import ParsedFeed, Rejected

URL = "https://a.example/feed"
LONG = f"https://a.example/{'b' * 2000}/feed"
LONG_QUERY = f"https://a.example/feeds/?{'q' * 4000}"


def json_feed(items: list[dict[str, object]], **about: object) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "items": items, **about}).encode()


def rss(items: str, about: str = "<title>News</title>") -> bytes:
    return f"<rss version='2.0'><channel>{about}{items}</channel></rss>".encode()


def links(times: int) -> str:
    return "<a href='x'>y</a>" * times


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("de_AT", "de-AT"),
        ("zh-cmn-Hans-CN-pinyin", "zh-cmn-Hans-CN-pinyin"),
        ("en-a-b-c-d-e", None),
        ("en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", None),
        ("en" + "-aaaaaaaa" * 1000, None),
    ],
)
def test_no_language_tag_is_long(said: str, expected: str | None) -> None:
    assert tag(said) == expected
    for body in (
        json_feed([{"id": "1"}], language=said),
        rss("<item><guid>1</guid></item>", f"<language>{said}</language>"),
    ):
        found = parse(body, {}, URL)
        assert isinstance(found, ParsedFeed)
        assert found.entries[0].language == expected


@pytest.mark.parametrize(
    "body",
    [
        json_feed([{"id": "1", "content_html": links(30_000)}]),
        rss(f"<item><guid>1</guid><description>{escape(links(30_000))}</description></item>"),
    ],
    ids=["json", "rss"],
)
def test_what_would_be_kept_as_far_more_than_was_sent_is_overloaded(body: bytes) -> None:
    found = parse(body, {}, f"https://a.example/{'b' * 1900}/feed")
    assert isinstance(found, Rejected)
    assert found.reason == "overloaded"
    assert "20,000,000" in found.detail


def test_a_feed_that_is_large_itself_is_none() -> None:
    text = "x" * 11_000_000
    found = parse(json_feed([{"id": "1", "content_text": text}] * 2), {}, URL)
    assert isinstance(found, ParsedFeed)


@pytest.mark.parametrize(
    "body",
    [
        json_feed([{"id": "1", "url": "1.html", "content_html": links(1)}]),
        rss(
            "<item><guid isPermaLink='false'>1</guid><link>1.html</link>"
            f"<description>{escape(links(1))}</description></item>"
        ),
    ],
    ids=["json", "rss"],
)
def test_nothing_is_resolved_against_an_endless_address(body: bytes) -> None:
    found = parse(body, {}, LONG)
    assert isinstance(found, ParsedFeed)
    entry = found.entries[0]
    assert entry.link is None
    assert "href" not in entry.content + entry.summary
    assert any("too long" in warning for warning in found.warnings)
    queried = parse(body, {}, LONG_QUERY)
    assert isinstance(queried, ParsedFeed)
    assert queried.entries[0].link == "https://a.example/feeds/1.html"
    assert not queried.warnings


def test_links_that_need_no_base_stay_under_an_endless_one() -> None:
    assert resolve(LONG, "https://a.example/ü") == "https://a.example/%C3%BC"


def test_endless_fields_are_cut_and_told() -> None:
    item: dict[str, object] = {
        "id": "1",
        "title": "x" * 5001,
        "tags": [f"t{n}" for n in range(201)],
        "authors": [{"name": f"n{n}"} for n in range(201)],
    }
    found = parse(json_feed([item, {"id": "2", "title": "short"}], title="y" * 5001), {}, URL)
    assert isinstance(found, ParsedFeed)
    entry = found.entries[0]
    assert (len(found.title), len(entry.title)) == (5000, 5000)
    assert (len(entry.tags), len(entry.authors)) == (200, 200)
    assert found.warnings == (
        "cut to 5,000 characters: its own title",
        "cut to 5,000 characters: the title of 1 entries",
        "cut to the first 200: the tags of 1 entries",
        "cut to the first 200: the authors of 1 entries",
    )


@pytest.mark.parametrize("fast", [True, False])
def test_many_tags_in_rss_are_cut_and_told(*, fast: bool) -> None:
    tags = "".join(f"<category>t{n}</category>" for n in range(400))
    found = parse(rss(f"<item><guid>1</guid>{tags}</item>"), {}, URL, fast=fast)
    assert isinstance(found, ParsedFeed)
    assert len(found.entries[0].tags) == 200
    assert found.warnings == ("cut to the first 200: the tags of 1 entries",)
