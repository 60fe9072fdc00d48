"""Atom and JSON Feed of stories: valid by the letter, and read back by others without loss."""

import io
import json
import re
import zipfile
from calendar import timegm
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from aggregator.core import clean
from aggregator.core.feeds import parse
from aggregator.model import ParsedFeed
from aggregator.output.atom import atom
from aggregator.output.jsonfeed import json_feed
from aggregator.output.story_text import as_html, as_plain
from aggregator.output.syndication import Report, StoryItem, Syndication, Text
from tests.support.valid_atom import problems

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA: Final = Path(__file__).parent.parent / "data" / "syndication" / "jsonfeed.json"
EVIL: Final = "<script>alert(\"1\")</script> & ]]> <!-- 'x'"


def item(number: int = 1, **changes: Any) -> StoryItem:  # noqa: ANN401 - any field
    first = Report(number, "Post", "Bridge closed", "https://post.example/1?a=1&b=2", NOW)
    copy = Report(number + 1, "Herald", "Bridge shut", "https://herald.example/1")
    other = Report(number + 2, "Bote", "Umleitung", "https://bote.example/ü", NOW)
    made = StoryItem(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012}",
        story_id=number,
        title="Bridge closed",
        url=first.url,
        published_at=NOW - timedelta(hours=1),
        updated_at=NOW,
        outlet_count=3,
        article_count=4,
        text_count=2,
        texts=(
            Text(1, "It is closed.", (first, copy), "dpa", 1),
            Text(2, "", (other,)),
        ),
        language="en",
        tags=("local", "Verkehr & Straße"),
    )
    return replace(made, **changes)


def feed(*items: StoryItem, **changes: Any) -> Syndication:  # noqa: ANN401 - any field
    made = Syndication("urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "News", NOW, items)
    return replace(made, **changes)


@cache
def schema() -> Draft202012Validator:
    found = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)


def json_problems(document: bytes) -> list[str]:
    return [error.message for error in schema().iter_errors(json.loads(document))]


# --- what is in them -------------------------------------------------------------------------


def test_a_copy_group_is_in_a_story_once() -> None:
    html = as_html(item())
    assert html.count("<h3>") == 2
    assert html.count("It is closed.") == 1
    assert 'The same text: <a href="https://herald.example/1">Herald</a>, 1 more article' in html
    assert "Post, credits dpa" in html
    assert html.startswith("<p>3 outlets, 4 articles, 2 independent texts</p>")
    assert as_plain(item()).split("\n\n")[1:] == [
        "Bridge closed\nPost, credits dpa\nIt is closed.\nThe same text: Herald, 1 more article",
        "Umleitung\nBote",
    ]
    assert "And 5 more texts." in as_html(item(text_count=7))


def test_nothing_from_outside_becomes_markup() -> None:
    report = Report(1, EVIL, EVIL, "javascript:alert(1)")
    story = item(title=EVIL, url="javascript:alert(1)", tags=(EVIL,))
    story = replace(story, texts=(Text(1, EVIL, (report, report), EVIL),))
    for made in (atom(feed(story, title=EVIL)), json_feed(feed(story, title=EVIL))):
        assert b"javascript" not in made.replace(b'"url": "javascript:alert(1)"', b"")
    assert problems(atom(feed(story, title=EVIL))) == []
    html = as_html(story)
    assert re.findall(r"<(?!/?(?:p|h3|a)\b)", html) == []
    assert "<a" not in html


def test_an_address_is_one_by_the_letter() -> None:
    story = item(url='https://post.example/a b?"<c>"\x7f')
    assert problems(atom(feed(story))) == []
    read = feedparser.parse(io.BytesIO(atom(feed(story))))
    assert read.entries[0].link == "https://post.example/a%20b?%22%3Cc%3E%22"


def test_what_neither_format_can_hold_is_left_out() -> None:
    odd = "a\x00b\x0bc\ud800d\x9fe\ufffef"
    story = item(title=odd, tags=(odd,))
    assert feedparser.parse(io.BytesIO(atom(feed(story)))).entries[0].title == "abcdef"
    assert problems(atom(feed(story))) == []
    assert json.loads(json_feed(feed(story)))["items"][0]["tags"] == ["a\x00b\x0bcdef"]


def test_the_same_feed_gives_the_same_bytes() -> None:
    assert atom(feed(item(), item(5))) == atom(feed(item(), item(5)))
    assert json_feed(feed(item())) == json_feed(feed(item()))


