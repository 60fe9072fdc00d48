"""What the README promises is there."""

import re
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.storage.database import Database
from tests.support.runs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_views_have_just_the_columns_named(db: Database) -> None:
    named = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|$", README, re.MULTILINE))
    found = {
        row["name"]: [column["name"] for column in db.rows(f"PRAGMA table_info({row['name']})")]
        for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    assert {view: set(columns.split(", ")) for view, columns in named.items()} == {
        view: set(columns) for view, columns in found.items()
    }


def test_the_query_runs(db: Database) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert db.rows(query) == []


def test_the_commands_exist() -> None:
    named = set(re.findall(r"`aggregator (\w+)", README))
    assert named
    assert named <= set(main.commands)


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make (\w+)", README)) <= targets


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in Path(ROOT, "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)
    here = (ROOT / page).parent
    missing = [link for link in links if "://" not in link and not (here / link).exists()]
    assert missing == []
