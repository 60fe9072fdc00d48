"""What docs/following.md says is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from aggregator.model import Rejected
from aggregator.storage import changes, rejections
from aggregator.storage.database import Database, open_database
from tests.support.editing import on_story, place
from tests.support.events import FOUND, NOW, bring
from tests.support.mirror import VIEWS, views
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


def test_the_mirror_that_is_shown_has_what_the_views_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = "https://press.example/9"
    with open_database(Path("news.db")) as db:
        bring(db, FOUND[:1])
        shown = _shown()
        assert _same(shown["mirror"], db)
        bring(db, FOUND[1:])
        on_story(db, "rename", place(db, 1), "Another title")
        with db.write():
            rejections.keep(db, 1, url, Rejected("fetch", "http_404"), NOW)
        assert not _same(shown["mirror"], db)
        mirror, seq = shown["follow"](shown["db"], shown["mirror"], shown["seq"])
        assert _same(mirror, db)
        assert seq == changes.last(db)
        with db.write():
            rejections.lift(db, 1, url)
        mirror, seq = shown["follow"](shown["db"], mirror, seq)
        assert _same(mirror, db)
        anew, again = shown["follow"](shown["db"], {}, seq + 1)
        assert (_same(anew, db), again) == (True, seq)
        shown["db"].close()


def _shown() -> dict[str, Any]:
    """The names that the page's own mirror of news.db has, once it has begun."""
    (program,) = re.findall(r"```python\n(import json\n.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - the program that the page shows
    return names


def _same(mirror: dict[str, dict[tuple[object, ...], dict[str, object]]], db: Database) -> bool:
    held = {view: {key: tuple(row.values()) for key, row in mirror[view].items()} for view in VIEWS}
    return held == views(db)
