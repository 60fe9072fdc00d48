"""What readers see of copies: of each member of a copy group, what it took over and its match."""

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.storage import texts

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["CopyMember", "StoryMember", "member", "members", "rule", "story_member"]


@dataclass(frozen=True, slots=True)
class CopyMember:
    """One article of a copy group of several, as in the view `copy_members`.

    `taken` is the share of its words that those before it have too (0 to 1), `added_words` how
    many they have not; `cut_words` is how much of the article `reference_id` it leaves out.
    These are None where they are still to be made; the earliest has no reference. `rule`, `jaccard`
    and `containment` are of its best match within the group, `partner_id`; None where there is
    none (any more).
    """

    article_id: int
    earliest: bool
    taken: float | None
    added_words: int | None
    cut_words: int | None
    reference_id: int | None
    partner_id: int | None
    rule: str | None
    jaccard: float | None
    containment: float | None


def members(db: "Database", story_id: int) -> dict[int, list[CopyMember]]:
    """The members of a story's copy groups by group, the earliest first."""
    sql = """SELECT copy_members.* FROM articles JOIN copy_members ON article_id = articles.id
             WHERE story_id = ? ORDER BY coalesce(published_at, fetched_at), article_id"""
    found: dict[int, list[CopyMember]] = {}
    for row in db.rows(sql, (story_id,)):
        found.setdefault(row["copy_group_id"], []).append(_member(row))
    return found


def member(db: "Database", article_id: int) -> CopyMember | None:
    """An article as a member of its copy group; None where it is alone in it."""
    row = db.row("SELECT * FROM copy_members WHERE article_id = ?", (article_id,))
    return None if row is None else _member(row)


@dataclass(frozen=True, slots=True)
class StoryMember:
    """Why a copy group is in its story, as in the view `story_members`.

    `rule` is "terms" where it is alike to another group, whose first article is `partner_id`, or
    "decision" where only what an editor decided holds it there; None where it is the only one.
    """

    copy_group_id: int
    story_id: int
    rule: str | None
    partner_id: int | None
    likeness: float | None
    shared_terms: tuple[str, ...]


def story_member(db: "Database", group_id: int) -> StoryMember | None:
    """A copy group as a member of its story; None where it is in none yet."""
    row = db.row("SELECT * FROM story_members WHERE copy_group_id = ?", (group_id,))
    if row is None:
        return None
    return StoryMember(
        copy_group_id=row["copy_group_id"],
        story_id=row["story_id"],
        rule=row["rule"],
        partner_id=row["partner_id"],
        likeness=row["likeness"],
        shared_terms=tuple(json.loads(row["shared_terms"])),
    )


def rule(db: "Database", a: int, b: int) -> str | None:
    """The rule by which two articles, or those with their very words, were linked; or None."""
    head = texts.stand_for(db, [a, b])
    if head[a] == head[b]:
        return "words"
    sql = "SELECT rule FROM copy_link WHERE a = ? AND b = ?"
    found: str | None = db.value(sql, tuple(sorted(head.values())))
    return found


def _member(row: sqlite3.Row) -> CopyMember:
    return CopyMember(
        article_id=row["article_id"],
        earliest=bool(row["earliest"]),
        taken=row["taken"],
        added_words=row["added_words"],
        cut_words=row["cut_words"],
        reference_id=row["reference_id"],
        partner_id=row["partner_id"],
        rule=row["rule"],
        jaccard=row["jaccard"],
        containment=row["containment"],
    )
