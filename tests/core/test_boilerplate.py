"""What is taken out of an article, what stays, and that nothing is lost on the way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config.rules import load_rules
from aggregator.core.blocks import Block
from aggregator.core.boilerplate import Stripped, strip
from aggregator.core.region import Placed

RULES = load_rules()
PROSE = (
    "Der Rat hat am Montag beschlossen, die alte Brücke abzureißen und an derselben Stelle eine "
    "neue zu bauen, die auch schwere Fahrzeuge trägt."
)


def p(text: str, **more: float) -> Block:
    return replace(Block("paragraph", text, 0), **more)  # type: ignore[arg-type]


def linked(text: str) -> Block:
    return Block("paragraph", text, 0, links=1.0)


def ul(*texts: str, group: int = 1, links: float = 0.0) -> list[Block]:
    return [Block("item", text, group, links=links) for text in texts]


def stripped(blocks: Sequence[Block], language: str = "de") -> Stripped:
    # Paragraphs have groups of their own, lists the one they were given.
    alone = [
        replace(block, group=100 + at) if block.kind == "paragraph" else block
        for at, block in enumerate(blocks)
    ]
    return strip([Placed(block) for block in alone], RULES, language)


def kept(blocks: Sequence[Block], language: str = "de") -> list[str]:
    return [block.text for block in stripped(blocks, language).kept]


# --- the law: nothing is lost ----------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(
        [
            *(PROSE, "Lesen Sie auch:", "Hintergrund:", "gom/bua/news.de/dpa", "Mehr zum Thema"),
            *(f"Berlin (dpa) - {PROSE}", f"{PROSE} (dpa/lno)", "Von Jana Holm", "Quellen:"),
            *("Folgen Sie uns auf Facebook", "Alle Rechte vorbehalten", "Streit um den Markt"),
        ]
    ),
    st.text(alphabet="abc DÄ:.(/)–|", min_size=1, max_size=60),
)
BLOCKS = st.lists(
    st.builds(
        Placed,
        st.builds(
            Block,
            st.sampled_from(["paragraph", "heading", "item", "quote", "row"]),
            TEXTS,
            st.integers(0, 4),
            links=st.sampled_from([0.0, 0.5, 1.0]),
            strong=st.sampled_from([0.0, 1.0]),
        ),
        st.booleans(),
    ),
    max_size=25,
)


def words(texts: Sequence[str]) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


@given(BLOCKS, st.sampled_from(["de", "en", None]))
@settings(max_examples=200, deadline=None)
def test_kept_and_removed_together_hold_every_block(
    placed: list[Placed], language: str | None
) -> None:
    found = strip(placed, RULES, language)

    everything = [block.text for block in found.kept] + [each.text for each in found.removed]
    assert words(everything) == words([each.block.text for each in placed])
    assert all(0 <= each.position < len(placed) and each.reason for each in found.removed)


# --- what stays ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Hintergrund:", "Quellen:", "Die Beschlüsse im Überblick:"])
@pytest.mark.parametrize("links", [0.0, 1.0])
def test_a_list_that_the_article_announces_stays(label: str, links: float) -> None:
    blocks = [p(PROSE), p(label), *ul("Das erste Papier", "Das zweite Papier", links=links)]

    assert kept([*blocks, p(PROSE)]) == [
        PROSE,
        label,
        "Das erste Papier",
        "Das zweite Papier",
        PROSE,
    ]


def test_a_listicle_stays() -> None:
    blocks = [p(PROSE)]
    for place in ("Der Hafen", "Das Schloss", "Die Mühle"):
        blocks += [Block("heading", place, 0, level=3, links=1.0), p(PROSE)]

    assert kept(blocks)[0] == PROSE
    assert kept(blocks).count(PROSE) == 4


def test_a_paragraph_that_merely_begins_like_a_label_stays() -> None:
    running = f"Mehr zum Thema Sicherheit will die Verwaltung im Herbst vorlegen. {PROSE}"

    assert kept([p(PROSE), p(running), p(PROSE)]) == [PROSE, running, PROSE]


def test_a_list_of_agencies_is_no_list_of_sign_offs() -> None:
    names = ul("dpa", "AFP", "Reuters")

    found = stripped([p("Diese Agenturen nahmen teil:"), *names, p(PROSE)])

    assert [block.text for block in found.kept][1:4] == ["dpa", "AFP", "Reuters"]
    assert found.agencies == []


def test_a_link_within_a_paragraph_stays() -> None:
    assert kept([p(PROSE), p(PROSE, links=0.4)]) == [PROSE, PROSE]


# --- what goes -------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Lesen Sie auch:", "» Mehr zum Thema", "Auch interessant"])
def test_a_label_goes_with_its_links(label: str) -> None:
    teasers = [linked("Streit um den Markt spitzt sich zu"), linked("Der Zug fällt wieder aus")]

    assert kept([p(PROSE), p(label), *teasers, p(PROSE)]) == [PROSE, PROSE]


def test_a_label_goes_with_its_unlinked_list_but_not_with_the_next() -> None:
    blocks = [p(PROSE), p("Lesen Sie auch:"), *ul("Streit um den Markt", "Der Zug fällt aus")]
    blocks += [p("Hintergrund:"), *ul("1931 gebaut", "2026 gesperrt", group=2), p(PROSE)]

    assert kept(blocks) == [PROSE, "Hintergrund:", "1931 gebaut", "2026 gesperrt", PROSE]


def test_a_label_that_holds_its_teaser_goes_alone() -> None:
    blocks = [p(PROSE), p("Lesen Sie auch: Streit um den Markt"), p("Ein Zwischenruf"), p(PROSE)]

    assert kept(blocks) == [PROSE, "Ein Zwischenruf", PROSE]


@pytest.mark.parametrize(
    ("level", "more", "stays"), [(4, False, False), (4, True, True), (3, False, True)]
)
def test_a_single_headline_below_its_label_goes(level: int, *, more: bool, stays: bool) -> None:
    label = Block("heading", "Lesen Sie auch", 0, level=3)
    headline = Block("heading", "Streit um den Markt", 0, level=level)
    own = [Block("heading", "Was nun kommt", 0, level=level), p(PROSE)] if more else []

    assert ("Streit um den Markt" in kept([p(PROSE), label, headline, p(PROSE), *own])) == stays


def test_a_teaser_without_a_label_goes_where_all_of_it_is_a_link() -> None:
    found = stripped([p(PROSE), linked("Streit um den Markt spitzt sich zu"), p(PROSE)])

    assert [block.text for block in found.kept] == [PROSE, PROSE]
    assert [(each.reason, each.position) for each in found.removed] == [("teaser link", 1)]


def test_linked_headings_over_the_articles_sections_stay() -> None:
    sections = [
        block
        for town in ("Dornau", "Aldenburg", "Hohenfels", "Marktheim")
        for block in (
            Block("heading", f"Das Rathaus von {town}", 0, level=2, links=1.0),
            p(f"In {town} steht es seit hundert Jahren am selben Platz. {PROSE}"),
        )
    ]

    assert kept([p(PROSE), *sections]) == [PROSE, *(block.text for block in sections)]


def test_a_single_linked_heading_over_a_line_is_a_teaser() -> None:
    teaser = Block("heading", "Streit um den alten Markt", 0, level=3, links=1.0)

    assert kept([p(PROSE), teaser, p(PROSE), p(PROSE)]) == [PROSE, PROSE, PROSE]


def test_a_third_of_the_text_behind_a_sign_off_stays() -> None:
    assert kept([p(PROSE), p(PROSE), p("(dpa/lno)"), p(PROSE)]) == [PROSE, PROSE, PROSE]


def test_a_byline_and_what_is_outside_are_named() -> None:
    placed = [Placed(p("Von Jana Holm")), Placed(p(PROSE)), Placed(p("Anderswo"), outside=True)]

    found = strip(placed, RULES, "de")

    assert found.bylines == ["Von Jana Holm"]
    assert [each.reason for each in found.removed] == ["byline", "outside the article"]


def test_what_stands_behind_a_sign_off_goes() -> None:
    blocks = [p(PROSE), p(PROSE), p("gom/bua/news.de/dpa"), p("Das Wetter in Dornau")]

    found = stripped(blocks)

    assert [each.reason for each in found.removed] == ["agency sign-off", "behind the sign-off"]
    assert (found.agencies, found.initials) == (["dpa"], ["gom", "bua"])


def test_a_box_behind_the_sign_off_stays() -> None:
    blocks = [p(PROSE), p(PROSE), p(PROSE), p("(dpa/lno)"), p("Zur Startseite")]
    blocks += [p("Hintergrund:"), *ul("1931 gebaut", "2026 gesperrt")]

    assert kept(blocks) == [PROSE] * 3 + ["Hintergrund:", "1931 gebaut", "2026 gesperrt"]


def test_thanks_end_no_article() -> None:
    thanks = p("Additional reporting by Jane Roe")

    assert kept([p(PROSE), p(PROSE), thanks, p("Ein Nachsatz")]) == [PROSE, PROSE, "Ein Nachsatz"]


def test_a_sign_off_amid_the_text_takes_nothing_with_it() -> None:
    assert kept([p(PROSE), p("(dpa)"), p(PROSE), p(PROSE)]) == [PROSE, PROSE, PROSE]


def test_a_dateline_goes_from_the_first_paragraph_alone() -> None:
    dated = f"Berlin (dpa) - {PROSE}"

    found = stripped([p(dated), p(PROSE), p(dated)])

    assert [block.text for block in found.kept] == [PROSE, PROSE, dated]
    assert found.agencies == ["dpa"]


def test_a_dateline_behind_bullets_goes() -> None:
    points = ul("Die Brücke ist gesperrt.", "Der Bau beginnt im Mai.", "Er kostet 41 Millionen.")

    found = stripped([*points, p(f"Berlin (dpa) - {PROSE}"), p(PROSE)])

    assert [block.text for block in found.kept][-2:] == [PROSE, PROSE]
    assert found.agencies == ["dpa"]


# --- backing off -----------------------------------------------------------------------------


def test_it_backs_off_where_links_are_most_of_the_text() -> None:
    listed = [linked(f"Der Bericht Nummer {n} des Ausschusses zur Brücke") for n in range(12)]

    found = stripped([p(PROSE), *listed])

    assert len(found.kept) == 13
    assert [(each.reason, each.position) for each in found.spared] == [
        ("teaser link", at) for at in range(1, 13)
    ]


def test_what_is_taken_is_not_spared() -> None:
    found = stripped([p(PROSE), linked("Der Bericht des Ausschusses zur Brücke"), p(PROSE)])

    assert (len(found.kept), len(found.removed), found.spared) == (2, 1, [])


def test_rules_of_other_languages_do_not_apply_but_english_ones() -> None:
    german, english = p("Lesen Sie auch:"), p("Read more:")

    assert kept([p(PROSE), german, english], "de") == [PROSE]
    assert kept([p(PROSE), german, english], "en") == [PROSE, "Lesen Sie auch:"]


@pytest.mark.parametrize(
    "question", ["Was meinen Sie damit?", "Was denken Sie über den Neubau der Brücke?"]
)
def test_a_question_in_an_interview_stays(question: str) -> None:
    assert kept([p(PROSE), p(question), p(PROSE)]) == [PROSE, question, PROSE]
