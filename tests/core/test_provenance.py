"""What a copy took over, added and cut, by figures and by the passages themselves."""

import random

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.passages import Passage, passages
from aggregator.core.provenance import Source, reference, source, standing, trace
from aggregator.core.shingles import body, tokens

WORDS = tuple(f"wort{n}" for n in range(300))


def text(number: int, words: tuple[str, ...], agency: str | None = None) -> Source:
    return source(number, "", " ".join(words), agency)


WIRE = text(1, WORDS[:200], "dpa")


def test_the_earliest_took_nothing_over() -> None:
    found = trace(WIRE, [])
    assert (found.taken, found.added_words, found.cut_words, found.reference_id) == (
        0,
        200,
        0,
        None,
    )


def test_a_copy_that_cuts_and_adds() -> None:
    own = WORDS[250:280]
    found = trace(text(2, WORDS[:120] + own), [WIRE])
    assert found.taken == 120 / 150
    assert (found.added_words, found.cut_words, found.reference_id) == (30, 80, 1)


def test_a_replaced_word_is_one_added_and_one_cut() -> None:
    found = trace(text(2, (*WORDS[:50], "anders", *WORDS[51:200])), [WIRE])
    assert (found.added_words, found.cut_words) == (1, 1)


def test_what_any_before_it_has_is_no_addition() -> None:
    first, second = text(1, WORDS[:100]), text(2, WORDS[100:150])
    found = trace(text(3, WORDS[:150]), [first, second])
    assert (found.taken, found.added_words, found.reference_id) == (1, 0, 1)


def test_what_was_cut_is_told_by_the_fullest_that_credits_an_agency() -> None:
    thin, full, own = text(1, WORDS[:50], "dpa"), text(2, WORDS[:200], "dpa"), text(3, WORDS)
    assert reference([thin, full, own]) is full
    assert reference([text(1, WORDS[:50]), own]) is own
    assert reference([thin, text(2, WORDS[50:100], "AFP")]) is thin
    assert reference([]) is None


def test_a_headline_alone_takes_nothing_over_and_cuts_all() -> None:
    found = trace(text(2, ()), [WIRE])
    assert (found.taken, found.added_words, found.cut_words) == (None, 0, 200)


@given(st.integers(0, 10_000))
def test_the_figures_add_up(seed: int) -> None:
    chance = random.Random(seed)
    before = [text(n, tuple(chance.choices(WORDS[:40], k=chance.randrange(60)))) for n in (1, 2)]
    member = text(3, tuple(chance.choices(WORDS[:40], k=chance.randrange(60))))
    found = trace(member, before)
    assert found.taken is None or 0 <= found.taken <= 1
    kept = len(member.words) - found.added_words
    assert kept == round((found.taken or 0) * len(member.words))
    whole = reference(before)
    assert whole is not None
    assert 0 <= found.cut_words <= len(whole.words)
    assert (found.cut_words == 0) >= (set(whole.shingled) <= set(member.shingled))


# --- as it is written ------------------------------------------------------------------------


def added(lead: str, written: str, before: str) -> list[Passage]:
    known = frozenset(source(1, "", before, None).shingled)
    flags = [not stands for stands in standing(source(2, lead, written, None), known)]
    return passages(body(lead, written), flags)


def test_added_passages_are_quoted_with_their_place() -> None:
    found = added(
        "",
        "Die Brücke ist zu.\nWie die Post erfuhr, \u201eseit Montag\u201c.",
        "Die Brücke ist zu.",
    )
    assert found == [Passage("Wie die Post erfuhr, \u201eseit Montag\u201c.", 4, 6)]


def test_a_lead_stands_before_the_text() -> None:
    found = added("Neu ist das hier.", "Die Brücke ist zu.", "Die Brücke ist zu.")
    assert found == [Passage("Neu ist das hier.", 0, 4)]


@given(st.text(alphabet="ab1.,:- \n½\u00ad\u200bé\u0301日本\u0e01", max_size=60))
def test_passages_cover_every_word_of_any_text(written: str) -> None:
    words = tokens(body("", written))
    found = passages(written, [True] * len(words))
    assert sum(each.words for each in found) == len(words)
    for place in range(len(words)):
        (one,) = passages(written, [at == place for at in range(len(words))])
        assert words[place] in tokens(one.text)
        assert one.text in written
