"""What editors do, and what then stands where, on a real database."""

from pathlib import Path

from aggregator.model import Decision, Kind, Level
from aggregator.pipeline.correcting import Applied, decide, decide_on_story, undo
from aggregator.pipeline.tracing import trace
from aggregator.storage import clusters, fingerprints, stories
from aggregator.storage.database import Database
from aggregator.storage.soundness import broken_promises
from tests.support.events import NOW, SETTINGS, run

__all__ = [
    "anew",
    "apart",
    "are_one",
    "computed",
    "on_story",
    "parts",
    "place",
    "remove",
    "sound",
    "take_back",
    "together",
]


def anew(db: Database) -> None:
    """Cluster all articles once more, as after a revision of each."""
    with db.write():
        db.execute("UPDATE article SET clustered = 0")
    run(db)


def together(db: Database, *ids: int, level: Level = "story") -> Applied:
    """Put articles together; who decides is eva."""
    return decide(db, [Decision(0, NOW, "eva", "together", level, ids)], SETTINGS, NOW)


def apart(db: Database, a: int, b: int, level: Level = "story") -> Applied:
    """Put two articles apart."""
    return decide(db, [Decision(0, NOW, "eva", "apart", level, (a,), (b,))], SETTINGS, NOW)


def on_story(db: Database, kind: Kind, story_id: int, value: str = "") -> Applied:
    """Decide on a story."""
    return decide_on_story(db, Decision(0, NOW, "eva", kind, story_id=story_id, value=value))


def take_back(db: Database, *ids: int) -> Applied:
    """Undo decisions; who does is tom."""
    return undo(db, ids, SETTINGS, by="tom", now=NOW)


def place(db: Database, article_id: int, column: str = "story_id") -> int:
    """The story that an article is in, or its copy group."""
    return int(db.value(f"SELECT {column} FROM article WHERE id = ?", (article_id,)))  # noqa: S608 - the column is ours


def are_one(db: Database, *ids: int, column: str = "story_id") -> bool:
    """Whether articles are in one story, or one copy group."""
    return len({place(db, each, column) for each in ids}) == 1


def parts(db: Database, column: str) -> set[frozenset[int]]:
    """The partition of articles by a column."""
    found: dict[int, set[int]] = {}
    for row in db.rows(f"SELECT id, {column} FROM article"):  # noqa: S608 - the column is ours
        found.setdefault(row[1], set()).add(row[0])
    return set(map(frozenset, found.values()))


def computed(db: Database) -> tuple[set[frozenset[int]], set[frozenset[int]]]:
    """Copy groups and stories."""
    return parts(db, "copy_group_id"), parts(db, "story_id")


def sound(db: Database) -> bool:
    """Whether the database keeps its promises."""
    return list(broken_promises(Path(db.path), NOW)) == []


def remove(db: Database, article_id: int) -> None:
    """Remove an article as a tool of the operator's would."""
    with db.write():
        story, group = place(db, article_id), place(db, article_id, "copy_group_id")
        fingerprints.forget(db, article_id)
        db.execute("UPDATE copy_group SET first_article_id = NULL WHERE id = ?", (group,))
        db.execute("DELETE FROM former_address WHERE article_id = ?", (article_id,))
        db.execute("DELETE FROM article WHERE id = ?", (article_id,))
        clusters.recount(db, [group])
        stories.recount(db, [story])
        trace(db, ())
