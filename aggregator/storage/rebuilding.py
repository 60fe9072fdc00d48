"""A second database beside the running one, in which all is clustered anew, and the swap of both.

What clustering looks at is copied into it; what clustering made is copied back in one transaction.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from aggregator.core.identity import Identities
from aggregator.errors import DatabaseError
from aggregator.model import Article, Fingerprint
from aggregator.storage import clusters, fingerprints
from aggregator.storage import stories as kept_stories
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.storage.decisions import go_along
from aggregator.storage.times import to_text

__all__ = [
    "KEPT_TABLES",
    "KINDS",
    "MADE_TABLES",
    "Kind",
    "Lacking",
    "differing",
    "discard",
    "headline",
    "is_spent",
    "keep",
    "open_second",
    "parts",
    "placed",
    "spend",
    "swap",
    "take_decisions",
]

Kind = Literal["copy_group", "story"]
KINDS: Final[tuple[Kind, Kind]] = ("copy_group", "story")

_AS_THEY_ARE: Final = (
    "fingerprint", "band", "copy_link", "copy_member", "retired", "story_document",
    "story_drift", "term_frequency", "unindexed",
)  # fmt: skip
# Columns that hold ids of groups or stories, which are others in the second database.
_RENUMBERED: Final[Mapping[str, Mapping[str, Kind]]] = {
    # First, since with a group goes what the others have of it.
    "copy_group": {"id": "copy_group", "story_id": "story", "partner_group_id": "copy_group"},
    "story": {"id": "story"},
    "story_text": {"copy_group_id": "copy_group"},
    "story_key": {"copy_group_id": "copy_group"},
    "story_link": {"a": "copy_group", "b": "copy_group"},
}
_DECISIONS: Final = {
    "decision": "level IS NOT NULL",
    "decision_article": "decision_id IN (SELECT id FROM {schema}decision WHERE level IS NOT NULL)",
}

MADE_TABLES: Final = frozenset({*_AS_THEY_ARE, *_RENUMBERED})
"""What clustering makes, and a swap puts in the place of what is there."""

KEPT_TABLES: Final = frozenset(
    {
        "account", "article", "article_number", "card_due", "change", "decision",
        "decision_anchor", "decision_article", "delivery", "desk_key", "entry", "feed", "feed_act",
        "feed_day", "former_address", "former_version", "furniture", "host", "installation",
        "outbox", "page", "picture", "profile", "redirect", "reextraction", "rejection",
        "removed_block",
        "repeated_text", "request", "robots", "run", "run_total", "saved_search",
        "search_alert", "search_pending", "search_word", "seen", "session", "story_card",
        "story_list", "subscription", "touched", "visit", "webhook", "webhook_told",
    }
)  # fmt: skip
"""What a swap leaves as it is, but for where each article stands, and the redirects it adds."""

# All of an article that clustering looks at; the rest of the second database's is filled up.
_LOOKED_AT: Final = (
    "id", "canonical_url", "outlet", "title", "lead", "text", "agency", "language",
    "published_at", "ordered_at", "word_count",
)  # fmt: skip
_PORTION: Final = 100


@dataclass(frozen=True, slots=True)
class Lacking:
    """An article of the running database that the second one has otherwise, or not."""

    article: Article
    row: tuple[object, ...]

    @property
    def id(self) -> object:
        """The article's id, which is the same in both."""
        return self.row[0]


# --- the second database ---------------------------------------------------------------------


def open_second(path: Path, made_by: str) -> Database:
    """The second database, as it was left if it was `made_by` the same rules, else empty."""
    try:
        db = _opened(path)
        if db.value("SELECT made_by FROM rebuild") == made_by:
            return db
        db.close()
    except (DatabaseError, SqliteError):
        pass  # broken, or of another program: it is made anew
    discard(path)
    db = _opened(path)
    with db.write():
        db.execute("INSERT INTO rebuild (made_by) VALUES (?)", (made_by,))
    return db


