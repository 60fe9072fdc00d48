"""Plants an archive for readers: all that the documented views show, at any size, made up by us.

    python -m benchmarks.planted 100000 planted.db

Ten thousand articles a day from 200 outlets, a quarter of them copies, two of five reports on an
event that others report on too; texts, full-text index, entries, versions of feeds, rejections,
requests and decisions are there, and of the last month what the desk looks at besides: cards, and
terms by which stories are near each other. What only clustering looks at (fingerprints and their
keys) is not: `benchmarks.clustering.bulk` plants that.
"""

import argparse
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from aggregator.core import stories
from aggregator.model import FeedSource, StoryText
from aggregator.storage import carding, feeds, story_texts
from aggregator.storage.database import Database, open_database
from aggregator.storage.times import to_text
from benchmarks.clustering.bulk import unguarded
from benchmarks.clustering.stream import Stream

__all__ = ["PER_DAY", "plant"]

PER_DAY: Final = 10_000
"""Articles a day: a larger archive reaches further back, today is as large in each."""

_OUTLETS: Final = 200
_LANGUAGES: Final = ("de", "de", "de", "de-AT", "en")
_AGENCIES: Final = ("dpa", "AFP", "Reuters", "APA")
_TAGS: Final = ("politik", "wirtschaft", "sport", "regional")
_WORDS: Final = 160
_REACH: Final = 8_000
_COPIES, _FOLLOWING = 0.25, 0.4
_BATCH: Final = 2_000

Row = tuple[Any, ...]

_ARTICLE: Final = """
INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency,
  language, published_at, fetched_at, word_count, ordered_at, clustered, copy_group_id, story_id,
  site, studied)
VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?11, 1, ?14, ?15, ?16, 1)
"""
_ENTRY: Final = """
INSERT INTO entry (id, feed_id, key, link, identity, title, summary, content, authors, tags,
  content_hash, first_seen_at, state, next_try_at, article_id)
SELECT id, feed_id, url, url, url, title, lead, '', '[]', '[]', hex(id), fetched_at, 'done',
       fetched_at, id FROM article
"""
_FIGURES: Final = (
    """INSERT INTO story (id, title, first_published_at, last_published_at, article_count,
                          outlet_count, copy_group_count)
       SELECT story_id, min(title), min(ordered_at), max(ordered_at), count(*),
              count(DISTINCT outlet), count(DISTINCT copy_group_id)
       FROM article GROUP BY story_id""",
    """INSERT INTO copy_group (id, story_id, article_count, outlet_count, first_article_id, agency)
       SELECT copy_group_id, max(story_id), count(*), count(DISTINCT outlet), min(id), max(agency)
       FROM article GROUP BY copy_group_id""",
    """INSERT INTO copy_member (article_id, reference_id, taken, added_words, cut_words)
       SELECT article.id, iif(article.id = first_article_id, NULL, first_article_id),
              iif(article.id = first_article_id, NULL, 0.9), 5, 12
       FROM article JOIN copy_group ON copy_group.id = copy_group_id WHERE article_count > 1""",
    """INSERT INTO copy_link (a, b, jaccard, containment, rule)
       SELECT copy_group_id, id, 0.6, 0.9, 'containment' FROM article WHERE id <> copy_group_id""",
    """INSERT INTO removed_block (article_id, position, reason, text, place)
       SELECT id, 0, 'phrase', 'Lesen Sie auch', 3 FROM article WHERE id % 3 = 0""",
    """INSERT INTO rejection (feed_id, url, stage, reason, detail, at)
       SELECT feed_id, url || '/rejected', 'extract', 'too_short', '12 words', fetched_at
       FROM article WHERE id % 20 = 0""",
    "INSERT INTO article_fts (article_fts) VALUES ('rebuild')",
)
# What outlets and editors did later: one article in fifty has another headline now, one story in a
# thousand an editor's title, and some feeds fail or fall silent.
_LATER: Final = (
    """INSERT INTO former_version (article_id, version, title, lead, text, seen_at, cause)
       SELECT id, 1, 'Zuerst: ' || title, lead, text, fetched_at, 'first'
       FROM article WHERE id % 50 = 0""",
    """UPDATE article SET version = 2, version_cause = 'revised',
         version_at = strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+20 minutes')
       WHERE id % 50 = 0""",
    """INSERT INTO decision (at, author, kind, story_id, value)
       SELECT last_published_at, 'eva', 'rename', id, 'Redaktion: ' || title
       FROM story WHERE id % 1000 = 1""",
    "UPDATE decision SET act = id",
    """UPDATE feed SET failures = iif(id % 2, 0, id % 7), rhythm_minutes = 60, last_new_at = (
         SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(ordered_at), '-5 days') FROM article)
       WHERE id % 10 < 4""",
    """INSERT INTO change (at, kind, id)
       SELECT fetched_at, 'article_added', id FROM article ORDER BY id""",
)
# Of the last month, by what each text is found.
_TOLD: Final = """
SELECT copy_group.id, language, title, outlet, ordered_at, text
FROM article JOIN copy_group ON copy_group.id = copy_group_id AND article.id = first_article_id
WHERE ordered_at >= ? ORDER BY copy_group.id
"""
_TERMS: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_DUE: Final = """
INSERT OR IGNORE INTO card_due (story_id) SELECT id FROM story WHERE last_published_at >= ?
"""


