"""Puts right what an editor says is wrong, at once and beside a run too."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from aggregator.core import clean
from aggregator.core.furniture import State
from aggregator.daemon.desk.writing import Pen
from aggregator.model import Decision, Kind, Level
from aggregator.pipeline import correcting, rearranging
from aggregator.pipeline.correcting import Applied
from aggregator.settings import ClusterSettings
from aggregator.storage import decision_log, decisions, furniture, stories
from aggregator.storage.database import Database
from aggregator.web.ports import Done, Refused

__all__ = ["Editor"]

_MOST_AT_ONCE: Final = 500
_MOST_IN_A_TITLE: Final = 300
_MOST_IN_A_NOTE: Final = 5000


class Editor:
    """Changes a database as `web.ports.Editing` has it; see there what each act does."""

    def __init__(
        self, path: Path, settings: ClusterSettings, clock: Callable[[], datetime]
    ) -> None:
        """Edit the database at `path`; cluster by `settings` what is decided on."""
        self._pen = Pen(path, settings, clock)
        self._settings, self._clock = settings, clock

    # --- articles ----------------------------------------------------------------------------

    def together(
        self, articles: Sequence[int], by: str, *, level: Level = "story", over: Sequence[int] = ()
    ) -> Done:
        """Decide that articles report one event, or are one text."""
        chosen = _some(articles)
        if len(chosen) == 1:
            raise Refused(kind="same", number=chosen[0])
        return self._decide(Decision(0, self._clock(), by, "together", level, chosen), over)

    def apart(self, a: int, b: int, level: Level, by: str, *, over: Sequence[int] = ()) -> Done:
        """Decide that two articles report two events, or are two texts."""
        if a == b:
            raise Refused(kind="same", number=a)
        return self._decide(Decision(0, self._clock(), by, "apart", level, (a,), (b,)), over)

    def _decide(self, wanted: Decision, over: Sequence[int]) -> Done:
        articles = (*wanted.articles, *wanted.others)
        with self._pen.writing(wanted.author, over) as db:
            _must_be_there(db, articles)
            before = decisions.places(db, articles)
            applied = correcting.decide(db, [wanted], self._settings, wanted.at)
            return _done(db, applied, before, story=_story_of(db, wanted.articles[0]))

    def split(
        self,
        story: int,
        articles: Sequence[int],
        by: str,
        *,
        with_copies: bool = False,
        over: Sequence[int] = (),
    ) -> Done:
        """Take articles out of a story, together."""
        now = self._clock()
        with self._pen.writing(by) as db:
            chosen = _some(decisions.with_copies(db, articles) if with_copies else articles)
            found = _there(db, story)
            staying = _must_leave_some(db, found, chosen)
            before = decisions.places(db, chosen)
            # Only then: that alone may part them, but is not to let them meet again.
            self._pen.take_back(db, over, by)
            applied = correcting.part(db, chosen, staying, self._settings, by=by, now=now)
            new, merged = _story_of(db, chosen[0]), _merged({story: found})
            if turned := new == found:
                new = _story_of(db, staying[0])
            return replace(
                _done(db, applied, before, story=new, merged=merged),
                turned=turned,
                articles=len(chosen),
            )

    def move(
        self,
        articles: Sequence[int],
        story: int,
        by: str,
        *,
        with_copies: bool = False,
        over: Sequence[int] = (),
    ) -> Done:
        """Take articles out of their story, and put them into another."""
        now = self._clock()
        with self._pen.writing(by, over) as db:
            chosen = _some(decisions.with_copies(db, articles) if with_copies else articles)
            _must_be_there(db, chosen)
            found = _there(db, story)
            before = decisions.places(db, chosen)
            applied = rearranging.move(db, chosen, found, self._settings, by=by, now=now)
            new, merged = _story_of(db, chosen[0]), _merged({story: found})
            done = _done(db, applied, before, story=new, merged=merged)
            return replace(done, articles=len(chosen))

    # --- stories -----------------------------------------------------------------------------

    def together_stories(self, a: int, b: int, by: str, *, over: Sequence[int] = ()) -> Done:
        """Make one story of two."""
        if a == b:
            raise Refused(kind="same", number=a)
        now = self._clock()
        with self._pen.writing(by, over) as db:
            found = {each: _there(db, each) for each in (a, b)}
            ends = [stories.standing_for(db, each) for each in found.values()]
            before = decisions.places(db, ends)
            applied = rearranging.unite(db, a, b, self._settings, by=by, now=now)
            new = _story_of(db, ends[0])
            return _done(db, applied, before, story=new, merged=_merged(found))

    def pin(self, story: int, by: str) -> Done:
        """List a story before all others."""
        return self._lay_down("pin", story, "", by)

    def unpin(self, story: int, by: str) -> Done:
        """Take back every pin of a story."""
        return self._take_back("pin", story, by)

    def hide(self, story: int, by: str) -> Done:
        """Leave a story out of the lists."""
        return self._lay_down("hide", story, "", by)

    def unhide(self, story: int, by: str) -> Done:
        """Take back that a story is hidden."""
        return self._take_back("hide", story, by)

    def rename(self, story: int, title: str, by: str, *, seen: str | None = None) -> Done:
        """Give a story a title; empty takes back all that were given."""
        wanted = _short(_visible(clean.line(title)), _MOST_IN_A_TITLE)
        if not wanted:
            return self._take_back("rename", story, by, seen=seen)
        return self._lay_down("rename", story, wanted, by, seen=seen)

    def star(self, story: int, by: str) -> Done:
        """Star a story for this editor alone."""
        return self._lay_down("star", story, "", by)

    def unstar(self, story: int, by: str) -> Done:
        """Take back this editor's star."""
        return self._take_back("star", story, by, author=by)

    def note(self, story: int, text: str, by: str) -> Done:
        """Add a note to a story."""
        wanted = _short(_visible(clean.text(text)), _MOST_IN_A_NOTE)
        if not wanted:
            raise Refused(kind="empty")
        return self._lay_down("note", story, wanted, by)

    def _lay_down(
        self, kind: Kind, story: int, value: str, by: str, *, seen: str | None = None
    ) -> Done:
        with self._pen.writing(by) as db:
            found = _there(db, story)
            _must_be_as_seen(db, found, seen, value)
            wanted = Decision(0, self._clock(), by, kind, story_id=found, value=value)
            applied = correcting.decide_on_story(db, wanted)
            return _done(db, applied, [found], story=found, merged=_merged({story: found}))

    def _take_back(
        self, kind: Kind, story: int, by: str, *, author: str | None = None, seen: str | None = None
    ) -> Done:
        with self._pen.writing(by) as db:
            found = _there(db, story)
            _must_be_as_seen(db, found, seen, "")
            ids = decision_log.standing_on(db, found, kind, author)
            correcting.undo(db, ids, self._settings, by=by, now=self._clock())
            merged = _merged({story: found})
            return Done(
                taken_back=ids, already=not ids, story=found, changed=(found,), merged=merged
            )

    # --- taking back -------------------------------------------------------------------------

    def undo(self, ids: Sequence[int], by: str) -> Done:
        """Let decisions hold no longer."""
        with self._pen.writing(by) as db:
            return self._undo(db, _some(ids), by)

    def undo_last(self, by: str) -> Done:
        """Take back what this author did last and what still holds."""
        with self._pen.writing(by) as db:
            ids = decision_log.last_act(db, by)
            if not ids:
                raise Refused(kind="nothing-to-undo")
            return self._undo(db, ids, by)

    def _undo(self, db: Database, ids: tuple[int, ...], by: str) -> Done:
        before = _concerned(db, ids)
        fresh = tuple(each for each, gone in decision_log.undone(db, ids).items() if not gone)
        applied = correcting.undo(db, ids, self._settings, by=by, now=self._clock())
        done = _done(db, applied, before, story=decision_log.story_of(db, ids))
        return Done(taken_back=fresh, already=not fresh, story=done.story, changed=done.changed)

    def redo(self, ids: Sequence[int], by: str) -> Done:
        """Decide anew what was taken back."""
        chosen = _some(ids)
        with self._pen.writing(by) as db:
            before = _concerned(db, chosen)
            now = self._clock()
            applied = rearranging.redo(db, chosen, self._settings, by=by, now=now)
            return _done(db, applied, before, story=decision_log.story_of(db, chosen))

    # --- learnt lines ------------------------------------------------------------------------

    def approve(self, lines: Sequence[int], by: str) -> Done:
        """Take learnt lines out of their site's articles for ever."""
        return self._say(lines, "approved", by)

    def reject(self, lines: Sequence[int], by: str) -> Done:
        """Leave learnt lines in their site's articles for ever."""
        return self._say(lines, "rejected", by)

    def undecide(self, lines: Sequence[int], by: str) -> Done:
        """Take back what was said of lines."""
        return self._say(lines, "learnt", by)

    def _say(self, lines: Sequence[int], state: State, by: str) -> Done:
        chosen = _some(lines)
        with self._pen.writing(by) as db:
            known = furniture.states(db, chosen)
            missing = next((each for each in chosen if each not in known), None)
            if missing is not None:
                raise Refused(kind="no-line", number=missing)
            wanted = [each for each, before in known.items() if before != state]
            furniture.restate(db, wanted, state, by=by, now=self._clock())
        return Done(already=not wanted, before=tuple((each, known[each]) for each in wanted))


