"""The command `digest`: what broke since yesterday, as text for a mail."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    Since,
    as_json,
    database_option,
    elsewhere,
    examples,
    present,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json

if TYPE_CHECKING:
    from aggregator.core.health import Diagnosis
    from aggregator.core.jumps import Jump
    from aggregator.model import Feed
    from aggregator.storage.database import Database
    from aggregator.storage.digest import HookTrouble, Rejections, Runs
    from aggregator.storage.soundness import Broken

__all__ = ["digest"]

_FINE: Final = frozenset({"ok", "new", "paused", "waiting", "moved"})
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ill:
    """A feed that is not well."""

    outlet: str
    url: str
    health: str
    diagnosis: str
    action: str
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class Digest:
    """All that broke since `since`; `promises` is None where they were not looked at."""

    since: datetime
    runs: "Runs"
    feeds: "Sequence[Ill]"
    rejections: "Sequence[Rejections]"
    jumps: "Sequence[Jump]"
    webhooks: "Sequence[HookTrouble]"
    promises: "Sequence[Broken] | None"

    @property
    def is_quiet(self) -> bool:
        """Whether nothing broke: single rejected pages are everyday life."""
        bad_runs = self.runs.failed or self.runs.killed or not self.runs.ended
        return not (bad_runs or self.feeds or self.jumps or self.webhooks or self.promises)


@click.command(
    epilog=examples("aggregator digest", "aggregator digest --since 7d --check --only-if-broken")
)
@click.option(
    "--since", type=Since(), help="What broke since then: 24h, 3d, or an ISO 8601 time. [24h]"
)
@click.option("--check", "checked", is_flag=True, help="Look for broken promises too; takes time.")
@click.option(
    "--only-if-broken", "sparing", is_flag=True, help="Write nothing where nothing broke."
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=10,
    show_default=True,
    help="Show so many lines of each kind at most.",
)
@database_option
@as_json
def digest(
    *,
    since: datetime | None,
    checked: bool,
    sparing: bool,
    limit: int,
    db: Path,
    as_json: bool,
) -> None:
    """Say what broke since yesterday, as text for a mail.

    Runs that failed or were killed; feeds that fail or are gone; pages that became no article, by
    site and reason; outlets that published far more or less than in each of the seven days before;
    webhooks that do not arrive; with --check, promises that the database breaks. From cron, which
    mails what a command writes: "aggregator digest --only-if-broken" once a day.
    """
    now = present()
    found = _digest(db, since or now - _DAY, now, checked=checked)
    if sparing and found.is_quiet:
        return
    if as_json:
        say_json({**asdict(found), "quiet": found.is_quiet})
    else:
        _show(found, limit, db)


def _digest(path: Path, since: datetime, now: datetime, *, checked: bool) -> Digest:
    from aggregator.storage import digest as stored

    with reading(path) as db:
        return Digest(
            since=since,
            runs=stored.runs(db, since),
            feeds=_ill(db, now),
            rejections=stored.rejections(db, since),
            jumps=stored.jumps(db, since, now),
            webhooks=stored.webhooks(db, since),
            promises=_broken(path, now) if checked else None,
        )


def _ill(db: "Database", now: datetime) -> list[Ill]:
    """The feeds that are not well, those of one kind together."""
    from aggregator.core.health import diagnose
    from aggregator.core.urls import host
    from aggregator.storage import feeds, hosts

    states = {state.host: state for state in hosts.load(db)}
    every = ((each, diagnose(each, states.get(host(each.address)), now)) for each in
             feeds.all_feeds(db))  # fmt: skip
    ill = [_one(feed, found) for feed, found in every if found.code not in _FINE]
    return sorted(ill, key=lambda each: (each.health, each.outlet, each.url))


def _one(feed: "Feed", found: "Diagnosis") -> Ill:
    from aggregator.core.urls import without_credentials

    url = without_credentials(feed.source.url)
    last = feed.state.last_success_at
    return Ill(feed.source.outlet, url, found.code, found.sentence, found.action, last)


def _broken(path: Path, now: datetime) -> list["Broken"]:
    from aggregator.storage.soundness import broken_promises

    return [each for each in broken_promises(path, now) if each.count]


# --- for people ------------------------------------------------------------------------------


def _show(found: Digest, limit: int, path: Path) -> None:
    say(f"What broke since {local(found.since)}" + (": nothing." if found.is_quiet else ":"))
    _show_runs(found.runs)
    _block("Feeds that are not well", [_feed(each) for each in found.feeds], limit)
    _block("Pages that became no article", [_rejected(each) for each in found.rejections], limit)
    _block("Far more or less than in the days before", [_jump(e) for e in found.jumps], limit)
    _block("Webhooks that are not well", [_hook(each) for each in found.webhooks], limit)
    if found.promises is not None:
        broken = [f"{each.promise} ({counted(each.count, 'place')})" for each in found.promises]
        _block("Promises that the database breaks", broken, limit)
    if not found.is_quiet:
        say(f"\nMore: {program()} feeds, {program()} webhooks, {program()} check{elsewhere(path)}")


def _show_runs(runs: "Runs") -> None:
    bad = [f"{number} {word}" for number, word in ((runs.failed, "failed"), (runs.killed, "killed"))
           if number]  # fmt: skip
    if not runs.ended:
        say(f"\nNo run came to its end; the last one did {local(runs.last_done_at)}")
    elif bad:
        say(f"\nOf the runs {' and '.join(bad)}, {runs.ended} came to their end")
    if runs.last_failure:
        say(f"  {line(runs.last_failure)}")


def _block(title: str, lines: Sequence[str], limit: int) -> None:
    if not lines:
        return
    say(f"\n{title} ({len(lines):,}):")
    for each in lines[:limit]:
        say(f"  {line(each)}")
    if len(lines) > limit:
        say(f"  and {len(lines) - limit:,} more")


def _feed(each: Ill) -> str:
    last = f"last read {local(each.last_success_at)}" if each.last_success_at else "never read"
    return f"{each.outlet} {each.url}: {each.diagnosis}; {last}"


def _rejected(each: "Rejections") -> str:
    what = f"{each.stage}: {each.reason}"
    return f"{each.site}: {counted(each.pages, 'page')}, {what}, e.g. {each.example}"


def _jump(each: "Jump") -> str:
    return f"{each.outlet}: {counted(each.now, 'article')}, before {each.least:,} to {each.most:,}"


def _hook(each: "HookTrouble") -> str:
    since = f" since {local(each.failing_since)}" if each.failing_since else ""
    counts = f"{each.waiting:,} waiting, {each.given_up:,} given up"
    return f"{each.name}: {each.error or each.state}{since}; {counts}"
