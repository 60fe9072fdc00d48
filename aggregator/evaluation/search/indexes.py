"""The ways to search that are compared: each an FTS5 table and expressions for a query."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from time import process_time
from typing import TYPE_CHECKING, Final

from aggregator.core.wordforms import spelling
from aggregator.storage import vocabulary
from aggregator.storage.database import Database
from aggregator.storage.search import match_expression, tiers

if TYPE_CHECKING:
    import snowballstemmer

__all__ = ["INDEXES", "OURS", "Index", "archive"]

OURS: Final = "aggregator"
_PORTION: Final = 100
_WORD: Final = re.compile(r"\w+")
_TOKENS: Final = "unicode61 remove_diacritics 2"


@dataclass(frozen=True, slots=True)
class Index:
    """`make` it over the articles of a database, then ask `table` for each of `expressions`.

    What it keeps is in the tables and indexes whose names begin with one of `kept`.
    """

    name: str
    table: str
    kept: tuple[str, ...]
    make: Callable[[Database], None]
    expressions: Callable[[Database, str], Sequence[str]]

    def size(self, db: Database) -> int:
        """How many bytes it takes."""
        sql = "SELECT sum(pgsize) FROM dbstat WHERE name GLOB ? || '*'"
        return sum(db.value(sql, (name,)) for name in self.kept)

    def seconds(self, db: Database) -> float:
        """Make it; returns the CPU time that took."""
        begun = process_time()
        self.make(db)
        return process_time() - begun


def archive(db: Database, texts: Sequence[str]) -> None:
    """Keep texts as German articles, numbered from 1."""
    feed = "INSERT INTO feed (id, url, outlet, added_at) VALUES (1, 'u', 'o', '')"
    sql = """INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text,
               authors, language, fetched_at, word_count, ordered_at)
             VALUES (?1, ?1, ?1, 1, 'o', '', '', ?2, '[]', 'de', '', 1, '')"""
    with db.write():
        db.execute(feed)
        db.execute_many(sql, enumerate(texts, 1))


# --- ours, and what it was before ------------------------------------------------------------


def _rebuilt(db: Database) -> None:
    with db.write():
        db.execute("INSERT INTO article_fts (article_fts) VALUES ('rebuild')")


def _learnt(db: Database) -> None:
    while vocabulary.learn(db, most=_PORTION):
        pass


# --- others ----------------------------------------------------------------------------------


def _filled(table: str, tokens: str, change: Callable[[str], str]) -> Callable[[Database], None]:
    """Make an index without its text, over the texts as they are changed."""

    def fill(db: Database) -> None:
        with db.write():
            made = f"USING fts5 (text, content='', tokenize='{tokens}')"
            db.execute(f"CREATE VIRTUAL TABLE {table} {made}")
            rows = db.rows("SELECT id, text FROM article")
            sql = f"INSERT INTO {table} (rowid, text) VALUES (?, ?)"  # noqa: S608 - names are ours
            db.execute_many(sql, ((row["id"], change(row["text"])) for row in rows))

    return fill


def _stems(text: str) -> str:
    return " ".join(_snowball(word) for word in _WORD.findall(text.lower()))


@cache
def _snowball(word: str) -> str:
    return spelling(_stemmer().stemWord(word))


@cache
def _stemmer() -> "snowballstemmer.Stemmer":
    import snowballstemmer

    return snowballstemmer.stemmer("german")


def _quoted(text: str) -> Iterator[str]:
    yield f'"{text}"'


INDEXES: Final = (
    Index(
        OURS,
        "article_fts",
        ("search_word",),
        _learnt,
        lambda db, query: list(tiers(db, query, None)),
    ),
    Index(
        "the very words",
        "article_fts",
        ("article_fts",),
        _rebuilt,
        lambda _, query: [match_expression(query)],
    ),
    Index(
        "index of stems",
        "stems",
        ("stems_",),
        _filled("stems", _TOKENS, _stems),
        lambda _, query: list(_quoted(_stems(query))),
    ),
    Index(
        "trigrams",
        "trigrams",
        ("trigrams_",),
        _filled("trigrams", "trigram", spelling),
        lambda _, query: list(_quoted(spelling(query))),
    ),
)
