"""The commands that show what is kept."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aggregator.cli import main
from aggregator.model import FeedSource, FeedState, Removed
from aggregator.storage import feeds
from aggregator.storage.database import open_database
from tests.support.kept import HERALD, POST, keep, report, tell

Call = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("news")


@pytest.fixture
def _tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# --- stories ---------------------------------------------------------------------------------


def test_stories_as_a_table(call: Call) -> None:
    result = call("stories")
    assert result.exit_code == 0
    header, first, second, _, hint = result.stdout.splitlines()
    assert header.split() == ["ID", "NEWEST", "OUTLETS", "ARTICLES", "TEXTS", "TITLE"]
    assert first.split()[0] == "1"
    assert first.split()[3:] == ["2", "3", "2", "Bridge"]
    assert second.split()[3:] == ["1", "1", "1", "Elephant"]
    assert hint.endswith("aggregator story 1")


@pytest.mark.usefixtures("_tokyo")
def test_times_are_local_for_people_and_utc_for_programs(call: Call, news: datetime) -> None:
    newest = news - timedelta(hours=1)
    assert (newest + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M") in call("stories").stdout
    found = json.loads(call("stories", "--json").stdout)
    assert found[0]["last_published_at"] == newest.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_stories_as_json(call: Call) -> None:
    found = json.loads(call("stories", "--json").stdout)
    assert [story["title"] for story in found] == ["Bridge", "Elephant"]
    assert list(found[0]) == [
        "id",
        "title",
        "first_published_at",
        "last_published_at",
        "article_count",
        "outlet_count",
        "copy_group_count",
        "computed_title",
        "pinned",
        "hidden",
    ]
    assert json.loads(call("stories", "--json", "--tag", "nothing").stdout) == []


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--since", "24h"], ["Bridge"]),
        (["--since", "3d"], ["Bridge"]),
        (["--since", "90m"], ["Bridge"]),
        (["--since", "30 m"], []),
        (["--since", "2w"], ["Bridge", "Elephant"]),
        (["--since", "2020-01-01"], ["Bridge", "Elephant"]),
        (["--since", "2199-01-01T00:00:00Z"], []),
        (["--outlet", "post"], ["Bridge", "Elephant"]),
        (["--outlet", "Herald"], ["Bridge"]),
        (["--language", "de"], ["Elephant"]),
        (["--tag", "world"], ["Bridge"]),
        (["--limit", "1"], ["Bridge"]),
    ],
)
def test_stories_filtered(call: Call, options: list[str], titles: list[str]) -> None:
    found = json.loads(call("stories", "--json", *options).stdout)
    assert [story["title"] for story in found] == titles


@pytest.mark.parametrize("since", ["yesterday", "24", "-3d", "999999w", "9999-99-99", ""])
def test_what_is_no_time_is_wrong_usage(call: Call, since: str) -> None:
    result = call("stories", "--since", since)
    assert result.exit_code == 2
    assert "24h, 3d" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_stories_say_what_to_try(call: Call) -> None:
    assert "Try a longer --since" in call("stories", "--tag", "nothing").stdout


def test_where_nothing_came_yet_no_filter_is_blamed(call: Call, tmp_path: Path) -> None:
    with open_database(tmp_path / "new.db"):
        shown = call("stories", "--since", "24h", "--db", "new.db").stdout
    assert shown == "No stories yet. How the feeds are: aggregator feeds --db new.db\n"


# --- story -----------------------------------------------------------------------------------


def test_a_story_by_copy_group(call: Call) -> None:
    shown = call("story", "1").stdout
    assert shown.startswith("Bridge\n")
    assert "3 articles, 2 outlets, 2 independent texts" in shown
    assert "Copy group 1: 2 articles, credits dpa" in shown
    assert "Copy group 2: 1 article" in shown
    assert "likeness 0.50: rail, strike" in shown
    assert "https://news.example/bridge copy" in shown
    assert shown.index("Post: Bridge") < shown.index("Herald: Bridge Copy")


def test_a_merged_story_is_followed(call: Call) -> None:
    assert "(story 40 was merged into story 1)" in call("story", "40").stdout
    assert json.loads(call("story", "40", "--json").stdout)["id"] == 1


def test_a_story_as_json(call: Call) -> None:
    found = json.loads(call("story", "1", "--json").stdout)
    assert found["article_count"] == 3
    group = found["copy_groups"][0]
    assert (group["agency"], group["likeness"], group["shared_terms"]) == ("dpa", None, [])
    assert [article["outlet"] for article in group["articles"]] == ["Post", "Herald"]
    assert "url" in group["articles"][0]


@pytest.mark.parametrize("what", ["story", "article"])
def test_what_is_not_there_ends_with_one(call: Call, what: str) -> None:
    result = call(what, "999")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"there is no {what} 999" in result.stderr
    assert call(what, "x").exit_code == 2
    assert call(what, str(2**63)).exit_code == 2


# --- article ---------------------------------------------------------------------------------


def test_an_article_with_what_was_stripped(call: Call) -> None:
    shown = call("article", "1").stdout
    assert "Post | by Ann Other | credits dpa | published" in shown
    assert "The bridge is closed.\n- One\n- Two" in shown
    assert "- teaser (block 2): Read more: everything" in shown
    assert "Copies of this text:" in shown
    assert shown.endswith("aggregator story 1\n")


def test_an_article_as_json(call: Call) -> None:
    found = json.loads(call("article", "1", "--json").stdout)
    assert found["text"] == "The bridge is closed.\n- One\n- Two"
    assert found["removed"] == [
        {"text": "Read more: everything", "reason": "teaser", "position": 1}
    ]
    assert found["authors"] == ["Ann Other"]
    assert [copy["id"] for copy in found["copies"]] == [2]
    assert found["feed_url"] == POST.url


# --- search ----------------------------------------------------------------------------------


def test_search(call: Call) -> None:
    shown = call("search", "bridge", "closed").stdout
    assert "Post: Bridge" in shown
    assert "[bridge] is [closed]" in shown
    assert "Nothing found" in call("search", "unheard").stdout
    found = json.loads(call("search", "--json", "--outlet", "Herald", "bridge*").stdout)
    assert [(hit["title"], hit["story_id"]) for hit in found] == [("Bridge Copy", 1)]


@pytest.mark.parametrize("words", ['"', "NEAR(", "a AND", "--  -x", "*", "'; DROP TABLE article"])
def test_search_survives_what_is_typed(call: Call, words: str) -> None:
    assert call("search", "--", words).exit_code == 0


def test_a_search_is_saved_searched_for_listed_and_deleted(call: Call) -> None:
    assert "No saved searches" in call("searches").stdout
    saved = call("search", "bridge", "copy", "--outlet", "herald", "--save", "Bridges")
    assert "Herald: Bridge Copy" in saved.stdout
    assert "article 1 " not in saved.stdout
    assert call("search", "--saved", "bridges").stdout == saved.stdout
    assert "Nothing found" in call("search", "--saved", "bridges", "--language", "de").stdout
    table = call("searches").stdout.splitlines()
    assert table[1].split()[0] == "Bridges"
    assert table[1].split()[3:] == ["herald", "bridge", "copy"]
    (kept,) = json.loads(call("searches", "--json").stdout)
    assert list(kept) == ["id", "name", "words", "outlet", "language", "tag", "created_at"]
    assert (kept["words"], kept["outlet"], kept["tag"]) == ("bridge copy", "herald", None)
    assert call("search", "x", "--save", "bridges").exit_code == 2
    assert json.loads(call("searches", "--delete", "BRIDGES", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["search"], 2),
        (["search", "x", "--saved", "y"], 2),
        (["search", "--saved", "y", "--save", "z"], 2),
        (["search", "x", "--since", "2h", "--save", "z"], 2),
        (["search", "--saved", "unheard"], 1),
        (["searches", "--delete", "unheard"], 1),
        (["search", "x", "--save", "y", "--db", "none.db"], 1),
        (["searches", "--delete", "y", "--db", "none.db"], 1),
    ],
)
def test_what_cannot_be_searched_or_saved_is_said(call: Call, words: list[str], code: int) -> None:
    result = call(*words)
    assert result.exit_code == code
    assert result.stderr.startswith("aggregator: ")


# --- feeds -----------------------------------------------------------------------------------


def test_feeds_with_their_state(call: Call, tmp_path: Path, news: datetime) -> None:
    with open_database(tmp_path / "news.db") as db:
        herald = next(feed for feed in feeds.all_feeds(db) if feed.source == HERALD)
        failed = FeedState(last_error="http_503: the server answered 503", failures=3)
        feeds.save_poll(db, herald, failed, None, (), news)
        feeds.sync(db, [HERALD], news)
    Path("feeds.yaml").write_text(
        "feeds:\n"
        f"- {{url: '{HERALD.url}', outlet: Herald}}\n"
        "- {url: 'https://new.example/rss', outlet: New}\n"
    )
    shown = call("feeds").stdout
    states = {line.split()[0]: line.split()[1] for line in shown.splitlines()[1:4]}
    assert states == {"Herald": "failing", "Post": "unlisted", "New": "new"}
    assert "http_503: the server answered 503 (3 times in a row, never read)" in shown
    found = json.loads(call("feeds", "--json").stdout)
    assert [(feed["id"], feed["status"]) for feed in found][-1] == (None, "new")
    assert found[0]["failures"] == 3
    assert [feed["health"] for feed in found] == ["failing", "unlisted", "new"]
    assert found[0]["diagnosis"] == "http_503: the server answered 503"
    assert found[0]["action"]


def test_feeds_that_share_a_cause_are_one_block(call: Call, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    sources = [
        FeedSource(f"https://u:secret@{name}.example/{n}", name.title())
        for name in ("ard", "bote", "cnn")
        for n in range(2 if name == "bote" else 1)
    ]
    error = "refused: the host refused the connection"
    state = FeedState(last_polled_at=now, last_error=error, failures=2)
    well = FeedState(last_polled_at=now, last_success_at=now, address="https://dw.example/new")
    quiet = replace(well, address=None, next_poll_at=now + timedelta(hours=9), lifetime=36000.0)
    with open_database(tmp_path / "news.db") as db:
        moved = FeedSource("https://dw.example/", "DW")
        held = FeedSource("https://el.example/", "El")
        feeds.sync(db, [*sources, moved, held], now)
        for feed in feeds.all_feeds(db):
            of_its_own = {moved: well, held: quiet}
            feeds.save_poll(db, feed, of_its_own.get(feed.source, state), None, (), now)
    shown = call("feeds").stdout
    assert f"  4 feeds: {error}\n    what to do: wait" in shown
    assert "aggregator add SITE\n    Ard, Bote (2), Cnn\n" in shown
    assert "what to do: change its url in feeds.yaml to https://dw.example/new" in shown
    assert "Waiting, since their publishers want it (1 feed):\n  El" in shown
    assert "secret" not in shown + call("feeds", "--json").stdout


def test_feeds_need_no_file_unless_it_is_named(call: Call) -> None:
    assert call("feeds").exit_code == 0
    result = call("feeds", "--feeds", "other.yaml")
    assert result.exit_code == 2
    assert "other.yaml" in result.stderr


# --- the database ----------------------------------------------------------------------------


def test_the_database_is_found_by_option_or_environment(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("news.db").rename("other.db")
    for command in (["stories"], ["story", "1"], ["article", "1"], ["search", "x"], ["feeds"]):
        result = call(*command)
        assert (result.exit_code, result.stdout) == (1, ""), command
        assert "Begin with 'aggregator poll'" in result.stderr
        assert call(*command, "--db", "other.db").exit_code == 0
    monkeypatch.setenv("AGGREGATOR_DB", str(tmp_path / "other.db"))
    assert call("stories").exit_code == 0
    assert not Path("news.db").exists(), "asking makes no file"


@pytest.mark.parametrize("content", [b"", b"this is no database at all" * 100])
def test_a_file_that_is_no_database_of_ours(call: Call, content: bytes) -> None:
    Path("odd.db").write_bytes(content)
    result = call("stories", "--db", "odd.db")
    assert result.exit_code == 1
    assert result.stderr.startswith("aggregator: odd.db: ")
    assert result.stderr.count("\n") == 1
    assert Path("odd.db").read_bytes() == content


# --- what outside text may not do ------------------------------------------------------------

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31mRed\r\x08\u202eDesrever\x00 [bold]markup[/bold]\x7f"


def test_nothing_from_outside_reaches_the_terminal_as_a_command(
    call: Call, tmp_path: Path, news: datetime
) -> None:
    evil = replace(
        report("evil", news, text=f"Text {EVIL}\nsecond line"),
        title=f"Title {EVIL}",
        lead=EVIL,
        authors=(EVIL,),
        agency=EVIL,
        url=f"https://evil.example/{EVIL}",
        removed=(Removed(EVIL, EVIL, 0),),
    )
    with open_database(tmp_path / "news.db") as db:
        # As a database that an earlier or another program wrote might have it.
        article_id = keep(db, POST, replace(evil, canonical_url="https://evil.example/"), news)
        story_id = tell(db, [[article_id]])
    for command in (
        ["stories"],
        ["story", str(story_id)],
        ["article", str(article_id)],
        ["search", "second"],
    ):
        shown = call(*command).stdout
        assert "RedDesrever [bold]markup[/bold]" in shown, command
        assert not set(shown) & set("\x1b\x9b\r\x08\u202e\x00\x7f\x07"), command
        raw = call(*command, "--json").stdout
        assert not set(raw) & set("\x1b\x9b\r\x08\u202e\x00\x7f\x07"), command
    assert json.loads(call("article", str(article_id), "--json").stdout)["lead"] == EVIL


def test_another_encoding_loses_letters_but_no_output(
    call: Call, tmp_path: Path, news: datetime
) -> None:
    with open_database(tmp_path / "news.db") as db:
        tell(db, [[keep(db, POST, replace(report("z", news), title="Žižkov ü"), news)]])
    result = CliRunner(charset="latin-1").invoke(main, ["stories"])
    assert "?i?kov ü" in result.stdout
    assert "Žižkov ü" in call("stories").stdout
