"""The operator's own rules in feeds.yaml, and the folder of files with rules for sites."""

from pathlib import Path

import pytest

from aggregator.config import load, load_rules, rules_of, sites_of
from aggregator.config.adding import add_feeds
from aggregator.config.rules import phrase_pattern
from aggregator.config.sitebook import SiteBook
from aggregator.errors import ConfigError
from aggregator.model import FeedSource, PhraseRule, SiteRule

FILE = """\
settings:
  extraction: {site_config_folder: configs}
rules:
  - language: de
    reason: app prompt
    takes: rest
    phrases: ["Jetzt * laden|"]
  - {reason: game, phrases: [Raten Sie mit, Play along]}
sites:
  Example.org:
    keep: [article.main]
    drop: [.teaser, "//div[@data-ad]"]
    phrases: [Unsere Umfrage]
  sport.example.org: {drop: [.ticker]}
  münchen.example: {drop: [.wetter]}
  127.0.0.1: {drop: [.local]}
feeds:
  - {url: https://example.org/rss, outlet: Example}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "configs").mkdir()
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_own_phrase_rules_stand_beside_those_that_ship(path: Path) -> None:
    own = (
        PhraseRule("de", "app prompt", phrase_pattern("Jetzt * laden|"), "rest"),
        PhraseRule("", "game", phrase_pattern("Raten Sie mit")),
        PhraseRule("", "game", phrase_pattern("Play along")),
    )
    assert load(path).rules == own
    assert tuple(rules_of(load(path))) == own + load_rules()
    assert tuple(rules_of(None)) == load_rules()


@pytest.mark.parametrize(
    ("url", "drop"),
    [
        ("https://example.org/a", (".teaser", "//div[@data-ad]")),
        ("https://www.example.org/a", (".teaser", "//div[@data-ad]")),
        ("https://sport.example.org/a", (".ticker",)),
        ("https://xn--mnchen-3ya.example/a", (".wetter",)),
        ("http://127.0.0.1:8000/a", (".local",)),
        ("https://example.net/a", ()),
        ("nonsense", ()),
        ("", ()),
    ],
)
def test_the_nearest_domain_gives_the_rule(path: Path, url: str, drop: tuple[str, ...]) -> None:
    assert sites_of(load(path))(url).drop == drop


def test_a_rule_has_all_that_was_written(path: Path) -> None:
    phrase = PhraseRule("", "site rule", phrase_pattern("Unsere Umfrage"))
    assert load(path).sites["example.org"] == SiteRule(
        keep=("article.main",), drop=(".teaser", "//div[@data-ad]"), phrases=(phrase,)
    )


def test_without_rules_nothing_is_known_of_any_site() -> None:
    assert sites_of(None)("https://example.org/") == SiteRule()


def test_a_feed_is_added_beside_rules(path: Path) -> None:
    before = load(path)
    add_feeds(path, [FeedSource(url="https://example.net/rss", outlet="Net")])
    after = load(path)
    assert len(after.feeds) == 2
    assert (after.rules, after.sites) == (before.rules, before.sites)


def test_the_folder_must_be_there(path: Path) -> None:
    (path.parent / "configs").rmdir()
    with pytest.raises(ConfigError, match="there is no folder") as caught:
        load(path)
    assert caught.value.line == 2


# --- files -----------------------------------------------------------------------------------


@pytest.fixture
def folder(path: Path) -> Path:
    folder = path.parent / "configs"
    (folder / "example.org.txt").write_text("body: //main\nstrip: //nav\ntitle: //h2\n")
    (folder / ".example.net.txt").write_text("strip: //aside\n")
    (folder / "README.md").write_text("nonsense")
    return folder


def test_a_file_says_what_the_operator_does_not(path: Path, folder: Path) -> None:
    book = SiteBook(load(path).sites, folder)
    assert book.rule("https://www.example.org/a") == SiteRule(
        keep=("article.main",),
        drop=(".teaser", "//div[@data-ad]", "xpath://nav"),
        phrases=load(path).sites["example.org"].phrases,
        titles=("xpath://h2",),
    )
    assert SiteBook({}, folder).rule("https://example.org/a").keep == ("xpath://main",)
    assert book.rule("https://news.example.net/a").drop == ("xpath://aside",)
    assert book.rule("https://example.net/a") == SiteRule()
    assert book.file_count == 2


def test_what_is_of_no_use_in_a_file_is_told(folder: Path) -> None:
    (folder / "big.example.txt").write_text("#" * 100_001)
    (folder / "odd.example.txt").write_bytes(b"\xef\xbb\xbf# ok \xff\ncolour: red\n")
    (folder / "folder.txt").mkdir()
    book = SiteBook({}, folder)
    assert [(name, each.line) for name, each in book.unused()] == [
        ("big.example.txt", 1),
        ("folder.txt", 1),
        ("odd.example.txt", 2),
    ]
    assert book.rule("https://big.example/") == SiteRule()


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        SiteBook({}, tmp_path / "nowhere")
