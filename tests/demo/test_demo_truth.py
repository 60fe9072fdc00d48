"""The truth about the newsroom holds together, and its texts are what it says they are."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.demo import site
from aggregator.demo.content import Content, Story, Wire, load
from aggregator.demo.newsroom import Newsroom
from aggregator.demo.texts import parse
from aggregator.demo.truth import ArticleTruth, Truth

CONTENT = load()
HOMES = {host: f"http://{number}.example/" for number, host in enumerate(site.hosts(CONTENT))}

Trigrams = frozenset[tuple[str, ...]]


def trigrams(text: str) -> Trigrams:
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def shared(a: Trigrams, b: Trigrams) -> float:
    """The part of the smaller set that is in the larger."""
    return len(a & b) / min(len(a), len(b))


def wires(content: Content) -> dict[str, Wire]:
    return {
        piece.wire.id: piece.wire
        for story in content.stories
        for piece in story.pieces
        if piece.wire
    }


def text_of(article: ArticleTruth) -> str:
    return "\n".join((*article.paragraphs, *article.kept))


def independent_texts() -> dict[tuple[Story, str], Trigrams]:
    """Every text that somebody wrote anew: each wire text once, each own report."""
    found = {}
    for story in CONTENT.stories:
        for piece in story.pieces:
            source = piece.wire or piece
            name = piece.wire.id if piece.wire else piece.outlet
            found[story, name] = trigrams(f"{source.lead}\n{source.text}")
    return found


@pytest.fixture(scope="module")
def truth(newsroom: Newsroom) -> Truth:
    return newsroom.truth


def test_texts_written_anew_share_little() -> None:
    for ((first, a), one), ((second, b), other) in combinations(independent_texts().items(), 2):
        same_series = first.series is not None and first.series == second.series
        limit = 0.30 if same_series else 0.03
        assert shared(one, other) < limit, (a, b)


def test_daily_pieces_look_alike_and_are_no_copies() -> None:
    found = {key: value for key, value in independent_texts().items() if key[0].series}
    pairs = [
        (one, other)
        for ((a, _), one), ((b, _), other) in combinations(found.items(), 2)
        if a.series == b.series
    ]
    assert len(pairs) >= 2
    assert all(shared(one, other) > 0.15 for one, other in pairs)


def test_wire_copies_share_much_with_their_wire_text(truth: Truth) -> None:
    texts = {name: trigrams(wire.text) for name, wire in wires(CONTENT).items()}
    for article in truth.articles:
        if article.wire:
            assert shared(trigrams(text_of(article)), texts[article.wire]) > 0.7, article.url


def test_wire_texts_have_the_length_of_wire_texts() -> None:
    for wire in wires(CONTENT).values():
        assert 150 <= len(wire.text.split()) <= 400, wire.id


def test_copies_are_shortened_in_many_degrees(truth: Truth) -> None:
    shares = [article.share for article in truth.articles if article.wire]
    for low, high in ((0.25, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
        assert sum(low <= share < high for share in shares) >= 2, (low, high)


def test_copies_are_retitled(truth: Truth) -> None:
    titles = {wire.title for wire in wires(CONTENT).values()}
    assert not [article.title for article in truth.articles if article.title in titles]
    assert len({article.title for article in truth.articles}) == len(truth.articles)


def test_there_is_enough_of_everything(truth: Truth) -> None:
    assert 50 <= len(truth.articles) <= 64
    reported = {
        language: {
            article.story
            for article in truth.articles
            if article.language == language and len(truth.stories(2)[article.story]) > 1
        }
        for language in ("de", "en")
    }
    assert len(reported["de"]) >= 8
    assert len(reported["en"]) >= 3
    agencies = {article.agency for article in truth.articles} - {None}
    assert agencies == {"dpa", "AFP", "AP", "Reuters", "epd", "SID", "APA"}


def test_copies_credit_their_agency_on_the_page(truth: Truth) -> None:
    words = {"Reuters": ("Reuters", "rtr"), "AP": ("AP", "Associated Press")}
    for article in truth.articles:
        if article.agency:
            names = words.get(article.agency, (article.agency,))
            assert any(name in string for name in names for string in article.planted), article.url


def test_nothing_planted_stands_in_any_text(truth: Truth) -> None:
    texts = "\n".join(f"{article.lead}\n{text_of(article)}" for article in truth.articles)
    assert not [string for string in truth.planted if string in texts]
    furniture = {string for strings in truth.furniture.values() for string in strings}
    assert not [string for string in furniture if string in texts]


def test_every_kind_of_boilerplate_is_planted_and_lists_are_kept(truth: Truth) -> None:
    planted = "\n".join(truth.planted)
    for part in ("Lesen Sie auch:", "Read more:", "journalistischen Standards", "WhatsApp"):
        assert part in planted
    assert {"Hintergrund:", "Das Wichtigste in Kürze"} <= {
        string for article in truth.articles for string in article.kept
    }
    keeping = {article.outlet for article in truth.articles if article.kept}
    assert len(keeping) >= 10


def test_used_plants_are_all_the_plants_there_are() -> None:
    used = {
        (piece.outlet, spec.split(" ")[1])
        for story in CONTENT.stories
        for piece in story.pieces
        for spec in piece.plant
    }
    assert used == {(outlet.id, name) for outlet in CONTENT.outlets for name in outlet.plants}


def test_groups_and_stories_agree(truth: Truth) -> None:
    for edition in site.EDITIONS:
        urls = {article.url for article in truth.in_edition(edition)}
        story_of = {url: story for story, found in truth.stories(edition).items() for url in found}
        groups = truth.copy_groups(edition)
        assert set(story_of) == urls == {url for found in groups.values() for url in found}
        assert all(len({story_of[url] for url in found}) == 1 for found in groups.values())
    by_url = {article.url: article for article in truth.articles}
    for name, found in truth.copy_groups(2).items():
        kinds = {by_url[url].kind for url in found}
        assert kinds == ({"wire copy"} if name in wires(CONTENT) else {"independent"})


def test_every_text_is_carried_at_least_twice_or_stands_alone(truth: Truth) -> None:
    sizes = {name: len(found) for name, found in truth.copy_groups(2).items()}
    assert all(sizes[name] >= 2 for name in wires(CONTENT))


@settings(max_examples=25, deadline=None)
@given(now=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001 # zone below
def test_dates_are_whole_minutes_within_three_days_before_now(now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    built = site.build(CONTENT, HOMES, moment, 1.0).truth
    for article in built.articles:
        assert article.published_at.tzinfo is UTC
        assert article.published_at.second == article.published_at.microsecond == 0
        assert moment - timedelta(hours=74) < article.published_at <= moment, article.url
    newest_first_edition = max(item.published_at for item in built.in_edition(1))
    assert newest_first_edition <= moment


def test_the_same_moment_gives_the_same_newsroom() -> None:
    moment = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
    assert site.build(CONTENT, HOMES, moment, 1.0) == site.build(CONTENT, HOMES, moment, 1.0)


def test_no_placeholder_is_left(truth: Truth) -> None:
    for article in truth.articles:
        assert not re.search(r"[{}$«»]", article.title + article.lead), article.url
        assert "{" not in text_of(article) + "".join(article.planted)


def test_markup_is_read_as_the_readme_says() -> None:
    paragraph, subhead, listing = parse("One.\n\n## Two\n\nThree:\n- four\n- five\n")
    assert (paragraph.kind, paragraph.text) == ("paragraph", "One.")
    assert (subhead.kind, subhead.text) == ("subhead", "Two")
    assert (listing.kind, listing.text, listing.items) == ("list", "Three:", ("four", "five"))
