"""The accounts, managed as whoever runs the desk manages them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.storage import accounts, alerts, saved_searches, seen
from aggregator.storage.database import open_database
from aggregator.storage.readers import Filter
from aggregator.web import passwords
from aggregator.web.accounts import digest

Call = Callable[..., Result]
WORDS = "sieben rote Elche"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def added(call: Call, name: str = "Eva", *more: str, typed: str = WORDS) -> Result:
    return call("user", "add", name, *more, stdin=f"{typed}\n")


def kept_password() -> str | None:
    with open_database("news.db", readonly=True) as db:
        return accounts.password(db, "Eva")


def test_an_account_is_made_before_there_is_anything_else(call: Call) -> None:
    made = added(call, "Eva", "--role", "editor")
    assert (made.exit_code, made.stdout) == (0, "Eva may use the desk, as an editor.\n")
    assert passwords.fits(kept_password(), WORDS)
    assert WORDS.encode() not in Path("news.db").read_bytes()
    (listed,) = json.loads(call("user", "list", "--json").stdout)
    assert (listed["name"], listed["role"], listed["has_password"]) == ("Eva", "editor", True)
    assert "password" not in listed


def test_who_is_not_said_to_decide_only_reads(call: Call) -> None:
    assert added(call).stdout == "Eva may use the desk, as a viewer.\n"
    assert added(call, "eva").exit_code == 2
    shown = call("user", "list").stdout.splitlines()
    assert shown[0].split()[:2] == ["NAME", "ROLE"]
    assert shown[1].split()[:3] == ["Eva", "viewer", "password"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "12 characters or more"),
        ("kurz", "12 characters or more"),
        ("Passwort12345", "easily guessed"),
        ("x" * 12 + "ab" * 100, "200 characters at most"),
    ],
)
def test_what_is_soon_guessed_is_refused_and_not_repeated(call: Call, typed: str, why: str) -> None:
    refused = added(call, typed=typed)
    assert refused.exit_code == 2
    assert why in refused.stderr
    assert not typed or typed not in refused.output
    assert not Path("news.db").exists()


def test_a_password_and_a_role_are_changed_and_an_account_is_removed(call: Call) -> None:
    added(call)
    assert call("user", "role", "eva", "editor").stdout == "eva is an editor now.\n"
    changed = call("user", "password", "Eva", stdin="neun blaue Elche\n")
    assert changed.exit_code == 0
    assert passwords.fits(kept_password(), "neun blaue Elche")
    assert call("user", "remove", "EVA").stdout == "Eva is let in no longer. Left: 0 accounts.\n"
    assert call("user", "list").stdout.startswith("Nobody has an account.")


def test_who_has_that_name_next_finds_nothing_that_another_one_saw(call: Call) -> None:
    added(call)
    with open_database("news.db") as db, db.write():
        search = saved_searches.save(db, "floods", "flood", Filter(), NOW)
        for reader in ("Eva", "Max"):
            seen.mark(db, reader, 1, NOW, {})
            seen.visit(db, reader, NOW)
            alerts.watch(db, search.id, reader)
    assert call("user", "remove", "eva").exit_code == 0
    with open_database("news.db", readonly=True) as db:
        for table in ("seen", "visit", "search_alert"):
            assert [row[0] for row in db.rows(f"SELECT reader FROM {table}")] == ["Max"]  # noqa: S608 - names are ours


def test_a_token_is_shown_once_and_may_be_taken_back(call: Call) -> None:
    assert added(call, "reader", "--no-password", typed="").exit_code == 0
    token = call("user", "token", "reader").stdout.strip()
    with open_database("news.db", readonly=True) as db:
        found = accounts.by_token(db, digest(token))
    assert found is not None
    assert (found.name, found.has_password) == ("reader", False)
    assert token.encode() not in Path("news.db").read_bytes()
    assert call("user", "token", "reader", "--revoke").exit_code == 0
    with open_database("news.db", readonly=True) as db:
        assert accounts.by_token(db, digest(token)) is None


@pytest.mark.parametrize("words", ["role Eve editor", "password Eve", "token Eve", "remove Eve"])
def test_of_nobody_nothing_is_changed(call: Call, words: str) -> None:
    added(call)
    result = call("user", *words.split(), stdin="neun blaue Elche\n")
    assert result.exit_code == 1
    assert "no account 'Eve'" in result.stderr


def test_a_desk_that_others_reach_does_not_start_without_accounts(call: Call) -> None:
    open_database("news.db").close()
    result = call("desk", "--login", "--port", "0")
    assert result.exit_code == 2
    assert "Begin with 'aggregator user add NAME'" in result.stderr
