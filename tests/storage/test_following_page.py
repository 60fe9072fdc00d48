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
    bring(db, FOUND)
    follow, said = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert db.rows(follow) == []
    assert len(db.rows(follow.replace("4711", "0"))) == changes.last(db)
    assert [row["version"] for row in db.rows(said.replace("39", "2"))] == [1]
    plan = [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {said}")]
    assert not [step for step in plan if step.startswith("SCAN article")]
