"""How single elements are looked at: what is read so far, attributes, texts, addresses."""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from aggregator.core.feeds.fast_names import HANDLED, TAKEN, Names, Unsure

__all__ = ["Context", "attributes", "base", "language", "settled", "skip", "value"]

_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
# Attributes that are read here: in a foreign namespace, feedparser would take them for these.
_READ: Final = frozenset(
    """base domain href ispermalink label lang lastmod medium mode rel scheme src term text type
    uri url""".split()
)
_CONTROL: Final = re.compile("[\x80-\x9f]")
# Addresses that feedparser's joining with a base leaves as they are.
_PLAIN_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9._~:@-]+(?:[/?#]\S*)?")


@dataclass(slots=True)
class Context:
    """A feed or an entry while it is read: what is `said` so far, and feedparser's state.

    `language` is the xml:lang in force; a `doubtful` document holds letters that feedparser may
    take for wrongly decoded ones.
    """

    names: Names
    is_atom: bool
    doubtful: bool
    language: str | None
    said: dict[str, Any] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    tags: set[tuple[str | None, ...]] = field(default_factory=set)
    title_depth: int = -1
    has_content: bool = False
    has_plain_author: bool = False

    def keep(self, name: str, text: str, depth: int) -> None:
        """Keep a text, unless there is one from an element that is not as deep."""
        if depth <= self.depths.get(name, depth):
            self.depths[name] = depth
            self.said[name] = text


# --- elements ----------------------------------------------------------------------------------


def skip(names: Names, element: Element) -> None:
    """Go past an element without meaning, if nothing in it has one."""
    for each in element.iter():
        name = names[each.tag]
        if name in HANDLED or name in TAKEN:
            raise Unsure


def attributes(element: Element) -> dict[str, str]:
    """Attributes by lower-case name; feedparser folds the values of rel and type too."""
    found: dict[str, str] = {}
    for name, text in element.items():
        if name.startswith("{"):
            if not name.startswith(_XML) and name.rpartition("}")[2].lower() in _READ:
                raise Unsure
            continue
        folded = name.lower()
        if folded in found or folded == "base" or (folded == "lang" and len(element)):
            raise Unsure
        found[folded] = text.lower() if folded in {"rel", "type"} else text
    return found


def language(element: Element, inherited: str | None) -> str | None:
    """Give the xml:lang in force in an element; an empty one takes it back."""
    found = element.get(_XML + "lang")
    return inherited if found is None else found or None


def value(context: Context, element: Element) -> str:
    """Give an element's text, if that is all there is in it and feedparser mends nothing."""
    if len(element):
        raise Unsure
    text = (element.text or "").strip()
    if context.doubtful and not text.isascii():
        _refuse_mended(text)
    return text


def _refuse_mended(text: str) -> None:
    if _CONTROL.search(text):
        raise Unsure
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return
    raise Unsure


def base(element: Element) -> str | None:
    """Give the xml:base that an element has itself."""
    return element.get(_XML + "base")


def settled(address: str, *, strict: bool = False) -> str:
    """Give an address that is the same when resolved against no base; if `strict`, an http one."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    if strict or ":///" in address or not address.isascii() or "[" in address or "]" in address:
        raise Unsure
    return address
