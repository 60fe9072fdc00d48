"""What watching feeds and searches at the desk needs of the schema; `schema` gives the order."""

from typing import Final

__all__ = ["ALERTS", "FEEDS"]

# Who wants to be told of a saved search's new hits, and the article up to which they looked.
ALERTS: Final = """
CREATE TABLE search_alert (
  search_id INTEGER NOT NULL REFERENCES saved_search (id) ON DELETE CASCADE,
  reader TEXT NOT NULL,
  looked_to INTEGER NOT NULL,
  PRIMARY KEY (search_id, reader)
) WITHOUT ROWID;
"""

# A feed may be paused, its polls are counted day by day, and what a person does to it is kept.
FEEDS: Final = """
ALTER TABLE feed ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
CREATE TABLE feed_day (
  feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  polls INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  delays TEXT NOT NULL,
  PRIMARY KEY (feed_id, day)
) WITHOUT ROWID;
CREATE INDEX feed_day_day ON feed_day (day);
CREATE TABLE feed_act (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  act TEXT NOT NULL
    CHECK (act IN ('added', 'retried', 'moved', 'paused', 'resumed', 'removed')),
  url TEXT NOT NULL,
  outlet TEXT NOT NULL,
  target TEXT
);
DROP VIEW feeds;
CREATE VIEW feeds AS
  SELECT id, coalesce(shown_url, outlet) AS url, outlet, title, language, tags, status, listed,
         last_polled_at, last_success_at, next_poll_at, last_error, failures,
         last_new_at, interval_minutes, rhythm_minutes, moved_to, moved_times, address,
         id_churn, hub, text_source,
         iif(text_source <> 'auto', text_source, iif(text_whole, 'feed', 'page')) AS text_from,
         paused
  FROM feed;
"""
