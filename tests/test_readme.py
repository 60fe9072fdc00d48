"""What the README promises is there."""

import re
import runpy
from pathlib import Path

import pytest

from aggregator.cli import main
from aggregator.storage.database import Database
from tests.support.runs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_views_are_all_listed(db: Database) -> None:
    table = README.partition("| view | what it holds |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| `(\w+)` \| .+ \|$", table, re.MULTILINE)
    found = [row["name"] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert sorted(named) == sorted(found)


def test_the_query_runs(db: Database) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert db.rows(query) == []


def test_the_commands_exist() -> None:
    named = set(re.findall(r"`aggregator ([a-z][a-z-]*)", README))
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


def test_the_session_is_what_the_commands_print(tmp_path: Path) -> None:
    """On another day, with other numbers: those depend on which page came first."""
    page = runpy.run_path(str(ROOT / "docs" / "session.py"))
    (shown,) = page["_BLOCK"].findall(README)
    new = page["session"](tmp_path)
    assert undated(shown) == undated(new)
    _, _, before, _, _, _, after = new.split("$ aggregator ")
    assert before.startswith("story ")
    assert after.startswith("story ")
    assert page["_TAKEN_OUT"] in before
    assert page["_TAKEN_OUT"] not in after


def undated(text: str) -> str:
    """A session without what differs from one to the next: times and numbers of things."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", text)
    text = re.sub(r"^ *\d+(?=  TIME)", "N", text, flags=re.MULTILINE)
    names = "articles?|story|group|decision|undo|why|split|from"
    return re.sub(rf"\b({names})(?:,? \d+)+", r"\1 N", text, flags=re.IGNORECASE)
