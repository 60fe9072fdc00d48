"""Who may ask, by which name and how; and what a browser is told."""

import httpx
import pytest

from aggregator.errors import UsageError
from aggregator.web.server import bound
from tests.web.conftest import Newsroom


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST:99", "[::1]:8000", "[::1]"])
def test_it_goes_by_the_names_of_this_machine(client: httpx.Client, name: str) -> None:
    assert client.get("/api/v1", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.",
        "",
        "127.0.0.1:x",
    ],
)
def test_no_other_name_is_answered(client: httpx.Client, name: str) -> None:
    answer = client.get("/api/v1", headers={"Host": name})
    assert answer.status_code == 421
    assert answer.json()["type"] == "/problems/wrong-host"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/api/v1/stories", "/api/v1/stories/1", "/feeds/all.atom"])
def test_it_can_only_be_read(newsroom: Newsroom, method: str, path: str) -> None:
    answer = newsroom.client.request(method, path, headers=newsroom.as_from_a_page())
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize("path", ["/", "/api/v1/stories", "/api/v1/stories/51", "/feeds/all.atom"])
def test_no_other_site_may_read_or_frame_it(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_page_names_what_there_is(client: httpx.Client) -> None:
    page = client.get("/api")
    assert page.headers["Content-Type"].startswith("text/html")
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "<td>List the feeds of stories that there are to subscribe to.</td>" in page.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104 - refused
def test_no_address_is_listened_at_that_others_reach(host: str) -> None:
    with pytest.raises(UsageError, match="no address of this machine alone"):
        bound(host, 0)
