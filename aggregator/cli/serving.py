"""The commands for what others read by: desk over HTTP, mcp for language models, Datasette."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from aggregator.cli.entering import Enters, entering, opened
from aggregator.cli.options import (
    database_option,
    examples,
    feeds_option,
    missing,
    optional_settings,
    present,
    reading,
)
from aggregator.cli.text import say, say_json
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from socket import socket

    from aggregator.daemon.logs import LogFormat
    from aggregator.storage.pool import ReaderPool
    from aggregator.web.entry import Entry
    from aggregator.web.ports import Ports
    from aggregator.web.viewers import Doors

__all__ = ["datasette_metadata", "desk", "mcp"]

_PORT: Final = 8000
_LAST_PORT: Final = 65_535


class Listens(NamedTuple):
    """Where a server listens, and how it logs."""

    host: str
    port: int
    log_format: "LogFormat"


class Reads(NamedTuple):
    """By how many threads it reads at once, and for how many seconds at most."""

    readers: int
    seconds: float


class Shows(NamedTuple):
    """In which zone it tells times, and whether it shows pictures though no setting says so."""

    timezone: str | None
    images: bool


def _listening(command: Callable[..., None]) -> Callable[..., None]:
    """Add --host, --port and --log-format, and hand them over as `listens`."""

    @click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        help="Where to listen; where others can come it needs accounts and https.",
    )
    @click.option(
        "--port",
        type=click.IntRange(0, _LAST_PORT),
        default=_PORT,
        show_default=True,
        help="The port; 0 takes one that is free.",
    )
    @click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Log lines for people, or JSON objects.",
    )
    @wraps(command)
    def listening(*, host: str, port: int, log_format: "LogFormat", **others: object) -> None:
        command(listens=Listens(host, port, log_format), **others)

    return listening


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """Add --readers and --seconds, and hand them over as `reads`."""

    @click.option(
        "--readers",
        type=click.IntRange(1, 64),
        default=4,
        show_default=True,
        help="How many requests may read at once.",
    )
    @click.option(
        "--seconds",
        type=click.FloatRange(0.1, 600),
        default=5.0,
        show_default=True,
        help="A read that takes longer is stopped.",
    )
    @wraps(command)
    def reading(*, readers: int, seconds: float, **others: object) -> None:
        command(reads=Reads(readers, seconds), **others)

    return reading


def _showing(command: Callable[..., None]) -> Callable[..., None]:
    """Add --timezone and --images, and hand them over as `shows`."""

    @click.option(
        "--timezone",
        metavar="NAME",
        help="Tell times in this zone, such as Europe/Berlin; this machine's by default.",
    )
    @click.option(
        "--images",
        is_flag=True,
        help="Show the pictures that articles name; each is fetched once, when looked at.",
    )
    @wraps(command)
    def showing(*, timezone: str | None, images: bool, **others: object) -> None:
        command(shows=Shows(timezone, images), **others)

    return showing


@click.command(
    epilog=examples(
        "aggregator desk",
        "aggregator desk --port 8010 --db my.db",
        "aggregator desk --name desk.example.org --behind-https",
    )
)
@_listening
@entering
@_reading
@_showing
@click.option("--read-only", is_flag=True, help="Let nobody change anything.")
@feeds_option
@database_option
def desk(
    *,
    listens: Listens,
    enters: Enters,
    reads: Reads,
    shows: Shows,
    read_only: bool,
    feeds: Path,
    db: Path,
) -> None:
    """Open the editors' desk in your browser, and give programs what is there.

    Stories by rank, who has them and who copied them, and all that puts right what the machine got
    wrong; beside it a read-only HTTP API (/api/v1, described for programs in /api/v1/openapi.json)
    and stories as Atom and JSON Feed (/feeds/all.atom). Runs until Ctrl-C, and a run may work on
    the database meanwhile. With --read-only nothing is written to the database but who is signed
    in, where there is a login.

    On this machine alone no login is needed. Where others can come, whoever has an account signs
    in ("aggregator user add"), by https: its own with --certificate and --key, or that of a web
    server before it with --behind-https.
    """
    from aggregator.daemon.logs import set_up
    from aggregator.storage.pool import ReaderPool
    from aggregator.web.server import bound

    if not db.exists():
        raise missing(db)
    zone = _zone(shows.timezone)
    with (
        bound(listens.host, listens.port, elsewhere=not enters.way.alone) as listening,
        _ports(db, feeds, read_only=read_only, images=shows.images) as ports,
        opened(db, enters, read_only=read_only) as doors,
        ReaderPool(db, size=reads.readers, seconds=reads.seconds) as pool,
    ):
        entry = replace(enters.way, hosts=(*enters.way.hosts, _host(listening)))
        say(f"Serving {db} at {_address(listening, entry)} until Ctrl-C")
        set_up(listens.log_format)
        _serve(pool, listening, entry, doors, ports, zone)


@contextmanager
def _ports(db: Path, feeds: Path, *, read_only: bool, images: bool) -> "Iterator[Ports]":
    """What the desk may do; a database of an older version is brought up to date for it."""
    from aggregator.web.ports import Ports

    if read_only:
        yield Ports()
        return
    from aggregator.cli.asking import make_current
    from aggregator.daemon.desk.composing import composed

    settings = optional_settings(feeds)
    if images:
        settings = replace(settings, desk=replace(settings.desk, images=True))
    make_current(db, "desk")
    with composed(db, feeds, settings, present) as ports:
        yield ports


def _zone(name: str | None) -> "tzinfo":
    from aggregator.web.languages import zone_named

    return zone_named(name)


def _address(listening: "socket", entry: "Entry") -> str:
    scheme = "http" if entry.tls is None else "https"
    return f"{scheme}://{_host(listening)}:{listening.getsockname()[1]}/"


def _host(listening: "socket") -> str:
    """Where it listens, as addresses name it."""
    host = str(listening.getsockname()[0])
    return f"[{host}]" if ":" in host else host


def _serve(
    pool: "ReaderPool",
    listening: "socket",
    entry: "Entry",
    doors: "Doors",
    ports: "Ports",
    zone: "tzinfo",
) -> None:
    import asyncio

    from aggregator.daemon.stopping import Stopping
    from aggregator.web.app import create_app
    from aggregator.web.server import serve

    async def work() -> None:
        stopping = Stopping.on_signals()
        app = create_app(pool, present, entry=entry, doors=doors, ports=ports, zone=zone)
        await serve(app, listening, stopping.wait, tls=entry.tls)

    asyncio.run(work())


@click.command(epilog=examples("aggregator mcp", "aggregator mcp --db my.db"))
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=5.0,
    show_default=True,
    help="A read that takes longer is stopped.",
)
@database_option
def mcp(*, seconds: float, db: Path) -> None:
    """Serve stories to a language model, over the Model Context Protocol.

    A client starts this command and speaks with it by standard input and output: the same reads as
    the HTTP API has, as tools. Nothing can be changed. Needs the extra: pip install
    'aggregator[mcp]'.
    """
    import shlex
    import sys
    from importlib.metadata import version

    from aggregator.storage.pool import ReaderPool

    try:
        from aggregator.web.tools import server
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "mcp":
            raise
        pip = f"{shlex.quote(sys.executable)} -m pip"
        message = f"this needs what is not installed: {pip} install 'aggregator[mcp]'"
        raise UsageError(message) from error
    if not db.exists():
        raise missing(db)
    with ReaderPool(db, size=2, seconds=seconds) as pool:
        server(pool, present, version("aggregator")).run("stdio")


@click.command(epilog=examples("aggregator datasette-metadata --db news.db > metadata.json"))
@database_option
def datasette_metadata(*, db: Path) -> None:
    """Write what Datasette is to know of a database, as JSON.

    Every view and column described, the documented queries to be filled in and run, and all else
    denied, since tables hold secrets and may change. Start Datasette with it: datasette news.db
    -m metadata.json. Never with -i: such a file may be downloaded whole, secrets and all.
    """
    from aggregator.output.datasette import metadata
    from aggregator.storage import contract

    with reading(db) as database:
        names = contract.names(database)
    say_json(metadata(db.stem, contract.views(), contract.queries(), names))
