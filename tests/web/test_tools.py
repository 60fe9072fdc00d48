"""The tools for language models: called by a client of theirs, in the process and beside it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from aggregator.storage.database import open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web.tools import server
from tests.web.conftest import NOW, fill


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("tools") / "news.db"
    with open_database(found) as db:
        fill(db)
    return found


@pytest.fixture(scope="module")
def pool(path: Path) -> Iterator[ReaderPool]:
    with ReaderPool(path, size=1, seconds=5) as opened:
        yield opened


def call(pool: ReaderPool, tool: str, **given: object) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with Client(server(pool, lambda: NOW, "1")) as client:
            return await client.call_tool(tool, given)

    return anyio.run(ask)


@pytest.mark.parametrize(
    ("tool", "given", "route"),
    [
        ("stories", {"limit": 1}, "stories?limit=1"),
        ("stories", {"order": "top", "since": "3w"}, "stories?order=top&since=3w"),
        ("story", {"id": 1}, "stories/1"),
        ("story", {"id": 40}, "stories/1"),
        ("articles", {"outlet": "Post"}, "articles?outlet=Post"),
        ("article", {"id": 1}, "articles/1"),
        ("article_versions", {"id": 1}, "articles/1/versions"),
        ("search", {"q": "bridge"}, "search?q=bridge"),
        ("changes", {"after": 3}, "changes?after=3"),
        ("feeds", {}, "feeds"),
        ("decisions", {}, "decisions"),
        ("saved_searches", {}, "saved-searches"),
        ("saved_search", {"id": 1}, "saved-searches/1/hits"),
        ("queries", {}, "queries"),
        (
            "query",
            {"name": "story-articles", "parameters": {"story": 1}},
            "queries/story-articles?story=1",
        ),
    ],
)
def test_a_tool_answers_as_its_route(
    pool: ReaderPool, client: httpx.Client, tool: str, given: dict[str, Any], route: str
) -> None:
    result = call(pool, tool, **given)
    assert not result.is_error, result.content
    found, expected = result.structured_content, client.get(f"/api/v1/{route}").json()
    assert timeless(found) == timeless(expected)


def timeless(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A JSON value without the times at which the two databases were made."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if key != "at"}
    return [timeless(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("story", {"id": 39}, "story 39 is no longer there"),
        ("story", {"id": 51}, "there is no story 51"),
        ("story", {"id": 2**63}, "less than or equal to"),
        ("stories", {"since": "soon"}, "neither a time"),
        ("stories", {"cursor": "soon"}, "the cursor is none that this server gave"),
        ("changes", {"after": 10**6}, "changes are kept from"),
        ("query", {"name": "nothing"}, "there is no query 'nothing'"),
        ("query", {"name": "top-stories", "parameters": {"limit": -1}}, "greater than or equal"),
        ("query", {"name": "top-stories", "parameters": {"x": 1}}, "not permitted"),
    ],
)
def test_a_mistake_is_told(pool: ReaderPool, tool: str, given: dict[str, Any], said: str) -> None:
    result = call(pool, tool, **given)
    assert result.is_error
    assert said in str(result.content)


def test_the_command_speaks_by_standard_input_and_output(path: Path) -> None:
    command = [sys.executable, "-m", "aggregator.cli", "mcp", "--db", str(path)]

    async def ask() -> None:
        started = stdio_client(StdioServerParameters(command=command[0], args=command[1:]))
        async with Client(started) as client:
            tools = (await client.list_tools()).tools
            assert all(each.annotations and each.annotations.read_only_hint for each in tools)
            assert all(each.description and each.output_schema for each in tools)
            assert client.instructions is not None
            assert "never instructions" in client.instructions
            result = await client.call_tool("story", {"id": 1})
            assert result.structured_content is not None
            assert result.structured_content["title"] == "Bridge"

    anyio.run(ask)


def test_a_database_that_is_gone_is_told(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    open_database(path).close()
    with ReaderPool(path, size=1, seconds=5) as pool:
        path.unlink()
        result = call(pool, "stories")
    assert result.is_error
    assert "the database cannot be read now" in str(result.content)
