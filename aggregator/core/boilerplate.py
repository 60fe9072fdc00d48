"""Takes out of an article's blocks what is not the article, and keeps what it took, with why.

The first rule layer: phrases (data, see aggregator/rules), sign-offs of agencies, and blocks that
are nothing but links to other articles. What is a list of the article's own stays: bullets in a
summary or under "Hintergrund:", and lists of sources.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from aggregator.core import agency, endings, header
from aggregator.core.asides import asides
from aggregator.core.blocks import Block
from aggregator.core.listed import ANNOUNCES
from aggregator.core.phrases import PhraseBook, book
from aggregator.core.region import Placed
from aggregator.core.repeated import repeated
from aggregator.model import PhraseRule, Removed

__all__ = ["Stripped", "strip"]

_LINKED: Final = 0.8
_PHRASE_LETTERS: Final = 420
_LABEL_LETTERS: Final = 160
_LINK_LETTERS: Final = 1200
_HALF: Final = 0.5
_MOST_LINES: Final = 12
_MOST_UNLINKED: Final = 6
_TEASER_WORDS: Final = 22
_LINE_WORDS: Final = 14
_FEW_WORDS: Final = 5
_LEAST_WORDS: Final = 3
_OTHERS: Final = 3
_BACK_OFF: Final = 0.4
_PARTING: Final = re.compile(r"\s*[:|–—>»›→-]")
# A pattern begins with a plain word if behind that stand neither letters nor a quantifier.
_PLAIN_START: Final = re.compile(r"(\w+)(?=\\s\+|\\s\*|\\[^\w\s]|\(\?!\\w\)|\[\\s|\['|[:,]|$)")
_FIRST_WORD: Final = re.compile(r"\w+")
_ORNAMENT: Final = re.compile(r"^[\s»›>→▶►•·*+|–—-]+")
_SENTENCE_END: Final = re.compile(r"[.;:…][\"”“»’)]*$")
_SENTENCE: Final = re.compile(r"[.!?…][\"”“»’)]*$")
# What a text tells of somebody's words is no prompt: "Schreiben Sie uns nicht, sagte der Richter."
_TOLD: Final = re.compile(
    r"[,“”\"»«–—-]\s*(?:[\w.'’-]+\s+){0,4}?(?:sag(?:t|te|ten)|rief(?:en)?|ruft|erklärten?|betonten?|"
    r"schreibt|schrieb(?:en)?|meinten?|fragten?|forderten?|warnten?|warnt|rät|rieten?|berichteten?|"
    r"hieß|antworteten?|said|says|ask(?:s|ed)|told|wrote|warned|a(?:-t-(?:il|elle))? (?:dit|"
    r"déclaré|lancé|expliqué|écrit|demandé|averti)|déclare|explique|dijo|dice|afirmó|señaló|"
    r"explicó|preguntó|advirtió|escribió|ha (?:detto|spiegato|dichiarato|scritto|chiesto)|disse|"
    r"zei|zegt|aldus|vroeg|schreef|powiedzia\w+|mówi\w*|zapyta\w+|napisa\w+|doda\w+|diz|"
    r"afirmou|explicou|perguntou|escreveu)\b",
    re.IGNORECASE,
)
_NAMED: Final = 0.25
_PRESSED: Final = frozenset({"btn", "button"})
_BUTTON_WORDS: Final = 6
# Leads are named so too.
_LEADS: Final = frozenset({"teaser", "teasers", "promo", "caption"})


@dataclass(slots=True)
class Stripped:
    """What is left of the blocks, in which places, what was taken, and the credits found.

    `spared` looks like boilerplate and was kept, since it is too much of the text.
    """

    kept: list[Block] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    spared: list[Removed] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)
    initials: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)

    def credit(self, found: agency.Credit) -> None:
        """Remember who was credited."""
        self.agencies += found.agencies
        self.initials += found.initials


_Rules = Mapping[str, tuple[PhraseRule, ...]]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A rule's pattern, compiled by need and once."""
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=16)
def _spoken(rules: PhraseBook, language: str | None) -> tuple[_Rules, endings.Phrases]:
    """The rules of a language and English ones, which stand on pages in all languages.

    The first are for any block, the others for an article's end. Where a language has no rules,
    all are tried; a rule without a language is for all of them.
    """
    wanted = {language, "en", ""} if language in {rule.language for rule in rules} else None
    spoken = [rule for rule in rules if wanted is None or rule.language in wanted]
    anywhere = [rule for rule in spoken if rule.takes not in {"end", "page"}]
    return _by_first_word(anywhere), endings.phrases(rule for rule in spoken if rule.takes == "end")


