"""What publishers wish: each way to say it beside what a real server recorded."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.settings import PollSettings
from tests.support import papers
from tests.support.manners import recorded
from tests.support.server import Answer, Request, Server
from tests.support.turns import (
    BEGIN,
    GOOD,
    SAME,
    TAGGED,
    Reader,
    Script,
    Wish,
    held,
    http_date,
    rss,
    told,
)

TEN_YEARS = 3652 * 1440
WISHES = (
    Wish("Cache-Control: max-age", 720, lambda _: {"Cache-Control": "public, max-age=43200"}),
    Wish(
        "Cache-Control: max-age less Age",
        600,
        lambda _: {"Cache-Control": "max-age=43200", "Age": "7200"},
    ),
    Wish("Expires", 600, lambda now: {"Expires": http_date(now + timedelta(hours=10))}),
    Wish("Retry-After in seconds", 300, lambda _: {"Retry-After": "18000"}),
    Wish(
        "Retry-After as a date",
        500,
        lambda now: {"Retry-After": http_date(now + timedelta(minutes=500))},
    ),
    Wish("max-age of ten years", TEN_YEARS, lambda _: {"Cache-Control": "max-age=315532800"}),
    Wish(
        "Expires in ten years",
        TEN_YEARS,
        lambda now: {"Expires": http_date(now + timedelta(minutes=TEN_YEARS))},
    ),
    Wish("ttl", 240, elements="<ttl>240</ttl>"),
    Wish("ttl of a year", 525_600, elements="<ttl>525600</ttl>"),
    Wish("ttl of 19 years", 10_000_000, elements="<ttl>10000000</ttl>"),
    Wish(
        "sy:updatePeriod and sy:updateFrequency",
        480,
        elements="<sy:updatePeriod>daily</sy:updatePeriod>"
        "<sy:updateFrequency>3</sy:updateFrequency>",
    ),
    Wish("sy:updatePeriod yearly", 525_600, elements="<sy:updatePeriod>yearly</sy:updatePeriod>"),
)
by_wish = pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.name)


@by_wish
def test_a_wish_is_obeyed_on_a_200(reader: Reader, wish: Wish) -> None:
    """What an answer or a feed says of its next turn is obeyed to the second, however long."""
    body = rss("One", elements=wish.elements)
    reader.follow("/feed", lambda _: Answer(body, headers={**TAGGED, **wish.sent(reader.now)}))
    reader.run()
    recorded(f"{wish.name}, on a 200: {wish.minutes:.0f} minutes", [told(held(reader, wish))])


@by_wish
def test_a_wish_is_obeyed_on_a_304(reader: Reader, wish: Wish) -> None:
    """The same on a 304: its own headers count, and what the feed said with its body stands."""
    body = rss("One", elements=wish.elements)

    def route(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            return Answer(status=304, headers=wish.sent(reader.now))
        return Answer(body, headers=TAGGED)

    reader.follow("/feed", route)
    reader.run()
    reader.next_poll()
    times = held(reader, wish)
    times += [times[-1] + minute for minute in held(reader, wish)[1:]]
    recorded(f"{wish.name}, on a 304: {wish.minutes:.0f} minutes", [told(times)])


def test_a_304_without_cache_headers_leaves_the_former_in_force(reader: Reader) -> None:
    """A 304 that says nothing of its freshness leaves what was said before in force."""
    wish = WISHES[0]
    reader.follow("/feed", Script(Answer(rss("One"), headers={**TAGGED, **wish.sent(BEGIN)}), SAME))
    reader.run()
    for _ in range(3):
        held(reader, wish)
    recorded("a 304 without a word on freshness", [told(reader.minutes("/feed"))])


@pytest.mark.parametrize("value", ["no-cache", "no-store", "no-cache, max-age=86400", "max-age=0"])
def test_what_may_not_be_kept_is_asked_for_at_our_own_interval(reader: Reader, value: str) -> None:
    """no-cache, no-store and max-age=0 leave our own interval, and never less than its limit."""
    reader.follow("/feed", Answer(rss("One"), headers={"Cache-Control": value}))
    for _ in range(4):
        reader.next_poll()
    times = reader.minutes("/feed")
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 10
    assert max(gaps) <= 60
    recorded(f"Cache-Control: {value}", [told(times)])


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_that_holds_for_days_is_not_asked_again_before(
    reader: Reader, status: int
) -> None:
    """The freshness of an error answer is waited out like that of a feed."""
    wish = Wish("max-age of ten days", 14_400, lambda _: {"Cache-Control": "max-age=864000"})
    refusal = Answer(b"no", status, headers=wish.sent(BEGIN))
    reader.follow("/feed", Script(GOOD, refusal))
    reader.run()
    reader.next_poll()
    recorded(f"{status} with Cache-Control: max-age=864000", [told(held(reader, wish))])


def test_a_pages_error_that_holds_for_days_is_not_asked_again_before(
    server: Server, tmp_path: Path
) -> None:
    """So is that of a page's error, of which more tries follow."""
    server.routes["/feed"] = papers.feed(server.url("/page"))
    refusal = Answer(b"no", 500, headers={"Cache-Control": "max-age=864000"})
    server.routes["/page"] = Script(refusal, papers.page())
    for days in (0, 1, 9, 11):
        papers.run(tmp_path, [server.url("/feed")], now=papers.BEGIN + timedelta(days=days))
        assert len(server.asked("/page")) == (2 if days > 10 else 1)
    recorded("a page's 500 with max-age=864000", ["asked on the days 0 and 11, not 1 and 9"])


