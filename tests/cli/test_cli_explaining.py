"""The command `why`, on articles that were clustered by the pipeline."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.model import Article, Decision, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.correcting import decide
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, decisions, feeds
from aggregator.storage.database import Database, open_database
from tests.support.press import reports

Call = Callable[..., Result]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = [f"wort{n}" for n in range(400)]
FULL, SHORT, OTHER, FORM, DRAWN, OLD = range(1, 7)


def text(*parts: range) -> str:
    return " ".join(WORDS[n] for part in parts for n in part)


def drawn(seed: int) -> str:
    return " ".join(f"In Klasse {'abcdefghij'[n] * 5} fallen auf {seed + n}." for n in range(10))


def bring(db: Database, name: str, written: str, hours: float = 0) -> None:
    url = f"https://{name}.example/"
    at = NOW + timedelta(hours=hours)
    made = fingerprint(Article(url, url, f"Ein Bericht von {name}", written, published_at=at))
    with db.write():
        articles.insert(db, made, 1, name, NOW)


@pytest.fixture(autouse=True)
def path(tmp_path: Path) -> Path:
    """news.db with a wire text, a shortened copy that adds a little, and three that are alone."""
    path = tmp_path / "news.db"
    with open_database(path) as db:
        feeds.sync(db, [FeedSource("https://wire.example/rss", "Wire")], NOW)
        bring(db, "full", text(range(200)))
        bring(db, "short", text(range(90), range(300, 310)), hours=1)
        bring(db, "other", "\n".join(reports(5, 1)[0].paragraphs))
        bring(db, "form", drawn(100))
        bring(db, "drawn", drawn(500))
        bring(db, "old", text(range(200)), hours=-500)
        cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
    return path


def test_why_an_article_is_where_it_is(call: Call) -> None:
    shown = call("why", str(SHORT)).stdout
    assert f"Its best match is article {FULL}" in shown
    assert f"contained: 90 % of the word triples of it stand in article {FULL}" in shown
    assert "both have 90 words, from word 1 here, 1 there:" in shown
    assert "takes over 90 %, adds 10 words, cuts 110 of article 1" in shown
    assert f'It added 10 words, from word 91:\n      "{text(range(300, 310))}"' in shown
    assert f'It cut 110 words, from word 91:\n      "{WORDS[90]}' in shown
    assert f"aggregator why {SHORT} {FULL}" in shown


def test_why_one_is_alone(call: Call) -> None:
    shown = call("why", str(OTHER)).stdout
    assert "No other article was found to carry its text." in shown
    assert "There is no other text in it." in shown


def test_why_one_is_alone_whose_copies_editors_hold_apart(call: Call, path: Path) -> None:
    with open_database(path) as db:
        every = [Decision(0, NOW, "eva", "apart", "story", (SHORT,), (FULL,))]
        decide(db, every, ClusterSettings(), NOW)
    for one, other in ((SHORT, FULL), (FULL, SHORT)):
        shown = call("why", str(one)).stdout
        assert "But for those that editors hold it apart from, no other article was" in shown
        assert f"All that was asked of two: aggregator why {one} {other}" in shown


def test_why_one_is_a_copy_by_decision_alone(call: Call, path: Path) -> None:
    with open_database(path) as db:
        every = [Decision(0, NOW, "eva", "together", "copies", (OTHER, FULL), ())]
        decide(db, every, ClusterSettings(), NOW)
    shown = call("why", str(OTHER)).stdout
    assert "No rule links it to another: only what editors decided holds it there." in shown
    assert f"All that was asked of two: aggregator why {OTHER} {FULL}" in shown
    assert "only what editors decided" not in call("why", str(SHORT)).stdout


def test_two_copies(call: Call) -> None:
    shown = call("why", str(SHORT), str(FULL)).stdout
    assert re.search(r"As copies: together, in copy group \d+\.", shown)
    assert "They are compared: they share keys (" in shown
    assert "the longer one has: 90 % (at least 69 % wanted): yes" in shown
    assert "Contained: 90 % of the word triples of the first stand in article 1." in shown


def test_two_that_are_together_by_way_of_a_third(call: Call, path: Path) -> None:
    with open_database(path) as db:
        bring(db, "end", text(range(110, 200)), hours=2)
        cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
    shown = call("why", str(SHORT), "7").stdout
    assert re.search(r"As copies: together, in copy group \d+\.", shown)
    assert "No rule links them." in shown
    assert f"Article {SHORT} is with article {FULL}:" in shown
    assert f"Article 7 is with article {FULL}:" in shown


def test_two_that_have_nothing_in_common(call: Call) -> None:
    shown = call("why", str(FULL), str(OTHER)).stdout
    assert re.search(r"As copies: apart, in copy groups \d+ and \d+\.", shown)
    assert "They are not compared: they share no key" in shown
    assert "word triples that both have: 0 (at least 8 wanted): no" in shown
    assert "No rule links them." in shown


def test_a_form_with_other_numbers(call: Call) -> None:
    shown = call("why", str(FORM), str(DRAWN)).stdout
    assert re.search(r"numbers that differ in the same places, as in a form: \d+ .*: no", shown)
    assert "No rule links them." in shown


def test_two_that_are_too_far_apart(call: Call) -> None:
    shown = call("why", str(FULL), str(OLD)).stdout
    assert "They are not compared" in shown
    assert "500.0 hours apart (at most 168 wanted)" in shown
    found = json.loads(call("why", str(FULL), str(OLD), "--json").stdout)
    assert found["copies"]["match"]["rule"] == "words"
    assert found["copies"]["match"]["kept_rule"] is None
    assert "when they were clustered, they were not linked" in shown


def test_settings_of_today_are_asked(call: Call, tmp_path: Path) -> None:
    strict = "settings: {clustering: {containment: 0.95, jaccard: 0.95}}\nfeeds: []\n"
    (tmp_path / "strict.yaml").write_text(strict)
    shown = call("why", str(SHORT), str(FULL), "--feeds", "strict.yaml").stdout
    assert "the longer one has: 90 % (at least 95 % wanted): no" in shown
    assert 'when they were clustered, they were linked by the rule "' in shown


def test_of_the_same_words_that_editors_parted_no_older_rule_is_said(
    call: Call, path: Path
) -> None:
    with open_database(path) as db:
        bring(db, "again", text(range(200)), hours=2)
        cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
        again = int(db.value("SELECT max(id) FROM article"))
        assert "very same words" in call("why", str(FULL), str(again)).stdout
        every = [Decision(0, NOW, "eva", "apart", "copies", (again,), (FULL,))]
        decide(db, every, ClusterSettings(), NOW)
    shown = call("why", str(FULL), str(again)).stdout
    assert "100 % of all their word triples stand in both" in shown
    assert "when they were clustered" not in shown


def test_what_editors_decided_is_said(call: Call, path: Path) -> None:
    with open_database(path) as db, db.write():
        every = [Decision(0, NOW, "eva", "apart", "story", (SHORT,), (FULL,))]
        for each in every:
            decisions.add(db, each)
    said = f": apart: article {SHORT} from {FULL}."
    assert said in call("why", str(SHORT), str(FULL)).stdout
    assert said in call("why", str(SHORT)).stdout
    assert said not in call("why", str(SHORT), str(OTHER)).stdout


def test_the_json_of_both_ends_says_the_same(call: Call) -> None:
    left, right = (
        json.loads(call("why", *map(str, ids), "--json").stdout)
        for ids in ((SHORT, FULL), (FULL, SHORT))
    )
    assert left["copies"]["candidates"] == right["copies"]["candidates"]
    assert left["copies"]["match"]["checks"] == right["copies"]["match"]["checks"]
    assert left["copies"]["together"]
    assert left["article"] == right["other"]


@pytest.mark.parametrize("words", ["99", "1 99", "99 1"])
def test_an_article_that_is_not_there(call: Call, words: str) -> None:
    result = call("why", *words.split())
    assert result.exit_code == 1
    assert "there is no article 99" in result.stderr


def test_one_article_twice_is_no_question(call: Call) -> None:
    result = call("why", "1", "1")
    assert result.exit_code == 2
    assert "name two articles" in result.stderr
