"""Does the database keep its promises? Nearly each is one query that finds what breaks it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.errors import DatabaseError, LockHeld
from aggregator.storage.lock import run_lock

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["PROMISES", "Broken", "broken_in_backup", "broken_promises", "require_current"]

_EXAMPLES: Final = 5
_TOGETHER: Final = "what editors put together is together"
_APART: Final = "what editors put apart is apart"
_FULL_TEXT: Final = "the full-text index says what the articles say"


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that is not kept: in how many places, and the first few of them."""

    promise: str
    count: int
    examples: tuple[str, ...]


_QUERIES: Final = (
    (
        "the file is sound",
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    ),
    (
        "references lead somewhere",
        """SELECT "table" || ' row ' || coalesce(rowid, '?') || ' to ' || parent
           FROM pragma_foreign_key_check""",
    ),
    (
        "every copy group has articles",
        """SELECT 'copy group ' || id FROM copy_group
           WHERE id NOT IN (SELECT copy_group_id FROM article WHERE copy_group_id IS NOT NULL)""",
    ),
    (
        "a copy group's figures are true",
        """SELECT 'copy group ' || id FROM copy_group AS g
           WHERE article_count <> (SELECT count(*) FROM article WHERE copy_group_id = g.id)
              OR outlet_count <>
                 (SELECT count(DISTINCT outlet) FROM article WHERE copy_group_id = g.id)""",
    ),
    (
        "a copy group's first article is one of its own",
        """SELECT 'copy group ' || g.id FROM copy_group AS g
           LEFT JOIN article ON article.id = first_article_id
           WHERE copy_group_id IS NOT g.id""",
    ),
    (
        "every member of a copy group has its figures, which rest on others of the group",
        """SELECT 'article ' || article.id FROM article
           JOIN copy_group ON copy_group.id = article.copy_group_id
           LEFT JOIN copy_member ON article_id = article.id
           LEFT JOIN article AS reference ON reference.id = reference_id
           WHERE article.clustered AND ((article_count > 1) <> (article_id IS NOT NULL)
             OR reference_id IS NOT NULL
                AND reference.copy_group_id IS NOT article.copy_group_id)""",
    ),
    (
        "every story has articles",
        """SELECT 'story ' || id FROM story
           WHERE id NOT IN (SELECT story_id FROM article WHERE story_id IS NOT NULL)""",
    ),
    (
        "a story's figures are true",
        """SELECT 'story ' || id FROM story AS s
           WHERE article_count <> (SELECT count(*) FROM article WHERE story_id = s.id)
              OR outlet_count <> (SELECT count(DISTINCT outlet) FROM article WHERE story_id = s.id)
              OR copy_group_count <> (SELECT count(*) FROM copy_group WHERE story_id = s.id)""",
    ),
    (
        "an article is in the story of its copy group",
        """SELECT 'article ' || article.id FROM article
           LEFT JOIN copy_group ON copy_group.id = copy_group_id
           WHERE article.story_id IS NOT copy_group.story_id""",
    ),
    (
        "a clustered article has a copy group and a story",
        """SELECT 'article ' || id FROM article
           WHERE clustered AND (copy_group_id IS NULL OR story_id IS NULL)""",
    ),
    (
        "every article has a fingerprint and a story document",
        """SELECT 'article ' || id FROM article
           WHERE id NOT IN (SELECT article_id FROM fingerprint)
              OR id NOT IN (SELECT article_id FROM story_document)""",
    ),
    (
        "keys and links belong to articles",
        """SELECT 'article ' || id FROM (
             SELECT article_id AS id FROM band
             UNION SELECT a FROM copy_link UNION SELECT b FROM copy_link)
           WHERE id NOT IN (SELECT id FROM article)""",
    ),
    (
        "an article stands for itself, or behind one that does, linked to that and in its group",
        """SELECT 'article ' || article.id FROM article
           LEFT JOIN article AS head ON head.id = article.same_as
           WHERE article.same_as IS NOT NULL
             AND (head.id IS NULL OR head.same_as IS NOT NULL
                  OR article.clustered AND head.clustered
                     AND head.copy_group_id IS NOT article.copy_group_id
                  OR 1 <> (SELECT count(*) FROM copy_link WHERE a = article.id)
                        + (SELECT count(*) FROM copy_link WHERE b = article.id)
                  OR NOT EXISTS (SELECT 1 FROM copy_link WHERE rule = 'words'
                     AND a = min(article.id, head.id) AND b = max(article.id, head.id)))""",
    ),
    (
        "how many stand behind an article is counted",
        """SELECT 'article ' || coalesce(article_id, same_as) FROM repeated_text FULL JOIN (
             SELECT same_as, count(*) AS counted FROM article
             WHERE same_as IS NOT NULL GROUP BY same_as) ON same_as = article_id
           WHERE twins IS NOT counted""",
    ),
    (
        "what stories are formed of belongs to copy groups",
        """SELECT 'copy group ' || id FROM (
             SELECT copy_group_id AS id FROM story_key UNION SELECT copy_group_id FROM story_text
             UNION SELECT a FROM story_link UNION SELECT b FROM story_link
             UNION SELECT partner_group_id FROM copy_group WHERE partner_group_id IS NOT NULL)
           WHERE id NOT IN (SELECT id FROM copy_group)""",
    ),
    (
        "a copy group is in its story for its likeness to another one there, or by decision",
        """SELECT 'copy group ' || member.id FROM copy_group AS member
           LEFT JOIN copy_group AS partner ON partner.id = member.partner_group_id
           WHERE member.partner_group_id IS NOT NULL AND partner.story_id IS NOT member.story_id
              OR member.partner_group_id IS NOT NULL AND member.story_id IS NULL""",
    ),
    (
        "a redirect leads from an id that is gone to one that lives",
        """SELECT kind || ' ' || old_id FROM redirect
           WHERE kind = 'story' AND (old_id IN (SELECT id FROM story)
                                     OR new_id NOT IN (SELECT id FROM story))
              OR kind = 'copy_group' AND (old_id IN (SELECT id FROM copy_group)
                                          OR new_id NOT IN (SELECT id FROM copy_group))""",
    ),
    (
        "every line of an article has its place",
        """SELECT 'article ' || id FROM article
           WHERE places <> '[]' AND json_array_length(places) <>
             iif(text = '', 0, 1 + length(text) - length(replace(text, char(10), '')))""",
    ),
    (
        "what was learnt to recur on a site stands on three pages",
        "SELECT 'boilerplate ' || id FROM furniture WHERE state = 'learnt' AND pages < 3",
    ),
    (
        "a decision on boilerplate says who made it and when",
        """SELECT 'boilerplate ' || id FROM furniture
           WHERE state <> 'learnt' AND (decided_by IS NULL OR decided_at IS NULL)""",
    ),
    (
        "what an editor said of a site's boilerplate holds in its articles",
        """SELECT 'article ' || article.id FROM article JOIN furniture USING (site)
           WHERE state <> 'learnt' AND applied AND studied AND length(text) <= 100000
             AND length(text) - length(replace(text, char(10), '')) < 500 AND (
             state IN ('approved', 'added') AND instr(text, char(10)) > 0
               AND instr(char(10) || text || char(10), char(10) || example || char(10)) > 0
             OR state = 'rejected' AND EXISTS (
               SELECT 1 FROM removed_block AS gone WHERE article_id = article.id
                 AND gone.text = example AND reason = 'recurs on the site'))""",
    ),
    (
        "a decision says who made it, and of what",
        """SELECT 'decision ' || id FROM decision
           WHERE trim(author) = '' OR kind = 'rename' AND trim(value) = '' OR level IS NOT NULL
             AND (SELECT count(*) FROM decision_article WHERE decision_id = decision.id) < 2""",
    ),
    (
        "a decision speaks of articles and stories that are there, or that are known to be gone",
        """SELECT 'decision ' || decision_id FROM decision_article
           WHERE article_id NOT IN (SELECT id FROM article)
           UNION SELECT 'decision ' || id FROM decision
           WHERE story_id IN (SELECT old_id FROM redirect WHERE kind = 'story')""",
    ),
    (
        "an entry that is done has its article",
        "SELECT 'entry ' || id FROM entry WHERE state = 'done' AND article_id IS NULL",
    ),
)

