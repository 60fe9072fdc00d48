"""Acts of several decisions, each in one transaction: uniting stories, moving, doing again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from aggregator.errors import NotFound, UsageError
from aggregator.model import Decision
from aggregator.pipeline.correcting import Applied, decide, decide_on_story, split
from aggregator.settings import ClusterSettings
from aggregator.storage import decision_log, stories
from aggregator.storage import decisions as kept
from aggregator.storage.database import Database

__all__ = ["move", "redo", "unite"]


def unite(
    db: Database, a: int, b: int, settings: ClusterSettings, *, by: str, now: datetime
) -> Applied:
    """Make one story of two, as `decide` does.

    It is decided on the first article of the largest text of each; only where that leaves other
    texts behind are these named too. So no more is laid down than was meant, and a text that turns
    out not to belong there can still leave. Raises NotFound where one is not there.
    """
    with db.write(durable=True):
        one, other = _there(db, a), _there(db, b)
        if one == other:
            return Applied(())
        wanted = [*stories.members(db, one), *stories.members(db, other)]
        ends = (stories.standing_for(db, one), stories.standing_for(db, other))
        made = [_together(db, ends, settings, by, now)]
        if left := stories.left_behind(db, wanted, ends[0]):
            made.append(_together(db, (ends[0], *left), settings, by, now))
        return _as_one(db, made, ends)


def _there(db: Database, story_id: int) -> int:
    found = kept.story_now(db, story_id)
    if found is None:
        message = f"there is no story {story_id} in {db.path}"
        raise NotFound(message)
    return found


def _together(
    db: Database, articles: Sequence[int], settings: ClusterSettings, by: str, now: datetime
) -> Applied:
    wanted = Decision(0, now, by, "together", "story", tuple(articles))
    return decide(db, [wanted], settings, now)


def move(
    db: Database,
    articles: Sequence[int],
    into: int,
    settings: ClusterSettings,
    *,
    by: str,
    now: datetime,
) -> Applied:
    """Take articles out of their stories for good and put them into another, as `split` does.

    Of a story that goes with all its articles nothing remains to be apart from. Raises NotFound
    where story or article is not there.
    """
    with db.write(durable=True):
        target = _there(db, into)
        leaving = _leaving(db, articles, target)
        if not leaving:
            return Applied(())
        made = [
            split(db, story, some, settings, by=by, now=now)
            for story, some in leaving.items()
            if len(some) < len(stories.members(db, story))
        ]
        every = [each for some in leaving.values() for each in some]
        ends = (stories.standing_for(db, target), *every)
        made.append(_together(db, ends, settings, by, now))
        return _as_one(db, made, ends)


def _leaving(db: Database, articles: Collection[int], target: int) -> dict[int, tuple[int, ...]]:
    missing = kept.unknown(db, articles)
    if missing:
        message = f"there is no article {missing[0]} in {db.path}"
        raise NotFound(message)
    found = kept.places(db, articles)
    if waiting := set(articles) - {each for some in found.values() for each in some}:
        message = f"article {min(waiting)} is not in a story yet: a run puts it into one"
        raise UsageError(message)
    return {story: some for story, some in found.items() if story != target}


def redo(
    db: Database, ids: Sequence[int], settings: ClusterSettings, *, by: str, now: datetime
) -> Applied:
    """Decide anew what was taken back, with new numbers; what holds is left as it is.

    Of articles that are gone it is decided no more. Raises NotFound where there is no decision of a
    number, or nothing is left that it speaks of, and Contradiction as `decide` does.
    """
    with db.write(durable=True):
        every = decision_log.made(db, ids)
        missing = sorted(set(ids) - {each.id for each in every})
        if missing:
            message = f"there is no decision {missing[0]} in {db.path}"
            raise NotFound(message)
        made = []
        for each in every:
            wanted = decision_log.again(db, each, by=by, now=now)
            if each.level is None:
                made.append(decide_on_story(db, wanted))
            else:
                made.append(decide(db, [wanted], settings, now))
        return _as_one(db, made, ())


def _as_one(db: Database, made: Sequence[Applied], articles: Iterable[int]) -> Applied:
    """Several decisions as one act."""
    ids = tuple(dict.fromkeys(each for applied in made for each in applied.ids))
    new = {each for applied in made for each in applied.ids if each not in applied.already}
    kept.bind(db, new)
    spoken_of = {*articles, *(each for applied in made for each in applied.articles)}
    waiting = {each for applied in made for each in applied.waiting}
    already = frozenset(ids) - new
    return Applied(ids, already, tuple(sorted(spoken_of)), tuple(sorted(waiting)))
