"""The commands for who may look at the desk from elsewhere: accounts, their roles, their tokens."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.options import (
    as_json,
    database_option,
    elsewhere,
    examples,
    present,
    program,
    reading,
)
from aggregator.cli.text import counted, line, local, say, say_json, screen_width, table
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.storage.accounts import Account, Role
    from aggregator.storage.database import Database

__all__ = ["user"]

_COLUMNS: Final = ("NAME", "ROLE", "SIGNS IN BY", "ADDED", "LAST SIGNED IN")
_LOST: Final = "Nothing was changed; try again."
_role = click.Choice(["viewer", "editor"])


@click.group(epilog=examples("aggregator user add 'Eva Beispiel' --role editor"))
def user() -> None:
    """Say who may use the desk where others can reach it.

    A viewer reads, an editor decides too. Of passwords and tokens the database keeps digests alone.
    What is changed holds at once: nobody stays signed in in a role that they have no longer.
    """


@user.command(
    epilog=examples(
        "aggregator user add 'Eva Beispiel' --role editor",
        "aggregator user add eva < password.txt",
        "aggregator user add reader --no-password",
    )
)
@click.argument("name")
@click.option(
    "--role", type=_role, default="viewer", show_default=True, help="What they may do there."
)
@click.option(
    "--no-password", is_flag=True, help="Let them in by a proxy's word or by a token alone."
)
@database_option
def add(*, name: str, role: "Role", no_password: bool, db: Path) -> None:
    """Make an account for NAME.

    Asks for the password, or takes the first line of standard input. It has 12 characters or more,
    and is not one that is easily guessed.
    """
    from aggregator.storage import accounts

    named = accounts.usable_name(name)
    kept = None if no_password else _digest_of_asked(named)
    with _writing(db) as database, database.write(durable=True):
        made = accounts.add(database, named, role, kept, present())
    say(f"{line(made.name)} may use the desk, as {_article(made.role)}.")


@user.command("list", epilog=examples("aggregator user list"))
@database_option
@as_json
def listed(*, db: Path, as_json: bool) -> None:
    """List the accounts."""
    from aggregator.storage import accounts

    with reading(db) as database:
        found = accounts.listed(database)
    if as_json:
        say_json(found)
    elif found:
        say(table(_COLUMNS, [_row(each) for each in found], screen_width()))
    else:
        say(f"Nobody has an account. Make one with '{program()} user add NAME{elsewhere(db)}'.")


def _row(account: "Account") -> tuple[str, ...]:
    ways = [
        way
        for way, has in (("password", account.has_password), ("token", account.has_token))
        if has
    ]
    seen = "-" if account.last_in_at is None else local(account.last_in_at)
    by = ", ".join(ways) or "proxy"
    return line(account.name), account.role, by, local(account.added_at), seen


@user.command(epilog=examples("aggregator user role 'Eva Beispiel' editor"))
@click.argument("name")
@click.argument("role", type=_role)
@database_option
def role(*, name: str, role: "Role", db: Path) -> None:
    """Give NAME another ROLE, viewer or editor; they are to sign in again."""
    from aggregator.storage import accounts

    with _writing(db) as database, database.write(durable=True):
        accounts.set_role(database, name, role)
    say(f"{line(name)} is {_article(role)} now.")


@user.command(epilog=examples("aggregator user password 'Eva Beispiel'"))
@click.argument("name")
@database_option
def password(*, name: str, db: Path) -> None:
    """Give NAME another password, asked for as at first; they are signed out everywhere."""
    from aggregator.storage import accounts

    with reading(db) as database:
        accounts.existing(database, name)
    kept = _digest_of_asked(name)
    with _writing(db) as database, database.write(durable=True):
        accounts.set_password(database, name, kept)
    say(f"{line(name)} has another password now.")


@user.command(
    epilog=examples("aggregator user token reader", "aggregator user token reader --revoke")
)
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take the token back; there is none then.")
@database_option
def token(*, name: str, revoke: bool, db: Path) -> None:
    """Make a token by which a program of NAME reads, and write it out this once.

    Programs send it as "Authorization: Bearer TOKEN", feed readers as the password of NAME. It
    only ever reads. A former token of theirs ends.
    """
    from aggregator.storage import accounts
    from aggregator.web.accounts import digest, new_token

    made = None if revoke else new_token()
    with _writing(db) as database, database.write(durable=True):
        accounts.set_token(database, name, None if made is None else digest(made))
    say(f"{line(name)} has no token any more." if made is None else made)


@user.command(epilog=examples("aggregator user remove 'Eva Beispiel'"))
@click.argument("name")
@database_option
def remove(*, name: str, db: Path) -> None:
    """Take the account of NAME away; what they decided stays."""
    from aggregator.storage import accounts, alerts, seen

    with _writing(db) as database, database.write(durable=True):
        gone = accounts.remove(database, name)
        seen.forget(database, gone.name)
        alerts.forget(database, gone.name)
        left = len(accounts.listed(database))
    say(f"{line(gone.name)} is let in no longer. Left: {counted(left, 'account')}.")


def _article(role: "Role") -> str:
    return f"an {role}" if role == "editor" else f"a {role}"


@contextmanager
def _writing(path: Path) -> "Iterator[Database]":
    from aggregator.cli.asking import logbook

    with logbook(path, doing="user", make=True, lost=_LOST) as db:
        yield db


def _digest_of_asked(name: str) -> str:
    """The digest of a password that is typed or piped in; raises UsageError for a weak one."""
    from aggregator.core.guessable import LONGEST, SHORTEST, guessable
    from aggregator.web.passwords import digest

    typed = _asked()
    why = {
        "short": f"a password has {SHORTEST} characters or more",
        "long": f"a password has {LONGEST} characters at most",
        "common": "this password is easily guessed: take several words that do not belong together",
    }
    if weakness := guessable(typed, name):
        raise UsageError(why[weakness])
    return digest(typed)


def _asked() -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")