def test_addresses_stand_where_readers_look_for_them() -> None:
    made = feed(item(), self_url="https://n.example/all", home_url="https://n.example/")
    read = feedparser.parse(io.BytesIO(atom(made)))
    assert {link.rel: link.href for link in read.feed.links} == {
        "self": "https://n.example/all",
        "alternate": "https://n.example/",
    }
    found = json.loads(json_feed(made))
    assert found["feed_url"] == "https://n.example/all"
    assert found["home_page_url"] == "https://n.example/"


# --- valid -----------------------------------------------------------------------------------

# What feedvalidator advises beyond RFC 4287, or asks of extensions and of markup within content,
# and what one finds only by asking the web.
ADVICE: Final = frozenset(
    """
    AvoidNamespacePrefix BadCharacters ContainsEmail ContainsHTML ContainsUndeclaredHTML
    DangerousStyleAttr DuplicateUpdated HtmlFragment ImplausibleDate InvalidFullLink InvalidUriChar
    MisplacedMetadata MisplacedXHTMLContent MissingSelf MissingSourceElement MissingTextualContent
    MissingTypeAttr NonCanonicalURI NotBlank NotHtml NotInline RelativeSelf SameDocumentReference
    SchemeNotIANARegistered SecurityRisk SecurityRiskAttr SelfDoesntMatchLocation
    UndeterminableVocabulary UnknownHost UnknownNamespace UnregisteredAtomLinkRel
    UnsupportedNamespace ValidContact ValidW3CDTFDate
    """.split()
)
# Of these our checker says less than it could, since no feed of ours has such things.
UNSEEN: Final = frozenset(
    {
        *("DuplicateAtomLink", "InvalidMIMEType", "InvalidNonNegativeInteger", "NotBase64"),
        *("UndefinedElement", "UnexpectedText"),
    }
)
# Two are entries without a feed; two have another fault than the one that they are about.
NO_FEEDS: Final = frozenset(
    {
        *("2/brief-entry-noerror.xml", "4.1.2/entry-source-author.xml"),
        *("4.1.2/related-same-rel-type-hreflang.xml", "4.2.11/missing-self.xml"),
    }
)


def test_the_checker_finds_what_feedvalidator_finds(corpora: Path) -> None:
    alarms, seen, missed = set(), 0, Counter[str]()
    with zipfile.ZipFile(corpora / "feeds" / "feedvalidator.zip") as suite:
        for name in suite.namelist():
            case = re.fullmatch(r"data/testcases/atom/([\d.]+/.*\.xml)", name)
            content = suite.read(name) if case else b""
            expected = re.search(rb"Expect:\s*(!?)(\w+)", content)
            if case is None or expected is None:
                continue
            found = problems(content)
            if expected[1] and found:
                alarms.add(case[1])
            elif not expected[1] and found:
                seen += 1
            elif not expected[1]:
                missed[expected[2].decode()] += 1
    assert alarms == NO_FEEDS
    assert set(missed) <= ADVICE | UNSEEN
    assert sum(missed[name] for name in UNSEEN) <= 7
    assert seen >= 130


def test_feeds_are_valid() -> None:
    for each in (
        feed(),
        feed(item(), item(4, language=None, published_at=None, tags=(), url=None)),
        feed(item(), language="de", self_url="https://n.example/a", home_url="https://n.example/"),
    ):
        assert problems(atom(each)) == []
        assert json_problems(json_feed(each)) == []


def test_the_schema_finds_what_is_wrong() -> None:
    found = json.loads(json_feed(feed(item())))
    for change in ({"id": 5}, {"date_published": "today"}, {"authors": ["Ann"]}, {"author": 1}):
        wrong = {**found, "items": [{**found["items"][0], **change}]}
        assert json_problems(json.dumps(wrong).encode()) != [], change


# --- read back -------------------------------------------------------------------------------

