"""Text from outside is mended, HTML from outside is harmless, and neither takes for ever."""

import gzip
import json
import sqlite3
import time
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.clean import fragment, line, plain, text, words

BASE = "https://paper.example/news/"
any_text = st.text(st.characters(exclude_categories=()))
markup = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b", ">", "<a href='", "'", '"', "/x", "javascript:", "http://h/", "<!--",
         "-->", "<svg>", "<style>", "</style>", "<math>", "<img src=", " onerror=x", "&lt;", "&#1;",
         "&#x338;", "&amp;", "&nbsp;", "\x00", "\u0338", "<table>", "<td>", "<script>", "</script>",
         "<noscript>", "</noscript>", "<form>", "ä", " "]
    )
    | st.text(max_size=3),
    max_size=25,
).map("".join)  # fmt: skip


class Seen(HTMLParser):
    """Collects what an HTML reader sees as elements, attributes and addresses."""

    def __init__(self, html: str) -> None:
        """Read `html` to its end."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.addresses.update(value or "" for name, value in attrs if name in {"href", "src"})


def is_harmless(html: str) -> bool:
    seen = Seen(html)
    return (
        not seen.tags & {"script", "style", "iframe", "svg", "math", "form", "object", "embed"}
        and not any(name.startswith("on") or name in {"style", "id"} for name in seen.attributes)
        and all(url.startswith(("http://", "https://")) for url in seen.addresses)
    )


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a\x00b\x1bc", "abc"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "😀"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("Bundes\u00adkanzler", "Bundeskanzler"),
        ("\ufeffu\u0308ber ", "über"),
        ("  tab\tstays ", "tab\tstays"),
    ],
)
def test_text_is_mended(given_text: str, expected: str) -> None:
    assert text(given_text) == expected


@given(any_text)
def test_mended_text_can_be_kept_everywhere(value: str) -> None:
    mended = text(value)
    assert text(mended) == mended
    assert unicodedata.is_normalized("NFC", mended)
    assert json.loads(json.dumps(mended, ensure_ascii=False).encode()) == mended
    with sqlite3.connect(":memory:") as db:
        assert db.execute("SELECT ?", (mended,)).fetchone() == (mended,)
    db.close()


@given(any_text)
def test_a_line_is_one_line(value: str) -> None:
    assert line(value).splitlines() in ([], [line(value)])
    assert line(line(value)) == line(value)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Eins</p><p>Zwei<br>Drei &amp; vier</p>", "Eins Zwei Drei & vier"),
        ("Bo<b>ld</b>er &lt;T&gt; &uuml;ber&nbsp;alles", "Bolder <T> über alles"),
        ("a<script>alert(1)</script><style>p{}</style>b<!-- c -->", "ab"),
        ("1 < 2 und 3 > 2", "1 < 2 und 3 > 2"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("Tom &amp;amp; Jerry", "Tom &amp; Jerry"),
        ("keine\n  Zeichen", "keine Zeichen"),
    ],
)
def test_html_becomes_plain_text(html: str, expected: str) -> None:
    assert plain(html) == expected


@given(markup)
def test_words_of_a_fragment_are_its_plain_text(html: str) -> None:
    cleaned = fragment(html, BASE)
    assert words(cleaned) == plain(cleaned)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p onclick="x()" class="a" id="b" style="c">Text</p>', "<p>Text</p>"),
        ("<script>alert(1)</script><div>a<form><input>b</form></div>", "<div>a</div>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="../b">x</a>',
         '<a href="https://paper.example/b" rel="noopener noreferrer">x</a>'),
        ('<img src="data:image/gif;base64,AA" alt="A">', '<img alt="A">'),
        ('<img src="//cdn.example/a.jpg">', '<img src="https://cdn.example/a.jpg">'),
        ("<article><font>a</font></article>", "a"),
        ("Plain & <simple", "Plain &amp; "),
        ("1 > 0 & so on", "1 &gt; 0 &amp; so on"),
        # Composing U+0338 with ">" behind the cleaner's back would open the tag again.
        ("<b>&#x338; onclick=alert(1) </b>", ""),
    ],
)  # fmt: skip
def test_html_is_cleaned(html: str, expected: str) -> None:
    assert fragment(html, BASE).strip() == expected.strip()


def test_without_a_base_relative_addresses_go() -> None:
    assert fragment('<a href="/a">x</a><img src="b.jpg">') == (
        '<a rel="noopener noreferrer">x</a><img>'
    )


@given(markup)
def test_a_fragment_is_harmless_clean_and_final(html: str) -> None:
    cleaned = fragment(html, BASE)
    assert is_harmless(cleaned)
    assert text(cleaned) == cleaned
    assert fragment(cleaned, BASE) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<div></b>" * 200_000,
        "".join(f"<font x={number}>" for number in range(30_000)),
        "<p " + " ".join(f"a{number}=x" for number in range(200_000)) + ">",
        "<" * 300_000,
        "<!--" * 100_000,
        "&amp;" * 100_000,
        "<table>" * 50_000,
    ],
    ids=["deep", "misclosed", "formatting", "attributes", "brackets", "comments", "entities",
         "tables"],
)  # fmt: skip
def test_markup_made_to_stall_is_cleaned_soon(html: str) -> None:
    began = time.process_time()
    assert is_harmless(fragment(html + "<p>end", BASE))
    plain(html)
    assert time.process_time() - began < 10


def test_no_known_attack_gets_through(corpora: Path) -> None:
    with gzip.open(corpora / "security" / "vectors.jsonl.gz", "rt", encoding="utf-8") as rows:
        attacks = [json.loads(row)["html"] for row in rows]
    left = [attack for attack in attacks if not is_harmless(fragment(attack, BASE))]
    assert left == []
