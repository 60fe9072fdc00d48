"""Whatever stands in a paragraph over and over, all that look at one come back in time."""

import asyncio
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from typing import Final

from aggregator.config.rules import load_rules
from aggregator.core import (
    agency,
    boilerplate,
    copies,
    dateline,
    dates,
    headline,
    lead,
    people,
    series,
    shingles,
    terms,
    times,
)
from aggregator.core.blocks import Block, Line, lines
from aggregator.core.metadata import Metadata
from aggregator.core.page import parse
from aggregator.core.phrases import book
from aggregator.core.region import Placed
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.settings import WorkerSettings

LETTERS: Final = 20_000
# Once for each worker, not for each of some thousand texts.
RULES: Final = book(load_rules())
NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)
# Names, places, credits, dates, marks: what the patterns look for, made to be tried in many ways.
REPEATED: Final = """
    Berlin- Berlin-Berlin. Berlin/ Berlin. Berlin'- Berlin,- A- A.- A-- A.'- a- a. a.M. 5.- 5. 1-
    dpa/ dpa- dpa-infocom/ (dpa (dpa) (dpa/AFP) /dpa/ /TASS/ AFP: [AP] dpa:123456-1- dpa:123456-1/1
    Anna.Berg- Von- Von: By: A’ O'Neil' a@b.example https://a.example/ 1.1. 1.1.2026 12: 12:00 2026-
    2026-03-01T 12:00Uhr +01:00 1 . , : ; ... …: – — - -. .- | » • * ( ) [ ] ([ )] {} " „A“ '' «» „
    _ ! ?! © ©: (c) / // \\ é Ä Ł 橋 \u0300 \u00ad
""".split()
SPACED: Final = (
    "Berlin ", "Berlin, ", "BERLIN - ", "Berlin (", "Berlin (Ohio) ", "Berlin (dpa) ", "St. ",
    "a. M. ", "a.  M. ", "5. März ", "(dpa) - ", "dpa | ", "Berlin/dpa ", "MOSCOW, March 5. /",
    "Von Anna Berg ", "Von Anna Berg und ", "von Anna ", "Anna von der ", "Anna Berg, ", "by A ",
    "Reporting by A ", "reporting ", "editing by ", "reporting editing by ", "AP staff writers A ",
    "AP writer Ab contributed ", "contributed ", "all rights reserved ", "mit Material ", "von ",
    "der dpa ", "x: ", "a - ", "a | ", "A & ", "A / ", "Foto: ", "© Foto ", "12. März 2026, 5:00 ",
    "Mon, 1 ", "Mon ", "1 Jan ", "1 Jan 2026 ", "Stand: ", "Uhr ", "1 min ", "12:00 Uhr a ",
    " ", "\u00a0", "\t", "\n", ".\n", "12:\n", "1 ", "12.5 ", "Wort ", "to to ", "Live-",
)  # fmt: skip


def _of_rules() -> Iterator[tuple[str, str]]:
    """For each phrase with a gap: how it begins, and what may stand in the gap without end."""
    for file in (resources.files("aggregator") / "rules").iterdir():
        for rule in tomllib.loads(file.read_text("utf-8"))["rule"]:
            for phrase in rule["phrases"]:
                start, gap, rest = phrase.removesuffix("|").partition("*")
                if gap:
                    yield start, f"{rest.replace('*', ' ').strip() or 'x'} "
                    yield start, f"{rest.partition('*')[0].strip() or 'x'}... "


def _texts() -> Iterator[str]:
    begun = (*(("", text) for text in (*REPEATED, *SPACED)), *_of_rules())
    for start, repeated in dict.fromkeys(begun):
        yield start + repeated * (LETTERS // len(repeated))


def _looked_at(text: str) -> int:
    """Show `text` to all that look at a paragraph, a title, a byline or a date."""
    for look in (
        agency.named, agency.sign_off, agency.cut_dateline, agency.cut_sign_off,
        dates.feed_date, times.parse, shingles.headlines,
    ):  # fmt: skip
        look(text)
        look(f"{text}x Word")
    people.authors((text, text[:2400], text[:120]))
    people.are_initials(text, text)
    people.near_headline((text, text[:120], text[:80]), (text,))
    dateline.below_headline((text, text[:120], text[:80]), (text,), None)
    headline.without_outlet(text, (text, "dpa"), (text,))
    headline.choose(Metadata((text,), (text,), text, ((text, text[:99]),), (text[:9],)), text)
    series.same_series(text, f"{text} 1")
    terms.weigh(text, text, text, "de")
    copies.prepare(text, "", text)
    # As long as it is, as long as the longest that a rule may take, and linked.
    some = [
        Block("paragraph", piece, n, links=links)
        for n, piece in enumerate((text, text[:1200], f"{text[:1199]}x", text[:420], text[:160]))
        for links in (0.0, 1.0)
    ]
    kept = boilerplate.strip([Placed(block) for block in some], RULES, headlines=(text,)).kept
    tree = parse(f"<html><body><h1>{text[:300]}</h1><p>{'Words of it. ' * 20}</p></body></html>")
    assert tree is not None
    page = [*lines(tree), *(Line(block, tree) for block in some)]
    lead.part(some, page, descriptions=(text[:700],), titles=(text,), is_text=lambda _: True)
    return len(kept)


def test_every_paragraph_is_looked_at_in_time() -> None:
    async def all_of(texts: list[str]) -> dict[str, int | WorkerFailed]:
        async with ProcessPool(WorkerSettings(count=2)) as pool:
            ends = await asyncio.gather(*(pool.run(_looked_at, text) for text in texts))
        return {text[:40]: end for text, end in zip(texts, ends, strict=True)}

    ends = asyncio.run(all_of(list(_texts())))
    assert len(ends) > 250
    assert {text: end for text, end in ends.items() if isinstance(end, WorkerFailed)} == {}


def test_a_list_of_links_is_looked_at_once() -> None:
    items = [Block("item", f"The council votes on {n}", 1, links=1.0) for n in range(24_000)]
    began = time.process_time()
    found = boilerplate.strip([Placed(Block("paragraph", "Sources:", 0)), *map(Placed, items)], ())
    assert time.process_time() - began < WorkerSettings().timeout / 2
    assert len(found.kept) == len(items) + 1
