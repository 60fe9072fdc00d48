"""What is read without feedparser is what feedparser says, field by field."""

import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import feedparser.mixin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core import feeds
from aggregator.core.feeds import parse
from aggregator.core.feeds.decoding import as_text, without_forbidden
from aggregator.core.feeds.fast_names import HANDLED, KNOWN
from aggregator.core.feeds.kinds import Kind, look
from aggregator.core.feeds.unpacking import unpacked
from aggregator.model import ParsedFeed, Rejected
from tests.support.mutations import NAMESPACES, element, mutated

URL = "https://paper.example/feed"
DATA = Path(__file__).parent.parent / "data"
SUITES = (
    "fastfeedparser", "feed-rs", "feedparser", "feedvalidator", "gofeed", "jsontestsuite",
    "miniflux", "reader", "rome", "simplepie", "yarr",
)  # fmt: skip
# Of feeds captured from publishers; some are broken, and feedparser's.
FEWEST_FAST = 0.8
# Feeds as common programs write them; mutations begin from these.
COMMON = sorted((DATA / "feeds_common").iterdir())


def is_fast(body: bytes) -> bool | None:
    """Whether a document is read without feedparser; None where it is no XML."""
    plain = unpacked(body)
    if isinstance(plain, Rejected):
        return None
    text = as_text(plain).text
    seen = look(text)
    if seen.kind not in {Kind.FEED, Kind.OTHER_XML}:
        return None
    return feeds._read_fast(without_forbidden(text[seen.begin :]), {}) is not None


def same(body: bytes, language: str | None = None) -> bool:
    """Whether both ways of reading say the same, under a header that names a `language`."""
    headers = {} if language is None else {"content-language": language}
    return parse(body, headers, URL) == parse(body, headers, URL, fast=False)


# --- what is known of feedparser -----------------------------------------------------------------


def test_all_that_feedparser_handles_is_known() -> None:
    rules = (name for name in dir(feedparser.mixin._FeedParserMixin) if "_" in name[1:])
    parted = (re.fullmatch("_(?:start|end)_(.+)", name) for name in rules)
    assert {match[1].lower() for match in parted if match} == HANDLED


def test_all_namespaces_of_feedparser_are_known() -> None:
    theirs = feedparser.mixin._FeedParserMixin.namespaces
    assert {uri.lower(): prefix.lower() for uri, prefix in theirs.items() if uri} == KNOWN


# --- feeds as they are ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMMON, ids=lambda path: path.name)
def test_common_feeds_are_read_fast(path: Path) -> None:
    found = parse(path.read_bytes(), {}, URL)
    assert is_fast(path.read_bytes())
    assert isinstance(found, ParsedFeed)
    assert found.entries
    assert same(path.read_bytes())


@pytest.mark.parametrize("path", sorted((DATA / "feeds").glob("*.xml")), ids=lambda path: path.name)
def test_golden_feeds_are_the_same(path: Path) -> None:
    assert same(path.read_bytes())


def test_a_common_feed_needs_no_feedparser() -> None:
    program = (
        "import sys; from aggregator.core.feeds import parse;"
        "found = parse(open(sys.argv[1], 'rb').read(), {}, 'https://a.example/');"
        "print(len(found.entries), 'feedparser' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(COMMON[0])], capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[1] == "False"
    assert int(said.stdout.split()[0]) > 0


def suite_files(suite: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(suite) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                yield name, archive.read(name)


@pytest.mark.parametrize("name", SUITES)
def test_every_file_of_the_suites_is_the_same(name: str, corpora: Path) -> None:
    suite = corpora / "feeds" / f"{name}.zip"
    if not suite.is_file():
        pytest.skip(f"this suite is not here: {suite}")
    counts: Counter[str] = Counter()
    different: list[str] = []
    for file, body in suite_files(suite):
        fast = is_fast(body)
        counts["files"] += 1
        counts["xml"] += fast is not None
        counts["fast"] += bool(fast)
        if fast and not same(body):
            different.append(file)
    print(f"{name}: {dict(counts)}")
    assert different == []
    if name == "fastfeedparser":
        assert counts["fast"] >= FEWEST_FAST * counts["xml"]


# --- what is handed over -------------------------------------------------------------------------

RSS = '<rss version="2.0"><channel><title>t</title><item>{}</item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>{}</entry></feed>'


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS.format("<title>&a;</title>"),
        RSS.format("<title>&nbsp;</title>"),
        RSS.format("<title>a<b>b</b></title>"),
        RSS.format("<title>a</title>")[:-6],
        RSS.format('<title type="xhtml">a</title>'),
        RSS.format('<title mode="base64">YQ==</title>'),
        RSS.format("<title>\x96</title>"),
        RSS.format("<title>&#150;</title>"),
        RSS.format("<title>Ã¤</title>"),
        RSS.format("<link>http://[x</link>"),
        RSS.format("<link>https://a.example/?a&amp;amp;b</link>"),
        RSS.format("<guid>http:///a</guid>"),
        RSS.format("<pubDate>gestern</pubDate>"),
        RSS.format("<author>A &lt;a@b.example&gt;</author>"),
        RSS.format("<date>2024-05-03</date>"),
        ATOM.format("<author><name>A</name></author><author><email>b@b.example</email></author>"),
        ATOM.format("<author>A</author><author><name>B</name></author>"),
        RSS.format("<item/>"),
        RSS.format("<media:title>x</media:title>"),
        RSS.replace("<rss", '<rss xmlns:dc="http://purl.org/dc/terms/"').format("<dc:date>x</dc:date>"),
        RSS.replace("<rss", '<rss xml:base="https://a.example/"').format("<link>a</link>"),
        RSS.replace("2.0", "3.0").format(""),
        RSS.replace("<item>", "<title>second</title><item>").format(""),
        ATOM.format('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a</div></content>'),
        ATOM.format('<content type="image/png">YQ==</content>'),
        ATOM.format("<source><title>a</title></source>"),
        ATOM.replace("2005/Atom", "2005/atomic").format(""),
        "<soap/>",
    ],
)  # fmt: skip
def test_what_is_uncommon_is_left_to_feedparser(body: str) -> None:
    assert not is_fast(body.encode())
    assert same(body.encode())


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel><item>{}</item></rdf:RDF>'
)


