"""What `aggregator feeds` shows of where texts are taken from."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from click.testing import Result

from aggregator.core.fulltext import Carrying, Measure
from aggregator.model import FeedSource
from aggregator.storage import feeds, fulltext
from aggregator.storage.database import open_database

WHOLE = Measure(0.97, 300)


def test_feeds_show_where_their_texts_come_from_and_why(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    known = [
        Carrying((WHOLE,) * 4),
        Carrying((WHOLE,)),
        Carrying((WHOLE, Measure(0.31, 60))),
        Carrying((Measure(0.96, 290, "ends in dots"),)),
        Carrying((WHOLE,) * 4),
        Carrying(),
    ]
    outlets = ("Anzeiger", "Bote", "Courier", "Depesche", "Echo", "Falke")
    with open_database(tmp_path / "news.db") as db:
        sources = [FeedSource(f"https://{name}.example/rss", name) for name in outlets]
        sources[4] = FeedSource(sources[4].url, "Echo", text="page")
        feeds.sync(db, sources, datetime.now(UTC))
        with db.write():
            for number, each in enumerate(known, 1):
                fulltext.keep(db, number, each)
    shown = call("feeds").stdout
    rows = [row.split()[2] for row in shown.splitlines()[1:7]]
    assert rows == ["feed", "page", "page", "page", "page", "page"]
    for said in (
        "the feed, no page is fetched: entries carry what their pages do",
        "(97% or more of them, 4 measured)",
        "pages: entries carry what their pages do, but 3 must be measured",
        "pages: an entry carries less than its page (31% of it, one of 2 measured)",
        "pages: an entry ends in dots (one of 1 measured)",
        "pages: as feeds.yaml says",
        "pages: not measured yet",
    ):
        assert said in shown
    found = json.loads(call("feeds", "--json").stdout)
    assert [each["text_source"] for each in found] == [*["auto"] * 4, "page", "auto"]
    assert [each["text_from"] for each in found] == ["feed", *["page"] * 5]
    assert found[2]["text_why"].startswith("an entry carries less than its page; 31% of it")
