"""What learning takes is counted against the truth, site by site."""

import pytest

from aggregator.evaluation import learning
from aggregator.evaluation.contestants import BARE
from aggregator.evaluation.corpora import Half, Page, Truth, half_of

PROMPT = "Our editors write a letter about the week in the county every single Friday."
TOPICS = (
    """The ferry to the island stays in the yard because its engine needs new pistons.
    Tourists sleep on the quay, and the mail has gone over by rowing boat since Sunday.""",
    """Teachers at the grammar school want smaller classes and no more lessons on Saturdays.
    Parents signed a petition, while the headmaster pointed to a lack of rooms.""",
    """Farmers brought in less barley than ever since rain drowned the lower meadows.
    Brewers already look for malt in Denmark, where the summer was dry.""",
    """The stage reopens with a comedy about two tailors who inherit a lighthouse.
    Velvet seats were mended by volunteers, and the curtain is a gift of a bank.""",
    """Members voted to sell the mill and to plant four hundred oaks along the canal.
    A baker had offered more, but wished to fell the orchard behind it.""",
    """A late penalty gave the home side three points against the leaders of the league.
    Their captain limped off with a torn muscle and will miss the cup tie.""",
)


def made(number: int, *, site: str = "post.example") -> Page:
    body = [" ".join(line.split()) for line in TOPICS[number].splitlines()]
    name = f"{body[0].split()[1].title()} {number}"
    shown = "".join(f"<p>{line}</p>" for line in (*body, PROMPT))
    html = f"<html lang=en><title>{name}</title><body><article><h1>{name}</h1>{shown}</article>"
    truth = Truth(text="\n".join(body), title=name, language="en")
    url = f"https://{site}/{number}"
    return Page("a set", str(number), url, site, half_of(site), html.encode(), truth)


def ours(pages: list[Page]) -> list[learning.Learnt]:
    return [each for each in learning.learnt(pages) if each.base == BARE]


def test_what_a_site_repeats_is_taken_and_counted() -> None:
    (site,) = ours([made(number) for number in range(6)])
    assert (site.site, site.half, site.pages) == ("post.example", Half.DEVELOPED, 6)
    assert (site.leaked, site.recurring, site.taken) == (6, 6, 6)
    assert (site.content, site.wrong) == (12, 0)
    assert site.before < site.after == pytest.approx(1.0)


def test_content_that_goes_is_counted_as_wrong() -> None:
    pages = [made(number) for number in range(6)]
    text = f"{pages[0].truth.text}\n{PROMPT}"
    pages[0] = Page(
        "a set", "0", pages[0].url, pages[0].site, pages[0].half, pages[0].html, Truth(text=text)
    )
    (site,) = ours(pages)
    assert (site.leaked, site.taken, site.wrong) == (5, 5, 1)


def test_sites_with_few_pages_or_without_truth_are_left_out() -> None:
    few = [made(number) for number in range(4)]
    unknown = [
        Page("a set", str(at), f"https://blatt.example/{at}", "blatt.example", Half.HELD_BACK,
             made(at).html, Truth())
        for at in range(6)
    ]  # fmt: skip
    assert learning.learnt([*few, *unknown]) == []


def test_halves_are_summed_apart() -> None:
    pages = [made(at, site=site) for site in ("post.example", "blatt.example") for at in range(6)]
    found = learning.learnt(pages)
    developed = learning.total(found, BARE, Half.DEVELOPED)
    assert (developed.site, developed.pages, developed.taken) == ("all", 6, 6)
    assert learning.total(found, BARE, Half.HELD_BACK).pages == 6
    nothing = learning.total([], BARE, Half.HELD_BACK)
    assert (nothing.pages, nothing.before) == (0, 0.0)


def test_of_whole_pages_all_that_recurs_goes() -> None:
    found = learning.learnt([made(number) for number in range(6)])
    (site,) = [each for each in found if each.base == learning.WHOLE]
    assert (site.leaked, site.taken, site.content, site.wrong) == (6, 6, 12, 0)
    assert site.before < site.after == pytest.approx(1.0)
