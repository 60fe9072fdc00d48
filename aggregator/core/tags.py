"""Tags with more attributes than anybody writes, made bare before a parser stalls on them.

The parsers of HTML compare each attribute of a tag with all before it: 100,000 of them take
minutes. What is done here takes a time that grows with the length of the text.
"""

import re

__all__ = ["bared"]

# Only behind "=" does a quote begin a value; many a page has one too many elsewhere.
_INSIDE = r"""((?:[^<>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|))*+)"""
# Of elements whose inside is no markup that inside belongs to the match: scripts are full of "<".
_TAG = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?:(script|style|textarea|title)\b{_INSIDE}(>.*?(?:</\1|\Z))?"
    rf"|([A-Za-z][\w:-]*+){_INSIDE})",
    re.IGNORECASE | re.DOTALL,
)
# A tag with so many attributes has at least 40 pieces, or a piece of at least 14 names; of ten
# pages hardly one has such a tag, and finding that out takes no step in Python for each tag.
_SUSPECT = re.compile(
    r"""<[A-Za-z](?:(?>[^<>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|)){40}"""
    r"""|(?>[^<>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|))*?(?>[^<>=\s/]*+[\s/]++){14})"""
)
_ATTRIBUTE = re.compile(r"""[^\s"'=/]++(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']+))?""")
_MOST = 300
# Text that is neither this long nor has so many values holds no tag worth looking for.
_LONG = 300_000
_MANY_VALUES = 2_000


def bared(markup: str) -> str:
    """Take all attributes from each tag that has more than three hundred of them."""
    if len(markup) < _LONG and markup.count("=") < _MANY_VALUES:
        return markup
    if _SUSPECT.search(markup) is None:
        return markup
    return _TAG.sub(_bared, markup)


def _bared(tag: re.Match[str]) -> str:
    name, attributes, inside = tag[1] or tag[4], tag[2] or tag[5] or "", tag[3] or ""
    if len(attributes) <= 2 * _MOST:
        return tag[0]
    many = sum(1 for _ in _ATTRIBUTE.finditer(attributes)) > _MOST
    return f"<{name}{inside}" if many else tag[0]
