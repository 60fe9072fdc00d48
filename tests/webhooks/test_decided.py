"""How messages are named and signed, and what follows from an answer."""

import base64
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.webhooks import (
    Attempted,
    Next,
    address_hash,
    follows,
    headers,
    message_id,
    secrets_in,
)
from aggregator.model import Answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GIVE_UP = timedelta(days=3)


def after(answer: Answer, tried: Attempted | None = None, jitter: float = 0.5) -> Next:
    return follows(
        tried or Attempted(NOW, NOW, attempts=1), answer, NOW, jitter=jitter, give_up=GIVE_UP
    )


# --- names and signatures ----------------------------------------------------------------------


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that Standard Webhooks' own libraries are tested with."""
    secrets = secrets_in("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    sent = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', secrets, at)
    assert sent == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_of_several_secrets_signs() -> None:
    one, two = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    sent = headers("msg_1", b"{}", secrets_in(f"{one}\nwhsec_{two}\n"), NOW)
    alone = [headers("msg_1", b"{}", secrets_in(each), NOW) for each in (one, two)]
    assert sent["webhook-signature"].split(" ") == [each["webhook-signature"] for each in alone]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("hunter2!", "a secret is base64"),
        ("whsec_c2hvcnQ=", "a secret has 24 to 64 bytes, not 5"),
        (base64.b64encode(b"x" * 65).decode(), "a secret has 24 to 64 bytes, not 65"),
    ],
)
def test_what_is_no_secret_is_refused_and_not_quoted(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        secrets_in(text)
    assert not text.strip() or text not in str(refused.value)


def test_names_tell_events_apart_and_nothing_else() -> None:
    url = "https://example.org/1"
    names = {
        message_id("a", "story", url, 1),
        message_id("b", "story", url, 1),
        message_id("a", "story", url, 2),
        message_id("a", "article", url),
        message_id("a", "article", f"{url}/"),
    }
    assert len(names) == 5
    assert message_id("a", "story", url, 1) == message_id("a", "story", url, 1)
    assert all(name.isascii() and "." not in name for name in names)


def test_an_address_is_kept_as_what_tells_it_from_others() -> None:
    assert address_hash("https://a.example/hook/geheim") != address_hash("https://a.example/hook")
    assert "geheim" not in address_hash("https://a.example/hook/geheim")


# --- what follows --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_delivers(status: int) -> None:
    assert after(Answer(status)) == Next("delivered")


@pytest.mark.parametrize("status", [100, 301, 302, 307, 308, 401, 403, 404, 408, 429, 500, 503])
def test_a_receiver_out_of_order_is_left_alone_and_the_order_stays(status: int) -> None:
    found = after(Answer(status, detail="why"))
    assert (found.ending, found.error, found.aside, found.gone) == ("retry", "why", False, False)
    assert found.pause is not None
    assert found.pause == found.next_try_at
    assert found.pause > NOW


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422, 451])
def test_a_message_that_is_refused_holds_up_no_other(status: int) -> None:
    found = after(Answer(status))
    assert (found.ending, found.aside, found.pause) == ("retry", True, None)
    assert found.next_try_at is not None
    assert found.next_try_at > NOW


def test_gone_is_gone() -> None:
    assert after(Answer(410, detail="gone")) == Next("retry", "gone", next_try_at=NOW, gone=True)


@pytest.mark.parametrize("status", [429, 503, 400, 500])
def test_whoever_says_when_to_come_again_is_heeded(status: int) -> None:
    later = NOW + timedelta(days=1)
    found = after(Answer(status, retry_after=later))
    assert found.next_try_at == later
    soon = after(Answer(status, retry_after=NOW))
    assert soon.next_try_at is not None
    assert soon.next_try_at >= NOW + timedelta(seconds=24)


def test_pauses_double_up_to_three_hours() -> None:
    tries = [Attempted(NOW, NOW, 1, failures=n, failing_since=NOW) for n in range(40)]
    waits = [after(Answer(500), each).pause for each in tries]
    seconds = [(each - NOW).total_seconds() for each in waits if each is not None]
    assert seconds[:4] == [30, 60, 120, 240]
    assert all(one <= other for one, other in pairwise(seconds))
    assert seconds[-1] == 3 * 3600


def test_what_an_answering_receiver_stumbles_over_time_and_again_is_put_aside() -> None:
    def aside(attempts: int, status: int | None) -> bool:
        return after(Answer(status), Attempted(NOW, NOW, attempts)).aside

    assert [aside(n, 500) for n in (1, 5, 6, 7)] == [False, False, True, True]
    assert not aside(50, None), "nobody is there to stumble"


def test_given_up_is_what_failed_for_days_and_not_what_lay_there_for_days() -> None:
    old = NOW - timedelta(days=9)
    fresh = Attempted(old, NOW, attempts=1)
    assert after(Answer(500), fresh).ending == "retry", "the receiver fails for the first time"
    failing = Attempted(old, old, 30, failures=30, failing_since=old)
    assert after(Answer(500), failing).ending == "dead"
    new = Attempted(NOW, NOW, 1, failures=30, failing_since=old)
    assert after(Answer(500), new).ending == "retry", "it is new, though the receiver is not well"
    refused = Attempted(old, old, 30)
    assert after(Answer(422), refused) == Next("dead", "", pause=None)
    assert after(Answer(200), failing).ending == "delivered"


@given(
    status=st.one_of(st.none(), st.integers(100, 599)),
    attempts=st.integers(1, 10**6),
    failures=st.integers(0, 10**6),
    age=st.timedeltas(timedelta(0), timedelta(days=4000)),
    jitter=st.floats(0, 1, exclude_max=True),
    asked=st.one_of(st.none(), st.timedeltas(timedelta(days=-4000), timedelta(days=4000))),
)
def test_whatever_is_answered_something_sensible_follows(
    status: int | None,
    attempts: int,
    failures: int,
    age: timedelta,
    jitter: float,
    asked: timedelta | None,
) -> None:
    began = NOW - age
    tried = Attempted(began, began, attempts, failures, began if failures else None)
    again = None if asked is None else NOW + asked
    found = after(Answer(status, "reason", "detail", again), tried, jitter)
    if found.ending == "delivered":
        assert status in range(200, 300)
    elif found.ending == "dead":
        assert age >= GIVE_UP
    else:
        assert found.next_try_at is not None
        assert found.next_try_at > NOW or found.gone
        assert again is None or found.gone or found.next_try_at >= again
        assert found.error
