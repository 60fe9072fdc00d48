"""What hubs are asked and what they may say, as laws of values."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import websub
from aggregator.core.websub import Plan, Subscription, SubscriptionState, Wish
from aggregator.model import Failed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HUB, TOPIC, CALLBACK = "https://hub.example/", "https://post.example/rss", "https://us.example/hub"
NEW = Subscription(7, HUB, TOPIC, CALLBACK, "token", "secret")
ASKED = websub.asking(NEW, NOW, jitter=0)
JITTERS = st.floats(0, 1, exclude_max=True)


def called_back(mode: str = "subscribe", **more: str) -> dict[str, str]:
    query = {"hub.mode": mode, "hub.topic": TOPIC, "hub.challenge": "echo me"}
    return query | {f"hub.{name}": value for name, value in more.items()}


def active(now: datetime = NOW, lease: str = "864000") -> Subscription:
    found = websub.answered(ASKED, called_back(lease_seconds=lease), now, jitter=0)
    assert found is not None
    return found[0]


def test_the_form_names_all_that_the_recommendation_asks_for() -> None:
    assert websub.form(ASKED, "subscribe") == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": f"{CALLBACK}/token",
        "hub.secret": "secret",
        "hub.lease_seconds": "864000",
    }
    assert "hub.secret" not in websub.form(ASKED, "unsubscribe")


def test_token_and_secret_are_never_shown() -> None:
    shown = repr(replace(NEW, token="t0ken", secret="s3cret"))  # noqa: S106 - invented
    assert "t0ken" not in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    ("hub", "topic", "address", "expected"),
    [
        (HUB, TOPIC, "https://post.example/feed", Wish(7, HUB, TOPIC)),
        (HUB, None, "https://post.example/feed", Wish(7, HUB, "https://post.example/feed")),
        (None, TOPIC, "https://post.example/feed", None),
        ("/hub", TOPIC, "https://post.example/feed", None),
        ("ftp://hub.example/", TOPIC, "https://post.example/feed", None),
        ("https://name:word@hub.example/", TOPIC, "https://post.example/feed", None),
        ("https://[hub.example/", TOPIC, "https://post.example/feed", None),
        (
            "http://hub.example:80/a?b",
            TOPIC,
            "http://post.example/feed",
            Wish(7, "http://hub.example:80/a?b", TOPIC),
        ),
        (
            "http://hub.example:8080/a?b",
            TOPIC,
            "https://post.example/feed",
            Wish(7, "https://hub.example:8080/a?b", TOPIC),
        ),
        (HUB, None, "https://name:word@post.example/feed", None),
        (HUB, "https://name@post.example/", "https://post.example/feed", None),
        (HUB, f"https://post.example/{'x' * 3000}", "https://post.example/feed", None),
    ],
)
def test_only_plain_addresses_are_subscribed_to(
    hub: str | None, topic: str | None, address: str, expected: Wish | None
) -> None:
    assert websub.wish(7, hub, topic, address) == expected


# --- plans -------------------------------------------------------------------------------------

WISH = Wish(7, HUB, TOPIC)


@pytest.mark.parametrize(
    ("wishes", "known", "callback", "expected"),
    [
        ([WISH], [], CALLBACK, Plan(opening=(WISH,))),
        ([WISH], [], "", Plan()),
        ([WISH], [ASKED], CALLBACK, Plan()),
        ([WISH], [NEW], CALLBACK, Plan(due=(NEW,))),
        ([], [ASKED], CALLBACK, Plan(ending=(ASKED,))),
        ([WISH], [ASKED], "", Plan(ending=(ASKED,))),
        ([WISH], [ASKED], "https://new.example", Plan(opening=(WISH,), ending=(ASKED,))),
        (
            [Wish(7, "https://other.example/", TOPIC)],
            [ASKED],
            CALLBACK,
            Plan(opening=(Wish(7, "https://other.example/", TOPIC),), ending=(ASKED,)),
        ),
        (
            [WISH],
            [replace(ASKED, state=SubscriptionState.ENDED)],
            CALLBACK,
            Plan(opening=(WISH,)),
        ),
    ],
)
def test_a_plan_compares_what_feeds_call_for_with_what_there_is(
    wishes: list[Wish], known: list[Subscription], callback: str, expected: Plan
) -> None:
    assert websub.plan(wishes, known, callback, NOW) == expected


def test_a_feed_that_names_ever_other_hubs_waits_a_day() -> None:
    ended = [replace(websub.ending(ASKED, NOW), token=str(n)) for n in range(3)]
    assert websub.plan([WISH], ended[:2], CALLBACK, NOW).opening == (WISH,)
    assert not websub.plan([WISH], ended, CALLBACK, NOW)
    assert websub.plan([WISH], ended, CALLBACK, NOW + 25 * HOUR).opening == (WISH,)


@given(JITTERS, st.integers(600, 10**9))
def test_a_lease_is_renewed_well_before_its_end(jitter: float, lease: int) -> None:
    found = websub.answered(ASKED, called_back(lease_seconds=str(lease)), NOW, jitter=jitter)
    assert found is not None
    renewed_at, expires_at = found[0].next_try_at, found[0].expires_at
    assert renewed_at is not None
    assert expires_at is not None
    length = expires_at - NOW
    assert NOW + min(0.69 * length, length) <= renewed_at
    assert renewed_at <= max(NOW + 0.81 * length, NOW + timedelta(minutes=10))
    assert length <= timedelta(days=30)


@given(JITTERS, st.integers(0, 40))
def test_a_hub_that_never_calls_back_is_asked_ever_more_rarely(jitter: float, times: int) -> None:
    at, subscription, last = NOW, NEW, timedelta()
    for _ in range(times):
        subscription = websub.asking(subscription, at, jitter=jitter)
        assert subscription.next_try_at is not None
        wait = subscription.next_try_at - at
        assert last <= wait <= timedelta(days=7, hours=17)
        at, last = subscription.next_try_at, wait
    assert subscription.failures == max(times - 1, 0)
    assert not websub.is_active(subscription, at)


# --- what a hub says ---------------------------------------------------------------------------


def test_what_we_asked_for_is_confirmed_in_the_hubs_words() -> None:
    found = websub.answered(ASKED, called_back(lease_seconds="3600"), NOW, jitter=0.5)
    assert found is not None
    after, text = found
    assert text == "echo me"
    assert websub.is_active(after, NOW + 0.99 * HOUR)
    assert not websub.is_active(after, NOW + HOUR)
    assert (after.pending, after.failures, after.error) == (False, 0, None)


@pytest.mark.parametrize(
    ("subscription", "query"),
    [
        (ASKED, called_back() | {"hub.topic": "https://post.example/other"}),
        (ASKED, {"hub.mode": "subscribe", "hub.challenge": "x"}),
        (ASKED, called_back(challenge="")),
        (ASKED, called_back("unsubscribe")),
        (ASKED, called_back("publish")),
        (ASKED, {}),
        (NEW, called_back()),
        (active(), called_back("unsubscribe")),
        (replace(ASKED, asked_at=NOW - timedelta(days=2)), called_back()),
        (replace(ASKED, state=SubscriptionState.DENIED), called_back()),
        (websub.ending(active(), NOW), called_back()),
        (websub.ending(active(), NOW), called_back("denied")),
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(
    subscription: Subscription, query: dict[str, str]
) -> None:
    assert websub.answered(subscription, query, NOW, jitter=0) is None


@pytest.mark.parametrize("lease", ["", "0", "-5", "soon", "9" * 40, "٣"])
def test_a_hub_that_names_no_usable_lease_has_the_one_we_asked_for(lease: str) -> None:
    assert active(lease=lease).expires_at == NOW + timedelta(days=10)


def test_a_question_that_comes_twice_is_answered_twice() -> None:
    again = websub.answered(active(), called_back(lease_seconds="60"), NOW + HOUR, jitter=0)
    assert again is not None
    assert again[1] == "echo me"


def test_an_end_is_confirmed_once_we_asked_for_it() -> None:
    ended = websub.ending(active(), NOW + HOUR)
    assert ended.pending
    found = websub.answered(ended, called_back("unsubscribe"), NOW + HOUR, jitter=0)
    assert found == (replace(ended, pending=False, expires_at=None), "echo me")
    assert not websub.ending(ASKED, NOW).pending


@pytest.mark.parametrize("before", [ASKED, active()])
def test_a_denial_ends_it_for_a_week_and_its_reason_is_kept(before: Subscription) -> None:
    query = called_back("denied", reason="no\x1b[31m such topic " + "x" * 500)
    found = websub.answered(before, query, NOW, jitter=0)
    assert found is not None
    after, text = found
    assert (after.state, text) == (SubscriptionState.DENIED, "")
    assert after.next_try_at == NOW + timedelta(days=7)
    assert after.error is not None
    assert after.error.startswith("the hub denied it: no[31m such topic x")
    assert len(after.error) < 250
    assert not websub.is_active(after, NOW)


def test_a_failing_hub_is_asked_later_and_a_running_lease_stays() -> None:
    failed = Failed(HUB, "http_503", "the server answered 503", 503, NOW + 5 * HOUR)
    first = websub.refused(ASKED, failed, NOW, jitter=0)
    assert (first.state, first.failures) == (SubscriptionState.ASKED, 1)
    assert first.next_try_at == NOW + 5 * HOUR
    renewing = websub.asking(active(), NOW + 24 * HOUR, jitter=0)
    kept = websub.refused(renewing, replace(failed, transient=False), NOW + 24 * HOUR, jitter=0)
    assert websub.is_active(kept, NOW + 25 * HOUR)


def test_a_refusal_for_good_denies_it() -> None:
    failed = Failed(HUB, "forbidden_address", "127.0.0.1 is ours", transient=False)
    after = websub.refused(ASKED, failed, NOW, jitter=0)
    assert after.state is SubscriptionState.DENIED
    assert after.next_try_at == NOW + timedelta(days=7)
    assert after.error == "forbidden_address: 127.0.0.1 is ours"


def test_a_hub_that_wants_quiet_is_no_failure() -> None:
    failed = Failed(HUB, "backed_off", "wants quiet", None, NOW + 9 * HOUR)
    after = websub.refused(ASKED, failed, NOW, jitter=0)
    assert (after.failures, after.next_try_at) == (0, NOW + 9 * HOUR)


def test_a_failure_that_comes_after_the_hub_called_back_is_none() -> None:
    failed = Failed(HUB, "timeout", "no complete answer in time")
    assert websub.refused(active(), failed, NOW, jitter=0) == active()


# --- signatures --------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.sampled_from(["sha1", "sha256", "sha384", "sha512", "SHA256"]))
def test_a_right_signature_is_believed_and_no_other(body: bytes, method: str) -> None:
    right = hmac.new(b"secret", body, method.lower()).hexdigest()
    assert websub.is_signed("secret", f"{method}={right}", body)
    assert websub.is_signed("secret", f"{method}={right.upper()}", body)
    assert not websub.is_signed("other", f"{method}={right}", body)
    assert not websub.is_signed("secret", f"{method}={right}", body + b"x")
    assert not websub.is_signed("secret", f"{method}={right[:-1]}", body)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        "=",
        "md5=" + hmac.new(b"secret", b"body", hashlib.md5).hexdigest(),
        "sha256=é",
        "none=",
    ],
)
def test_a_signature_that_is_none_is_not_believed(header: str | None) -> None:
    assert not websub.is_signed("secret", header, b"body")
