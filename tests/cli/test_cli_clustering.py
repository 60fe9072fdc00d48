"""`cluster --jsonl`: somebody's archive in, groups and stories out."""

import asyncio
import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from click.testing import Result

from aggregator.cli.archive import Archive, Kept, fingerprinted, read
from aggregator.cli.lines import BadLine
from aggregator.executors.in_process import InProcess
from aggregator.executors.protocol import WorkerFailed
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.collection import Collection
from aggregator.settings import ClusterSettings
from aggregator.storage.database import open_database

Call = Callable[..., Result]
Item = TypeVar("Item")
Output = TypeVar("Output")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

BRIDGE = (
    "The bridge over the Elbe has been closed to all traffic since the early morning, the police "
    "said, because a freighter had rammed one of its pillars. Nobody was hurt. Engineers are to "
    "examine the damage on Tuesday, a spokeswoman for the city said, and drivers were told to "
    "expect long delays on the roads to the harbour."
)
STRIKE = (
    "Train drivers have walked out for the third time this month in a dispute about pay and "
    "hours. The union called the latest offer an insult, while the railway said that it had "
    "met most of the demands. Commuters crowded into buses in the pouring rain."
)
LINES: tuple[dict[str, object], ...] = (
    {"id": "a", "title": "Bridge closed", "text": BRIDGE, "outlet": "Post", "language": "en"},
    {"id": 2, "title": "Strike goes on", "text": STRIKE, "outlet": "Post"},
    {"id": "c", "title": "Freighter rams bridge", "text": BRIDGE + " (dpa)", "outlet": "Herald"},
    {"id": "d", "title": "A headline alone, on something else"},
    {"id": "e", "text": STRIKE.replace("pouring ", ""), "language": None, "published_at": None},
)


def jsonl(lines: Iterable[object]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def clustered(lines: Iterable[object]) -> list[dict[str, object]]:
    """The same without a process pool."""

    async def run(archive: Archive) -> None:
        raw = list(enumerate(jsonl(lines).splitlines(), 1))
        archive.keep(await fingerprinted(InProcess(), raw))

    with open_database(":memory:") as db:
        archive = Archive(Collection(db, NOW))
        asyncio.run(run(archive))
        settings = ClusterSettings()
        cluster(db, settings, now=NOW, stop=lambda: False, tell=lambda _event: None)
        return list(archive.results())


def test_the_command_end_to_end(call: Call) -> None:
    result = call("cluster", "--jsonl", stdin=jsonl(LINES))
    assert (result.exit_code, result.stderr) == (0, "")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert found == [
        {"id": "a", "copy_group": 1, "story": 1},
        {"id": 2, "copy_group": 2, "story": 2},
        {"id": "c", "copy_group": 1, "story": 1},
        {"id": "d", "copy_group": 3, "story": 3},
        {"id": "e", "copy_group": 2, "story": 2},
    ]


def test_lines_that_cannot_be_used_keep_their_place(call: Call) -> None:
    lines = jsonl(LINES).splitlines(keepends=True)
    bad = [b"no json\n", b'{"id": 7}\n', b'{"title": "no id"}\n', b"\n", b"\xff\n"]
    result = call("cluster", "--jsonl", stdin=b"".join([*bad, *lines, b'{"id": 9, "title": 1}']))
    assert result.exit_code == 2
    assert result.stderr.startswith("aggregator: input line 1: ")
    assert "5 lines in all" in result.stderr
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == [None, 7, None, None, "a", 2, "c", "d", "e", 9]
    errors = [(e["error"]["line"], e["error"]["reason"]) for e in found if "error" in e]
    assert errors == [
        (1, "not_json"),
        (2, "no_text"),
        (3, "bad_id"),
        (5, "not_json"),
        (11, "bad_field"),
    ]
    assert [e["copy_group"] for e in found if "error" not in e] == [1, 2, 1, 3, 2]


def test_other_ways_to_call_it(call: Call) -> None:
    assert call("cluster").exit_code == 2
    assert call("cluster", "--jsonl", "missing.jsonl").exit_code == 1
    empty = call("cluster", "--jsonl", stdin=b"")
    assert (empty.exit_code, empty.stdout) == (0, "")


def test_equal_ids_are_different_articles() -> None:
    found = clustered([LINES[0] | {"id": 1}, LINES[1] | {"id": 1}])
    assert [each["copy_group"] for each in found] == [1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_lines_does_not_matter(seed: int) -> None:
    shuffled = list(LINES)
    random.Random(seed).shuffle(shuffled)

    def together(found: Iterable[dict[str, object]], level: str) -> set[frozenset[object]]:
        groups: dict[object, set[object]] = {}
        for each in found:
            groups.setdefault(each[level], set()).add(each["id"])
        return {frozenset(group) for group in groups.values()}

    for level in ("copy_group", "story"):
        assert together(clustered(shuffled), level) == together(clustered(LINES), level)


def test_times_decide_what_is_compared() -> None:
    apart = [
        LINES[0] | {"published_at": "2024-01-01T12:00:00Z"},
        LINES[2] | {"published_at": "2024-01-02T12:00:00+02:00"},
        LINES[2] | {"published_at": "1987-06-01"},
    ]
    assert [each["copy_group"] for each in clustered(apart)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-02T12:00:00+02:00", "2024-01-02T10:00:00+00:00"),
        ("2024-01-02 12:00", "2024-01-02T12:00:00+00:00"),
        ("1923-01-02", "1923-01-02T00:00:00+00:00"),
        ("Tue, 02 Jan 2024 12:00:00 GMT", "2024-01-02T12:00:00+00:00"),
        ("", None),
        ("soon", "bad_field"),
        ("0001-01-01T00:00:00+23:00", "bad_field"),
        ("9999-12-31T23:59:59-12:00", "bad_field"),
        ("0900-01-01", "bad_field"),
    ],
)
def test_times_that_are_understood(written: str, expected: str | None) -> None:
    raw = json.dumps({"id": 1, "title": "t", "published_at": written}).encode()
    found = read(1, raw)
    if isinstance(found, BadLine):
        assert found.reason == expected
    else:
        moment = found.article.published_at
        assert (moment and moment.isoformat()) == expected


@pytest.mark.parametrize(
    "text", ["\ud800 half a pair", "\x00\x1b", "e\u0301 " * 9, " ", "\u202e", "🙂" * 50]
)
def test_no_text_is_too_odd(text: str) -> None:
    line = {"id": "odd", "title": "Odd: " + text, "text": text, "outlet": text, "language": text}
    assert clustered([line])[0]["copy_group"] == 1


class Fragile(InProcess):
    """Dies of any batch that holds the word "poison", as a worker might."""

    async def run(self, function: Callable[[Item], Output], item: Item) -> Output | WorkerFailed:
        if "poison" in repr(item):
            return WorkerFailed("timeout", "stopped after 30 s of work")
        return await super().run(function, item)


def test_one_line_that_kills_its_worker_spares_the_others() -> None:
    lines = [LINES[0], {"id": 9, "title": "poison"}, LINES[1], {"id": 8}]
    raw = list(enumerate(jsonl(lines).splitlines(), 1))
    found = asyncio.run(fingerprinted(Fragile(), raw))
    assert [type(each) for each in found] == [Kept, BadLine, Kept, BadLine]
    assert isinstance(found[1], BadLine)
    assert (found[1].id, found[1].reason) == (9, "worker_timeout")
