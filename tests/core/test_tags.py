"""Tags with more attributes than anybody writes are made bare, however they hide them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import clean, page
from aggregator.core.tags import bared


@pytest.mark.parametrize("value", ["", "=x", "='x'", '="x"', "='>'", '="<>"', " = '\"'"])
def test_a_crowded_tag_is_made_bare(value: str) -> None:
    many = " ".join(f"a{n}{value}" for n in range(100_000))
    assert bared(f"<p>One</p><p {many}>Two</p>") == "<p>One</p><p>Two</p>"


@pytest.mark.parametrize("valued", [0, 1, 15, 19, 20, 21, 25, 100, 300, 301])
@pytest.mark.parametrize("gap", [" ", "/", "\n"])
def test_one_attribute_too_many_is_enough(valued: int, gap: str) -> None:
    names = [f"a{n}" for n in range(301)]
    every = 301 // valued if valued else 302
    own = [f"{name}='<>'" if at % every == 0 else name for at, name in enumerate(names)]
    around = "<p class=x>One</p>" * 2_500
    assert bared(f"{around}<p {gap.join(own)}>Two</p>") == f"{around}<p>Two</p>"


def test_tags_as_people_write_them_stay() -> None:
    some = " ".join(f"data-{n}='{n} <b> &gt;'" for n in range(40))
    stray = "<a href='x''>Two</a><div id=\"a\"\">it's</div>"
    markup = f"<p {some}>One</p>{stray}<img alt='x > y' src=z>" * 500
    assert bared(markup) == markup


def test_scripts_hold_no_tags() -> None:
    script = f"<script>if (a<b) it = '{' x' * 400}</script><p title='y'>Text</p>"
    markup = f"{script}<!-- <p {' x' * 400}> -->" + "<p>z</p>" * 50_000
    assert bared(markup) == markup
    assert bared(f"<script {'x ' * 200_000}>a</script>") == "<script>a</script>"


def test_a_crowded_tag_costs_a_text_its_attributes_alone() -> None:
    many = " ".join(f'a{n}="<>"' for n in range(50_000))
    assert clean.fragment(f"<p {many}>One</p><b>Two</b>") == "<p>One</p><b>Two</b>"


def test_a_text_full_of_references_is_reduced_to_its_words() -> None:
    assert clean.fragment("<b>A</b>" + "&#" * 30_000) == "A " + "&amp;#" * 30_000


@given(st.text("<>='\"/ab \n", max_size=200))
def test_anything_can_be_bared(markup: str) -> None:
    assert bared(markup) == markup


@pytest.mark.parametrize(
    "markup",
    ["<p>x" * 12_001, "<i>" * 60_001, f"<p>{'word ' * 200_001}</p>", "<br>" * 12_500],
)
def test_no_article_has_so_much(markup: str) -> None:
    assert page.overload(markup)


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>One</p><script>{'x' * 3_000_000}</script>",
        f"<p>One</p><svg>{'<path d=M0 />' * 30_000}</svg>",
        "<p>A paragraph of a live report.</p>" * 3_000,
        f"<img src='data:image/png;base64,{'A' * 3_000_000}'>",
    ],
)
def test_articles_may_have_much(markup: str) -> None:
    assert page.overload(markup) is None