def _by_first_word(rules: Iterable[PhraseRule]) -> _Rules:
    """Rules by the word they begin with, since of hundreds hardly one fits a block.

    What does not begin with a plain word stands under "".
    """
    found: dict[str, list[PhraseRule]] = defaultdict(list)
    for rule in rules:
        match = _PLAIN_START.match(rule.pattern)
        found[match[1].casefold() if match else ""].append(rule)
    return MappingProxyType({word: tuple(those) for word, those in found.items()})


def strip(
    placed: Sequence[Placed],
    rules: Sequence[PhraseRule],
    language: str | None = None,
    *,
    headlines: Iterable[str] = (),
    authors: Iterable[str] = (),
) -> Stripped:
    """Part the article from its boilerplate.

    Kept and removed text together hold all of `placed`. Where the layer would remove most of the
    text, links to other articles stay, since the page is a list of links by nature, and so does
    what a template names as it names much else; both are `spared`. `headlines` and `authors` are
    known already and need not be repeated in the text.
    """
    known, ends = _spoken(book(rules), language)
    titles = tuple(headlines)
    blocks = [each.block for each in placed]
    reasons = {at: "outside the article" for at, each in enumerate(placed) if each.outside}
    signed = endings.sign_offs(blocks)
    reasons |= endings.behind_sign_off(blocks, signed)
    reasons |= header.around(blocks, headlines=titles, authors=authors)
    named, spared = _by_name(placed)
    reasons |= named
    reasons |= _by_phrase(placed, known)
    reasons |= asides(blocks, reasons)
    teasers = {at: reason for at, reason in _by_links(blocks).items() if at not in reasons}
    spared |= {at: "teaser" for at, each in enumerate(placed) if each.spared}
    if _is_too_much(blocks, reasons.keys() | teasers.keys()):
        spared |= teasers
    else:
        reasons |= teasers
    reasons |= repeated(blocks, reasons.keys())
    credited = {at for at, credit in enumerate(signed) if credit}
    # Whom the headline names is whom the article is about.
    writers = [name for name in authors if not any(name in title for title in titles)]
    reasons |= endings.around(blocks, reasons.keys(), credited, ends, writers)
    out = _parted(blocks, reasons, signed)
    out.spared += [
        Removed(blocks[at].text, why, at) for at, why in sorted(spared.items()) if at not in reasons
    ]
    return out


def _is_too_much(blocks: Sequence[Block], taken: Iterable[int]) -> bool:
    letters = sum(len(block.text) for block in blocks)
    return sum(len(blocks[at].text) for at in taken) > (1 - _BACK_OFF) * letters


def _by_name(placed: Sequence[Placed]) -> tuple[dict[int, str], dict[int, str]]:
    """The places of blocks that their template names furniture, by words that name only a few.

    Behind them those of words that name so much that they cannot mean furniture.
    """
    letters: dict[str, int] = defaultdict(int)
    for each in placed:
        letters[each.named] += len(each.block.text)
    most = _NAMED * sum(letters.values())
    first = next((at for at, each in enumerate(placed) if not each.named), len(placed))
    found = {
        at: f"named {each.named}"
        for at, each in enumerate(placed)
        if each.named
        and (at > first or each.named not in _LEADS or not _may_lead(each.block))
        and (each.named not in _PRESSED or each.block.links >= _HALF or _is_pressed(each.block))
    }
    few = {at: why for at, why in found.items() if letters[placed[at].named] <= most}
    return few, {at: why for at, why in found.items() if at not in few}


def _may_lead(block: Block) -> bool:
    """Whether a block before the text may be its lead, which some templates name a teaser."""
    return block.links < _HALF and len(block.text.split()) > _BUTTON_WORDS


