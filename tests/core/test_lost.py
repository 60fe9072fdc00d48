"""Lines from the midst of an article that its extractor dropped."""

import pytest

from aggregator.core import page
from aggregator.core.blocks import lines
from aggregator.core.region import place

LONG = (
    "The council decided on Monday to pull down the old bridge and to build another in the same "
    "place, one that carries heavy lorries; work is to begin in {} and to last no longer than "
    "eighteen months, as the town reckons."
)
ONE, TWO, THREE, FOUR = (LONG.format(when) for when in ("March", "April", "May", "June"))

SHORT = "The old one has stood for a hundred years, and nobody can say for how long it still will."


def kept(html: str, *found: str) -> list[str]:
    """The lines of the article where an extractor found but `found`."""
    tree = page.parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    raw = lines(tree)
    body = [line.block for line in raw if line.block.text in found]
    assert len(body) == len(found)
    return [each.block.text for each in place(body, raw) if not (each.outside or each.left_out)]


@pytest.mark.parametrize(
    ("dropped", "text"),
    [
        ("<div><h3>What comes next</h3></div>", "What comes next"),
        ("<p>Nobody spoke.</p>", "Nobody spoke."),
        (f"<section class='update'><p class='small'>{SHORT}</p></section>", SHORT),
        (f"<figure><blockquote>{SHORT}</blockquote></figure>", SHORT),
        ("<h2><a href='#next'>What comes next</a></h2>", "What comes next"),
    ],
    ids=["heading", "like the others", "sentences", "quote in a figure", "anchor in a heading"],
)
def test_a_line_of_the_articles_own_comes_back(dropped: str, text: str) -> None:
    html = f"<div class='story'><p>{ONE}</p><p>{TWO}</p>{dropped}<p>{THREE}</p></div>"

    assert kept(html, ONE, TWO, THREE) == [ONE, TWO, text, THREE]


@pytest.mark.parametrize(
    "dropped",
    [
        f"<aside><p>{FOUR}</p></aside>",
        f"<div class='newsletter-box'><p>{FOUR}</p></div>",
        f"<div hidden><p>{FOUR}</p></div>",
        f"<article><p class='x'>{FOUR}</p></article>",
        f"<div class='other'><p class='x'>{FOUR}</p></div>",
        f"<figure><figcaption>{FOUR}</figcaption></figure>",
        f"<div class='lower'><p class='x'><a href='/other'>{FOUR}</a></p></div>",
        "<div class='lower'><span>Zoom in</span></div>",
        "<h3>From elsewhere</h3><ul class='related'><li><a href='/a'>One more</a></li></ul>",
        "<h2><a href='/other'>The other bridge</a></h2>",
    ],
    ids=[
        "aside",
        "named",
        "hidden",
        "other article",
        "much",
        "caption",
        "link",
        "label",
        "heads a list",
        "linked heading",
    ],
)
def test_furniture_stays_away(dropped: str) -> None:
    html = f"<div class='story'><p>{ONE}</p><p>{TWO}</p>{dropped}<p>{THREE}</p></div>"

    assert kept(html, ONE, TWO, THREE) == [ONE, TWO, THREE]


def test_nothing_comes_back_twice() -> None:
    html = f"<div><p>{ONE}</p><p>{TWO}</p><p>{ONE}</p><p>{THREE}</p></div>"

    tree = page.parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    raw = lines(tree)
    body = [raw[at].block for at in (0, 1, 3)]

    assert [each.block.text for each in place(body, raw)] == [ONE, TWO, THREE]


def test_what_stands_around_the_text_does_not_come_back() -> None:
    html = f"<div><p>{FOUR}</p><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p><p>Sign up today.</p></div>"

    assert kept(html, ONE, TWO, THREE) == [ONE, TWO, THREE]
