"""Pages are fetched of feeds that carry teasers, and no longer of those that carry whole texts."""

from html import escape
from pathlib import Path

import pytest

from tests.support.daily import Carried, Paper, text, whole
from tests.support.papers import LOOPBACK
from tests.support.server import Server


def teaser(number: int, link: str) -> str:
    """The first sentence of it."""
    del link
    return f"<p>{text(number)[0]}</p>"


def cut(ending: str) -> Carried:
    """All but the last words, and an ending."""

    def carried(number: int, link: str) -> str:
        *most, last = text(number)
        shorter = " ".join(last.split()[:-4])
        return "".join(f"<p>{each}</p>" for each in (*most, shorter + ending.format(link)))

    return carried


def longish(number: int, link: str) -> str:
    """As long as a whole text, but its second half is not the article's."""
    del link
    half = [*text(number)[:4], *text(number + 500)[4:]]
    return "".join(f"<p>{each}</p>" for each in half)


@pytest.fixture
def paper(server: Server, tmp_path: Path) -> Paper:
    return Paper(server, tmp_path)


def test_a_feed_with_whole_texts_stops_fetching_pages_after_the_third(paper: Paper) -> None:
    paper.publish(range(1, 26), whole)
    assert paper.asked() == [1, 2, 3, 23]  # and the twentieth after that to measure again
    assert paper.texts() == {f"Report {n}": 8 for n in range(1, 26)}
    assert paper.rows("SELECT text_source, text_from FROM feeds") == [("auto", "feed")]
    assert paper.rows("SELECT DISTINCT stage FROM rejected") == []
    kept = "SELECT text_from, count(*) FROM article GROUP BY 1 ORDER BY 1"
    assert paper.rows(kept) == [("feed", 21), ("page", 4)]
    assert paper.rows("SELECT count(*) FROM page") == [(4,)]


ENDINGS = ["… <a href='{}'>weiterlesen</a>", " […]", " ...", ""]


@pytest.mark.parametrize("carried", [teaser, *map(cut, ENDINGS)])
def test_a_feed_of_teasers_or_cut_texts_never_does(paper: Paper, carried: Carried) -> None:
    paper.publish(range(1, 7), carried)
    assert paper.asked() == [1, 2, 3, 4, 5, 6]
    assert paper.texts() == {f"Report {n}": 8 for n in range(1, 7)}
    assert paper.rows("SELECT text_from FROM feeds") == [("page",)]


def test_many_at_once_stop_soon_too(paper: Paper) -> None:
    for number in range(1, 30):
        paper.add(number, whole)
    paper.read()
    # Pages in hand when the third was measured, or the twentieth after it, are asked for as well.
    assert 4 <= len(paper.asked()) <= 4 + 2 * LOOPBACK.connections_per_host
    assert len(paper.texts()) == 29


def test_teasers_in_a_feed_that_carried_all_are_noticed_at_once(paper: Paper) -> None:
    paper.publish(range(1, 6), whole)
    paper.publish(range(6, 9), teaser)
    assert paper.asked() == [1, 2, 3, 6, 7, 8]
    assert set(paper.texts().values()) == {8}
    # That is remembered: whole texts are measured for a while now.
    paper.publish(range(9, 12), whole)
    assert paper.asked()[-3:] == [9, 10, 11]


def test_long_ones_that_carry_other_text_are_noticed_at_the_next_measure(paper: Paper) -> None:
    paper.publish(range(1, 4), whole)
    paper.publish(range(4, 30), longish)
    assert paper.asked() == [1, 2, 3, *range(23, 30)]
    assert paper.rows("SELECT text_from FROM feeds") == [("page",)]


def test_the_operator_can_force_the_page(paper: Paper) -> None:
    paper.wish = "page"
    paper.publish(range(1, 6), whole)
    assert paper.asked() == [1, 2, 3, 4, 5]


def test_the_operator_can_force_the_feed_at_any_time(paper: Paper) -> None:
    paper.publish([1], teaser)
    paper.wish = "feed"
    paper.publish([2, 3], teaser)
    assert paper.asked() == [1]
    assert paper.texts() == {"Report 1": 8, "Report 2": 1, "Report 3": 1}
    paper.wish = "auto"
    paper.publish([4], teaser)
    assert paper.asked() == [1, 4]


def test_where_the_page_to_measure_by_fails_the_feed_is_believed(paper: Paper) -> None:
    paper.publish(range(1, 4), whole)
    paper.page_status = 500
    paper.publish(range(4, 26), whole)
    assert paper.asked() == [1, 2, 3, 23]
    assert len(paper.texts()) == 25
    # A teaser is not believed: it waits for its page.
    paper.publish([26], teaser)
    assert "Report 26" not in paper.texts()
    assert paper.rows("SELECT reason FROM rejected") == [("http_500",)]


def test_an_edited_report_is_taken_from_the_feed_too(paper: Paper) -> None:
    paper.publish(range(1, 4), whole)
    paper.items[0]["content_html"] += "<p>Later on it was said that all of this was not so.</p>"
    paper.read()
    assert paper.asked() == [1, 2, 3]
    assert paper.texts()["Report 3"] == 9
    # No page is kept that says something else than the article.
    assert paper.rows("SELECT count(*) FROM page") == [(2,)]


def test_an_entry_without_a_page_is_its_own_text(paper: Paper) -> None:
    paper.items.insert(0, {"id": "9", "title": "Report 9", "content_html": whole(9, "")})
    paper.read()
    assert paper.texts() == {"Report 9": 8}
    assert paper.rows("SELECT text_from FROM article") == [("feed",)]


def test_entries_that_share_a_page_are_no_measure(paper: Paper) -> None:
    paper.publish(range(1, 4), whole)
    link = paper.items[0]["url"]
    for number in (4, 5):
        entry = {"id": str(number), "url": f"{link}?page=2", "title": f"Report {number}"}
        paper.items.insert(0, {**entry, "content_html": escape(whole(number, link))})
    paper.read()
    assert len(paper.server.asked("/report/3?page=2")) == 1
    assert paper.rows("SELECT text_from FROM feeds") == [("feed",)]
