"""The book of hosts: who is to be left alone, under which names, and after a restart."""

from datetime import UTC, datetime, timedelta

from aggregator.model import Hop
from aggregator.pipeline.hosts import HostBook
from aggregator.storage import hosts
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def refusal(host: str = "www.post.co.uk", address: str = "192.0.2.7", status: int = 429) -> Hop:
    return Hop(f"https://{host}/rss", host, "feed", NOW, status, address=address)


def test_a_refusal_holds_for_the_host_and_its_neighbours_behind_the_same_address() -> None:
    book = HostBook([], lambda: NOW)
    assert book.quiet_until("www.post.co.uk", ("192.0.2.7",)) is None
    (state,) = book.note([refusal()], NOW)
    assert (state.host, state.site, state.refusals) == ("www.post.co.uk", "post.co.uk", 1)
    assert book.quiet_until("www.post.co.uk") == LATER
    assert book.quiet_until("rss.post.co.uk") is None
    assert book.quiet_until("rss.post.co.uk", ("192.0.2.1",)) is None
    assert book.quiet_until("rss.post.co.uk", ("192.0.2.1", "192.0.2.7")) == LATER
    assert book.quiet_until("rss.post.co.uk") == LATER
    assert book.quiet_until("herald.co.uk", ("192.0.2.7",)) is None


def test_hosts_given_as_addresses_stand_for_themselves() -> None:
    book = HostBook([], lambda: NOW)
    book.note([refusal("127.0.0.2", "127.0.0.2")], NOW)
    assert book.quiet_until("127.0.0.2", ("127.0.0.2",)) == LATER
    assert book.quiet_until("127.0.0.3", ("127.0.0.2",)) is None


def test_customers_of_one_hoster_share_only_where_they_share_a_machine() -> None:
    book = HostBook([], lambda: NOW)
    book.note([refusal("a.github.io")], NOW)
    assert book.quiet_until("b.github.io", ("192.0.2.7",)) == LATER
    assert book.quiet_until("c.github.io", ("192.0.2.8",)) is None


def test_time_ends_a_pause_and_a_success_the_row_of_refusals(db: Database) -> None:
    now = NOW
    book = HostBook([], lambda: now)
    with db.write():
        hosts.save(db, book.note([refusal()], NOW))
    assert [state.refusals for state in hosts.load(db)] == [1]
    now = LATER
    assert book.quiet_until("www.post.co.uk") is None
    with db.write():
        hosts.save(db, book.note([refusal(status=304)], now))
    assert hosts.load(db) == []
    (again,) = book.note([refusal()], now)
    assert again.refusals == 1


def test_what_goes_well_is_no_news() -> None:
    book = HostBook([], lambda: NOW)
    assert book.note([refusal(status=200), refusal(status=404)], NOW) == ()


def test_a_restart_keeps_the_pause(db: Database) -> None:
    first = HostBook([], lambda: NOW)
    noted = first.note([refusal(), refusal("127.0.0.2", "127.0.0.2", 503)], NOW)
    with db.write():
        hosts.save(db, noted)
    second = HostBook(hosts.load(db), lambda: NOW)
    assert second.quiet_until("www.post.co.uk") == LATER
    assert second.quiet_until("rss.post.co.uk", ("192.0.2.7",)) == LATER
    assert second.quiet_until("127.0.0.2") == LATER
