"""What is measured of a stream: tasks on some of its articles, checks of single pairs."""

from aggregator.evaluation.clustering.tasks import Check, Level, Task, checked, measured
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Kind
from aggregator.evaluation.metrics import Rates

D, H, B = Half.DEVELOPED, Half.HELD_BACK, Half.BOTH


def test_a_task_judges_its_articles_alone_each_half_and_both() -> None:
    task = Task("own", Level.STORIES, (0, 2, 3, 4), (D, D, H, H), ("a", "a", "b", "b"))
    found = measured(task, task.of([1, 1, 1, 2, 2]))
    assert {half: each.items for half, each in found.items()} == {D: 2, H: 2, B: 4}
    assert found[B].pairs == Rates(1.0, 1.0)
    assert measured(task, task.of([1, 2, 1, 1, 2]))[D].pairs == Rates(1 / 3, 1.0)


def test_a_task_may_know_pairs_alone() -> None:
    truth = frozenset({frozenset((0, 1))})
    found = measured(Task("own", Level.COPIES, (0, 1, 2), (D, D, D), truth), [1, 1, 1])
    assert set(found) == {D, B}
    assert found[D].pairs == Rates(1 / 3, 1.0)


def test_a_check_is_the_share_of_pairs_that_are_as_they_should_be() -> None:
    pairs = ((0, 1), (1, 2), (2, 3))
    together = Check(Kind.ABRIDGED, "own", Level.COPIES, pairs, (D, D, H), together=True)
    assert checked(together, [1, 1, 2, 2]) == {D: (0.5, 2), H: (1.0, 1), B: (2 / 3, 3)}
    apart = Check(Kind.PARTIAL, "own", Level.COPIES, pairs, (D, D, D), together=False)
    assert checked(apart, [1, 1, 2, 2]) == {D: (1 / 3, 3), B: (1 / 3, 3)}