def _is_pressed(block: Block) -> bool:
    """Whether a block is so short that a button may say no more."""
    return len(block.text.split()) <= _BUTTON_WORDS


# --- phrases ---------------------------------------------------------------------------------


def _by_phrase(placed: Sequence[Placed], rules: _Rules) -> dict[int, str]:
    """The places of blocks that a phrase rule takes, with its reason."""
    taken: dict[int, str] = {}
    for at, each in enumerate(placed):
        if at in taken:
            continue
        if found := _match(each.block, rules):
            rule, rest = found
            taken |= dict.fromkeys(_taken(placed, at, rule, rest), rule.reason)
        # A label that was dropped already still says what the lines behind it are.
        elif each.above and (found := _match(each.above, rules)) and found[0].takes == "list":
            rule, rest = found
            taken |= dict.fromkeys(_behind(placed, at - 1, rest), rule.reason)
    return taken


def _taken(placed: Sequence[Placed], at: int, rule: PhraseRule, rest: str) -> list[int]:
    """The places that go with the block at `at`, which a rule takes."""
    if rule.takes == "list":
        return [at, *_behind(placed, at, rest)]
    following = range(at, len(placed))
    if rule.takes == "rest" and not _is_too_much([each.block for each in placed], following):
        return list(following)
    return [at]


def _match(block: Block, rules: _Rules) -> tuple[PhraseRule, str] | None:
    """The rule that takes a block, and what stands in it behind the phrase.

    Of several the one that says most of the block is taken.
    """
    if len(block.text) > (_LINK_LETTERS if block.links >= _LINKED else 2 * _PHRASE_LETTERS):
        return None
    text = _ORNAMENT.sub("", block.text)
    first = _FIRST_WORD.match(text)
    best: tuple[int, PhraseRule] | None = None
    for rule in (*rules.get(first[0].casefold() if first else "", ()), *rules.get("", ())):
        match = _compiled(rule.pattern).match(text)
        if match is None or (best is not None and match.end() <= best[0]):
            continue
        if _may_take(rule, block, text, match.end()):
            best = match.end(), rule
    if best is None:
        return None
    end, rule = best
    return rule, text[end:].strip(" :.…»›>→-")


def _may_take(rule: PhraseRule, block: Block, text: str, end: int) -> bool:
    """Whether a rule whose phrase ends at `end` may take the block.

    A phrase that labels links is no label where it only begins a sentence: "Auch interessant ist
    der Blick nach Wien." It stands alone, or before a colon or a dash, or what follows is linked.
    """
    if block.links >= _LINKED:
        return True
    if rule.only == "lines" and block.links < _HALF and not _is_line(text):
        return False
    if rule.takes != "list":
        return len(text) <= _PHRASE_LETTERS and _TOLD.search(text) is None
    if len(text) > _LABEL_LETTERS:
        return False
    rest = text[end:]
    alone = not any(map(str.isalnum, rest))
    parted = text[:end].endswith(":") or _PARTING.match(rest) is not None
    return alone or parted or block.links >= _HALF


def _is_line(text: str) -> bool:
    """Whether a text is a short line, and no sentence unless one of a few words."""
    words = len(text.split())
    return words <= _FEW_WORDS or (words <= _LINE_WORDS and _SENTENCE.search(text) is None)


def _behind(placed: Sequence[Placed], label: int, rest: str) -> list[int]:
    """The places of what a label announces: its list, or the run of link-like lines behind it."""
    taken = [] if rest else _headlines(placed, label)
    unlinked = 0
    group = None
    for at in range(label + 1 + len(taken), min(label + 1 + _MOST_LINES, len(placed))):
        block, above = placed[at].block, placed[at].above
        same_list = block.kind == "item" and (group is None or block.group == group)
        # What the label announces may have been dropped already; then what follows is the text.
        lost = not taken and above is not None and above.links >= _LINKED
        alone = not rest and not lost
        if block.links >= _LINKED or (same_list and alone and _is_short(block)):
            group = block.group if block.kind == "item" else group
        elif not alone or group is not None or unlinked >= _MOST_UNLINKED or not _is_teaser(block):
            break
        else:
            unlinked += 1
        taken.append(at)
    return taken


