"""Full-text search over the articles: any words somebody types, never a syntax error."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.storage.readers import ArticleRow, Filter, article_row

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Hit", "match_expression", "matching", "search"]

_MOST_TERMS: Final = 64
_TERM: Final = re.compile(r'"([^"]*)"(\*?)|([^\s"]+)')
# ?1 to ?4 are those of readers.Filter. A title counts 8 times as much as the text.
_FOUND: Final = """
FROM article_fts CROSS JOIN articles ON articles.id = article_fts.rowid
WHERE article_fts MATCH ?5
  AND (?1 IS NULL OR coalesce(published_at, fetched_at) >= ?1)
  AND (?2 IS NULL OR outlet = ?2 COLLATE NOCASE)
  AND (?3 IS NULL OR language = ?3 COLLATE NOCASE OR language LIKE ?3 || '-%')
  AND (?4 IS NULL OR articles.id IN (
    SELECT article_id FROM article_feeds JOIN feeds ON feeds.id = feed_id
    JOIN json_each(feeds.tags) AS tag ON tag.value = ?4 COLLATE NOCASE))
"""
# `rank` with its function named makes FTS5 sort row numbers by itself, and make snippets only of
# what is shown.
_SEARCH: Final = f"""
SELECT articles.*, snippet(article_fts, -1, '[', ']', ' … ', 24) AS snippet {_FOUND}
  AND rank MATCH 'bm25(8.0, 3.0, 1.0)' ORDER BY rank LIMIT ?6
"""
_AMONG: Final = "article_fts.rowid IN (SELECT value FROM json_each(?6))"
_MATCHING: Final = f"SELECT articles.id {_FOUND} AND {_AMONG}"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found; matches in `snippet` stand in square brackets."""

    article: ArticleRow
    snippet: str


def search(db: "Database", words: str, chosen: Filter, *, limit: int) -> list[Hit]:
    """The articles that have all of `words` in title, lead or text, most relevant first.

    See `match_expression` for what `words` may be; words without any letter or digit find nothing.
    """
    expression = match_expression(words)
    if not expression:
        return []
    rows = db.rows(_SEARCH, (*chosen.values(), expression, limit))
    return [Hit(article_row(row), row["snippet"]) for row in rows]


def matching(db: "Database", words: str, chosen: Filter, article_ids: str) -> set[int]:
    """Those of the articles that `search` finds whatever its limit; their ids as a JSON list."""
    expression = match_expression(words)
    if not expression:
        return set()
    rows = db.rows(_MATCHING, (*chosen.values(), expression, article_ids))
    return {row[0] for row in rows}


def match_expression(words: str) -> str:
    """Turn what somebody typed into an FTS5 expression that is never a syntax error.

    All words must occur; "several words" in quotes are a phrase; a trailing * means any ending.
    Everything else, FTS5's own operators too, is taken as words. At most 64 terms count.
    """
    typed = words.encode("utf-8", "replace").decode().replace("\0", " ")
    terms = []
    for phrase, star, word in _TERM.findall(typed):
        term = phrase or word.rstrip("*")
        if any(char.isalnum() for char in term):
            any_ending = "*" if star or word.endswith("*") else ""
            terms.append(f'"{term}"{any_ending}')
    return " ".join(terms[:_MOST_TERMS])
