"""What the database promises of copy groups, stories and decisions: queries for what breaks it."""

from typing import Final

__all__ = ["CLUSTERS"]

CLUSTERS: Final = (
    (
        "every copy group has articles",
        """SELECT 'copy group ' || id FROM copy_group
           WHERE id NOT IN (SELECT copy_group_id FROM article WHERE copy_group_id IS NOT NULL)""",
    ),
    (
        "a copy group's figures are true",
        """SELECT 'copy group ' || id FROM copy_group AS g
           WHERE article_count <> (SELECT count(*) FROM article WHERE copy_group_id = g.id)
              OR outlet_count <>
                 (SELECT count(DISTINCT outlet) FROM article WHERE copy_group_id = g.id)""",
    ),
    (
        "a copy group's first article is one of its own",
        """SELECT 'copy group ' || g.id FROM copy_group AS g
           LEFT JOIN article ON article.id = first_article_id
           WHERE copy_group_id IS NOT g.id""",
    ),
    (
        "every member of a copy group has its figures, which rest on others of the group",
        """SELECT 'article ' || article.id FROM article
           JOIN copy_group ON copy_group.id = article.copy_group_id
           LEFT JOIN copy_member ON article_id = article.id
           LEFT JOIN article AS reference ON reference.id = reference_id
           WHERE article.clustered AND ((article_count > 1) <> (article_id IS NOT NULL)
             OR reference_id IS NOT NULL
                AND reference.copy_group_id IS NOT article.copy_group_id)""",
    ),
    (
        "every story has articles",
        """SELECT 'story ' || id FROM story
           WHERE id NOT IN (SELECT story_id FROM article WHERE story_id IS NOT NULL)""",
    ),
    (
        "a story's figures are true",
        """SELECT 'story ' || id FROM story AS s
           WHERE article_count <> (SELECT count(*) FROM article WHERE story_id = s.id)
              OR outlet_count <> (SELECT count(DISTINCT outlet) FROM article WHERE story_id = s.id)
              OR copy_group_count <> (SELECT count(*) FROM copy_group WHERE story_id = s.id)""",
    ),
    (
        "an article is in the story of its copy group",
        """SELECT 'article ' || article.id FROM article
           LEFT JOIN copy_group ON copy_group.id = copy_group_id
           WHERE article.story_id IS NOT copy_group.story_id""",
    ),
    (
        "a clustered article has a copy group and a story",
        """SELECT 'article ' || id FROM article
           WHERE clustered AND (copy_group_id IS NULL OR story_id IS NULL)""",
    ),
    (
        "keys and links belong to articles",
        """SELECT 'article ' || id FROM (
             SELECT article_id AS id FROM band
             UNION SELECT a FROM copy_link UNION SELECT b FROM copy_link)
           WHERE id NOT IN (SELECT id FROM article)""",
    ),
    (
        "an article stands for itself, or behind one that does, linked to that and in its group",
        """SELECT 'article ' || article.id FROM article
           LEFT JOIN article AS head ON head.id = article.same_as
           WHERE article.same_as IS NOT NULL
             AND (head.id IS NULL OR head.same_as IS NOT NULL
                  OR article.clustered AND head.clustered
                     AND head.copy_group_id IS NOT article.copy_group_id
                  OR 1 <> (SELECT count(*) FROM copy_link WHERE a = article.id)
                        + (SELECT count(*) FROM copy_link WHERE b = article.id)
                  OR NOT EXISTS (SELECT 1 FROM copy_link WHERE rule = 'words'
                     AND a = min(article.id, head.id) AND b = max(article.id, head.id)))""",
    ),
    (
        "how many stand behind an article is counted",
        """SELECT 'article ' || coalesce(article_id, same_as) FROM repeated_text FULL JOIN (
             SELECT same_as, count(*) AS counted FROM article
             WHERE same_as IS NOT NULL GROUP BY same_as) ON same_as = article_id
           WHERE twins IS NOT counted""",
    ),
    (
        "what stories are formed of belongs to copy groups",
        """SELECT 'copy group ' || id FROM (
             SELECT copy_group_id AS id FROM story_key UNION SELECT copy_group_id FROM story_text
             UNION SELECT a FROM story_link UNION SELECT b FROM story_link
             UNION SELECT partner_group_id FROM copy_group WHERE partner_group_id IS NOT NULL)
           WHERE id NOT IN (SELECT id FROM copy_group)""",
    ),
    (
        "a copy group is in its story for its likeness to another one there, or by decision",
        """SELECT 'copy group ' || member.id FROM copy_group AS member
           LEFT JOIN copy_group AS partner ON partner.id = member.partner_group_id
           WHERE member.partner_group_id IS NOT NULL AND partner.story_id IS NOT member.story_id
              OR member.partner_group_id IS NOT NULL AND member.story_id IS NULL""",
    ),
    (
        "a redirect leads from an id that is gone to one that lives",
        """SELECT kind || ' ' || old_id FROM redirect
           WHERE kind = 'story' AND (old_id IN (SELECT id FROM story)
                                     OR new_id NOT IN (SELECT id FROM story))
              OR kind = 'copy_group' AND (old_id IN (SELECT id FROM copy_group)
                                          OR new_id NOT IN (SELECT id FROM copy_group))""",
    ),
    (
        "a decision is part of an act, which began with one of the same author",
        """SELECT 'decision ' || id FROM decision AS own WHERE NOT EXISTS (
             SELECT 1 FROM decision AS first WHERE first.id = own.act AND first.act = first.id
               AND first.id <= own.id AND first.author = own.author)""",
    ),
    (
        "a decision says who made it, and of what",
        """SELECT 'decision ' || id FROM decision
           WHERE trim(author) = '' OR kind IN ('rename', 'note') AND trim(value) = ''
             OR level IS NOT NULL
             AND (SELECT count(*) FROM decision_article WHERE decision_id = decision.id) < 2""",
    ),
    (
        "a decision speaks of articles and stories that are there, or that are known to be gone",
        """SELECT 'decision ' || decision_id FROM decision_article
           WHERE article_id NOT IN (SELECT id FROM article)
           UNION SELECT 'decision ' || id FROM decision
           WHERE story_id IN (SELECT old_id FROM redirect WHERE kind = 'story')""",
    ),
    (
        "a copy group begins with its earliest article",
        """SELECT 'copy group ' || g.id FROM copy_group AS g
           JOIN article ON article.id = first_article_id
           WHERE ordered_at > (SELECT min(ordered_at) FROM article WHERE copy_group_id = g.id)""",
    ),
    (
        "a copy group names an agency that is credited in it, if one is",
        """SELECT 'copy group ' || g.id FROM copy_group AS g
           WHERE NOT EXISTS (SELECT 1 FROM article WHERE copy_group_id = g.id AND NOT clustered)
             AND (agency IS NULL) = EXISTS (SELECT 1 FROM article INDEXED BY article_agency
                                            WHERE copy_group_id = g.id AND agency IS NOT NULL)
             OR agency IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM article WHERE copy_group_id = g.id
                 AND (article.agency = g.agency OR NOT clustered))""",
    ),
    (
        "a story begins and ends with its articles",
        """SELECT 'story ' || s.id FROM story AS s
           WHERE (first_published_at, last_published_at) IS NOT
             (SELECT min(ordered_at), max(ordered_at) FROM article WHERE story_id = s.id)""",
    ),
    (
        "of a link the smaller number comes first",
        """SELECT 'articles ' || a || ' and ' || b FROM copy_link WHERE a >= b
           UNION ALL SELECT 'copy groups ' || a || ' and ' || b FROM story_link WHERE a >= b""",
    ),
    (
        "a copy group is found by its keys, until they retire",
        """SELECT 'copy group ' || coalesce(copy_group_id, owner) FROM story_text
           FULL JOIN (SELECT copy_group_id AS owner, count(*) AS found, min(at) AS first,
                             max(at) AS last FROM story_key GROUP BY copy_group_id)
             ON owner = copy_group_id
           WHERE copy_group_id IS NULL OR first <> last_at OR last <> last_at
             OR coalesce(found, 0) <> iif(
               last_at < coalesce((SELECT before FROM retired WHERE kind = 'story_key'),
                                  -9223372036854775808),
               0, json_array_length(keys))""",
    ),
    (
        "what is told of a copy group's time is true",
        """SELECT 'copy group ' || g.copy_group_id FROM story_text AS g
           WHERE first_at > last_at OR last_at <
             (SELECT unixepoch(max(ordered_at)) FROM article
              WHERE article.copy_group_id = g.copy_group_id AND clustered)""",
    ),
    (
        "no term stands in more texts than there are",
        """SELECT 'term ' || term FROM term_frequency AS one
           WHERE count < 0 OR count > coalesce((SELECT count FROM term_frequency
                                                WHERE language = one.language AND term = ''), 0)
           UNION ALL SELECT 'language ' || language FROM story_drift AS drift
           WHERE documents > coalesce((SELECT count FROM term_frequency
                                       WHERE language = drift.language AND term = ''), 0)""",
    ),
    (
        "a number is never given twice",
        """SELECT name FROM sqlite_sequence WHERE seq < max(
             CASE name WHEN 'copy_group' THEN (SELECT coalesce(max(id), 0) FROM copy_group)
                       WHEN 'story' THEN (SELECT coalesce(max(id), 0) FROM story)
                       WHEN 'decision' THEN (SELECT coalesce(max(id), 0) FROM decision)
                       WHEN 'furniture' THEN (SELECT coalesce(max(id), 0) FROM furniture)
                       WHEN 'change' THEN (SELECT coalesce(max(seq), 0) FROM change)
                       ELSE 0 END,
             coalesce((SELECT max(old_id) FROM redirect WHERE redirect.kind = name), 0))""",
    ),
)
"""Each promise with a query that names where it is broken."""
