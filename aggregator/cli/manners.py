"""The command `manners`: what each host was asked, what came back, when it is asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    feeds_option,
    limit_option,
    optional_settings,
    present,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.core.robots import Rules
from aggregator.core.urls import host as host_of
from aggregator.core.urls import without_credentials
from aggregator.errors import NotFound
from aggregator.model import FeedStatus, Hop, HostState, Robots
from aggregator.storage import feeds as kept_feeds
from aggregator.storage import hosts, requests, robots
from aggregator.storage.requests import HostFigures
from aggregator.storage.times import exact

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["manners"]


@dataclass(frozen=True, slots=True)
class Turn:
    """When a feed is asked next; None: it never was, and is asked by the next run."""

    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Host:
    """All that is known of our dealings with one host."""

    figures: HostFigures | None
    state: HostState | None
    quiet_until: datetime | None
    next_request_at: datetime | None
    turns: tuple[Turn, ...]

    @property
    def next_turn_at(self) -> datetime | None:
        """When the next of its feeds is asked; None where none waits for a known time."""
        return min((turn.at for turn in self.turns if turn.at is not None), default=None)


@click.command(
    epilog=examples("aggregator manners", "aggregator manners www.post.example --limit 100 --json")
)
@click.argument("host", required=False)
@limit_option(50)
@feeds_option
@database_option
@as_json
def manners(*, host: str | None, limit: int, feeds: Path, db: Path, as_json: bool) -> None:
    """Show what hosts were asked: the proof when a publisher complains.

    Without HOST a line for each: requests in the log, answers, the smallest gap between two
    requests, until when the host wants no more, and the next turn of its feeds. With HOST (a name
    or an address) every request, the newest last. The log is kept in the database for as long as
    storage.keep_requests says.
    """
    settings = optional_settings(feeds)
    pause = timedelta(seconds=settings.network.seconds_between_requests)
    with reading(db) as database:
        found = _hosts(database, pause)
        if host is None:
            _show_all(found, db, as_json=as_json)
            return
        name = host_of(host if "://" in host else f"http://{host}") or host
        if name not in found:
            raise NotFound(_unknown(name, settings.storage.keep_requests))
        log = requests.of_host(database, name, limit + 1)
        known = robots.of_host(database, name)
    if as_json:
        say_json(_detail(name, found[name], known, log[-limit:]))
    else:
        _show(name, found[name], known, log, limit)


def _unknown(name: str, days: float) -> str:
    return (
        f"{name}: no feed is there, and nothing was asked of it in the last {days:g} days. "
        f"'{program()} manners' lists the hosts."
    )


def _hosts(db: "Database", pause: timedelta) -> dict[str, Host]:
    """Every host that was asked, or is to be, by its name."""
    from aggregator.pipeline.hosts import HostBook

    figures = {each.host: each for each in requests.figures(db)}
    states = {each.host: each for each in hosts.load(db)}
    turns = _turns(db)
    book = HostBook(states.values(), present)
    found = {}
    for name in sorted({*figures, *states, *turns}):
        of_log = figures.get(name)
        quiet = book.quiet_until(name, () if of_log is None else of_log.addresses)
        spaced = None if of_log is None else of_log.last_at + pause
        allowed = max((each for each in (quiet, spaced) if each is not None), default=None)
        mine = tuple(turns.get(name, ()))
        found[name] = Host(of_log, states.get(name), quiet, allowed, mine)
    return found


def _turns(db: "Database") -> dict[str, list[Turn]]:
    """The next turns of the feeds that are asked, by host."""
    turns: dict[str, list[Turn]] = {}
    for feed in kept_feeds.all_feeds(db):
        if feed.state.status is FeedStatus.ACTIVE:
            turn = Turn(without_credentials(feed.address), feed.state.next_poll_at)
            turns.setdefault(host_of(feed.address), []).append(turn)
    return turns


# --- all hosts -------------------------------------------------------------------------------


def _show_all(found: dict[str, Host], db: Path, *, as_json: bool) -> None:
    busiest = sorted(found, key=lambda name: (-_count(found[name]), name))
    if as_json:
        say_json([_object(name, found[name]) for name in busiest])
        return
    rows = [_row(name, found[name]) for name in busiest]
    names = ("HOST", "REQUESTS", "200", "304", "OTHER", "GAP", "QUIET UNTIL", "NEXT TURN")
    say(table(names, rows, screen_width(), right="REQUESTS 200 304 OTHER GAP"))
    if busiest:
        say(f"\nEvery request to one: {program()} manners {line(busiest[0])}{elsewhere(db)}")


def _count(host: Host) -> int:
    return 0 if host.figures is None else host.figures.requests


def _row(name: str, host: Host) -> tuple[str, ...]:
    log = host.figures
    counts = (0, 0, 0, 0) if log is None else (log.requests, log.ok, log.not_modified, log.other)
    gap = None if log is None else log.smallest_gap
    return (
        name,
        *(f"{count:,}" for count in counts),
        _seconds(gap),
        local(host.quiet_until),
        local(host.next_turn_at),
    )


def _object(name: str, host: Host) -> dict[str, object]:
    log = host.figures
    return {
        "host": name,
        "requests": _count(host),
        "ok": 0 if log is None else log.ok,
        "not_modified": 0 if log is None else log.not_modified,
        "other": 0 if log is None else log.other,
        "first_at": None if log is None else exact(log.first_at),
        "last_at": None if log is None else exact(log.last_at),
        "smallest_gap": None if log is None else log.smallest_gap,
        "addresses": [] if log is None else log.addresses,
        "quiet_until": host.quiet_until,
        "refusals": 0 if host.state is None else host.state.refusals,
        "reason": None if host.state is None else host.state.reason,
        "next_request_at": host.next_request_at,
        "next_turn_at": host.next_turn_at,
    }


# --- one host --------------------------------------------------------------------------------


def _detail(
    name: str, host: Host, known: Iterable[Robots], log: Iterable[Hop]
) -> dict[str, object]:
    kept = [
        {
            "origin": each.origin,
            "reachable": each.text is not None,
            "reason": each.reason,
            "crawl_delay": Rules(each.text or "").delay,
            "fetched_at": each.fetched_at,
            "expires_at": each.expires_at,
        }
        for each in known
    ]
    hops = [{**asdict(hop), "at": exact(hop.at)} for hop in log]
    turns = [asdict(turn) for turn in host.turns]
    return {**_object(name, host), "turns": turns, "robots": kept, "log": hops}


def _show(name: str, host: Host, known: Sequence[Robots], log: Sequence[Hop], limit: int) -> None:
    say(line(name))
    for what, words in (*_facts(host), *_robots(known), *_turn_facts(host)):
        say(f"  {what + ':':<13} {line(words)}")
    if not log:
        return
    say(f"\nThe last {counted(len(log[-limit:]), 'request')}:")
    before = {b.at: (b.at - a.at).total_seconds() for a, b in pairwise(log)}
    for hop in log[-limit:]:
        _show_hop(hop, before.get(hop.at))


def _facts(host: Host) -> list[tuple[str, str]]:
    facts = []
    if (log := host.figures) is not None:
        answers = f"{log.ok:,} answered 200, {log.not_modified:,} answered 304, {log.other:,} other"
        facts = [
            ("requests", f"{log.requests:,} since {_exact(log.first_at)}: {answers}"),
            ("smallest gap", _seconds(log.smallest_gap)),
            ("addresses", ", ".join(log.addresses) or "-"),
        ]
    facts.append(("quiet until", _quiet(host)))
    allowed = host.next_request_at
    now = allowed is None or allowed <= present()
    facts.append(("next request", "allowed now" if now else f"from {_exact(allowed)}"))
    return facts


def _quiet(host: Host) -> str:
    if host.quiet_until is None:
        return "-"
    state = host.state
    if state is None or not state.refusals:
        return f"{_exact(host.quiet_until)} (as another host at its address)"
    return f"{_exact(host.quiet_until)} ({state.reason}, {state.refusals} in a row)"


def _robots(known: Iterable[Robots]) -> list[tuple[str, str]]:
    return [("robots.txt", f"{each.origin} {_read(each)}") for each in known]


def _read(known: Robots) -> str:
    until = f"until {_exact(known.expires_at)}"
    if known.text is None:
        return f"cannot be read ({known.reason}), so no page is asked for {until}"
    delay = Rules(known.text).delay
    more = f", Crawl-delay {delay:g} s" if delay else ""
    what = "has rules" if known.text.strip() else "forbids nothing"
    stale = f", then unreadable ({known.reason})" if known.reason else ""
    return f"{what}{more}; read {_exact(known.fetched_at)}{stale}, good {until}"


def _turn_facts(host: Host) -> list[tuple[str, str]]:
    return [
        ("next turn", f"{'now' if turn.at is None else _exact(turn.at)} {turn.url}")
        for turn in host.turns
    ]


def _show_hop(hop: Hop, gap: float | None) -> None:
    after = "" if gap is None else f"  {gap:.3f} s after the last"
    say(f"  {_exact(hop.at)}  {hop.kind}  {line(hop.url)}{after}")
    for name, value in hop.sent.items():
        say(f"    sent {line(name)}: {line(value)}")
    say(f"    {line(_answer(hop))}")


def _answer(hop: Hop) -> str:
    status = "no answer" if hop.status is None else str(hop.status)
    parts = [
        status if not hop.outcome else f"{status} ({hop.outcome})",
        f"to {hop.location}" if hop.location else "",
        f"not before {_exact(hop.retry_after)}" if hop.retry_after else "",
        f"{counted(hop.size, 'byte')} in {hop.seconds:.3f} s",
        f"from {hop.address}" if hop.address else "",
    ]
    return ", ".join(part for part in parts if part)


def _seconds(gap: float | None) -> str:
    return "-" if gap is None else f"{gap:.3f} s"


def _exact(moment: datetime | None) -> str:
    """A time as the user's clock shows it, to the millisecond and with its offset."""
    if moment is None:
        return "-"
    return moment.astimezone().isoformat(sep=" ", timespec="milliseconds")
