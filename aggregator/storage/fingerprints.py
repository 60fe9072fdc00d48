"""What hangs on the text of an article, as kept: its fingerprint with the keys, terms, blocks."""

import json
from collections.abc import Iterable, Mapping

from aggregator.errors import ProfileMismatch
from aggregator.model import Fingerprint
from aggregator.storage import provenance, retiring, texts
from aggregator.storage.database import Database
from aggregator.storage.packing import pack_keys, unpack_keys
from aggregator.storage.times import from_text, seconds

__all__ = [
    "forget",
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
    for table in ("removed_block", "fingerprint", "story_document"):
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
    """Keep what an article has none of yet. Call inside `write()`."""
    keys = sorted(set(fingerprint.keys))
    db.execute(
        "INSERT INTO fingerprint (article_id, profile, signature, keys) VALUES (?, ?, ?, ?)",
        (article_id, fingerprint.profile, fingerprint.signature, pack_keys(keys)),
    )
    at = _moment(db, article_id)
    found_by = keys if at >= retiring.retired(db, retiring.ARTICLES) else []
    db.execute_many(
        "INSERT INTO band (key, at, article_id) VALUES (?, ?, ?)",
        [(key, at, article_id) for key in found_by],
    )
    db.execute(
        "INSERT INTO story_document (article_id, terms) VALUES (?, ?)",
        (article_id, json.dumps(dict(terms), ensure_ascii=False)),
    )


def _moment(db: Database, article_id: int) -> int:
    """When an article was published, or seen, as `band` has it: seconds since 1970."""
    moment = from_text(db.value("SELECT ordered_at FROM article WHERE id = ?", (article_id,)))
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
