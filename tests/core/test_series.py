"""What comes back day by day is told from reports on one event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.series import fill_one_form, same_series
from aggregator.model import Told

TITLES = st.lists(st.sampled_from("das wetter am montag freitag 3 21.11".split())).map(" ".join)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Börse am 21.11.", "Börse am 22.11."),
        ("Das Wetter am Montag: Regen", "Das Wetter am Dienstag: Sonne"),
        ("Pictures of the day: 3 March", "Pictures of the day: 4 March"),
        ("Markets in January fall", "Markets in February rise"),
    ],
)
def test_headlines_that_differ_in_a_date_are_of_one_series(a: str, b: str) -> None:
    assert same_series(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Brücke gesperrt", "Brücke gesperrt"),
        ("Brücke in Aldenburg gesperrt", "Brücke in Birkstadt gesperrt"),
        ("Montag wird es kalt", "Dienstag wird es kalt"),
        ("Börse am 21.11.", "Börse am Rande"),
        ("Das Wetter am", "Das Wetter am Montag"),
        ("", ""),
    ],
)
def test_others_are_not(a: str, b: str) -> None:
    assert not same_series(a, b)


@given(TITLES, TITLES)
def test_it_goes_both_ways_and_never_with_itself(a: str, b: str) -> None:
    assert same_series(a, b) == same_series(b, a)
    assert not same_series(a, a)


def headlines(a: str, b: str) -> bool:
    return fill_one_form(Told(a, "", ""), Told(b, "", ""))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Das Wetter am Montag", "Das Wetter am Dienstag"),
        ("Das Horoskop vom 3. März", "Das Horoskop vom 4. März"),
        ("Die Börse am 21.11.", "Die Börse am 22.11."),
        ("Pictures of the day: March 31", "Pictures of the day: April 1"),
    ],
)
def test_headlines_that_are_alike_but_for_the_day_fill_one_form(a: str, b: str) -> None:
    assert headlines(a, b)
    assert not headlines(a, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Erdbeben in Aldenburg: 12 Tote", "Erdbeben in Aldenburg: 15 Tote"),
        ("Das Wetter am Montag: Regen", "Das Wetter am Dienstag: Sonne"),
        ("Am Montag", "Am Dienstag"),
        ("Das Wetter am Montag", "Das Wetter am Abend"),
        ("", ""),
    ],
)
def test_other_headlines_do_not(a: str, b: str) -> None:
    assert not headlines(a, b)
    assert not headlines(b, a)
