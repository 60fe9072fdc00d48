"""Forms: what changes from page to page is masked, and near forms are found by few looks."""

import random

import pytest

from aggregator.core.forms import Kin, form, likeness

ALIKE = (
    ("Stand: 24. November 2026, 14:03 Uhr", "Stand: Montag, 3. März 2027, 9:10 Uhr"),
    ("Diskutieren Sie mit: 17 Kommentare", "Diskutieren Sie mit: 1.204 Kommentare!"),
    ("FOLLOW US ON X", "Follow us on X."),
    ("Read more in issue A17", "Read more in issue A3"),
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_numbers_dates_case_and_punctuation_do_not_matter(one: str, other: str) -> None:
    assert form(one) == form(other) != ()


@pytest.mark.parametrize("line", ["", "24.11.2026, 14:03", "* * *", "Montag, 3. März"])
def test_what_is_but_a_date_has_no_form(line: str) -> None:
    assert form(line) == ()


def test_a_name_in_a_prompt_may_change() -> None:
    ours = form("Mehr von Anna lesen Sie im Newsletter am Morgen")
    theirs = form("Mehr von Bert lesen Sie im Newsletter am Morgen")
    assert theirs in Kin([theirs]).of(ours)


def test_short_lines_must_be_the_same() -> None:
    assert Kin([form("Foto: Anna")]).of(form("Foto: Bert")) == frozenset()
    assert likeness(form("Foto: Anna"), form("Foto: Anna")) == 1.0


def test_near_forms_are_found_as_by_looking_at_all() -> None:
    chance = random.Random(3)
    words = [f"w{number}" for number in range(300)]
    bases = [chance.sample(words, chance.randint(3, 12)) for _ in range(60)]
    forms = {tuple(each) for each in bases}
    for base in bases * 4:
        base[chance.randrange(len(base))] = chance.choice(words)
        forms.add(tuple(base))
    kin = Kin(forms)
    found = 0
    for wanted in forms:
        expected = {each for each in forms if likeness(wanted, each) >= 0.7}
        assert kin.of(wanted) == expected
        found += len(expected) - 1
    assert found > 100


def test_many_forms_of_the_same_few_words_are_not_all_looked_at() -> None:
    """What machines write without end would hold up a worker for minutes."""
    forms = [("gleich", "bleibt", "immer", "dieser", "ganze", f"satz{at}") for at in range(500)]
    assert 50 <= len(Kin(forms).of(forms[0])) < 200