@dataclass(frozen=True, slots=True)
class _Report:
    """An own report, as others copy it or report on the same event."""

    number: int
    event: int
    text: str


class _Writer:
    """Draws words by Zipf's law from a vocabulary of made-up ones."""

    def __init__(self, size: int, seed: int) -> None:
        self._words = np.array(Stream(size, datetime.now(UTC), seed).words, dtype=object)
        self._draw = np.random.default_rng(seed)

    def sentences(self, words: int) -> str:
        """So many words, in sentences of about 16, three to a paragraph."""
        ranks = np.exp(self._draw.random(words) * np.log(len(self._words) - 1)).astype(int)
        found = self._words[ranks].tolist()
        made = [" ".join(found[at : at + 16]).capitalize() + "." for at in range(0, words, 16)]
        return "\n".join(" ".join(made[at : at + 3]) for at in range(0, len(made), 3))

    def headline(self) -> str:
        """Seven words."""
        ranks = self._draw.integers(40, len(self._words), 7)
        return " ".join(self._words[ranks].tolist()).capitalize()


def plant(db: Database, size: int, end: datetime, seed: int = 1) -> None:
    """Fill an empty database with `size` articles, the last published at `end` (UTC)."""
    _sync_feeds(db, end)
    rows = _articles(size, end, seed)
    with unguarded(db):
        while batch := list(islice(rows, _BATCH)):
            db.execute_many(_ARTICLE, batch)
        db.execute(_ENTRY)
        for statement in (*_FIGURES, *_LATER):
            db.execute(statement)
        since = to_text(end - carding.REACH)
        _tell(db, since, Random(seed))  # noqa: S311 - planted, not secret
        db.execute(_DUE, (since,))
    while carding.catch_up(db, end, _BATCH):
        pass
    with db.write():
        db.execute("PRAGMA analysis_limit = 1000")
        db.execute("ANALYZE")
    db.checkpoint()


def _tell(db: Database, since: str | None, chance: Random) -> None:
    """Keep of recent texts some of their terms, and find them by the weightiest of these."""
    for group, language, title, outlet, at, text in db.rows(_TOLD, (since,)):
        found = sorted(set(_WORD.findall(text.lower())))
        terms = {each: chance.random() for each in chance.sample(found, min(len(found), _TERMS))}
        length = sum(weight**2 for weight in terms.values()) ** 0.5
        vector = {term: round(weight / length, 4) for term, weight in terms.items()}
        moment = datetime.fromisoformat(at)
        told = StoryText(group, language, moment, moment, vector, title, outlet)
        story_texts.save(db, told, 0, stories.keys(told))


def _sync_feeds(db: Database, end: datetime) -> None:
    sources = [
        FeedSource(
            f"https://outlet{number}.example/rss",
            f"outlet{number}",
            language=_LANGUAGES[number % len(_LANGUAGES)],
            tags=(_TAGS[number % len(_TAGS)],),
        )
        for number in range(_OUTLETS)
    ]
    feeds.sync(db, sources, end)


def _articles(size: int, end: datetime, seed: int) -> Iterator[Row]:
    chance, writer = Random(seed), _Writer(size, seed)  # noqa: S311 - planted, not secret
    recent: deque[_Report] = deque(maxlen=_REACH)
    for number in range(1, size + 1):
        at = end - timedelta(days=(size - number) / PER_DAY)
        copied = chance.choice(recent) if recent and chance.random() < _COPIES else None
        if copied is None:
            followed = chance.choice(recent) if recent and chance.random() < _FOLLOWING else None
            text = writer.sentences(chance.randrange(_WORDS // 2, _WORDS * 2))
            report = _Report(number, followed.event if followed else number, text)
            recent.append(report)
            yield _row(number, at, report, writer.headline(), chance)
        else:
            yield _row(number, at, copied, writer.headline(), chance)


def _row(number: int, at: datetime, report: _Report, title: str, chance: Random) -> Row:
    outlet = chance.randrange(_OUTLETS)
    agency = chance.choice(_AGENCIES) if chance.random() < 1 / 3 else None
    lead, _, text = report.text.partition(" ")[2].partition(". ")
    fetched = at + timedelta(minutes=chance.randrange(5, 60))
    return (
        number,
        f"https://outlet{outlet}.example/{number}",
        outlet + 1,
        f"outlet{outlet}",
        title,
        f"{lead}.",
        text,
        json.dumps([f"Autor {chance.randrange(5_000)}"]),
        agency,
        _LANGUAGES[outlet % len(_LANGUAGES)],
        to_text(at),
        to_text(fetched),
        len(text.split()),
        report.number,
        report.event,
        f"outlet{outlet}.example",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Plant an archive into a new file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted", description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.file.exists():
        parser.error(f"{chosen.file} is there already")
    with open_database(chosen.file) as db:
        plant(db, chosen.size, datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    print(f"{chosen.file}: {chosen.size} articles, {chosen.file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
