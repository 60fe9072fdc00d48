"""What webhooks keep, as a migration's SQL: the webhooks, what they told of, and the outbox."""

from typing import Final

__all__ = ["WEBHOOKS"]

# Neither addresses nor secrets are here: they stay in feeds.yaml, in variables and in files. A
# webhook looks at no article up to `article_floor` (they were there before it) and at no change up
# to `cursor`. What it told of is kept by article, since stories merge and split: `story_id` stands
# with the one article by which an event has its name.
WEBHOOKS: Final = """
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  condition TEXT NOT NULL,
  address_hash TEXT NOT NULL,
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'gone')),
  since TEXT NOT NULL,
  article_floor INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since TEXT,
  paused_until TEXT,
  last_success_at TEXT,
  error TEXT,
  CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE TABLE webhook_told (
  webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  story_id INTEGER,
  PRIMARY KEY (webhook_id, article_id)
) WITHOUT ROWID;
CREATE INDEX webhook_told_article ON webhook_told (article_id);
CREATE INDEX webhook_told_story ON webhook_told (story_id, webhook_id) WHERE story_id IS NOT NULL;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('story', 'article')),
  story_id INTEGER,
  article_id INTEGER,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
  aside INTEGER NOT NULL DEFAULT 0 CHECK (aside IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  first_try_at TEXT,
  last_try_at TEXT,
  next_try_at TEXT NOT NULL,
  ended_at TEXT,
  status INTEGER,
  error TEXT,
  UNIQUE (webhook_id, message_id),
  CHECK ((state = 'waiting') = (ended_at IS NULL)),
  CHECK ((attempts = 0) = (first_try_at IS NULL))
);
CREATE INDEX outbox_waiting ON outbox (webhook_id, aside, id) WHERE state = 'waiting';
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;
CREATE VIEW webhooks AS
  SELECT id, name, condition, listed, state, since, failures, failing_since, paused_until,
         last_success_at, error,
         (SELECT count(*) FROM outbox WHERE webhook_id = webhook.id AND state = 'waiting')
           AS waiting,
         (SELECT count(*) FROM outbox WHERE webhook_id = webhook.id AND state = 'dead') AS dead
  FROM webhook;
CREATE VIEW webhook_deliveries AS
  SELECT outbox.id, webhook.name AS webhook, message_id, kind, story_id, article_id, seq,
         created_at, outbox.state, attempts, last_try_at,
         iif(outbox.state = 'waiting', next_try_at, NULL) AS next_try_at, ended_at, status,
         outbox.error
  FROM outbox JOIN webhook ON webhook.id = webhook_id;
"""
