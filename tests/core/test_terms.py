"""Which terms of an article count, and how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.terms import weigh


def test_the_headline_counts_more_than_the_body() -> None:
    made = weigh("storm", "flood", "rain", "en")
    assert made["storm"] > made["flood"] >= made["rain"] > 0


def test_a_term_counts_wherever_it_stands() -> None:
    once, thrice = weigh("storm", "", "", "en"), weigh("storm", "storm", "storm", "en")
    assert thrice["storm"] > once["storm"]


def test_names_count_more() -> None:
    made = weigh("", "", "the mayor met Smith near 1200 houses", "en")
    assert made["smith"] > made["mayor"] > 0
    assert made["1200"] > 0


@pytest.mark.parametrize(
    ("text", "name", "other"),
    [
        ("wczoraj łódka oraz Łukasz tutaj", "łukasz", "łódka"),
        ("вчера город и Москва вместе", "москва", "город"),
        ("gestern sah Ölmann das ölige Meer", "ölmann", "ölige"),
    ],
)
def test_a_name_is_told_by_its_capital_in_every_script(text: str, name: str, other: str) -> None:
    made = weigh("", "", text, None)
    assert made[name] > made[other]


def test_stopwords_and_the_shortest_words_do_not_count() -> None:
    assert weigh("Der Sturm und das Meer", "", "", "de").keys() == {"sturm", "meer"}
    assert weigh("a b", "", "", "en") == {}


@pytest.mark.parametrize(
    ("language", "forms"), [("de", ("brücke", "brücken")), ("en", ("flooded", "floods", "flood"))]
)
def test_inflected_forms_fall_together(language: str, forms: tuple[str, ...]) -> None:
    assert len(weigh(" ".join(forms), "", "", language)) == 1


def test_only_the_opening_of_a_long_body_counts() -> None:
    assert "finally" not in weigh("", "", "storm " * 200 + "finally", None)


@given(st.text(), st.text(), st.text(), st.sampled_from([None, "", "de", "en-GB", "xx"]))
def test_every_weight_is_positive(title: str, lead: str, text: str, language: str | None) -> None:
    made = weigh(title, lead, text, language)
    assert all(term and weight > 0 for term, weight in made.items())
    assert made == weigh(title, lead, text, language)
