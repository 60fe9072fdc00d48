"""Loads an archive in bulk, as a database looks in which a pipeline ran for weeks.

What can still be compared with new articles (the last eight days) has its true text, fingerprint,
terms and keys; what is older has keys, signatures and story keys drawn at random, as many as true
ones, and a text of a few words: it is there to be in the way. Nobody searches it, so the full-text
index is left empty.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Final

import numpy as np

from aggregator.core import stories
from aggregator.core.profile import KEY_BITS, PERMUTATIONS, PROFILE
from aggregator.core.stories import TermFrequencies
from aggregator.model import FeedSource, StoryText
from aggregator.pipeline.work import fingerprint
from aggregator.storage import feeds, fingerprints
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.times import seconds, to_text
from benchmarks.clustering.stream import Planted, Stream

__all__ = ["load", "load_stubs"]

_TRUE_DAYS: Final = 8
_CHUNK: Final = 1_000
_ROWS: Final = 100_000
_SORTED: Final = 2_000_000
_SAMPLE: Final = 400
_FILLED_KEYS, _FILLED_STORY_KEYS = 65, 24

Columns = np.ndarray[Any, np.dtype[np.int64]]

_ARTICLE: Final = """
INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text, authors, language,
  published_at, fetched_at, word_count, ordered_at, clustered, copy_group_id, story_id, same_as)
VALUES (?1, ?2, ?2, 1, ?3, ?4, '', ?5, '[]', 'de', ?6, ?6, 400, ?6, 1, ?7, ?8, ?9)
"""
_FIGURES: Final = """
INSERT OR REPLACE INTO story (id, title, first_published_at, last_published_at, article_count,
                              outlet_count, copy_group_count)
  SELECT story_id, min(title), min(ordered_at), max(ordered_at), count(*),
         count(DISTINCT outlet), count(DISTINCT copy_group_id)
  FROM article WHERE story_id >= ?1 GROUP BY story_id;
INSERT OR REPLACE INTO copy_group (id, story_id, article_count, outlet_count, first_article_id)
  SELECT copy_group_id, max(story_id), count(*), count(DISTINCT outlet), min(id)
  FROM article WHERE copy_group_id >= ?1 GROUP BY copy_group_id;
INSERT OR IGNORE INTO copy_member (article_id, taken, added_words, cut_words)
  SELECT article.id, 1.0, 0, 0 FROM article JOIN copy_group ON copy_group.id = copy_group_id
  WHERE article_count > 1 AND copy_group_id >= ?1;
