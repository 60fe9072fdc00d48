"""Credits of pictures and references in brackets go; what only looks like one stays."""

import pytest

from aggregator.core.asides import CREDIT, REFERENCE, asides
from aggregator.core.blocks import Block


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
