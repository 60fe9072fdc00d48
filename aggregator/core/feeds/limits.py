"""What no publisher writes, and what stalls the parser: told, or bounded, before it is parsed.

feedparser's time grows with the square of an author's name, of a list of categories, of a tag's
attributes and of nested bases; what is merely vast takes it minutes. All here takes a time that
grows with the length of the text.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from aggregator.core.entries import MOST_ENTRIES

__all__ = ["bound_feedparser", "overload"]

_MOST_TAGS: Final = 100_000
_MOST_REFERENCES: Final = 500_000
_MOST_BARE: Final = 10_000
_MOST_BASES: Final = 2_000
_MOST_ATTRIBUTES: Final = 1_000
_LONGEST_NAME: Final = 1_000
# Text that no parser looks for tags in.
_UNREAD: Final = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_BARE: Final = re.compile(r"&(?![A-Za-z0-9#])|&#(?![xX]?[0-9A-Fa-f])")
_ENTRY: Final = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)\b", re.IGNORECASE)
# In sound XML no attribute holds "<": a tag ends before the next one.
_VAST_GAP: Final = re.compile(r"<[A-Za-z_][^<]{4000,}+")
_TAG: Final = re.compile(r"""<(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+""")
_ATTRIBUTE: Final = re.compile(r"""[\w:.-]\s*=\s*["']""")


def overload(text: str) -> str | None:
    """Say what in an XML document is too much of it to be a feed, or None."""
    tags = (_TAG.match(gap[0]) for gap in _VAST_GAP.finditer(text))
    if any(tag and len(_ATTRIBUTE.findall(tag[0])) > _MOST_ATTRIBUTES for tag in tags):
        return f"a tag with more than {_MOST_ATTRIBUTES} attributes"
    if text.count("<") + text.count("&") <= _MOST_BASES:
        return None
    read = _UNREAD.sub("", text)
    counts = (
        (read.count("<"), _MOST_TAGS, "tags"),
        (read.count("&"), _MOST_REFERENCES, "references"),
        (sum(1 for _ in _BARE.finditer(read)), _MOST_BARE, "“&” that begin no reference"),
        (read.count("xml:base"), _MOST_BASES, "bases"),
        (sum(1 for _ in _ENTRY.finditer(read)), MOST_ENTRIES, "entries"),
    )
    return next((f"more than {most} {what}" for count, most, what in counts if count > most), None)


def bound_feedparser() -> None:
    """Keep feedparser from searching long texts for an author's address, and its tags few."""
    import feedparser.mixin

    mixin = feedparser.mixin._FeedParserMixin  # noqa: SLF001 - there is no public way in
    for name, fits in (("_sync_author_detail", _is_short), ("_add_tag", _has_few_tags)):
        method = getattr(mixin, name)
        if not hasattr(method, "__wrapped__"):
            setattr(mixin, name, _only_if(method, fits))


def _only_if(
    method: Callable[..., None], fits: Callable[[Any, tuple[str, ...]], bool]
) -> Callable[..., None]:
    @wraps(method)
    def bounded(parser: Any, *given: str) -> None:  # noqa: ANN401 - it has no types
        if fits(parser, given):
            method(parser, *given)

    return bounded


def _is_short(parser: Any, given: tuple[str, ...]) -> bool:  # noqa: ANN401
    key = given[0] if given else "author"
    return len(parser._get_context().get(key) or "") <= _LONGEST_NAME  # noqa: SLF001


def _has_few_tags(parser: Any, given: tuple[str, ...]) -> bool:  # noqa: ANN401, ARG001
    return len(parser._get_context().get("tags") or ()) < _MOST_ATTRIBUTES  # noqa: SLF001