"""


@dataclass(slots=True)
class _Part:
    """Rows of some articles, table by table; `keys` are columns of key, time and article."""

    articles: list[tuple[Any, ...]] = field(default_factory=list)
    fingerprints: list[tuple[Any, ...]] = field(default_factory=list)
    documents: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    story_keys: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[Columns] = field(default_factory=list)
    terms: Counter[str] = field(default_factory=Counter)
    true: int = 0

    def add(
        self,
        planted: Planted,
        made: Extracted,
        article_id: int,
        home: tuple[int, int, int | None],
    ) -> None:
        """Add an article as it would be kept, in a group and story, behind another or not."""
        at = planted.article.published_at
        assert at is not None  # all that is planted has a time
        row = (article_id, planted.article.url, planted.outlet, planted.article.title)
        self.articles.append((*row, planted.article.text, to_text(at), *home))
        kept = made.fingerprint
        packed = fingerprints.pack_keys(kept.keys)
        self.fingerprints.append((article_id, kept.profile, kept.signature, packed))
        self._index(kept.keys, seconds(at), article_id)
        self.documents.append((article_id, json.dumps(dict(made.terms), ensure_ascii=False)))
        group, _, same_as = home
        if same_as is None:
            text = StoryText(group, "de", at, at, stories.vector(made.terms, _frequencies()))
            self._tell(text, stories.keys(text))
        self.terms.update(made.terms)
        self.true += 1

    def fill(self, stream: Stream, number: int) -> None:
        """Add something that is only in the way."""
        article_id = number + 1
        draw = np.random.default_rng((stream.seed, number, 1))
        keys = np.sort(draw.integers(0, 2 << KEY_BITS, _FILLED_KEYS))
        ranks = draw.integers(2_000, len(stream.words), 20 + _FILLED_STORY_KEYS)
        words = [stream.words[rank] for rank in ranks.tolist()]
        told = StoryText(
            article_id, "de", stream.published(number), stream.published(number),
            dict.fromkeys(words[20:], 0.2),
        )  # fmt: skip
        url, text = f"https://old.example/{number}", " ".join(words[:20])
        at = stream.published(number)
        row = (article_id, url, f"outlet{number % 200}", words[0], text, to_text(at))
        self.articles.append((*row, article_id, article_id, None))
        self.fingerprints.append(
            (article_id, PROFILE, draw.bytes(4 * PERMUTATIONS), keys.astype("<i8").tobytes())
        )
        self._index(keys.tolist(), seconds(at), article_id)
        self.documents.append((article_id, "{}"))
        self._tell(told, stories.keys(told))

    def _tell(self, text: StoryText, keys: Iterable[int]) -> None:
        at = seconds(text.last_at)
        vector = json.dumps(dict(text.vector), ensure_ascii=False)
        found = sorted(keys)
        self.texts.append((text.id, at, at, 0, vector, json.dumps(found)))
        self.story_keys.extend((key, at, text.id) for key in found)

    def _index(self, keys: Sequence[int], at: int, article_id: int) -> None:
        column = np.array(keys, dtype=np.int64)
        self.keys.append(
            np.stack([column, np.full_like(column, at), np.full_like(column, article_id)])
        )


@cache
def _stream(size: int, end: datetime, seed: int) -> Stream:
    return Stream(size, end, seed)


@cache
def _frequencies() -> TermFrequencies:
    """Frequencies from a sample of another stream, as good as those of this one for our ends."""
    sample = Stream(_SAMPLE, datetime.fromisoformat("2026-01-01T00:00:00+00:00"), seed=7)
    counts = Counter(
        term for at in range(_SAMPLE) for term in fingerprint(sample.article(at).article).terms
    )
    return TermFrequencies(_SAMPLE, counts)


def _made(size: int, end: datetime, seed: int, numbers: range) -> _Part:
    """The rows of some articles; runs in a worker."""
    stream, part = _stream(size, end, seed), _Part()
    true_from = stream.end - timedelta(days=_TRUE_DAYS)
    for number in numbers:
        if stream.published(number) < true_from:
            part.fill(stream, number)
            continue
        planted = stream.article(number)
        behind = planted.source + 1 if planted.exact else None
        home = (planted.source + 1, planted.event + 1, behind)
        part.add(planted, fingerprint(planted.article), number + 1, home)
        if planted.kind == "copy":
            likeness = (1.0, 1.0, "words") if planted.exact else (0.6, 0.9, "containment")
            part.links.append((planted.source + 1, number + 1, *likeness))
    return part


def load(db: Database, stream: Stream, count: int, workers: int) -> None:
    """Bring the first `count` articles of a stream into an empty database."""
    feeds.sync(db, [FeedSource("https://archive.example/rss", "archive")], stream.end)
    make = partial(_made, stream.size, stream.end, stream.seed)
    chunks = [range(at, min(at + _CHUNK, count)) for at in range(0, count, _CHUNK)]
    with ProcessPoolExecutor(workers) as pool:
        _bring(db, pool.map(make, chunks), 0)


def load_stubs(db: Database, stream: Stream, count: int, first_id: int) -> None:
    """Bring many articles with the very same words into a database, spread over the last week."""
    part = _Part()
    days = min(7.0, stream.size / stream.per_day)
    made = fingerprint(stream.stub(0, stream.end).article)
    for number in range(count):
        at = stream.end - timedelta(days=days * (count - number) / count)
        home = (first_id, first_id, first_id if number else None)
        part.add(stream.stub(number, at), made, first_id + number, home)
        if number:
            part.links.append((first_id, first_id + number, 1.0, 1.0, "words"))
    _bring(db, [part], first_id)


def _bring(db: Database, parts: Iterable[_Part], first_id: int) -> None:
    triggers = db.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    db.execute("PRAGMA foreign_keys = OFF")
    with db.write():
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        keys, terms, true = _insert(db, parts)
        _index(db, keys)
        for statement in _FIGURES.split(";")[:-1]:
            db.execute(statement, (first_id,))
        counted = [("de", term, count) for term, count in sorted({"": true, **terms}.items())]
        db.execute_many(
            "INSERT INTO term_frequency (language, term, count) VALUES (?, ?, ?)"
            " ON CONFLICT (language, term) DO UPDATE SET count = count + excluded.count",
            counted,
        )
        for _, sql in triggers:
            db.execute(sql)
    db.execute("PRAGMA foreign_keys = ON")
    with db.write():
        db.execute("ANALYZE")
    db.checkpoint()


def _insert(db: Database, parts: Iterable[_Part]) -> tuple[list[Columns], Counter[str], int]:
    keys: list[Columns] = []
    story_keys: list[tuple[int, int, int]] = []
    terms, true = Counter[str](), 0
    for part in parts:
        _insert_rows(db, part)
        keys.append(np.concatenate(part.keys, axis=1))
        story_keys.extend(part.story_keys)
        if len(story_keys) > _SORTED:
            _add_story_keys(db, story_keys)
            story_keys.clear()
        terms.update(part.terms)
        true += part.true
    _add_story_keys(db, story_keys)
    return keys, terms, true


def _insert_rows(db: Database, part: _Part) -> None:
    db.execute_many(_ARTICLE, part.articles)
    db.execute_many(
        "INSERT INTO fingerprint (article_id, profile, signature, keys) VALUES (?, ?, ?, ?)",
        part.fingerprints,
    )
    db.execute_many("INSERT INTO story_document (article_id, terms) VALUES (?, ?)", part.documents)
    db.execute_many(
        "INSERT OR IGNORE INTO story_text (copy_group_id, first_at, last_at, made_of, vector, keys)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        part.texts,
    )
    db.execute_many(
        "INSERT INTO copy_link (a, b, jaccard, containment, rule) VALUES (?, ?, ?, ?, ?)",
        part.links,
    )


def _add_story_keys(db: Database, rows: Iterable[tuple[int, int, int]]) -> None:
    db.execute_many(
        "INSERT OR IGNORE INTO story_key (key, at, copy_group_id) VALUES (?, ?, ?)", sorted(rows)
    )


def _index(db: Database, keys: Sequence[Columns]) -> None:
    """In the order of keys, which is many times faster."""
    every = np.concatenate(keys, axis=1)
    every = every[:, np.lexsort(every[::-1])]
    db.execute_many("INSERT INTO band (key, at, article_id) VALUES (?, ?, ?)", _rows(every))


def _rows(columns: Columns) -> Iterator[tuple[int, ...]]:
    for start in range(0, columns.shape[1], _ROWS):
        yield from zip(*columns[:, start : start + _ROWS].tolist(), strict=True)
