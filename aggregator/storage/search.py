"""Full-text search over the articles: any words somebody types, never a syntax error."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.storage import vocabulary
from aggregator.storage.readers import ArticleRow, Filter, article_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aggregator.storage.database import Database

__all__ = ["Hit", "match_expression", "matching", "search", "tiers", "widest"]

_MOST_TERMS: Final = 64
_MOST_WIDENED: Final = 8
_MOST_COMPOUNDS: Final = 400
_TERM: Final = re.compile(r'"([^"]*)"(\*?)|([^\s"]+)')
_WORD: Final = re.compile(r"[^\W\d_]{2,40}")
_HYPHENED: Final = re.compile(r"([^\W\d_]{1,40})-([^\W\d_]{2,40})")
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
# FTS5 takes a range of row numbers in one pass; asked for each by itself it would begin anew.
_AMONG: Final = """article_fts.rowid BETWEEN ?6 AND ?7
  AND +article_fts.rowid IN (SELECT value FROM json_each(?8))"""
_MATCHING: Final = f"SELECT articles.id {_FOUND} AND {_AMONG}"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found; matches in `snippet` stand in square brackets."""

    article: ArticleRow
    snippet: str


@dataclass(frozen=True, slots=True)
class _Term:
    """A word or, where it was quoted, several in their order; `open` at its end if any may follow.

    What is `plain` is found in other forms too.
    """

    text: str
    open: bool
    plain: bool

    @property
    def expression(self) -> str:
        return f'"{self.text}"{"*" if self.open else ""}'


def search(db: "Database", words: str, chosen: Filter, *, limit: int) -> list[Hit]:
    """The articles that have all of `words` in title, lead or text, `limit` at most.

    First come those that have the very words, then those that have them in other forms, then those
    that have compounds of them, each the most relevant first. See `match_expression` for what
    `words` may be; words without any letter or digit find nothing.
    """
    found: list[Hit] = []
    for expression in tiers(db, words, chosen.language):
        if len(found) < limit:
            found += _hits(db, expression, chosen, limit - len(found))
    return found


def tiers(db: "Database", words: str, language: str | None) -> "Iterator[str]":
    """FTS5 expressions of what has the very words, else other forms of them, else compounds."""
    before = ""
    for widened in _widened(db, words, language):
        if widened != before:
            yield f"({widened}) NOT ({before})" if before else widened
        before = widened


def widest(db: "Database", words: str, language: str | None) -> str:
    """One FTS5 expression for all of these tiers; "" where the words find nothing ever."""
    return "".join(list(_widened(db, words, language))[-1:])


def _hits(db: "Database", expression: str, chosen: Filter, limit: int) -> list[Hit]:
    rows = db.rows(_SEARCH, (*chosen.values(), expression, limit))
    return [Hit(article_row(row), row["snippet"]) for row in rows]


def matching(db: "Database", words: str, chosen: Filter, article_ids: "Iterable[int]") -> set[int]:
    """Those of the articles that `search` finds whatever its limit."""
    ids = sorted(article_ids)
    widened = widest(db, words, chosen.language) if ids else ""
    if not widened:
        return set()
    values = (*chosen.values(), widened, ids[0], ids[-1], json.dumps(ids))
    return {row[0] for row in db.rows(_MATCHING, values)}


def match_expression(words: str) -> str:
    """Turn what somebody typed into an FTS5 expression that is never a syntax error.

    All words must occur; "several words" in quotes are a phrase; a trailing * means any ending.
    Everything else, FTS5's own operators too, is taken as words. At most 64 terms count.
    """
    return " ".join(term.expression for term in _terms(words))


def _terms(words: str) -> list[_Term]:
    typed = words.encode("utf-8", "replace").decode().replace("\0", " ")
    terms = []
    for phrase, star, word in _TERM.findall(typed):
        text = phrase or word.rstrip("*")
        if any(char.isalnum() for char in text):
            is_open = bool(star) or word.endswith("*")
            terms.append(_Term(text, is_open, plain=not phrase and not is_open))
    return terms[:_MOST_TERMS]


# --- other forms -----------------------------------------------------------------------------


def _widened(db: "Database", words: str, language: str | None) -> "Iterator[str]":
    """Expressions that find ever more: the very words, other forms of the first few, compounds.

    The words share the compounds that there may be: FTS5 ranks in their number squared.
    """
    either = {term: [term.expression] for term in _terms(words)}
    if not either:
        return
    yield _all(either.values())
    typed = {term: whole for term in either if (whole := _whole(term))}
    few = dict(list(typed.items())[:_MOST_WIDENED])
    for term, word in few.items():
        either[term] += _phrases(vocabulary.inflected(db, word, language))
        either[term] += [f'"{each}"*' for each in _apart(db, term, word)]
    yield _all(either.values())
    for term, word in few.items():
        most = _MOST_COMPOUNDS // len(few)
        either[term] += _phrases(vocabulary.compounds(db, word, language, most=most))
    yield _all(either.values())


def _whole(term: _Term) -> str:
    """The word whose forms are looked for, "" where none are: "Klima-Schutz" is "Klimaschutz"."""
    if not term.plain:
        return ""
    found = _HYPHENED.fullmatch(term.text)
    if found:
        return f"{found[1]}{found[2].lower()}"
    return term.text if _WORD.fullmatch(term.text) else ""


def _apart(db: "Database", term: _Term, word: str) -> list[str]:
    """The same with a hyphen, which parts it in two to the index."""
    if word != term.text:
        return [term.text.replace("-", " ")]
    return [f"{first} {last}" for first, last in vocabulary.parts(db, word)]


def _phrases(words: "Iterable[str]") -> list[str]:
    return [f'"{word}"' for word in words]


def _all(either: "Iterable[Sequence[str]]") -> str:
    """All must occur, each in any of its forms."""
    some = (list(dict.fromkeys(each)) for each in either)
    return " AND ".join(f"({' OR '.join(each)})" if len(each) > 1 else each[0] for each in some)