# --- what must be so -------------------------------------------------------------------------


def _some(numbers: Sequence[int]) -> tuple[int, ...]:
    """Each once, in their order."""
    chosen = tuple(dict.fromkeys(numbers))
    if not chosen:
        raise Refused(kind="empty")
    if len(chosen) > _MOST_AT_ONCE:
        raise Refused(kind="too-long", number=_MOST_AT_ONCE)
    return chosen


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(kind="too-long", number=most)
    return text


def _visible(text: str) -> str:
    """A text, or nothing where all of it is space and marks that nobody sees."""
    return text if any(each.isprintable() and not each.isspace() for each in text) else ""


def _there(db: Database, story: int) -> int:
    """The story of this number, or that into which it was merged."""
    found = decisions.story_now(db, story)
    if found is None:
        raise Refused(kind="no-story", number=story)
    return found


def _must_be_there(db: Database, articles: Collection[int]) -> None:
    if missing := decisions.unknown(db, articles):
        raise Refused(kind="no-article", number=missing[0])


def _must_leave_some(db: Database, story: int, leaving: Sequence[int]) -> tuple[int, ...]:
    """Those that remain; raises Refused where none would."""
    _must_be_there(db, leaving)
    members = stories.members(db, story)
    stranger = next((each for each in leaving if each not in members), None)
    if stranger is not None:
        raise Refused(kind="elsewhere", number=stranger, now=_story_of(db, stranger))
    staying = members.keys() - set(leaving)
    if not staying:
        raise Refused(kind="nothing-left", number=story)
    return tuple(sorted(staying))


