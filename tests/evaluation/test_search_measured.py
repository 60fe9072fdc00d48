"""Planted queries: the list, the planting, and what the search finds of it."""

from pathlib import Path

import pytest

from aggregator.core.wordforms import spelling
from aggregator.evaluation.clustering import sets
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.search.indexes import OURS
from aggregator.evaluation.search.measuring import measured, rates, tables
from aggregator.evaluation.search.planting import plant
from aggregator.evaluation.search.wanted import Form, Wanted, wanted

LIST = wanted()
TEXTS = [
    "Am Abend kamen viele Leute zusammen, um zu hören, was geschehen war.",
    "Das Krankenhaus liegt am Rand der Stadt, und alle Häuser sind alt.",
    "Ein Schäferhund bellte in der Nacht.",
]


def test_the_list_has_queries_of_both_halves_each_once_and_no_word_twice() -> None:
    assert len(LIST) == len({each.query for each in LIST}) > 200
    assert {each.half for each in LIST} == {Half.DEVELOPED, Half.HELD_BACK}
    for each in LIST:
        words = [word for _, word in each.words]
        assert len(words) == len(set(words)), each.query
        assert each.words[0] == (Form.SAME, each.query)
        assert {form for form, _ in each.words} > {Form.SAME, Form.ANOTHER}


def test_a_list_is_read_with_its_forms(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# note\n\nHaus | Häuser, Hauses | | Rathaus | Hausse\n", "utf-8")
    (found,) = wanted(path)
    assert found.query == "Haus"
    assert found.words == (
        (Form.SAME, "Haus"),
        (Form.INFLECTED, "Häuser"),
        (Form.INFLECTED, "Hauses"),
        (Form.COMPOUND, "Rathaus"),
        (Form.ANOTHER, "Hausse"),
    )


def test_each_word_is_planted_once_into_a_text_that_has_nothing_like_it() -> None:
    house = Wanted("Haus", Half.BOTH, ((Form.SAME, "Haus"), (Form.COMPOUND, "Rathaus")))
    planted = plant([house], TEXTS)
    assert [each.word for each in planted] == ["Haus", "Rathaus"]
    for each in planted:
        assert "Krankenhaus" not in each.text
        assert spelling(each.text).count("haus") == 1


@pytest.mark.parametrize("half", [Half.DEVELOPED, Half.HELD_BACK])
def test_ours_finds_most_and_little_else(corpora: Path, half: Half) -> None:
    data = sets.find(corpora / "clustering", "gnad10k-test")
    texts = [each.text for each in sets.documents(data)][:200]
    some = [each for each in LIST if each.half is half][:40]
    found, costs = measured(some, texts)
    by_index = {
        cost.index: rates([each for each in found if each.index == cost.index]) for cost in costs
    }
    ours = by_index.pop(OURS)
    assert ours.recall > 0.85
    assert ours.precision > 0.95
    assert ours.recall > max(others.recall for others in by_index.values())
    assert all(cost.size > 0 for cost in costs)
    recall, precision, cost = tables(found, costs)
    assert {len(row) for row in recall.rows} == {len(recall.headers)} == {len(precision.headers)}
    assert [row[0] for row in cost.rows] == [OURS, *by_index]
