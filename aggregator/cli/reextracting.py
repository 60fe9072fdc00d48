"""The command `reextract`: today's rules on pages that were kept, looked at or kept."""

import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import click

from aggregator.cli.options import (
    Since,
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    load_config,
    missing,
    present,
    program,
    reading,
)
from aggregator.cli.progress import Steps, listener, steps
from aggregator.cli.text import counted, json_line, line, say, say_bytes, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aggregator.config import Config
    from aggregator.core.differences import Differences
    from aggregator.pipeline.reextract import Anew
    from aggregator.storage.database import Database
    from aggregator.storage.reextraction import Task

__all__ = ["reextract"]

_LABEL: Final = "Extracting anew"
_MOST_LINES: Final = 12
_WIDEST: Final = 160
_OUTCOMES: Final = ("changed", "unchanged", "rejected", "failed", "no page")
_COLOURS: Final = {"-": "red", "+": "green"}


@click.command(
    epilog=examples(
        "aggregator reextract --dry-run --since 2d",
        "aggregator reextract --site post.example",
    )
)
@click.option("--site", metavar="S", help="Only articles of this site or host.")
@click.option("--since", type=Since(), help="Only what was fetched since: 24h, 3d, an ISO time.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and keep nothing.")
@feeds_option
@database_option
@as_json
def reextract(
    *, site: str | None, since: datetime | None, dry_run: bool, feeds: Path, db: Path, as_json: bool
) -> None:
    """Extract articles anew from the pages that were kept, by today's rules.

    Shows what changes of each article before it is kept: fields, lines of the text that go (-) and
    come (+), and why. What changed is clustered anew by the next poll. An article whose page is no
    longer kept, or would be none by today's rules, is named and stays as it is. Where it is cut
    short, the same command goes on from there.
    """
    if not db.exists():
        raise missing(db)
    config = load_config(feeds)
    wanted = _Wanted(_plain_site(site), since, dry_run)
    out = sys.stderr if as_json else sys.stdout
    shown: _Shown = _AsJson(dry_run) if as_json else _ForPeople(dry_run)
    with _database(db, config, dry_run=dry_run) as database, steps(out, plain=not as_json) as bars:
        end = _run(database, config, wanted, shown, bars)
    shown.end(end)
    if not as_json and not dry_run and shown.counts["changed"]:
        say(f"Next: {program()} poll{elsewhere(db, feeds=feeds)}, which clusters them anew")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the user wants extracted anew."""

    site: str | None
    since: datetime | None
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _End:
    """How it ended: which article was reached before this time, and whether all are done now."""

    behind: int
    complete: bool


def _plain_site(typed: str | None) -> str | None:
    """A site as it is kept, whether a name or an address was typed."""
    from aggregator.core.urls import host

    return typed and (host(typed if "://" in typed else f"https://{typed}") or typed)


@contextmanager
def _database(path: Path, config: "Config", *, dry_run: bool) -> "Iterator[Database]":
    """For looking only it is open for reading, beside any run; else under the run lock."""
    if dry_run:
        with reading(path) as db:
            yield db
        return
    from aggregator.daemon.job import Job
    from aggregator.daemon.run import working_database

    with working_database(Job(config, path), doing="aggregator reextract") as db:
        yield db


def _run(db: "Database", config: "Config", wanted: _Wanted, shown: "_Shown", bars: Steps) -> _End:
    import asyncio

    from aggregator.config import rules_of
    from aggregator.pipeline.reextract import task_name
    from aggregator.storage import reextraction

    ids = reextraction.chosen(db, wanted.site, wanted.since)
    task, behind = None, 0
    if not wanted.dry_run:
        chosen = (rules_of(config), config.sites, config.site_folder, wanted.site)
        name = task_name(config.settings.extraction, *chosen)
        task = reextraction.Task(name, wanted.since)
        behind = reextraction.begin(db, task)
    left = [each for each in ids if each > behind]
    bars.begin(_LABEL, len(left))

    def tell(done: "Anew") -> None:
        shown.tell(done)
        bars.advance(_LABEL)

    return _End(behind, asyncio.run(_all(db, config, task, left, tell, bars)))


async def _all(
    db: "Database",
    config: "Config",
    task: "Task | None",
    ids: list[int],
    tell: "Callable[[Anew], None]",
    bars: Steps,
) -> bool:
    from aggregator.config import rules_of, sites_of
    from aggregator.daemon.stopping import Stopping
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.pipeline.learning import Learning
    from aggregator.pipeline.reextract import Reextraction
    from aggregator.pipeline.work import PRELOAD

    stopping = Stopping.on_signals()
    workers = config.settings.workers
    async with ProcessPool(workers, preload=PRELOAD) as pool:
        work = Reextraction(
            db,
            pool,
            config.settings.extraction,
            rules_of(config),
            sites_of(config),
            tell,
            task,
            stopping.asked,
            workers.count,
        )
        complete = await work.run(ids)
        if task is not None:
            days = config.settings.extraction.remember_boilerplate
            learning = Learning(db, pool, present, days, workers.count, stopping.asked)
            await learning.run(listener(bars))
        return complete


# --- showing ---------------------------------------------------------------------------------


class _Shown(Protocol):
    """Shows article by article what comes of it, and at last how many there were of each."""

    counts: Counter[str]

    def tell(self, done: "Anew") -> None:
        """Show one."""
        ...

    def end(self, end: _End) -> None:
        """Show the figures."""
        ...


@dataclass(slots=True)
class _ForPeople:
    """A block for each article that changes, or that would be none."""

    dry_run: bool
    counts: Counter[str] = field(default_factory=Counter)

    def tell(self, done: "Anew") -> None:
        self.counts[done.outcome] += 1
        if done.outcome in {"unchanged", "no page"}:
            return
        say(click.style(f"{line(done.outlet)}: {line(done.title)}", bold=True))
        say(f"  article {done.article_id}  {line(done.url)}")
        if done.outcome == "changed":
            _show_differences(done.differences)
        else:
            why = "would be none now" if done.outcome == "rejected" else "could not be extracted"
            say(click.style(f"  {why}, so it stays as it is: {line(done.detail)}", fg="yellow"))

    def end(self, end: _End) -> None:
        if end.behind:
            say(f"Went on behind article {end.behind}, which an earlier call had reached.")
        changed = counted(self.counts["changed"], "article")
        say(
            f"{changed} {'would change' if self.dry_run else 'changed'}, "
            f"{self.counts['unchanged']:,} stay the same."
        )
        if none := self.counts["rejected"]:
            say(
                f"{counted(none, 'article')} would be none by today's rules: they stay as they are."
            )
        if failed := self.counts["failed"]:
            say(f"{counted(failed, 'article')} could not be extracted: they stay as they are.")
        if gone := self.counts["no page"]:
            say(f"{counted(gone, 'article')} cannot be extracted anew: the page is no longer kept.")
        if not end.complete:
            say("It was stopped before the end; the same command goes on from there.")


def _show_differences(found: "Differences") -> None:
    for each in (*found.fields, *filter(None, [found.stripped])):
        _show_line("-", each.before, f"{each.field}: ")
        _show_line("+", each.after, f"{each.field}: ")
    for one in found.lines[:_MOST_LINES]:
        _show_line(one.sign, one.text, f"[{line(one.reason)}] " if one.reason else "")
    if len(found.lines) > _MOST_LINES:
        say(f"  ... and {counted(len(found.lines) - _MOST_LINES, 'line')} more")


def _show_line(sign: str, text: str, label: str) -> None:
    if text:
        shown = shortened(f"{sign} {label}{line(text)}", _WIDEST)
        say("  " + click.style(shown, fg=_COLOURS[sign]))


@dataclass(slots=True)
class _AsJson:
    """One JSON document, written as it comes: there may be many articles."""

    dry_run: bool
    counts: Counter[str] = field(default_factory=Counter)

    def tell(self, done: "Anew") -> None:
        told = self.counts.total() - self.counts["unchanged"] - self.counts["no page"]
        self.counts[done.outcome] += 1
        if done.outcome in {"unchanged", "no page"}:
            return
        before = "," if told else f'{{"dry_run": {json_line(self.dry_run)}, "articles": ['
        say_bytes(before + json_line(_as_object(done)))

    def end(self, end: _End) -> None:
        told = self.counts.total() - self.counts["unchanged"] - self.counts["no page"]
        before = "" if told else f'{{"dry_run": {json_line(self.dry_run)}, "articles": ['
        counts = {name.replace(" ", "_"): self.counts[name] for name in _OUTCOMES}
        more = {"counts": counts, "behind": end.behind or None, "complete": end.complete}
        say_bytes(f"{before}], {json_line(more)[1:]}")


def _as_object(done: "Anew") -> dict[str, object]:
    """The documented keys."""
    stripped = done.differences.stripped
    return {
        "id": done.article_id,
        "url": done.url,
        "outlet": done.outlet,
        "title": done.title,
        "outcome": done.outcome,
        "fields": [asdict(each) for each in done.differences.fields],
        "lines": [asdict(each) for each in done.differences.lines],
        "stripped": stripped and asdict(stripped),
        "detail": done.detail or None,
    }
