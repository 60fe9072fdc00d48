"""What the page of a story shows, made of what was read: pure, in the language of who reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from aggregator.core import novelty
from aggregator.core.novelty import Sentence, Text
from aggregator.core.shingles import body
from aggregator.output.charts import Dot, Drawing, Lane, timeline
from aggregator.storage.seen import Look
from aggregator.storage.story_pages import StoryText, Teller, Wording

if TYPE_CHECKING:
    from aggregator.web.languages import Telling

__all__ = [
    "Asked",
    "Item",
    "News",
    "Section",
    "asked",
    "drawn",
    "news",
    "sections",
    "tellers",
    "ticks",
]

_MOST_NEW: Final = 24
# So many words are read to tell what is new; which takes a fifth of a second at most.
_NEW_WORDS, _KNOWN_WORDS = 20_000, 40_000
_SHOWN: Final = 6
_LANES: Final = 12
_MOST_TICKS: Final = 5
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS: Final = (
    *(5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY, 180 * _DAY, 730 * _DAY),
)


def tellers(texts: Iterable[StoryText]) -> list[Teller]:
    """All articles of texts that are shown."""
    return [each for text in texts for each in (text.first, *text.copies)]


# --- languages -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """The texts of a story in one language, as its code says it ("" where that is unknown)."""

    language: str
    texts: tuple[StoryText, ...]


def sections(texts: Sequence[StoryText]) -> tuple[Section, ...]:
    """Texts by their language without its region, the one with most articles first."""
    found: dict[str, list[StoryText]] = {}
    for text in texts:
        code = (text.first.language or "").replace("_", "-").partition("-")[0].lower()
        found.setdefault(code, []).append(text)
    sizes = {code: sum(each.article_count for each in some) for code, some in found.items()}
    ranked = sorted(found, key=lambda code: (-sizes[code], code))
    return tuple(Section(code, tuple(found[code])) for code in ranked)


# --- what is new -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Which wordings it takes to tell what is new: article → version.

    `later` are the articles that came or changed since, in the order of time, `known` says which
    wordings the reader saw.
    """

    later: tuple[Teller, ...]
    known: Mapping[int, int]
    left_out: int


