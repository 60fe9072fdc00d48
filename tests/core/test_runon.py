"""Paragraphs that are several lines of the page run together."""

import pytest

from aggregator.config import rules_of
from aggregator.core import extract, page
from aggregator.core.blocks import Block, lines
from aggregator.core.runon import parted
from aggregator.model import Article
from aggregator.settings import Settings

LINES = (
    "The town hall of Harwick is for sale",
    "Nobody has offered more than a pound for it, the mayor said after the meeting on Monday.",
    "More from the region",
    "A ferry for the island",
)
HTML = "<h1>{}</h1><p>{}</p><h2>{}</h2><ul><li><a href='/f'>{}</a></li></ul>".format(*LINES)


def texts(block: str, html: str = HTML) -> list[str]:
    tree = page.parse(f"<html><body>{html}</body></html>")
    assert tree is not None
    return [each.text for each in parted([Block("paragraph", block, 0)], lines(tree))]


def test_a_block_of_several_lines_is_parted() -> None:
    assert texts(" ".join(LINES)) == list(LINES)


def test_what_is_on_no_line_stays_behind_those_that_are() -> None:
    assert texts(" ".join((*LINES[:2], "Log in to read on"))) == [*LINES[:2], "Log in to read on"]


def test_lines_are_found_where_they_follow_each_other() -> None:
    html = f"<p>{LINES[0]}</p><p>Beside it</p>{HTML}"

    assert texts("".join(LINES[:2]), html) == list(LINES[:2])


def test_where_all_lines_are_short_they_stay_one() -> None:
    short = (
        "Camera: Kestrel 400",
        "Film: Brandt Gold, pushed by one stop",
        "Lens: 50 mm, wide open",
    )
    html = "".join(f"<div>{line}</div>" for line in short)

    assert texts(" ".join(short), html) == [" ".join(short)]


@pytest.mark.parametrize(("heading", "count"), [("{}", 2), ("<a href='/1'>{}</a>", 1)])
def test_an_item_is_parted_unless_it_is_a_teaser(heading: str, count: int) -> None:
    told = f"<ul><li><h3>{heading.format(LINES[0])}</h3><p>{LINES[1]}</p></li></ul>"
    tree = page.parse(f"<html><body>{told}</body></html>")

    assert tree is not None
    assert len(parted([Block("item", " ".join(LINES[:2]), 0)], lines(tree))) == count


def test_a_line_of_the_page_stays_one() -> None:
    assert texts(LINES[1]) == [LINES[1]]


def test_a_text_that_only_begins_like_a_line_stays_one() -> None:
    text = f"{LINES[0]}, says the mayor, but nobody has offered more than a pound for it."

    assert texts(text) == [text]


def test_a_sentence_that_its_markup_parts_stays_one() -> None:
    source = "Hoffman, Jordan: What the harbour of Harwick lost in a single year"
    html = f"<div>{source}</div><div>. The Harwick Times.</div>"

    assert texts(f"{source}. The Harwick Times.", html) == [f"{source}. The Harwick Times."]


def test_of_a_page_with_one_paragraph_the_paragraph_is_the_text() -> None:
    told = f"{LINES[1]} The council will vote on the offer in the summer, if there is still one."
    shown = HTML.replace(LINES[1], told)
    html = f"<html><head><title>x</title></head><body><article>{shown}</article></body></html>"

    found = extract.article(
        html,
        "https://times.example/a",
        entry=None,
        rules=rules_of(None),
        settings=Settings().extraction,
    )

    assert isinstance(found, Article)
    assert found.text == told
