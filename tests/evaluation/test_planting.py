"""Planted copies are what they say: shares of their original, amid furniture of their own site."""

import pytest

from aggregator.evaluation.clustering.planting import SHARES, Outlet, Planted, plant
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.corpora import Half

SENTENCE = "Am {} fand die Gemeinde im Wald einen alten Stein mit einer Inschrift."


def article(name: str, sentences: int, half: Half = Half.DEVELOPED) -> Document:
    text = " ".join(SENTENCE.format(f"Tag{name}x{n}") for n in range(sentences))
    return Document(name, half, "", "", text, "de", None, "")


def outlets(half: Half) -> list[Outlet]:
    return [
        Outlet(f"{half} {n}", tuple(f"Zeile {half} {n} {k}" for k in range(9))) for n in range(12)
    ]


ARTICLES = [article(f"{n}", 30 if n % 2 else 3) for n in range(8)]
OUTLETS = {half: outlets(half) for half in (Half.DEVELOPED, Half.HELD_BACK)}


def of(found: list[Planted], name: str) -> list[Planted]:
    return [each for each in found if each.document.label == name]


def own_words(planted: Planted) -> list[str]:
    lines = planted.document.text.splitlines()
    return " ".join(line for line in lines if not line.startswith("Zeile")).split()


def test_every_second_long_article_has_a_copy_of_each_share() -> None:
    found = plant(ARTICLES, OUTLETS, every=2, seed=1)
    assert len(found) == len(ARTICLES) + 2 * len(SHARES)
    for name in ("3", "7"):
        assert [each.kept for each in of(found, name)] == [None, *SHARES]
    for name in ("0", "1", "2", "5"):
        assert [each.kept for each in of(found, name)] == [None]


def test_a_copy_keeps_so_much_of_its_original() -> None:
    for each in of(plant(ARTICLES, OUTLETS, every=2, seed=1), "3"):
        words = own_words(each)
        assert len(words) == pytest.approx(30 * 13 * (each.kept or 100) / 100, abs=1)


def test_some_copies_are_reworded_and_none_beyond_recognition() -> None:
    found = plant(ARTICLES, OUTLETS, every=1, seed=1)
    original = set(own_words(of(found, "3")[0]))
    strange = [
        sum(word not in original for word in own_words(each)) / len(own_words(each))
        for each in of(found, "3")
    ]
    assert strange[0] == 0
    assert max(strange) < 0.3
    assert any(strange)


def test_every_copy_is_at_an_outlet_of_its_own_with_that_outlets_furniture() -> None:
    for each in (held := plant(ARTICLES, OUTLETS, every=1, seed=1)):
        for line in each.document.text.splitlines():
            if line.startswith("Zeile"):
                assert line.startswith(f"Zeile {each.document.outlet} ")
    names = [each.document.outlet for each in of(held, "3")]
    assert len(set(names)) == len(names)


def test_the_furniture_is_of_the_articles_half() -> None:
    held = [article("a", 30, Half.HELD_BACK)]
    for each in plant(held, OUTLETS, every=1, seed=1):
        assert each.document.half is Half.HELD_BACK
        assert each.document.outlet.startswith(Half.HELD_BACK)


def test_the_same_seed_plants_the_same_and_another_does_not() -> None:
    first = plant(ARTICLES, OUTLETS, every=2, seed=1)
    assert plant(ARTICLES, OUTLETS, every=2, seed=1) == first
    assert plant(ARTICLES, OUTLETS, every=2, seed=2) != first
    assert of(plant(ARTICLES[2:], OUTLETS, every=1, seed=1), "3")[0] == of(first, "3")[0]
