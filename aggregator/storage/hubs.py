"""Whether hubs or webhooks play any part: asked at every run, so that others pay for nothing."""

from aggregator.storage.database import Database

__all__ = ["any_webhook", "in_use"]


def in_use(db: Database) -> bool:
    """Whether there is any subscription, or a delivery that waits."""
    return db.value("SELECT 1 FROM subscription UNION ALL SELECT 1 FROM delivery") is not None


def any_webhook(db: Database) -> bool:
    """Whether any webhook is kept, though feeds.yaml may have it no longer."""
    return db.value("SELECT 1 FROM webhook LIMIT 1") is not None