def spend(second: Database) -> None:
    """Say that the second database was swapped and is of no use any more."""
    with second.write():
        second.execute("UPDATE rebuild SET made_by = ''")


def is_spent(second: Database) -> bool:
    """Whether the second database was swapped."""
    return bool(second.value("SELECT made_by FROM rebuild") == "")


def discard(path: Path) -> None:
    """Take the second database away."""
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _opened(path: Path) -> Database:
    db = open_database(path)
    # It has no feeds, and nobody searches or follows it.
    db.execute("PRAGMA foreign_keys = OFF")
    sql = """SELECT name FROM sqlite_master WHERE type = 'trigger' AND (
             name GLOB 'article_fts_*' OR name GLOB 'noting_*' OR name GLOB 'search_pending_*')"""
    with db.write():
        for (trigger,) in db.rows(sql):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("CREATE TABLE IF NOT EXISTS rebuild (made_by TEXT NOT NULL)")
    return db


def differing(source: Database, second: Database) -> Iterator[list[Lacking]]:
    """What the second database has otherwise or not, in portions; it loses what is gone.

    Each portion is read by itself, so that no run waits and the log does not grow meanwhile.
    """
    columns = ", ".join(_LOOKED_AT)
    sql = f"SELECT {columns} FROM article WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608 - names are ours
    span = f"SELECT {columns} FROM article WHERE id > ? AND id <= ?"  # noqa: S608 - names are ours
    last, end = 0, 2**63 - 1
    while True:
        wanted = {row[0]: tuple(row) for row in source.rows(sql, (last, _PORTION))}
        until = max(wanted) if len(wanted) == _PORTION else end
        there = {row[0]: tuple(row) for row in second.rows(span, (last, until))}
        _drop(second, there.keys() - wanted.keys())
        yield [_lacking(row) for each, row in wanted.items() if there.get(each) != row]
        if until == end:
            return
        last = until


def _lacking(row: tuple[object, ...]) -> Lacking:
    values = dict(zip(_LOOKED_AT, row, strict=True))
    url, title, lead, text = (
        str(values[name]) for name in ("canonical_url", "title", "lead", "text")
    )
    language = values["language"]
    known = None if language is None else str(language)
    return Lacking(Article(url, url, title, text, lead=lead, language=known), row)


def keep(
    second: Database, one: Lacking, fingerprint: Fingerprint, terms: Mapping[str, float]
) -> None:
    """Keep an article in the second database, to be clustered. Call inside `write()`."""
    article_id = int(str(one.id))
    fingerprints.forget(second, article_id)
    values = dict(zip(_LOOKED_AT, one.row, strict=True))
    filled = {
        **values,
        "url": values["canonical_url"],
        "feed_id": 0,
        "authors": "[]",
        "fetched_at": values["ordered_at"],
        "studied": 1,
        "clustered": 0,
    }
    updated = ", ".join(f"{name} = excluded.{name}" for name in filled if name != "id")
    _give_way(second, article_id, str(values["canonical_url"]))
    second.execute(
        f"INSERT INTO article ({', '.join(filled)}) VALUES ({', '.join('?' * len(filled))})"  # noqa: S608 - names are ours
        f" ON CONFLICT (id) DO UPDATE SET {updated}",
        tuple(filled.values()),
    )
    fingerprints.save(second, article_id, fingerprint, terms)


def _give_way(second: Database, article_id: int, url: str) -> None:
    """Let an article that had this address before stand elsewhere until its turn comes."""
    sql = "UPDATE article SET canonical_url = 'former:' || id WHERE canonical_url = ? AND id <> ?"
    second.execute(sql, (url, article_id))


