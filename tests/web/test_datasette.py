"""Datasette, started on a database with our metadata: views and queries, and nothing else."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from aggregator.cli import main
from aggregator.storage import contract
from aggregator.storage.database import Database, open_database
from tests.web.conftest import fill


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("datasette") / "news.db"
    with open_database(found) as db:
        fill(db)
    return found


@pytest.fixture(scope="module")
def metadata(path: Path) -> dict[str, Any]:
    written = CliRunner().invoke(main, ["datasette-metadata", "--db", str(path)])
    assert written.exit_code == 0, written.output
    found: dict[str, Any] = json.loads(written.stdout)
    return found


@pytest.fixture(scope="module")
def datasette(path: Path, metadata: dict[str, Any]) -> Iterator[httpx.Client]:
    told = path.with_name("metadata.json")
    told.write_text(json.dumps(metadata))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", str(path), "--metadata", str(told)]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_for(process, client)
            yield client
    finally:
        process.terminate()
        process.wait(30)


def wait_for(process: subprocess.Popen[bytes], client: httpx.Client) -> None:
    while process.poll() is None:
        try:
            client.get("/-/versions.json")
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Datasette ended before it answered")


@pytest.fixture(scope="module")
def db(path: Path) -> Iterator[Database]:
    with open_database(path, readonly=True) as opened:
        yield opened


def test_its_page_shows_the_views_and_no_table(datasette: httpx.Client) -> None:
    page = datasette.get("/news.json?_show_hidden=1").json()
    assert {each["name"] for each in page["views"]} == {each.name for each in contract.views()}
    assert page["tables"] == []
    assert page["allow_execute_sql"] is False


def test_every_view_is_shown_and_described(datasette: httpx.Client) -> None:
    for view in contract.views():
        rows = datasette.get(f"/news/{view.name}.json?_shape=array")
        assert rows.status_code == 200, (view.name, rows.text)
        page = datasette.get(f"/news/{view.name}")
        assert page.status_code == 200
        assert view.meaning.split("`")[0].split("'")[0] in page.text
    assert "Who published it." in datasette.get("/news/articles").text


def test_nothing_else_can_be_read(datasette: httpx.Client, db: Database) -> None:
    shown = {each.name for each in contract.views()}
    others = [name for name in contract.names(db) if name not in shown]
    some = ("feed", "subscription", "article_fts", "sqlite_sequence")
    assert set(some) <= set(others)
    ways = [f"/news/{each}" for name in some for each in (name.upper(), f"{name}/1.json")]
    for address in (*(f"/news/{name}.json" for name in others), *ways):
        assert datasette.get(address).status_code in {403, 404}, address
    assert datasette.get("/news/sqlite_master.json").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/news.json?sql=select+url+from+feed",
        "/news.csv?sql=select+url+from+feed",
        "/news/articles.json?_where=id+in+(select+feed_id+from+subscription)",
        "/news/top-stories.json?sql=select+url+from+feed",
        "/news.db",
        "/_internal.json",
        "/_internal/databases.json",
    ],
)
def test_no_other_way_leads_around_that(datasette: httpx.Client, address: str) -> None:
    answer = datasette.get(address)
    assert answer.status_code in {400, 403, 404} or "post.example/rss" not in answer.text


def test_every_documented_query_runs_with_what_is_left_empty(
    datasette: httpx.Client, db: Database
) -> None:
    for query in contract.queries():
        answer = datasette.get(f"/news/{query.name}.json?_shape=arrays")
        assert answer.status_code == 200, (query.name, answer.text)
        expected = contract.run(db, query, {}).rows
        assert [tuple(row) for row in answer.json()["rows"]] == list(expected), query.name


def test_what_is_filled_in_is_asked_with(datasette: httpx.Client) -> None:
    rows = datasette.get("/news/story-articles.json?_shape=array&story=1&limit=2").json()
    assert [row["id"] for row in rows] == [1, 2]
    rows = datasette.get("/news/search.json?_shape=array&words=closed").json()
    assert [row["id"] for row in rows] == [1]


def test_articles_can_be_searched(datasette: httpx.Client) -> None:
    rows = datasette.get("/news/articles.json?_shape=array&_search=closed").json()
    assert [row["id"] for row in rows] == [1]
