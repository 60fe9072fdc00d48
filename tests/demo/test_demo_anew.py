"""What the demo's pages give when extracted anew is what the runs made of them."""

from datetime import UTC, datetime
from pathlib import Path

from aggregator.config import load_rules
from aggregator.demo.newsroom import Newsroom
from aggregator.demo.run import play
from tests.support.anew import Pages


def test_stream_and_extraction_anew_agree(newsroom: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    try:
        play(newsroom, path, lambda _event: None)
    finally:
        newsroom.edition = 1
    pages = Pages(path, datetime.now(UTC))
    assert pages.anew(rules=load_rules())
    assert [each.url for each in pages.told if each.outcome == "changed"] == []
    made = pages.rows("SELECT count(*) FROM articles")[0][0]
    assert pages.outcomes() == {"unchanged": made}
    assert pages.rows("SELECT count(*) FROM article WHERE NOT clustered OR NOT studied") == [(0,)]
