"""From planted queries to figures: recall by form, precision, size and time of each index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from time import process_time
from typing import TYPE_CHECKING, Final

from aggregator.evaluation.corpora import Half
from aggregator.evaluation.metrics import Rates
from aggregator.evaluation.search.indexes import INDEXES, Index, archive
from aggregator.evaluation.search.planting import Planted, plant
from aggregator.evaluation.search.wanted import Form, Wanted
from aggregator.evaluation.tables import Table
from aggregator.storage.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Cost", "Found", "measured", "rates", "tables"]

_SHOWN: Final = 20
_EVERY: Final = "all forms"


@dataclass(frozen=True, slots=True)
class Found:
    """Whether an index found one planted word when it was asked for the query; `in_lower` case."""

    index: str
    half: Half
    planted: Planted
    found: bool
    in_lower: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What an index takes: bytes, CPU seconds to write, CPU milliseconds to ask for 20 hits."""

    index: str
    size: int
    writing: float
    asking: float


def measured(
    list_of: Sequence[Wanted],
    texts: Sequence[str],
    done: "Callable[[], object]" = lambda: None,
) -> tuple[list[Found], list[Cost]]:
    """Ask every index for every query, in an archive of the texts and of what is planted in them.

    Queries are asked as they are written, and once more in lower case, as people type.
    """
    planted = plant(list_of, texts)
    found: list[Found] = []
    costs: list[Cost] = []
    with open_database(":memory:") as db:
        archive(db, [*(each.text for each in planted), *texts])
        for index in INDEXES:
            writing = index.seconds(db)
            asking = fmean(_milliseconds(db, index, each.query) for each in list_of)
            costs.append(Cost(index.name, index.size(db), writing, asking))
            found += _found(db, index, list_of, planted)
            done()
    return found, costs


def _milliseconds(db: Database, index: Index, query: str) -> float:
    begun = process_time()
    for expression in index.expressions(db, query):
        sql = f"SELECT rowid FROM {index.table} WHERE {index.table} MATCH ? ORDER BY rank LIMIT ?"  # noqa: S608 - names are ours
        db.rows(sql, (expression, _SHOWN))
    return 1000 * (process_time() - begun)


def _found(
    db: Database, index: Index, list_of: Sequence[Wanted], planted: Sequence[Planted]
) -> Iterator[Found]:
    for each in list_of:
        for in_lower in (False, True):
            ids = _ids(db, index, each.query.lower() if in_lower else each.query)
            yield from (
                Found(index.name, each.half, one, number in ids, in_lower)
                for number, one in enumerate(planted, 1)
                if one.query == each.query
            )


def _ids(db: Database, index: Index, query: str) -> set[int]:
    sql = f"SELECT rowid FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608 - names are ours
    return {row[0] for each in index.expressions(db, query) for row in db.rows(sql, (each,))}


# --- figures ---------------------------------------------------------------------------------


def rates(found: Sequence[Found]) -> Rates:
    """Precision over all that was found of what was planted for a query, and recall."""
    right = sum(each.found for each in found if each.planted.form is not Form.ANOTHER)
    wrong = sum(each.found for each in found if each.planted.form is Form.ANOTHER)
    wanted = sum(each.planted.form is not Form.ANOTHER for each in found)
    return Rates(right / ((right + wrong) or 1), right / (wanted or 1))


def tables(found: Sequence[Found], costs: Sequence[Cost]) -> list[Table]:
    """How well and at what cost, ours first; both halves apart."""
    names = [cost.index for cost in costs]
    recall = Table("Recall", ("form", "half", "planted", *names), tuple(_recall(found, names)))
    precision = Table(
        "Precision", ("queries", "half", "planted", *names), tuple(_precision(found, names))
    )
    headers = ("index", "needs beyond the articles", "MB", "seconds to write", "ms to ask")
    rows = tuple(
        (
            cost.index,
            _NEEDS.get(cost.index, "its index"),
            f"{cost.size / 1e6:.1f}",
            f"{cost.writing:.1f}",
            f"{cost.asking:.2f}",
        )
        for cost in costs
    )
    return [recall, precision, Table("Cost", headers, rows)]


_NEEDS: Final = {INDEXES[0].name: "its words, and the index of the very words"}
_HALVES: Final = (Half.HELD_BACK, Half.DEVELOPED)


def _recall(found: Sequence[Found], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for form in (_EVERY, *(each for each in Form if each is not Form.ANOTHER)):
        for half in _HALVES:
            some = [
                each
                for each in found
                if each.half is half
                and each.planted.form is not Form.ANOTHER
                and form in {_EVERY, each.planted.form}
                and not each.in_lower
            ]
            yield (form, half, *_shown(some, names, precision=False))


def _precision(found: Sequence[Found], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for in_lower in (False, True):
        for half in _HALVES:
            some = [each for each in found if each.half is half and each.in_lower is in_lower]
            label = "typed in lower case" if in_lower else "typed as they are written"
            yield (label, half, *_shown(some, names, precision=True))


def _shown(some: Sequence[Found], names: Sequence[str], *, precision: bool) -> Iterator[str]:
    yield str(sum(each.index == names[0] for each in some))
    for name in names:
        made = rates([each for each in some if each.index == name])
        yield f"{made.precision if precision else made.recall:.3f}"
