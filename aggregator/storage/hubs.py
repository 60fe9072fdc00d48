"""Whether hubs play any part here: asked at every run, so that those without pay for nothing."""

from aggregator.storage.database import Database

__all__ = ["in_use"]


def in_use(db: Database) -> bool:
    """Whether there is any subscription, or a delivery that waits."""
    return db.value("SELECT 1 FROM subscription UNION ALL SELECT 1 FROM delivery") is not None
