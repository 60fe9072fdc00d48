"""How often computation alone says what editors decided, on the user's own articles.

What is decided is taken for the truth: two articles belong together, or they do not. What would be
without any decision is computed in memory, by the pipeline's own functions, from the texts of all
articles that are in a group or story with one that a decision speaks of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product
from typing import Final

from aggregator.core.decisions import articles_in
from aggregator.evaluation.metrics import Rates
from aggregator.model import Decision, FeedSource, Level
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, decisions, feeds, readers, stories
from aggregator.storage.articles import Extracted, Kept
from aggregator.storage.database import Database, open_database
from aggregator.storage.readers import Placement

__all__ = ["LEVELS", "Label", "Scores", "agreement", "labels", "score"]

LEVELS: Final[tuple[Level, ...]] = ("copies", "story")


@dataclass(frozen=True, slots=True)
class Label:
    """What an editor decided of two articles (smaller id first) at one level."""

    level: Level
    a: int
    b: int
    together: bool
    decision: int


@dataclass(frozen=True, slots=True)
class Scores:
    """How computation alone agrees with editors.

    `rates` are of the pairs that computation has together: how many of them editors have together,
    and how many of those that editors have together it found; 1 where there are none. `pairs`
    counts the labels; the `disagreements` are those of which computation says otherwise.
    """

    pairs: Mapping[Level, int]
    rates: Mapping[Level, Rates]
    disagreements: tuple[Label, ...]


def labels(every: Iterable[Decision]) -> tuple[Label, ...]:
    """The decisions on articles, pair by pair and level by level; of two the newer counts.

    One text is one event, so together as copies counts for stories too, and apart in stories for
    copies.
    """
    found: dict[tuple[Level, int, int], Label] = {}
    for each in sorted(every, key=lambda d: d.id):
        together = each.kind == "together"
        levels = LEVELS if (each.level == "copies") == together else (each.level,)
        for a, b in _pairs(each):
            for level in levels:
                found[level, a, b] = Label(level, a, b, together, each.id)
    return tuple(found[key] for key in sorted(found))


def _pairs(decision: Decision) -> Iterator[tuple[int, int]]:
    if decision.kind == "together":
        yield from combinations(sorted(set(decision.articles)), 2)
    else:
        for a, b in product(decision.articles, decision.others):
            yield min(a, b), max(a, b)


def score(db: Database, settings: ClusterSettings, now: datetime) -> Scores:
    """Compare what editors decided with what computation alone would say; `db` is only read."""
    every = decisions.holding(db)
    return agreement(labels(every), _computed(db, articles_in(every), settings, now))


def agreement(wanted: Sequence[Label], places: Mapping[int, Placement]) -> Scores:
    """Compare labels with where computation puts their articles."""
    said = {each: _are_together(places[each.a], places[each.b], each.level) for each in wanted}
    of_level = {level: [each for each in wanted if each.level == level] for level in LEVELS}
    return Scores(
        pairs={level: len(some) for level, some in of_level.items()},
        rates={level: _rates(some, said) for level, some in of_level.items()},
        disagreements=tuple(each for each in wanted if said[each] != each.together),
    )


def _are_together(a: Placement, b: Placement, level: Level) -> bool:
    return a.copy_group_id == b.copy_group_id if level == "copies" else a.story_id == b.story_id


def _rates(some: Iterable[Label], said: Mapping[Label, bool]) -> Rates:
    counts = Counter((each.together, said[each]) for each in some)
    both = counts[True, True]
    found, true = both + counts[False, True], both + counts[True, False]
    return Rates(both / found if found else 1.0, both / true if true else 1.0)


# --- what would be without decisions ---------------------------------------------------------


def _computed(
    db: Database, concerned: Iterable[int], settings: ClusterSettings, now: datetime
) -> dict[int, Placement]:
    """Article id → where it would be, with all that is now in a group or story with `concerned`."""
    ids = readers.mates(db, concerned)
    kept = [each for each in (articles.load(db, one) for one in ids) if each is not None]
    made = [fingerprint(each.article) for each in kept]
    with open_database(":memory:") as own:
        _know_the_stream(own, db, made)
        own_ids = _insert(own, kept, made, now)
        cluster(own, settings, now=now, stop=lambda: False, tell=lambda _event: None)
        placed = {row.id: row for row in readers.placements(own)}
        return {each.id: placed[own_id] for each, own_id in zip(kept, own_ids, strict=True)}


def _insert(
    own: Database, kept: Sequence[Kept], made: Sequence[Extracted], now: datetime
) -> list[int]:
    feeds.sync(own, [FeedSource("archive:", "archive")], now)
    (feed,) = feeds.all_feeds(own)
    with own.write():
        return [
            articles.insert(own, extracted, feed.id, each.outlet, each.fetched_at)
            for each, extracted in zip(kept, made, strict=True)
        ]


def _know_the_stream(own: Database, db: Database, made: Sequence[Extracted]) -> None:
    """Let terms be as common as they are in the whole stream, these articles being counted anew."""
    for language in {each.article.language for each in made}:
        bags = [each.terms for each in made if each.article.language == language]
        here = Counter(term for bag in bags for term in bag)
        documents, counts = stories.frequencies(db, language, here)
        others = {term: counts.get(term, 0) - here[term] for term in here}
        with own.write():
            stories.set_frequencies(own, language, documents - len(bags), others)
