"""The streams that are measured: labelled sets as they are, and articles with copies planted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aggregator.errors import NotFound
from aggregator.evaluation import corpora
from aggregator.evaluation.clustering import furnishing, planting, sets
from aggregator.evaluation.clustering.frontpages import Pair, copies, strangers
from aggregator.evaluation.clustering.planting import SHARES, Planted
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.clustering.tasks import Check, Level, Stream, Task
from aggregator.evaluation.figures import Kind

__all__ = ["SETS", "streams"]

# Fewer articles in one language are no part of a set to speak of.
_FEWEST: Final = 50
_PLANTED_EVERY: Final = 5
_FRONT_PAGES_EVERY: Final = 5
_SEED: Final = 1
# How much of an article a copy must keep to count in the figure that stands for all.
_COUNTED: Final = 30


def streams(folder: Path, names: Sequence[str] = ()) -> list[Stream]:
    """The streams that are measured, those with these names or all whose data are in `folder`.

    Raises NotFound where one of `names` is no such stream or not there, or nothing is.
    """
    if strange := [name for name in names if name not in SETS]:
        message = f"no data set {', '.join(strange)} to measure; there are {', '.join(SETS)}"
        raise NotFound(message)
    wanted = [name for name in SETS if name in names or (not names and sets.is_there(folder, name))]
    if not wanted:
        message = f"no data sets in {folder}: set AGGREGATOR_CORPORA to the folder above it"
        raise NotFound(message)
    return [SETS[name](folder, name) for name in wanted]


def _labelled(folder: Path, name: str) -> Stream:
    """A set whose labels name the story of each article; each of several languages apart too."""
    data = sets.find(folder, name)
    documents = tuple(sets.documents(data))
    languages = Counter(each.language for each in documents)
    tasks = [_task(name, documents, tuple(range(len(documents))), Level.STORIES)]
    if len(languages) > 1:
        for language, count in languages.most_common():
            if count >= _FEWEST:
                places = [n for n, each in enumerate(documents) if each.language == language]
                group = f"{name}, {language}"
                tasks.append(_task(group, documents, tuple(places), Level.STORIES))
    return Stream(name, documents, tuple(tasks), {name: data.sha256()})


def _duplicates(folder: Path, name: str) -> Stream:
    """A set whose labels name the copies of each article."""
    data = sets.find(folder, name)
    documents = tuple(sets.documents(data))
    task = _task(name, documents, tuple(range(len(documents))), Level.COPIES)
    return Stream(name, documents, (task,), {name: data.sha256()})


def _task(group: str, documents: Sequence[Document], places: tuple[int, ...], level: Level) -> Task:
    chosen = [documents[at] for at in places]
    return Task(
        group,
        level,
        places,
        tuple(each.half for each in chosen),
        tuple(each.label for each in chosen),
    )


def _wire(folder: Path, name: str) -> Stream:
    """Wire copies, labelled pair by pair; what is only in part the same is no copy."""
    data = sets.find(folder, name)
    documents = tuple(sets.documents(data))
    places = {each.id: at for at, each in enumerate(documents)}
    labelled: dict[str, list[tuple[int, int]]] = {"near_copy": [], "abridged": [], "partial": []}
    for row in sets.rows(sets.find(folder, f"{name}-pairs")):
        labelled[row["label"]].append((places[row["a"]], places[row["b"]]))
    truth = frozenset(map(frozenset, labelled["near_copy"] + labelled["abridged"]))
    halves = tuple(each.half for each in documents)
    task = Task(name, Level.COPIES, tuple(range(len(documents))), halves, truth)
    checks = (
        _check(Kind.ABRIDGED, name, documents, labelled["abridged"], together=True),
        _check(Kind.PARTIAL, name, documents, labelled["partial"], together=False),
    )
    return Stream(name, documents, (task,), {name: data.sha256()}, checks)


def _planted(folder: Path, name: str) -> Stream:
    """Articles, and of every fourth long one ten copies, that keep a tenth of it to all."""
    data = sets.find(folder, name)
    pages = folder.parent / "extraction"
    outlets = furnishing.outlets(pages, "de")
    planted = planting.plant(sets.documents(data), outlets, every=_PLANTED_EVERY, seed=_SEED)
    documents = tuple(each.document for each in planted)
    group = f"{name}, planted"
    tasks = [
        _of_copies(group, planted, lambda kept: kept >= _COUNTED),
        *(
            replace(_of_copies(f"{group}, {share}% kept", planted, share.__eq__), part=True)
            for share in SHARES
        ),
    ]
    (furniture,) = corpora.find(pages, [furnishing.OF])
    digests = {name: data.sha256(), furniture.name: furniture.sha256()}
    return Stream(name, documents, tuple(tasks), digests)


def _front_pages(folder: Path, name: str) -> Stream:
    """Headlines of a week: those of which it can be told who copies whom, and some of the rest."""
    data = sets.find(folder, name)
    every = sets.documents(data)
    told = {at for pair in (*copies(every), *strangers(every)) for at in pair}
    documents = tuple(
        each for at, each in enumerate(every) if at in told or at % _FRONT_PAGES_EVERY == 0
    )
    checks = tuple(
        _check(kind, name, documents, pairs, together=together)
        for kind, pairs, together in (
            (Kind.TOGETHER, copies(documents), True),
            (Kind.APART, strangers(documents), False),
        )
    )
    return Stream(name, documents, (), {name: data.sha256()}, checks)


def _check(
    kind: Kind, group: str, documents: Sequence[Document], pairs: Sequence[Pair], *, together: bool
) -> Check:
    """Pairs are of the half of their first article."""
    halves = tuple(documents[a].half for a, _ in pairs)
    return Check(kind, group, Level.COPIES, tuple(pairs), halves, together)


def _of_copies(group: str, planted: Sequence[Planted], counts: Callable[[int], bool]) -> Task:
    """All originals and strangers, and the copies that count by how much they keep."""
    places = [at for at, each in enumerate(planted) if each.kept is None or counts(each.kept)]
    documents = [each.document for each in planted]
    return _task(group, documents, tuple(places), Level.COPIES)


SETS: Final[Mapping[str, Callable[[Path, str], Stream]]] = MappingProxyType(
    {
        "provenance-wire-dev": _wire,
        "gnad10k-test": _planted,
        "frontpages-de-2026": _front_pages,
        "mccormick": _duplicates,
        "og2021-dev": _labelled,
        "ecbplus": _labelled,
        "newswcl50": _labelled,
        "uci-news-partial": _labelled,
    }
)
