"""Who is measured: our extraction, and beside it the libraries that people use for this."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from aggregator.config.rules import load_rules
from aggregator.evaluation.corpora import Page
from aggregator.model import Rejected
from aggregator.settings import ExtractSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

    from aggregator.model import PhraseRule

__all__ = [
    "BARE",
    "CONTESTANTS",
    "OURS",
    "PEERS",
    "Found",
    "Tells",
    "absent",
    "extract",
    "lines_of",
    "tells",
]

Tells = Literal["lead", "title", "authors", "day", "time", "language"]

OURS: Final = "aggregator"
PEERS: Final = (
    "trafilatura",
    "trafilatura precision",
    "readability-lxml",
    "newspaper4k",
    "resiliparse",
)
CONTESTANTS: Final = (OURS, *PEERS)
BARE: Final = "aggregator without phrase rules"
_MODULES: Final = MappingProxyType(
    {
        OURS: "aggregator",
        BARE: "aggregator",
        "trafilatura": "trafilatura",
        "trafilatura precision": "trafilatura",
        "readability-lxml": "readability",
        "newspaper4k": "newspaper",
        "resiliparse": "resiliparse",
    }
)
# What each says besides the text; of the rest nothing can be right or wrong.
_TELLS: Final = MappingProxyType(
    {
        OURS: frozenset({"lead", "title", "authors", "day", "time", "language"}),
        "trafilatura": frozenset({"title", "authors", "day"}),
        "trafilatura precision": frozenset({"title", "authors", "day"}),
        "readability-lxml": frozenset({"title", "authors"}),
        "newspaper4k": frozenset({"title", "authors", "day", "time", "language"}),
        "resiliparse": frozenset[str](),
    }
)
_BLOCKS: Final = frozenset(
    """address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
    header hr li main ol p pre section table td th tr ul""".split()
)
_UNSEEN: Final = frozenset({"script", "style", "noscript", "template"})
_NO_ONE: Final = "[no-author]"


@dataclass(frozen=True, slots=True)
class Found:
    """What a contestant makes of a page; `failure` is why there is nothing."""

    text: str
    lead: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | date | None = None
    language: str | None = None
    failure: str = ""

    @property
    def whole(self) -> str:
        """Lead and text, as most truths count them."""
        return f"{self.lead}\n{self.text}" if self.lead else self.text


def tells(name: str, what: Tells) -> bool:
    """Whether a contestant looks for this at all."""
    return what in _TELLS[name]


def absent(name: str) -> bool:
    """Whether a contestant is not installed."""
    return find_spec(_MODULES[name]) is None


def extract(name: str, page: Page) -> Found:
    """Let one contestant have the page; what it raises is its failure, and no text."""
    try:
        return _EXTRACTORS[name](page)
    # A library may raise whatever it likes: that is what it makes of this page.
    except Exception as error:  # noqa: BLE001
        return Found("", failure=f"{type(error).__name__}: {error}"[:200])


@cache
def _rules() -> "tuple[PhraseRule, ...]":
    return load_rules()


def _ours(page: Page, *, ruled: bool = True) -> Found:
    from aggregator.core import extract as our

    rules = _rules() if ruled else ()
    # The others turn no page away for being short.
    settings = ExtractSettings(min_words=0)
    made = our.article(page.html, page.url, entry=None, rules=rules, settings=settings)
    if isinstance(made, Rejected):
        return Found("", failure=f"{made.reason}: {made.detail}")
    return Found(made.text, made.lead, made.title, made.authors, made.published_at, made.language)


def _trafilatura(page: Page, *, precision: bool = False) -> Found:
    import trafilatura

    made = trafilatura.bare_extraction(
        page.html,
        url=page.url or None,
        include_comments=False,
        with_metadata=True,
        favor_precision=precision,
    )
    if made is None or isinstance(made, dict):
        return Found("", failure="no text")
    return Found(
        made.text or "",
        title=made.title or "",
        authors=_together(made.author),
        published=_day(made.date),
    )


def _readability(page: Page) -> Found:
    from readability import Document

    made = Document(page.html)
    summary = made.summary(html_partial=True)
    author = made.author()
    return Found(
        _lines(summary),
        title=made.short_title(),
        authors=() if author == _NO_ONE else _together(author),
    )


def _newspaper(page: Page) -> Found:
    try:
        article = _read_by_newspaper(page)
    except ImportError:
        # Some languages need packages of their own to be split into words.
        article = _read_by_newspaper(page, language="en")
    return Found(
        article.text,
        title=article.title,
        authors=tuple(article.authors),
        published=article.publish_date or None,
        language=article.meta_lang or None,
    )


def _read_by_newspaper(page: Page, **options: str) -> Any:  # noqa: ANN401 - it ships no types
    from aggregator.core.page import decode

    with warnings.catch_warnings(action="ignore"):  # of packages that it has no need of here
        from newspaper import Article

    article = Article(page.url or "https://example.org/", fetch_images=False, **options)
    article.download(input_html=decode(page.html, ""))
    article.parse()
    return article


def _resiliparse(page: Page) -> Found:
    from resiliparse.extract.html2text import extract_plain_text

    from aggregator.core.page import decode

    text = extract_plain_text(
        decode(page.html, ""),
        main_content=True,
        preserve_formatting=True,
        list_bullets=False,
        alt_texts=False,
        comments=False,
    )
    return Found(text)


_EXTRACTORS: Final[Mapping[str, Callable[[Page], Found]]] = MappingProxyType(
    {
        OURS: _ours,
        BARE: lambda page: _ours(page, ruled=False),
        "trafilatura": _trafilatura,
        "trafilatura precision": lambda page: _trafilatura(page, precision=True),
        "readability-lxml": _readability,
        "newspaper4k": _newspaper,
        "resiliparse": _resiliparse,
    }
)


def _together(author: str | None) -> tuple[str, ...]:
    """The authors in one text, parted by semicolons."""
    return tuple(each.strip() for each in (author or "").split(";") if each.strip())


def _day(found: str | None) -> date | None:
    try:
        return date.fromisoformat(found) if found else None
    except ValueError:
        return None


def lines_of(page: Page) -> list[str]:
    """All that a page says, line by line, its article and whatever stands around it."""
    from aggregator.core.page import decode

    return _lines(decode(page.html, "")).splitlines()


def _lines(markup: str) -> str:
    """The text of a piece of HTML, block by block."""
    from lxml import html

    parts: list[str] = []
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    _collect(html.fragment_fromstring(markup, create_parent="div", parser=parser), parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\0"))
    return "\n".join(line for line in lines if line)


def _collect(element: "_Element", parts: list[str]) -> None:
    apart = "\0" if element.tag in _BLOCKS else ""
    if element.tag in _UNSEEN:
        return
    parts += (apart, element.text or "")
    for child in element:
        _collect(child, parts)
        parts.append(child.tail or "")
    parts.append(apart)
