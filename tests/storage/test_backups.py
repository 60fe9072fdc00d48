"""A backup is of one moment, sound, and never half there; restoring keeps what was before."""

import re
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import DatabaseError, UsageError
from aggregator.storage import saved_searches
from aggregator.storage.backups import back_up, former_name, put_in_place, restorable
from aggregator.storage.database import open_database
from aggregator.storage.readers import Filter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def untold(_done: int, _total: int) -> None:
    """Tell nobody."""


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A database with some robots.txt in two tables that say the same."""
    path = tmp_path / "news.db"
    with open_database(path) as db:
        with db.write():
            db.execute("CREATE TABLE one (n INTEGER PRIMARY KEY, filling TEXT)")
            db.execute("CREATE TABLE two (n INTEGER PRIMARY KEY, filling TEXT)")
        add(db_path=path, first=0, count=300)
    return path


def add(db_path: Path, first: int, count: int) -> None:
    """Add rows to both tables, each pair in one transaction."""
    with closing(sqlite3.connect(db_path, timeout=30)) as db:
        for n in range(first, first + count):
            with db:
                db.execute("INSERT INTO one VALUES (?, ?)", (n, "x" * 3_000))
                db.execute("INSERT INTO two VALUES (?, ?)", (n, "x" * 3_000))


def held(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as db:
        one, two = (db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("one", "two"))  # noqa: S608 - ours
        return one, two


def beside(path: Path) -> set[str]:
    """The files there are, but for the log that readers of a database leave to the next writer."""
    return {each.name for each in path.parent.iterdir()} - {"news.db-wal", "news.db-shm"}


@pytest.fixture
def writer(news: Path) -> Iterator[threading.Event]:
    """Somebody who writes all the while; the event ends that."""
    over = threading.Event()

    def write() -> None:
        first = 1_000
        while not over.is_set():
            add(news, first, 5)
            first += 5

    thread = threading.Thread(target=write)
    thread.start()
    yield over
    over.set()
    thread.join()


def test_a_backup_under_load_is_of_one_moment(news: Path, writer: threading.Event) -> None:
    for n in range(5):
        target = news.with_name(f"backup-{n}.db")
        back_up(news, target, untold)
        one, two = held(target)
        assert one == two >= 300
    writer.set()
    assert held(news)[0] > 300


def test_a_backup_is_one_file_with_the_permissions_of_the_database(news: Path) -> None:
    news.chmod(0o640)
    before = beside(news)
    size = back_up(news, news.with_name("backup.db"), untold)
    assert beside(news) - before == {"backup.db"}
    assert (news.with_name("backup.db").stat().st_mode & 0o777) == 0o640
    assert size == news.with_name("backup.db").stat().st_size > 300 * 6_000


def test_nothing_is_written_over_unasked(news: Path) -> None:
    target = news.with_name("diary.txt")
    target.write_text("dear diary")
    with pytest.raises(UsageError, match="is there already"):
        back_up(news, target, untold)
    assert target.read_text() == "dear diary"
    back_up(news, target, untold, replace=True)
    assert held(target) == (300, 300)


def test_the_database_is_never_its_own_backup(news: Path) -> None:
    news.with_name("link.db").symlink_to(news)
    for name in ("news.db", "link.db"):
        with pytest.raises(UsageError, match="the database itself"):
            back_up(news, news.with_name(name), untold, replace=True)
    assert held(news) == (300, 300)


def test_what_is_not_sound_becomes_no_backup(news: Path) -> None:
    with closing(sqlite3.connect(news)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = bytearray(news.read_bytes())
    whole[200_000:260_000] = b"\xff" * 60_000
    news.write_bytes(whole)
    before = beside(news)
    # The file that is at fault is named, not the copy that was to be.
    with pytest.raises(DatabaseError, match=rf"^{re.escape(str(news))}: is not sound"):
        back_up(news, news.with_name("backup.db"), untold)
    assert beside(news) == before


def test_a_backup_that_fails_half_way_leaves_the_last_one(news: Path) -> None:
    target = news.with_name("backup.db")
    back_up(news, target, untold)
    add(news, 5_000, 3)

    def fail(_done: int, _total: int) -> None:
        message = "No space left on device"
        raise OSError(message)

    with pytest.raises(DatabaseError, match="No space left"):
        back_up(news, target, fail, replace=True)
    assert held(target) == (300, 300)
    assert ".part" not in "".join(beside(news))


# --- back again ------------------------------------------------------------------------------


def test_a_backup_takes_the_place_of_the_database_which_is_kept(news: Path) -> None:
    backup, former = news.with_name("backup.db"), former_name(news, NOW)
    back_up(news, backup, untold)
    add(news, 5_000, 7)
    restorable(backup)
    with closing(sqlite3.connect(news)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM one").fetchone() == (307,)
        assert put_in_place(backup, news, former, untold)
        assert reader.execute("SELECT count(*) FROM two").fetchone() == (307,)
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM two").fetchone() == (300,)
    assert held(news) == (300, 300)
    assert held(former) == (307, 307)
    assert former.name == "news.db.before-20260301T120000Z"


def test_a_backup_takes_the_place_of_what_is_no_database_any_more(news: Path) -> None:
    backup, former = news.with_name("backup.db"), former_name(news, NOW)
    back_up(news, backup, untold)
    news.write_bytes(b"ruined" * 10_000)
    news.with_name("news.db-wal").write_bytes(b"an old log")
    assert put_in_place(backup, news, former, untold)
    assert held(news) == (300, 300)
    assert former.read_bytes() == b"ruined" * 10_000
    assert Path(f"{former}-wal").read_bytes() == b"an old log"


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file can get larger than `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_there_is_no_room_to_keep_what_was_there_it_stays(news: Path) -> None:
    backup, former = news.with_name("backup.db"), former_name(news, NOW)
    with open_database(backup):
        pass
    there = beside(news)
    with no_room_beyond(1_000_000), pytest.raises(DatabaseError, match="before-"):
        put_in_place(backup, news, former, untold)
    assert beside(news) == there
    assert held(news) == (300, 300)


def test_a_backup_becomes_a_database_where_there_is_none(news: Path) -> None:
    backup = news.with_name("backup.db")
    back_up(news, backup, untold)
    assert not put_in_place(backup, news.with_name("new.db"), news.with_name("no.db"), untold)
    assert held(news.with_name("new.db")) == (300, 300)
    assert not news.with_name("no.db").exists()


@pytest.mark.parametrize("readable", [True, False])
def test_no_storys_number_is_given_again_after_it(news: Path, *, readable: bool) -> None:
    backup, former = news.with_name("backup.db"), former_name(news, NOW)
    given = [new_story(news)]
    back_up(news, backup, untold)
    given += [new_story(news) for _ in range(3)]
    if not readable:
        news.write_bytes(b"ruined")
    put_in_place(backup, news, former, untold)
    assert new_story(news) > max(given)


def test_no_saved_searchs_number_is_given_again_after_it(news: Path) -> None:
    backup, former = news.with_name("backup.db"), former_name(news, NOW)
    back_up(news, backup, untold)
    given = [new_search(news, "a"), new_search(news, "b")]
    put_in_place(backup, news, former, untold)
    assert new_search(news, "c") > max(given)


def new_search(path: Path, name: str) -> int:
    with open_database(path) as db, db.write():
        return saved_searches.save(db, name, "words", Filter(), NOW).id


def new_story(path: Path) -> int:
    with open_database(path) as db, db.write():
        return db.execute("INSERT INTO story DEFAULT VALUES")


@pytest.mark.parametrize("what", ["missing", "a text", "a database of others", "broken"])
def test_what_is_no_backup_of_ours_is_not_restored(news: Path, what: str) -> None:
    backup = news.with_name("backup.db")
    if what == "a text":
        backup.write_text("This is a text, and by no means a database." * 99)
    if what == "a database of others":
        with closing(sqlite3.connect(backup)) as db, db:
            db.execute("CREATE TABLE other (n)")
    if what == "broken":
        back_up(news, backup, untold)
        whole = bytearray(backup.read_bytes())
        whole[200_000:260_000] = b"\xff" * 60_000
        backup.write_bytes(whole)
    with pytest.raises((UsageError, DatabaseError)):
        restorable(backup)


def test_a_backup_of_a_newer_program_is_not_restored(news: Path) -> None:
    backup = news.with_name("backup.db")
    back_up(news, backup, untold)
    with closing(sqlite3.connect(backup)) as db, db:
        db.execute("UPDATE _sqlite_migrations SET name = '9999_later' WHERE name LIKE '0001%'")
    with pytest.raises(DatabaseError, match="newer version"):
        restorable(backup)
