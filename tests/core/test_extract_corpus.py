"""Real pages with their texts as made by others: not below the library that it stands on."""

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import trafilatura

from aggregator.config.rules import load_rules
from aggregator.core import extract
from aggregator.model import Article
from aggregator.settings import ExtractSettings

PAGES = 99
RULES = load_rules()


def f1(found: str, truth: str) -> float:
    """The harmonic mean of precision and recall over the words of two texts, 0 to 1."""
    ours, theirs = Counter(found.split()), Counter(truth.split())
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


@pytest.fixture(scope="module")
def rows(corpora: Path) -> list[tuple[bytes, dict[str, Any]]]:
    """The pages with what is known of each."""
    archive = corpora / "extraction" / "fundus-dev.zip"
    if not archive.is_file():
        pytest.skip(f"not here: {archive}")
    with zipfile.ZipFile(archive) as opened:
        known = map(json.loads, opened.read("gt.jsonl").decode("utf-8").splitlines())
        return [(opened.read(row["file"]), row) for row in known]


def taken(html: bytes, row: dict[str, Any]) -> str | None:
    """Lead and text of the article that we find on a page."""
    found = extract.article(html, row["url"], entry=None, rules=RULES, settings=ExtractSettings())
    return f"{found.lead}\n{found.text}" if isinstance(found, Article) else None


def plain(html: bytes) -> str:
    """What trafilatura finds by itself."""
    return trafilatura.extract(html, include_comments=False) or ""


def test_real_pages_are_extracted_no_worse_than_by_the_library_alone(
    rows: list[tuple[bytes, dict[str, Any]]],
) -> None:
    texts = [taken(html, row) for html, row in rows]
    compared = list(zip(texts, rows, strict=True))[::2]
    ours = [f1(text or "", row["text"]) for text, (_, row) in compared]
    theirs = [f1(plain(html), row["text"]) for _, (html, row) in compared]
    articles = sum(text is not None for text in texts)

    print(f"\narticles: {articles} of {len(rows)}")
    print(f"mean F1 over {len(ours)} pages: {sum(ours) / len(ours):.4f}", end=", ")
    print(f"trafilatura alone: {sum(theirs) / len(theirs):.4f}")
    assert len(rows) == PAGES
    assert articles >= 95
    assert sum(ours) >= sum(theirs)
