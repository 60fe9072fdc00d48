"""How the desk is entered: the options that say so, and the doors that they come to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from aggregator.cli.deciding import author_option
from aggregator.cli.options import elsewhere, present, program, reading
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.web.entry import Entry
    from aggregator.web.viewers import Doors

__all__ = ["Enters", "entering", "opened"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Enters(NamedTuple):
    """How the desk is entered, and who decides where somebody is alone with it."""

    way: "Entry"
    author: str


def entering(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options, and hand them over as `enters`; `listens` says where."""

    @click.option("--login", is_flag=True, help="Demand a login on this machine too.")
    @click.option(
        "--name", "names", multiple=True, metavar="HOST", help="A name that browsers call it by."
    )
    @click.option("--certificate", type=_FILE, help="Speak https, with this certificate (PEM).")
    @click.option("--key", type=_FILE, help="The certificate's key (PEM).")
    @click.option("--behind-https", is_flag=True, help="A web server before it speaks https.")
    @click.option(
        "--proxy",
        "proxies",
        multiple=True,
        metavar="ADDRESS",
        help="A web server before it whose word on who asks is believed.",
    )
    @click.option(
        "--proxy-user-header",
        "user_header",
        metavar="HEADER",
        help="The header in which --proxy names who signed in there.",
    )
    @click.option(
        "--proxy-role",
        type=click.Choice(["viewer", "editor"]),
        help="What whoever --proxy names may do without an account; else they are not let in.",
    )
    @author_option
    @wraps(command)
    def entered(**given: object) -> None:
        command(**_decided(given))

    return entered


def _decided(given: dict[str, object]) -> dict[str, object]:
    """The options with those of the entry made one; raises UsageError."""
    from dataclasses import fields

    from aggregator.web.entry import Wanted, entry

    own = {each.name for each in fields(Wanted)} & given.keys()
    asked = {name: given.pop(name) for name in own}
    host = given["listens"].host  # type: ignore[attr-defined] # made by --host and --port
    way = entry(Wanted(host, **asked))  # type: ignore[arg-type] # as click reads them
    author = str(given.pop("author"))
    return {**given, "enters": Enters(way, author)}


@contextmanager
def opened(db: Path, enters: Enters, *, read_only: bool) -> "Iterator[Doors]":
    """The doors of a desk over `db`.

    Raises UsageError where nobody could come in.
    """
    from aggregator.web.accounts import Accounts
    from aggregator.web.doors import Registered
    from aggregator.web.viewers import Alone

    way = enters.way
    if way.alone:
        yield Alone(enters.author, _key(db, read_only=read_only))
        return
    if way.proxy is None or way.proxy.role is None:
        _require_somebody(db)
    with Accounts(db, present, _key(db, read_only=read_only)) as accounts:
        yield Registered(accounts, way.secure, way.proxy)


def _key(db: Path, *, read_only: bool) -> bytes:
    """The desk's secret: kept, so that an open form still counts after a restart."""
    from secrets import token_bytes

    from aggregator.storage import desk_keys
    from aggregator.storage.database import open_database

    made = token_bytes()
    if read_only:
        with reading(db) as database:
            return desk_keys.kept(database) or made
    with open_database(db, clock=present) as database, database.write():
        return desk_keys.keep(database, made)


def _require_somebody(db: Path) -> None:
    from aggregator.storage import accounts

    with reading(db) as database:
        if accounts.listed(database):
            return
    message = (
        "nobody has an account, and whoever reaches the port would read everything. Begin with "
        f"'{program()} user add NAME{elsewhere(db)}'."
    )
    raise UsageError(message)
