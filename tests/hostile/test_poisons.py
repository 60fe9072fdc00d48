"""What takes longest to read is read, or turned away, long before a worker would be killed."""

import time
from typing import Final

import pytest

from aggregator.config.rules import load_rules
from aggregator.core import feeds
from aggregator.model import Entry, Fetched, ParsedFeed, Rejected, SiteRule
from aggregator.pipeline.work import TextJob, extract_text
from aggregator.settings import ExtractSettings, WorkerSettings
from tests.hostile.poisons import HEAVY_FEEDS, HEAVY_PAGES, Maker

URL: Final = "https://hostile.example/"
# In seconds of CPU, of which a busy machine gives no fewer: half of what a worker has of time.
MOST: Final = WorkerSettings().timeout / 2


@pytest.mark.parametrize("maker", HEAVY_FEEDS.values(), ids=HEAVY_FEEDS.keys())
def test_feeds_are_understood_in_time(maker: Maker) -> None:
    body = maker()
    began = time.process_time()
    found = feeds.parse(body, {"content-type": "application/xml"}, URL)
    assert time.process_time() - began < MOST
    assert isinstance(found, ParsedFeed | Rejected)


@pytest.mark.parametrize("maker", HEAVY_PAGES.values(), ids=HEAVY_PAGES.keys())
def test_pages_are_understood_in_time(maker: Maker) -> None:
    page = Fetched(URL, 200, {"content-type": "text/html; charset=utf-8"}, maker())
    entry = Entry(key="1", link=URL, title="One", content_hash="1")
    job = TextJob(entry, URL, page, SiteRule(language="en"), load_rules(), ExtractSettings())
    began = time.process_time()
    extract_text(job)
    assert time.process_time() - began < MOST
