"""What was measured of each feed's texts: whether it carries articles whole."""

import json
from dataclasses import astuple

from aggregator.core.fulltext import Carrying, Measure, carries_whole
from aggregator.storage.database import Database

__all__ = ["every", "keep", "load"]

_COLUMNS = "text_measures, text_taken"


def load(db: Database, feed_id: int) -> Carrying:
    """What is known of one feed."""
    row = db.rows(f"SELECT {_COLUMNS} FROM feed WHERE id = ?", (feed_id,))[0]  # noqa: S608 - names are ours
    return _carrying(*row)


def every(db: Database) -> dict[int, Carrying]:
    """What is known of each feed, by its id."""
    rows = db.rows(f"SELECT {_COLUMNS}, id FROM feed")  # noqa: S608 - names are ours
    return {row["id"]: _carrying(*row[:2]) for row in rows}


def keep(db: Database, feed_id: int, known: Carrying) -> None:
    """Keep what is known of one feed. Call inside `write()`."""
    measures = json.dumps([astuple(each) for each in known.measures])
    sql = "UPDATE feed SET text_measures = ?, text_taken = ?, text_whole = ? WHERE id = ?"
    db.execute(sql, (measures, known.taken, carries_whole(known), feed_id))


def _carrying(measures: str, taken: int) -> Carrying:
    return Carrying(tuple(Measure(*each) for each in json.loads(measures)), taken)
