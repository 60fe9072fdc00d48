"""Who is together with whom in a database, by the addresses of the articles."""

from aggregator.storage.database import Database

__all__ = ["parts"]


def parts(db: Database, column: str) -> set[frozenset[str]]:
    """The partition of URLs by `column` (copy_group_id or story_id)."""
    found: dict[int, set[str]] = {}
    for row in db.rows("SELECT * FROM article"):
        found.setdefault(row[column], set()).add(row["canonical_url"])
    return set(map(frozenset, found.values()))