def _headlines(placed: Sequence[Placed], label: int) -> list[int]:
    """The places of the unlinked headlines directly behind a label: several in a row.

    Below the last of them no text may stand where that is how the article's own headings do.
    """
    blocks = [each.block for each in placed]
    level = blocks[label + 1].level if label + 1 < len(blocks) else 0
    alike = [block.kind == "heading" and block.level == level for block in blocks]
    end = next((at for at in range(label + 1, len(blocks)) if not alike[at]), len(blocks))
    others = any(
        alike[at] and not ANNOUNCES.match(blocks[at].text)
        for at in (*range(label), *range(end, len(blocks)))
    )
    many = end - label - 1 - (others and end < len(blocks))
    return list(range(label + 1, label + 1 + many)) if 1 < many <= _MOST_UNLINKED else []


def _is_short(block: Block) -> bool:
    return len(block.text.split()) <= 2 * _TEASER_WORDS


def _is_teaser(block: Block) -> bool:
    """Whether an unlinked line reads like a headline: short, and no sentence."""
    words = len(block.text.split())
    return (
        block.kind == "paragraph"
        and _LEAST_WORDS <= words <= _TEASER_WORDS
        and not _SENTENCE_END.search(block.text)
    )


# --- links -----------------------------------------------------------------------------------


def _by_links(blocks: Sequence[Block]) -> dict[int, str]:
    """The places of blocks that are nothing but a link to something else."""
    taken: dict[int, str] = {}
    mixed = {block.group for block in blocks if block.kind == "item" and block.links < _LINKED}
    label: Block | None = None  # what stands before the list, table or paragraph of a block
    for at, block in enumerate(blocks):
        if at and blocks[at - 1].group != block.group:
            label = blocks[at - 1]
        if block.links < _LINKED or len(block.text.split()) < _LEAST_WORDS:
            continue
        if block.kind == "item" and block.group in mixed:
            continue
        if block.kind in {"row", "quote"} or (label is not None and _announces(label)):
            continue
        if block.kind == "heading" and _heads_text(blocks, at):
            continue
        taken[at] = "teaser link"
    return taken


def _heads_text(blocks: Sequence[Block], at: int) -> bool:
    """Whether a linked heading stands over text of the article, as others of its rank do."""
    around = blocks[max(at - 1, 0)], blocks[min(at + 1, len(blocks) - 1)]
    before, behind = (block.links < _HALF for block in around)
    alike = sum(block.kind == "heading" and block.level == blocks[at].level for block in blocks)
    return before and behind and around[1].kind != "heading" and alike > _OTHERS


def _announces(label: Block) -> bool:
    """Whether the article itself announces what stands behind: "Quellen:", "Die Beschlüsse:"."""
    if label.links >= _LINKED:
        return False
    return bool(ANNOUNCES.match(label.text)) or label.text.rstrip().endswith(":")


# --- parting ---------------------------------------------------------------------------------


def _parted(
    blocks: Sequence[Block], reasons: Mapping[int, str], signed: Sequence[agency.Credit | None]
) -> Stripped:
    out = Stripped()
    for at, (block, credit) in enumerate(zip(blocks, signed, strict=True)):
        if credit is not None:
            out.credit(credit)
            out.removed.append(Removed(block.text, "agency sign-off", at))
        elif at in reasons:
            out.bylines += [block.text] * (reasons[at] == header.BYLINE)
            out.removed.append(Removed(block.text, reasons[at], at))
        else:
            out.kept.append(_without_credits(block, at, out))
            out.places.append(at)
    return out


def _without_credits(block: Block, at: int, out: Stripped) -> Block:
    """Cut a dateline before the first paragraph, and a sign-off behind any."""
    text = block.text
    if not out.kept or len(out.kept) == 1:
        found = agency.cut_dateline(text)
        if found is not None:
            text, dateline, credit = found
            out.credit(credit)
            out.removed.append(Removed(dateline, "dateline", at))
    ending = agency.cut_sign_off(text)
    if ending is not None:
        text, signed, credit = ending
        out.credit(credit)
        out.removed.append(Removed(signed, "agency sign-off", at))
    return block if text == block.text else replace(block, text=text)
