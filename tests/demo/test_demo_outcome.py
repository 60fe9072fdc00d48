"""The demo newsroom as the program sees it, held against what is true of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from sqlite3 import Row

import pytest

from aggregator.core.furniture import LEARNT
from aggregator.core.urls import canonicalise
from aggregator.demo import content
from aggregator.demo.newsroom import Newsroom
from aggregator.demo.run import play
from aggregator.demo.truth import Truth
from aggregator.storage.database import open_database

BAD_ENTRIES = {"missing": "http_404", "section": "section_page"}


@dataclass(frozen=True)
class Outcome:
    """The newsroom's truth, and the articles that the program made of it by canonical URL."""

    truth: Truth
    articles: Mapping[str, Row]
    removed: Mapping[int, tuple[str, ...]]
    learnt: Mapping[str, int]
    rejected: Mapping[str, str]
    feeds: Mapping[str, Row]

    def text(self, url: str) -> str:
        """All that is shown of an article as its text."""
        row = self.articles[url]
        return f"{row['title']}\n{row['lead']}\n{row['text']}"

    def keeps(self, url: str, string: str) -> bool:
        """Whether a string of the article is there; a dateline before it may have been cut."""
        text = self.text(url)
        cut = [part for part in self.removed.get(self.articles[url]["id"], ()) if part in string]
        return string in text or any(string.removeprefix(part).strip() in text for part in cut)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Both editions polled, by real processes over real connections."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    with Newsroom(datetime.now(UTC)) as newsroom:
        play(newsroom, path, lambda _event: None)
        truth = newsroom.truth
    removed: dict[int, list[str]] = defaultdict(list)
    learnt: Counter[str] = Counter()
    with open_database(path) as db:
        for row in db.rows("SELECT * FROM removed ORDER BY article_id, position"):
            removed[row["article_id"]].append(row["text"])
            learnt[row["text"]] += row["reason"] == LEARNT
        articles = {row["canonical_url"]: row for row in db.rows("SELECT * FROM articles")}
        rejected = {row["url"]: row["reason"] for row in db.rows("SELECT * FROM rejected")}
        feeds = {row["url"]: row for row in db.rows("SELECT * FROM feeds")}
    blocks = {key: tuple(texts) for key, texts in removed.items()}
    return Outcome(truth, articles, blocks, +learnt, rejected, feeds)


def partition(outcome: Outcome, column: str) -> set[frozenset[str]]:
    """Which articles share a copy group or story."""
    groups: dict[int, set[str]] = defaultdict(set)
    for url, row in outcome.articles.items():
        groups[row[column]].add(url)
    return {frozenset(urls) for urls in groups.values()}


def test_every_article_is_there_once(outcome: Outcome) -> None:
    expected = {canonicalise(article.url) for article in outcome.truth.articles}
    assert set(outcome.articles) == expected


def test_copy_groups_are_the_wire_texts(outcome: Outcome) -> None:
    expected = {
        frozenset(map(canonicalise, urls)) for urls in outcome.truth.copy_groups(2).values()
    }
    assert partition(outcome, "copy_group_id") == expected


def test_no_story_joins_two_events(outcome: Outcome) -> None:
    event = {canonicalise(article.url): article.story for article in outcome.truth.articles}
    found = partition(outcome, "story_id")
    mixed = [{event[url] for url in urls} for urls in found if len({event[u] for u in urls}) > 1]
    assert mixed == []
    pairs = {pair for urls in found for pair in combinations(sorted(urls), 2)}
    true = {
        pair
        for urls in outcome.truth.stories(2).values()
        for pair in combinations(sorted(map(canonicalise, urls)), 2)
    }
    recall = len(pairs & true) / len(true)
    print(f"\nstories: {recall:.0%} of the pairs that belong together, no wrong one")
    assert recall > 0.35


def test_no_planted_boilerplate_is_left(outcome: Outcome) -> None:
    left = [
        (article.outlet, planted)
        for article in outcome.truth.articles
        for planted in article.planted
        if planted in outcome.text(canonicalise(article.url))
    ]
    assert left == []


def test_what_no_rule_knows_is_learnt_and_nothing_else(outcome: Outcome) -> None:
    planted = Counter(each for article in outcome.truth.articles for each in article.planted)
    around = "\n".join(outlet.page for outlet in content.load().outlets)
    assert outcome.learnt.keys() & planted.keys()
    assert [text for text in outcome.learnt if text not in planted and text not in around] == []
    often = {text: planted[text] for text in outcome.learnt if text in planted}
    assert often == {text: outcome.learnt[text] for text in often}
    assert min(outcome.learnt.values()) >= 3


def test_hardly_any_furniture_is_left(outcome: Outcome) -> None:
    stands = [
        string in outcome.text(canonicalise(article.url))
        for article in outcome.truth.articles
        for string in outcome.truth.furniture[article.outlet]
    ]
    print(f"\nfurniture: {sum(stands)} lines left of {len(stands)} on the pages")
    assert sum(stands) <= 0.01 * len(stands)


def test_what_belongs_to_the_article_is_kept(outcome: Outcome) -> None:
    lost = [
        (article.outlet, string)
        for article in outcome.truth.articles
        for string in (*article.kept, *article.paragraphs, article.lead)
        if not outcome.keeps(canonicalise(article.url), string)
    ]
    assert lost == []


def test_headlines_agencies_and_times_are_right(outcome: Outcome) -> None:
    for article in outcome.truth.articles:
        row = outcome.articles[canonicalise(article.url)]
        assert row["title"] == article.title_after
        assert row["agency"] == article.agency
        assert row["language"] == article.language
        assert row["published_at"] == article.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert all(author in row["authors"] for author in article.authors)


def test_every_trouble_is_told(outcome: Outcome) -> None:
    for feed in outcome.truth.feeds:
        row = outcome.feeds[feed.url]
        assert (row["last_error"] is not None) == (feed.trouble is not None)
    for entry in outcome.truth.bad_entries:
        assert outcome.rejected[entry.url] == BAD_ENTRIES[entry.trouble]
