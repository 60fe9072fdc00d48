"""robots.txt is read as RFC 9309 says, whatever it looks like, and believed for a day."""

import codecs
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import robots
from aggregator.core.robots import Rules
from aggregator.model import Failed, Fetched, FetchResult, NotModified, Robots

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = "https://post.example"
HOUR = timedelta(hours=1)
TEXT = """\
Sitemap: https://post.example/sitemap.xml
User-agent: otherbot
User-agent: Aggregator/2.0   # us
Crawl-delay: 7
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$

User-agent: *
Disallow: /
"""


def fetched(body: bytes) -> Fetched:
    return Fetched(f"{ORIGIN}/robots.txt", 200, {}, body)


def failed(reason: str, status: int | None = None, retry: datetime | None = None) -> Failed:
    return Failed(f"{ORIGIN}/robots.txt", reason, "", status=status, retry_after=retry)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/", None),
        ("/private/a", "Disallow: /private"),
        ("/private/open/a", None),
        ("/a.pdf", "Disallow: /*.pdf$"),
        ("/a.pdf?x=1", None),
        ("/%70rivate", "Disallow: /private"),
        ("/robots.txt", None),
    ],
)
def test_the_group_that_names_us_holds_and_its_rule_is_named(path: str, rule: str | None) -> None:
    assert Rules(TEXT).forbidding(ORIGIN + path) == rule
    assert Rules(TEXT).delay == 7


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: agg\nDisallow: /", True),
        ("User-agent: aggregators\nDisallow: /", True),
        ("User-agent: AGGREGATOR\nDisallow: /", False),
        ("User-agent: aggregator\n\nUser-agent: *\nDisallow: /", False),
        ("User-agent: aggregator\nDisallow: /no\nUser-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\nUser-agent: aggregator\nAllow: /", True),
        ("User-agent: aggregator\nAllow: /\n\nUser-agent: aggregator\nDisallow: /a", False),
        ("Disallow: /", True),
        ("user-agent:*\r\ndisallow:/a", False),
        ("User-agent: *\nSitemap: /s.xml\nDisallow: /a", False),
        ("<!doctype html><p>User-agent: *<p>Disallow: /", True),
    ],
)
def test_groups_are_told_apart(text: str, allowed: bool) -> None:
    assert (Rules(text).forbidding(f"{ORIGIN}/a") is None) is allowed


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\nDisallow: /a",
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /a",
        codecs.BOM_UTF16_LE + "User-agent: *\nDisallow: /a".encode("utf-16-le"),
        "User-agent: *\nDisallow: /a".encode("utf-16-be"),
        b"\xff\xc3\nUser-agent: *\rDisallow: /a",
        b"User-agent: *\x00\nDisallow: /a\x00",
    ],
)
def test_marks_and_stray_bytes_are_borne(body: bytes) -> None:
    text = robots.decode(body)
    assert "\x00" not in text
    assert Rules(text).forbidding(f"{ORIGIN}/a") == "Disallow: /a"


def test_a_line_cut_at_the_limit_is_left_out() -> None:
    comment = b"#" * (robots.MOST_BYTES - 40)
    body = comment + b"\nUser-agent: *\nDisallow: /private/of/all/of/us\nDisallow: /b"
    text = robots.decode(body)
    assert len(text) <= robots.MOST_BYTES
    assert Rules(text).forbidding(f"{ORIGIN}/b") is None
    assert Rules(text).forbidding(f"{ORIGIN}/") is None


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(body: bytes) -> None:
    text = robots.decode(body)
    text.encode()
    Rules(text).forbidding(f"{ORIGIN}/a?b=c")


@given(st.text(alphabet="user-agent: *disallow/$#\n\t0aé%", max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    Rules(text).forbidding(f"{ORIGIN}/a")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
        "User-agent: *\n" + "Disallow:*ab\n" * 37_000,
        "User-agent: *\n" + "".join(f"Disallow:*{n}ab\n" for n in range(4_900)),
        "User-agent: *\nDisallow: /" + "*a" * 240_000,
    ],
)
def test_a_hostile_file_costs_little(text: str) -> None:
    began = time.process_time()
    rules = Rules(text)
    for _ in range(5):
        rules.forbidding(f"{ORIGIN}/{'a' * 8000}")
    assert time.process_time() - began < 5