@pytest.mark.parametrize("language", ["de", "de_AT", "en, de", ""])
@pytest.mark.parametrize("lang", ["", ' xml:lang=""', ' xml:lang="fr"'])
@pytest.mark.parametrize("feed", [RSS, ATOM, RDF], ids=["rss", "atom", "rdf"])
def test_the_language_of_the_header_counts_the_same(feed: str, lang: str, language: str) -> None:
    body = feed.format("<title>a</title>").replace(">", f"{lang}>", 1).encode()
    assert is_fast(body)
    assert same(body, language)


@pytest.mark.parametrize("mail", ["a@b.example", "a (at) b.example"])
@pytest.mark.parametrize("name", ["", "<name>N. N.</name>"])
def test_authors_without_a_name_are_the_same(mail: str, name: str) -> None:
    first = f"<author>{name}<email>{mail}</email></author>"
    assert same(ATOM.format(first + "<author><email>c@d.example</email></author>").encode())
    assert same(ATOM.format(first + "<author><uri>https://d.example/</uri></author>").encode())


@pytest.mark.parametrize(
    "text",
    ["{}{}", "{}<!-- c -->{}", "{}<?p i?>{}", "{}<![CDATA[{}]]>", "<![CDATA[{}]]>{}"],
)
def test_letters_that_were_decoded_twice_are_the_same(text: str) -> None:
    title = text.format("\u00c3", "\u00a4")
    assert same(RSS.format(f"<title>{title}</title>").encode())


# --- feeds as they could be ----------------------------------------------------------------------


@settings(max_examples=150)
@given(st.sampled_from(COMMON), st.integers(0, 2**32), st.integers(1, 4))
def test_changed_feeds_are_the_same(path: Path, seed: int, changes: int) -> None:
    text = mutated(path.read_text(encoding="utf-8"), random.Random(seed), changes)
    assert same(text.encode("utf-8", "surrogatepass"))


ROOTS = (
    '<rss version="2.0"{}><channel>{}</channel></rss>',
    '<feed xmlns="http://www.w3.org/2005/Atom"{}>{}</feed>',
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/"{}><channel><title>t</title></channel>{}</rdf:RDF>',
)
ENTRIES = ("item", "entry", "item")
DECLARED = {prefix: uri for prefix, uri in NAMESPACES.items() if prefix not in {"rss", "xlink"}}
XMLNS = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in DECLARED.items())


@settings(max_examples=150)
@given(
    st.integers(0, 2),
    st.lists(st.lists(st.integers(0, 2**32), max_size=6), min_size=1, max_size=3),
    st.lists(st.integers(0, 2**32), max_size=2),
)
def test_feeds_of_any_elements_are_the_same(
    root: int, entries: list[list[int]], own: list[int]
) -> None:
    name = ENTRIES[root]
    inside = [f"<{name}>{''.join(map(element_of, seeds))}</{name}>" for seeds in entries]
    feed = ROOTS[root].format(XMLNS, "".join([*map(element_of, own), *inside]))
    assert same(feed.encode())


def element_of(seed: int) -> str:
    return element(random.Random(seed))


@pytest.fixture(scope="module")
def captures(corpora: Path) -> list[str]:
    """Feeds of publishers, of two entries each."""
    suite = corpora / "feeds" / "fastfeedparser.zip"
    if not suite.is_file():
        pytest.skip(f"this suite is not here: {suite}")
    texts = (body.decode("utf-8", "replace") for _, body in suite_files(suite))
    return [short for text in texts if (short := shortened(text)) and len(short) < 20_000]


def shortened(feed: str) -> str | None:
    entries = list(re.finditer(r"<(item|entry)[\s>].*?</\1>", feed, re.DOTALL))
    if not entries:
        return None
    kept = dict.fromkeys((entries[0][0], entries[-1][0]))
    return feed[: entries[0].start()] + "".join(kept) + feed[entries[-1].end() :]


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_changed_captures_are_the_same(captures: list[str], seed: int) -> None:
    chance = random.Random(seed)
    text = mutated(chance.choice(captures), chance, chance.randint(1, 3))
    assert same(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body",
    [
        RSS.format("<category>a</category>" * 4_000),
        RSS.format("<author>a</author>" * 4_000),
        RSS.format(f"<title>{'a &amp; ' * 100_000}</title>"),
        RSS.format(f'<enclosure url="https://a.example/{"a" * 1_000_000}" type="image/png"/>'),
        RSS.format("<own>" * 4_000 + "</own>" * 4_000),
        RSS.format("<title>a</title>" * 4_000),
        "<rss version='2.0'><channel>" + "<item/>" * 5_000 + "</channel></rss>",
    ],
    ids=["tags", "authors", "text", "attribute", "depth", "titles", "entries"],
)
def test_crowded_feeds_are_the_same(body: str) -> None:
    assert same(body.encode())
