"""Every page of the desk, with an address where something is to be seen on it."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

from aggregator.storage.database import Database, open_database

__all__ = ["PAGES", "addresses", "every_address"]

PAGES: Final[Mapping[str, str]] = {
    "board": "/",
    "board-filtered": "/?language={language}",
    "board-empty": "/?outlet=Nobody",
    "story": "/stories/{story}",
    "story-copies": "/stories/{told}/texts/{text}",
    "merge": "/stories/{story}/merge",
    "move": "/articles/move?article={copied}",
    "article": "/articles/{article}",
    "article-removed": "/articles/{article}?removed=shown",
    "article-revised": "/articles/{revised}",
    "why": "/articles/{copied}/why",
    "why-pair": "/articles/{a}/why/{b}",
    "compare": "/compare?a={a}&b={b}",
    "compare-choice": "/compare?a={a}",
    "compare-versions": "/articles/{revised}/compare?from=1&to=2",
    "decisions": "/decisions",
    "search-empty": "/search",
    "search": "/search?q={word}",
    "search-none": "/search?q=qqqqqq",
    "searches": "/searches",
    "feeds": "/feeds",
    "feeds-add": "/feeds/add",
    "help": "/help",
    "api": "/api",
    "missing": "/stories/999999999",
}
"""By name: what is in braces is filled in by `addresses`."""

_LARGEST: Final = """
SELECT id FROM story ORDER BY copy_group_count > 1 DESC, article_count DESC, id LIMIT 1
"""
_KNOWN: Final = {
    "language": "SELECT language FROM article GROUP BY 1 ORDER BY count(*) DESC",
    "story": _LARGEST,
    "told": "SELECT story_id FROM copy_group WHERE article_count > 1 ORDER BY id",
    "text": "SELECT id FROM copy_group WHERE article_count > 1 ORDER BY id",
    "article": "SELECT id FROM article ORDER BY word_count DESC",
    "revised": "SELECT article_id FROM former_version",
    "copied": "SELECT article_id FROM copy_member WHERE reference_id IS NOT NULL",
    "a": """SELECT coalesce(max(reference_id), (SELECT min(id) FROM article)) FROM copy_member
            WHERE added_words > 0""",
    "b": """SELECT coalesce(max(article_id), (SELECT max(id) FROM article)) FROM copy_member
            WHERE reference_id = (SELECT max(reference_id) FROM copy_member
                                  WHERE added_words > 0)""",
}


def addresses(path: Path) -> dict[str, str]:
    """By name of a page its address over the file at `path`.

    What there is nothing for in the file is left out.
    """
    with open_database(path, readonly=True) as db:
        known = {name: _first(db, sql) for name, sql in _KNOWN.items()}
        title = str(db.value("SELECT title FROM story WHERE id = ?", (known["story"],)))
    filled = {name: value for name, value in known.items() if value is not None}
    filled["word"] = max(re.findall(r"\w+", title), key=len)
    return {
        name: address.format(**filled)
        for name, address in PAGES.items()
        if all(f"{{{each}}}" not in address or each in filled for each in known)
    }


def every_address(path: Path) -> list[str]:
    """Every page about every article and story of a small file, and all others."""
    with open_database(path, readonly=True) as db:
        articles = [row[0] for row in db.rows("SELECT id FROM article")]
        stories = [row[0] for row in db.rows("SELECT id FROM story")]
    pairs: list[tuple[int, ...]] = list(pairwise(articles))
    patterns: dict[str, list[tuple[int, ...]]] = {
        "/stories/{}": [(each,) for each in stories],
        "/articles/{}": [(each,) for each in articles],
        "/articles/{}/why": [(each,) for each in articles],
        "/compare?a={}&b={}": pairs[::2],
        "/articles/{}/why/{}": pairs[1::6],
    }
    made = [address.format(*each) for address, ids in patterns.items() for each in ids]
    return list(dict.fromkeys([*addresses(path).values(), *made]))


def _first(db: Database, sql: str) -> str | None:
    row = db.row(f"SELECT * FROM ({sql}) LIMIT 1")  # noqa: S608 - ours
    return None if row is None or row[0] is None else str(row[0])
