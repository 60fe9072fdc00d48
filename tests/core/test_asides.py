"""Credits of pictures and references in brackets go; what only looks like one stays."""

import pytest

from aggregator.core.asides import CAPTION, CONTENTS, CREDIT, REFERENCE, asides
from aggregator.core.blocks import Block, Kind


def found(text: str, *, kind: str = "paragraph", links: float = 0.0) -> list[str]:
    block = Block("item" if kind == "item" else "paragraph", text, 1, links=links)
    block = Block("heading", text, 1, level=2) if kind == "heading" else block
    return list(asides([block], ()).values())


@pytest.mark.parametrize(
    "line",
    [
        "Jana Holm / Getty Images",
        "iStock/jh",
        "(imago images)",
        "Die alte Brücke von Dornau | Shutterstock",
        "Foto Ole Brandt, Adobe Stock",
        "A bridge in Dornau. Photo: Ole Brandt/AFP via Getty Images",
    ],
)
def test_who_made_and_who_trades_in_a_picture_is_a_credit(line: str) -> None:
    assert found(line) == [CREDIT]


@pytest.mark.parametrize(
    "line",
    [
        "Der Konzern Getty Images klagt gegen die Stadt",
        "Die Bilder stammen von Pixabay: dort kosten sie nichts, sagte der Bürgermeister.",
        "Photo by Ole Brandt, https://unsplash.com/photos/bridge",
        "Jana Holm / Dornau",
        "Getty Images: das Gericht entscheidet gegen den Hersteller",
    ],
)
def test_who_trades_in_pictures_may_be_what_a_line_is_about(line: str) -> None:
    assert found(line) == []


def test_a_credit_is_no_heading_and_no_item() -> None:
    assert found("Shutterstock: ein Verkauf", kind="heading") == []
    assert found("Shutterstock: ein Verkauf", kind="item") == []


def test_a_block_in_brackets_with_a_link_leads_elsewhere() -> None:
    assert found("[Alles über die Brücke steht in unserem Blog.]", links=0.2) == [REFERENCE]
    assert found("(Den ganzen Bericht des Rats lesen)", links=0.9) == [REFERENCE]


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("[Alles über die Brücke steht im Grundbuch.]", 0.0),
        ("(Siehe dazu auch das Gutachten von 1998.)", 0.2),
        ("[1] Holm: Brücken, Dornau 2025", 0.8),
        ("[Quellen: der Rat, das Amt und die Polizei]", 0.5),
        ("(Unten) rechts steht die Brücke (oben)", 0.9),
        ("[Siehe dort]", 1.0),
    ],
)
def test_other_brackets_stay(line: str, links: float) -> None:
    assert found(line, links=links) == []


def lines(*texts: str, kind: Kind = "paragraph") -> dict[int, str]:
    return asides([Block(kind, text, at) for at, text in enumerate(texts)], ())


def test_counted_pictures_are_a_gallery() -> None:
    texts = ("Die Brücke ist zu.", "1/3 Das Ufer", "2/3 Das Seil im März", "3/3 Der Stau davor")

    assert lines(*texts) == dict.fromkeys((1, 2, 3), CAPTION)


@pytest.mark.parametrize(
    "texts",
    [
        ("1/3 der Stimmen fehlt noch", "2/3 der Stimmen sind gezählt"),
        ("1/2 Tasse Mehl", "1/4 Tasse Zucker"),
        ("1/2 Tasse Mehl", "Alles gut verrühren", "2/2 Löffel Zucker"),
        ("3/3 der Räte stimmten zu",),
    ],
)
def test_fractions_count_no_pictures(texts: tuple[str, ...]) -> None:
    assert lines(*texts) == {}


def test_the_items_of_a_list_count_no_pictures() -> None:
    assert lines("1/2 Brücke", "2/2 Fähre", kind="item") == {}


@pytest.mark.parametrize(
    "line",
    [
        "Leere Fahrbahn: Hier rollt nichts. (Foto: Jana Holm)",
        "The empty bridge (Photo: Ole Brandt)",
    ],
)
def test_a_line_that_ends_with_who_made_a_picture_is_its_caption(line: str) -> None:
    assert lines("Die Brücke ist zu.", line) == {1: CAPTION}
    assert lines(line, "Die Brücke ist zu.") == {}, "the first line may be the lead"


def test_a_paragraph_with_a_credit_beside_it_and_a_remark_are_none() -> None:
    told = "Die Brücke ist seit Montag zu, und niemand weiß, wann sie wieder öffnet. " * 3
    assert lines("Die Brücke ist zu.", f"{told}(Foto: Jana Holm)") == {}
    assert lines("Die Brücke ist zu.", "Das zeigt ein Foto (Seite 3).") == {}


@pytest.mark.parametrize(
    ("items", "links", "gone"),
    [
        (("Die Umleitung", "Die Kosten"), 1.0, True),
        (("Die Kosten",), 1.0, True),
        (("Die Umleitung", "Die Kosten"), 0.0, False),
        (("Die Umleitung", "Der Rat"), 1.0, False),
    ],
)
def test_links_to_the_headings_below_are_contents(
    items: tuple[str, ...], links: float, *, gone: bool
) -> None:
    listed = [Block("item", text, 1, links=links) for text in items]
    told = [
        Block("heading" if at % 2 else "paragraph", text, 2 + at, level=2 * (at % 2))
        for at, text in enumerate(("Sie ist zu.", "Die Umleitung", "Weit.", "Die Kosten", "Hoch."))
    ]

    found = asides([*listed, *told], ())

    assert found == (dict.fromkeys(range(len(items)), CONTENTS) if gone else {})
    assert asides([*told, *listed], ()) == {}, "above them stand none"
