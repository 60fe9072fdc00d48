"""What no publisher writes is turned away before a parser stalls on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.feeds import parse
from aggregator.core.feeds.limits import overload
from aggregator.model import ParsedFeed, Rejected


def rss(inside: str) -> str:
    return f"<rss version='2.0'><channel><item><title>One</title>{inside}</item></channel></rss>"


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<p>" * 100_000, "tags"),
        ("&amp;" * 500_001, "references"),
        ("& " * 10_001, "begin no reference"),
        ("&#" * 10_001, "begin no reference"),
        ("<a xml:base='b/'/>" * 2001, "bases"),
        ("</item><item>" * 10_001, "entries"),
        ("<p " + " ".join(f"a{n}='{n}'" for n in range(1001)) + ">", "attributes"),
    ],
)
def test_too_much_is_overloaded(inside: str, what: str) -> None:
    found = parse(rss(inside).encode(), {}, "https://a.example/feed")
    assert isinstance(found, Rejected)
    assert found.reason == "overloaded"
    assert what in found.detail


@pytest.mark.parametrize(
    "inside",
    [
        f"<description><![CDATA[{'<p>' * 200_000}]]></description>",
        f"<!-- {'<p>&' * 100_000} -->",
        "<description>" + "&lt;a href='x'&gt;" * 5000 + "</description>",
        "<description>" + "a='b' " * 5000 + "</description>",
        "</item><item>" * 5000,
    ],
)
def test_much_is_not_too_much(inside: str) -> None:
    assert overload(rss(inside)) is None


def test_more_json_entries_than_any_feed_has() -> None:
    items = ",".join(["{}"] * 10_001)
    feed = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'
    found = parse(feed.encode(), {}, "https://a.example/feed")
    assert isinstance(found, Rejected)
    assert found.reason == "overloaded"


def test_a_long_author_costs_no_more_than_a_short_one() -> None:
    long = parse(
        rss(f"<author>{'a' * 100_000}</author><!-- -->").encode(), {}, "https://a.example/"
    )
    assert isinstance(long, ParsedFeed)
    assert long.entries[0].authors == ()


@pytest.mark.parametrize("fast", [True, False])
def test_authors_are_read_as_ever(*, fast: bool) -> None:
    feed = rss("<author>anna@example.org (Anna Beck)</author><category>Politik</category>")
    found = parse(feed.encode(), {}, "https://a.example/feed", fast=fast)
    assert isinstance(found, ParsedFeed)
    assert found.entries[0].authors == ("Anna Beck",)
    assert found.entries[0].tags == ("Politik",)


@given(st.text("<>&!-[]CDAT/a=\"' \n", max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    assert overload(text) is None
