"""Tells the desk why articles stand where they stand, by the settings that runs go by."""

from dataclasses import dataclass

from aggregator.pipeline import why
from aggregator.pipeline.why import Pair, Why
from aggregator.settings import ClusterSettings
from aggregator.storage.database import Database

__all__ = ["Explanations"]


@dataclass(frozen=True, slots=True)
class Explanations:
    """Explains by `settings`; all scores are computed anew."""

    settings: ClusterSettings

    def article(self, db: Database, article_id: int) -> Why:
        """Why an article is in its copy group and its story; raises NotFound."""
        return why.article(db, article_id, self.settings)

    def pair(self, db: Database, a: int, b: int) -> Pair:
        """Why two articles are together or apart; raises NotFound."""
        return why.pair(db, a, b, self.settings)
