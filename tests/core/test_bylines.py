"""Who wrote it, by a page's markup: bylines as templates write them, and names of others."""

import pytest

from aggregator.core import bylines, page

HEADLINE = "<h1>Aldenburg baut seine Brücke neu</h1>"
TEXT = "<p>Die Stadt Aldenburg baut ihre Brücke über den Fluss neu, sagte Ole Fink.</p>"


def found(markup: str) -> tuple[str, ...]:
    tree = page.parse(f"<html><body><article>{markup}{TEXT}</article></body></html>")
    assert tree is not None
    return bylines.authors(tree)


@pytest.mark.parametrize(
    "byline",
    [
        "<i class=byline>von <i class='author vcard'><a class='url fn n'>Anna Berg</a></i></i>",
        "<div class=author>Von Anna Berg, Redakteurin</div>",
        "<div class='post_author_name'><a href=/a>Anna Berg</a></div>",
        "<p class='autor-y-fecha'>Por <a rel=author href=/a>Anna Berg</a></p>",
        "<a rel=author href=/a>Anna <b>Berg</b></a>",
        "<span itemprop=author itemscope><meta itemprop=name content='Anna Berg'></span>",
        "<div itemprop=author><span itemprop=name>Anna Berg</span> —</div>",
        "<div class=authors><img class=author-thumbnail> Anna Berg</div>",
        "<div class=content__author><img><span>Anna Berg</span><span>Chief Reporter</span></div>",
        "<p class=byline><a href=/a>Anna Berg</a><a href=/t>Twitter</a><time>vor zwei</time></p>",
        "<p class=author>By Anna Berg</p><p class=author>Updated by <a>Jan Holm</a></p>",
        "<div class=byline>By <a href=/a>Anna Berg</a><br>Updated by <a href=/j>Jan Holm</a></div>",
    ],
)
def test_the_author_is_found(byline: str) -> None:
    assert found(HEADLINE + byline) == ("Anna Berg",)


@pytest.mark.parametrize(
    "byline",
    [
        "<p class=author>Anna Berg und Jan Holm</p>",
        "<p class=author>Anna Berg im Gespräch mit Jan Holm</p>",
        "<div class=byline>von <a href=/a>Anna Berg</a> und <a href=/j>Jan Holm</a></div>",
        "<div class=byline>von <span>Anna Berg</span>, <span>Jan Holm</span></div>",
        "<p><i class=author><a href=/a>Anna Berg</a></i><i class=author><a>Jan Holm</a></i></p>",
    ],
)
def test_several_authors_are_found(byline: str) -> None:
    assert found(HEADLINE + byline) == ("Anna Berg", "Jan Holm")


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("<span class=byline>von <a class=fn href=/a>Heiko</a></span>", "Heiko"),
        ("<span class='post-author vcard'>Von <span class=fn>der Alte</span></span>", "der Alte"),
        ("<span class=author>Redaktion</span>", "Redaktion"),
        ("<a rel=author href=/a>Team Fluss</a>", "Team Fluss"),
        ("<p class=author>Anna von Berg</p>", "Anna von Berg"),
        ("<p class=author>Dr. Anna Berg-Holm</p>", "Dr. Anna Berg-Holm"),
    ],
)
def test_other_kinds_of_names_are_found(byline: str, name: str) -> None:
    assert found(HEADLINE + byline) == (name,)


@pytest.mark.parametrize(
    "box",
    [
        "<div class=comments><b class='comment-author fn'>Jan Holm</b> sagt:</div>",
        "<div class=related><article><p class=author>Jan Holm</p></article></div>",
        "<nav><a class=author href=/j>Jan Holm</a></nav>",
        "<figure><figcaption class=author>Jan Holm</figcaption></figure>",
        "<div class=author>Alle Artikel</div><a rel=author href=/j>View all posts</a>",
        "<div class=author>admin</div><p class=author>2. März 2026</p>",
        "<label class=comment-form-author>Name</label>",
        "<span class=author>By</span>",
        f"<div class=author>{'Jan Holm schreibt über Brücken. ' * 8}</div>",
        "<p class=authority>Jan Holm</p>",
        "<p>Jan Holm</p>",
    ],
)
def test_names_of_others_are_not_taken(box: str) -> None:
    assert found(HEADLINE + box) == ()
    assert found(f"{HEADLINE}{box}<p class=byline>Anna Berg</p>") == ("Anna Berg",)


def test_the_byline_behind_the_headline_comes_first() -> None:
    above = "<div><h2>Anderes</h2><p class=author>Jan Holm</p></div>"

    assert found(f"{above}{HEADLINE}<p class=author>Anna Berg</p>") == ("Anna Berg",)
    assert found(f"<p class=author>Anna Berg</p>{HEADLINE}") == ("Anna Berg",)


def test_a_box_that_holds_the_headline_too_may_be_called_as_it_likes() -> None:
    assert found(f"<div class=teaser>{HEADLINE}<p class=author>Anna Berg</p></div>") == (
        "Anna Berg",
    )
