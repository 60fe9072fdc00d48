"""Teasers without a label, told by their make."""

import pytest

from aggregator.core import page
from aggregator.core.blocks import lines
from aggregator.core.cards import cards

HEADLINES = ("The old mill is sold", "Nobody wants the harbour", "Trams run late again")
TELLS = "What the town has to say about it, in short"


def carded(html: str) -> list[str]:
    tree = page.parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    raw = lines(tree)
    return [raw[at].block.text for at in sorted(cards(raw))]


@pytest.mark.parametrize(
    ("row", "card"),
    [
        ("<ul>{}</ul>", "<li class='box'><h3><a href='/{}'>{}</a></h3><p>{}</p></li>"),
        ("<div>{}</div>", "<div class='c'><a href='/{}'><b>{}</b></a><div>{}</div></div>"),
        ("<div>{}</div>", "<article><h4><a href='/{}'>{}</a></h4><h5>{}</h5></article>"),
    ],
    ids=["list", "boxes", "articles"],
)
def test_headlines_with_a_line_of_their_article_are_cards(row: str, card: str) -> None:
    many = "".join(card.format(at, title, TELLS) for at, title in enumerate(HEADLINES))

    found = carded(f"<p>The council decided on Monday.</p>{row.format(many)}")

    assert found == [text for title in HEADLINES for text in (title, TELLS)]


@pytest.mark.parametrize(
    "card",
    [
        "<li><a href='/{0}'>{1}</a></li>",
        "<li><h3>{1}</h3><p>{2}</p></li>",
        "<li><h3><a href='#{0}'>{1}</a></h3><p>{2}</p></li>",
        "<li><h3><a href='/{0}'>{1}</a></h3><p>12 Euro</p></li>",
        "<li><p>{2}</p><a href='/{0}'>{1}</a></li>",
        "<li><h3><a href='/{0}'>{1}</a></h3><p>" + 8 * "{2}, and no less than that. " + "</p></li>",
    ],
    ids=["bare links", "no links", "contents", "prices", "text first", "much text"],
)
def test_what_a_list_of_the_articles_own_looks_like_is_none(card: str) -> None:
    many = "".join(card.format(at, title, TELLS) for at, title in enumerate(HEADLINES))

    assert not carded(f"<ul>{many}</ul>")


def test_two_are_no_row() -> None:
    many = "".join(
        f"<li><h3><a href='/{title}'>{title}</a></h3><p>{TELLS}</p></li>" for title in HEADLINES[:2]
    )

    assert not carded(f"<ul>{many}</ul>")
