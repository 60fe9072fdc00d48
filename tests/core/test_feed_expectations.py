"""Entry counts beside those that come with other parsers' suites; each difference has its cause.

feedparser's files state what must hold of the result: `entries[1]…` needs two entries at least,
`len(entries) == 2` exactly two. gofeed has the expected result beside the input, feed-rs what it
made of the input. Besides, feedparser itself reads the files of nine suites as they lie there.
"""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import feedparser
import pytest

from aggregator.core.feeds import parse
from aggregator.model import ParsedFeed

URL = "https://paper.example/feed"
_EXPECT = re.compile(r"Expect:(.*)")
_HEADER = re.compile(r"^Header:\s*([\w-]+):(.*)$", re.MULTILINE)
_ADDRESSED = re.compile(r"entries\[(\d+)\]")
_COUNTED = re.compile(r"len\(entries\) == (\d+)")

TWICE = "given twice, kept once: the same id, link and title, or none of them and the same words"
BROKEN = "XML broken before its first entry ends: we refuse it, so that no entry is lost silently"
UNMARKED = "UTF-16 without a mark, which feedparser does not tell"
# Suite → file → (ours, theirs, why); a reason code of ours stands where we see no feed.
_WORDS_ALONE: Mapping[str, tuple[int | str, int, str]] = {
    "lang/entry_content_xml_lang_blank_3.xml": (1, 2, TWICE),
    "node_precedence/atom10_arbitrary_element.xml": (1, 2, TWICE),
    "node_precedence/atom10_title.xml": (1, 2, TWICE),
}
DIFFERENCES: Mapping[str, Mapping[str, tuple[int | str, int, str]]] = {
    "feedparser": _WORDS_ALONE,
    "gofeed": {},
    "feed-rs": {},
    "feedparser itself": {
        **_WORDS_ALONE,
        "4.1.1/duplicate-entries-all.xml": (1, 10, TWICE),
        "4.1.1/duplicate-entries.xml": (1, 2, TWICE),
        "4.2.11/missing-self.xml": (1, 2, TWICE),
        "4.2.11/source-entry.xml": (1, 2, TWICE),
        "must/entry_id_duplicate_value.xml": (1, 2, TWICE),
        "feedsync/sync-id-duplicated.xml": (1, 2, TWICE),
        "element-channel-item-author/valid_email_addresses.xml": (1, 3, TWICE),
        "os/sample1.xml": (1, 10, TWICE),
        "must/invalid_xml.xml": ("malformed", 0, BROKEN),
        "rss2/rss_2.0_invalid_1.xml": ("malformed", 0, BROKEN),
        "data/feed-utf16be.xml": (1, 0, UNMARKED),
        "data/feed-utf16le.xml": (1, 0, UNMARKED),
    },
}
SUITES = (
    "feed-rs", "feedparser", "feedvalidator", "gofeed", "miniflux", "reader", "rome", "simplepie",
    "yarr",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One input, and how many entries others see in it: exactly, or at least."""

    name: str
    body: bytes
    count: int
    exactly: bool = True
    headers: Mapping[str, str] | None = None

    def agrees(self, found: int | str) -> bool:
        if isinstance(found, int) and not self.exactly:
            return found >= self.count
        return found == self.count


def ours(body: bytes, headers: Mapping[str, str] | None) -> int | str:
    """How many entries we see, or why it is no feed to us."""
    found = parse(body, headers or {}, URL)
    return len(found.entries) if isinstance(found, ParsedFeed) else found.reason


def opened(corpora: Path, suite: str) -> dict[str, bytes]:
    path = corpora / "feeds" / f"{suite}.zip"
    if not path.is_file():
        pytest.skip(f"this suite is not here: {path}")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def conditions(corpora: Path) -> Iterator[Case]:
    """Files whose condition speaks of entries."""
    for name, body, comment in feedparser_files(corpora):
        expected = _EXPECT.search(comment)
        said = expected[1] if expected else ""
        if counted := _COUNTED.search(said):
            yield Case(name, body, int(counted[1]), headers=headers(comment))
        elif places := _ADDRESSED.findall(said):
            count = max(map(int, places)) + 1
            yield Case(name, body, count, exactly=False, headers=headers(comment))


def feedparser_itself(corpora: Path) -> Iterator[Case]:
    """Every file that feedparser takes for a feed, or we do; JSON it does not read."""
    for suite in SUITES:
        for name, body in opened(corpora, suite).items():
            sent = headers(body.decode("latin-1")) if suite == "feedparser" else {}
            found = feedparser.parse(
                io.BytesIO(body),
                response_headers=sent,
                sanitize_html=False,
                resolve_relative_uris=False,
            )
            is_json = body.lstrip().startswith((b"{", b"["))
            if not is_json and (found.get("version") or isinstance(ours(body, sent), int)):
                yield Case(name, body, len(found["entries"]), headers=sent)


def feedparser_files(corpora: Path) -> Iterator[tuple[str, bytes, str]]:
    for name, body in opened(corpora, "feedparser").items():
        if name.endswith(".xml") or "/json/" in name:
            yield name, body, body.decode("latin-1")


def headers(comment: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _HEADER.findall(comment)}


def gofeed(corpora: Path) -> Iterator[Case]:
    files = opened(corpora, "gofeed")
    for name, body in files.items():
        stem, _, kind = name.rpartition(".")
        beside = [f"{stem}_expected.json", *([f"{stem}.json"] if kind == "xml" else [])]
        for expected in (json.loads(files[each]) for each in beside if each in files):
            yield Case(name, body, len(expected.get("items") or expected.get("entries") or ()))


def feed_rs(corpora: Path) -> Iterator[Case]:
    files = opened(corpora, "feed-rs")
    for name, body in files.items():
        beside = f"{name.rpartition('.')[0]}.serde.json"
        if beside in files and beside != name:
            yield Case(name, body, len(json.loads(files[beside])["entries"]))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("suite", "cases", "fewest"),
    [
        ("feedparser", conditions, 1100),
        ("gofeed", gofeed, 500),
        ("feed-rs", feed_rs, 60),
        ("feedparser itself", feedparser_itself, 4500),
    ],
)
def test_we_see_as_many_entries(
    suite: str, cases: Callable[[Path], Iterator[Case]], fewest: int, corpora: Path
) -> None:
    agreeing, differing = 0, {}
    for case in cases(corpora):
        found = ours(case.body, case.headers)
        if case.agrees(found):
            agreeing += 1
        else:
            differing["/".join(case.name.split("/")[-2:])] = (found, case.count)
    explained = DIFFERENCES[suite]
    print(f"\n{suite}: {agreeing} files agree, {len(differing)} differ")
    for cause, files in Counter(why for _, _, why in explained.values()).items():
        print(f"  {files} {cause}")
    assert differing == {name: difference[:2] for name, difference in explained.items()}
    assert agreeing >= fewest
