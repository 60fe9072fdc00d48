"""What an act came to, and why one was refused, in words of the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from aggregator.web.languages import Telling
from aggregator.web.marking import marked
from aggregator.web.ports import Done, Refused

__all__ = ["Deed", "done", "refused"]

Deed = Literal[
    "together",
    "one-text",
    "apart",
    "two-texts",
    "merge",
    "split",
    "move",
    "pin",
    "unpin",
    "hide",
    "unhide",
    "rename",
    "unname",
    "star",
    "unstar",
    "note",
    "undo",
    "redo",
    "approve",
    "reject",
    "undecide",
]
"""What an editor does, by the button that does it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of a deed: when it is done, and where all was so before."""

    done: str
    already: str


_SAID: Final[Mapping[Deed, _Said]] = {
    "together": _Said(
        marked("These articles are one story from now on."),
        marked("These articles are kept together already."),
    ),
    "one-text": _Said(
        marked("These articles are one text from now on."),
        marked("These articles are kept together as one text already."),
    ),
    "apart": _Said(
        marked("They are two stories from now on."), marked("They are kept apart already.")
    ),
    "two-texts": _Said(
        marked("They are two texts from now on."), marked("They are kept apart as texts already.")
    ),
    "merge": _Said(marked("The two stories are one now."), marked("They are one story already.")),
    "split": _Said(marked("Split off."), marked("They are kept apart already.")),
    "move": _Said(marked("Moved."), marked("It is in that story already.")),
    "pin": _Said(marked("Pinned: it stands before all others."), marked("It is pinned already.")),
    "unpin": _Said(marked("No longer pinned."), marked("It was not pinned.")),
    "hide": _Said(marked("Hidden: it is left out of the lists."), marked("It is hidden already.")),
    "unhide": _Said(marked("Shown again."), marked("It was not hidden.")),
    "rename": _Said(marked("Renamed."), marked("It has that title already.")),
    "unname": _Said(marked("It has its own title again."), marked("Nobody had renamed it.")),
    "star": _Said(marked("Starred."), marked("It is starred already.")),
    "unstar": _Said(marked("No longer starred."), marked("It was not starred.")),
    "note": _Said(marked("Noted, for all to read."), marked("You noted just that already.")),
    "undo": _Said(marked("Taken back."), marked("That was taken back already.")),
    "redo": _Said(marked("Decided again."), marked("It holds already.")),
    "approve": _Said(
        marked("From the next run on it is taken out of this site's articles."),
        marked("It is taken out already."),
    ),
    "reject": _Said(
        marked("From the next run on it stays in this site's articles."),
        marked("It is left in already."),
    ),
    "undecide": _Said(
        marked("Taken back: from the next run on what is learnt holds."),
        marked("Nothing was decided about it."),
    ),
}


def done(deed: Deed, came_to: Done, show: Telling) -> str:
    """What was done, with what the editor could not know when they did it."""
    said, _ = _SAID[deed], show.language.gettext
    sentences = [_(said.already if came_to.already else said.done)]
    if came_to.articles and not came_to.already:
        count = came_to.articles
        number = show.language.ngettext("%(num)s article.", "%(num)s articles.", count)
        sentences.append(number % {"num": show.number(count)})
    if came_to.turned:
        sentences.append(_("It keeps the number of the story; the rest has a new one."))
    for old, new in came_to.merged:
        message = _("Story %(old)s had become part of story %(new)s meanwhile.")
        sentences.append(message % {"old": old, "new": new})
    if came_to.waiting:
        sentences.append(_("Not all of it is clustered yet: the next run keeps to this."))
    return " ".join(sentences)


# --- refusals --------------------------------------------------------------------------------

_PLAIN: Final[Mapping[str, str]] = {
    "busy": marked(
        "The database is busy with something longer just now: nothing was changed. Try again."
    ),
    "empty": marked("There is nothing in it: choose or write something first."),
    "no-article": marked("There is no article %(number)s any more."),
    "no-decision": marked("There is no such decision."),
    "no-line": marked("That line is no longer known: load the page again."),
    "no-story": marked("There is no story %(number)s any more."),
    "nothing-left": marked("Nothing would remain in the story: leave at least one article in it."),
    "nothing-to-undo": marked("You have decided nothing that could be taken back."),
    "same": marked("That is one and the same: choose another one."),
    "too-long": marked("That is too much at once: %(number)s is the most."),
}


def refused(why: Refused, show: Telling) -> str:
    """Why nothing was done, and what can be done instead."""
    return _TOLD.get(why.kind, _plain)(why, show)


def _plain(why: Refused, show: Telling) -> str:
    message = show.language.gettext(_PLAIN.get(why.kind, why.detail))
    return message % {"number": why.number} if why.kind in _PLAIN else message


def _changed(why: Refused, show: Telling) -> str:
    message = show.language.gettext("%(name)s gave it another title meanwhile: “%(title)s”.")
    return message % {"name": why.by, "title": why.value}


def _elsewhere(why: Refused, show: Telling) -> str:
    if why.now is None:
        message = show.language.gettext("Article %(number)s is in no story any more.")
        return message % {"number": why.number}
    message = show.language.gettext("Article %(number)s is in story %(now)s meanwhile.")
    return message % {"number": why.number, "now": why.now}


def _contradiction(why: Refused, show: Telling) -> str:
    _, told = show.language.gettext, []
    for each in why.against:
        message = _("decision %(id)s by %(name)s, %(when)s")
        told.append(message % {"id": each.id, "name": each.author, "when": show.ago(each.at)})
    return _("What was decided before says the opposite: %(decisions)s.") % {
        "decisions": "; ".join(told)
    }


_TOLD: Final[Mapping[str, Callable[[Refused, Telling], str]]] = {
    "changed": _changed,
    "contradiction": _contradiction,
    "elsewhere": _elsewhere,
}
