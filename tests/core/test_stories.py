"""Which story a copy group joins: by likeness, within a language and a window."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.stories import TermFrequencies, assign, keys, likeness
from aggregator.model import StoryDocument
from aggregator.settings import ClusterSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = ClusterSettings()
TERMS = "aldenburg brücke sperrung gutachten bürgermeisterin umleitung".split()
STREAM = TermFrequencies(1_000, {"brücke": 40, "polizei": 400, "jahr": 900})
WEIGHTS = st.dictionaries(
    st.sampled_from([*TERMS, "polizei", "jahr"]), st.floats(0.5, 20), max_size=8
)


def document(
    n: int, terms: Mapping[str, float], *, hours: float = 0, language: str | None = "de"
) -> StoryDocument:
    moment = NOW + timedelta(hours=hours)
    return StoryDocument(n, language, moment, terms, title=f"Titel {n}", outlet=f"outlet {n}")


def about(*terms: str) -> dict[str, float]:
    return dict.fromkeys(terms, 2.0)


NEW = document(1, about(*TERMS))
ALIKE = document(2, about(*TERMS[:5], "polizei"), hours=-2)
STRANGE = document(3, about("wahl", "stimmen", "partei", "jahr"), hours=-1)


def joined(new: StoryDocument, *others: StoryDocument) -> int | None:
    """The story (numbered from 1 in the order of `others`) that `new` joins."""
    found = {n: [other] for n, other in enumerate(others, 1)}
    link = assign([new], found, STREAM, SETTINGS)
    return None if link is None else link.story_id


def test_a_report_joins_the_story_it_is_like() -> None:
    assert joined(NEW, STRANGE, ALIKE) == 2


def test_a_report_like_none_founds_its_own() -> None:
    assert joined(NEW, STRANGE) is None
    assert joined(NEW) is None


def test_the_evidence_is_given() -> None:
    link = assign([NEW], {7: [ALIKE]}, STREAM, SETTINGS)
    assert link is not None
    assert SETTINGS.story_likeness <= link.likeness <= 1
    assert set(link.shared) == set(TERMS[:5])


@pytest.mark.parametrize(("language", "expected"), [("de", 1), ("de-AT", 1), ("en", None)])
def test_a_story_has_one_language(language: str, expected: int | None) -> None:
    assert joined(NEW, replace(ALIKE, language=language)) == expected


def test_what_is_outside_the_window_is_not_joined() -> None:
    window = SETTINGS.story_window
    assert joined(NEW, document(2, NEW.terms, hours=-window / 2)) == 1
    assert joined(NEW, document(2, NEW.terms, hours=-window - 0.1)) is None
    assert joined(NEW, document(2, NEW.terms, hours=window + 0.1)) is None


def test_of_two_alike_the_nearer_in_time_is_joined() -> None:
    assert joined(NEW, replace(ALIKE, id=4, published_at=NOW - timedelta(hours=60)), ALIKE) == 2


def test_of_two_quite_alike_the_older_story_is_joined() -> None:
    assert joined(NEW, ALIKE, ALIKE) == 1


def test_the_threshold_is_that_of_the_settings() -> None:
    def link(threshold: float) -> object:
        half = document(2, about(*TERMS[:3], "rathaus", "haushalt", "debatte"))
        return assign([NEW], {1: [half]}, STREAM, replace(SETTINGS, story_likeness=threshold))

    assert link(0.1) is not None
    assert link(0.99) is None


def test_two_pieces_of_one_series_at_one_outlet_are_two_stories() -> None:
    first, second = (
        replace(NEW, id=day, title=f"Das Wetter am {day}. März", outlet="kurier") for day in (1, 2)
    )
    assert joined(first, second) is None
    assert joined(first, replace(second, outlet="bote")) == 1


def test_the_order_of_documents_and_stories_does_not_matter() -> None:
    chance = random.Random(5)
    others = [
        document(n, about(*chance.sample(TERMS, 4), "polizei"), hours=-n) for n in range(2, 12)
    ]
    links = set()
    for _ in range(10):
        chance.shuffle(others)
        found = {other.id: [other, STRANGE] for other in others}
        links.add(assign([NEW, ALIKE], found, STREAM, SETTINGS))
    assert len(links) == 1


@given(WEIGHTS, WEIGHTS)
def test_likeness_is_symmetric_and_a_share(a: dict[str, float], b: dict[str, float]) -> None:
    one, other = document(1, a), document(2, b)
    score, shared = likeness(one, other, STREAM)
    assert score == pytest.approx(likeness(other, one, STREAM)[0])
    assert 0 <= score <= 1
    assert set(shared) <= a.keys() & b.keys()


@given(WEIGHTS)
def test_keys_are_the_most_telling_terms_in_their_language(terms: dict[str, float]) -> None:
    made = keys(document(1, terms), STREAM, 4)
    assert len(made) == min(4, len(terms))
    assert all(key.removeprefix("de:") in terms for key in made)
    assert made == keys(document(1, dict(reversed(terms.items()))), STREAM, 4)


def test_a_rare_term_tells_more_than_a_common_one() -> None:
    assert STREAM.idf("aldenburg") > STREAM.idf("brücke") > STREAM.idf("jahr") > 0
    assert TermFrequencies(0, {}).idf("x") > 0
