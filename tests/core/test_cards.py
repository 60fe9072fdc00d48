"""Teasers without a label, told by their make."""

import pytest

from aggregator.core import page
from aggregator.core.blocks import lines
from aggregator.core.cards import cards

HEADLINES = ("The old mill is sold", "Nobody wants the harbour", "Trams run late again")
TELLS = "What the town has to say about it, in short"
ARTICLE = 3 * (
    "<p>The council decided on Monday, after a long night and many speeches of its members, that"
    " the bridge will be closed until autumn.</p>"
)


def carded(html: str) -> list[str]:
    tree = page.parse(f"<html><body><h1>Bridge</h1>{ARTICLE}{html}</body></html>")
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


def test_a_headline_of_three_words_does_not_spare_its_row() -> None:
    card = "<div class='c'><a href='/{0}'><h3>{1}</h3></a><p>{2}</p></div>"
    titles = ("Storm is near", *HEADLINES[1:])
    many = "".join(card.format(at, title, TELLS) for at, title in enumerate(titles))

    assert carded(many) == [text for title in titles for text in (title, TELLS)]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    "card",
    [
        "<div class='c'><a href='/{0}'><h3>{1}</h3></a><p>{2}</p></div>",
        "<aside><h4><a href='/{0}'>{1}</a></h4><p>{2}</p><a href='/{0}'>more</a></aside>",
        "<div class='c' onclick=\"location.href='/{0}'\"><h3>{1}</h3><p>{2}</p></div>",
        "<div class='c'><h3>{1}</h3><p>{2}. <a href='/{0}'>Read more</a></p></div>",
        "<div class='c'><h3>{1}</h3><p>{2}</p><a href='/{0}'>Zum Artikel</a></div>",
    ],
    ids=["linked box", "linked heading", "script", "read on", "read on below"],
)
def test_one_or_two_are_cards_where_nothing_else_is_made_so(card: str, count: int) -> None:
    few = "".join(card.format(at, each, TELLS) for at, each in enumerate(HEADLINES[:count]))

    found = carded(few)

    assert [each for each in found if each in HEADLINES] == list(HEADLINES[:count])
    assert sum(TELLS in each for each in found) == count


@pytest.mark.parametrize(
    "few",
    [
        "<div><h3><a href='/1'>The old mill is sold</a></h3><p>{0}</p></div><div>So it is.</div>",
        "<div><h3><a href='/1'>The old mill is sold</a></h3><p>{0}</p><p>{0}, too.</p></div>",
        "<div><h3><a href='/1'>The old mill is sold</a></h3><p>12 Euro</p></div>",
        "<div><h3>The old mill is sold</h3><p>{0}</p></div>",
        "<div><h3><a href='#mill'>The old mill is sold</a></h3><p>{0}</p></div>",
        "<div><h3>The old mill is sold</h3><p>{0}, says a <a href='/1'>report</a>.</p></div>",
        "<h3><a href='/1'>The old mill is sold</a></h3><p>{0}</p>",
        "<div><b><a href='/1'>The old mill is sold</a></b><p>{0}</p></div>",
    ],
    ids=[
        "one of several boxes",
        "paragraphs",
        "a price",
        "no link",
        "contents",
        "a reference",
        "a section",
        "no heading",
    ],
)
def test_one_box_of_the_articles_own_is_none(few: str) -> None:
    assert not carded(few.format(TELLS))


def test_a_page_without_other_text_may_be_about_its_cards() -> None:
    card = "<li><h3><a href='/{0}'>{0}</a></h3><p>{1}</p></li>"
    many = "".join(card.format(title, TELLS) for title in HEADLINES)
    tree = page.parse(f"<html><body><p>The council decided.</p><ul>{many}</ul></body></html>")

    assert tree is not None
    assert not cards(lines(tree))