def test_rules_too_many_to_check_forbid() -> None:
    refused = Rules("User-agent: *\n" + "Allow: /\n" * 5_001).forbidding(f"{ORIGIN}/a")
    assert refused == "its 5,001 rules are more than can be checked"


@pytest.mark.parametrize("delay", ["-1", "x", "nan", "inf", "1e400"])
def test_a_delay_that_is_none_is_none(delay: str) -> None:
    assert Rules(f"User-agent: *\nCrawl-delay: {delay}").delay == 0


def test_a_delay_of_years_is_one_of_a_day() -> None:
    assert Rules("User-agent: *\nCrawl-delay: 99999999").delay == 86_400


# --- how long it is believed -----------------------------------------------------------------


def test_what_was_fetched_is_believed_for_a_day() -> None:
    text = "User-agent: *\nDisallow: /a"
    assert robots.after(None, fetched(text.encode()), ORIGIN, NOW) == Robots(
        ORIGIN, text, NOW, NOW + 24 * HOUR
    )


def test_only_what_is_for_us_is_kept() -> None:
    others = "".join(f"User-agent: bot{n}\nDisallow: /{n}\n" for n in range(10_000))
    mine = f"{others}# no\nSitemap: /s.xml\nUser-agent: {robots.NAME}\nAllow: /b # yes\nnonsense"
    assert robots.after(None, fetched(others.encode()), ORIGIN, NOW).text == ""
    kept = robots.after(None, fetched(mine.encode()), ORIGIN, NOW)
    assert kept.text == "User-agent: *\nAllow: /b\nnonsense"


def test_rules_too_many_to_check_are_not_all_kept() -> None:
    many = "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(20_000))
    text = robots.after(None, fetched(many.encode()), ORIGIN, NOW).text
    assert text is not None
    assert text.count("\n") == 5001
    assert Rules(text).forbidding(f"{ORIGIN}/a") is not None


_LINES = st.sampled_from(
    ("User-agent: *", f"User-agent: {robots.NAME}", "user agent : x", "Disallow: /a", "Allow: /a/b",
     "Disallow: /*b$ # c", "Crawl-delay: 3", "Sitemap: /s", "#", "", "\ufeff", "host x",
     " Allow:/\x0c"),
)  # fmt: skip


@given(st.lists(_LINES, max_size=12), st.sampled_from(("/", "/a", "/a/b", "/c/b")))
def test_what_is_kept_says_the_same(lines: list[str], path: str) -> None:
    text = "\n".join(lines)
    whole, kept = Rules(text), Rules(robots.ours(text))
    assert kept.forbidding(ORIGIN + path) == whole.forbidding(ORIGIN + path)
    assert kept.delay == whole.delay


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 451])
def test_none_there_allows_all(status: int) -> None:
    kept = robots.after(None, failed(f"http_{status}", status), ORIGIN, NOW)
    assert kept == Robots(ORIGIN, "", NOW, NOW + 24 * HOUR)


UNREACHABLE: tuple[FetchResult, ...] = (
    failed("http_503", 503), failed("http_500", 500), failed("http_429", 429), failed("dns"),
    failed("timeout"), failed("refused"), failed("truncated"), failed("too_large"),
    NotModified(ORIGIN),
)  # fmt: skip


@pytest.mark.parametrize("result", UNREACHABLE)
def test_out_of_reach_allows_nothing_for_now(result: FetchResult) -> None:
    state: Robots | None = None
    now, pauses = NOW, []
    for _ in range(7):
        state = robots.after(state, result, ORIGIN, now)
        assert state.text is None
        pauses.append((state.expires_at - now) / HOUR)
        now = state.expires_at
    assert pauses == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize("result", UNREACHABLE)
def test_what_was_known_holds_for_a_week(result: FetchResult) -> None:
    known = Robots(ORIGIN, "x", NOW, NOW + 24 * HOUR)
    for days, text in ((1, "x"), (6, "x"), (8, None)):
        after = robots.after(known, result, ORIGIN, NOW + timedelta(days=days))
        assert after.text == text
        assert after.expires_at == NOW + timedelta(days=days) + HOUR


def test_a_pause_that_is_asked_for_is_kept() -> None:
    wanted = NOW + 30 * HOUR
    kept = robots.after(None, failed("http_503", 503, wanted), ORIGIN, NOW)
    assert kept.expires_at == wanted
