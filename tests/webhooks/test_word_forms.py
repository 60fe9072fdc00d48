"""A search that a webhook waits for finds other forms of its words in what only just came."""

import asyncio

from aggregator.model import Webhook
from aggregator.pipeline.webhooks import collect
from aggregator.storage import feeds, outbox, saved_searches, webhooks
from aggregator.storage.database import Database
from aggregator.storage.readers import Filter
from tests.support.events import NOW
from tests.support.kept import POST, keep, report
from tests.webhooks.house import never

COUNCIL = Webhook("council", "https://a.example/", search="rat")


def test_words_that_no_run_took_up_yet_are_taken_up_before(db: Database) -> None:
    feeds.sync(db, [POST], NOW)
    webhooks.sync(db, [COUNCIL], NOW)
    with db.write():
        saved_searches.save(db, "rat", "Rat", Filter(), NOW)
    text = "Am Abend tagte der Stadtrat. Auch die Stadt war da."
    article_id = keep(db, POST, report("a", NOW, language="de", text=text), NOW)
    asyncio.run(collect(db, [COUNCIL], lambda: NOW, never))
    found = outbox.deliveries(db, limit=10)
    assert [each.article_id for each in found] == [article_id]
