"""The secret by which a desk knows again what it gave browsers, also after it was started anew."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["keep", "kept"]


def kept(db: "Database") -> bytes | None:
    """The secret of this database, None where no desk has served it yet."""
    found: bytes | None = db.value("SELECT secret FROM desk_key")
    return found


def keep(db: "Database", made: bytes) -> bytes:
    """Keep a secret, unless there is one already; gives the one that is kept. Inside `write()`."""
    db.execute("INSERT INTO desk_key (id, secret) VALUES (1, ?) ON CONFLICT DO NOTHING", (made,))
    found = kept(db)
    assert found is not None  # one was put there if there was none
    return found
