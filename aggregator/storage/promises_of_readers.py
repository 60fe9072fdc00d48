"""What the database promises to readers: times, JSON, and that changes tell what became of all."""

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["READERS"]

_TIMES: Final[Mapping[str, Sequence[str]]] = {
    "account": ("added_at", "last_in_at"),
    "article": ("ordered_at", "fetched_at", "published_at", "updated_at"),
    "change": ("at",),
    "decision": ("at", "undone_at"),
    "former_version": ("seen_at", "updated_at"),
    "entry": ("first_seen_at", "next_try_at", "published_at", "updated_at"),
    "feed": ("added_at", "last_polled_at", "last_success_at", "next_poll_at"),
    "feed_act": ("at",),
    "outbox": ("created_at", "next_try_at", "last_try_at", "ended_at"),
    "page": ("fetched_at",),
    "picture": ("at", "next_try_at"),
    "redirect": ("at",),
    "rejection": ("at",),
    "request": ("at",),
    "run": ("began_at", "ended_at"),
    "saved_search": ("created_at",),
    "session": ("began_at", "used_at"),
    "seen": ("at", "before_at"),
    "story_card": ("first_at", "last_at", "begun_at", "grown_at"),
    "visit": ("last_at", "before_at"),
    "webhook": ("since", "failing_since", "paused_until", "last_success_at"),
}
_JSON: Final[Mapping[str, Sequence[str]]] = {
    "article": ("authors", "places"),
    "change": ("detail",),
    "copy_group": ("shared_terms",),
    "entry": ("authors", "tags"),
    "feed": ("tags", "schedule", "text_measures"),
    "feed_day": ("delays",),
    "host": ("addresses",),
    "outbox": ("body",),
    "request": ("sent",),
    "seen": ("articles", "before"),
    "story_card": ("card", "lists"),
    "story_document": ("terms",),
    "story_text": ("vector", "keys"),
}


def _of_columns(columns: Mapping[str, Sequence[str]], wrong: str) -> str:
    """A query for the tables in which the condition `wrong` holds of a column anywhere."""
    return " UNION ALL ".join(
        f"SELECT '{table}.{column}: ' || substr({column}, 1, 40) FROM {table} WHERE {wrong}".format(  # noqa: S608 - names are ours
            column
        )
        for table, names in columns.items()
        for column in names
    )


# The last that changes tell of each article, group and story: that it went, or anything else.
_LAST: Final = """
SELECT of, id, max(seq), kind IN (of || '_merged', of || '_removed', of || '_ended') AS went
FROM (SELECT seq, id, kind, CASE WHEN kind GLOB 'copy_group_*' THEN 'copy_group'
        WHEN kind GLOB 'story_*' THEN 'story'
        WHEN kind GLOB 'article_*' AND kind <> 'article_rejected' THEN 'article' END AS of
      FROM change WHERE id IS NOT NULL)
WHERE of IS NOT NULL GROUP BY of, id
"""

READERS: Final = (
    (
        "times are UTC in ISO 8601",
        _of_columns(_TIMES, "unixepoch({0}) IS NULL AND {0} NOT NULL OR {0} NOT GLOB '*T*Z'"),
    ),
    (
        "what is kept as JSON can be read",
        _of_columns(_JSON, "{0} NOT NULL AND NOT json_valid({0})"),
    ),
    (
        "whatever happened is told in changes",
        "SELECT kind || ' ' || id FROM touched",
    ),
    (
        "what changes tell is so: who went is gone, and who came is there",
        f"""SELECT of || ' ' || id FROM ({_LAST}) AS last WHERE went = CASE of
              WHEN 'article' THEN id IN (SELECT id FROM article)
              WHEN 'story' THEN id IN (SELECT id FROM story)
              ELSE id IN (SELECT id FROM copy_group) END""",  # noqa: S608 - names are ours
    ),
    (
        "of every article that came since changes are told they tell that it came",
        """SELECT 'article ' || id FROM article
           WHERE id > (SELECT min(id) FROM change WHERE kind = 'article_added')
             AND id NOT IN (SELECT id FROM change WHERE kind = 'article_added')""",
    ),
    (
        "webhooks are told of nothing that has not happened",
        """SELECT 'webhook ' || name FROM webhook
           WHERE cursor > (SELECT max(seq) FROM change)
           UNION ALL SELECT 'message ' || id FROM outbox
           WHERE seq > (SELECT max(seq) FROM change)""",
    ),
    (
        "what a reader saw of a story is kept of where that was merged into",
        """SELECT 'story ' || story_id FROM seen
           WHERE story_id IN (SELECT old_id FROM redirect WHERE kind = 'story')""",
    ),
    (
        "what a reader saw before is no later than what they saw last",
        """SELECT 'reader ' || reader || ', story ' || story_id FROM seen WHERE before_at > at
           UNION ALL SELECT 'reader ' || reader FROM visit WHERE before_at > last_at""",
    ),
    (
        "a card shows its story as it is, unless it is to be made anew",
        """SELECT 'story ' || story_id FROM story_card AS c LEFT JOIN story AS s ON s.id = story_id
           WHERE story_id NOT IN (SELECT story_id FROM card_due) AND (
             s.id IS NULL OR card ->> 'article_count' <> s.article_count
             OR card ->> 'outlet_count' <> s.outlet_count
             OR card ->> 'text_count' <> s.copy_group_count OR c.first_at > s.first_published_at
             OR card ->> 'hidden' <> EXISTS (
               SELECT 1 FROM decision WHERE decision.story_id = s.id AND kind = 'hide'
                 AND undone_at IS NULL)
             OR card ->> 'pinned' <> EXISTS (
               SELECT 1 FROM decision WHERE decision.story_id = s.id AND kind = 'pin'
                 AND undone_at IS NULL))""",
    ),
    (
        "a story with a card stands in its lists, and no other one does",
        """SELECT 'story ' || coalesce(c.story_id, l.story_id) FROM (
             SELECT story_id, score, each.value ->> 0 AS kind, each.value ->> 1 AS value
             FROM story_card, json_each(lists) AS each) AS c
           FULL JOIN story_list AS l
             ON (l.kind, l.value, l.score, l.story_id) = (c.kind, c.value, c.score, c.story_id)
           WHERE c.story_id IS NULL OR l.story_id IS NULL""",
    ),
    (
        "of the polls of a day no more failed than there were",
        """SELECT 'feed ' || feed_id || ' on ' || day FROM feed_day
           WHERE failures > polls OR polls < 1 OR entries < 0""",
    ),
    (
        "the database has a name of its own",
        "SELECT 'installation' WHERE NOT EXISTS (SELECT 1 FROM installation WHERE name <> '')",
    ),
)
"""Each promise with a query that names where it is broken."""
