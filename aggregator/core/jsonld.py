"""The schema.org description that a page carries of itself (JSON-LD), read forgivingly."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from aggregator.core.page import Tree

__all__ = ["Node", "article", "identified", "names", "nodes", "strings", "types"]

Node = Mapping[str, object]
_NONE: Mapping[str, Node] = MappingProxyType({})

_ARTICLE = re.compile(r"(Article|Posting|Report|Review|Recipe)$|^(Report|CreativeWork)$")
_WRAPPER = re.compile(r"^\s*(?:<!\[CDATA\[|<!--|//\s*<!\[CDATA\[)|(?:\]\]>|-->|;)\s*$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
# A page that nests deeper or says more than this is not describing an article.
_MAX_NODES = 2000


def nodes(tree: Tree) -> Iterator[Node]:
    """Yield every object in every JSON-LD script of `tree`, outer before inner."""
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        yield from _walk(_load(script.text or ""))


def _load(source: str) -> object:
    """Return the parsed script, mended where the usual mistakes were made, else None."""
    bare = _WRAPPER.sub("", source).strip()
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(root: object) -> Iterator[Node]:
    waiting, seen = [root], 0
    while waiting and seen < _MAX_NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            waiting.extend(v for v in reversed(list(value.values())) if isinstance(v, dict | list))
        elif isinstance(value, list):
            waiting.extend(v for v in reversed(value) if isinstance(v, dict | list))


def types(node: Node) -> tuple[str, ...]:
    """Return the schema.org types of `node`, without a namespace."""
    return tuple(name.rsplit("/", 1)[-1] for name in strings(node.get("@type")))


def article(found: Iterator[Node]) -> Node:
    """Return the node that describes the article, or an empty one.

    Of several the first that has a headline and a date wins, then the first with a headline.
    """
    candidates = [node for node in found if any(map(_ARTICLE.search, types(node)))]
    best = max(candidates, key=_weight, default=None)
    return best if best is not None else {}


def _weight(node: Node) -> int:
    return 2 * bool(strings(node.get("headline"))) + bool(strings(node.get("datePublished")))


def strings(value: object) -> tuple[str, ...]:
    """Return the strings in `value`: itself, its elements, or an object's @value, @id or url."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(text for element in value for text in strings(element))
    if isinstance(value, dict):
        return next((got for k in ("@value", "url", "@id") if (got := strings(value.get(k)))), ())
    return ()


def identified(found: Iterable[Node]) -> Mapping[str, Node]:
    """Return the nodes that have a name by their @id, by which others refer to them."""
    return {
        key: node for node in found if "name" in node and isinstance(key := node.get("@id"), str)
    }


def names(value: object, known: Mapping[str, Node] = _NONE) -> tuple[str, ...]:
    """Return the names of the persons or organisations in `value`; `known` are nodes by @id."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(name for element in value for name in names(element, known))
    if not isinstance(value, dict):
        return ()
    if called := names(value.get("name")):
        return called
    parts = [part for k in ("givenName", "familyName") for part in strings(value.get(k))]
    if parts:
        return (" ".join(parts),)
    referred = known.get(str(value.get("@id")))
    return names(referred.get("name")) if referred is not None else ()
