"""Those who poll in the benchmark: how each is made ready and started, as a process of its own."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

__all__ = ["Bare", "Contestant", "Ours", "Reader", "Start"]

ROOT: Final = Path(__file__).parent.parent.parent
_SETTINGS: Final = """\
settings:
  network:
    connections_per_host: 2
    seconds_between_requests: {pause}
    requests_per_second: {rate}
    allow_addresses: [127.0.0.0/8]
    allow_ports: []
  polling: {{interval: 1, min_interval: 1, max_interval: 60}}
feeds:
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One process to start: its command, and what it reads."""

    command: Sequence[str]
    reads: str = ""


class Contestant(Protocol):
    """One who polls: `update(step)` says how to start the poll number `step`, from 0."""

    name: str

    def make_ready(self) -> None:
        """Do what is done once and not measured: tell it the feeds."""
        ...

    def update(self, step: int) -> Start:
        """The process that polls all feeds once."""
        ...


class Ours:
    """Our own polling step; `polite` keeps our default manners, else they are off."""

    def __init__(self, folder: Path, addresses: Sequence[str], authority: str, *,
                 polite: bool = False) -> None:  # fmt: skip
        """Keep feeds.yaml and the database in `folder`."""
        self.name = "aggregator, polite" if polite else "aggregator"
        self._folder, self._addresses, self._authority = folder, addresses, authority
        self._settings = _SETTINGS.format(pause=1 if polite else 0, rate=20 if polite else 10_000)

    def make_ready(self) -> None:
        """Write feeds.yaml, and make the database with its feeds."""
        feeds = "".join(f"  - {{url: '{url}', outlet: O}}\n" for url in self._addresses)
        (self._folder / "feeds.yaml").write_text(self._settings + feeds)
        subprocess.run(self._start("ready").command, check=True, stdout=subprocess.DEVNULL)

    def update(self, step: int) -> Start:
        """Poll `step` days from now, when every feed is due again."""
        return self._start(str(step))

    def _start(self, days: str) -> Start:
        here = self._folder
        return Start([sys.executable, "-m", "benchmarks.polling.by_us", str(here / "feeds.yaml"),
                      str(here / "news.db"), self._authority, days])  # fmt: skip


class Bare:
    """Bare httpx and feedparser."""

    name = "httpx + feedparser"

    def __init__(self, folder: Path, addresses: Sequence[str], authority: str) -> None:
        """Keep the tags in `folder`."""
        self._folder, self._addresses, self._authority = folder, addresses, authority

    def make_ready(self) -> None:
        """Nothing to do."""

    def update(self, step: int) -> Start:
        """Ask for all feeds."""
        del step
        state = str(self._folder / "tags.json")
        command = [sys.executable, "-m", "benchmarks.polling.by_hand", state, self._authority]
        return Start(command, "\n".join(self._addresses))


class Reader:
    """The package reader, in an environment of its own whose interpreter is `python`."""

    name = "reader"

    def __init__(self, folder: Path, addresses: Sequence[str], authority: str, python: str) -> None:
        """Keep its database in `folder`."""
        self._addresses = addresses
        script = Path(__file__).with_name("by_reader.py")
        self._command = [python, str(script), str(folder / "reader.db"), authority]

    def make_ready(self) -> None:
        """Add the feeds."""
        subprocess.run([*self._command, "add"], input="\n".join(self._addresses), text=True,
                       check=True, stdout=subprocess.DEVNULL)  # fmt: skip

    def update(self, step: int) -> Start:
        """Update all feeds with its 10 workers."""
        del step
        return Start([*self._command, "update"])
