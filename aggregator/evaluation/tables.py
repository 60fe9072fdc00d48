"""The figures as tables that people read: on the terminal, and in the documentation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import ALL, GERMAN, Figure, Kind
from aggregator.evaluation.learning import Learnt, total

__all__ = ["Table", "markdown", "of_learning", "tables"]

_NOTHING: Final = "-"
_OWN: Final = (Kind.SEGMENTS_F1, Kind.RUNS_F1, Kind.DAY)
_LINES: Final = (Kind.LEAKED, Kind.LEAD, Kind.LEAD_APART)
_SAID: Final = (Kind.TITLE, Kind.AUTHORS, Kind.TIME, Kind.DAY, Kind.LANGUAGE)
_RATES: Final = (
    Kind.PRECISION,
    Kind.RECALL,
    Kind.SEGMENTS_PRECISION,
    Kind.SEGMENTS_RECALL,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the headers, and rows; all but the first two columns are numbers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(figures: Sequence[Figure]) -> list[Table]:
    """Words, each set's own metric, lines, metadata and speed; both halves apart."""
    at_large = [each for each in figures if each.group in {ALL, GERMAN}]
    found = [
        _table("Text: words, mean over pages", figures, (Kind.F1,)),
        _table("Each set by its own metric", [each for each in figures if _own(each)], _OWN),
        _table("Lines that are not the article, and leads", figures, _LINES),
        _table("What else is said of the article", figures, _SAID),
        _table("Pages", at_large, (Kind.TEXT, Kind.SPEED)),
        _table("Precision and recall", [each for each in figures if _part(each)], _RATES),
    ]
    return [table for table in found if table.rows]


def _own(figure: Figure) -> bool:
    """Whether it is what the makers of that set measure."""
    if figure.kind is Kind.DAY:
        return figure.group.startswith("htmldate")
    if figure.kind is Kind.RUNS_F1:
        return figure.group.startswith("scrapinghub")
    return _part(figure)


def _part(figure: Figure) -> bool:
    """Whether it is of words, or of the segments of one set: those of several are no set's."""
    words = {Kind.PRECISION, Kind.RECALL}
    return figure.kind in words or figure.group not in {ALL, GERMAN}


def _table(title: str, figures: Iterable[Figure], kinds: Sequence[Kind]) -> Table:
    chosen = [figure for figure in figures if figure.kind in kinds]
    who = tuple(dict.fromkeys(figure.contestant for figure in sorted(chosen, key=_place)))
    return Table(title, ("", "half", "pages", *who), tuple(_rows(chosen, kinds, who)))


def _place(figure: Figure) -> int:
    from aggregator.evaluation.contestants import CONTESTANTS

    return CONTESTANTS.index(figure.contestant)


def _rows(
    figures: Sequence[Figure], kinds: Sequence[Kind], who: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    known = {(each.kind, each.group, each.half, each.contestant): each for each in figures}
    groups = sorted(dict.fromkeys(each.group for each in figures), key=_rank)
    for kind in kinds:
        for group in groups:
            for half in reversed(Half):
                row = [known.get((kind, group, half, name)) for name in who]
                if any(row):
                    pages = max(each.pages for each in row if each)
                    yield (f"{kind}: {group}", half, str(pages), *map(_shown, row))


def _rank(group: str) -> int:
    """All, German, then the sets as they come."""
    return [ALL, GERMAN].index(group) if group in {ALL, GERMAN} else 2


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return _NOTHING
    if figure.kind is Kind.SPEED:
        return f"{figure.value:.1f}"
    return f"{figure.value:.2f}" if figure.kind is Kind.LEAKED else f"{figure.value:.3f}"


def of_learning(found: Sequence[Learnt]) -> Table:
    """What learning took, site by site and in all."""
    bases = list(dict.fromkeys(each.base for each in found))
    sums = [total(found, base, half) for base in bases for half in reversed(Half)]
    headers = (
        "text of", "site", "half", "pages", "leaked", "recurring", "taken", "content", "wrong",
        "before", "after",
    )  # fmt: skip
    rows = tuple(_learnt(each) for each in (*found, *sums) if each.pages)
    return Table("Learning alone: lines of sites with five pages or more", headers, rows)


def _learnt(each: Learnt) -> tuple[str, ...]:
    counts = (each.pages, each.leaked, each.recurring, each.taken, each.content, each.wrong)
    shares = (f"{each.before:.3f}", f"{each.after:.3f}")
    return (each.base, each.site, each.half, *map(str, counts), *shares)


def markdown(table: Table) -> str:
    """A table for a page of documentation."""
    lines = [
        "| " + " | ".join(table.headers) + " |",
        "| --- | --- |" + " ---: |" * (len(table.headers) - 2),
        *("| " + " | ".join(row) + " |" for row in table.rows),
    ]
    return "\n".join(lines)
