"""Articles as they are laid beside each other: their texts, and which others are worth it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.core.shingles import body
from aggregator.storage.readers import ArticleRow, article_row

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Side", "neighbours", "side"]

_MOST_NEIGHBOURS: Final = 40


@dataclass(frozen=True, slots=True)
class Side:
    """An article with its text; the lead is part of that."""

    article: ArticleRow
    text: str


def side(db: "Database", article_id: int) -> Side | None:
    """One article to be compared; None where there is none of that number."""
    row = db.row("SELECT * FROM articles WHERE id = ?", (article_id,))
    return None if row is None else Side(article_row(row), body(row["lead"], row["text"]))


def neighbours(db: "Database", article: ArticleRow) -> list[ArticleRow]:
    """Others to compare an article with: of its copy group first, then of its story, the newest."""
    sql = """SELECT * FROM articles WHERE story_id = ?1 AND id <> ?2
             ORDER BY copy_group_id <> ?3, coalesce(published_at, fetched_at) DESC, id LIMIT ?4"""
    values = (article.story_id, article.id, article.copy_group_id, _MOST_NEIGHBOURS)
    return [article_row(row) for row in db.rows(sql, values)]
