"""Renews the session in the README: real commands on the demo newsroom, with what they print.

make session
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

_README: Final = Path(__file__).parent.parent / "README.md"
_BLOCK: Final = re.compile(
    r"(?<=<!-- session: begin -->\n```\n).*?(?=```\n<!-- session: end -->)", re.DOTALL
)
_TAKEN_OUT: Final = "Löschboot rettet Tanklager: Großfeuer an der Donau"
_CUT: Final = "..."
_WIDTH: Final = 96


def printed(folder: Path, *words: str) -> str:
    """What a command of ours prints in a folder; where one fails, what it said is shown."""
    command = [sys.executable, "-m", "aggregator.cli", *words]
    env = {**os.environ, "AGGREGATOR_DB": "demo.db", "PYTHONPATH": str(_README.parent)}
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, check=False, cwd=folder, env=env
    )
    if done.returncode:
        message = f"aggregator {' '.join(words)} ended with {done.returncode}: {done.stderr}"
        raise RuntimeError(message)
    return done.stdout


def session(folder: Path) -> str:
    """Poll the demo, see a story, ask why, split it, poll again, see that it stays split."""
    first = printed(folder, "demo", "--edition", "1")
    story, article = _where(folder)
    parts = [
        ("demo --edition 1", _line_of(first, story)),
        _shown(folder, f"story {story}"),
        _shown(folder, f"why {article}", until="    It added"),
        _shown(folder, f"split {story} {article} --author eva"),
        ("demo --edition 2", _line_of(printed(folder, "demo", "--edition", "2"), story)),
        _shown(folder, f"story {story}"),
    ]
    told = "".join(f"$ aggregator {words}\n{text}\n" for words, text in parts)
    return f"$ export AGGREGATOR_DB=demo.db\n{told}"


def _where(folder: Path) -> tuple[int, int]:
    """The story that is to be split, and the article that is to leave it."""
    found: list[dict[str, Any]] = json.loads(printed(folder, "search", _TAKEN_OUT, "--json"))
    return found[0]["story_id"], found[0]["id"]


def _shown(folder: Path, command: str, until: str = "The text of one") -> tuple[str, str]:
    """A command with what it prints, up to the line that begins with `until`."""
    lines = printed(folder, *command.split()).splitlines()
    kept = list(takewhile(lambda line: not line.startswith(until), map(_short, lines)))
    left_out = [_CUT] if len(kept) < len(lines) - 1 else []
    return command, "\n".join([*kept, *left_out]).strip()


def _short(line: str) -> str:
    """A line without an address on this machine, and not too long."""
    line = re.sub(r"  http://\S+", "", line)
    return line if len(line) <= _WIDTH else f"{line[:_WIDTH].rstrip()} {_CUT}"


def _line_of(report: str, story: int) -> str:
    """Of a report on a run the line on one story."""
    lines = [line for line in report.splitlines() if line.split()[:1] == [str(story)]]
    return "\n".join([_CUT, *lines, _CUT])


def main() -> None:
    """Put the session into README.md."""
    with tempfile.TemporaryDirectory() as folder:
        text = session(Path(folder))
    readme = _README.read_text(encoding="utf-8")
    _README.write_text(_BLOCK.sub(lambda _: text, readme), encoding="utf-8")


if __name__ == "__main__":
    main()
