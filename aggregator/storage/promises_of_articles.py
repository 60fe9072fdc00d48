"""What the database promises of entries, articles and pages: queries for what breaks it."""

from typing import Final

__all__ = ["ARTICLES"]

ARTICLES: Final = (
    (
        "every article has a fingerprint and a story document",
        """SELECT 'article ' || id FROM article
           WHERE id NOT IN (SELECT article_id FROM fingerprint)
              OR id NOT IN (SELECT article_id FROM story_document)""",
    ),
    (
        "every line of an article has its place",
        """SELECT 'article ' || id FROM article
           WHERE places <> '[]' AND json_array_length(places) <>
             iif(text = '', 0, 1 + length(text) - length(replace(text, char(10), '')))""",
    ),
    (
        "what was learnt to recur on a site stands on three pages",
        "SELECT 'boilerplate ' || id FROM furniture WHERE state = 'learnt' AND pages < 3",
    ),
    (
        "a decision on boilerplate says who made it and when",
        """SELECT 'boilerplate ' || id FROM furniture
           WHERE state <> 'learnt' AND (decided_by IS NULL OR decided_at IS NULL)""",
    ),
    (
        "what an editor said of a site's boilerplate holds in its articles",
        """SELECT 'article ' || article.id FROM article JOIN furniture USING (site)
           WHERE state <> 'learnt' AND applied AND studied AND length(text) <= 100000
             AND length(text) - length(replace(text, char(10), '')) < 500 AND (
             state IN ('approved', 'added') AND instr(text, char(10)) > 0
               AND instr(char(10) || text || char(10), char(10) || example || char(10)) > 0
             OR state = 'rejected' AND EXISTS (
               SELECT 1 FROM removed_block AS gone WHERE article_id = article.id
                 AND gone.text = example AND reason = 'recurs on the site'))""",
    ),
    (
        "an entry that is done has its article",
        "SELECT 'entry ' || id FROM entry WHERE state = 'done' AND article_id IS NULL",
    ),
    (
        "an article is found by its keys, until they retire",
        """SELECT 'article ' || id FROM article JOIN fingerprint ON article_id = id
           LEFT JOIN (SELECT article_id AS owner, count(*) AS found, min(at) AS first,
                             max(at) AS last FROM band GROUP BY article_id) ON owner = id
           WHERE id NOT IN (SELECT article_id FROM unindexed) AND coalesce(found, 0) <> iif(
               unixepoch(ordered_at) < coalesce((SELECT before FROM retired WHERE kind = 'band'),
                                                -9223372036854775808),
               0, length(keys) / 8)
             OR first <> unixepoch(ordered_at) OR last <> first""",
    ),
    (
        "an article's versions are kept without a gap",
        """SELECT 'article ' || id FROM article
           WHERE version <> 1 + (SELECT count(*) FROM former_version WHERE article_id = id)
              OR version <= (SELECT max(version) FROM former_version WHERE article_id = id)""",
    ),
    (
        "what waits to be found by its words is there",
        """SELECT 'article ' || article_id FROM search_pending
           WHERE article_id NOT IN (SELECT id FROM article)""",
    ),
    (
        "fingerprints are counted by their profile",
        """SELECT 'profile ' || coalesce(kept, profile) FROM profile
           FULL JOIN (SELECT profile AS kept, count(*) AS counted FROM fingerprint GROUP BY profile)
             ON kept = profile
           WHERE coalesce(fingerprints, 0) <> coalesce(counted, 0)""",
    ),
    (
        "every page can be unpacked",
        "SELECT 'page ' || id FROM page WHERE substr(body, 1, 1) IS NOT x'78'",
    ),
)
"""Each promise with a query that names where it is broken."""
