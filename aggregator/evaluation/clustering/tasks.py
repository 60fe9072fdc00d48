"""What is measured: on which articles, of copies or of stories, against which truth."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aggregator.errors import NotFound
from aggregator.evaluation.clustering import sets
from aggregator.evaluation.clustering.partitions import (
    Agreement,
    Pair,
    agreement,
    agreement_with_pairs,
)
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.corpora import Half

__all__ = ["SETS", "Level", "Stream", "Task", "measured", "streams"]

# Fewer articles in one language are no part of a set to speak of.
_FEWEST: Final = 50


class Level(StrEnum):
    """What of the outcome is measured."""

    COPIES = "copies"
    STORIES = "stories"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is measured on a stream, of the articles at `places` in it.

    `truth` is either each one's label, or the pairs of them (by their place in `places`) that
    belong together. `halves` are those of the articles.
    """

    group: str
    level: Level
    places: tuple[int, ...]
    halves: tuple[Half, ...]
    truth: tuple[str, ...] | frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Stream:
    """Articles that come in one stream, and what is measured on it; `digests` are of its data."""

    name: str
    documents: tuple[Document, ...]
    tasks: tuple[Task, ...]
    digests: Mapping[str, str]


def measured(task: Task, found: Sequence[int]) -> dict[Half, Agreement]:
    """How near the groups that were `found`, for all articles of the stream, come to the truth.

    Every half that has articles is judged by itself; all were clustered together.
    """
    ours = [found[at] for at in task.places]
    judged = {
        half: [at for at, of in enumerate(task.halves) if half in {of, Half.BOTH}] for half in Half
    }
    return {half: _agreement(task, ours, chosen) for half, chosen in judged.items() if chosen}


def _agreement(task: Task, found: Sequence[int], judged: Sequence[int]) -> Agreement:
    if isinstance(task.truth, frozenset):
        return agreement_with_pairs(task.truth, found, judged)
    return agreement(task.truth, found, judged)


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
    tasks = [_story_task(name, documents, tuple(range(len(documents))))]
    if len(languages) > 1:
        for language, count in languages.most_common():
            if count >= _FEWEST:
                places = [n for n, each in enumerate(documents) if each.language == language]
                tasks.append(_story_task(f"{name}, {language}", documents, tuple(places)))
    return Stream(name, documents, tuple(tasks), {name: data.sha256()})


def _story_task(group: str, documents: Sequence[Document], places: tuple[int, ...]) -> Task:
    chosen = [documents[at] for at in places]
    return Task(
        group,
        Level.STORIES,
        places,
        tuple(each.half for each in chosen),
        tuple(each.label for each in chosen),
    )


SETS: Final[Mapping[str, Callable[[Path, str], Stream]]] = MappingProxyType(
    {
        "og2021-dev": _labelled,
        "ecbplus": _labelled,
        "newswcl50": _labelled,
        "uci-news-partial": _labelled,
    }
)
