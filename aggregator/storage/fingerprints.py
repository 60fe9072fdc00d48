"""What hangs on the text of an article, as kept: its fingerprint with the keys, terms, blocks."""

import json
from collections.abc import Iterable, Iterator, Mapping

from aggregator.errors import ProfileMismatch
from aggregator.model import Fingerprint
from aggregator.storage import provenance, retiring, texts
from aggregator.storage.database import Database
from aggregator.storage.packing import pack_keys, unpack_keys
from aggregator.storage.times import from_text, seconds

__all__ = [
    "forget",
    "index",
    "keep_removed",
    "other_profiles",
    "require_profile",
    "save",
]


def forget(db: Database, article_id: int) -> None:
    """Take away what an earlier version left: blocks, fingerprint, links, keys.

    Call inside `write()`.
    """
    old = db.row("SELECT keys FROM fingerprint WHERE article_id = ?", (article_id,))
    if old is None:
        return
    provenance.forget(db, article_id)
    texts.leave(db, article_id)
    at = _moment(db, article_id)
    bands = [(key, at, article_id) for key in unpack_keys(old["keys"])]
    db.execute_many("DELETE FROM band WHERE key = ? AND at = ? AND article_id = ?", bands)
    for table in ("unindexed", "removed_block", "fingerprint", "story_document"):
        db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608 - names are ours


def keep_removed(
    db: Database, article_id: int, blocks: Iterable[tuple[str, str, int | None]]
) -> None:
    """Keep the reason, text and place of what was taken out of an article that has none yet.

    Call inside `write()`.
    """
    db.execute_many(
        "INSERT INTO removed_block (article_id, position, reason, text, place)"
        " VALUES (?, ?, ?, ?, ?)",
        [(article_id, at, *block) for at, block in enumerate(blocks)],
    )


def save(
    db: Database, article_id: int, fingerprint: Fingerprint, terms: Mapping[str, float]
) -> None:
    """Keep what an article has none of yet; `index` makes it be found. Call inside `write()`."""
    keys = sorted(set(fingerprint.keys))
    db.execute(
        "INSERT INTO fingerprint (article_id, profile, signature, keys) VALUES (?, ?, ?, ?)",
        (article_id, fingerprint.profile, fingerprint.signature, pack_keys(keys)),
    )
    if _moment(db, article_id) >= retiring.retired(db, retiring.ARTICLES):
        db.execute("INSERT INTO unindexed (article_id) VALUES (?)", (article_id,))
    db.execute(
        "INSERT INTO story_document (article_id, terms) VALUES (?, ?)",
        (article_id, json.dumps(dict(terms), ensure_ascii=False)),
    )


def index(db: Database, at_most: int) -> int:
    """Make articles be found by their keys, `at_most` at once; returns how many were left to do.

    The keys are sorted, so that each page of their table is written once however many it gets.
    """
    if db.value("SELECT 1 FROM unindexed LIMIT 1") is None:
        return 0
    with db.write():
        first = "SELECT article_id FROM unindexed ORDER BY article_id LIMIT ?"
        ids = json.dumps([row[0] for row in db.rows(first, (at_most,))])
        db.execute("CREATE TEMP TABLE IF NOT EXISTS fresh_key (key, at, article_id)")
        db.execute_many("INSERT INTO fresh_key VALUES (?, ?, ?)", _keys_of(db, ids))
        db.execute("INSERT OR IGNORE INTO band SELECT * FROM fresh_key ORDER BY 1, 2, 3")
        db.execute("DELETE FROM fresh_key")
        chosen = "SELECT value FROM json_each(?)"
        db.execute(f"DELETE FROM unindexed WHERE article_id IN ({chosen})", (ids,))  # noqa: S608 - only ours
    return int(db.value("SELECT count(*) FROM unindexed"))


def _keys_of(db: Database, ids: str) -> Iterator[tuple[int, int, int]]:
    sql = """SELECT article_id, ordered_at, keys FROM fingerprint
             JOIN article ON article.id = article_id
             WHERE article_id IN (SELECT value FROM json_each(?))"""
    retired = retiring.retired(db, retiring.ARTICLES)
    for article_id, ordered_at, keys in db.rows(sql, (ids,)):
        at = _seconds(ordered_at)
        if at >= retired:
            yield from ((key, at, article_id) for key in unpack_keys(keys))


def _moment(db: Database, article_id: int) -> int:
    """When an article was published, or seen, as `band` has it: seconds since 1970."""
    return _seconds(db.value("SELECT ordered_at FROM article WHERE id = ?", (article_id,)))


def _seconds(ordered_at: str) -> int:
    moment = from_text(ordered_at)
    assert moment is not None  # the column is NOT NULL
    return seconds(moment)


def other_profiles(db: Database, wanted: str) -> dict[str, int]:
    """The profiles of fingerprints that are not of the one `wanted`, with how many there are."""
    sql = "SELECT profile, fingerprints FROM profile WHERE fingerprints > 0 AND profile <> ?"
    return {row[0]: row[1] for row in db.rows(sql, (wanted,))}


def require_profile(db: Database, wanted: str) -> None:
    """Raise ProfileMismatch where articles have fingerprints of another profile."""
    found = other_profiles(db, wanted)
    if found:
        count, others = sum(found.values()), "; ".join(sorted(found))
        message = (
            f"{db.path}: {count:,} articles have fingerprints of another version of this program "
            f"({others}), with which those of today ({wanted}) cannot be compared. "
            "'aggregator rebuild --swap' makes all anew; until then nothing is clustered."
        )
        raise ProfileMismatch(message)
