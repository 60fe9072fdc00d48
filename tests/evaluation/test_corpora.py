"""The data sets: found, read in place, and split by site into the same halves for ever."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aggregator.errors import NotFound
from aggregator.evaluation import corpora as sets
from aggregator.evaluation.corpora import Half
from tests.support.evaluation import NAME, PAGES, tiny

EXTRACTION = (
    "fundus-dev",
    "trafilatura-eval",
    "scrapinghub",
    "wcxb-dev-articles",
    "mozilla-readability",
    "cleanportaleval",
    "htmldate-default-rest",
    "htmldate-mediacloud",
)


def read(folder: Path) -> list[sets.Page]:
    return [page for each in sets.find(folder) for page in sets.pages(each)]


def test_a_set_is_read_with_what_is_true_of_its_pages(tmp_path: Path) -> None:
    pages = {page.id: page for page in read(tiny(tmp_path).parent)}
    assert len(pages) == PAGES
    bridge = pages["bruecke"]
    assert (bridge.of, bridge.site, bridge.half) == (NAME, "post.example", Half.DEVELOPED)
    assert bridge.html.startswith(b"<!DOCTYPE html>")
    assert bridge.truth.authors == ("Karla Muster",)
    assert bridge.truth.published_at == datetime(2026, 3, 2, 7, 15, tzinfo=UTC)
    assert bridge.truth.day == date(2026, 3, 2)
    assert bridge.truth.text is not None
    assert bridge.truth.text.startswith(bridge.truth.lead)


def test_all_pages_of_a_site_are_in_one_half_that_never_changes() -> None:
    developed = ("post.example", "courier.example", "bote.example")
    assert {sets.half_of(site) for site in developed} == {Half.DEVELOPED}
    assert {sets.half_of(site) for site in ("blatt.example", "gazette.example")} == {Half.HELD_BACK}


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.news.post.example/a", "post.example"),
        ("http://bbc.co.uk/news", "bbc.co.uk"),
        ("hard::strange.example-page.html", "hard::strange.example-page.html"),
        ("", "an id"),
    ],
)
def test_the_site_is_the_registrable_domain_or_what_there_is(url: str, site: str) -> None:
    page = sets.page("a set", {"id": "an id", "url": url}, b"")
    assert page.site == site


@pytest.mark.parametrize("said", ["", "2003-11", "2021-13-45", None, float("nan")])
def test_what_is_no_day_is_none(said: object) -> None:
    assert sets.page("a set", {"id": "1", "date": said}, b"").truth.day is None


def test_a_time_without_a_zone_is_not_known() -> None:
    row = {"id": "1", "datetime": "2026-03-02 08:15:00", "date": "2026-03-02"}
    truth = sets.page("a set", row, b"").truth
    assert (truth.published_at, truth.day) == (None, date(2026, 3, 2))


def test_without_sets_it_is_said_where_they_were_looked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="AGGREGATOR_CORPORA"):
        sets.find(tmp_path / "nowhere")


def test_a_set_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=f"no data set other .*there are {NAME}"):
        sets.find(tiny(tmp_path).parent, ["other"])


def test_the_sets_that_floors_are_of_are_read(corpora: Path) -> None:
    found = sets.find(corpora / "extraction")
    assert tuple(each.name for each in found)[: len(EXTRACTION)] == EXTRACTION
    page = next(sets.pages(found[0]))
    assert page.truth.text
    assert page.html
