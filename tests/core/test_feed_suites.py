"""Every file of the public feed test suites is either a feed or Rejected: none raises or stalls."""

import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from aggregator.core.feeds import parse
from aggregator.model import ParsedFeed, Rejected

SUITES = (
    "fastfeedparser", "feed-rs", "feedparser", "feedvalidator", "gofeed", "jsontestsuite",
    "miniflux", "reader", "rome", "simplepie", "yarr",
)  # fmt: skip
URL = "https://paper.example/feed"
# Seconds of this process's own time.
LONGEST = 5.0
# NUL and lone surrogates cannot be stored; a script's start tag must never be.
UNFIT = re.compile("[\ud800-\udfff]|(?<!\\\\)\\\\u0000")
SCRIPT = re.compile(r"<script|<iframe", re.IGNORECASE)


def files(suite: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(suite) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                yield name, archive.read(name)


def problem(found: ParsedFeed | Rejected) -> str | None:
    """What of a parsed feed could not be stored or shown, or would lose entries."""
    if UNFIT.search(json.dumps(asdict(found), default=str, ensure_ascii=False)):
        return "text"
    if isinstance(found, Rejected):
        return None if found.stage == "parse" and found.reason and found.detail else "no reason"
    keys = [entry.key for entry in found.entries]
    if len(set(keys)) < len(keys) or not all(keys):
        return "keys"
    links = (entry.link for entry in found.entries)
    if not all(link is None or link.startswith(("http://", "https://")) for link in links):
        return "link"
    moments = (m for e in found.entries for m in (e.published_at, e.updated_at) if m is not None)
    if any(moment.utcoffset() for moment in moments):
        return "zone"
    markup = (text for entry in found.entries for text in (entry.summary, entry.content))
    return "script" if any(SCRIPT.search(text) for text in markup) else None


@pytest.mark.parametrize("name", SUITES)
def test_every_file_is_understood_or_rejected(name: str, corpora: Path) -> None:
    suite = corpora / "feeds" / f"{name}.zip"
    if not suite.is_file():
        pytest.skip(f"this suite is not here: {suite}")
    counts: Counter[str] = Counter()
    problems: list[tuple[str, str]] = []
    slowest = (0.0, "")
    for file, body in files(suite):
        begun = time.process_time()
        found = parse(body, {}, URL)
        slowest = max(slowest, (time.process_time() - begun, file))
        counts["feed" if isinstance(found, ParsedFeed) else found.reason] += 1
        counts["entries"] += len(found.entries) if isinstance(found, ParsedFeed) else 0
        if wrong := problem(found):
            problems.append((file, wrong))
    print(f"\n{name}: {dict(counts)}, slowest {slowest[0]:.2f} s: {slowest[1]}")
    assert problems == []
    assert slowest[0] < LONGEST, slowest


# What Python reads beyond the standard, and we with it: no feed is lost for these.
LENIENT = {
    "n_number_NaN.json",
    "n_number_infinity.json",
    "n_number_minus_infinity.json",
    "n_string_unescaped_ctrl_char.json",
    "n_string_unescaped_newline.json",
    "n_string_unescaped_tab.json",
}


def test_json_is_told_from_what_is_none(corpora: Path) -> None:
    suite = corpora / "feeds" / "jsontestsuite.zip"
    if not suite.is_file():
        pytest.skip(f"this suite is not here: {suite}")
    read: Counter[bool] = Counter()
    for path, body in files(suite):
        file = path.rpartition("/")[2]
        if not file.startswith(("y_", "n_")) or not body.lstrip().startswith((b"{", b"[")):
            continue
        found = parse(body, {}, URL)
        assert isinstance(found, Rejected)
        is_json = file.startswith("y_") or file in LENIENT
        assert found.reason == ("not_a_feed" if is_json else "malformed"), file
        read[is_json] += 1
    assert min(read.values()) > 80
