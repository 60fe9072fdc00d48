"""What operating the program needs of the schema: the log of runs, and less to write."""

from typing import Final

__all__ = ["MERGES", "RUNS"]

# A row a run; rounds that found nothing to do share one, or a daemon would fill it with them.
# Totals outlive the rows, which are pruned.
RUNS: Final = """
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  began_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT NOT NULL DEFAULT 'working'
    CHECK (outcome IN ('working', 'done', 'idle', 'stopped', 'failed', 'killed')),
  detail TEXT,
  rounds INTEGER NOT NULL DEFAULT 1,
  feeds_due INTEGER NOT NULL DEFAULT 0,
  feeds_changed INTEGER NOT NULL DEFAULT 0,
  feeds_unchanged INTEGER NOT NULL DEFAULT 0,
  feeds_postponed INTEGER NOT NULL DEFAULT 0,
  feeds_failed INTEGER NOT NULL DEFAULT 0,
  articles_stored INTEGER NOT NULL DEFAULT 0,
  articles_known INTEGER NOT NULL DEFAULT 0,
  articles_rejected INTEGER NOT NULL DEFAULT 0,
  articles_waiting INTEGER NOT NULL DEFAULT 0,
  articles_clustered INTEGER NOT NULL DEFAULT 0,
  backlog INTEGER,
  database_bytes INTEGER,
  wal_bytes INTEGER
);
CREATE INDEX run_began ON run (began_at);
CREATE TABLE run_total (
  name TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIEW runs AS
  SELECT id, began_at, ended_at, outcome, detail, rounds, feeds_due, feeds_changed,
         feeds_unchanged, feeds_postponed, feeds_failed, articles_stored, articles_known,
         articles_rejected, articles_waiting, articles_clustered, backlog, database_bytes, wal_bytes
  FROM run;
"""

# Segments of the full-text index are merged once there are 16 of a size, not four: each merge
# writes them anew.
MERGES: Final = """
INSERT INTO article_fts (article_fts, rank) VALUES ('automerge', 16);
INSERT INTO article_fts (article_fts, rank) VALUES ('crisismerge', 32);
"""
