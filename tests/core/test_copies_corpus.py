"""Wire copies as other people labelled them: pairs found through keys, verified and grouped."""

import gzip
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from aggregator.core import copies, grouping, minhash
from aggregator.settings import ClusterSettings

Pair = frozenset[str]


def read(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        pytest.skip(f"not here: {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def together(rows: list[dict[str, Any]]) -> set[Pair]:
    """The pairs of ids that end up in one copy group."""
    keyed: dict[int, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        for key in minhash.fingerprint(row["title"], "", row["text"]).keys:
            keyed[key].append(n)
    candidates = {pair for found in keyed.values() for pair in combinations(found, 2)}
    ready = [copies.prepare(row["title"], "", row["text"], row["source"]) for row in rows]
    verified = [
        copies.verify(a, ready[a], b, ready[b], ClusterSettings()) for a, b in sorted(candidates)
    ]
    groups = grouping.groups(range(len(rows)), [link for link in verified if link is not None])
    named = (sorted(rows[n]["id"] for n in group) for group in groups)
    return {frozenset(pair) for group in named for pair in combinations(group, 2)}


def test_wire_copies_are_found_and_rewritten_reports_are_not(corpora: Path) -> None:
    rows = read(corpora / "clustering" / "provenance-wire-dev.jsonl.gz")
    known = read(corpora / "clustering" / "provenance-wire-dev-pairs.jsonl.gz")
    truth = {frozenset((pair["a"], pair["b"])) for pair in known if pair["label"] != "partial"}
    abridged = {frozenset((pair["a"], pair["b"])) for pair in known if pair["label"] == "abridged"}

    found = together(rows)

    assert len(found & truth) >= 0.98 * len(found)
    assert 2 * len(found & truth) >= 0.95 * (len(found) + len(truth))
    assert len(found & abridged) >= 0.9 * len(abridged)
