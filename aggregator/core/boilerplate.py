"""Takes out of an article's blocks what is not the article, and keeps what it took, with why.

The first rule layer: phrases (data, see aggregator/rules), sign-offs of agencies, and blocks that
are nothing but links to other articles. What is a list of the article's own stays: bullets in a
summary or under "Hintergrund:", and lists of sources.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from aggregator.core import agency, endings, header, people
from aggregator.core.asides import asides
from aggregator.core.blocks import Block
from aggregator.core.listed import ANNOUNCES
from aggregator.core.phrases import book
from aggregator.core.phrasing import by_phrase, is_too_much, spoken
from aggregator.core.region import Placed
from aggregator.core.repeated import repeated
from aggregator.model import PhraseRule, Removed

__all__ = ["Stripped", "strip"]

_LINKED: Final = 0.8
_HALF: Final = 0.5
_LEAST_WORDS: Final = 3
_OTHERS: Final = 3
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
    known, ends = spoken(book(rules), language)
    titles = tuple(headlines)
    blocks = [each.block for each in placed]
    reasons = {at: "outside the article" for at, each in enumerate(placed) if each.outside}
    signed = endings.sign_offs(blocks)
    reasons |= endings.behind_sign_off(blocks, signed)
    reasons |= header.around(blocks, headlines=titles, authors=authors)
    named, spared = _by_name(placed)
    reasons |= named
    reasons |= by_phrase(placed, known)
    reasons |= asides(blocks, reasons)
    teasers = {at: reason for at, reason in _by_links(blocks).items() if at not in reasons}
    spared |= {at: "teaser" for at, each in enumerate(placed) if each.spared}
    if is_too_much(blocks, reasons.keys() | teasers.keys()):
        spared |= teasers
    else:
        reasons |= teasers
    reasons |= repeated(blocks, reasons.keys())
    credited = {at for at, credit in enumerate(signed) if credit}
    # Whom the headline names is whom the article is about.
    signed_by = people.authors(
        blocks[at].text for at, why in reasons.items() if why == header.BYLINE
    )
    writers = [
        name for name in (*authors, *signed_by) if not any(name in title for title in titles)
    ]
    reasons |= endings.around(blocks, reasons.keys(), credited, ends, writers)
    out = _parted(blocks, reasons, signed)
    out.spared += [
        Removed(blocks[at].text, why, at) for at, why in sorted(spared.items()) if at not in reasons
    ]
    return out


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


# --- links -----------------------------------------------------------------------------------


def _by_links(blocks: Sequence[Block]) -> dict[int, str]:
    """The places of blocks that are nothing but a link to something else."""
    taken: dict[int, str] = {}
    mixed = {block.group for block in blocks if block.kind == "item" and block.links < _LINKED}
    ranks = Counter(block.level for block in blocks if block.kind == "heading")
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
        if block.kind == "heading" and _heads_text(blocks, at, ranks):
            continue
        taken[at] = "teaser link"
    return taken


def _heads_text(blocks: Sequence[Block], at: int, ranks: Mapping[int, int]) -> bool:
    """Whether a linked heading stands over text of the article, as others of its rank do."""
    around = blocks[max(at - 1, 0)], blocks[min(at + 1, len(blocks) - 1)]
    before, behind = (block.links < _HALF for block in around)
    several = ranks[blocks[at].level] > _OTHERS
    return before and behind and around[1].kind != "heading" and several


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
    paragraphs = 0
    for at, (block, credit) in enumerate(zip(blocks, signed, strict=True)):
        if credit is not None:
            out.credit(credit)
            out.removed.append(Removed(block.text, "agency sign-off", at))
        elif at in reasons:
            out.bylines += [block.text] * (reasons[at] == header.BYLINE)
            out.removed.append(Removed(block.text, reasons[at], at))
        else:
            # Bullets and headings may stand before the text, and one line of another kind.
            out.kept.append(_without_credits(block, at, out, early=paragraphs <= 1))
            out.places.append(at)
            paragraphs += block.kind == "paragraph"
    return out


def _without_credits(block: Block, at: int, out: Stripped, *, early: bool) -> Block:
    """Cut a dateline, where it is `early` enough for one, and a sign-off behind any paragraph."""
    text = block.text
    if early:
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