def _must_be_as_seen(db: Database, story: int, seen: str | None, wanted: str) -> None:
    """Raise Refused where an editor gave another title since this one saw it."""
    given = decision_log.title_given(db, story)
    if seen is None or given is None or given.value in {clean.line(seen), wanted}:
        return
    raise Refused(kind="changed", number=story, by=given.author, value=given.value)


# --- what came of it -------------------------------------------------------------------------


def _done(
    db: Database,
    applied: Applied,
    before: Iterable[int],
    *,
    story: int | None,
    merged: tuple[tuple[int, int], ...] = (),
) -> Done:
    """What an act came to; `before` are the stories that it concerned then."""
    new = tuple(each for each in applied.ids if each not in applied.already)
    changed = {*before, *decisions.places(db, applied.articles)}
    return Done(
        new,
        already=not new,
        story=story,
        changed=tuple(sorted(changed)),
        merged=merged,
        waiting=applied.waiting,
    )


def _merged(found: dict[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(pair for pair in found.items() if pair[0] != pair[1])


def _story_of(db: Database, article: int) -> int | None:
    return next(iter(decisions.places(db, [article])), None)


def _concerned(db: Database, ids: Sequence[int]) -> set[int]:
    """The stories that decisions speak of, or whose articles."""
    known = decision_log.undone(db, ids)
    missing = next((each for each in ids if each not in known), None)
    if missing is not None:
        raise Refused(kind="no-decision", number=missing)
    story = decision_log.story_of(db, ids)
    return {*decisions.places(db, decision_log.subjects(db, ids)), *([story] if story else ())}
