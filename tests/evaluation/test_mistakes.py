"""What went wrong is named, worst first, and only of the half that may be looked at."""

from aggregator.evaluation.clustering.mistakes import Mistake, mistakes, table
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.clustering.tasks import Level, Task
from aggregator.evaluation.corpora import Half

D, H = Half.DEVELOPED, Half.HELD_BACK


def documents(halves: str) -> list[Document]:
    return [
        Document(f"{n}", D if half == "d" else H, "", f"title {n}", "", "en", None, "")
        for n, half in enumerate(halves)
    ]


def task(halves: str, truth: tuple[str, ...] | frozenset[frozenset[int]]) -> Task:
    of = tuple(each.half for each in documents(halves))
    return Task("own", Level.STORIES, tuple(range(len(halves))), of, truth)


def test_false_merges_and_splits_are_counted_by_pairs() -> None:
    found = mistakes(task("dddddd", tuple("aaabbc")), documents("dddddd"), [1, 1, 2, 2, 2, 3])
    assert found == [
        Mistake("own", together=False, pairs=2, one="title 0", other="title 2"),
        Mistake("own", together=True, pairs=2, one="title 3", other="title 2"),
    ]


def test_nothing_is_said_of_the_half_that_is_held_back() -> None:
    assert mistakes(task("hhhd", tuple("aabb")), documents("hhhd"), [1, 2, 2, 1]) == []


def test_a_truth_of_pairs_counts_as_what_it_connects() -> None:
    truth = frozenset({frozenset((0, 2)), frozenset((1, 2))})
    (found,) = mistakes(task("dddd", truth), documents("dddd"), [1, 1, 2, 3])
    assert (found.together, found.pairs) == (False, 2)


def test_the_worst_few_of_each_kind_are_shown() -> None:
    found = [Mistake("own", together=True, pairs=9 - n, one="x", other="y") for n in range(5)]
    assert [row[2] for row in table(found, 2).rows] == ["9", "8"]
