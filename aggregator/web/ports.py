"""What the desk is handed from elsewhere: what changes something, and what only a run's parts know.

The web knows neither pipeline nor network. Whoever starts it hands in what it needs as `Ports`; a
port that is None is a feature that is not there, and then its buttons are not either.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from aggregator.core.furniture import State
from aggregator.model import Level
from aggregator.storage.database import Database
from aggregator.storage.seen import Look
from aggregator.web.gathering import Gathering, Searching

if TYPE_CHECKING:
    from aggregator.pipeline.why import Pair, Why

__all__ = [
    "Against",
    "Done",
    "Editing",
    "Explaining",
    "Marks",
    "Pictures",
    "Ports",
    "Refusal",
    "Refused",
]

# --- putting right ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to.

    `decisions` are new, and undoing them takes the act back; `taken_back` held until now, and
    redoing them takes that back. `already` says that all was so before, and nothing was kept.
    `story` is where to go on, `changed` are the stories that are other than before or gone.
    `articles` is how many were split off or moved.
    `turned` says that what was split off kept the story's number, as the larger part does, and
    `story` is where the rest is.
    `merged` has stories that were named and had become others meanwhile: old number → new one.
    `waiting` are articles that no run has clustered yet: the next one keeps to it. Of learnt lines
    `before` tells what was said of those that are now other than before; the next run takes them
    out of articles, or puts them back.
    """

    decisions: tuple[int, ...] = ()
    taken_back: tuple[int, ...] = ()
    already: bool = False
    articles: int = 0
    turned: bool = False
    story: int | None = None
    changed: tuple[int, ...] = ()
    merged: tuple[tuple[int, int], ...] = ()
    waiting: tuple[int, ...] = ()
    before: tuple[tuple[int, State], ...] = ()


@dataclass(frozen=True, slots=True)
class Against:
    """A decision that holds and stands in the way."""

    id: int
    kind: str
    author: str
    at: datetime


Refusal = Literal[
    "busy",
    "changed",
    "contradiction",
    "elsewhere",
    "empty",
    "no-article",
    "no-decision",
    "no-line",
    "no-story",
    "nothing-left",
    "nothing-to-undo",
    "same",
    "senseless",
    "too-long",
]
"""Why an act cannot be done.

busy: another writes for too long; changed: somebody changed it since it was seen; contradiction:
decisions that hold say the opposite; elsewhere: an article is no longer in that story; empty: no
words, or nothing chosen; no-…: there is none of that number; nothing-left: no article would remain
in the story; nothing-to-undo: this author decided nothing that holds; same: both are one;
senseless: what `detail` says; too-long: more letters or things than the `number` an act takes.
"""


@dataclass(slots=True)
class Refused(Exception):
    """An act that was not done, all or nothing; `detail` says what is not in the fields.

    `number` is the article, story or decision in question, `now` its story at present, `against`
    the decisions in the way, `by` and `value` who changed it and to what.
    """

    kind: Refusal
    detail: str = ""
    number: int | None = None
    now: int | None = None
    against: tuple[Against, ...] = ()
    by: str = ""
    value: str = ""


class Editing(Protocol):
    """Each act is one transaction, kept with who did it and when; it waits for others' writes.

    All raise Refused, and change nothing then. They block: call them by `Desk.edit`. `over` are
    decisions that are taken back first, as one act with what follows: those that stood in the way.
    """

    def together(
        self, articles: Sequence[int], by: str, *, level: Level = "story", over: Sequence[int] = ()
    ) -> Done:
        """Decide that articles report one event, or are one text."""

    def together_stories(self, a: int, b: int, by: str, *, over: Sequence[int] = ()) -> Done:
        """Make one story of two; the older number stays."""

    def apart(self, a: int, b: int, level: Level, by: str, *, over: Sequence[int] = ()) -> Done:
        """Decide that two articles report two events, or are two texts."""

    def split(
        self,
        story: int,
        articles: Sequence[int],
        by: str,
        *,
        with_copies: bool = False,
        over: Sequence[int] = (),
    ) -> Done:
        """Take articles out of a story, together; `Done.story` is the one that it was not before.

        `with_copies` lets an article take along who took it over, unless one of these is named too.
        """

    def move(
        self,
        articles: Sequence[int],
        story: int,
        by: str,
        *,
        with_copies: bool = False,
        over: Sequence[int] = (),
    ) -> Done:
        """Take articles out of their story as `split` does, and put them into another."""

    def pin(self, story: int, by: str) -> Done:
        """List a story before all others."""

    def unpin(self, story: int, by: str) -> Done:
        """Take back every pin of a story."""

    def hide(self, story: int, by: str) -> Done:
        """Leave a story out of the lists."""

    def unhide(self, story: int, by: str) -> Done:
        """Take back that a story is hidden."""

    def rename(self, story: int, title: str, by: str, *, seen: str | None = None) -> Done:
        """Give a story a title; empty takes back all that were given.

        `seen` is the title that the editor saw: where another has been given since, Refused.
        """

    def star(self, story: int, by: str) -> Done:
        """Star a story for this editor alone."""

    def unstar(self, story: int, by: str) -> Done:
        """Take back this editor's star."""

    def note(self, story: int, text: str, by: str) -> Done:
        """Add a note to a story, for everybody to read."""

    def undo(self, ids: Sequence[int], by: str) -> Done:
        """Let decisions hold no longer."""

    def undo_last(self, by: str) -> Done:
        """Take back what this author did last and what still holds."""

    def redo(self, ids: Sequence[int], by: str) -> Done:
        """Decide anew what was taken back."""

    def approve(self, lines: Sequence[int], by: str) -> Done:
        """Take learnt lines out of their site's articles for ever."""

    def reject(self, lines: Sequence[int], by: str) -> Done:
        """Leave learnt lines in their site's articles for ever."""

    def undecide(self, lines: Sequence[int], by: str) -> Done:
        """Take back what was said of lines: what is learnt holds again."""


# --- explaining ------------------------------------------------------------------------------


class Explaining(Protocol):
    """Why articles stand where they stand; inside a read. Raises errors.NotFound."""

    def article(self, db: Database, article_id: int) -> "Why":
        """Why an article is in its copy group and its story."""

    def pair(self, db: Database, a: int, b: int) -> "Pair":
        """Why two articles are together or apart."""


# --- what else is handed in ------------------------------------------------------------------


class Marks(Protocol):
    """Where it is noted what readers looked at; nobody waits until that is written."""

    def saw(
        self, reader: str, story_id: int, at: datetime, articles: Mapping[int, int] | None = None
    ) -> None:
        """Note that a reader looked at a story, and at which version of which of its articles.

        Without `articles` at all that are there by then.
        """

    def unread(self, reader: str, story_id: int) -> None:
        """Note that a story is to be unread again."""

    def visited(self, reader: str, at: datetime) -> None:
        """Note that a reader is here."""

    def pending(self, reader: str) -> Mapping[int, Look | None]:
        """What is noted of a reader and not yet written, by story; None where that is unread.

        To be asked before the database is: what is written in between then counts once more.
        """


class Pictures(Protocol):
    """Articles' pictures, fetched when somebody first looks at one."""

    def fetch(self, article_id: int) -> Future[bytes | None]:
        """The small picture of an article, as WebP; None where there is none to be had."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a desk was handed; without any it is to be read only."""

    editing: Editing | None = None
    explaining: Explaining | None = None
    gathering: Gathering | None = None
    marks: Marks | None = None
    pictures: Pictures | None = None
    searching: Searching | None = None
