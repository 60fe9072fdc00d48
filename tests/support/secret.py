"""What the database keeps for itself, so that tests can look for it where it must not be."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from aggregator.storage import accounts, desk_keys, sessions
from aggregator.storage.database import Database

__all__ = ["SECRETS", "plant"]

SECRETS: Final[Mapping[tuple[str, str], str]] = {
    ("account", "password"): "UPDATE account SET password = 'MARK'",
    ("account", "token"): "UPDATE account SET token = 'MARK'",
    ("session", "digest"): "UPDATE session SET digest = 'MARK'",
    ("desk_key", "secret"): "UPDATE desk_key SET secret = 'MARK'",
    ("feed", "url"): "UPDATE feed SET url = 'https://user:MARK@post.example/rss' WHERE id = 1",
    ("feed", "validators_url"): "UPDATE feed SET validators_url = 'https://MARK@post.example/'",
    ("feed", "etag"): "UPDATE feed SET etag = 'MARK'",
    ("subscription", "callback"): "UPDATE subscription SET callback = 'https://we.example/MARK'",
    ("subscription", "token"): "UPDATE subscription SET token = 'MARK'",
    ("subscription", "secret"): "UPDATE subscription SET secret = 'MARK'",
}
"""Each table with a column that holds a secret, and what makes it hold one."""

_NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


def plant(db: Database) -> None:
    """Put "geheim" into each such column; there is a feed 1."""
    with db.write():
        db.execute(
            """INSERT INTO subscription (feed_id, hub, topic, callback, token, secret, state)
               VALUES (1, 'https://hub.example/', 'https://post.example/rss', '', '', '',
                       'active')"""
        )
        account = accounts.add(db, "planted", "editor", "", _NOW)
        sessions.begin(db, account.id, b"", _NOW, sessions.Lasting())
        desk_keys.keep(db, b"")
        for sql in SECRETS.values():
            db.execute(sql.replace("MARK", "geheim"))
