"""Whether it matters in which order the articles of a stream arrive."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Final

from aggregator.model import FeedSource
from aggregator.pipeline import copying
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, clusters, feeds, texts
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database, open_database
from benchmarks.clustering.stream import Planted, Stream

__all__ = ["Outcome", "agreement", "compare", "outcome", "parts", "runs", "versions"]

_END: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Two thousand articles fill three weeks: so the window matters, and most sources are within it.
_DAYS: Final = 21
_REVISED: Final = 0.05
_STUBS: Final = 0.03
_MOST_AT_ONCE: Final = 40
_BATCH: Final = 200

Versions = Sequence[tuple[Extracted, str]]
"""An article as it comes first, and as it is revised, each with its outlet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stream: copy groups and stories as sets of addresses."""

    copies: frozenset[frozenset[str]]
    stories: frozenset[frozenset[str]]


def versions(count: int, seed: int = 1) -> list[Versions]:
    """The articles of a planted stream, of which some are revised later."""
    stubs = int(count * _STUBS)
    stream = Stream(count - stubs, _END, seed, per_day=max(1, count // _DAYS), reach=count // 2)
    chance = Random(seed)  # noqa: S311 - planted, not secret
    planted = [stream.article(at) for at in range(count - stubs)]
    for at in range(stubs):
        day = timedelta(days=chance.uniform(0, _DAYS))
        planted.append(stream.stub(at, _END - day))
    made = [[each] for each in planted]
    for each in chance.sample(made, int(count * _REVISED)):
        other = stream.article(chance.randrange(count - stubs))
        each.append(_revised(each[0], other, chance))
    return [[(fingerprint(v.article), v.outlet) for v in each] for each in made]


def _revised(planted: Planted, other: Planted, chance: Random) -> Planted:
    """The article with a paragraph more, with one less, or with another text altogether."""
    paragraphs = planted.article.text.split("\n")
    draw = chance.randrange(3)
    if draw == 0:
        paragraphs.append(other.article.text.split("\n")[0])
    elif draw == 1:
        paragraphs = paragraphs[:-1] or paragraphs
    else:
        paragraphs = other.article.text.split("\n")
    return replace(planted, article=replace(planted.article, text="\n".join(paragraphs)))


def outcome(found: Sequence[Versions], seed: int | None, *, only_copies: bool = False) -> Outcome:
    """Cluster a stream in a database of its own, arriving in the order that `seed` shuffles.

    They come one by one or in small runs, a revision at any time behind its article. Without a
    seed all come at once, as they are in the end. With `only_copies` there are no stories.
    """
    form = _form_copies if only_copies else _form
    with open_database(":memory:") as db:
        feeds.sync(db, [FeedSource("https://stream.example/rss", "stream")], _END)
        for run in runs(found, seed):
            with db.write():
                for extracted, outlet in run:
                    articles.insert(db, extracted, 1, outlet, _END)
            form(db, ClusterSettings())
        return Outcome(parts(db, "copy_group_id"), parts(db, "story_id"))


def _form(db: Database, settings: ClusterSettings) -> None:
    cluster(db, settings, now=_END, stop=lambda: False, tell=lambda _: None)


def _form_copies(db: Database, settings: ClusterSettings) -> None:
    """What `pipeline.cluster` does, but for the stories."""
    while batch := clusters.unclustered(db, _BATCH, 10**9):
        with db.write():
            joined = copying.place(db, batch, settings)
            texts.add_links(db, copying.links(db, batch, settings))
            ids = [item.id for item in batch]
            copying.regroup(db, [*ids, *joined], settings, _END)
            clusters.mark_clustered(db, ids)


def runs(found: Sequence[Versions], seed: int | None) -> Iterator[Versions]:
    """What comes together, run by run, as `seed` shuffles it; without a seed all at once."""
    if seed is None:
        yield [each[-1] for each in found]
        return
    chance = Random(seed)  # noqa: S311 - planted, not secret
    order = [at for at, each in enumerate(found) for _ in each]
    chance.shuffle(order)
    left = [list(each) for each in found]
    arriving = [left[at].pop(0) for at in order]
    while arriving:
        size = chance.choice((1, chance.randint(1, _MOST_AT_ONCE)))
        yield arriving[:size]
        del arriving[:size]


def parts(db: Database, column: str) -> frozenset[frozenset[str]]:
    """The partition of addresses by `column`, copy_group_id or story_id."""
    found = defaultdict[int, set[str]](set)
    sql = "SELECT copy_group_id, story_id, canonical_url FROM article"
    for row in db.rows(f"{sql} WHERE {column} IS NOT NULL"):
        found[row[column]].add(row["canonical_url"])
    return frozenset(map(frozenset, found.values()))


def agreement(a: frozenset[frozenset[str]], b: frozenset[frozenset[str]]) -> float:
    """F1 of the pairs that two partitions have together, 1 where neither has any."""
    one, other = ({p for g in parts for p in combinations(sorted(g), 2)} for parts in (a, b))
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def compare(count: int, shuffles: int, *, only_copies: bool) -> int:
    """Print how far shuffles agree with all at once; 1 where copy groups differ at all."""
    found = versions(count)
    whole = outcome(found, None, only_copies=only_copies)
    sizes = sorted((len(group) for group in whole.copies), reverse=True)
    print(f"{count:,} articles at once: {len(whole.copies):,} copy groups", end=" ")
    print(f"(largest {sizes[:5]}), {len(whole.stories):,} stories", flush=True)
    differ, worst = 0, 1.0
    for seed in range(shuffles):
        shuffled = outcome(found, seed, only_copies=only_copies)
        same = shuffled.copies == whole.copies
        agreed = agreement(shuffled.stories, whole.stories)
        differ, worst = differ + (not same), min(worst, agreed)
        told = "the same" if same else f"{len(shuffled.copies ^ whole.copies)} groups differ"
        stories = "" if only_copies else f", stories agree at {agreed:.4f}"
        print(f"shuffle {seed}: copies {told}{stories}", flush=True)
    print(f"{shuffles - differ} of {shuffles} shuffles give the same copy groups")
    if not only_copies:
        print(f"stories agree at {worst:.4f} or better")
    return int(differ > 0)