def _drop(second: Database, gone: Iterable[int]) -> None:
    """Take away articles that are gone; their mates are to be clustered without them."""
    ids = sorted(gone)
    if not ids:
        return
    with second.write():
        sql = """SELECT DISTINCT copy_group_id, story_id FROM article
                 WHERE copy_group_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))"""
        places = [tuple(row) for row in second.rows(sql, (json.dumps(ids),))]
        for each in ids:
            fingerprints.forget(second, each)
            second.execute("DELETE FROM article WHERE id = ?", (each,))
        groups, stories = ([place[n] for place in places] for n in (0, 1))
        sql = "UPDATE article SET clustered = 0 WHERE copy_group_id = ?"
        second.execute_many(sql, [(group,) for group in groups])
        clusters.recount(second, groups)
        left = {each for each in stories if each is not None}
        kept_stories.recount(second, left)
        kept_stories.look_again(second, left)


def take_decisions(source: Database, second: Database) -> None:
    """Bring the decisions on articles over; where they are others than before, all begins anew.

    Those on stories have no say in clustering, and the numbers of stories are others here.
    """
    tables, had = _decisions(source), _decisions(second)
    if tables == had:
        return
    with second.write():
        for name, rows in tables.items():
            second.execute(f"DELETE FROM {name}")  # noqa: S608 - names are ours
            for row in rows:
                marks = ", ".join("?" * len(row))
                second.execute(f"INSERT INTO {name} VALUES ({marks})", row)  # noqa: S608 - names are ours
        _reset(second)


def _decisions(db: Database, schema: str = "") -> dict[str, list[tuple[object, ...]]]:
    tables = {
        name: f"SELECT * FROM {schema}{name} WHERE {which.format(schema=schema)}"  # noqa: S608 - names are ours
        for name, which in _DECISIONS.items()
    }
    return {name: [tuple(row) for row in db.rows(sql)] for name, sql in tables.items()}


def _reset(second: Database) -> None:
    """Forget all that clustering made, but not what articles are compared by."""
    for name in (
        "copy_link",
        "copy_member",
        "story_drift",
        "term_frequency",
        *_RENUMBERED,
        "redirect",
    ):
        second.execute(f"DELETE FROM {name}")  # noqa: S608 - names are ours
    nothing = ", ".join(f"{name} = NULL" for name in _places(second) if name != "clustered")
    second.execute(f"UPDATE article SET clustered = 0, {nothing}")  # noqa: S608 - names are ours


def _places(db: Database) -> list[str]:
    """The columns that say where clustering put an article."""
    known = ("clustered", "copy_group_id", "story_id", "same_as")
    return [name for name in _columns(db, "article") if name in known]


def _columns(db: Database, table: str) -> list[str]:
    return [row["name"] for row in db.rows(f"PRAGMA table_info({table})")]


# --- what is there and what would be ---------------------------------------------------------


def placed(db: Database, kind: Kind) -> dict[int, int]:
    """Which group or story each article is in, of those that are in one."""
    sql = f"SELECT id, {kind}_id FROM article WHERE {kind}_id IS NOT NULL"  # noqa: S608 - names are ours
    return {row[0]: row[1] for row in db.rows(sql)}


def parts(db: Database, kind: Kind) -> dict[int, frozenset[int]]:
    """The articles of each group or story."""
    found: dict[int, set[int]] = {}
    for article, group in placed(db, kind).items():
        found.setdefault(group, set()).add(article)
    return {group: frozenset(members) for group, members in sorted(found.items())}


def headline(db: Database, article_id: int) -> str:
    """An article's title."""
    return str(db.value("SELECT title FROM article WHERE id = ?", (article_id,)) or "")


# --- the swap --------------------------------------------------------------------------------


