"""`publish`: feeds in files that change only when a story does."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import feedparser
import pytest
from click.testing import Result

from aggregator.cli.publishing import place
from aggregator.storage import saved_searches
from aggregator.storage.database import open_database
from aggregator.storage.readers import Filter
from aggregator.storage.selections import Selection
from tests.support.kept import HERALD, keep, report, tell
from tests.support.valid_atom import problems

Call = Callable[..., Result]


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its content and when it was replaced."""
    return {
        str(each.relative_to(folder)): (each.read_bytes(), each.stat().st_mtime_ns)
        for each in folder.rglob("*")
        if each.is_file()
    }


def ids(path: str) -> list[str]:
    return [entry.id for entry in feedparser.parse(Path(path).read_bytes()).entries]


@pytest.mark.usefixtures("news")
def test_there_is_a_feed_for_each_kind(call: Call, tmp_path: Path) -> None:
    with open_database(tmp_path / "news.db") as db, db.write():
        saved_searches.save(db, "Brücken", "bridge", Filter(), datetime(2026, 3, 1).astimezone())
    result = call("publish", "out", "--url", "https://n.example/feeds")
    assert (result.exit_code, result.stdout) == (0, "out: 6 feeds, 12 files changed\n")
    made = files(Path("out"))
    assert set(made) == {
        f"{name}.{ending}"
        for name in ("all", "tag/politik", "tag/world", "language/de", "language/en",
                     place(Selection("search", "Brücken")))
        for ending in ("atom", "json")
    }  # fmt: skip
    assert all(problems(body) == [] for name, (body, _) in made.items() if name.endswith("atom"))
    assert json.loads(made["tag/world.json"][0])["feed_url"] == (
        "https://n.example/feeds/tag/world.json"
    )
    assert len(ids("out/all.atom")) == 2
    assert ids("out/tag/world.atom") == ids("out/all.atom")[:1]
    assert ids("out/language/de.atom") == ids("out/all.atom")[1:]
    assert ids(f"out/{place(Selection('search', 'Brücken'))}.atom") == ids("out/tag/world.atom")


@pytest.mark.usefixtures("news")
def test_what_stays_the_same_is_not_touched(call: Call, tmp_path: Path, news: datetime) -> None:
    call("publish", "out")
    before = files(Path("out"))
    assert "0 files changed" in call("publish", "out").stdout
    assert files(Path("out")) == before
    with open_database(tmp_path / "news.db") as db:
        tell(db, [[keep(db, HERALD, report("new", news, language="en"), news)]])
    assert "6 files changed" in call("publish", "out").stdout
    assert files(Path("out"))["language/de.atom"] == before["language/de.atom"]


@pytest.mark.usefixtures("news")
def test_stories_can_be_chosen_by_outlets_and_number(call: Call) -> None:
    call("publish", "out", "--outlets", "2", "--by", "outlet")
    assert set(files(Path("out"))) == {
        f"{name}.{ending}"
        for name in ("all", "outlet/post", "outlet/herald")
        for ending in ("atom", "json")
    }
    assert [len(ids(f"out/{name}.atom")) for name in ("all", "outlet/post")] == [1, 1]
    call("publish", "out", "--limit", "1")
    assert len(ids("out/all.atom")) == 1


@pytest.mark.usefixtures("news")
def test_a_hidden_story_is_in_no_feed(call: Call) -> None:
    assert call("hide", "1").exit_code == 0
    call("publish", "out")
    assert len(ids("out/all.atom")) == 1
    assert ids("out/tag/world.atom") == []
    assert problems(Path("out/tag/world.atom").read_bytes()) == []


def test_places_are_fit_for_files_and_each_is_one_selections_own() -> None:
    names = [
        "de",
        "DE-at",
        "Der Bote",
        "der-bote",
        "Über uns",
        "uber uns",
        "../x",
        "x",
        ".",
        "日報",
    ]
    places = [place(Selection("outlet", name)) for name in names]
    assert places[:2] == ["outlet/de", "outlet/de-at"]
    assert len(set(places)) == len(names)
    assert all(set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/") for each in places)
    assert all(each.count("/") == 1 for each in places)
    assert place(Selection("outlet", "DER BOTE")) == place(Selection("outlet", "Der Bote"))
    assert len(place(Selection("search", "long " * 20))) < 100


def test_more_outlets_than_there_can_be_are_refused(call: Call) -> None:
    result = call("publish", "out", "--outlets", "99999999999999999999")
    assert (result.exit_code, "is not in the range" in result.stderr) == (2, True)


def test_without_a_database_it_says_how_to_begin(call: Call) -> None:
    result = call("publish", "out")
    assert (result.exit_code, Path("out").exists()) == (1, False)
    assert "there is no such database yet" in result.stderr


@pytest.mark.usefixtures("news")
def test_what_is_told_is_on_the_disk_before(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        synced.append(Path("/proc/self/fd", str(handle)).readlink().name)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    with open_database(tmp_path / "news.db"):  # which holds the log open
        assert call("publish", "out").exit_code == 0
    assert synced[0] == "news.db-wal"
    assert any(name.startswith(".all.atom.") for name in synced)
