"""What waits in the outbox reaches a real receiver, whatever that does meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.model import Webhook
from aggregator.settings import WebhookSettings
from aggregator.storage import outbox, webhooks
from aggregator.storage.database import Database, open_database
from tests.webhooks.house import BEGIN, House
from tests.webhooks.receiver import SECRET, Receiver, Reply, until


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def house(db: Database, receiver: Receiver) -> House:
    made = House(db)
    made.sync(hook("a", receiver))
    return made


def hook(name: str, receiver: Receiver, *, internal: bool = True) -> Webhook:
    return Webhook(name, receiver.url(f"/{name}"), outlets=2, internal=internal)


# --- as it should be -----------------------------------------------------------------------------


def test_messages_come_in_order_signed_and_once(house: House, receiver: Receiver) -> None:
    names = house.put("a", *range(1, 31))
    told = house.deliver()
    assert receiver.ids == names
    assert [each.data["n"] for each in receiver.took] == list(range(1, 31))
    assert all(each.signed for each in receiver.got)
    assert all(each.timestamp == int(BEGIN.timestamp()) for each in receiver.got)
    assert receiver.got[0].headers["content-type"] == "application/json"
    assert receiver.got[0].headers["user-agent"].startswith("aggregator/")
    assert Counter(each.outcome for each in told) == {"delivered": 30}
    assert house.states() == ["delivered"] * 30
    assert house.deliver() == []
    assert len(receiver.got) == 30


def test_an_event_that_is_put_twice_is_one_message(house: House, receiver: Receiver) -> None:
    assert house.put("a", 1) == house.put("a", 1)
    house.deliver()
    house.put("a", 1)
    house.deliver()
    assert len(receiver.got) == 1


def test_a_login_in_the_address_is_sent_and_nowhere_kept(
    house: House, receiver: Receiver, db: Database
) -> None:
    url = receiver.url("/T0K3N-in-the-path").replace("//", "//user:p4ssw0rd@")
    house.sync(Webhook("a", url, outlets=2, internal=True))
    receiver.way = lambda _got: Reply(500)
    house.put("a", 1)
    told = house.deliver()
    assert receiver.got[0].headers["authorization"].startswith("Basic ")
    dump = "\n".join(db._connection.iterdump()) + repr(told)
    assert "p4ssw0rd" not in dump
    assert "T0K3N" not in dump
    assert SECRET.decode() not in dump


# --- a receiver that is not well -----------------------------------------------------------------


def test_a_receiver_that_fails_gets_all_in_order_later(house: House, receiver: Receiver) -> None:
    names = house.put("a", 1, 2, 3)
    receiver.way = lambda _got: Reply(503)
    (told,) = house.deliver()
    assert (told.outcome, told.status) == ("retry", 503)
    assert house.deliver() == [], "it is left alone for a while"
    kept = webhooks.kept(house.db)["a"]
    assert (kept.failures, kept.failing_since) == (1, BEGIN)
    assert kept.paused_until == BEGIN + timedelta(seconds=30)
    receiver.way = lambda _got: Reply()
    house.wait(seconds=31)
    house.deliver()
    assert receiver.ids == names
    assert [each.id for each in receiver.got] == [names[0], *names]
    assert receiver.got[0].body == receiver.got[1].body
    kept = webhooks.kept(house.db)["a"]
    assert (kept.failures, kept.error, kept.last_success_at) == (0, None, house.now)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heeded(house: House, receiver: Receiver, status: int) -> None:
    house.put("a", 1)
    receiver.way = lambda _got: Reply(status, {"Retry-After": "7200"})
    house.deliver()
    receiver.way = lambda _got: Reply()
    house.wait(seconds=7199)
    assert house.deliver() == []
    house.wait(seconds=1)
    assert [each.outcome for each in house.deliver()] == ["delivered"]


def test_gone_stops_a_webhook_and_says_so_until_it_is_resumed(
    house: House, receiver: Receiver
) -> None:
    names = house.put("a", 1, 2)
    receiver.way = lambda _got: Reply(410)
    (told,) = house.deliver()
    assert (told.status, told.outcome) == (410, "retry")
    house.wait(days=1)
    assert house.deliver() == []
    assert outbox.next_turn(house.db) is None
    kept = webhooks.kept(house.db)["a"]
    assert (kept.state, kept.error) == ("gone", "the receiver answered 410 Gone")
    receiver.way = lambda _got: Reply()
    assert webhooks.resume(house.db, "a", house.now) == 2
    house.deliver()
    assert receiver.ids == names


def test_gone_ends_with_a_new_address(house: House, receiver: Receiver) -> None:
    names = house.put("a", 1)
    receiver.way = lambda got: Reply(410 if got.path == "/a" else 200)
    house.deliver()
    house.sync(Webhook("a", receiver.url("/new"), outlets=2, internal=True))
    house.deliver()
    assert receiver.ids == names
    assert receiver.took[0].path == "/new"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(house: House, receiver: Receiver, status: int) -> None:
    house.put("a", 1)
    with Receiver() as other:
        where = {"Location": other.url("/s3cret")}
        receiver.way = lambda _got: Reply(status, where)
        (told,) = house.deliver()
        assert other.got == []
    assert "it redirects to 127.0.0.1, which is not followed" in told.detail
    assert "s3cret" not in told.detail
    assert house.states() == ["waiting"]


@pytest.mark.parametrize("reply", [Reply(hold=60), Reply(drips=True)], ids=["hangs", "drips"])
def test_one_that_is_slow_is_given_up_and_holds_up_no_other(
    house: House, receiver: Receiver, reply: Reply
) -> None:
    slow = [f"slow {n}" for n in range(12)]
    house.sync(hook("a", receiver), *(hook(each, receiver) for each in slow))
    receiver.way = lambda got: Reply() if got.path == "/a" else reply
    for each in slow:
        house.put(each, 1)
    names = house.put("a", *range(1, 6))
    told = house.deliver()
    assert receiver.ids == names
    failed = [each for each in told if each.outcome == "retry"]
    assert {each.webhook for each in failed} == set(slow)
    assert {each.detail for each in failed} == {"no answer within 0.5 seconds"}


def test_so_many_are_in_flight_and_no_more(house: House, receiver: Receiver) -> None:
    house.settings = WebhookSettings(timeout=20, connections=3)
    house.sync(*(hook(f"h{n}", receiver) for n in range(8)))
    for n in range(8):
        house.put(f"h{n}", 1, 2)
    receiver.way = lambda _got: Reply(hold=0.1)
    house.deliver()
    assert set(house.states()) == {"delivered"}
    assert receiver.most_open == 3


def test_a_message_that_is_refused_holds_up_no_other(house: House, receiver: Receiver) -> None:
    names = house.put("a", 1, 2, 3)
    receiver.way = lambda got: Reply(422 if got.data["n"] == 2 else 200)
    house.deliver()
    assert receiver.ids == [names[0], names[2]]
    receiver.way = lambda _got: Reply()
    house.wait(minutes=1)
    house.deliver()
    assert receiver.ids == [names[0], names[2], names[1]]


def test_a_message_that_breaks_its_receiver_holds_up_the_others_only_for_a_while(
    house: House, receiver: Receiver
) -> None:
    names = house.put("a", 1, 2, 3)
    receiver.way = lambda got: Reply(500 if got.data["n"] == 1 else 200)
    for _ in range(7):
        house.deliver()
        house.wait(hours=4)
    assert receiver.ids == names[1:]


def test_one_that_fails_for_days_is_given_up_but_kept_and_can_be_sent_again(
    house: House, receiver: Receiver
) -> None:
    names = house.put("a", 1, 2, 3)
    receiver.way = lambda _got: Reply(500)
    for _ in range(40):
        house.deliver()
        house.wait(hours=3)
    assert house.states() == ["dead"] * 3
    assert [each.error for each in outbox.deliveries(house.db, state="dead", limit=9)] == [
        "the receiver answered 500 Internal Server Error"
    ] * 3
    new = house.put("a", 4)
    receiver.way = lambda _got: Reply()
    house.deliver()
    assert receiver.ids == new
    assert webhooks.resume(house.db, "a", house.now) == 3
    house.deliver()
    assert receiver.ids == new + names


def test_what_lay_there_while_we_slept_is_not_given_up(house: House, receiver: Receiver) -> None:
    house.put("a", 1)
    house.wait(days=20)
    receiver.way = lambda _got: Reply(500)
    house.deliver()
    assert house.states() == ["waiting"]
    receiver.way = lambda _got: Reply()
    house.wait(days=1)
    house.deliver()
    assert house.states() == ["delivered"]


def test_a_receiver_that_restarts_gets_each_at_least_once(house: House, receiver: Receiver) -> None:
    """It fails, hangs, refuses connections and restarts, as chance has it."""
    names = [each for n in range(1, 41) for each in house.put("a", n)]
    ways = [Reply(500), Reply(), Reply(), Reply(502), Reply(hold=60), Reply(), Reply(), Reply()]
    receiver.way = lambda _got: ways[len(receiver.got) % len(ways)]
    for turn in range(60):
        if turn % 7 == 3:
            receiver.stop()
            house.deliver()
            receiver.start()
        house.wait(hours=4)
        house.deliver()
        if set(house.states()) == {"delivered"}:
            break
    assert set(house.states()) == {"delivered"}
    accepted = [each.id for each in receiver.took]
    assert list(dict.fromkeys(accepted)) == names, "each came, and in order"
    assert all(each.signed for each in receiver.got)
    by_id = {each.id: each.body for each in receiver.got}
    assert all(each.body == by_id[each.id] for each in receiver.got)


def test_what_receivers_send_back_is_not_read(house: House, receiver: Receiver) -> None:
    """A status is enough: the rest may be endless."""
    house.put("a", 1)
    receiver.way = lambda _got: Reply(200, {"X-Big": "x" * 60_000})
    assert [each.outcome for each in house.deliver()] == ["delivered"]


# --- our own house -------------------------------------------------------------------------------


def test_an_address_inside_a_house_is_refused_unless_the_webhook_says_so(
    house: House, receiver: Receiver
) -> None:
    house.sync(hook("a", receiver, internal=False))
    house.put("a", 1)
    (told,) = house.deliver()
    assert receiver.got == []
    assert "127.0.0.1 is loopback" in told.detail
    assert "internal: true" in told.detail
    house.sync(hook("a", receiver))
    webhooks.resume(house.db, "a", house.now)
    house.deliver()
    assert len(receiver.took) == 1


def test_a_link_local_address_is_refused_even_then(house: House) -> None:
    house.sync(Webhook("a", "http://169.254.169.254/latest", outlets=1, internal=True))
    house.put("a", 1)
    (told,) = house.deliver()
    assert "169.254.169.254 is link-local" in told.detail


def test_one_that_cannot_be_signed_is_not_sent(house: House, receiver: Receiver) -> None:
    def secrets(_hook: Webhook) -> tuple[bytes, ...]:
        message = "the variable A is not there"
        raise ValueError(message)

    house.put("a", 1)
    good, house.secrets = house.secrets, secrets
    (told,) = house.deliver()
    assert (told.outcome, told.detail) == ("retry", "the variable A is not there")
    assert webhooks.kept(house.db)["a"].error == "the variable A is not there"
    assert house.deliver() == [], "it is not asked for all the time"
    assert receiver.got == []
    house.secrets = good
    house.wait(minutes=5)
    house.deliver()
    assert len(receiver.took) == 1


def test_a_run_spends_no_more_time_than_it_may(house: House, receiver: Receiver) -> None:
    house.put("a", *range(1, 200))
    receiver.way = lambda _got: Reply(200, hold=0.05)
    house.deliver(seconds=0.3)
    states = Counter(house.states())
    assert states["delivered"] > 0
    assert states["waiting"] > 100
    assert house.db.value("SELECT max(attempts) FROM outbox WHERE state = 'waiting'") == 0


def test_cut_short_a_message_is_sent_again_under_its_name(house: House, receiver: Receiver) -> None:
    names = house.put("a", 1)
    receiver.way = lambda _got: Reply(hold=60)
    house.settings = WebhookSettings(timeout=30)

    async def run() -> None:
        deliveries = house.deliveries()
        deliveries.begin()
        await asyncio.to_thread(until, lambda: receiver.got)
        await deliveries.close()

    asyncio.run(run())
    assert house.states() == ["waiting"]
    receiver.way = lambda _got: Reply()
    house.deliver()
    assert [each.id for each in receiver.got] == names * 2


def test_two_at_once_send_each_message_once(
    house: House, receiver: Receiver, tmp_path: Path
) -> None:
    """A claim in the table tells them apart, should the run lock ever not."""
    names = house.put("a", *range(1, 41))
    with open_database(tmp_path / "news.db") as second:
        other = House(second, house.hooks)

        async def both() -> None:
            await asyncio.gather(house.deliveries().run(60), other.deliveries().run(60))

        asyncio.run(both())
    while "waiting" in house.states():
        house.wait(minutes=1)
        house.deliver()
    assert sorted(receiver.ids) == sorted(names)
    assert len(receiver.got) == len(names)


def test_what_is_claimed_is_on_disk_before_it_is_sent(house: House, receiver: Receiver) -> None:
    """So that a power cut undoes nothing that somebody was told of."""
    house.put("a", 1)
    seen: list[tuple[str, int]] = []
    ran = house.db._connection.set_trace_callback

    def look(statement: str) -> None:
        if statement.startswith(("UPDATE outbox", "PRAGMA synchronous")):
            seen.append((statement.partition(" SET ")[0], len(receiver.got)))

    ran(look)
    house.deliver()
    ran(None)
    assert seen[:3] == [
        ("PRAGMA synchronous = FULL", 0),
        ("UPDATE outbox", 0),
        ("PRAGMA synchronous = NORMAL", 0),
    ]
    assert len(receiver.got) == 1
    assert house.db.value("PRAGMA synchronous") == 1


# --- feeds.yaml changes --------------------------------------------------------------------------


def test_what_waits_for_a_webhook_that_is_taken_out_waits_until_it_is_back(
    house: House, receiver: Receiver
) -> None:
    names = house.put("a", 1)
    house.sync()
    assert house.deliver() == []
    assert webhooks.listed(house.db) == {}
    house.sync(hook("a", receiver))
    house.deliver()
    assert receiver.ids == names


def test_what_waits_for_a_webhook_that_never_comes_back_is_given_up_and_forgotten(
    house: House,
) -> None:
    house.put("a", 1)
    house.sync()
    house.wait(days=31)
    outbox.drop_old(house.db, 30, house.now)
    assert house.states() == ["dead"]
    house.wait(days=31)
    outbox.drop_old(house.db, 30, house.now)
    assert house.states() == []
    assert webhooks.kept(house.db) == {}


def test_a_new_name_takes_over_what_waits(house: House, receiver: Receiver) -> None:
    names = house.put("a", 1)
    new = Webhook("b", receiver.url("/b"), outlets=2, internal=True, formerly="a")
    since = webhooks.kept(house.db)["a"].since
    house.wait(hours=1)
    house.sync(new)
    house.sync(new)
    house.deliver()
    assert receiver.ids == names
    assert [(each, kept.since) for each, kept in webhooks.kept(house.db).items()] == [("b", since)]


def test_a_name_that_is_still_in_use_is_taken_over_by_nobody(
    house: House, receiver: Receiver
) -> None:
    house.put("a", 1)
    new = Webhook("b", receiver.url("/b"), outlets=2, internal=True, formerly="a")
    house.sync(hook("a", receiver), new)
    assert list(webhooks.kept(house.db)) == ["a", "b"]
    house.deliver()
    assert [each.path for each in receiver.took] == ["/a"]


def test_delivered_messages_are_forgotten_in_time(house: House) -> None:
    house.put("a", 1)
    house.deliver()
    house.wait(days=29)
    outbox.drop_old(house.db, 30, house.now)
    assert house.states() == ["delivered"]
    house.wait(days=2)
    outbox.drop_old(house.db, 30, house.now)
    assert house.states() == []
    assert list(webhooks.kept(house.db)) == ["a"]


def test_nothing_is_written_where_nothing_changes(house: House, receiver: Receiver) -> None:
    before = house.db.value("SELECT total_changes()")
    house.wait(hours=1)
    house.sync(hook("a", receiver))
    assert house.db.value("SELECT total_changes()") == before
