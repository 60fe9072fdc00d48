"""A JSON Feed of any quality is read as far as its types are right."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.jsonfeed import parse_json
from aggregator.model import Entry, ParsedFeed, Rejected

URL = "https://json.example/feeds/feed.json"
V1, V11 = "https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
items = st.lists(
    values
    | st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ["id", "url", "external_url", "title", "content_html", "content_text", "summary",
             "image", "date_published", "date_modified", "author", "authors", "tags", "language",
             "attachments"],
            values | st.lists(st.dictionaries(st.sampled_from(["name", "mime_type"]), values)),
        ),
    )
)  # fmt: skip


def feed(found: object) -> ParsedFeed:
    parsed = parse_json(json.dumps(found), URL)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def only(**item: object) -> Entry:
    (entry,) = feed({"version": V11, "items": [item]}).entries
    return entry


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (V1, "json10"),
        (V11, "json11"),
        ("http://www.jsonfeed.org/version/1/", "json10"),
        ("https://jsonfeed.org/version/1.2", "json11"),
    ],
)
def test_versions(version: str, expected: str) -> None:
    assert feed({"version": version, "items": []}).format == expected


def test_a_tab_or_newline_in_a_text_costs_no_feed() -> None:
    raw = '{"version": "https://jsonfeed.org/version/1.1", "title": "My\tpaper", "items": ['
    raw += '{"id": "1", "content_text": "One\nTwo\x01\x00"}]}'
    found = parse_json(raw, URL)
    assert isinstance(found, ParsedFeed)
    assert found.title == "My paper"
    assert [entry.content for entry in found.entries] == ["<p>One</p><p>Two</p>"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "malformed"),
        ("[" * 100_000, "malformed"),
        ('{"a": ' + "9" * 5000 + "}", "malformed"),
        ("[]", "not_a_feed"),
        ("null", "not_a_feed"),
        ('{"items": []}', "not_a_feed"),
        ('{"version": 1, "items": []}', "not_a_feed"),
        ('{"version": "1.0", "items": [{"id": 7, "name": "a"}]}', "not_a_feed"),
        ('{"version": "2.0", "items": [{"id": 7, "content_text": "a"}]}', "not_a_feed"),
        ('{"version": "https://evil.example/version/1", "items": []}', "not_a_feed"),
    ],
)
def test_other_json_is_rejected(text: str, reason: str) -> None:
    found = parse_json(text, URL)
    assert isinstance(found, Rejected)
    assert (found.stage, found.reason) == ("parse", reason)


@pytest.mark.parametrize(("version", "expected"), [("1", "json10"), ("1.1", "json11")])
def test_a_version_by_number_does_where_the_items_are_those_of_a_feed(
    version: str, expected: str
) -> None:
    found = feed({"version": version, "items": [{"id": "1", "content_text": "a"}]})
    assert found.format == expected
    assert found.warnings == ("the feed names its version by number, not by address",)


@pytest.mark.parametrize(
    ("hubs", "hub"),
    [
        ([{"type": "WebSub", "url": "https://hub.example/"}], "https://hub.example/"),
        ([{"type": "rssCloud", "url": "https://a.example/"}, {"type": "WebSub", "url": "/h"}],
         "https://json.example/h"),
        ([{"type": "WebSub"}, {"type": "WebSub", "url": "javascript:x"}, None], None),
        ("https://hub.example/", None),
        ([], None),
    ],
)  # fmt: skip
def test_hub_and_topic(hubs: object, hub: str | None) -> None:
    found = feed({"version": V11, "feed_url": "/f.json", "hubs": hubs, "items": []})
    assert (found.hub, found.topic) == (hub, "https://json.example/f.json")
    assert feed({"version": V11, "feed_url": 7, "items": []}).topic is None


def test_a_feed_without_items_is_empty_and_says_so() -> None:
    found = feed({"version": V11, "title": "T"})
    assert found.entries == ()
    assert found.warnings == ("the feed has no list of items",)


def test_a_number_may_be_an_id_but_nothing_else() -> None:
    assert only(id=7).key == "7"
    assert only(id=7.5).key == "7.5"
    found = feed({"version": V11, "items": [{"id": True, "url": "a"}]})
    assert found.entries[0].key == "https://json.example/feeds/a"
    assert found.warnings == ("left out, for it has the wrong type: id (1 times)",)


def test_plain_text_stays_plain_and_html_is_cleaned() -> None:
    assert only(content_text="a <b> & c\n\nd").content == "<p>a &lt;b&gt; &amp; c</p><p>d</p>"
    assert only(content_html="<p onclick='x'>a<script>b</script>").content == "<p>a</p>"
    assert only(content_html="<p>a</p>", content_text="b").content == "<p>a</p>"
    assert only(content_html=["a"], content_text="b").content == "<p>b</p>"
    assert only(title="<b> & so").title == "<b> & so"


def test_addresses() -> None:
    assert only(url="a", external_url="https://o.example/").link == "https://json.example/feeds/a"
    assert only(external_url="https://o.example/").link == "https://o.example/"
    assert only(url="javascript:x", id="1").link is None
    assert only(banner_image="b.jpg").image == "https://json.example/feeds/b.jpg"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-03T10:04:05-03:30", datetime(2024, 5, 3, 13, 34, 5, tzinfo=UTC)),
        ("3. Mai 2024 10:04 MESZ", datetime(2024, 5, 3, 8, 4, tzinfo=UTC)),
        ("soon", None),
        (1714730645, None),
    ],
)
def test_dates(written: object, expected: datetime | None) -> None:
    assert only(date_published=written).published_at == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"authors": [{"name": "A"}, {"name": " B\n"}, {"name": "A"}]}, ("A", "B")),
        ({"author": {"name": "A"}}, ("A",)),
        ({"author": "A"}, ()),
        ({"authors": {"name": "A"}}, ()),
        ({"authors": [None, {"name": 3}, {}]}, ()),
        ({"authors": [{"name": "A" * 100_000}]}, ()),
    ],
)
def test_authors(item: dict[str, object], expected: tuple[str, ...]) -> None:
    assert only(**item).authors == expected


@settings(max_examples=40)
@given(values, items, values)
def test_wrong_types_cost_a_field_and_never_the_feed(
    title: object, found: list[object], language: object
) -> None:
    parsed = feed({"version": V11, "title": title, "language": language, "items": found})
    kept = [item for item in found if isinstance(item, dict)]
    assert len(parsed.entries) <= len(kept)
    assert bool(parsed.entries) is bool(kept)
    assert len({entry.key for entry in parsed.entries}) == len(parsed.entries)


@given(values)
def test_any_json_is_a_feed_or_a_reason(found: object) -> None:
    assert isinstance(parse_json(json.dumps(found), URL), Rejected)
