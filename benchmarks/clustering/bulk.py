"""Loads an archive in bulk, as a database looks in which a pipeline ran for weeks.

What can still be compared with new articles (the last eight days) has its true text, fingerprint,
terms and keys; what is older has keys, signatures and story keys at random, as many as true ones,
and no text or terms to speak of: it is there to be in the way. Nobody searches it, so the full-text
index is left empty.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
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
from aggregator.storage import feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.packing import pack_keys
from aggregator.storage.times import seconds, to_text
from benchmarks.clustering.stream import Planted, Stream

__all__ = ["load", "load_stubs", "unguarded"]

_TRUE_DAYS: Final = 8
_CHUNK: Final = 1_000
_ROWS: Final = 100_000
_SORTED: Final = 2_000_000
_SAMPLE: Final = 400
_FILLED_KEYS, _FILLED_STORY_KEYS = 65, 24
_STORY_KEY_BITS: Final = 40

Columns = np.ndarray[Any, np.dtype[np.int64]]

_ARTICLE: Final = """
INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text, authors, language,
  published_at, fetched_at, word_count, ordered_at, clustered, copy_group_id, story_id, same_as)
VALUES (?1, ?2, ?2, 1, ?3, ?4, '', ?5, '[]', 'de', ?6, ?6, 400, ?6, 1, ?7, ?8, ?9)
"""
# Keys ascend in even steps, which is how many random ones stand when they are sorted.
_FILL: Final = """
INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text, authors, language,
    published_at, fetched_at, word_count, ordered_at, clustered, copy_group_id, story_id)
  WITH RECURSIVE old (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM old WHERE n + 1 < :count),
    dated AS (SELECT n, strftime('%Y-%m-%dT%H:%M:%SZ', :began + cast(n * :step AS INTEGER),
                                 'unixepoch') AS at FROM old)
  SELECT n + 1, 'https://old.example/' || n, 'https://old.example/' || n, 1, 'outlet' || n % 200,
         'Alt ' || n, '', hex(randomblob(60)), '[]', 'de', at, at, 20, at, 1, n + 1, n + 1
  FROM dated;
INSERT INTO fingerprint (article_id, profile, signature, keys)
  SELECT id, :profile, randomblob(:signature), randomblob(8 * :keys) FROM article;
INSERT INTO story_document (article_id, terms) SELECT id, '{}' FROM article;
INSERT INTO story_text (copy_group_id, first_at, last_at, made_of, vector, keys)
  SELECT id, :began + cast((id - 1) * :step AS INTEGER), :began + cast((id - 1) * :step AS INTEGER),
         0, '{}', '[]' FROM article;
INSERT INTO band (key, at, article_id)
  WITH RECURSIVE each (n, id) AS (SELECT 0, 1 UNION ALL
    SELECT n + 1, 1 + abs(random() % :count) FROM each WHERE n + 1 < :count * :keys)
  SELECT n * :key_step, :began + cast((id - 1) * :step AS INTEGER), id FROM each;
INSERT INTO story_key (key, at, copy_group_id)
  WITH RECURSIVE each (n, id) AS (SELECT 0, 1 UNION ALL
    SELECT n + 1, 1 + abs(random() % :count) FROM each WHERE n + 1 < :count * :story_keys)
  SELECT n * :story_key_step, :began + cast((id - 1) * :step AS INTEGER), id FROM each;
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
        packed = pack_keys(kept.keys)
        self.fingerprints.append((article_id, kept.profile, kept.signature, packed))
        self._index(kept.keys, seconds(at), article_id)
        self.documents.append((article_id, json.dumps(dict(made.terms), ensure_ascii=False)))
        group, _, same_as = home
        if same_as is None:
            text = StoryText(group, "de", at, at, stories.vector(made.terms, _frequencies()))
            self._tell(text, stories.keys(text))
        self.terms.update(made.terms)
        self.true += 1

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
    for number in numbers:
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
    old = max(0, min(count, stream.size - _TRUE_DAYS * stream.per_day))
    _fill(db, stream, old)
    make = partial(_made, stream.size, stream.end, stream.seed)
    chunks = [range(at, min(at + _CHUNK, count)) for at in range(old, count, _CHUNK)]
    with ProcessPoolExecutor(workers) as pool:
        _bring(db, pool.map(make, chunks), 0)


def _fill(db: Database, stream: Stream, count: int) -> None:
    """Bring in so many articles that are only in the way, each by itself."""
    began = seconds(stream.published(0))
    values = {
        ":count": str(count),
        ":began": str(began),
        ":step": str(86_400 / stream.per_day),
        ":profile": f"'{PROFILE}'",
        ":signature": str(4 * PERMUTATIONS),
        ":keys": str(_FILLED_KEYS),
        ":story_keys": str(_FILLED_STORY_KEYS),
        ":key_step": str((3 << KEY_BITS) // max(1, count * _FILLED_KEYS)),
        ":story_key_step": str((1 << _STORY_KEY_BITS) // max(1, count * _FILLED_STORY_KEYS)),
    }
    filled = re.sub(r":[a-z_]+", lambda name: values[name[0]], _FILL)
    with unguarded(db):
        for statement in filled.split(";")[:-1] if count else ():
            db.execute(statement)


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
    with unguarded(db):
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
    with db.write():
        db.execute("PRAGMA analysis_limit = 1000")
        db.execute("ANALYZE")
    db.checkpoint()


@contextmanager
def unguarded(db: Database) -> Iterator[None]:
    """One transaction without triggers and checks, but with what they would have kept."""
    db.execute("PRAGMA foreign_keys = OFF")
    triggers = db.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    with db.write():
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        yield
        db.execute("DELETE FROM profile")
        db.execute("INSERT INTO profile SELECT profile, count(*) FROM fingerprint GROUP BY 1")
        db.execute("DELETE FROM repeated_text")
        same = "SELECT same_as, count(*) FROM article WHERE same_as IS NOT NULL GROUP BY 1"
        db.execute(f"INSERT INTO repeated_text {same}")
        for _, sql in triggers:
            db.execute(sql)
    db.execute("PRAGMA foreign_keys = ON")


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
