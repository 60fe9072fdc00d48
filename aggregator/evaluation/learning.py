"""What learning alone is worth: of a site's own furniture, and of its text, how much it takes.

Phrase rules are off. The pages of a site are learnt from all at once, as the newest of a site are
in a run, and what was learnt is taken out of each of them. Beside the lines of our own extraction,
of which structure has taken most furniture already, it is shown what it takes out of texts that
libraries leave it in, and out of whole pages, where it has the most to get wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

from aggregator.core import furniture, urls
from aggregator.core.blocks import lines
from aggregator.core.forms import Form
from aggregator.core.page import decode, parse
from aggregator.evaluation import metrics
from aggregator.evaluation.contestants import BARE, Found, absent, extract
from aggregator.evaluation.corpora import Half, Page

__all__ = ["BASES", "FEWEST", "WHOLE", "Learnt", "learnt", "total"]

WHOLE: Final = "the page's lines of four words"
"""All of a page that a truth can tell from the article: shorter lines stand in any text."""
BASES: Final = (BARE, "trafilatura", "resiliparse", WHOLE)
FEWEST: Final = 5
_RECURS: Final = 3
_LEAST_WORDS: Final = 4
# No set says when its pages were fetched, and nothing but forgetting asks for it.
_SEEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Learnt:
    """One site: lines that are not the article and lines that are, and how many of each went.

    `recurring` of the `leaked` lines stand on three pages or more; `before` and `after` are F1 of
    words, mean over the pages; on `backed_off` pages nothing went, since it was most of the text.
    """

    base: str
    site: str
    half: Half
    pages: int
    leaked: int
    recurring: int
    taken: int
    content: int
    wrong: int
    before: float
    after: float
    backed_off: int


@dataclass(frozen=True, slots=True)
class _Known:
    """One page as a base extracts it, with the words that it should have."""

    lead: str
    page: furniture.Page
    truth: tuple[str, ...]

    def f1(self, lines: Iterable[str]) -> float:
        """How near these lines, under its lead, come to the truth."""
        found = metrics.words("\n".join((self.lead, *lines)))
        return metrics.overlap(found, self.truth).f1

    def leaks(self, lines: Iterable[str]) -> list[str]:
        """Those of the lines that are not the article."""
        return metrics.leaked_lines("\n".join(lines), self.truth)


def learnt(pages: Iterable[Page], done: Callable[[], None] = lambda: None) -> list[Learnt]:
    """What learning does to each site that has enough pages whose text is known, base by base."""
    sites = _sites(pages, done)
    return [
        _site(base, site, found[0].half, known)
        for base in BASES
        if base == WHOLE or not absent(base)
        for site, found in sites.items()
        if len(known := list(_extracted(base, found))) >= FEWEST
    ]


def _sites(pages: Iterable[Page], done: Callable[[], None]) -> Mapping[str, Sequence[Page]]:
    """The pages of each site that has enough of them, whatever set they are in."""
    sites: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        if page.truth.text is not None and (site := urls.site(page.url)):
            sites[site].append(page)
        done()
    return {site: found for site, found in sorted(sites.items()) if len(found) >= FEWEST}


def _extracted(base: str, pages: Iterable[Page]) -> Iterable[_Known]:
    for page in pages:
        found = _whole(page) if base == WHOLE else extract(base, page)
        shown = tuple(line for line in found.text.splitlines() if line.strip())
        if shown and page.truth.text is not None:
            words = tuple(metrics.words(page.truth.text))
            yield _Known(found.lead, _as_learnt(page, found, shown), words)


def _whole(page: Page) -> Found:
    """All lines of a page, from its head to its foot."""
    tree = parse(decode(page.html, ""))
    shown = () if tree is None else lines(tree)
    long = (text for line in shown if len(metrics.words(text := line.block.text)) >= _LEAST_WORDS)
    return Found("\n".join(long))


def _as_learnt(page: Page, found: Found, lines: tuple[str, ...]) -> furniture.Page:
    title = found.title or page.truth.title
    return furniture.Page(title, found.language or page.truth.language, lines, _SEEN)


def _site(base: str, site: str, half: Half, known: Sequence[_Known]) -> Learnt:
    book = furniture.Book(furniture.learn([each.page for each in known], ()))
    on = Counter(form for each in known for form in set(each.page.forms))
    counts: Counter[str] = Counter()
    before, after = [], []
    for each in known:
        taken = _all_known(each.page, book) if base == WHOLE else furniture.take(each.page, book)
        gone = [line for at, line in enumerate(each.page.lines) if at in taken.places]
        kept = [line for at, line in enumerate(each.page.lines) if at not in taken.places]
        counts.update(_counted(each, gone, on), backed_off=int(taken.backed_off))
        before.append(each.f1(each.page.lines))
        after.append(each.f1(kept))
    return Learnt(
        base=base,
        site=site,
        half=half,
        pages=len(known),
        before=fmean(before),
        after=fmean(after),
        **{name: counts[name] for name in _COUNTED},
    )


def _all_known(page: furniture.Page, book: furniture.Book) -> furniture.Taken:
    """All that is known to recur, though it be most of the lines, as on whole pages it is."""
    return furniture.Taken(frozenset(at for at, form in enumerate(page.forms) if book.has(form)))


_COUNTED: Final = ("leaked", "recurring", "taken", "content", "wrong", "backed_off")


def _counted(known: _Known, gone: Sequence[str], on: Mapping[Form, int]) -> dict[str, int]:
    """The lines of one page: what leaked, what recurs of that, what went rightly and wrongly."""
    page = known.page
    leaked = Counter(known.leaks(page.lines))
    often = {line for line, form in zip(page.lines, page.forms, strict=True) if on[form] >= _RECURS}
    taken = len(known.leaks(gone))
    return {
        "leaked": leaked.total(),
        "recurring": sum(times for line, times in leaked.items() if line in often),
        "taken": taken,
        "content": len(page.lines) - leaked.total(),
        "wrong": len(gone) - taken,
    }


def total(found: Sequence[Learnt], base: str, half: Half) -> Learnt:
    """All sites of a half together."""
    these = [each for each in found if (each.base, each.half) == (base, half)]
    pages = sum(each.pages for each in these)
    return Learnt(
        base=base,
        site="all",
        half=half,
        pages=pages,
        before=sum(each.before * each.pages for each in these) / (pages or 1),
        after=sum(each.after * each.pages for each in these) / (pages or 1),
        **{name: sum(getattr(each, name) for each in these) for name in _COUNTED},
    )