_PARTS: Final = st.sampled_from(
    ["<b>", "</b>", "&amp;", "&", '"', "'", "]]>", "<!--", "-->", "<![CDATA[", "&#60;", "%", "\\"]
)
# feedparser mends what looks like UTF-8 read as Latin-1, for which one of those left out is needed.
_LETTERS: Final = st.characters(
    exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(0x80, 0xC0)))
)
_LINES: Final = st.lists(st.text(_LETTERS, max_size=8) | _PARTS, max_size=6).map(
    lambda parts: clean.line(clean.line(" ".join(parts))) or "x"
)
_URLS: Final = st.from_regex(
    r"https://[a-z]{1,8}\.example/[a-zA-Z0-9]{0,8}(\?[a-z]{1,3}=[a-z0-9&]{0,9})?", fullmatch=True
)
# Of names, and of titles in Atom, our own parser takes out what looks like markup, since many feeds
# have some there.
_NAMES: Final = _LINES.map(lambda line: clean.line(re.sub("[<>&]", "", line)) or "x")
_TIMES: Final = st.integers(0, 10**9).map(
    lambda s: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
_REPORTS: Final = st.builds(Report, st.integers(1, 99), _NAMES, _LINES, _URLS, st.none() | _TIMES)
_TEXTS: Final = st.builds(
    Text,
    st.integers(1, 99),
    _LINES | st.just(""),
    st.lists(_REPORTS, min_size=1, max_size=3).map(tuple),
    st.none() | _LINES,
    st.integers(0, 3),
)
_ITEMS: Final = st.builds(
    StoryItem,
    id=st.uuids().map(lambda each: each.urn),
    story_id=st.integers(1, 10**9),
    title=_LINES,
    url=_URLS,
    published_at=_TIMES,
    updated_at=_TIMES,
    outlet_count=st.integers(1, 99),
    article_count=st.integers(1, 99),
    text_count=st.integers(1, 99),
    texts=st.lists(_TEXTS, min_size=1, max_size=3).map(tuple),
    language=st.sampled_from(["de", "de-AT", "en", None]),
    tags=st.lists(_NAMES, max_size=3, unique=True).map(tuple),
)


_SOME_ITEMS: Final = st.lists(_ITEMS, max_size=3, unique_by=lambda each: each.id)


def moment(parts: Any) -> datetime:  # noqa: ANN401 - feedparser ships no types
    return datetime.fromtimestamp(timegm(parts), UTC)


@settings(max_examples=40)
@given(_SOME_ITEMS)
def test_atom_is_read_by_feedparser_without_loss(items: list[StoryItem]) -> None:
    document = atom(feed(*items))
    assert problems(document) == []
    read = feedparser.parse(io.BytesIO(document), sanitize_html=False)
    assert not read.bozo
    for entry, wanted in zip(read.entries, items, strict=True):
        assert (entry.id, entry.title) == (wanted.id, wanted.title)
        assert [each.name for each in entry.authors] == list(wanted.outlets)
        assert [each.term for each in entry.get("tags", [])] == list(wanted.tags)
        assert entry.link == wanted.url
        related = [each for each in entry.links if each.rel == "related"]
        assert [(each.href, each.title) for each in related] == [
            (each.url, f"{each.outlet}: {each.title}") for each in wanted.reports
        ]
        assert moment(entry.updated_parsed) == wanted.updated_at
        assert moment(entry.published_parsed) == wanted.published_at
        assert entry.content[0].value == as_html(wanted)
        assert int(entry.aggregator_story) == wanted.story_id
        assert int(entry.aggregator_texts) == wanted.text_count


@settings(max_examples=40)
@given(_SOME_ITEMS, st.sampled_from([atom, json_feed]), _NAMES)
def test_both_are_read_by_our_own_parser_without_loss(
    items: list[StoryItem], form: Callable[[Syndication], bytes], title: str
) -> None:
    items = [replace(each, title=title) for each in items]
    read = parse(form(feed(*items, title=title)), {}, "https://n.example/all")
    assert isinstance(read, ParsedFeed)
    assert read.title == title
    assert read.warnings == ()
    for entry, wanted in zip(read.entries, items, strict=True):
        assert (entry.key, entry.title, entry.link) == (wanted.id, wanted.title, wanted.url)
        assert entry.authors == wanted.outlets
        assert entry.tags == wanted.tags
        assert (entry.published_at, entry.updated_at) == (wanted.published_at, wanted.updated_at)
        assert entry.content == clean.fragment(as_html(wanted), "https://n.example/all")
        assert entry.language == wanted.language


@settings(max_examples=40)
@given(_SOME_ITEMS)
def test_json_feed_holds_everything(items: list[StoryItem]) -> None:
    document = json_feed(feed(*items))
    assert json_problems(document) == []
    for found, wanted in zip(json.loads(document)["items"], items, strict=True):
        assert found["content_html"] == as_html(wanted)
        texts = [
            (text["copy_group"], text["agency"], text["more"], len(text["reports"]))
            for text in found["_aggregator"]["copies"]
        ]
        assert texts == [(t.copy_group_id, t.agency, t.more, len(t.reports)) for t in wanted.texts]
