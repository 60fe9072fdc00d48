"""A drop cap and its word are one, a word of one letter stays a word."""

import pytest

from aggregator.core import page
from aggregator.core.blocks import lines
from aggregator.core.initials import join_initials


def shown(markup: str, language: str = "de") -> str:
    tree = page.parse(f"<html lang='{language}'><body><p>{markup}</p></body></html>")
    assert tree is not None
    join_initials(tree)
    return " ".join(line.block.text for line in lines(tree))


@pytest.mark.parametrize(
    "markup",
    [
        '<span class="dropcap">D</span>ie Brücke ist gebaut.',
        '<span class="dropcap">D</span> ie Brücke ist gebaut.',
        '<span class="text__drop-cap">\n D \n</span>ie Brücke ist gebaut.',
        '<span class="a"><span class="Initial">D</span></span> <b>ie Brücke</b> ist gebaut.',
        '<b class="first-letter">D</b>\n<span> ie Brücke</span> ist gebaut.',
    ],
)
def test_a_drop_cap_begins_its_word(markup: str) -> None:
    assert shown(markup) == "Die Brücke ist gebaut."


@pytest.mark.parametrize(
    ("language", "markup", "text"),
    [
        ("en", '<span class="dropcap">A</span> bridge is built.', "A bridge is built."),
        ("en", '<span class="dropcap">T</span> he bridge is built.', "The bridge is built."),
        ("it", '<span class="dropcap">È</span> costruito il ponte.', "È costruito il ponte."),
        ("de", '<span class="initials">JH</span> Die Brücke.', "JH Die Brücke."),
        ("de", '<span class="initial">4</span> Brücken sind gebaut.', "4 Brücken sind gebaut."),
        ("de", '<span class="label">D</span> wie Dornau', "D wie Dornau"),
        ("de", '<i class="property">x</i> ist die Zahl', "x ist die Zahl"),
        ("de", '<span class="dropcap">D</span><br>ie Brücke', "D ie Brücke"),
    ],
)
def test_other_letters_stand_alone(language: str, markup: str, text: str) -> None:
    assert shown(markup, language) == text


def test_what_ends_with_a_drop_cap_is_left_alone() -> None:
    assert shown('Vitamin <span class="initial">D</span>') == "Vitamin D"