def swap(
    db: Database,
    second: Path,
    carried: Mapping[Kind, tuple[Sequence[int], Identities]],
    now: datetime,
) -> bool:
    """Put what was clustered anew in the place of what is there, in one transaction.

    `carried` has of each kind the ids in the second database, and the same groups with the ids that
    they keep. Returns False, with nothing changed, where editors decided something meanwhile.
    """
    db.execute("ATTACH DATABASE ? AS second", (str(second),))
    try:
        with db.write():
            if not _same_decisions(db):
                return False
            db.execute("PRAGMA defer_foreign_keys = ON")
            db.execute(
                "CREATE TEMP TABLE carried (kind TEXT, old INTEGER, new INTEGER,"
                " PRIMARY KEY (kind, old)) WITHOUT ROWID"
            )
            for kind, (ids, identities) in carried.items():
                _carry(db, kind, ids, identities)
            _replace(db)
            for kind, (_, identities) in carried.items():
                _redirect(db, kind, identities.redirects, now)
            db.execute("DROP TABLE carried")
            go_along(db, {row[0] for row in db.rows("SELECT id FROM story")})
    finally:
        db.execute("DETACH DATABASE second")
    db.checkpoint()
    return True


def _same_decisions(db: Database) -> bool:
    main, second = (_decisions(db, f"{schema}.") for schema in ("main", "second"))
    return main == second


def _carry(db: Database, kind: Kind, ids: Sequence[int], identities: Identities) -> None:
    """Say which id each group gets: the one that it keeps, or one that nobody ever had."""
    newest = int(db.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (kind,)) or 0)
    rows = []
    for old, group in zip(ids, identities.groups, strict=True):
        newest += group.id is None
        rows.append((kind, old, newest if group.id is None else group.id))
    db.execute_many("INSERT INTO carried (kind, old, new) VALUES (?, ?, ?)", rows)


def _replace(db: Database) -> None:
    """Put the tables of the second database in the place of those that are there."""
    for name in _AS_THEY_ARE:
        _fill(db, name, {column: column for column in _columns(db, name)})
    for name, renumbered in _RENUMBERED.items():
        values = {column: f"made.{column}" for column in _columns(db, name)}
        ids = {column: _carried(kind, values[column]) for column, kind in renumbered.items()}
        _fill(db, name, {**values, **ids})
    # Of a pair the smaller id comes first, which need not be the one that did.
    db.execute("UPDATE main.story_link SET a = b, b = a WHERE a > b")
    ids = {f"{kind}_id": _carried(kind, f"made.{kind}_id") for kind in KINDS}
    places = {column: ids.get(column, f"made.{column}") for column in _places(db)}
    db.execute(
        f"UPDATE main.article SET ({', '.join(places)}) = ("  # noqa: S608 - names are ours
        f"SELECT {', '.join(places.values())} FROM second.article AS made "
        "WHERE made.id = article.id)"
    )


def _fill(db: Database, table: str, values: Mapping[str, str]) -> None:
    db.execute(f"DELETE FROM main.{table}")  # noqa: S608 - names are ours
    columns, made = ", ".join(values), ", ".join(values.values())
    db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {made} FROM second.{table} AS made")  # noqa: S608 - names are ours


def _carried(kind: Kind, column: str) -> str:
    return f"(SELECT new FROM carried WHERE kind = '{kind}' AND old = {column})"  # noqa: S608 - names are ours


def _redirect(db: Database, kind: Kind, former: Mapping[int, int], now: datetime) -> None:
    """Let former ids lead on, and those that led to them too."""
    at = to_text(now)
    db.execute("DELETE FROM carried")
    db.execute_many(
        "INSERT INTO carried (kind, old, new) VALUES (?, ?, ?)",
        [(kind, old, new) for old, new in former.items()],
    )
    sql = """UPDATE redirect SET new_id = (SELECT new FROM carried WHERE old = new_id)
             WHERE kind = ? AND new_id IN (SELECT old FROM carried)"""
    db.execute(sql, (kind,))
    db.execute_many(
        "INSERT OR REPLACE INTO redirect (kind, old_id, new_id, at) VALUES (?, ?, ?, ?)",
        [(kind, old, new, at) for old, new in former.items()],
    )
