"""Which blocks of an article the phrase rules take: prompts, labels and the lists behind them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice, takewhile
from types import MappingProxyType
from typing import Final

from aggregator.core import endings
from aggregator.core.blocks import Block
from aggregator.core.listed import ANNOUNCES
from aggregator.core.phrases import PhraseBook, compiled
from aggregator.core.region import Placed
from aggregator.model import PhraseRule

__all__ = ["Rules", "by_phrase", "is_too_much", "spoken"]

_LINKED: Final = 0.8
_HALF: Final = 0.5
_LEAST_WORDS: Final = 3
_PHRASE_LETTERS: Final = 420
_LABEL_LETTERS: Final = 160
_LINK_LETTERS: Final = 1200
_MOST_LINES: Final = 12
_MOST_UNLINKED: Final = 6
_TEASER_WORDS: Final = 22
_LINE_WORDS: Final = 14
_FEW_WORDS: Final = 5
_PARTING: Final = re.compile(r"\s*[:|–—>»›→-]")
_FIRST_WORD: Final = re.compile(r"\w+")
_ORNAMENT: Final = re.compile(r"^[\s»›>→▶►•·*+|–—-]+")
_SENTENCE_END: Final = re.compile(r"[.;:…][\"”“»’)]*$")
_SENTENCE: Final = re.compile(r"[.!?…][\"”“»’)]*$")
_BACK_OFF: Final = 0.4
# A pattern begins with a plain word if behind that stand neither letters nor a quantifier.
_PLAIN_START: Final = re.compile(r"(\w+)(?=\\s\+|\\s\*|\\[^\w\s]|\(\?!\\w\)|\[\\s|\['|[:,]|$)")
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

Rules = Mapping[str, tuple[PhraseRule, ...]]


@lru_cache(maxsize=16)
def spoken(rules: PhraseBook, language: str | None) -> tuple[Rules, endings.Phrases]:
    """The rules of a language and English ones, which stand on pages in all languages.

    The first are for any block, the others for an article's end. Where a language has no rules,
    all are tried; a rule without a language is for all of them.
    """
    wanted = {language, "en", ""} if language in {rule.language for rule in rules} else None
    spoken = [rule for rule in rules if wanted is None or rule.language in wanted]
    anywhere = [rule for rule in spoken if rule.takes not in {"end", "page"}]
    return _by_first_word(anywhere), endings.phrases(rule for rule in spoken if rule.takes == "end")


def _by_first_word(rules: Iterable[PhraseRule]) -> Rules:
    """Rules by the word they begin with, since of hundreds hardly one fits a block.

    What does not begin with a plain word stands under "".
    """
    found: dict[str, list[PhraseRule]] = defaultdict(list)
    for rule in rules:
        match = _PLAIN_START.match(rule.pattern)
        found[match[1].casefold() if match else ""].append(rule)
    return MappingProxyType({word: tuple(those) for word, those in found.items()})


def by_phrase(placed: Sequence[Placed], rules: Rules) -> dict[int, str]:
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
    if rule.takes == "rest" and not is_too_much([each.block for each in placed], following):
        return list(following)
    return [at]


def _match(block: Block, rules: Rules) -> tuple[PhraseRule, str] | None:
    """The rule that takes a block, and what stands in it behind the phrase.

    Of several the one that says most of the block is taken.
    """
    if len(block.text) > (_LINK_LETTERS if block.links >= _LINKED else 2 * _PHRASE_LETTERS):
        return None
    text = _ORNAMENT.sub("", block.text)
    first = _FIRST_WORD.match(text)
    best: tuple[int, PhraseRule] | None = None
    for rule in (*rules.get(first[0].casefold() if first else "", ()), *rules.get("", ())):
        match = compiled(rule.pattern).match(text)
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

    Below the last of them no text may stand where that is how the article's own headings do. One
    alone is of the label where it is of a rank below it that nothing else has.
    """
    level = placed[label + 1].block.level if label + 1 < len(placed) else 0
    first, most = label + 1, label + 1 + _MOST_UNLINKED + 1
    run = takewhile(lambda each: _is_ranked(each.block, level), placed[first : most + 1])
    end = first + len(list(run))
    # Of nearly all labels this is known without a look at the rest of the article.
    least = 1 if 0 < placed[label].block.level < level else 2
    if not first + least <= end <= most:
        return []
    others = any(
        _is_ranked(each.block, level) and not ANNOUNCES.match(each.block.text)
        for each in chain(islice(placed, label), islice(placed, end, None))
    )
    many = end - first - (others and end < len(placed))
    least = 2 if others else least
    return list(range(first, first + many)) if least <= many <= _MOST_UNLINKED else []


def _is_ranked(block: Block, level: int) -> bool:
    return block.kind == "heading" and block.level == level


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


def is_too_much(blocks: Sequence[Block], taken: Iterable[int]) -> bool:
    """Whether what stands at the places `taken` is most of the text."""
    letters = sum(len(block.text) for block in blocks)
    return sum(len(blocks[at].text) for at in taken) > (1 - _BACK_OFF) * letters
