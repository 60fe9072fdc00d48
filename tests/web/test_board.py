"""The board over HTTP: what it shows, in few bytes, with addresses that hold, live and by pages."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Decision, FeedSource
from aggregator.storage import decisions, feeds, seen
from aggregator.storage.database import open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web.app import create_app
from aggregator.web.boards import WITHIN, Asked, flags, shown_for, times, values
from aggregator.web.desk import Limits
from tests.support.desk import Served
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HTML: Final = {"Accept": "text/html"}
HEADLINE: Final = "Nach dem Brand im Recyclinghof bei Straubing: Drei Verletzte, Schulen bleiben zu"
LEAD: Final = "Rauch zog über die Autobahn, Anwohner sollten Fenster geschlossen halten. " * 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty stories, each with as many outlets and as long a headline and lead as cards show."""
    path = tmp_path_factory.mktemp("board") / "news.db"
    sources = [
        FeedSource(f"https://o{at}.example/rss", f"Allgemeine Zeitung {at:02}", "de", ("politik",))
        for at in range(12)
    ]
    with open_database(path, clock=lambda: NOW) as db:
        feeds.sync(db, [POST, HERALD, *sources], NOW)
        for story in range(60):
            groups = []
            for at in range(12 if story < 30 else 1):
                came = NOW - timedelta(minutes=20 * story + at)
                told = report(f"{story}-{at}", came, language="de")
                told = replace(told, title=f"{HEADLINE} ({story})", lead=LEAD, agency="dpa")
                groups.append(keep(db, sources[at], told, NOW))
            tell(db, [groups[:4], groups[4:]] if len(groups) > 4 else [groups])
    return path


@pytest.fixture(scope="module")
def client(path: Path) -> Iterator[httpx.Client]:
    """A browser on a desk over it."""
    with (
        ReaderPool(path, size=2, seconds=5) as pool,
        Served(create_app(pool, lambda: NOW, Limits(follower_pause=0.02))) as served,
        httpx.Client(base_url=served.url, headers=HTML) as client,
    ):
        client.get("/")
        yield client


def cards(page: httpx.Response) -> list[int]:
    """The stories on a page in their order."""
    assert page.status_code == 200, page.text[:500]
    return [int(each) for each in re.findall(r'data-row data-story="(\d+)"', page.text)]


def test_the_board_is_small_however_much_its_cards_say(client: httpx.Client) -> None:
    page = client.get("/")
    assert len(cards(page)) == 25
    assert len(page.content) <= 100_000


def test_it_goes_on_page_by_page_to_its_end(client: httpx.Client) -> None:
    page, found = client.get("/"), []
    while True:
        found += cards(page)
        more = re.search(r'class="button" href="([^"]+after=[^"]+)"', page.text)
        if more is None:
            break
        page = client.get(more[1].replace("&amp;", "&"))
    assert sorted(found) == list(range(1, 61))


def test_a_script_gets_the_rows_alone(client: httpx.Client) -> None:
    more = re.search(r'hx-get="(/[?][^"]+)"', client.get("/").text)
    assert more is not None
    rows = client.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert len(cards(rows)) == 25
    assert "<html" not in rows.text


def test_who_saw_three_pages_gets_three_pages_anew(client: httpx.Client) -> None:
    assert len(cards(client.get("/", params={"shown": 51}))) == 60
    assert len(cards(client.get("/", params={"shown": 50}))) == 50


def test_what_somebody_has_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/")
    tag = first.headers["ETag"]
    again = client.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    policy = "Content-Security-Policy"  # a browser takes it over from here
    assert again.headers[policy] == first.headers[policy]
    assert client.get("/?single=1", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"within": "6h"}, 19),
        ({"language": "de"}, 60),
        ({"language": "en"}, 0),
        ({"tag": "politik", "agency": "dpa"}, 60),
        ({"outlet": "Allgemeine Zeitung 07"}, 30),
        ({"single": "1"}, 30),
        ({"outlet": "Allgemeine Zeitung 07", "single": "1"}, 0),
        ({"unread": "1"}, 60),
        ({"starred": "1"}, 0),
        ({"hidden": "1"}, 0),
    ],
)
def test_each_filter_leaves_what_fits(
    client: httpx.Client, query: dict[str, str], count: int
) -> None:
    page = client.get("/", params={**query, "shown": "100"})
    assert len(cards(page)) == count
    if count == 0:
        assert "No story fits" in page.text


