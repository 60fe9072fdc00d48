"""Lines around a text that repeat its headline, its author or its date, and lines that do not."""

import pytest

from aggregator.core import header
from aggregator.core.blocks import Block

TITLE = "Stadtrat beschließt Neubau der Brücke"
PROSE = (
    "Der Rat hat am Montag beschlossen, die alte Brücke abzureißen und an derselben Stelle eine "
    "neue zu bauen."
)


def reasons(*texts: str, kind: str = "paragraph") -> dict[int, str]:
    blocks = [
        Block("item" if kind == "item" else "paragraph", text, n) for n, text in enumerate(texts)
    ]
    return header.around(blocks, headlines=(TITLE,), authors=("Jana Holm",))


@pytest.mark.parametrize(
    "line",
    [
        TITLE,
        "STADTRAT BESCHLIESST NEUBAU DER BRÜCKE".replace("SS", "ß"),
        f"Verkehr {TITLE}",
        f"Grimmhausen: {TITLE}",
        "Stadtrat beschließt den Neubau der Brücke",
    ],
)
def test_a_repeated_headline_is_told(line: str) -> None:
    assert reasons(line, PROSE) == {0: header.HEADLINE}


def test_a_headline_may_be_a_long_sentence() -> None:
    title = "Sie wuchs zwischen Baustellen, Hallen und Gleisen auf: »Ich will hier nie mehr weg.«"
    blocks = [Block("heading", title, 0, level=1), Block("paragraph", PROSE, 1)]
    assert header.around(blocks, headlines=(title,), authors=()) == {0: header.HEADLINE}
    assert header.around(blocks[::-1], headlines=(title,), authors=()) == {}


def test_what_stands_above_the_headline_goes_with_it() -> None:
    assert reasons("Lokales", TITLE, PROSE) == {0: header.ABOVE, 1: header.HEADLINE}


def test_a_heading_in_the_text_that_is_like_the_headline_stays() -> None:
    assert reasons(PROSE, "Stadtrat beschließt Neubau", TITLE, PROSE, PROSE, PROSE, PROSE) == {}


@pytest.mark.parametrize(
    "line",
    [
        "Von Jana Holm",
        "Von Jana Holm und Peter van der Berg",
        "Von Jana Holm, Grimmhausen",
        "Eine Reportage von Jana Holm",
        "By Jane Roe",
        "Par Jeanne Roux",
        "Por Juana Ruiz",
        "Jana Holm",
        "Text: Jana Holm",
    ],
)
def test_a_byline_is_told(line: str) -> None:
    assert reasons(line, PROSE, PROSE, PROSE) == {0: header.BYLINE}


@pytest.mark.parametrize(
    "line",
    [
        "Von Montag an gilt Tempo 30",
        "By Monday the bridge will be closed",
        "Von Hamburg nach Berlin in zwei Stunden, das geht!",
        "Peter Meier",
    ],
)
def test_a_line_that_names_no_author_stays(line: str) -> None:
    assert reasons(line, PROSE, PROSE, PROSE) == {}


@pytest.mark.parametrize(
    "line",
    [
        "03.05.2024, 12:00 Uhr",
        "03.05.2024",
        "2024-05-03 12:00",
        "Stand: 3. Mai 2024, 17.35 Uhr",
        "Freitag, 3. Mai 2024",
        "Published on May 3, 2024 at 5:35 p.m.",
        "3 May 2024 | Updated 4 May 2024",
        "sexta-feira, 22 de outubro de 2010 às 20:13",
        "Lesezeit: 3 Minuten",
        "5 min read",
    ],
)
def test_a_date_line_is_told(line: str) -> None:
    assert reasons(line, PROSE, PROSE, PROSE) == {0: header.DATE}


@pytest.mark.parametrize(
    "line", ["Mai 1962: Die Brücke wird gebaut", "1962", "Am Freitag geht es weiter", "Uhr"]
)
def test_a_line_that_says_more_than_a_date_stays(line: str) -> None:
    assert reasons(line, PROSE, PROSE, PROSE) == {}


def test_lists_and_the_middle_of_the_text_are_left_alone() -> None:
    assert reasons("3. Mai 2024", "Jana Holm", kind="item") == {}
    assert reasons(*[PROSE] * 7, "3. Mai 2024", "Jana Holm", *[PROSE] * 4) == {}


def test_nothing_gives_nothing() -> None:
    assert header.around([], headlines=(), authors=()) == {}


POSTS = (
    PROSE,
    "14.15 Uhr",
    PROSE,
    PROSE,
    PROSE,
    PROSE,
    PROSE,
    "13.15 Uhr",
    PROSE,
    PROSE,
    PROSE,
    PROSE,
)


@pytest.mark.parametrize("title", ["Liveblog zur Brücke", "Harwick pool: live updates"])
def test_where_a_page_grows_its_posts_have_times(title: str) -> None:
    blocks = [Block("paragraph", text, at) for at, text in enumerate(POSTS)]

    assert header.around(blocks, headlines=(title,), authors=()) == {1: header.DATE, 7: header.DATE}


def test_elsewhere_times_in_the_text_are_a_programme() -> None:
    assert 7 not in reasons(*POSTS)


def test_who_is_named_at_the_top_is_known_at_the_end() -> None:
    blocks = [
        Block("paragraph", text, at)
        for at, text in enumerate(("Von Ole Brandt", *(8 * (PROSE,)), "Ole Brandt"))
    ]

    assert header.around(blocks, headlines=(), authors=()) == {0: header.BYLINE, 9: header.BYLINE}
    assert header.around(blocks[1:], headlines=(), authors=()) == {}
