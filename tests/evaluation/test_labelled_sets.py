"""Labelled sets are read as they are, and parted so that no group is torn."""

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from aggregator.errors import NotFound
from aggregator.evaluation.clustering import sets
from aggregator.evaluation.corpora import Half


def keep(folder: Path, name: str, rows: list[dict[str, object]]) -> sets.LabelledSet:
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    return sets.find(folder, name)


def row(name: str, label: str | None = None, **more: object) -> dict[str, object]:
    return {"id": name, "title": name, "text": "", "lang": "en", "cluster": label, **more}


def test_an_article_is_read_with_what_is_known_of_it(tmp_path: Path) -> None:
    written = row("1", "a", date="2021-07-01T08:01:00+02:00", url="https://news.example/1")
    data = keep(
        tmp_path, "own", [written, row("2", "a", source="Bote", date="2021-07-01 08:01:00")]
    )
    first, second = sets.documents(data)
    assert first.published_at == datetime(2021, 7, 1, 6, 1, tzinfo=UTC)
    assert second.published_at == datetime(2021, 7, 1, 8, 1, tzinfo=UTC)
    assert (first.outlet, second.outlet) == ("news.example", "Bote")
    assert (first.title, first.text, first.language, first.label) == ("1", "", "en", "a")
    assert data.sha256() == sha256(data.path.read_bytes()).hexdigest()


def test_no_group_is_torn(tmp_path: Path) -> None:
    rows = [row(f"{n}", f"group {n % 20}") for n in range(100)]
    found: dict[str, set[Half]] = defaultdict(set)
    for each in sets.documents(keep(tmp_path, "own", rows)):
        found[each.label].add(each.half)
    assert all(len(halves) == 1 for halves in found.values())
    assert set.union(*found.values()) == {Half.DEVELOPED, Half.HELD_BACK}


def test_events_of_one_topic_stay_in_one_half(tmp_path: Path) -> None:
    rows = [row(f"{n}_{k}ecb", f"{n}/ecb{k % 2}") for n in range(40) for k in range(4)]
    found: dict[str, set[Half]] = defaultdict(set)
    for each in sets.documents(keep(tmp_path, "ecbplus", rows)):
        found[each.id.partition("_")[0]].add(each.half)
    assert all(len(halves) == 1 for halves in found.values())


def test_of_the_wire_copies_the_first_event_is_developed_on(tmp_path: Path) -> None:
    rows = [row("s1", "spotify"), row("c1", "census"), row("s2", "spotify")]
    data = keep(tmp_path, "provenance-wire-dev", rows)
    assert [each.half for each in sets.documents(data)] == [
        Half.DEVELOPED,
        Half.HELD_BACK,
        Half.DEVELOPED,
    ]


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no data set ecbplus"):
        sets.find(tmp_path, "ecbplus")
