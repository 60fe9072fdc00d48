"""What docs/following.md says is so."""

import re

from aggregator.storage import changes
from aggregator.storage.database import Database
from tests.support.events import FOUND, bring
from tests.support.runs import ROOT

PAGE = (ROOT / "docs" / "following.md").read_text(encoding="utf-8")


def test_every_kind_is_told() -> None:
    told = PAGE.partition("## What happens")[2].partition("## Too late")[0]
    kinds = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*)\|", told, re.MULTILINE)))
    assert sorted(kinds) == sorted(changes.KINDS)


def test_the_queries_run(db: Database) -> None:
    bring(db, FOUND[:4])
    with db.write():
        db.execute(
            """INSERT INTO former_version
               SELECT id, 1, 'Before', lead, text, '2026-03-01T10:00:00Z', updated_at, 'first'
               FROM article WHERE id = 2"""
        )
        db.execute("UPDATE article SET version = 2, version_cause = 'revised' WHERE id = 2")
    follow, silent = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert db.rows(follow) == []
    assert [(row["article_id"], row["before"]) for row in db.rows(silent)] == [(2, "Before")]
