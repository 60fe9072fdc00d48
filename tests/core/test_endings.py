"""What stands behind an article's last sentence goes, what the article ends with stays."""

from collections.abc import Sequence

import pytest

from aggregator.config.rules import load_rules
from aggregator.core.blocks import Block
from aggregator.core.boilerplate import strip
from aggregator.core.region import Placed

RULES = load_rules()
PROSE = (
    (
        "Der Rat hat am Montag beschlossen, die alte Brücke abzureißen und an derselben Stelle "
        "eine neue zu bauen, die auch schwere Fahrzeuge trägt."
    ),
    "Die Arbeiten sollen im Frühjahr beginnen und zwei Jahre dauern, sagte die Bürgermeisterin.",
    "Bis dahin bleibt die Fähre der einzige Weg über den Fluss.",
)
MORE = tuple(f"Im Jahr {year} fuhr sie mehr als {year} Mal hinüber." for year in range(1990, 1996))


def p(text: str, *, strong: float = 0.0, links: float = 0.0) -> Block:
    return Block("paragraph", text, 0, strong=strong, links=links)


def h(text: str, level: int = 2) -> Block:
    return Block("heading", text, 0, level=level)


def left(
    *blocks: Block | str, authors: Sequence[str] = (), title: str = "", language: str = "de"
) -> list[str]:
    """The lines that are kept behind the prose, each block in a group of its own."""
    whole = [p(each) if isinstance(each, str) else each for each in (*PROSE, *blocks)]
    placed = [
        Placed(Block(b.kind, b.text, at, b.level, b.links, b.strong)) for at, b in enumerate(whole)
    ]
    kept = strip(placed, RULES, language, headlines=(title,), authors=authors).kept
    return [block.text for block in kept][len(PROSE) :]


# --- who wrote it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "Die Autorin ist Professorin für Brückenbau in Dornau."),
        ("de", "Unsere Autorin Jana Holm lebt an der Fähre und meidet sie."),
        ("en", "The author is a professor of bridge building in Dornau."),
        ("fr", "L'auteure est professeure de génie civil à Dornau."),
        ("es", "La autora es profesora de ingeniería en Dornau."),
        ("it", "L'autrice è professoressa di ingegneria a Dornau."),
        ("nl", "De auteur is hoogleraar bruggenbouw in Dornau."),
        ("pl", "Autorka jest profesorem budowy mostów w Dornau."),
        ("pt", "A autora é professora de engenharia em Dornau."),
    ],
)
def test_a_note_on_the_author_goes_at_the_end_only(language: str, line: str) -> None:
    assert left(line, language=language) == []
    assert left(line, *MORE, language=language)[0] == line


def test_a_line_that_names_an_author_of_the_page_speaks_of_them() -> None:
    about = "Korrespondentin Jana Holm berichtet seit drei Jahren für uns aus Dornau."
    assert left(about, authors=["Jana Holm"]) == []
    assert left(about, authors=["Ole Brandt"]) == [about]


@pytest.mark.parametrize(
    "line",
    [
        "Jana Holm: Ich würde lieber heute als morgen anfangen zu bauen.",
        "Jana Holm sagte, „die Brücke ist mein Leben“, und ging nach Hause.",
        "Am Ende des langen Abends im Rathaus war auch Jana Holm zufrieden.",
    ],
)
def test_what_an_author_says_or_does_stays(line: str) -> None:
    assert left(line, authors=["Jana Holm"]) == [line]


def test_whom_the_headline_names_is_whom_the_article_is_about() -> None:
    line = "Jana Holm lebt mit ihrer Familie in einem Haus am Fluss."
    assert left(line, authors=["Jana Holm"], title="Jana Holm baut die Brücke") == [line]


def test_a_label_takes_along_what_stands_behind_it() -> None:
    life = "Geboren in Dornau, seit drei Jahren Redakteurin und vor allem auf Brücken unterwegs."
    assert left(h("Zur Autorin"), life) == []
    assert left(h("Zur Brücke"), life) == ["Zur Brücke", life]


