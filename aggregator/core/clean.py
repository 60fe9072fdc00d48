"""Text and HTML from outside, made fit to be stored and shown: the one home of nh3."""

import html
import re
from collections import Counter
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import nh3

from aggregator.core.marks import normalize
from aggregator.core.tags import bared
from aggregator.core.urls import as_base

__all__ = ["fragment", "line", "plain", "single", "text", "words"]

# What an article's or a teaser's markup needs; everything else is unwrapped.
_TAGS: Final = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time",
    "tr", "u", "ul", "var", "wbr",
})  # fmt: skip
_ATTRIBUTES: Final = MappingProxyType(
    {
        "a": frozenset({"href", "title"}),
        "abbr": frozenset({"title"}),
        "img": frozenset({"src", "alt", "title", "width", "height"}),
        "ol": frozenset({"start"}),
        "td": frozenset({"colspan", "rowspan"}),
        "th": frozenset({"colspan", "rowspan"}),
        "time": frozenset({"datetime"}),
    }
)
# Elements whose inside is not prose: they go with all they hold.
_WITH_CONTENT: Final = frozenset({
    "audio", "button", "canvas", "embed", "form", "iframe", "math", "noembed", "noframes",
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title",
    "video",
})  # fmt: skip
_SCHEMES: Final = frozenset({"http", "https"})
_VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr",
})  # fmt: skip
_STRIPPER: Final = nh3.Cleaner(tags=frozenset(), clean_content_tags=_WITH_CONTENT)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, byte-order marks and non-characters; soft hyphens too, which would hide a word from
# search and comparison.
_UNWANTED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\ufeff\ufffe\uffff]")
_SPACES: Final = ("\n", "\t", "\u00a0", "\u2009", "\u200a", "\u200b", "\u200d", "\u202f")
_BREAKING: Final = frozenset(
    """
    address article aside blockquote br caption dd div dl dt figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr li ol p pre section table td th tr tbody ul
    """.split()
)
_BREAK: Final = re.compile(rf"<(?=/?(?:{'|'.join(sorted(_BREAKING))})\b)", re.IGNORECASE)
_TAG_NAMED: Final = re.compile(r"</?(\w*)[^<>]*>")
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_WHOLE_TAG: Final = re.compile(r"<[^<>]*>")
# The parser's time grows with the square of depth (200,000 levels: two minutes).
_DEEPEST: Final = 2000
# So does what it takes for references that are none.
_MOST_REFERENCES: Final = 20_000
_ROUNDS: Final = 4


def text(value: str) -> str:
    r"""Mend what SQLite, JSON or XML cannot hold, compose (NFC) and trim.

    Lone surrogates become U+FFFD, pairs are joined; control characters but tab and newline go,
    as do byte-order marks and soft hyphens; every kind of line end becomes "\n".
    """
    # All that is mended is unprintable, which is the cheapest question to ask.
    if not value.replace("\n", "").isprintable() and not _is_spaced(value):
        if _SURROGATE.search(value):
            value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        value = _UNWANTED.sub("", _LINE_END.sub("\n", value))
    return normalize("NFC", value).strip()


def _is_spaced(value: str) -> bool:
    """Whether all that is unprintable in a text are the kinds of space that may stay."""
    for space in _SPACES:
        value = value.replace(space, "")
    return value.isprintable()


def line(value: str) -> str:
    """Mend as `text` does and fold all white space, so that one line is left."""
    return " ".join(text(value).split())


def plain(markup: str) -> str:
    """Turn HTML into one line of plain text: tags gone, entities resolved, white space folded.

    What is inside scripts, styles, forms and the like goes; blocks are parted by a space.
    """
    if "<" not in markup and "&" not in markup:
        return line(markup)
    markup = bared(text(markup))
    if _is_hostile(markup):
        return line(html.unescape(_WHOLE_TAG.sub(" ", markup)))
    return line(html.unescape(_STRIPPER.clean(_BREAK.sub(" <", markup))))


def single(value: str) -> str:
    """Give one line of text, free of markup and of entities that were escaped twice."""
    return line(plain(value) if "<" in value or "&" in value else value)


def words(cleaned: str) -> str:
    """Give the plain text of HTML that `fragment` made, at a fraction of the cost of `plain`."""
    if "<" not in cleaned and "&" not in cleaned:
        return line(cleaned)
    first, *parts = _TAG_NAMED.split(cleaned)
    names, texts = parts[::2], parts[1::2]
    spaced = (f" {t}" if name in _BREAKING else t for name, t in zip(names, texts, strict=True))
    # What was mended stays so, but letters may now stand beside what composes with them.
    value = normalize("NFC", html.unescape(first + "".join(spaced)))
    return " ".join(value.split())


def fragment(markup: str, base: str | None = None, *, mended: bool = False) -> str:
    """Clean HTML so that it can be stored, and shown as it is.

    Left are prose elements, links and images; no scripts, handlers, styles, forms, embedded
    content, classes or ids. Only http and https addresses stay; relative ones are resolved
    against `base` (absolute, http or https) or dropped, as they are where it is too long (see
    core.urls.as_base). Markup made to stall the parser is
    reduced to its text. `mended` says that the markup has been through `text`.
    """
    markup = markup if mended else text(markup)
    if "<" not in markup and "&" not in markup:
        return html.escape(markup, quote=False)
    markup = bared(markup)
    if not _is_hostile(markup):
        cleaner = _cleaner(as_base(base) if base else None)
        for _ in range(_ROUNDS):
            markup = cleaner.clean(markup).strip()
            # A character reference may have hidden what `text` mends, and mending HTML behind
            # the cleaner's back can undo its work (U+0338 composes with ">"): so clean again.
            if (sound := text(markup)) == markup:
                return markup
            markup = sound
    return html.escape(plain(markup), quote=False)


# Making one costs more than a teaser's cleaning; a feed has one base or few.
@lru_cache(maxsize=32)
def _cleaner(base: str | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=dict(_ATTRIBUTES),
        url_schemes=_SCHEMES,
        url_relative=("rewrite_with_base", base) if base else "deny",
    )


def _is_hostile(markup: str) -> bool:
    """Whether the markup is nested, or full of references, so that parsing would stall."""
    if markup.count("&") > _MOST_REFERENCES:
        return True
    if markup.count("<") <= _DEEPEST:
        return False
    open_tags: Counter[str] = Counter()
    for closes, name in _TAG.findall(markup):
        tag = name.lower()
        if not closes:
            open_tags[tag] += tag not in _VOID
        elif open_tags[tag]:
            open_tags[tag] -= 1
    return open_tags.total() > _DEEPEST
