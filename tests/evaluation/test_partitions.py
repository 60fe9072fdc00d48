"""Measures of partitions, against brute force over all pairs and against values by hand."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aggregator.evaluation.clustering.partitions import (
    agreement,
    agreement_with_pairs,
    pairs_of,
)
from aggregator.evaluation.metrics import Rates

LABELS = some.lists(some.tuples(some.integers(0, 4), some.integers(0, 4)), min_size=1, max_size=14)
TRUTH = "aaaaabbbbccc"
FOUND = "xxxxyyyyzzzz"


def share(part: int, whole: int) -> float:
    return float(Fraction(part, whole)) if whole else 1.0


@given(LABELS, some.data())
def test_pairs_and_articles_are_counted_as_by_brute_force(
    labels: list[tuple[int, int]], data: some.DataObject
) -> None:
    truth, found = zip(*labels, strict=True)
    judged = data.draw(some.sets(some.integers(0, len(labels) - 1), min_size=1))
    measured = agreement(truth, found, judged)
    pairs = [pair for pair in combinations(range(len(labels)), 2) if judged & set(pair)]
    same = [(truth[a] == truth[b], found[a] == found[b]) for a, b in pairs]
    both = sum(t and f for t, f in same)
    assert measured.pairs.precision == pytest.approx(share(both, sum(f for _, f in same)))
    assert measured.pairs.recall == pytest.approx(share(both, sum(t for t, _ in same)))

    shares = []
    for each in judged:
        theirs = {n for n, label in enumerate(truth) if label == truth[each]}
        ours = {n for n, label in enumerate(found) if label == found[each]}
        shares.append((len(theirs & ours) / len(ours), len(theirs & ours) / len(theirs)))
    assert measured.bcubed.precision == pytest.approx(sum(p for p, _ in shares) / len(judged))
    assert measured.bcubed.recall == pytest.approx(sum(r for _, r in shares) / len(judged))
    assert measured.items == len(judged)


@given(LABELS)
def test_the_rand_index_is_corrected_by_what_chance_would_give(
    labels: list[tuple[int, int]],
) -> None:
    truth, found = zip(*labels, strict=True)
    pairs = list(combinations(range(len(labels)), 2))
    same = [(truth[a] == truth[b], found[a] == found[b]) for a, b in pairs]
    table = {(t, f): same.count((t, f)) for t in (True, False) for f in (True, False)}
    tp, fn = table[True, True], table[True, False]
    fp, tn = table[False, True], table[False, False]
    below = (tp + fn) * (fn + tn) + (tp + fp) * (fp + tn)
    expected = 2 * (tp * tn - fn * fp) / below if below else 1.0
    assert agreement(truth, found).rand == pytest.approx(expected)


@given(LABELS, some.data())
def test_a_truth_of_pairs_counts_as_the_partition_that_it_is(
    labels: list[tuple[int, int]], data: some.DataObject
) -> None:
    truth, found = zip(*labels, strict=True)
    judged = data.draw(some.none() | some.sets(some.integers(0, len(labels) - 1)))
    by_pairs = agreement_with_pairs(pairs_of(truth), found, judged)
    by_labels = agreement(truth, found, judged)
    assert by_pairs.pairs == pytest.approx(by_labels.pairs)
    assert by_pairs.bcubed == pytest.approx(by_labels.bcubed)
    assert by_pairs.rand == pytest.approx(by_labels.rand)
    assert by_pairs.items == by_labels.items


@given(LABELS)
def test_names_of_groups_do_not_matter_and_agreement_with_oneself_is_whole(
    labels: list[tuple[int, int]],
) -> None:
    truth, found = zip(*labels, strict=True)
    renamed = [f"group {each}" for each in found]
    assert agreement(truth, renamed) == agreement(truth, found)
    assert agreement(truth, truth)[:3] == (Rates(1.0, 1.0), Rates(1.0, 1.0), 1.0)


def test_values_worked_out_by_hand() -> None:
    measured = agreement(TRUTH, FOUND)
    # aaaa | a bbb | b ccc: 6 + 3 + 3 common pairs of 18 found and 10 + 6 + 3 true ones.
    assert measured.pairs == pytest.approx(Rates(12 / 18, 12 / 19))
    assert measured.bcubed == pytest.approx(
        Rates((4 + 1 / 4 + 9 / 4 + 1 / 4 + 9 / 4) / 12, (16 / 5 + 1 / 5 + 9 / 4 + 1 / 4 + 3) / 12)
    )
    expected = 18 * 19 / 66
    assert measured.rand == pytest.approx((12 - expected) / ((18 + 19) / 2 - expected))


def test_what_is_joined_with_the_other_half_is_counted_against_the_half_that_is_judged() -> None:
    measured = agreement("aabb", "xxxy", judged={0, 1})
    assert measured.pairs == Rates(1 / 3, 1.0)
    assert measured.bcubed == pytest.approx(Rates(2 / 3, 1.0))
    assert measured.rand == 1.0


def test_a_truth_of_pairs_need_not_be_a_partition() -> None:
    chain = {frozenset((0, 1)), frozenset((1, 2))}
    measured = agreement_with_pairs(chain, "xxx")
    assert measured.pairs == Rates(2 / 3, 1.0)
    assert measured.bcubed == pytest.approx(Rates((2 / 3 + 1 + 2 / 3) / 3, 1.0))
