"""How much of its article an entry carries, and how a cut shows."""

import pytest

from aggregator.core.carried import looks_whole, measure
from aggregator.core.fulltext import Carrying, Measure
from aggregator.model import Article, Entry

LINK = "https://post.example/bridge"
LINES = (
    "The bridge over the river was closed on Monday morning after a ship had touched a pillar.",
    "Divers looked at the damage during the day, and the first trains crossed again at night.",
    "Engineers said that the pillar, which is a hundred years old, had hardly moved at all.",
    "The ferry will run until the weekend, the town said, and it will not cost anything.",
)
ARTICLE = Article(LINK, LINK, "Bridge closed", "\n".join(LINES), lead="A ship, and what it did.")


def entry(*paragraphs: str, summary: str = "A ship, and what it did.", after: str = "") -> Entry:
    content = "".join(f"<p>{each}</p>" for each in paragraphs) + after
    return Entry("1", LINK, "Bridge closed", "h", summary=summary, content=content)


def test_the_whole_text_is_whole() -> None:
    assert measure(entry(*LINES), ARTICLE) == Measure(1.0, 65)
    assert measure(entry("<br>".join(LINES)), ARTICLE).whole


def test_a_full_text_in_the_description_counts_too() -> None:
    markup = "".join(f"<p>{each}</p>" for each in LINES)
    bare = Article(LINK, LINK, "Bridge closed", "\n".join(LINES))
    assert measure(Entry("1", LINK, "Bridge closed", "h", summary=markup), bare).whole


def test_what_the_feed_adds_of_its_own_does_no_harm() -> None:
    more = '<p>The post <a href="https://post.example/bridge">Bridge closed</a> appeared first on '
    more += '<a href="https://post.example/">Post</a>.</p>'
    assert measure(entry(*LINES, after=more), ARTICLE).whole
    comments = f'<p><a href="{LINK}#comments">4 comments</a></p>'
    assert measure(entry(*LINES, after=comments), ARTICLE).whole


@pytest.mark.parametrize("teaser", [LINES[:1], LINES[:2], LINES[1:], ()])
def test_a_part_is_not_whole(teaser: tuple[str, ...]) -> None:
    assert not measure(entry(*teaser), ARTICLE).whole
    assert not measure(entry(summary=" ".join(teaser)), ARTICLE).whole


ALL_BUT_THE_END = (*LINES[:3], LINES[3].removesuffix(" cost anything."))
ENDS = [
    ("… weiterlesen", "ends in dots"),
    (" […]", "ends in dots"),
    (" [...]", "ends in dots"),
    (" ... Read more »", "ends in dots"),
    (" . . .", "ends in dots"),
    ("", "breaks off"),
    ("-", "breaks off"),
    (f' <a href="{LINK}">Weiterlesen</a>', "ends with a link to its page"),
    (f' <a href="{LINK}?utm_source=rss">[mehr]</a>', "ends with a link to its page"),
]


@pytest.mark.parametrize(("end", "sign"), ENDS)
def test_a_cut_shows_at_the_end_even_where_little_is_lost(end: str, sign: str) -> None:
    cut = entry(*ALL_BUT_THE_END[:3], ALL_BUT_THE_END[3] + end)
    found = measure(cut, ARTICLE)
    assert found.share >= 0.9
    assert found.sign == sign
    assert not looks_whole(cut, Carrying((Measure(1.0, 66),) * 3))


def test_a_cut_shows_above_what_the_feed_adds_below() -> None:
    cut = (*ALL_BUT_THE_END[:3], ALL_BUT_THE_END[3] + " […]", "The post appeared first on Post.")
    assert measure(entry(*cut), ARTICLE).sign == "ends in dots"


def test_a_cut_at_the_end_of_a_sentence_shows_beside_the_page() -> None:
    longer = Article(LINK, LINK, "", "\n".join((*LINES[:3], f"{LINES[3]} So it is.")))
    assert measure(entry(*LINES), longer) == Measure(0.955, 65, "breaks off")


def test_an_article_that_ends_so_itself_was_not_cut() -> None:
    ends = "Nobody knew at that time what was to come of it in the years that followed …"
    article = Article(LINK, LINK, "Bridge closed", "\n".join((*LINES, ends)))
    assert measure(entry(*LINES, ends), article).whole


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (LINES, True),
        (LINES[:2], True),
        (LINES[:1], False),  # much shorter than any that was measured
        (LINES * 2, False),  # and much longer
        ((*LINES, "By Ann Other, Post"), True),
        (
            (*LINES[:3], "Die Fähre fährt noch bis zum Wochenende, so die Stadt, doch nicht"),
            False,
        ),
        ((LINES[0], "การ" * 21), True),
        ((), False),
    ],
)
def test_only_what_is_like_those_measured_looks_whole(
    lines: tuple[str, ...], *, whole: bool
) -> None:
    like = Carrying((Measure(1.0, 70), Measure(1.0, 66), Measure(0.95, 60)))
    assert looks_whole(entry(*lines), like) is whole


def test_of_a_feed_that_is_not_believed_nothing_looks_whole() -> None:
    assert not looks_whole(entry(*LINES), Carrying((Measure(1.0, 66),) * 2))
    assert not looks_whole(entry(*LINES), Carrying())


def test_what_no_article_has_is_not_read() -> None:
    assert measure(entry("<b>x</b>" * 70_000), ARTICLE).words == 0
