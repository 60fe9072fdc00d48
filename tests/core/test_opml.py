"""Lists of feeds, as other readers write them and as we do."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.core import opml
from aggregator.core.opml import Outline
from aggregator.errors import InputError
from aggregator.model import FeedSource
from aggregator.output.opml import feed_list

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIST = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="1.1"><head><title>My feeds</title></head><body>
  <outline text="Politik"><outline title="Übersee">
    <outline type="rss" text="Post" title="Post News" XMLURL=" https://post.example/rss "
      htmlUrl="https://post.example/" language="de-DE" category="/Welt/Asien,wichtig"/>
  </outline></outline>
  <outline text="Herald" xmlUrl="feed://herald.example/rss"/>
  <outline type="rss" text="Old list" url="https://old.example/rss"/>
  <outline type="link" text="A page" url="https://page.example/"/>
  <outline text="No address" type="rss"/>
  <outline text="Empty folder"></outline>
</body></opml>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
def test_outlines_of_every_kind_are_read(encoding: str) -> None:
    body = LIST.format(encoding=encoding.removesuffix("-sig")).encode(encoding)
    first, second, third, *rest = opml.read(body)
    assert first == Outline(
        line=4,
        name="Post",
        url="https://post.example/rss",
        title="Post News",
        language="de-DE",
        tags=("Politik", "Übersee", "Welt/Asien", "wichtig"),
    )
    assert (second.name, second.url, second.tags) == ("Herald", "http://herald.example/rss", ())
    assert (third.name, third.url) == ("Old list", "https://old.example/rss")
    assert [(each.line, each.name, each.url) for each in rest] == [
        (9, "A page", None),
        (10, "No address", None),
        (11, "Empty folder", None),
    ]


BOMB = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no element found"),
        ("<opml><body>\n<outline text='a'>\n</body></opml>", 3, "mismatched tag"),
        ("\n\n<opml><body>\n<outline text='a & b'/></body></opml>", 4, "not well-formed"),
        ("<rss version='2.0'/>", 1, "no OPML; it begins with <rss>"),
        ("<!DOCTYPE html><html/>", 1, "an HTML page"),
        (f"<?xml version='1.0'?>\n{BOMB}<opml><body>&b;</body></opml>", 2, "document type"),
        ("<!DOCTYPE opml SYSTEM 'http://127.0.0.1/x.dtd'><opml/>", 1, "document type"),
        ("<opml>" + "<outline text='a'>" * 101, 1, "more than 100 deep"),
        ("<opml>" + "<outline text='a'/>" * 10_001, 1, "more than 10,000"),
        ("not XML at all", 1, "no sound XML: syntax error"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        opml.read(text.encode())
    assert caught.value.line == line


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(InputError):
        assert opml.read(b"<opml>" + body + b"</opml>") is not None


words = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" ,/<>&\"'"), min_size=1
).filter(lambda word: word == word.strip() and word.isprintable())
feeds = st.builds(
    FeedSource,
    url=st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9/?&=;%~._-]{0,20}", fullmatch=True),
    outlet=words,
    language=st.sampled_from([None, "de", "en-GB", "no", "pt-BR"]),
    tags=st.lists(words, max_size=4).map(tuple),
    text=st.sampled_from(["auto", "page", "feed"]),
    paused=st.booleans(),
)


@given(st.lists(feeds, max_size=5), words)
def test_what_is_written_reads_back_the_same(sources: list[FeedSource], title: str) -> None:
    written = feed_list(sources, {source.url: title for source in sources}, NOW)
    assert etree.fromstring(written).tag == "opml"
    found = opml.read(written)
    assert [
        FeedSource(each.url or "", each.name, each.language, each.tags, each.text, each.paused)  # type: ignore[arg-type]
        for each in found
    ] == sources
    assert {each.title for each in found} <= {title}


def test_the_list_is_what_other_readers_expect() -> None:
    source = FeedSource("https://post.example/rss?a=1&b=2", "Post", "de", ("welt", "eil"))
    text = feed_list([source], {source.url: "Post \x00News"}, NOW).decode()
    assert '<opml version="2.0"' in text
    assert "<dateCreated>Sun, 01 Mar 2026 12:00:00 GMT</dateCreated>" in text
    assert (
        '<outline type="rss" text="Post" title="Post News" '
        'xmlUrl="https://post.example/rss?a=1&amp;b=2" language="de" category="welt,eil"/>'
    ) in text


def test_lists_by_others_are_read(corpora: Path) -> None:
    folder = "data/rome-opml/src/test/resources"
    with ZipFile(corpora / "feeds" / "rome.zip") as archive:
        found = {
            name: opml.read(archive.read(f"{folder}/{name}.xml"))
            for name in ("opml_1.0", "opml_1.0_links", "opml_2.0")
        }
    counts = {name: sum(each.url is not None for each in each_) for name, each_ in found.items()}
    assert counts == {"opml_1.0": 11, "opml_1.0_links": 0, "opml_2.0": 11}