PROMISES: Final = (*(promise for promise, _ in _QUERIES), _TOGETHER, _APART, _FULL_TEXT)
"""All that `broken_promises` looks at, in its order."""


def require_current(db: "Database") -> None:
    """Raise DatabaseError where the schema is older than the program's."""
    missing = db.missing_migrations()
    if missing:
        message = (
            f"{db.path}: its schema is older than this program (it lacks {', '.join(missing)}). "
            "The next run of 'aggregator poll' or scheduler.py brings it up to date."
        )
        raise DatabaseError(message)


def broken_in_backup(path: Path) -> Iterator[Broken]:
    """Check what can be told of a file that stays as it is: all but the full-text index.

    Of a schema that is older than the program's only that the file is sound.
    Raises DatabaseError where the file cannot be used.
    """
    from aggregator.storage.database import open_database

    with open_database(path, readonly=True) as db:
        is_older = bool(db.missing_migrations())
        for promise, sql in _QUERIES[:1] if is_older else _QUERIES:
            yield from _found(db, promise, sql)
        if not is_older:
            yield from _decided(db)


def broken_promises(path: Path, now: datetime) -> Iterator[Broken]:
    """Check each of `PROMISES` on the database at `path` and yield those that are broken.

    One that cannot be checked while a run is at work comes with a count of 0 and the reason.
    Raises DatabaseError where the file cannot be used or its schema is not current.
    """
    from aggregator.storage.database import open_database

    with open_database(path, readonly=True) as db:
        require_current(db)
        for promise, sql in _QUERIES:
            yield from _found(db, promise, sql)
        yield from _decided(db)
    # Asking FTS5 takes a writer, for long: never while a run wants to write. Nothing is changed.
    try:
        with run_lock(path, doing="check", now=now), open_database(path) as db:
            yield from _full_text(db)
    except LockHeld as held:
        yield Broken(_FULL_TEXT, 0, (str(held),))


def _found(db: "Database", promise: str, sql: str) -> Iterator[Broken]:
    try:
        rows = [str(row[0]) for row in db.rows(sql)]
    except sqlite3.Error as error:
        rows = [f"cannot be checked: {error}"]
    if rows:
        yield Broken(promise, len(rows), tuple(rows[:_EXAMPLES]))


def _decided(db: "Database") -> Iterator[Broken]:
    """What connects over several decisions is no matter of one query."""
    from aggregator.storage import decisions

    unmet = decisions.unmet(db)
    for promise, kind in ((_TOGETHER, "together"), (_APART, "apart")):
        places = [f"decision {number}" for number, each in unmet if each == kind]
        if places:
            yield Broken(promise, len(places), tuple(places[:_EXAMPLES]))


def _full_text(db: "Database") -> Iterator[Broken]:
    try:
        with db.write():
            db.execute("INSERT INTO article_fts (article_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.Error as error:
        yield Broken(_FULL_TEXT, 1, (str(error),))
