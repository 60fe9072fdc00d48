"""Pages made of many texts bring nobody together: real reports in a real database, held in full."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = range(300, 500)


@pytest.fixture(scope="module")
def reports(corpora: Path) -> list[str]:
    """Ten real reports of like length that have nothing to do with each other."""
    path = corpora / "clustering" / "gnad10k-test.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"not here: {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = (json.loads(line)["text"] for line in lines)
        long = [text for text in texts if len(text.split()) in WORDS]
    return [long[at].replace(". ", ".\n") for at in range(0, 200, 20)]


def grouped(db: Database, found: dict[str, tuple[str, str]]) -> set[frozenset[str]]:
    """The copy groups of articles, given by outlet as title and text; the first came first."""
    feeds.sync(db, [FeedSource("u", "o")], NOW)
    with db.write():
        for at, (outlet, (title, text)) in enumerate(found.items()):
            moment = NOW - timedelta(hours=20 - at)
            made = Article(outlet, outlet, title, text, language="de", published_at=moment)
            articles.insert(db, fingerprint(made), 1, outlet, NOW)
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)
    groups: dict[int, set[str]] = {}
    for row in db.rows("SELECT copy_group_id, canonical_url FROM article"):
        groups.setdefault(row[0], set()).add(row[1])
    return set(map(frozenset, groups.values()))


def printed(reports: list[str]) -> dict[str, tuple[str, str]]:
    """Two reports, each at three outlets: in full, shortened, and with a line of the outlet's."""
    found = {}
    for name, text in zip("ab", reports, strict=False):
        lines = text.split("\n")
        shortened = "\n".join(lines[: len(lines) * 2 // 3])
        own = f"{text}\nLesen Sie morgen mehr dazu in unserer Zeitung und auf dieser Seite."
        for at, part in enumerate((text, shortened, own)):
            found[f"{name}{at}"] = (f"Bericht {name} im Blatt {at} von heute früh", part)
    return found


BOTH = {frozenset({"a0", "a1", "a2"}), frozenset({"b0", "b1", "b2"})}


@pytest.mark.parametrize(
    "title",
    [
        "The Latest: Parliament votes on the budget",
        "Liveticker: Was heute geschieht",
        "World news in brief",
        "Live-Blog zum Parteitag",
        "Was an diesem Dienstag wichtig war und was noch kommt",
    ],
)
def test_a_page_that_holds_two_reports_in_full_stands_alone(
    db: Database, reports: list[str], title: str
) -> None:
    page = f"{reports[0]}\n{reports[1]}"
    found = grouped(db, printed(reports) | {"page": (title, page)})
    assert found == BOTH | {frozenset({"page"})}


def test_so_does_one_with_many_reports_that_came_first(db: Database, reports: list[str]) -> None:
    page = ("Der Morgen im Überblick", "\n".join(reports[:6]))
    found = grouped(db, {"page": page} | printed(reports))
    assert found == BOTH | {frozenset({"page"})}


def test_so_does_a_live_blog_with_times_before_each_report(
    db: Database, reports: list[str]
) -> None:
    page = "\n".join(f"{8 + at}:15 Uhr: {text}" for at, text in enumerate(reports[:4]))
    found = grouped(db, printed(reports) | {"page": ("Der Tag in der Politik", page)})
    assert found == BOTH | {frozenset({"page"})}


def test_two_such_pages_bring_nobody_together_either(db: Database, reports: list[str]) -> None:
    pages = {
        "page": ("Der Morgen im Überblick", "\n".join(reports[:4])),
        "other": ("Der Abend im Überblick", "\n".join([*reports[4:7], *reports[:2]])),
    }
    found = grouped(db, printed(reports) | pages)
    assert found > BOTH


def test_a_page_of_one_report_and_little_else_is_a_copy_of_it(
    db: Database, reports: list[str]
) -> None:
    page = reports[0] + "\n" + "\n".join(reports[5].split("\n")[:3])
    found = grouped(db, printed(reports) | {"page": ("Aus dem Parlament, heute", page)})
    assert frozenset({"a0", "a1", "a2", "page"}) in found
