"""Views of the contract row by row, for export: chosen, in one order, from one state."""

from collections.abc import Generator, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import ChangesGone, UsageError
from aggregator.model.contract import View
from aggregator.storage import changes, contract
from aggregator.storage.readers import Filter
from aggregator.storage.times import to_text

if TYPE_CHECKING:
    from aggregator.model.contract import Value
    from aggregator.storage.database import Database

__all__ = [
    "CHOSEN_BY_ARTICLE",
    "NAMED_BY",
    "bookmark",
    "found_again",
    "require_followed",
    "rows",
    "view",
]

CHOSEN_BY_ARTICLE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "articles": ("id", "id"),
        "article_feeds": ("article_id", "id"),
        "article_versions": ("article_id", "id"),
        "removed": ("article_id", "id"),
        "copy_members": ("article_id", "id"),
        "copy_groups": ("id", "copy_group_id"),
        "story_members": ("copy_group_id", "copy_group_id"),
        "stories": ("id", "story_id"),
    }
)
"""Views whose rows can be chosen by articles: by which column of theirs, and of the article."""

NAMED_BY: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "articles": ("id", "article"),
        "article_versions": ("article_id", "article"),
        "copy_members": ("article_id", "article"),
        "copy_groups": ("id", "copy_group"),
        "story_members": ("copy_group_id", "copy_group"),
        "stories": ("id", "story"),
        "decisions": ("id", "decision"),
    }
)
"""Views whose rows changes name: by which column, and in which kinds of changes."""

_CONDITIONS: Final = MappingProxyType(
    {
        "since": "ordered_at >= :since",
        "outlet": "outlet = :outlet COLLATE NOCASE",
        "language": "(language = :language COLLATE NOCASE OR language LIKE :language || '-%')",
        "tag": """EXISTS (SELECT 1 FROM entry JOIN feed ON feed.id = entry.feed_id
                    JOIN json_each(feed.tags) AS tag ON tag.value = :tag COLLATE NOCASE
                  WHERE entry.article_id = article.id)""",
    }
)


def view(name: str) -> View:
    """The view of this name; raises UsageError, naming those that there are."""
    known = {each.name: each for each in contract.views()}
    if name not in known:
        message = f"there is no {name!r} to export; there are: {', '.join(sorted(known))}"
        raise UsageError(message)
    return known[name]


def require_followed(asked: View) -> None:
    """Raise UsageError for a view of whose rows changes do not tell."""
    known = [*NAMED_BY, "changes"]
    if asked.name not in known:
        raise _not_by(asked, "a sequence", known)


def rows(
    db: "Database", asked: View, chosen: Filter, *, behind: int | None = None
) -> "Generator[tuple[Value, ...], None, None]":
    """All rows of a view that pass, in the order of its key, one at a time.

    A row passes with an article that has all that is asked for, and where `behind` is given, if a
    change behind that number names it. Raises UsageError for a view that cannot be chosen from so,
    ChangesGone where such changes are kept no longer. Only one row is in memory, and no order is
    made that an index has not.
    """
    found = [_by_article(asked, chosen), _by_change(db, asked, behind)]
    given = [each for each in found if each is not None]
    where = f" WHERE {' AND '.join(condition for condition, _ in given)}" if given else ""
    columns = ", ".join(f'"{each.name}"' for each in asked.columns)
    order = f" ORDER BY {', '.join(asked.key)}" if asked.key else ""
    sql = f"SELECT {columns} FROM {asked.name}{where}{order}"  # noqa: S608 - names are the contract's
    return db.each(sql, {name: value for _, some in given for name, value in some.items()})


_Condition = tuple[str, dict[str, Any]]


def _by_article(asked: View, chosen: Filter) -> _Condition | None:
    names = ("since", "outlet", "language", "tag")
    values = dict(zip(names, (to_text(chosen.since), *chosen.values()[1:]), strict=True))
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        return None
    if asked.name not in CHOSEN_BY_ARTICLE:
        raise _not_by(asked, f"'{next(iter(given))}'", CHOSEN_BY_ARTICLE)
    own, articles = CHOSEN_BY_ARTICLE[asked.name]
    conditions = " AND ".join(_CONDITIONS[name] for name in given)
    # A list of numbers first, so that rows with their texts are never sorted.
    return f"{own} IN (SELECT {articles} FROM article WHERE {conditions})", given  # noqa: S608 - names are ours


def _by_change(db: "Database", asked: View, behind: int | None) -> _Condition | None:
    if behind is None:
        return None
    changes.since(db, behind, 1)  # raises where they are gone
    if asked.name == "changes":
        return "seq > :behind", {"behind": behind}
    require_followed(asked)
    own, kind = NAMED_BY[asked.name]
    sql = f"{own} IN (SELECT id FROM change WHERE seq > :behind AND kind GLOB :kind)"  # noqa: S608 - names are ours
    return sql, {"behind": behind, "kind": f"{kind}_*"}


def _not_by(asked: View, what: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"{asked.name!r} cannot be chosen by {what}; can be: {', '.join(known)}")


# --- where the next one begins ---------------------------------------------------------------


def bookmark(db: "Database") -> str:
    """The newest change, as a line by which `found_again` knows it from another of its number."""
    newest = changes.last(db)
    return " ".join([str(newest), *_signs(db, newest)])


def found_again(db: "Database", line: str) -> int:
    """The number in a bookmark.

    Raises UsageError where it is none, and ChangesGone where another change has that number: the
    database was put back from a backup since, or lost its last transactions.
    """
    number, *signs = line.split() or [""]
    if not (number.isascii() and number.isdecimal()):
        message = f"{line[:40]!r} is no bookmark: a number and what it is of"
        raise UsageError(message)
    there = _signs(db, int(number))
    if signs and there and signs != there:
        message = f"{db.path}: change {number} is another one than it was; export everything anew"
        raise ChangesGone(message)
    return int(number)


def _signs(db: "Database", seq: int) -> list[str]:
    row = db.row("SELECT at, kind, coalesce(id, '-') FROM change WHERE seq = ?", (seq,))
    return [] if row is None else [str(each) for each in row]
