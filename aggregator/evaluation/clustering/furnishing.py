"""Takes from pages what is not their article: the furniture that planted copies stand amid."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from aggregator.evaluation import contestants, corpora, metrics
from aggregator.evaluation.clustering.planting import Outlet
from aggregator.evaluation.corpora import Half, Page

__all__ = ["OF", "outlets"]

OF: Final = "fundus-dev"
"""The set whose pages it is taken from: each is of another publisher, and its whole text known."""

_FEWEST_WORDS: Final = 3
_MOST_WORDS: Final = 30
_FEWEST_LINES: Final = 12


def outlets(folder: Path, language: str) -> Mapping[Half, list[Outlet]]:
    """The sites of each half that have pages in a language, with lines of their furniture."""
    (data,) = corpora.find(folder, [OF])
    pages = [page for page in corpora.pages(data) if page.truth.language == language]
    made = [Outlet(page.site, tuple(_furniture(page))) for page in pages]
    found: dict[Half, list[Outlet]] = {Half.DEVELOPED: [], Half.HELD_BACK: []}
    for page, outlet in zip(pages, made, strict=True):
        if len(outlet.furniture) >= _FEWEST_LINES:
            found[page.half].append(outlet)
    return found


def _furniture(page: Page) -> Iterator[str]:
    """The lines of a page that its article does not hold."""
    truth = metrics.words(f"{page.truth.title}\n{page.truth.text or ''}")
    for line in metrics.leaked_lines("\n".join(contestants.lines_of(page)), truth):
        if _FEWEST_WORDS <= len(line.split()) <= _MOST_WORDS:
            yield line