@dataclass(frozen=True, slots=True)
class Item:
    """An article that says something new: its new sentences, the first few apart from the rest.

    `seen` is the version that the reader saw of it, None where it came since; `title_before` is
    its headline then, where that was another one.
    """

    teller: Teller
    seen: int | None
    title_before: str | None
    sentences: tuple[Sentence, ...]
    rest: tuple[Sentence, ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class News:
    """What is new since a reader looked: who says what, and who came without saying anything new.

    `left_out` are articles too many to be looked at.
    """

    since: datetime
    items: tuple[Item, ...]
    silent: tuple[Teller, ...]
    left_out: int
    names: Mapping[int, str]

    @property
    def later(self) -> frozenset[int]:
        """The articles that came or changed since."""
        return frozenset(self.names)

    def others(self, sentence: Sentence) -> tuple[str, ...]:
        """The outlets that say so too, each once."""
        return tuple(dict.fromkeys(self.names[each] for each in sentence.others))


def asked(texts: Sequence[StoryText], look: Look) -> Asked:
    """What to read, to tell what is new since a look at a story.

    Of very many articles that came since, those that came last are left out; of those known the
    first of each text are read before copies.
    """
    seen = look.articles or {}
    every = tellers(texts)
    later = sorted(
        (each for each in every if each.version > seen.get(each.id, 0)),
        key=lambda each: (each.fetched_at, each.at, each.id),
    )
    if look.articles is None:
        later = []
    firsts = {text.first.id for text in texts}
    old = sorted(
        (each for each in every if each.id in seen), key=lambda each: each.id not in firsts
    )
    looked_at = _fitting(later[:_MOST_NEW], _NEW_WORDS)
    changed = {each.id: seen[each.id] for each in looked_at if each.id in seen}
    known = changed | {each.id: seen[each.id] for each in _fitting(old, _KNOWN_WORDS)}
    return Asked(tuple(looked_at), known, len(later) - len(looked_at))


def _fitting(some: Sequence[Teller], most: int) -> Sequence[Teller]:
    """The first of them that have no more than `most` words together, the first one anyway."""
    totals = accumulate(min(each.words, novelty.MOST_WORDS) for each in some)
    return some[: max(1, sum(total <= most for total in totals))]


def news(
    what: Asked, before: Mapping[int, Wording], now: Mapping[int, Wording], look: Look
) -> News | None:
    """What is new, by the wordings that were `asked` for; None where nothing came since."""
    if not what.later:
        return None
    found = novelty.novelty(
        [_text(number, each) for number, each in before.items()],
        [_text(each.id, now[each.id]) for each in what.later],
    )
    items, silent = [], []
    for teller, each in zip(what.later, found, strict=True):
        title = _title_before(before.get(teller.id), now[teller.id])
        if each.sentences or title:
            shown, rest = each.sentences[:_SHOWN], each.sentences[_SHOWN:]
            seen = what.known.get(teller.id)
            items.append(Item(teller, seen, title, shown, rest, each.repeated))
        else:
            silent.append(teller)
    names = {each.id: each.outlet for each in what.later}
    return News(look.at, tuple(items), tuple(silent), what.left_out, names)


def _title_before(before: Wording | None, now: Wording) -> str | None:
    return before.title if before is not None and before.title != now.title else None


def _text(number: int, said: Wording) -> Text:
    return Text(number, said.title, body(said.lead, said.text), said.language)


# --- the timeline ----------------------------------------------------------------------------


def drawn(texts: Sequence[StoryText], later: frozenset[int], show: "Telling") -> Drawing | None:
    """Who reported when, a lane for each text; None where all did at one time."""
    every = tellers(texts)
    first, last = (side(each.at for each in every) for side in (min, max))
    if first == last:
        return None
    span = last - first
    by_time = sorted(texts, key=lambda text: (min(each.at for each in tellers([text])), text.id))
    ways = [[text] for text in by_time[: _LANES - 1]]
    if rest := by_time[_LANES - 1 :]:
        ways.append(rest)
    lanes = [Lane(_named(some, show), _dots(some, (first, span), later, show)) for some in ways]
    about = show.language.gettext(
        "The first was %(outlet)s at %(first)s, the last report came at %(last)s"
    ) % {
        "outlet": min(every, key=lambda each: each.at).outlet,
        "first": show.moment(first),
        "last": show.moment(last),
    }
    title = show.language.gettext("Who reported when")
    return timeline(lanes, ticks(first, last, show), title=title, about=about)


def _named(texts: Sequence[StoryText], show: "Telling") -> str:
    """What stands at a lane: who had its text first, or how many texts it has."""
    if len(texts) == 1:
        return texts[0].first.outlet
    number = len(texts)
    said = show.language.ngettext("%(num)s further text", "%(num)s further texts", number)
    return said % {"num": show.number(number)}


def _dots(
    texts: Sequence[StoryText],
    along: tuple[datetime, timedelta],
    later: frozenset[int],
    show: "Telling",
) -> tuple[Dot, ...]:
    begin, span = along
    firsts = {text.first.id for text in texts}
    own, copied = show.language.gettext("a text of its own"), show.language.gettext("a copy")
    return tuple(
        Dot(
            (each.at - begin) / span,
            f"{each.outlet}, {show.moment(each.at)}: {own if each.id in firsts else copied}",
            each.id not in firsts,
            each.id in later,
        )
        for each in sorted(tellers(texts), key=lambda each: each.at)
    )


def ticks(first: datetime, last: datetime, show: "Telling") -> list[tuple[float, str]]:
    """Places between two times, from 0 to 1, at round hours or days of the reader's zone."""
    seconds = (last - first).total_seconds()
    step = next((each for each in _STEPS if seconds <= each * _MOST_TICKS), _STEPS[-1])
    begin, end = (each.astimezone(show.zone).replace(tzinfo=None) for each in (first, last))
    found: list[tuple[float, str]] = []
    at = datetime.combine(begin.date(), time())
    at += timedelta(seconds=max((begin - at) // timedelta(seconds=step), 0) * step)
    while at <= end and len(found) <= 2 * _MOST_TICKS:
        moment = at.replace(tzinfo=show.zone)
        place = (moment - first).total_seconds() / max(seconds, 1)
        if 0 <= place <= 1:
            whole_day = step >= _DAY or at.time() == time()
            found.append((place, show.day(moment) if whole_day else f"{at:%H:%M}"))
        at += timedelta(seconds=step)
    return found
