"""The people whom a text credits: the single names in bylines, and who is none."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from aggregator.core import clean
from aggregator.core.blocks import position

__all__ = [
    "BYLINE",
    "PERSON",
    "are_initials",
    "authors",
    "is_newsroom",
    "is_nobody",
    "is_other_work",
    "near_headline",
    "newsrooms",
    "without_by",
]

_PARTING: Final = re.compile(
    r"\s*(?:[;|/,]|\s(?:und|and|et|y|e|og|och|en|&|(?:im (?:gespräch|interview) )?mit|with)\s)"
    r"\s*",
    re.IGNORECASE,
)
# "Kommentar von Anna Berg", but Anna von Berg and Anna von der Aue keep their first names.
_BY: Final = re.compile(
    r"^(?:eine?\s+\w+\s+von|\w+\s+von(?=\s+(?-i:[A-ZÄÖÜ])\S+\s+(?-i:[A-ZÄÖÜ]))|von|text|"
    r"autor(?:en|in)?|author|by|(?:words|written|posted|published|story|article|reported) by|"
    r"written|por|par|di|door|af|av|(?:escrito|publicado|redactado) por|écrit par|scritto da|"
    r"geschreven door)\b\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_NOT_WRITTEN: Final = re.compile(
    r"(?:(?:medically |legally )?(?:reviewed|updated|edited|verified)|fact[ -]checked|"
    r"photos?|photograph(?:y|ed|s)?|translated|geprüft|aktualisiert|übersetzt|fotos?)"
    r"\s*(?::|by|von)\s",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(r"https?:|www\.|@|\d", re.IGNORECASE)
_NOBODY: Final = re.compile(
    r"admin|administrator|webmaster|editor|unknown|none|null|anonymous|undefined|root|superuser|"
    r"agencies|agentur(?:en)?",
    re.IGNORECASE,
)
_NEWSROOM: Final = re.compile(
    r"(?:die )?(?:[\w.]+[ -]?)?redaktion|"
    r"(?:the )?(?:\w+ )?(?:newsroom|staff(?: writers?| reporters?)?|"
    r"editorial (?:team|staff|board)|editors|newsdesk|redazione|rédaction|redacción|redactie)",
    re.IGNORECASE,
)
_MAX_NAME_WORDS: Final = 6
_ROLE: Final = re.compile(r"\s*[(\[–—-]\s.*$|\s*[(\[].*$|\s기자$")
_BYLINE_LENGTH: Final = 120
# A byline in markup may be this many times as long.
_MARKED_UP: Final = 20

_NAME: Final = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČĆŽĐ][\w.'’-]+"
PERSON: Final = (
    rf"{_NAME}(?:\s+(?:(?:von|van|de|den|der|zu|di|da|del|dos|la|le)\s+){{0,2}}{_NAME}){{1,3}}"
)
BYLINE: Final = re.compile(
    r"(?:(?:[Vv]on|VON|[Bb]y|BY|Text|Texto|Autor(?:in|a|e)?|Author|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|"
    r"Written by|Words by)(?::\s*|\s+)|(?:Ein|Eine) \w+ von )"
    rf"{PERSON}(?:(?:,|\s+(?:und|and|et|y|e|en)|\s*[/|&])\s+{PERSON}){{0,4}}"
    r"(?:[,|/–-]\s?[\w\s./-]{2,40})?\s*$"
)
# Date and reading time stand in the same line.
_BEHIND: Final = re.compile(r"\s+[|–—-]\s|[|,]?\s*\d")
_NEAR: Final = 10


def authors(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the single names in `texts` ("Von Anna Berg und Jan Holm"), each once."""
    found: dict[str, str] = {}
    for text in texts:
        if len(text) > _MARKED_UP * _BYLINE_LENGTH:
            continue
        line = clean.single(text)
        bare = _BY.sub("", line)
        if len(bare) > _BYLINE_LENGTH or _NO_NAME.search(bare) or is_other_work(line):
            continue
        for part in _PARTING.split(bare):
            name = _ROLE.sub("", part).strip(" ,.:-–")
            if name and len(name.split()) <= _MAX_NAME_WORDS and not _is_no_name(name):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _is_no_name(name: str) -> bool:
    if is_newsroom(name) or is_nobody(name):
        return True
    return _NO_NAME.search(name) is not None or not any(map(str.isalpha, name))


def is_nobody(name: str) -> bool:
    """Whether `name` is what systems write where they know no author ("admin", "unknown")."""
    return _NOBODY.fullmatch(name) is not None


def is_newsroom(name: str) -> bool:
    """Whether `name` stands for whoever wrote it at the outlet ("Redaktion", "Staff")."""
    return _NEWSROOM.fullmatch(name) is not None


def is_other_work(text: str) -> bool:
    """Whether `text` begins to credit who checked, changed or illustrated it ("Updated by …")."""
    return _NOT_WRITTEN.match(text) is not None


def without_by(text: str) -> str:
    """Return `text` without the "Von" or "By" before a name."""
    return _BY.sub("", text)


def newsrooms(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those of `texts` that credit a newsroom and nobody in it."""
    lines = (clean.single(text) for text in texts if len(text) <= _BYLINE_LENGTH)
    return tuple(dict.fromkeys(line for line in lines if is_newsroom(line)))


def are_initials(letters: str, name: str) -> bool:
    """Whether `letters` ("mmü") may be the initials of `name` ("Max Müller")."""
    left = iter(name.casefold())
    begins = letters[:1].casefold() in {part[:1].casefold() for part in name.split()}
    return begins and all(letter in left for letter in letters.casefold())


def near_headline(shown: Sequence[str], titles: Iterable[str]) -> tuple[str, ...]:
    """Return the authors in the byline that stands near the headline among a page's lines."""
    at = position(shown, titles)
    if at is None:
        return ()
    around = (*shown[at + 1 : at + 1 + _NEAR], *reversed(shown[max(0, at - 3) : at]))
    lines = (line for line in around if len(line) <= _BYLINE_LENGTH and BYLINE.match(line))
    return authors(_BEHIND.split(line)[0] for line in islice(lines, 1))
