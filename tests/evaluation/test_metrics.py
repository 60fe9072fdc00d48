"""The measures, against values worked out by hand."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from aggregator.evaluation import metrics
from aggregator.evaluation.metrics import Rates, Segments, words

TRUTH = "The ferry left at nine. Forty people were on board when it came back."
LEAD = words("After a winter of repairs the first boat leaves the quay")


@pytest.mark.parametrize(
    ("found", "truth", "rates"),
    [
        ("a b c d", "a b c d", Rates(1.0, 1.0)),
        ("a b", "a b c d", Rates(1.0, 0.5)),
        ("a a a a", "a b", Rates(0.25, 0.5)),
        ("", "a b", Rates(0.0, 0.0)),
        ("a b", "", Rates(0.0, 0.0)),
        ("", "", Rates(1.0, 1.0)),
    ],
)
def test_words_are_compared_as_bags(found: str, truth: str, rates: Rates) -> None:
    assert metrics.overlap(words(found), words(truth)) == rates


def test_f1_is_the_harmonic_mean() -> None:
    assert Rates(0.5, 1.0).f1 == pytest.approx(2 / 3)
    assert Rates(0.0, 0.0).f1 == 0.0


def test_runs_of_words_notice_the_order() -> None:
    a, b = words("one two three four five"), words("five four three two one")
    assert metrics.overlap(a, b) == Rates(1.0, 1.0)
    assert metrics.overlap(a, b, 4) == Rates(0.0, 0.0)
    assert metrics.overlap(a, words("one two three four six"), 4) == Rates(0.5, 0.5)
    assert metrics.overlap(words("one two"), words("one two"), 4) == Rates(1.0, 1.0)


def test_words_are_in_lower_case_without_punctuation() -> None:
    assert words("Haus\u00adtür") == ["haustür"]
    assert words("«Über» 3,5 Mio. Menschen") == ["über", "3", "5", "mio", "menschen"]


def test_pieces_are_counted_as_they_stand() -> None:
    counted = metrics.segments(TRUTH, ["left at nine", "left at ten"], ["Forty", "Impressum"])
    assert counted == Segments(kept=1, lost=1, leaked=1)


@pytest.mark.parametrize(
    ("line", "leaks"),
    [
        ("The ferry left at nine.", False),
        ("Read more about our ferries here", True),
        ("Forty people were on board, we heard", False),
        ("Forty people were there, as we heard from them", True),
        ("nine", False),
        ("on board", False),
        ("Share", True),
        ("oar", True),
        ("***", False),
        ("", False),
    ],
)
def test_a_line_leaks_where_the_truth_does_not_hold_it(line: str, leaks: bool) -> None:
    assert metrics.leaked_lines(f"The ferry left at nine.\n{line}", words(TRUTH)) == [line] * leaks


def test_a_lead_is_found_where_its_words_stand_together_in_order() -> None:
    rest = words("Nobody knows yet what it is going to cost them all in the end") * 3
    assert metrics.holds_lead(LEAD, [*rest, *LEAD, *rest])
    assert metrics.holds_lead(LEAD, [*rest, *LEAD[:-2], *rest])
    assert not metrics.holds_lead(LEAD, [*rest, *LEAD[:-3], *rest])
    assert not metrics.holds_lead(LEAD, [*rest, *reversed(LEAD), *rest])
    assert not metrics.holds_lead(LEAD, [])


def test_the_words_of_a_lead_scattered_over_a_text_are_no_lead() -> None:
    filler = words("and then there was nothing more to be said")
    scattered = [word for each in LEAD for word in (each, *filler)]
    assert not metrics.holds_lead(LEAD, scattered)


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_lead_is_found_wherever_it_stands(at: int) -> None:
    text = words("x " * 60)
    assert metrics.holds_lead(LEAD, [*text[:at], *LEAD, *text[at:]])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("„Wir\u00a0gehen“", '"Wir gehen"', True),
        ("It’s  over", "It's over", True),
        ("Fort\u00adschritt\u200b", "Fortschritt", True),
        ("It’s over", "It’s Over", False),
        ("It’s over - The Post", "It’s over", False),
    ],
)
def test_a_title_is_exact_but_for_spaces_and_quotes(a: str, b: str, same: bool) -> None:
    assert metrics.same_title(a, b) is same


@pytest.mark.parametrize(
    ("found", "truth", "share"),
    [
        (["Ann Other", "Max Sample"], ["Von Ann Other und Max Sample"], 1.0),
        (["Karl Strauss"], ["Karl Strauß"], 1.0),
        (["ANN OTHER"], ["Ann Other, Max Sample"], 2 / 3),
        ([], ["Ann Other"], 0.0),
        (["Andrea Undset"], ["Andrea Undset"], 1.0),
    ],
)
def test_people_are_compared_one_by_one(found: list[str], truth: list[str], share: float) -> None:
    assert metrics.agreement(found, truth) == pytest.approx(share)


@pytest.mark.parametrize(
    ("minutes", "right"), [(0, True), (5, True), (-5, True), (6, False), (120, False)]
)
def test_a_time_is_right_to_five_minutes_in_whatever_zone(minutes: int, right: bool) -> None:
    truth = datetime(2026, 3, 2, 8, 15, tzinfo=timezone(timedelta(hours=1)))
    found = datetime(2026, 3, 2, 7, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    assert metrics.time_is_right(found, truth) is right


def test_a_day_or_nothing_is_no_time() -> None:
    truth = datetime(2026, 3, 2, tzinfo=UTC)
    assert not metrics.time_is_right(date(2026, 3, 2), truth)
    assert not metrics.time_is_right(None, truth)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 1), False),
        (None, False),
        (datetime(2026, 3, 2, tzinfo=UTC), True),
        # Half past midnight in Berlin is the evening before in UTC.
        (datetime(2026, 3, 1, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 1, 12, 0, tzinfo=UTC), False),
        # A moment at midnight is a day that was made a moment.
        (datetime(2026, 3, 3, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 2, 0, tzinfo=UTC), True),
    ],
)
def test_a_day_is_right_at_the_place(found: datetime | date | None, right: bool) -> None:
    assert metrics.day_is_right(found, date(2026, 3, 2)) is right


@pytest.mark.parametrize(
    ("tag", "code"), [("de-AT", "de"), ("EN_us", "en"), ("nb-NO", "no"), (None, ""), ("", "")]
)
def test_a_language_is_told_without_its_region(tag: str | None, code: str) -> None:
    assert metrics.language(tag) == code
