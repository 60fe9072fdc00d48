"""The command `desk` as a process: it serves, ends when it is told to, and refuses others."""

import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from tests.support.desks import running
from tests.support.guarded import token_of

Call = Callable[..., Result]


@pytest.mark.usefixtures("news")
@pytest.mark.parametrize(
    ("number", "host"), [(signal.SIGTERM, "127.0.0.1"), (signal.SIGINT, "127.0.0.2")]
)
def test_it_serves_where_it_says_until_it_is_told_to_end(
    tmp_path: Path, number: signal.Signals, host: str
) -> None:
    command = [sys.executable, "-m", "aggregator.cli", "desk", "--port", "0", "--host", host]
    db = tmp_path / "news.db"
    with subprocess.Popen(
        [*command, "--db", str(db)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline()
        url = said.split(" at ")[1].split()[0]
        story = httpx.get(f"{url}api/v1/stories/40", follow_redirects=True).json()
        process.send_signal(number)
        assert process.wait(60) == 0
        assert process.stderr.read() == ""
    assert said.startswith(f"Serving {db} at http://{host}:")
    assert story["id"] == 1


@pytest.mark.usefixtures("news")
def test_a_form_that_was_open_still_counts_after_a_restart(tmp_path: Path) -> None:
    db, before = tmp_path / "news.db", tmp_path.joinpath("news.db").read_bytes()
    with running(db, "--read-only") as desk, httpx.Client(base_url=desk.url, timeout=60) as browser:
        assert _sent(browser, token_of(browser.get("/help"))) == 303
    assert db.read_bytes() == before
    with running(db) as desk, httpx.Client(base_url=desk.url, timeout=60) as browser:
        token, cookies = token_of(browser.get("/help")), dict(browser.cookies)
        assert _sent(browser, token) == 303
    for options in ((), ("--read-only",)):
        with running(db, *options) as desk:
            with httpx.Client(base_url=desk.url, cookies=cookies, timeout=60) as browser:
                assert _sent(browser, token) == 303
            with httpx.Client(base_url=desk.url, timeout=60) as another:
                assert _sent(another, token) == 403


def _sent(browser: httpx.Client, token: str) -> int:
    return browser.post("/settings", data={"csrf": token, "theme": "dark"}).status_code


def test_it_listens_to_nobody_else(call: Call, news: datetime) -> None:
    del news
    result = call("desk", "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert result.exit_code == 2
    assert "by plain http passwords could be read on the way" in result.stderr


def test_a_port_that_is_taken_is_told(call: Call, news: datetime) -> None:
    del news
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = call("desk", "--port", str(port))
    assert result.exit_code == 1
    assert result.stderr == f"aggregator: 127.0.0.1:{port}: Address already in use\n"


@pytest.mark.usefixtures("news")
def test_without_its_extra_mcp_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['mcp'] = None; from aggregator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "mcp", "--db", str(tmp_path / "news.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"{shlex.quote(sys.executable)} -m pip install 'aggregator[mcp]'" in done.stderr


@pytest.mark.parametrize("command", ["desk", "mcp", "datasette-metadata"])
def test_without_a_database_it_says_how_to_begin(call: Call, command: str) -> None:
    result = call(command)
    assert result.exit_code == 1
    assert "there is no such database yet" in result.stderr
