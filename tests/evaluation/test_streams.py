"""What is measured on which articles, from sets as they are read."""

import gzip
import json
from pathlib import Path

import pytest

from aggregator.errors import NotFound
from aggregator.evaluation.clustering.peers import PEERS
from aggregator.evaluation.clustering.planting import SHARES
from aggregator.evaluation.clustering.running import jobs
from aggregator.evaluation.clustering.streams import streams
from aggregator.evaluation.clustering.tasks import Level
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import Kind


def keep(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def row(name: str, label: str, language: str = "en") -> dict[str, object]:
    return {"id": name, "title": name, "text": name, "lang": language, "cluster": label}


def test_wire_copies_are_known_by_pairs_and_partial_ones_are_none(tmp_path: Path) -> None:
    keep(
        tmp_path, "provenance-wire-dev", [row(f"{n}", "one" if n < 3 else "two") for n in range(5)]
    )
    pairs = [("0", "1", "near_copy"), ("1", "2", "partial"), ("3", "4", "abridged")]
    known: list[dict[str, object]] = [{"a": a, "b": b, "label": label} for a, b, label in pairs]
    keep(tmp_path, "provenance-wire-dev-pairs", known)
    (stream,) = streams(tmp_path)
    (task,) = stream.tasks
    assert task.level is Level.COPIES
    assert task.truth == frozenset({frozenset((0, 1)), frozenset((3, 4))})
    assert task.halves == (*[Half.DEVELOPED] * 3, *[Half.HELD_BACK] * 2)
    assert {check.kind: (check.pairs, check.halves, check.together) for check in stream.checks} == {
        Kind.ABRIDGED: (((3, 4),), (Half.HELD_BACK,), True),
        Kind.PARTIAL: (((1, 2),), (Half.DEVELOPED,), False),
    }


def test_each_language_with_enough_articles_is_measured_by_itself(tmp_path: Path) -> None:
    rows = [row(f"{n}", f"{n % 9}", ("en", "de", "zh")[min(n // 60, 2)]) for n in range(125)]
    keep(tmp_path, "og2021-dev", rows)
    (stream,) = streams(tmp_path, ["og2021-dev"])
    assert [(task.group, len(task.places)) for task in stream.tasks] == [
        ("og2021-dev", 125),
        ("og2021-dev, en", 60),
        ("og2021-dev, de", 60),
    ]
    assert stream.tasks[2].truth == tuple(each["cluster"] for each in rows[60:120])
    assert jobs([stream], PEERS) == 1 + 3 * len(PEERS)


def test_what_is_not_there_or_unknown_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="set AGGREGATOR_CORPORA"):
        streams(tmp_path)
    with pytest.raises(NotFound, match="there are provenance-wire-dev"):
        streams(tmp_path, ["nonsense"])


def test_planted_copies_are_counted_from_three_tenths_and_each_share_is_a_point(
    corpora: Path,
) -> None:
    (stream,) = streams(corpora / "clustering", ["gnad10k-test"])
    whole, *points = stream.tasks
    assert [point.group.split(", ")[-1] for point in points] == [f"{n}% kept" for n in SHARES]
    assert len({len(point.places) for point in points}) == 1
    copies = sum(" at 10%" in each.id for each in stream.documents)
    strangers = len(stream.documents) - len(SHARES) * copies
    assert len(points[0].places) == strangers + copies
    assert len(whole.places) == strangers + 8 * copies
    assert set(whole.halves) == {Half.DEVELOPED, Half.HELD_BACK}
    assert jobs([stream], PEERS) == 1 + len(PEERS) + len(SHARES)
    assert set(stream.digests) == {"gnad10k-test", "fundus-dev"}
