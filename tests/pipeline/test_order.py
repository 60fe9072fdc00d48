"""The order in which a stream arrives does not decide what ends up together."""

from datetime import UTC, datetime

import pytest

from benchmarks.clustering.order import Versions, agreement, outcome, versions
from benchmarks.clustering.stream import Stream


@pytest.fixture(scope="module")
def stream() -> list[Versions]:
    """A small stream with copies, templates, stubs and revisions, over three weeks."""
    return versions(80)


@pytest.mark.parametrize("seed", range(3))
def test_shuffles_with_revisions_give_the_same_copy_groups(
    stream: list[Versions], seed: int
) -> None:
    whole, shuffled = outcome(stream, None), outcome(stream, seed)
    assert any(len(group) > 1 for group in whole.copies)
    assert any(len(each) > 1 for each in stream)
    assert shuffled.copies == whole.copies
    assert agreement(shuffled.stories, whole.stories) >= 0.98


def test_any_article_of_the_stream_can_be_made_by_itself() -> None:
    one, other = (Stream(500, datetime(2026, 3, 1, tzinfo=UTC)) for _ in range(2))
    assert [one.article(at) for at in range(500)][321] == other.article(321)
    assert {one.article(at).kind for at in range(500)} == {"own", "copy", "template"}