@pytest.mark.parametrize(
    "query",
    [
        {"within": "9y"},
        {"after": "nonsense"},
        {"after": "WzAsIm5hbiIsMV0"},  # a score that is none
        {"after": "WzAsIjEiXQ"},
        {"shown": "-1"},
        {"outlet": "x" * 201},
        {"single": "perhaps"},
    ],
)
def test_what_no_board_asks_is_told_to_be_wrong(
    client: httpx.Client, query: dict[str, str]
) -> None:
    assert client.get("/", params=query).status_code in {400, 422}


def test_it_speaks_german(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept-Language": "de-AT"})
    assert "12</b> Medien" in page.text
    assert "2 eigenständige Texte" in page.text
    assert "independent" not in page.text


def test_why_a_story_stands_there_is_told(client: httpx.Client) -> None:
    text = client.get("/").text
    why = re.search(r'<p class="why" role="tooltip" id="w1">(.*?)</p>', text, re.DOTALL)
    assert why is not None
    assert "2 independent texts <i>+ 9 h</i>" in why[1]
    assert "12 outlets <i>+ 16 h</i>" in why[1]
    assert "11 joined in two hours <i>+ 11 h</i>" in why[1]


# --- what came since -------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Path, httpx.Client]]:
    """A desk over a file to write to, in which there is one story."""
    path = tmp_path / "news.db"
    with open_database(path, clock=lambda: NOW) as db:
        feeds.sync(db, [POST, HERALD], NOW)
        tell(db, [[keep(db, POST, report("bridge", NOW - timedelta(hours=1)), NOW)]])
    with (
        ReaderPool(path, size=2, seconds=5) as pool,
        Served(create_app(pool, lambda: NOW, Limits(follower_pause=0.02))) as served,
        httpx.Client(base_url=served.url, headers=HTML) as client,
    ):
        client.get("/")
        yield path, client


def seq(client: httpx.Client) -> int:
    """The change up to which the board shows all."""
    found = re.search(r'data-seq="(\d+)"', client.get("/").text)
    assert found is not None
    return int(found[1])


def grow(path: Path) -> int:
    """Let a story begin."""
    with open_database(path, clock=lambda: NOW) as db:
        return tell(db, [[keep(db, HERALD, report("late", NOW), NOW)]])


def test_who_asks_is_told_what_came(room: tuple[Path, httpx.Client]) -> None:
    path, client = room
    last = seq(client)
    assert client.get("/live", params={"since": last}).json()["stories"] == {}
    story = grow(path)
    told = client.get("/live", params={"since": last}).json()
    assert told["stories"] == {str(story): 1}
    assert told["whole"] is True
    assert client.get("/live", params={"since": told["seq"]}).json()["stories"] == {}
    other = client.get("/live", params={"since": last, "language": "de"}).json()
    assert other["stories"] == {}


def test_who_listens_hears_it(room: tuple[Path, httpx.Client]) -> None:
    path, client = room
    asked = {"Accept": "text/event-stream"}
    with client.stream("GET", "/live", params={"since": seq(client)}, headers=asked) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in stream.headers
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        story = grow(path)
        data = next(line for line in lines if line.startswith("data:"))
    assert json.loads(data.removeprefix("data:"))["stories"] == {str(story): 1}


def test_who_was_cut_off_goes_on_where_it_was(room: tuple[Path, httpx.Client]) -> None:
    path, client = room
    last = seq(client)
    grow(path)
    now = seq(client)
    asked = {"Accept": "text/event-stream", "Last-Event-ID": str(now)}
    told = client.get("/live", params={"since": last}, headers={"Last-Event-ID": str(now)}).json()
    assert told == {"seq": now, "stories": {}, "whole": True}
    with client.stream("GET", "/live", params={"since": last}, headers=asked) as stream:
        story = grow_again(path)
        data = next(line for line in stream.iter_lines() if line.startswith("data:"))
    assert json.loads(data.removeprefix("data:"))["stories"] == {str(story): 1}


def grow_again(path: Path) -> int:
    with open_database(path, clock=lambda: NOW) as db:
        return tell(db, [[keep(db, POST, report("later", NOW), NOW)]])


def test_who_knows_nothing_that_is_kept_is_to_look_anew(room: tuple[Path, httpx.Client]) -> None:
    _, client = room
    told = client.get("/live", params={"since": 10**6}).json()
    assert told == {"seq": seq(client), "stories": {}, "whole": False}


def test_cards_are_shown_anew_where_they_stand(room: tuple[Path, httpx.Client]) -> None:
    path, client = room
    assert cards(client.get("/board/cards", params={"id": [1, 99]})) == [1]
    with open_database(path) as db, db.write():
        decisions.add(db, Decision(0, NOW, "eva", "hide"), 1)
    assert cards(client.get("/board/cards", params={"id": 1})) == []
    assert cards(client.get("/board/cards", params={"id": 1, "hidden": "1"})) == [1]
    assert cards(client.get("/")) == []
    assert cards(client.get("/?hidden=1")) == [1]


def test_what_came_since_the_last_visit_is_told(room: tuple[Path, httpx.Client]) -> None:
    path, client = room
    assert "your last visit" not in client.get("/").text
    with open_database(path) as db, db.write():
        seen.visit(db, "editor", NOW - timedelta(hours=5))
    assert "1 story began" in " ".join(client.get("/").text.split())


# --- addresses -------------------------------------------------------------------------------

WORDS = st.text(max_size=20)
ASKED = st.builds(
    Asked,
    within=st.sampled_from(list(WITHIN)),
    language=WORDS,
    tag=WORDS,
    agency=WORDS,
    outlet=WORDS,
    single=st.booleans(),
    unread=st.booleans(),
    starred=st.booleans(),
    hidden=st.booleans(),
)


def read(url: str) -> Asked:
    """What an address of the board asks for."""
    said = dict(httpx.URL(f"http://desk{url}").params)
    told: dict[str, str | bool] = {
        name: value == "1" if isinstance(getattr(Asked(), name), bool) else value
        for name, value in said.items()
    }
    return replace(Asked(), **told)  # type: ignore[arg-type] # they are its fields


@given(ASKED)
def test_an_address_says_what_is_asked_for(asked: Asked) -> None:
    assert read(asked.url) == asked
    assert asked.is_plain == (asked.url == "/")


@given(ASKED)
def test_each_link_changes_one_thing(asked: Asked) -> None:
    for time in times(asked):
        assert read(time.url) == replace(asked, within=read(time.url).within)
    for flag in flags(asked):
        assert (
            sum(getattr(read(flag.url), name) != getattr(asked, name) for name in Asked.__slots__)
            == 1
        )
    for tag in values(asked, "tag", ["a", "b"], 2):
        assert read(tag.url) == replace(asked, tag="" if tag.current else tag.value)


@given(st.lists(WORDS, unique=True), WORDS, st.integers(1, 5))
def test_the_value_that_is_asked_for_is_always_among_them(
    known: list[str], current: str, most: int
) -> None:
    found = values(Asked(tag=current), "tag", known, most)
    assert len(found) <= max(most, 1)
    assert [each.value for each in found if each.current] == ([current] if current else [])[:1] or (
        current == "" and "" in known
    )


@given(st.integers(1, 10_000))
def test_as_many_are_shown_as_before_in_full_pages(count: int) -> None:
    found = shown_for(count, 25, 150)
    assert 25 <= found <= 150
    assert found % 25 == 0
    assert found >= min(count, 150)
