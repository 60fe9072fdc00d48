"""Recognises which news agency a text credits: in its sign-off, its dateline, its byline."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["Credit", "cut_dateline", "cut_sign_off", "join", "named", "sign_off"]

_NAMES: Final = MappingProxyType(
    {
        "dpa": "dpa", "dpa-afx": "dpa-AFX", "dpa-infocom": "dpa", "deutsche presse-agentur": "dpa",
        "afp": "AFP", "agence france-presse": "AFP", "ap": "AP", "associated press": "AP",
        "the associated press": "AP", "reuters": "Reuters", "rtr": "Reuters", "epd": "epd",
        "evangelischer pressedienst": "epd", "kna": "KNA", "sid": "SID",
        "sport-informations-dienst": "SID", "apa": "APA", "sda": "sda", "keystone-sda": "sda",
        "keystone/sda": "sda", "ats": "ats", "ansa": "ANSA", "efe": "EFE", "europa press":
        "Europa Press", "tass": "TASS", "xinhua": "Xinhua", "pa media": "PA", "press association":
        "PA", "belga": "Belga", "anp": "ANP", "pap": "PAP", "lusa": "Lusa", "upi": "UPI",
        "kyodo": "Kyodo", "dts": "dts", "ots": "ots", "bloomberg": "Bloomberg", "ritzau": "Ritzau",
        "ntb": "NTB", "tt": "TT", "adnkronos": "Adnkronos", "imago": "imago",
    }
)  # fmt: skip
_ONE: Final = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_AGENCY: Final = rf"(?:{_ONE})"
_INITIALS: Final = r"[a-zäöü]{2,5}"
_HOUSE: Final = r"[\w-]+\.(?:de|at|ch|com|net|org|eu|info|tv|news)|[a-zäöüß-]{2,20}"
_PART: Final = re.compile(r"\s*(?:[/,;+&|]|\bund\b|\band\b|\bmit\b)\s*", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"""^(?:(?:\(c\)|©|[–—―-]+|quellen?|sources?|credit|text|von|by|from|mit|with|copyright|nach)
        [\s:]* | (?:(?:zusätzliche[ms]?\s+)?(?:agentur)?(?:material|informationen|angaben)\s+
        (?:von|der|des|from)\s+(?:der\s+|den\s+)?) | (?:agenturen?|nachrichtenagenturen?)[\s:(]+
        | (?:der|die|den|the)\s+ | 20\d\d\s+ )+""",
    re.IGNORECASE | re.VERBOSE,
)
_INFOCOM: Final = re.compile(r"^©?\s*dpa(?:-[a-z]+)?[\s,]+dpa(?:-[a-z]+)?:[\w./-]+$", re.IGNORECASE)
_REPORTING: Final = re.compile(
    r"^\(?(?:additional )?(?:reporting|writing|editing) by .{3,400}$", re.IGNORECASE | re.DOTALL
)
_EDITING: Final = re.compile(r"[;.]\s*editing by ", re.IGNORECASE)
# "epd lnb/mig": some write a space where others write a slash.
_SPACED: Final = re.compile(
    rf"^({_AGENCY})\s+([a-zäöü]{{2,4}}(?:/[a-zäöü]{{2,4}})*)$", re.IGNORECASE
)
_AT_END: Final = re.compile(r"\s*[(\[]([^()\[\]]{2,60})[)\]]\.?\s*$")
_SENTENCE: Final = re.compile(r"[.!?…:;][”“\"»’‘«')]*$")
_DASH_AT_END: Final = re.compile(r"(?<=[.!?”“\"»])\s+[–—-]\s*([\w ,/-]{2,40})$")
_BARE_AT_END: Final = re.compile(r"(?<=[.!?”“\"»])\s+((?:[\w.-]{2,20}/){0,6}[\w-]{2,20})$")
# A place, perhaps a day, the agency, and what parts them from the sentence: a dash, epd's full
# stop, KNA's nothing. No place begins with an article (but The Hague), and a sentence follows.
_DATELINE: Final = re.compile(
    r"""^(?:(?!(?:Der|Die|Das|Ein|Eine|An?|The(?!\sHague))\s)
        [A-ZÄÖÜ][\w.'’/-]*(?:[\s,/]+(?:[A-ZÄÖÜ][\w.'’-]*|am|an|der|im|bei|ob|und|de|la|of)){0,5}
        (?:\s\([A-ZÄÖÜ][\w.\s-]{1,20}\))?
        (?:,?\s\d{1,2}\.?(?:\s?\d{1,2}\.|\s[A-ZÄÖÜ][a-zä]{2,8}\.?)?)?
        \s*[,:]?\s*)?
        [(\[](?P<credit>[^()\[\]]{2,60})[)\]]
        (?:\s*(?:[–—―-]+|:)|\.)?\s+(?=["'„“”»\u201a‘’A-ZÄÖÜ]|(?<=[–—―:.-]\s)\d)""",
    re.VERBOSE,
)
_MOST_PARTS: Final = 8
_LONGEST: Final = 140
_SERVICE: Final = re.compile(r"l[a-z]{2}|red|bb|cb")


@dataclass(frozen=True, slots=True)
class Credit:
    """Agencies in the order named, and the initials of who wrote at the outlet."""

    agencies: tuple[str, ...]
    initials: tuple[str, ...] = ()


def named(text: str) -> str | None:
    """The agency that `text` is the name of ("dpa", "The Associated Press"), else None."""
    return _NAMES.get(" ".join(text.split()).strip(" .,:;()").casefold())


def join(agencies: Iterable[str]) -> str | None:
    """The agencies, each once, as they are kept: "dpa/AFP"; None of none."""
    return "/".join(dict.fromkeys(agencies)) or None


def sign_off(text: str) -> Credit | None:
    """Read a block that is nothing but a sign-off ("gom/bua/news.de/dpa", "(dpa/lno)").

    A sentence that mentions an agency is none: every part must be an agency, initials or a house.
    """
    bare = " ".join(text.split()).replace("(c)", "©")
    if len(bare) > _LONGEST and not _REPORTING.match(bare):
        return None
    if _INFOCOM.match(bare):
        return Credit(("dpa",))
    if _REPORTING.match(bare):
        # Anyone thanks for "additional reporting"; naming the editors too is Reuters' way.
        return Credit(("Reuters",) if _EDITING.search(bare) else ())
    bare = _unwrapped(bare)
    opened = _OPENING.sub("", bare)
    opened = _SPACED.sub(r"\1/\2", opened)
    return _credit(_unwrapped(opened), lenient=opened != bare or "/" in opened)


def _unwrapped(text: str) -> str:
    return text.strip(" .:*_\u00a0").strip("()[]").strip(" .:*_")


def _credit(text: str, *, lenient: bool) -> Credit | None:
    """Read parts; where `lenient`, names of houses may stand among agencies and initials."""
    parts = [part for part in _PART.split(text) if part]
    if not 0 < len(parts) <= _MOST_PARTS:
        return None
    agencies = [name for part in parts if (name := named(part))]
    others = [part for part in parts if not named(part)]
    form = rf"{_INITIALS}|{_HOUSE}" if lenient else _INITIALS
    if not agencies or not all(re.fullmatch(form, part) for part in others):
        return None
    initials = [part for part in others if re.fullmatch(_INITIALS, part)]
    return Credit(tuple(agencies), tuple(p for p in initials if not _SERVICE.fullmatch(p)))


def cut_sign_off(text: str) -> tuple[str, str, Credit] | None:
    """Part a paragraph from the sign-off at its end: (paragraph, sign-off, credit), else None."""
    for pattern in (_AT_END, _DASH_AT_END, _BARE_AT_END):
        match = pattern.search(text)
        if match and match.start() > 0:
            before, credit = text[: match.start()].rstrip(), sign_off(match[1])
            if credit is not None and not _is_explained(before, match[1]):
                return before, match[0].strip(), credit
    return None


def _is_explained(before: str, credit: str) -> bool:
    """Whether a lone name in brackets only explains the words before it, within their sentence.

    "… sagte er der Deutschen Presse-Agentur (dpa)", "… die Alternative Partei (AP)".
    """
    return named(credit) is not None and _SENTENCE.search(before) is None


def cut_dateline(text: str) -> tuple[str, str, Credit] | None:
    """Part a paragraph from the dateline before it ("Berlin (dpa) - "), else None.

    Returns (paragraph, dateline, credit).
    """
    match = _DATELINE.match(text)
    if match is None:
        return None
    credit = _credit(match["credit"].strip(), lenient=True)
    if credit is None or match.end() >= len(text):
        return None
    return text[match.end() :], match[0].strip(), credit
