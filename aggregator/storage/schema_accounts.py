"""What letting people in needs of the schema: who has an account, and who is signed in."""

from typing import Final

__all__ = ["ACCOUNTS", "DESK_KEY"]

# Of passwords, sessions and tokens only digests are kept: whoever reads the file gets in by none.
# `key` is the name as it is compared. A session is ended by deleting its row.
ACCOUNTS: Final = """
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'editor')),
  password TEXT,
  token BLOB UNIQUE,
  added_at TEXT NOT NULL,
  last_in_at TEXT
);
CREATE TABLE session (
  digest BLOB PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  began_at TEXT NOT NULL,
  used_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_account ON session (account_id, used_at);
CREATE INDEX session_began ON session (began_at);
"""

# With it the tokens of forms are made; without it in a file, those of before it would be refused.
DESK_KEY: Final = """
CREATE TABLE desk_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  secret BLOB NOT NULL
);
"""
