"""The words of all articles with their stems: how a search finds other forms and compounds."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.core import german
from aggregator.core.wordforms import GERMAN, LANGUAGES, base_language, spelling, stem, words

if TYPE_CHECKING:
    from aggregator.core.german import Part
    from aggregator.storage.database import Database

__all__ = ["compounds", "inflected", "learn", "parts"]

_MOST_LOOKED_AT: Final = 20_000
_LAST_SIGN: Final = "\U0010ffff"


# --- taking words up -------------------------------------------------------------------------


def learn(db: "Database", *, most: int) -> int:
    """Take up the words of the `most` articles that came or changed last; returns of how many.

    In one short transaction; the texts are read and taken apart before it.
    """
    sql = """SELECT number, title, lead, text, language FROM search_pending
             CROSS JOIN article ON article.id = article_id ORDER BY number DESC LIMIT ?"""
    rows = db.rows(sql, (most,))
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        parts = (row["title"], row["lead"], row["text"])
        texts[base_language(row["language"])].append("\n".join(parts))
    fresh = [row for language, each in texts.items() for row in _fresh(db, language, each)]
    with db.write():
        db.execute_many("INSERT OR IGNORE INTO search_word VALUES (?, ?, ?, ?, ?)", fresh)
        done = ((row["number"],) for row in rows)
        db.execute_many("DELETE FROM search_pending WHERE number = ?", done)
    return len(rows)


def _fresh(
    db: "Database", language: str, texts: Iterable[str]
) -> Iterator[tuple[str, str, bool, str, str | None]]:
    """The rows of words that are not known yet."""
    found = words("\n".join(texts), language)
    known = _known(db, language, found.nouns | found.others | found.perhaps)
    verbs = found.others | {word for word, noun in known if not noun}
    nouns = found.nouns | (found.perhaps - verbs)
    for noun, some in ((True, nouns), (False, found.others)):
        for word in sorted(some):
            if (word, noun) not in known:
                its_stem = stem(word, language, noun=noun)
                yield word, language, noun, its_stem, its_stem[::-1] if noun else None


def _known(db: "Database", language: str, some: Iterable[str]) -> set[tuple[str, bool]]:
    sql = """SELECT word, noun FROM search_word
             WHERE language = ? AND word IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (language, json.dumps(list(some))))
    return {(row["word"], bool(row["noun"])) for row in rows}


# --- looking words up ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stem:
    language: str
    noun: bool
    stem: str


def inflected(db: "Database", typed: str, language: str | None) -> list[str]:
    """The other forms of a word that articles have, in one language or in all.

    They come as the full-text index spells them, without accents.
    """
    dots = _lasting_dots(typed)
    stems = _stems(db, typed, language)
    found = (word for each in stems for word in _inflected(db, each) if _fits(word, dots))
    return sorted(set(map(spelling, found)))


def compounds(db: "Database", typed: str, language: str | None, *, most: int) -> list[str]:
    """The German compounds with a word that articles have, spelt likewise.

    `most` at most, the shortest: they are the most common ones.
    """
    dots = _lasting_dots(typed)
    nouns = {each.stem for each in _stems(db, typed, language) if each.noun}
    found = (word for noun in nouns for word in _compounds(db, noun) if _fits(word, dots))
    return sorted(set(map(spelling, found)), key=lambda word: (len(word), word))[:most]


def _stems(db: "Database", typed: str, language: str | None) -> list[_Stem]:
    """What a word may be a form of; of German nouns that are typed as such nothing but nouns."""
    word, only = typed.lower(), base_language(language)
    sql = """SELECT language, noun, stem FROM search_word
             WHERE word = ?1 AND (?2 = '' OR language IN (?2, ''))"""
    known = [_Stem(row[0], bool(row[1]), row[2]) for row in db.rows(sql, (word, only))]
    if not known:
        some = [only] if only in LANGUAGES else LANGUAGES
        known = [_Stem(each, noun=False, stem=stem(word, each, noun=False)) for each in some]
        if GERMAN in some:
            known.append(_Stem(GERMAN, noun=True, stem=stem(word, GERMAN, noun=True)))
    if typed[0].isupper() and any(each.noun for each in known):
        return [each for each in known if each.noun or each.language != GERMAN]
    return known


def _inflected(db: "Database", of: _Stem) -> Iterator[str]:
    sql = "SELECT word FROM search_word WHERE language = ? AND noun = ? AND stem = ?"
    return (row[0] for row in db.rows(sql, (of.language, of.noun, of.stem)))


# In the plural an umlaut may come to a word that has none, never the other way round: a word that
# cannot be a plural keeps its umlaut in all forms, and "Bär" is in no "Soundbar".
_DOTS: Final = frozenset("äöü")
_OF_PLURALS: Final = ("e", "er", "el", "en", "ern", "eln")


def _lasting_dots(typed: str) -> tuple[str, ...]:
    """What all forms of a word must hold, in one of these spellings."""
    word = typed.lower()
    if not _DOTS & set(word) or word.endswith(_OF_PLURALS):
        return ()
    apart = word
    for sign in _DOTS:
        apart = apart.replace(sign, f"{spelling(sign)}e")
    return word[:-1], apart[:-1]


def _fits(word: str, dots: tuple[str, ...]) -> bool:
    return not dots or any(each in word for each in dots)


def _compounds(db: "Database", noun: str) -> Iterator[str]:
    """The German nouns that end in another one, or begin with it, and whose rest is a word."""
    if len(noun) < german.LEAST_STEM:
        return
    ends = """SELECT word, stem FROM search_word
              WHERE ending >= ? AND ending < ? LIMIT ?"""
    begins = """SELECT word, stem FROM search_word
                WHERE language = 'de' AND noun = 1 AND stem >= ? AND stem < ? LIMIT ?"""
    maybe = [
        (row[0], list(split(row[1], noun)))
        for sql, split, each in ((ends, german.firsts, noun[::-1]), (begins, german.lasts, noun))
        for row in db.rows(sql, (each, each + _LAST_SIGN, _MOST_LOOKED_AT))
        if row[1] != noun
    ]
    there = _there(db, {part for _, rests in maybe for part in rests})
    yield from (word for word, rests in maybe if not there.isdisjoint(rests))


def _there(db: "Database", wanted: "set[Part]") -> "set[Part]":
    """Those of the parts that are German words in some article."""
    sql = """SELECT DISTINCT stem FROM search_word WHERE language = ? AND noun = ?
             AND stem IN (SELECT value FROM json_each(?))"""
    found: set[Part] = set()
    for noun in (True, False):
        stems = json.dumps(sorted(each for kind, each in wanted if kind is noun))
        found |= {(noun, row[0]) for row in db.rows(sql, (GERMAN, noun, stems))}
    return found


def parts(db: "Database", typed: str) -> list[tuple[str, str]]:
    """The ways in which a word consists of two German nouns, to find "Klima-Schutz" too."""
    word = typed.lower()
    least = german.LEAST_PART - 1
    ways = [(word[:at], word[at:]) for at in range(least, len(word) - least + 1)]
    sql = """SELECT DISTINCT word FROM search_word
             WHERE language = ? AND noun = 1 AND word IN (SELECT value FROM json_each(?))"""
    known = {row[0] for row in db.rows(sql, (GERMAN, json.dumps([p for way in ways for p in way])))}
    return [way for way in ways if known.issuperset(way)]
