"""The command `rebuild`: the whole archive clustered anew, shown, and put in place on request."""

import shutil
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    limit_option,
    load_config,
    present,
    program,
    reading,
)
from aggregator.cli.progress import Steps, steps
from aggregator.cli.text import counted, line, say, say_json, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aggregator.config import Config
    from aggregator.core.rearrangement import Change, Part
    from aggregator.pipeline.rebuild import Outcome, Rebuilding
    from aggregator.storage.database import Database

__all__ = ["rebuild"]

_LABELS: Final = {"fingerprint": "Fingerprinting articles", "cluster": "Clustering anew"}
_NAMES: Final = {"copy_group": ("copy group", "copy groups"), "story": ("story", "stories")}
_WIDEST: Final = 60


@click.command(epilog=examples("aggregator rebuild", "aggregator rebuild --swap"))
@click.option("--swap", is_flag=True, help="Put what was found in place of what is there.")
@limit_option(20)
@feeds_option
@database_option
@as_json
def rebuild(*, swap: bool, limit: int, feeds: Path, db: Path, as_json: bool) -> None:
    """Cluster all articles anew, and show what would change.

    It is done in a second file beside the database, which runs may go on using meanwhile: nothing
    in it changes without --swap. Ids stay where articles stay together, former ids lead to the
    later ones, and what editors decided holds. Where it is cut short, the same command goes on from
    there.
    """
    config = load_config(feeds)
    with reading(db) as source:
        with ExitStack() as stack:
            target = stack.enter_context(_target(db, config)) if swap else None
            second = stack.enter_context(_second(source, db, config))
            with steps(sys.stderr if as_json else sys.stdout, plain=not as_json) as bars:
                found = _run(source, second, target, config, bars)
        if found is None:
            _say_stopped(as_json=as_json)
        elif as_json:
            say_json(_as_object(found, source, limit, swapped=swap))
        else:
            _show(found, source, limit, swapped=swap)
            if swap:
                say("\nThis is in place now.")
            else:
                next_call = f"{program()} rebuild --swap{elsewhere(db, feeds=feeds)}"
                say(f"\n{_hint(found, source, next_call)}")


@contextmanager
def _target(db: Path, config: "Config") -> "Iterator[Database]":
    """The running database under the run lock."""
    from aggregator.daemon.job import Job
    from aggregator.daemon.run import working_database

    with working_database(Job(config, db), doing="aggregator rebuild --swap") as target:
        yield target


@contextmanager
def _second(source: "Database", db: Path, config: "Config") -> "Iterator[Database]":
    """The second database, which one process at a time works on; it goes when it was swapped."""
    from aggregator.pipeline.rebuild import made_by, require_room, second_path
    from aggregator.storage.lock import run_lock
    from aggregator.storage.rebuilding import discard, is_spent, open_second

    path = second_path(db)
    with run_lock(path, doing="aggregator rebuild", now=present()):
        require_room(source, path, shutil.disk_usage(path.parent).free)
        with open_second(path, made_by(config.settings.clustering)) as second:
            yield second
            spent = is_spent(second)
        if spent:
            discard(path)


def _run(
    source: "Database",
    second: "Database",
    target: "Database | None",
    config: "Config",
    bars: Steps,
) -> "list[Outcome] | None":
    import asyncio

    return asyncio.run(_all(source, second, target, config, bars))


async def _all(
    source: "Database",
    second: "Database",
    target: "Database | None",
    config: "Config",
    bars: Steps,
) -> "list[Outcome] | None":
    from aggregator.daemon.stopping import Stopping
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.pipeline.rebuild import Rebuilding, Watching
    from aggregator.pipeline.work import PRELOAD

    stopping = Stopping.on_signals()
    settings = config.settings
    watching = Watching(
        lambda step, total: bars.begin(_LABELS[step], total),
        lambda step, count: bars.advance(_LABELS[step], count),
    )
    preload = (*PRELOAD, "aggregator.pipeline.rebuild")
    async with ProcessPool(settings.workers, preload=preload) as pool:
        work = Rebuilding(
            source,
            second,
            pool,
            settings.clustering,
            present(),
            watching,
            stopping.asked,
            settings.workers.count,
        )
        return await _outcomes(work, target)


