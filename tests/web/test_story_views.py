"""What a story's page shows, from values."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.storage.seen import Look
from aggregator.storage.story_pages import StoryText, Teller, Wording
from aggregator.web.languages import Telling, languages
from aggregator.web.story_views import asked, drawn, news, sections, ticks

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def teller(number: int, hours: float = 0, *, version: int = 1, language: str = "de") -> Teller:
    at = NOW - hours * HOUR
    outlet = f"Outlet {number}"
    return Teller(
        number, outlet, f"Title {number}", "Opening", "", None, language, at, at, 3, version,
        is_gone=False, is_paywalled=False, has_image=False, figures=None,
    )  # fmt: skip


def text(first: Teller, *copies: Teller) -> StoryText:
    return StoryText(first.id, None, 1 + len(copies), 1, first, copies)


def show(code: str = "en") -> Telling:
    return Telling(languages()[code], ZoneInfo("Europe/Berlin"), NOW)


def test_texts_stand_by_language_the_one_of_most_articles_first() -> None:
    texts = [
        text(teller(1, language="en-GB")),
        text(teller(2, language="de-AT"), teller(3)),
        text(teller(4, language="en")),
        text(teller(5, language=""), teller(6), teller(7)),
    ]
    found = [(each.language, [one.id for one in each.texts]) for each in sections(texts)]
    assert found == [("", [5]), ("de", [2]), ("en", [1, 4])]


def test_what_was_not_seen_in_its_version_is_later() -> None:
    texts = [text(teller(1, 9), teller(2, 8)), text(teller(3, 3, version=4)), text(teller(4, 1))]
    what = asked(texts, Look(NOW, {1: 1, 3: 2, 77: 1}))
    assert [each.id for each in what.later] == [2, 3, 4]
    assert what.known == {1: 1, 3: 2}
    assert asked(texts, Look(NOW, None)).later == ()


def test_of_very_many_that_came_the_last_are_left_out() -> None:
    texts = [text(teller(number, 100 - number)) for number in range(1, 31)]
    what = asked(texts, Look(NOW, {}))
    assert [each.id for each in what.later] == list(range(1, 25))
    assert what.left_out == 6


def test_many_new_sentences_are_told_in_two_parts() -> None:
    said = " ".join(f"Sentence{number} stands here alone." for number in range(9))
    what = asked([text(teller(1))], Look(NOW, {}))
    found = news(what, {}, {1: Wording("Title", "", said, "en")}, Look(NOW, {}))
    assert found is not None
    (item,) = found.items
    assert (len(item.sentences), len(item.rest), item.seen) == (6, 3, None)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (datetime(2026, 11, 26, 9, 7, tzinfo=UTC), 50, ["10:15", "10:30", "10:45"]),
        (
            datetime(2026, 11, 25, 20, tzinfo=UTC),
            12 * 60,
            ["21:00", "26 Nov", "03:00", "06:00", "09:00"],
        ),
        (
            datetime(2026, 11, 20, 20, tzinfo=UTC),
            4 * 24 * 60,
            ["21 Nov", "22 Nov", "23 Nov", "24 Nov"],
        ),
        (datetime(2020, 1, 1, tzinfo=UTC), 0, ["01:00"]),
    ],
)
def test_the_axis_is_told_at_round_times_of_the_readers_zone(
    first: datetime, last: int, found: list[str]
) -> None:
    every = ticks(first, first + timedelta(minutes=last), show())
    assert [label for _, label in every] == found
    assert all(0 <= place <= 1 for place, _ in every)


def test_the_timeline_tells_in_words_what_it_shows() -> None:
    texts = [text(teller(1, 5), teller(2, 4)), text(teller(3, 2))]
    drawing = str(drawn(texts, frozenset({3}), show()))
    assert "Who reported when. The first was Outlet 1 at Thu, 26 Nov 2026, 08:00" in drawing
    assert "<title>Outlet 2, Thu, 26 Nov 2026, 09:00: a copy</title>" in drawing
    assert drawing.count("chart-new") == 1
    assert drawn(texts[1:], frozenset(), show()) is None


def test_of_very_many_texts_the_rest_share_a_lane() -> None:
    texts = [text(teller(number, number)) for number in range(20)]
    drawing = str(drawn(texts, frozenset(), show("de")))
    assert drawing.count("chart-label") == 12
    assert "9 weitere Texte" in drawing
