"""Draws the picture in the README: a real session on the demo newsroom, as an SVG.

make picture
"""

import io
import json
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
    """The board, then the biggest story, as commands and what they print."""
    run("demo", "--db", str(db))
    stories = json.loads(run("stories", "--db", str(db), "--json"))
    biggest = max(stories, key=lambda each: (each["outlet_count"], each["article_count"]))
    board = run("stories", "--db", str(db), "--limit", str(_STORIES))
    story = run("story", str(biggest["id"]), "--db", str(db))
    shown = "\n".join(
        line for line in story.splitlines() if "http" not in line and "The text" not in line
    )
    return f"$ aggregator stories\n{board}\n$ aggregator story {biggest['id']}\n{shown}\n"


def main() -> None:
    """Write docs/images/session.svg."""
    with tempfile.TemporaryDirectory() as folder:
        text = session(Path(folder) / "demo.db")
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), legacy_windows=False)
    for line in text.splitlines():
        style = "bold cyan" if line.startswith("$") else "bold" if line.startswith("ID ") else ""
        console.print(Text(line, style=style), soft_wrap=True)
    target = Path(__file__).parent / "images" / "session.svg"
    target.write_text(console.export_svg(title="aggregator"), encoding="utf-8")


if __name__ == "__main__":
    main()