# --- what it asks for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "Gute Recherche kostet Geld. Unterstützen Sie unsere Arbeit und machen Sie mit!"),
        ("de", "Wir verzichten auf Werbung und leben von unserer Leserschaft. Jetzt spenden"),
        ("de", "Mehr von der Fähre hören Sie jeden Morgen in unserem Newsletter."),
        ("en", "Good reporting is not free. Please support our journalism with a donation."),
        ("fr", "L'enquête a un coût. Soutenez notre journalisme en faisant un don."),
        ("es", "Investigar cuesta dinero. Apoya nuestro periodismo y hazte socio."),
        ("it", "Le inchieste costano. Sostieni il nostro giornalismo con una donazione."),
        ("nl", "Onderzoek kost geld. Steun onze journalistiek met een donatie."),
        ("pl", "Śledztwa kosztują. Wesprzyj naszą redakcję już dziś."),
        ("pt", "Investigar custa dinheiro. Apoie o nosso jornalismo com uma doação."),
    ],
)
def test_an_appeal_in_prose_goes_with_its_label(language: str, line: str) -> None:
    assert left("Ohne euch geht es nicht", line, language=language) == []


@pytest.mark.parametrize(
    "line",
    [
        "Wer helfen will: Das Spendenkonto der Fährleute hat die Nummer 12 34 56.",
        "Korrektur: In einer früheren Fassung stand, die Arbeiten begännen im Herbst.",
        "Quelle: Holm et al.: Bridges and Ferries. Dornau 2025",
        "Hintergrund: Die Brücke wurde 1912 gebaut und zweimal gesprengt",
    ],
)
def test_what_an_article_ends_with_stays(line: str) -> None:
    assert left(line) == [line]


def test_where_hardly_more_than_an_appeal_is_left_it_stays() -> None:
    appeal = "Unterstützen Sie unsere Arbeit, denn ohne Ihre Hilfe gibt es den Verein nicht. " * 9
    placed = [Placed(p("Der Verein sammelt.")), Placed(p(appeal))]
    assert [block.text for block in strip(placed, RULES, "de").kept][1:] == [appeal]


# --- headings over nothing -------------------------------------------------------------------


def test_a_heading_over_what_went_goes_too() -> None:
    teaser = p("So teuer wird das Bauen in diesem Jahr", links=1.0)
    assert left(h("Lesenswert"), teaser) == []
    assert left(h("Lesenswert"), teaser, h("Die Kosten"), PROSE[0]) == ["Die Kosten", PROSE[0]]
    assert left(p("Lesenswert", strong=1.0), teaser, h("Die Kosten"), PROSE[0])[0] == "Die Kosten"


def test_headings_over_text_or_over_lesser_headings_stay() -> None:
    chapters = (h("Die Brücke"), h("Ihr Bau", 3), PROSE[0], h("Ihr Ende", 3), PROSE[1])
    assert len(left(*chapters)) == len(chapters)
    teaser = p("So teuer wird das Bauen in diesem Jahr", links=1.0)
    assert left(h("Die Brücke"), teaser, h("Ihr Bau", 3), PROSE[0])[0] == "Die Brücke"


# --- below quotations ------------------------------------------------------------------------


def test_name_and_office_below_a_quotation_go() -> None:
    quote = Block("quote", "Diese Brücke hat uns allen gedient.", 0)
    named = p("Jana Holm, Bürgermeisterin von Dornau", strong=0.3)
    assert left(quote, named, PROSE[0]) == [quote.text, PROSE[0]]
    assert left(quote, p("Erst der Abriss, dann der Bau", strong=1.0), PROSE[0])[1:2] == [
        "Erst der Abriss, dann der Bau"
    ]
    assert left(PROSE[0], named, PROSE[0])[1] == named.text


def test_who_is_named_in_the_byline_alone_is_the_author_too() -> None:
    about = "Ole Brandt ist seit 2019 Redakteur im Ressort Land und schreibt über Brücken."
    blocks = [p("Von Ole Brandt"), *map(p, (*PROSE, *MORE)), p("Ole Brandt"), p(about)]
    placed = [Placed(Block(b.kind, b.text, at)) for at, b in enumerate(blocks)]

    kept = strip(placed, RULES, "de").kept
    named = strip(placed, RULES, "de", headlines=("Ole Brandt verlässt den Rat",)).kept

    assert [block.text for block in kept] == [*PROSE, *MORE]
    assert [block.text for block in named][-1] == about, "he is whom it is about"


def test_a_box_under_a_heading_of_its_own_stays_behind_the_sign_off() -> None:
    box = "Die Umleitung führt über Havelau und Sand."

    assert left(*MORE, "(dpa)", h("So geht es trotzdem"), box) == [
        *MORE,
        "So geht es trotzdem",
        box,
    ]
    assert left(*MORE, "(dpa)", h("Mehr"), p("Die Fähre soll teurer werden.", links=1.0)) == [*MORE]
    assert left(*MORE, "(dpa)", box) == [*MORE]
