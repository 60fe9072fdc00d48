"""Draws the picture in the README: a real session on the demo newsroom, as an SVG.

make picture
"""

import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

_WIDTH: Final = 108
_STORIES: Final = 9


def run(*words: str) -> str:
    """What a command of ours prints."""
    command = [sys.executable, "-m", "aggregator.cli", *words]
    return subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, check=True, env={"COLUMNS": str(_WIDTH)}
    ).stdout


def session(db: Path) -> str:
    """The board, the story with most texts and outlets, and what was stripped from an article."""
    run("demo", "--db", str(db))
    stories = json.loads(run("stories", "--db", str(db), "--json"))
    told = max(stories, key=lambda each: (each["copy_group_count"], each["outlet_count"]))
    story = json.loads(run("story", str(told["id"]), "--db", str(db), "--json"))
    articles = [article for group in story["copy_groups"] for article in group["articles"]]
    shown = [run("article", str(each["id"]), "--db", str(db)) for each in articles]
    number, page = max(enumerate(shown), key=lambda each: each[1].count("\n  - "))
    _, stripped, rest = page.partition("Stripped (")
    parts = (
        ("stories", run("stories", "--db", str(db), "--limit", str(_STORIES))),
        (f"story {told['id']}", run("story", str(told["id"]), "--db", str(db))),
        (f"article {articles[number]['id']}", f"...\n{stripped}{rest.partition('Copies of')[0]}"),
    )
    return "\n".join(f"$ aggregator {words}\n{_short(text, db)}" for words, text in parts)


def _short(text: str, db: Path) -> str:
    """Without addresses and hints, which name this machine's own folders and ports."""
    lines = (line for line in text.rstrip().splitlines() if "http:" not in line)
    return "\n".join(line for line in lines if str(db) not in line)


def main() -> None:
    """Write docs/images/session.svg."""
    with tempfile.TemporaryDirectory() as folder:
        text = session(Path(folder) / "demo.db")
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), legacy_windows=False)
    for line in text.splitlines():
        style = "bold cyan" if line.startswith("$") else "bold" if line.startswith("ID ") else ""
        console.print(Text(line, style=style), soft_wrap=True)
    target = Path(__file__).parent / "images" / "session.svg"
    # The fonts would be fetched from another host; any monospaced one will do.
    drawn = re.sub(
        r"@font-face \{.*?\}", "", console.export_svg(title="aggregator"), flags=re.DOTALL
    )
    target.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
