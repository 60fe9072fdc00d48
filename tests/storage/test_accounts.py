"""Accounts and sessions as they are kept: names, roles, and when somebody is let in no longer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import NotFound, UsageError
from aggregator.storage import accounts, sessions
from aggregator.storage.database import Database, open_database
from aggregator.storage.sessions import Lasting, Session
from aggregator.storage.soundness import broken_promises

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LASTING = Lasting(absolute=timedelta(hours=12), idle=timedelta(hours=2))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Ann, who is an editor, signed in with `a`."""
    with open_database(tmp_path / "news.db") as db, db.write():
        ann = accounts.add(db, "Ann Other", "editor", "digest", NOW)
        sessions.begin(db, ann.id, b"a", NOW, LASTING)
        yield db


def in_use(db: Database, digest: bytes, at: datetime = NOW) -> bool:
    return sessions.find(db, digest, at, LASTING) is not None


def test_an_account_is_found_by_its_name_however_it_is_written(db: Database) -> None:
    bjoern = accounts.add(db, " Björn  Straße ", "viewer", None, NOW)
    assert bjoern.name == "Björn Straße"
    assert not bjoern.has_password
    for name in ("björn straße", "BJÖRN STRASSE", "Bjo\u0308rn Straße"):
        assert accounts.find(db, name) == bjoern
        with pytest.raises(UsageError, match="already"):
            accounts.add(db, name, "editor", None, NOW)
    assert [each.name for each in accounts.listed(db)] == ["Ann Other", "Björn Straße"]


@pytest.mark.parametrize("name", ["", "  ", "a:b", "x" * 65, "a\u202eb", "a\x00b"])
def test_what_is_no_name_is_refused(db: Database, name: str) -> None:
    with pytest.raises(UsageError, match="a name has"):
        accounts.add(db, name, "editor", None, NOW)


def test_a_session_lasts_while_it_is_used_and_no_longer_than_it_may(db: Database) -> None:
    assert sessions.find(db, b"a", NOW, LASTING) == Session("Ann Other", "editor", NOW)
    assert in_use(db, b"a", NOW + timedelta(minutes=119))
    assert not in_use(db, b"a", NOW + timedelta(minutes=120))
    for hour in range(1, 12):
        sessions.touch(db, b"a", NOW + timedelta(hours=hour))
    assert in_use(db, b"a", NOW + timedelta(hours=12, seconds=-1))
    assert not in_use(db, b"a", NOW + timedelta(hours=12))


def test_signing_out_ends_one_session_and_another_role_all(db: Database) -> None:
    sessions.begin(db, 1, b"b", NOW, LASTING)
    sessions.end(db, b"a")
    assert (in_use(db, b"a"), in_use(db, b"b")) == (False, True)
    accounts.set_role(db, "ann other", "viewer")
    assert not in_use(db, b"b")
    assert accounts.find(db, "Ann Other") == replace(
        accounts.listed(db)[0], role="viewer", last_in_at=NOW
    )


def test_another_password_ends_all_sessions_but_the_one_that_set_it(db: Database) -> None:
    sessions.begin(db, 1, b"b", NOW, LASTING)
    accounts.set_password(db, "Ann Other", "other", keeping=b"b")
    assert (in_use(db, b"a"), in_use(db, b"b")) == (False, True)
    assert accounts.password(db, "Ann Other") == "other"
    accounts.set_password(db, "Ann Other", "third")
    assert not in_use(db, b"b")


def test_who_is_removed_is_in_no_longer_and_may_come_anew(db: Database) -> None:
    accounts.set_token(db, "Ann Other", b"t")
    assert accounts.by_token(db, b"t") == accounts.find(db, "Ann Other")
    accounts.remove(db, "Ann Other")
    assert not in_use(db, b"a")
    assert accounts.by_token(db, b"t") is None
    assert accounts.add(db, "Ann Other", "viewer", None, NOW).id == 2


def test_who_signs_in_again_and_again_is_signed_out_where_they_were_long_ago(
    db: Database,
) -> None:
    for number in range(10):
        at = NOW + timedelta(minutes=number + 1)
        sessions.begin(db, 1, bytes([number]), at, LASTING)
    kept = [in_use(db, bytes([number]), NOW + timedelta(minutes=11)) for number in range(10)]
    assert kept == [True] * 10
    assert not in_use(db, b"a", NOW + timedelta(minutes=11))


def test_sessions_that_are_over_are_forgotten_at_the_next(db: Database) -> None:
    sessions.begin(db, 1, b"b", NOW + timedelta(hours=12), LASTING)
    assert db.value("SELECT count(*) FROM session") == 1


_ACTS: tuple[Callable[[Database], object], ...] = (
    lambda db: accounts.set_role(db, "Eve", "editor"),
    lambda db: accounts.set_password(db, "Eve", "x"),
    lambda db: accounts.set_token(db, "Eve", b"x"),
    lambda db: accounts.remove(db, "Eve"),
)


@pytest.mark.parametrize("act", _ACTS)
def test_of_nobody_nothing_can_be_changed(db: Database, act: Callable[[Database], object]) -> None:
    with pytest.raises(NotFound, match="no account 'Eve'"):
        act(db)


def test_the_database_keeps_its_promises(tmp_path: Path) -> None:
    with open_database(tmp_path / "news.db") as db, db.write():
        ann = accounts.add(db, "Ann", "editor", "digest", NOW)
        sessions.begin(db, ann.id, b"a", NOW, LASTING)
    assert list(broken_promises(tmp_path / "news.db", NOW)) == []
