"""What a run does for the database besides its work: what is old goes."""

from datetime import datetime

from aggregator.settings import StorageSettings
from aggregator.storage import articles, hosts, requests, robots
from aggregator.storage.database import Database

__all__ = ["drop_old"]


def drop_old(db: Database, keep: StorageSettings, now: datetime) -> None:
    """Drop pages and requests that are older than `keep` says, and what hosts' robots are past."""
    articles.drop_old_pages(db, keep.keep_pages, now)
    requests.drop_old(db, keep.keep_requests, now)
    robots.drop_old(db, now)
    hosts.drop_old(db, now)
