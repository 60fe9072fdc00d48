"""Which news agency a text is credited to: datelines, sign-off lines, credits, author names.

A credit is told by its grammar, not by finding a name somewhere: every part of it must be an
agency, a service of one, a person, initials, an outlet, or one of the words that credits are made
of. So "sagte der dpa" in running text is no credit, and one unknown word makes a line none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["Credit", "cut_dateline", "cut_sign_off", "is_filler", "join", "named", "sign_off"]


@dataclass(frozen=True, slots=True)
class Credit:
    """Agencies in the order named, and who wrote: `initials`, or names where they are given."""

    agencies: tuple[str, ...] = ()
    initials: tuple[str, ...] = ()


# Spellings are matched whole. Short names that are words or other names when in small letters
# stand in capitals only.
_SPELLINGS: Final = (
    ("dpa-AFX", r"(?i:dpa-afx)(?i:[-/ ](?:broker|analyser|regulatoryfeed))?"),
    ("dpa", r"(?i:dpa(?:[-/ ](?:infocom|tmn|info|custom|digital|hr))*|deutschen? presse-?agentur)"),
    ("AFP", r"AFP|afp|(?i:agence[ -]france[ -]presse)(?: \(AFP\))?"),
    ("AP", r"AP|ap|A\.P\.|(?i:(?:the )?associated press)(?: \(AP\))?"),
    ("Reuters", r"(?i:(?:thomson )?reuters)|rtr|RTR|reu"),
    ("epd", r"(?i:epd)|(?i:evangelischer pressedienst)"),
    ("KNA", r"KNA|kna|(?i:katholische nachrichten-?agentur)"),
    ("SID", r"SID|sid|(?i:sport-?informations-?dienst)"),
    ("APA-OTS", r"(?i:apa-ots)|OTS"),
    ("APA", r"APA|apa|(?i:austria presse agentur)"),
    ("sda", r"(?i:keystone[-/]sda(?:-ats)?)|(?i:sda)|(?i:schweizerische depeschenagentur)"),
    ("ATS", r"ATS|ats|(?i:keystone-ats)"),
    ("AWP", r"AWP|awp|(?i:awp finanznachrichten)"),
    ("PA", r"PA|(?i:pa media|press association)"),
    ("ANSA", r"(?i:(?:agenzia )?ansa)"),
    ("EFE", r"EFE|efe|(?i:agencia efe)"),
    ("Europa Press", r"(?i:europa press)"),
    ("Adnkronos", r"(?i:adnkronos)"),
    ("AGI", r"AGI"),
    ("askanews", r"(?i:askanews)"),
    ("Italpress", r"(?i:italpress)"),
    ("LaPresse", r"LaPresse|LAPRESSE"),
    ("Télam", r"(?i:t[ée]lam)"),
    ("Notimex", r"(?i:notimex)"),
    ("TASS", r"(?i:(?:itar-)?tass)"),
    ("Interfax", r"(?i:interfax(?:-(?:ukraine|azerbaijan|kazakhstan))?)"),
    ("Ukrinform", r"(?i:ukrinform)"),
    ("Xinhua", r"(?i:xinhua(?: news agency)?)"),
    ("Kyodo", r"(?i:kyodo(?: news)?)"),
    ("Jiji", r"(?i:jiji(?: press)?)"),
    ("Yonhap", r"(?i:yonhap(?: news agency)?)"),
    ("PTI", r"PTI|(?i:press trust of india)"),
    ("IANS", r"IANS"),
    ("ANI", r"ANI"),
    ("AAP", r"AAP"),
    ("UPI", r"UPI"),
    ("CP", r"CP|(?i:(?:the )?canadian press)"),
    ("Anadolu", r"AA|(?i:anadolu(?: ajans\u0131| agency)?)"),
    ("Belga", r"(?i:belga)"),
    ("ANP", r"ANP"),
    ("PAP", r"PAP"),
    ("NTB", r"NTB|ntb"),
    ("TT", r"TT"),
    ("Ritzau", r"(?i:ritzau)"),
    ("STT", r"STT"),
    ("Lusa", r"Lusa|LUSA"),
    ("Bloomberg", r"(?i:bloomberg(?: news)?)"),
    ("dts", r"dts|(?i:dts nachrichtenagentur)"),
    ("ots", r"ots"),
)
# One alternation, a group for each agency: told apart in one match.
_AGENCY: Final = re.compile("|".join(f"({form})" for _, form in _SPELLINGS))
# These are short forms of much else: of parties, offices, roads.
_MISTAKABLE: Final = frozenset(
    {"AP", "PA", "CP", "TT", "ATS", "AGI", "ANI", "SID", "STT", "UPI", "AAP", "Anadolu", "IANS"}
)
_GENERIC: Final = re.compile(
    r"(?i:(?:nachrichten|presse)?agentur(?:en)?(?:material|meldung(?:en)?|berichten?)?|"
    r"(?:news )?agencies|agences|agencias|agências|agenzie|persbureaus|wires)$|ag$|agn$"
)

# --- the parts of a credit -------------------------------------------------------------------

# Regional and thematic services as they stand behind "dpa/".
_SERVICE: Final = re.compile(r"(?:l[a-z]{2}|tmn|afx|rgb|red|bb|cb|eu|th|sn|by|nw|regioline)$")
_INITIALS: Final = re.compile(
    r"(?!(?:der|die|das|the|and|und|von|mit|bei|so|er|sie|es|wie|laut|kam|sagte?|per|für|zur|zum|vom|"
    r"auf|an|in|im|am|la|le|les|el|los|des|du|de|con|por|il|lo|een|het|says?|said|told|via)$)"
    r"[a-zäöüß]{2,5}$|[A-ZÄÖÜ][a-zäöüß]{1,2}[A-ZÄÖÜ]?$"
)
# Who is nobody: a newsroom, an outlet as it writes itself in a sign-off, a firm.
_FILLER: Final = re.compile(
    r"(?i:red\.?|redaktion(?:ell)?(?: [\w.-]+)?|[\w.-]+-redaktion|(?:online|onl|web)(?:redaktion)?|"
    r"(?:[\w ]+ )?staff(?: writers?| reporters?)?|newsroom|(?:la )?rédaction|redacción|redação|"
    r"redazione|redactie|redakcja|bearbeitet|gekürzt|übernommen|gmbh|eigene recherchen?|"
    r"eigene(?:r|s)? berichte?|heute|aktualisiert)$"
)
_FILLER_WORD: Final = re.compile(r"(?:red|ag|agn|agt|onl|online|web)\.?", re.IGNORECASE)
_HOUSE: Final = re.compile(
    r"(?:[A-ZÄÖÜ]\.){1,4}[A-ZÄÖÜ]$|[A-ZÄÖÜ0-9-]{2,}(?:[ .][A-ZÄÖÜ0-9-]{2,}){0,2}$|"
    r"[a-z]{1,2}[A-ZÄÖÜ]$|"
    r"(?:[LDl][’']|(?:Der|Die|Das|The|Le|La|Les|El|Il|De|Het|O|A) )[A-ZÀ-Ý\w][\w’' -]{1,30}$|"
    r"(?i:t-online|n-?tv|srf|orf|swr|ndr|wdr|mdr|rbb|br|hr|zdf|ard|rtl|taz|dw|rnd|faz|spiegel|zeit|"
    r"welt|bild|stern|focus|nzz|rts|rsi|rai|rtve|rtbf|rfi|bbc|cnn|kurier|presse|standard)"
    r"(?i: online|\.?net| digital)?$"
)
_DAY: Final = re.compile(
    r"(?:\d{1,2}[./]\s?(?:\d{1,2}[./]\s?|\w{3,9}\s)?(?:\d{2,4})?|\d{4}-\d\d-\d\d)"
    r"(?:,?\s\d{1,2}[:.]\d\d(?:\sUhr)?)?$|\d{1,2}[:.]\d\d(?:\sUhr)?$"
)
_NAME_WORD: Final = (
    r"(?:[A-ZÀ-ÖØ-ÞŁŚŻŠČĆŽĐ][\w'’.-]*|von|van|de|der|den|di|da|del|dos|la|le|zu|al|bin)"
)
_ONE_NAME: Final = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{3,20}$")
_NAME: Final = re.compile(rf"[A-ZÀ-ÖØ-ÞŁŚŻŠČĆŽĐ][\w'’.-]*(?:\s{_NAME_WORD}){{1,3}}$")
_OUTLET: Final = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:de|at|ch|com|net|org|eu|uk|fr|it|es|nl|pl|info|news|tv)$",
    re.IGNORECASE,
)
_NOISE: Final = re.compile(
    r"(?:mit|zusätzliche[ms]?|material|inhalten?|informationen|teilen|unter|verwendung|angaben|"
    r"von|vom|der|des|dem|den|die|aus|quellen?|sources?|text|originaltext|credit|inputs?|files|"
    r"verwendete|dieser|artikel|beitrag|wurde|erstellt|ergänzt|zusammenarbeit|in|reports?|"
    r"informaci[óo]n(?:es)?|informations|informazioni|informações|fonts?|de|d['’]|della|dell['’]|"
    r"con|com|riproduzione riservata|redaktion(?=\smit\s)|meldung(?:en)?|materiale?|"
    r"źródł[oa]|bron|"
    r"(?:nachrichten)?agentur(?:en)?(?=:?\s\S)|copyright|©|\(c\)|\d{4}|with|by|from|via|the|"
    r"reporting|news agency|newsroom|avec|par|con|da|fuente|fonte|fonti|"
    r"contributed to this (?:report|story|article))(?:\b|(?<=[©)]))[:.]?\s*",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(
    r"\s*(?:[/;,|+•&–—()\[\]]|©|\s-\s|\s(?:und|and|et|y|e|en|i|mit|with|avec|con|com|met|sowie)\s)\s*"
)
_LISTS_SOURCES: Final = re.compile(
    r"(?:verwendete )?(?:quellen?|sources?|fuentes?|font[ei]s?|źródł[oa]|bron(?:nen)?)\s?:",
    re.IGNORECASE,
)
# dpa closes its reports with such a number.
_WIRE_ID: Final = re.compile(r"\bdpa(?:-\w+)?:\d{6}-\d+-\d+(?:/\d+)*", re.IGNORECASE)
_BEHIND: Final = re.compile(
    r"[.,;\s]*(?:(?:all rights reserved|alle rechte vorbehalten).*|"
    r"\s(?:also )?contributed (?:reporting )?to this (?:report|story|article)\W*)$",
    re.IGNORECASE | re.DOTALL,
)
_BRACKETS: Final = re.compile(r"^[\s(\[{*:_–—-]+|[\s)\]}*.:_–—-]+$")
_PHOTO: Final = re.compile(
    r"\W*(?:foto|bild|photo|image|picture|grafik|graphic|video|archiv|symbol)", re.IGNORECASE
)
_PICTURED: Final = re.compile(r"\b(?:[Ff]ile [Pp]hoto|[Pp]hoto|Foto|Getty Images|Fot\.)")
_WRITERS: Final = re.compile(
    r"(?P<agency>[\w ]{2,30}?)\s+(?:staff\s+)?(?:writers?|journalists?|correspondents?|reporters?)"
    r"\s+[A-Z].{3,300}\bcontributed\b.{0,60}$"
)
_REPORTING: Final = re.compile(
    r"\(?\s*(?i:(?:additional\s+)?(?:reporting|writing|editing|compiled))\s(?:[^.]{0,80}\s)?by\s+[A-Z]"
)
# Reuters ends its reports so; of others "editing by" is not known.
_EDITING: Final = re.compile(r"reporting\b.*\bediting\s+by\b", re.IGNORECASE | re.DOTALL)
_EDITED: Final = re.compile(
    r"\(?(?i:bericht(?:et)?|geschrieben|verfasst) von\s[A-Z].{3,200}"
    r"\b(?i:redigiert|bearbeitet) von\s+[A-Z]"
)
_RELEASED: Final = re.compile(
    r"original-content von\b.{2,160}\bübermittelt (?:durch|von) news aktuell", re.IGNORECASE
)
_FIRST_OUT: Final = re.compile(
    r"this (?:report|story|article) by (?P<agency>[\w ]{2,30}?) was first published\b.{0,40}$",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"^[\s—–_*-]+")
_MAX_LINE: Final = 160
_MAX_WRITERS: Final = 500
_MAX_PARTS: Final = 12
_SOURCE_WORDS: Final = 4

# --- datelines -------------------------------------------------------------------------------

_CAPITAL: Final = "[\"„“»«'A-ZÄÖÜÀ-Þ0-9]"
_CITY: Final = r"[A-ZÄÖÜÀ-Þ][\w'’.-]+"
# No letter of a word is given back, nor a hyphen in it: hyphens also part places, and a paragraph
# of nothing but "Berlin-" would be tried in every division.
_REST: Final = r"\w*+(?:['’-]++\w++)*+"
_PLACE_WORD: Final = (
    rf"(?:[A-ZÄÖÜÀ-ÞŁŚŻŠČ]{_REST}(?:\.['’-]*+{_REST})*['’-]{{0,2}}"
    r"|\d{1,2}\.?|a\.\s?M\.|[a-zà-ÿ]{1,4}\.?)"
)
_PLACE: Final = (
    rf"(?P<place>(?!(?i:der|die|das|ein|eine|the(?!\shague)|laut|nach)\s){_PLACE_WORD}"
    rf"(?:[/ ,-]{{1,2}}{_PLACE_WORD}){{0,6}}(?:\s\([A-ZÄÖÜ][\w.\s-]{{1,20}}\))?)"
)
_CREDIT: Final = r"[(\[](?P<credit>[^()\[\]]{2,40})[)\]]"
_BARE_CREDIT: Final = r"(?P<credit>[A-Za-z-]{3,10}(?:/(?:[a-z]{3}|[A-Z]{2,4}))?)"
_DASH: Final = r"\s*(?:[.:]?\s?[–—―-]{1,2}|[.:|])\s*"
_DATELINES: Final = tuple(
    re.compile(pattern + r"(?=\S)")
    for pattern in (
        # Berlin (dpa) - | WASHINGTON, March 5 (AP) — | Bern (sda). | París, 5 mar (EFE).-
        rf"{_PLACE},?\s*{_CREDIT}{_DASH}",
        # (dpa) - | (SDA)
        rf"(?P<place>){_CREDIT}(?:{_DASH}|\s+(?={_CAPITAL}))",
        # MOSCOW, March 5. /TASS/.
        rf"{_PLACE}\.?\s*/(?P<credit>[A-Z]{{3,10}})/\.?\s*[–—-]?\s*",
        # Berlin/dpa - | Berlin. dpa - | Berlin | dpa |
        rf"{_PLACE}\s*[/.,|]\s?(?P<credit>[\w/-]{{2,20}})\s*(?:[–—|:]|\s-)\s+",
        # dpa/Berlin - | AFP -
        rf"{_BARE_CREDIT}(?:/(?P<place>[A-ZÄÖÜ][\w-]+))?\s*(?:[–—:]|\s-)\s+(?={_CAPITAL})",
        # Bonn (KNA) Der
        rf"(?P<place>{_CITY}(?:[ /-]{_CITY})?)\s{_CREDIT}\s+(?={_CAPITAL})",
    )
)
_MAX_DATELINE: Final = 160
# "Die Deutsche Presse-Agentur (dpa) - größte Agentur ..." names it and is no dateline.
_SAYS_WHO: Final = re.compile(r"press|agen|news|verein|dienst", re.IGNORECASE)
_ITALIAN_PLACE: Final = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý ']+, \d{1,2} [A-Z]{3}\s*[–—-]\s*")
_SENTENCE_END: Final = re.compile(r"[.!?…:;][”“\"»’‘«')]*$")
_BRACKETED_TAIL: Final = re.compile(r"\s*[(\[](?P<credit>[^()\[\]]{2,60})[)\]]\.?\s*$")
_SENTENCE_BOUND: Final = re.compile(r"(?<=[.!?…\"”“»«])\s+(?:[–—-]\s*)?(?=\S)")
_BARE_TAIL: Final = re.compile(r"[\w./ ©,:;|()-]{2,50}")
_MAX_TAIL: Final = 72


def named(text: str) -> str | None:
    """Return the agency that `text` is the name of ("dpa", "The Associated Press"), else None."""
    bare = " ".join(text[: 2 * _MAX_LINE].split())
    if len(bare) > _MAX_LINE:
        return None
    bare = _BRACKETS.sub("", bare).strip(" ,;")
    match = _AGENCY.fullmatch(bare)
    return _SPELLINGS[match.lastindex - 1][0] if match and match.lastindex else None


def is_filler(text: str) -> bool:
    """Whether `text` stands for nobody in a credit: "red", "ag."."""
    return _FILLER_WORD.fullmatch(text.strip()) is not None


def join(agencies: Iterable[str]) -> str | None:
    """Return the agencies, each once, as they are kept: "dpa/AFP"; None of none."""
    return "/".join(dict.fromkeys(agencies)) or None


def sign_off(text: str) -> Credit | None:
    """Return the credit that the whole line `text` is ("gom/bua/news.de/dpa"), else None.

    A picture's credit is none: it says nothing of the text.
    """
    bare = _RULE.sub("", " ".join(text.split()).replace("(c)", "©"))
    goes_on = bare.startswith("(") and ")" in bare[:-2]
    if goes_on or _PHOTO.match(bare) or _PICTURED.search(bare):
        return None
    return (_credit(bare) if len(bare) <= _MAX_LINE else None) or _writers(bare)


def _writers(text: str) -> Credit | None:
    """Return the credit of a line that names the people behind a report."""
    if len(text) > _MAX_WRITERS:
        return None
    match = _WRITERS.match(text) or _FIRST_OUT.match(text)
    name = named(match["agency"]) if match else None
    name = "ots" if _RELEASED.match(text) else "Reuters" if _EDITED.match(text) else name
    if name:
        return Credit((name,))
    if not _REPORTING.match(text):
        return None
    return Credit(("Reuters",)) if _EDITING.search(text) else Credit()


@lru_cache(maxsize=1024)
def _credit(text: str) -> Credit | None:
    """Return the credit that `text` is from its first to its last word, else None."""
    bare, numbered = _WIRE_ID.subn("", _BEHIND.sub("", text))
    agencies: list[str] = ["dpa"] if numbered else []
    people: list[str] = []
    kinds: set[str] = set()
    line = _BRACKETS.sub("", bare)
    parts = _PARTS.split(line)
    for raw in parts if len(parts) <= _MAX_PARTS else ():
        part = _without_noise(raw)
        found, initials = _named_among(part)
        agencies += found
        people += initials
        if found or not part or (agencies and _SERVICE.match(part)):
            continue
        kind = _kind(part, line)
        if kind is None:
            return None
        kinds.add(kind)
        people += [part] * (kind == "person")
    mistakable = "house" in kinds and _MISTAKABLE.issuperset(agencies)
    # "Anna Holm im Ziel. © AFP" is below a picture.
    pictured = "©" in line and any(" " in name for name in people)
    if "generic" not in kinds and (not agencies or mistakable or pictured):
        return None
    return Credit(tuple(dict.fromkeys(agencies)), tuple(dict.fromkeys(people)))


def _kind(part: str, line: str) -> str | None:
    """What a part that names no agency may be in a credit, if anything."""
    if any(form.match(part) for form in (_OUTLET, _FILLER, _DAY)):
        return "nobody"
    if _GENERIC.match(part):
        return "generic"
    if _HOUSE.match(part) or ("/" in line and _ONE_NAME.match(part)):
        return "house"
    if _INITIALS.match(part) or _NAME.match(part):
        return "person"
    listed = len(part.split()) <= _SOURCE_WORDS and _LISTS_SOURCES.match(line)
    return "source" if listed else None


def _named_among(part: str) -> tuple[list[str], list[str]]:
    """The agencies in a part "dpa" or "epd lnb mig", and the initials beside them.

    "lnb" is no editor but a service of it.
    """
    if name := named(part):
        return [name], []
    words = part.split()
    agencies = [name for word in words if (name := named(word))]
    others = [
        word for word in words if not (named(word) or _SERVICE.match(word) or _FILLER.match(word))
    ]
    if not agencies or not all(map(_INITIALS.match, others)):
        return [], []
    return agencies, others


def _without_noise(part: str) -> str:
    """Return `part` without the words that only say that it is a credit."""
    part = _BRACKETS.sub("", part)
    while not named(part) and (match := _NOISE.match(part)):
        part = _BRACKETS.sub("", part[match.end() :])
    while True:
        head, space, last = part.rpartition(" ")
        if not space or not _NOISE.fullmatch(last):
            return part
        part = _BRACKETS.sub("", head)


def cut_dateline(text: str) -> tuple[str, str, Credit] | None:
    """Part a paragraph from the agency's dateline before it: (paragraph, dateline, credit)."""
    for pattern in _DATELINES:
        match = pattern.match(text, 0, _MAX_DATELINE)
        credit = _credit(match["credit"].strip()) if match else None
        if match and credit and credit.agencies and not _SAYS_WHO.search(match["place"] or ""):
            more = _ITALIAN_PLACE.match(text, match.end(), match.end() + _MAX_DATELINE)
            end = more.end() if more else match.end()
            return text[end:], text[:end].strip(), credit
    return None


def cut_sign_off(text: str) -> tuple[str, str, Credit] | None:
    """Part a paragraph from the credit at its end: (paragraph, sign-off, credit), else None.

    A lone name in brackets within a sentence only explains what stands before it: "… sagte er
    der Deutschen Presse-Agentur (dpa)."
    """
    for start, credited in _tails(text):
        credit = _credit(credited)
        if credit and not _PHOTO.match(credited):
            before = text[:start].rstrip()
            if named(credited) is None or _SENTENCE_END.search(before):
                return before, text[start:].strip(), credit
    return None


def _tails(text: str) -> Iterator[tuple[int, str]]:
    """Where a credit at the end of a paragraph may begin, and what it would be; the longest first.

    It stands behind a sentence, or in brackets.
    """
    first = max(0, len(text) - _MAX_TAIL)
    for bound in _SENTENCE_BOUND.finditer(text, first):
        credited = text[bound.end() :].strip()
        if bound.start() and _BARE_TAIL.fullmatch(credited):
            yield bound.start(), credited
    match = _BRACKETED_TAIL.search(text, first)
    if match and match.start():
        yield match.start(), match["credit"].strip()