async def _outcomes(work: "Rebuilding", target: "Database | None") -> "list[Outcome] | None":
    if target is not None:
        return await work.swap(target)
    return work.outcomes() if await work.run() else None


# --- showing ---------------------------------------------------------------------------------


def _say_stopped(*, as_json: bool) -> None:
    if as_json:
        say_json({"complete": False, "swapped": False})
    else:
        say("It was stopped before the end, and nothing was changed; the same command goes on.")


def _show(found: "Sequence[Outcome]", db: "Database", limit: int, *, swapped: bool) -> None:
    for each in found:
        kinds = {kind: sum(c.kind == kind for c in each.changes) for kind in ("merge", "split")}
        moves = len(each.changes) - sum(kinds.values())
        say(
            f"{counted(each.count, *_NAMES[each.kind]).capitalize()}: "
            f"{each.unchanged:,} as before; {counted(kinds['merge'], 'merge')}, "
            f"{counted(kinds['split'], 'split')}, {counted(moves, 'move')}"
        )
    for each in found:
        if each.changes:
            say(f"\nWhat {'changed' if swapped else 'would change'} of {_NAMES[each.kind][1]}:")
        for change in each.changes[:limit]:
            _show_change(change, each.kind, db)
        if len(each.changes) > limit:
            say(f"  ... and {counted(len(each.changes) - limit, 'change')} more")


def _show_change(change: "Change", kind: str, db: "Database") -> None:
    one, many = _NAMES[kind]
    before = ", ".join(_sized(part) for part in change.before)
    if change.kind == "merge":
        (after,) = change.after
        say(f"  {many} {before} become {_sized(after)}: {_title(after, db)}")
        return
    split = change.kind == "split"
    say(f"  {one} {before} is split into" if split else f"  {many} {before} are parted anew into")
    for part in change.after:
        say(f"    {_sized(part)}: {_title(part, db)}")


def _hint(found: "Sequence[Outcome]", db: "Database", next_call: str) -> str:
    from aggregator.core.profile import PROFILE
    from aggregator.storage.fingerprints import other_profiles

    if any(each.changes for each in found):
        return f"To put this in place: {next_call}"
    if other_profiles(db, PROFILE):
        return f"Only fingerprints would change, so that new articles can be compared: {next_call}"
    return "Nothing would change."


def _sized(part: "Part") -> str:
    return f"{'a new one' if part.id is None else part.id} ({counted(part.articles, 'article')})"


def _title(part: "Part", db: "Database") -> str:
    from aggregator.storage.rebuilding import headline

    return shortened(line(headline(db, part.example)), _WIDEST)


def _as_object(
    found: "Sequence[Outcome]", db: "Database", limit: int, *, swapped: bool
) -> dict[str, object]:
    """The documented keys."""
    levels = {f"{_NAMES[each.kind][1].replace(' ', '_')}": each for each in found}
    return {
        "complete": True,
        "swapped": swapped,
        **{
            name: {
                "count": each.count,
                "unchanged": each.unchanged,
                "changed": len(each.changes),
                "changes": [_change_object(change, db) for change in each.changes[:limit]],
            }
            for name, each in levels.items()
        },
    }


def _change_object(change: "Change", db: "Database") -> dict[str, object]:
    from aggregator.storage.rebuilding import headline

    return {
        "kind": change.kind,
        **{
            side: [
                {"id": part.id, "articles": part.articles, "title": headline(db, part.example)}
                for part in parts
            ]
            for side, parts in (("before", change.before), ("after", change.after))
        },
    }
