"""Boxes that a template names furniture go; what only sounds so, or holds the text, stays."""

from collections.abc import Sequence

import pytest
from lxml import html
from lxml.etree import _Element as Element

from aggregator.core import naming
from aggregator.core.blocks import Block
from aggregator.core.boilerplate import strip
from aggregator.core.region import Placed

TEXT = "Während der Bauzeit soll der Verkehr über eine Behelfsbrücke am Mühlenwehr fließen."


def line(markup: str) -> Element:
    """The element that holds the line in `markup`."""
    root = html.fragment_fromstring(markup.format("<i>Zeile</i>"), create_parent="main")
    found: Element | None = next(root.iter("i")).getparent()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("markup", "word"),
    [
        ('<p class="image-caption">{}</p>', "caption"),
        ("<figure><figcaption><p>{}</p></figcaption></figure>", "figcaption"),
        ('<div class="ArticleNewsletterBox"><p>{}</p></div>', "newsletter"),
        ('<div id="promo-2"><div><p>{}</p></div></div>', "promo"),
        ('<div class="row author_box"><p>{}</p></div>', "author"),
        ('<p class="c-cta__text">{}</p>', "cta"),
        ('<div class="CMns" data-testid="author-box"><p>{}</p></div>', "author"),
        ('<div class="x1f" data-component="NewsletterTeaser"><p>{}</p></div>', "newsletter"),
        ('<section aria-label="Related stories"><p>{}</p></section>', "related"),
        ('<div data-testid="article-paragraph"><p>{}</p></div>', ""),
        ('<div aria-label="Comment réussir son jardin"><p>{}</p></div>', ""),
        ("<p>{}</p>", ""),
        ('<p><span class="author">{}</span> sagte am Montag, die Brücke sei zu.</p>', ""),
        ('<p><span class="author">{}</span> |</p>', "author"),
        ('<p class="unrelated captioned">{}</p>', ""),
        ('<h2 id="tags">{}</h2>', ""),
        ('<p id="warum-der-newsletter-nicht-kam">{}</p>', ""),
        ('<div class="infobox"><p>{}</p></div>', ""),
        ('<div class="related"><div><div><div><div><p>{}</p></div></div></div></div></div>', ""),
    ],
)
def test_boxes_are_told_by_their_names(markup: str, word: str) -> None:
    assert naming.furniture(line(markup), {}, 100) == word


def test_a_box_that_holds_much_of_the_text_is_none() -> None:
    element = line('<div class="teaser related"><p>{}</p></div>')
    box = element.getparent()
    assert box is not None

    assert naming.furniture(element, {element: 5, box: 31}, 100) == ""
    assert naming.furniture(element, {element: 5, box: 30}, 100) == "teaser"
    assert naming.furniture(line('<p class="cta">{}</p>'), {}, 100) == "cta"


def placed(names: Sequence[str], *, links: float = 0.0, text: str = TEXT) -> list[Placed]:
    """A paragraph for each name that its template gives it."""
    return [
        Placed(Block("paragraph", f"{number}. {text}", number, links=links), named=name)
        for number, name in enumerate(names)
    ]


def removed(found: Sequence[Placed]) -> list[int]:
    stripped = strip(found, (), "de")
    assert {each.reason for each in stripped.removed} <= {f"named {each.named}" for each in found}
    return [each.position for each in stripped.removed]


def test_what_is_named_furniture_goes_with_its_name() -> None:
    assert removed(placed(["", "", "cta", "", "", "caption", "", ""])) == [2, 5]


def test_names_that_much_of_the_text_bears_say_nothing() -> None:
    assert removed(placed(["share", "share", "", ""])) == []
    assert removed(placed(["", "share", "share", "", "", "", ""])) == []


@pytest.mark.parametrize(("name", "gone"), [("teaser", []), ("newsletter", [0])])
def test_a_lead_may_be_named_a_teaser(name: str, gone: list[int]) -> None:
    assert removed(placed([name, *[""] * 8])) == gone


def test_a_button_holds_few_words_or_a_link() -> None:
    names = ["", "button", *[""] * 8]

    assert removed(placed(names)) == []
    assert removed(placed(names, text="Jetzt kaufen")) == [1]