@pytest.mark.parametrize(
    ("elements", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour>1</hour><hour>11</hour><hour>20</hour></skipHours>",
         {0, 1, 11, 20}, set()),
        ("<skipDays><day>Thursday</day><day>Saturday</day></skipDays>", set(), {3, 5}),
        ("<skipHours><hour>12</hour></skipHours><skipDays><day>Wednesday</day></skipDays>",
         {12}, {2}),
    ],
    ids=["skipHours", "skipDays", "both"],
)  # fmt: skip
@pytest.mark.parametrize("then", [GOOD.status, SAME.status])
def test_hours_and_days_to_skip_are_skipped(
    reader: Reader, elements: str, hours: set[int], days: set[int], then: int
) -> None:
    """No turn falls into skipHours or skipDays (UTC), after a 200 or a 304."""
    reader.polling = PollSettings(interval=90, min_interval=60, max_interval=180)
    known = Answer(rss("One", elements=elements), headers=TAGGED)
    reader.follow("/feed", Script(known, known if then == GOOD.status else SAME))
    reader.run()
    while reader.now < BEGIN + timedelta(days=4):
        reader.next_poll()
        assert reader.now.hour not in hours
        assert reader.now.weekday() not in days
    open_days = {moment.weekday() for moment in reader.times[1:]}
    assert open_days == {2, 3, 4, 5, 6} - days | ({6} & open_days)
    shown = sorted({moment.hour for moment in reader.times[1:]})
    name = " and ".join(word for word in ("skipHours", "skipDays") if word in elements)
    recorded(
        f"{name}, with {then}s", [f"asked in the hours {shown} of the days {sorted(open_days)}"]
    )


def test_a_run_that_comes_late_skips_them_too(reader: Reader) -> None:
    """A run that comes late, as a restart may, asks in no hour and on no day to skip."""
    elements = "<skipHours><hour>12</hour></skipHours><skipDays><day>Thursday</day></skipDays>"
    reader.follow("/feed", Answer(rss("One", elements=elements), headers=TAGGED))
    reader.run()
    assert reader.turn() < BEGIN + timedelta(hours=2)
    reader.now = BEGIN + timedelta(hours=2, minutes=15)
    assert reader.run() == 0
    assert BEGIN + timedelta(hours=3) <= reader.turn() < BEGIN + timedelta(hours=4)
    reader.now = BEGIN + timedelta(days=1)
    assert reader.run() == 0
    friday = BEGIN + timedelta(hours=38)
    assert friday <= reader.turn() < friday + timedelta(hours=1)
    reader.now = friday + timedelta(hours=1)
    assert reader.run() == 1
    state = reader.feed("/feed").state
    assert (state.failures, state.last_polled_at) == (0, reader.now)
    recorded("late into skipHours and skipDays", [told(reader.minutes("/feed"))])
