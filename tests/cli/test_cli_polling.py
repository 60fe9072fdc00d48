"""`poll`: progress, the report at its end, and what its exit code says."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.cli.report import Outcome
from aggregator.pipeline.events import FeedPolled
from aggregator.pipeline.report import RunReport
from aggregator.storage import feeds as kept_feeds
from aggregator.storage.database import open_database
from aggregator.storage.lock import run_lock
from aggregator.storage.readers import Totals
from tests.support.kept import POST
from tests.support.press import OUTLETS, reports, serve
from tests.support.runs import write_feeds
from tests.support.server import Answer, Server

Call = Callable[..., Result]
FAILED = FeedPolled("https://post.example/rss", "Post", "failed", detail="dns: no such host")
NOWHERE = "http://127.0.0.1:9/rss"


@pytest.fixture
def feeds(server: Server, tmp_path: Path) -> Path:
    """Six feeds of a made-up press, one of them broken."""
    paths = serve(server, reports(seed=1, events=2))
    server.routes["/bote.xml"] = Answer(b"gone fishing", status=500)
    return write_feeds(tmp_path / "feeds.yaml", [(server.url(path), path[1:-4]) for path in paths])


def figures(shown: str) -> dict[str, list[str]]:
    """The rows of the report's table."""
    rows = [re.split(r"  +", row.strip()) for row in shown.splitlines()]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.usefixtures("feeds")
def test_poll_ends_with_a_report(call: Call, server: Server) -> None:
    result = call("poll")
    assert result.exit_code == 0, result.stderr
    shown = result.stdout
    assert f"Polling feeds: {len(OUTLETS)} to do" in shown
    assert "Fetching articles: " in shown
    failed = shown.split("Failed (1 feed):\n")[1].splitlines()
    assert failed[0].split() == ["bote", server.url("/bote.xml")]
    assert "http_500: the server answered 500" in failed[1]
    rows = figures(shown)
    assert rows["Feeds polled"] == ["6", "6"]
    assert rows["... failed"] == ["1"]
    assert int(rows["Articles"][0]) == int(rows["Articles"][1]) > 0
    assert int(rows["Copy groups"][0].split(",")[0]) >= 1
    assert "OUTLETS  ARTICLES  TEXTS  TITLE" in shown
    assert "\nNext: aggregator stories, aggregator story " in shown
    assert figures(call("poll").stdout)["Feeds polled"] == ["0", "6"]


@pytest.mark.usefixtures("feeds")
def test_poll_as_json_writes_nothing_else(call: Call) -> None:
    result = call("poll", "--json")
    found = json.loads(result.stdout)
    assert result.stderr == ""
    assert found["counts"]["feeds_due"] == len(OUTLETS)
    assert [each["outlet"] for each in found["failed"]] == ["bote"]
    assert found["failed"][0]["cause"].startswith("http_500")
    assert found["totals"]["articles"] == found["counts"]["articles_stored"]
    assert found["stories"][0]["article_count"] >= 2
    assert (found["stopped"], found["demo"], found["database"]) == (False, None, "news.db")


def test_where_every_feed_fails_it_ends_with_one_and_each_cause(call: Call) -> None:
    write_feeds(
        Path("feeds.yaml"), [(NOWHERE, "Nowhere"), ("http://none.invalid/rss", "None such")]
    )
    result = call("poll")
    assert result.exit_code == 1
    assert "Failed (2 feeds):" in result.stdout
    assert "refused: the host refused the connection" in result.stdout
    assert "dns: " in result.stdout
    assert "Next: see that this machine reaches the network" in result.stdout
    later = call("poll")
    assert later.exit_code == 0, "nothing was due"
    assert "refused: the host refused the connection" in later.stdout


def test_another_run_at_work(call: Call) -> None:
    write_feeds(Path("feeds.yaml"), [(NOWHERE, "Nowhere")])
    with run_lock("news.db", doing="a test", now=datetime.now(UTC)):
        result = call("poll")
    assert (result.exit_code, result.stdout) == (75, "")
    assert "a test" in result.stderr


def test_wrong_configuration(call: Call) -> None:
    assert call("poll").exit_code == 2
    Path("feeds.yaml").write_text("feeds: []\nsettings: {polling: {intervall: 3}}\n")
    result = call("poll")
    assert result.exit_code == 2
    assert "feeds.yaml:2:" in result.stderr
    assert not Path("news.db").exists()


def test_without_feeds_it_says_how_to_add_one(call: Call) -> None:
    Path("feeds.yaml").write_text("feeds: []\n")
    result = call("poll", "--or-demo")
    assert result.exit_code == 0
    assert "no feeds are listed" in result.stderr
    assert "Next: aggregator add URL" in result.stdout
    assert "DEMO" not in result.stdout


# --- the demo instead ------------------------------------------------------------------------


def test_where_nothing_was_ever_reached_the_demo_is_shown(call: Call) -> None:
    write_feeds(Path("feeds.yaml"), [(NOWHERE, "Nowhere")])
    assert call("poll").exit_code == 1
    # Now none is due, which is no reason to show nothing.
    result = call("poll", "--or-demo")
    assert result.exit_code == 0, result.stderr
    cause, _, shown = result.stdout.partition(" DEMO: ")
    assert "refused: the host refused the connection" in cause
    assert "news-demo.db; news.db is left as it is" in shown
    assert "OUTLETS  ARTICLES  TEXTS  TITLE" in shown
    assert int(figures(shown)["Articles"][0]) > 0
    assert "\nNext: aggregator stories --db news-demo.db, " in shown
    with open_database("news.db", readonly=True) as real:
        assert real.value("SELECT count(*) FROM articles") == 0


@pytest.mark.parametrize(
    ("run", "ever", "feeds_listed", "expected"),
    [
        (RunReport(), False, 2, True),
        (RunReport(), True, 2, False),
        (RunReport(), False, 0, False),
        (RunReport(feeds_due=1, feeds_failed=[FAILED]), False, 1, True),
        (RunReport(feeds_due=1, feeds_failed=[FAILED]), True, 1, False),
        (RunReport(feeds_due=2, feeds_failed=[FAILED]), False, 2, False),
        (RunReport(stopped=True), False, 2, False),
    ],
)
def test_when_nothing_was_ever_reached(
    run: RunReport, feeds_listed: int, *, ever: bool, expected: bool
) -> None:
    totals = Totals(feeds_listed, 0, 0, 0, 0, 0, 0)
    outcome = Outcome(Path("news.db"), run, ever, (), totals, (), None)
    assert outcome.nothing_ever_reached is expected


def test_a_feed_that_was_ever_read_rules_the_demo_out(
    call: Call, server: Server, feeds: Path
) -> None:
    assert call("poll").exit_code == 0
    for outlet in OUTLETS:
        server.routes[f"/{outlet}.xml"] = Answer(status=500)
    with open_database("news.db") as db, db.write():
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
    result = call("poll", "--or-demo", "--feeds", str(feeds))
    assert result.exit_code == 1
    assert "DEMO" not in result.stdout


def test_the_demo_never_touches_a_real_database(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_DB", "mine.db")
    assert "[default: demo.db]" in call("demo", "--help").stdout
    with open_database("mine.db") as db:
        kept_feeds.sync(db, [POST], datetime.now(UTC))
    before = Path("mine.db").read_bytes()
    assert call("demo", "--db", "mine.db").exit_code == 2
    assert Path("mine.db").read_bytes() == before
