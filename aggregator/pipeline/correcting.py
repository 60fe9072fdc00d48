"""What editors decide, kept and applied at once, in the one transaction in which it is checked.

So neither order nor company matters: a run at work clusters its batches before or behind it, each a
transaction of its own, and obeys what it finds. Articles that no run has clustered yet are put
where they belong when one does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.decisions import articles_in, conflict
from aggregator.errors import Contradiction, NotFound, UsageError
from aggregator.model import Decision
from aggregator.pipeline.copying import place, regroup
from aggregator.pipeline.joining import find_stories
from aggregator.pipeline.tracing import trace
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters, decision_log, stories
from aggregator.storage import decisions as kept
from aggregator.storage.database import Database

__all__ = ["Applied", "decide", "decide_on_story", "part", "split", "undo"]


@dataclass(frozen=True, slots=True)
class Applied:
    """The decisions by their ids, and which of them held already or had been undone already.

    `articles` are those that they speak of, of which the `waiting` are not clustered yet.
    """

    ids: tuple[int, ...]
    already: frozenset[int] = frozenset()
    articles: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()


def decide(
    db: Database, wanted: Sequence[Decision], settings: ClusterSettings, now: datetime
) -> Applied:
    """Keep decisions on articles, all or none, and cluster anew what they concern.

    Raises NotFound where an article is not there, UsageError where one stands against itself, and
    Contradiction where decisions that hold say the opposite.
    """
    with db.write(durable=True):
        _must_be_there(db, wanted)
        made = [_keep(db, each) for each in wanted]
        kept.bind(db, (each for each, is_new in made if is_new))
        articles = sorted(articles_in(wanted))
        _recluster(db, articles, settings, now)
        waiting = set(articles) - set(kept.clustered(db, articles))
    already = frozenset(each for each, is_new in made if not is_new)
    ids = tuple(each for each, _ in made)
    return Applied(ids, already, tuple(articles), tuple(sorted(waiting)))


def split(
    db: Database,
    story_id: int,
    leaving: Sequence[int],
    settings: ClusterSettings,
    *,
    by: str,
    now: datetime,
) -> Applied:
    """Take articles out of a story, together and for good.

    Raises NotFound where there is no such story, UsageError where an article is not in it, or where
    none would remain in it, and Contradiction as `decide` does.
    """
    with db.write(durable=True):
        found = kept.story_now(db, story_id)
        if found is None:
            raise NotFound(_no_story(db, story_id))
        members = stories.members(db, found)
        others = sorted(members.keys() - set(leaving))
        _must_be_parts(story_id, leaving, members, others)
        return part(db, leaving, others, settings, by=by, now=now)


def part(
    db: Database,
    leaving: Sequence[int],
    others: Sequence[int],
    settings: ClusterSettings,
    *,
    by: str,
    now: datetime,
) -> Applied:
    """Keep articles apart from others, and together; raises what `decide` does."""
    wanted = Decision(0, now, by, "apart", "story", tuple(leaving), tuple(others))
    as_one = Decision(0, now, by, "together", "story", tuple(leaving))
    return decide(db, [wanted, *([as_one] if len(leaving) > 1 else ())], settings, now)


def _must_be_parts(
    story_id: int, leaving: Iterable[int], members: Iterable[int], others: Sequence[int]
) -> None:
    strangers = sorted(set(leaving) - set(members))
    if strangers:
        message = f"article {strangers[0]} is not in story {story_id}"
        raise UsageError(message)
    if not others:
        message = f"nothing would remain in story {story_id}: name the articles that are to leave"
        raise UsageError(message)


def _no_story(db: Database, story_id: int) -> str:
    return f"there is no story {story_id} in {db.path}"


def _must_be_there(db: Database, wanted: Iterable[Decision]) -> None:
    missing = kept.unknown(db, articles_in(wanted))
    if missing:
        message = f"there is no article {missing[0]} in {db.path}"
        raise NotFound(message)


def _keep(db: Database, new: Decision) -> tuple[int, bool]:
    """Keep a decision unless it holds already; returns its id, and whether it is new."""
    holding = kept.holding(db)
    same = next((each.id for each in holding if _say_the_same(each, new)), None)
    if same is not None:
        return same, False
    against = conflict(holding, new)
    if new in against:
        twice = min(set(new.articles) & set(new.others))
        message = f"article {twice} cannot be apart from itself"
        raise UsageError(message)
    if against:
        ids = [each.id for each in against]
        raise Contradiction(_contradiction(against), against=ids)
    return kept.add(db, new), True


def _say_the_same(a: Decision, b: Decision) -> bool:
    if (a.kind, a.level) != (b.kind, b.level):
        return False
    left, right = ({frozenset(each.articles), frozenset(each.others)} for each in (a, b))
    return left == right


def _contradiction(against: Sequence[Decision]) -> str:
    told = "; ".join(
        f"decision {each.id} ({each.kind}, by {each.author}, {each.at:%Y-%m-%d %H:%M} UTC)"
        for each in against
    )
    undoing = " or ".join(f"'undo {each.id}'" for each in against)
    together = "" if len(against) == 1 else "taken together "
    return f"{told} {together}says the opposite; take one back first: {undoing}"


def _recluster(
    db: Database, articles: Iterable[int], settings: ClusterSettings, now: datetime
) -> None:
    clustered = kept.clustered(db, articles)
    if clustered:
        # Of what is decided on no longer the words may be those of others again.
        joined = place(db, clusters.items(db, clustered), settings)
        touched = regroup(db, [*clustered, *joined], settings, now)
        find_stories(db, touched, settings, now)
        trace(db, clustered)


# --- stories and undoing ---------------------------------------------------------------------


def decide_on_story(db: Database, new: Decision) -> Applied:
    """Keep a decision on a story; raises NotFound where there is none of its number."""
    with db.write(durable=True):
        assert new.story_id is not None  # of a story
        story_id = kept.story_now(db, new.story_id)
        if story_id is None:
            raise NotFound(_no_story(db, new.story_id))
        same = kept.of_story(db, story_id, new)
        if same is not None:
            return Applied((same,), frozenset({same}))
        return Applied((kept.add(db, new, story_id),))


def undo(
    db: Database, ids: Sequence[int], settings: ClusterSettings, *, by: str, now: datetime
) -> Applied:
    """Let decisions hold no longer, all or none, and cluster anew what they concerned.

    Raises NotFound where there is none of a number.
    """
    with db.write(durable=True):
        before = decision_log.undone(db, ids)
        missing = sorted(set(ids) - before.keys())
        if missing:
            message = f"there is no decision {missing[0]} in {db.path}"
            raise NotFound(message)
        fresh = [each for each, undone in before.items() if not undone]
        for each in fresh:
            kept.undo(db, each, by=by, now=now)
        articles = decision_log.subjects(db, fresh)
        _recluster(db, articles, settings, now)
    already = frozenset(each for each, undone in before.items() if undone)
    return Applied(tuple(ids), already, tuple(articles))
