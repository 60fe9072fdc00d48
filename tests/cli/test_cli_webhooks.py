"""The command `webhooks`: how they fare, another try, and a new secret."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.core.webhooks import secrets_in
from aggregator.storage import webhooks
from aggregator.storage.database import open_database
from tests.cli.test_cli_usage import MANUAL, keys_in
from tests.webhooks.house import House
from tests.webhooks.receiver import WRITTEN, Receiver, Reply

Call = Callable[..., Result]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, receiver: Receiver) -> Path:
    """A folder with feeds.yaml, a secret and an empty database."""
    (tmp_path / "key").write_text(WRITTEN)
    (tmp_path / "feeds.yaml").write_text(
        "feeds: [{url: 'http://127.0.0.1:9/', outlet: O}]\n"
        "webhooks:\n"
        f"  - {{name: a, url: '{receiver.url('/T0K3N')}', outlets: 3, language: de,"
        " secret_file: key, internal: true}\n"
        f"  - {{name: b, url: '{receiver.url('/b')}', search: Bahn,"
        " secret_env: NO_SUCH_VARIABLE, internal: true}\n"
    )
    with open_database(tmp_path / "news.db"):
        return tmp_path


def failed(place: Path, receiver: Receiver, status: int = 503) -> None:
    """Let a run have sent something that did not arrive."""
    from aggregator.config import load

    receiver.way = lambda _got: Reply(status)
    with open_database(place / "news.db") as db:
        house = House(db)
        house.sync(load(place / "feeds.yaml").webhooks[0])
        house.put("a", 1, 2)
        house.deliver()


def test_webhooks_and_what_they_were_told_are_shown(
    call: Call, place: Path, receiver: Receiver
) -> None:
    failed(place, receiver)
    shown = call("webhooks")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[1].split()[:2] == ["a", "failing"]
    assert "stories with 3 outlets, language de" in lines[1]
    assert lines[1].endswith("127.0.0.1")
    assert lines[2].split()[:2] == ["b", "new"]
    assert "articles found by 'Bahn'" in lines[2]
    assert "  a: the receiver answered 503 Service Unavailable" in lines
    assert "story 2" in shown.stdout
    assert "T0K3N" not in shown.stdout


def test_json_has_the_keys_of_the_manual(call: Call, place: Path, receiver: Receiver) -> None:
    failed(place, receiver)
    shown = call("webhooks", "--json").stdout
    assert "T0K3N" not in shown
    found = json.loads(shown)
    assert [each["state"] for each in found["webhooks"]] == ["failing", "new"]
    assert [each["state"] for each in found["deliveries"]] == ["waiting"] * 2
    names = set(keys_in(found)) - {"outlets", "language"}
    assert {name for name in names if f"`{name}`" not in MANUAL} == set()


def test_a_search_that_is_not_saved_is_told_before_anything_is_missed(
    call: Call, place: Path
) -> None:
    from aggregator.config import load

    with open_database(place / "news.db") as db:
        House(db).sync(*load(place / "feeds.yaml").webhooks)
    shown = call("webhooks").stdout
    assert "b     failing" in shown
    assert "  b: there is no saved search 'Bahn'" in shown
    assert call("search", "Bahn", "--save", "Bahn").exit_code == 0
    assert "b     ok" in call("webhooks").stdout


def test_none_are_none(call: Call, tmp_path: Path) -> None:
    with open_database(tmp_path / "news.db"):
        assert call("webhooks").stdout.startswith("No webhooks")


def test_one_that_is_taken_out_is_shown_still(call: Call, place: Path, receiver: Receiver) -> None:
    failed(place, receiver, 410)
    assert "a     gone" in call("webhooks").stdout
    (place / "feeds.yaml").write_text("feeds: [{url: 'http://127.0.0.1:9/', outlet: O}]\n")
    shown = call("webhooks").stdout
    assert "a     unlisted  stories with 3 outlets" in shown


def test_a_message_is_tried(call: Call, place: Path, receiver: Receiver) -> None:
    tried = call("webhooks", "--test", "a")
    assert (tried.exit_code, tried.stdout) == (0, "a: the receiver answered 200 OK\n")
    (got,) = receiver.took
    assert got.signed
    assert json.loads(got.body)["type"] == "test"
    receiver.way = lambda _got: Reply(500)
    tried = call("webhooks", "--test", "a", "--json")
    assert tried.exit_code == 1
    assert json.loads(tried.stdout)["arrived"] is False
    with open_database(place / "news.db") as db:
        assert webhooks.kept(db) == {}, "nothing is kept of it"


@pytest.mark.usefixtures("place")
def test_what_cannot_be_tried_is_said(call: Call) -> None:
    assert call("webhooks", "--test", "zzz").exit_code == 1
    tried = call("webhooks", "--test", "b")
    assert tried.exit_code == 2
    assert "the variable NO_SUCH_VARIABLE" in tried.stderr


def test_what_failed_is_sent_again(call: Call, place: Path, receiver: Receiver) -> None:
    failed(place, receiver)
    again = call("webhooks", "--retry", "a")
    assert again.stdout == "2 messages for a will be sent by the next run.\n"
    with open_database(place / "news.db") as db:
        assert webhooks.kept(db)["a"].paused_until is None
    assert call("webhooks", "--retry", "zzz").exit_code == 1


def test_a_new_secret_is_one(call: Call) -> None:
    one, other = (call("webhooks", "--new-secret").stdout for _ in range(2))
    assert one != other
    assert len(secrets_in(one)[0]) == 32


@pytest.mark.usefixtures("place")
def test_check_counts_them_and_says_which_cannot_be_signed_here(call: Call) -> None:
    shown = call("check").stdout
    assert "  2 webhooks\n" in shown
    assert "  the webhook 'b' cannot be signed: the variable NO_SUCH_VARIABLE: there is no" in shown
    assert "webhook 'a'" not in shown
