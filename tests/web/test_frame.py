"""The frame of every page: its policy, and what browsers carry that no page of ours gave them."""

import base64
import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from aggregator.web.acting import local
from aggregator.web.ports import Ports
from aggregator.web.rendering import outside
from tests.support.guarded import EDITOR, guarded, signed_in

_NONSENSE = ("x", "%%%", "A" * 9000, "W10=", "bnVsbA==", "[" * 300)


def _carried(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "value",
    [
        *_NONSENSE,
        _carried({"message": 1}),
        _carried(["text", [float("inf")], "", [], 0]),
        _carried([["text"], [1], "", [], 0]),
        _carried(["", [], "nothing", [None], "x"]),
        base64.urlsafe_b64encode(b"[" * 5000).decode(),
    ],
)
def test_a_message_that_no_page_left_is_not_shown(client: httpx.Client, value: str) -> None:
    found = client.get("/help", headers={"Cookie": f"flash={value}"})
    assert found.status_code == 200
    assert "data-toast" not in found.text


def test_a_message_is_shown_once_and_as_text(client: httpx.Client) -> None:
    value = _carried(["<script>alert(1)</script>", [7], "", [], 0])
    found = client.get("/help", headers={"Cookie": f"flash={value}"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found.text
    assert '<input type="hidden" name="decision" value="7">' in found.text
    assert 'flash=""; ' in found.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/help", "/api", "/problems/gone", "/nothing", "/"])
def test_a_page_allows_its_own_styles_and_no_other_thing_inline(
    client: httpx.Client, path: str
) -> None:
    found = client.get(path, headers={"Accept": "text/html"})
    rules = dict(
        rule.strip().partition(" ")[::2]
        for rule in found.headers["Content-Security-Policy"].split(";")
    )
    styles = re.findall(r"<style>(.*?)</style>", found.text, re.DOTALL)
    hashes = [base64.b64encode(sha256(each.encode()).digest()).decode() for each in styles]
    assert styles
    assert set(rules["style-src"].split()) == {f"'sha256-{each}'" for each in hashes}
    assert (rules["default-src"], rules["script-src"]) == ("'none'", "'self'")
    assert "unsafe" not in found.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", found.text) == []
    assert re.findall(r"\s(?:style|on\w+)=", found.text) == []


@pytest.mark.parametrize("cookie", ["language=xx", "language=../de", "theme=%22onload", "theme="])
def test_a_language_or_colour_that_there_is_none_of_is_not_taken(
    client: httpx.Client, cookie: str
) -> None:
    found = client.get("/help", headers={"Cookie": cookie, "Accept-Language": "de"})
    assert found.status_code == 200
    begin = re.search(r"<html[^>]*>", found.text)
    assert begin
    assert begin[0].startswith('<html lang="de"')
    assert "data-theme" not in begin[0]


@pytest.mark.parametrize(
    ("back", "leads"),
    [
        ("/stories/4?x=1", "/stories/4?x=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_an_act_nobody_is_led_to_another_site(back: str, leads: str) -> None:
    assert local(back) == leads


@pytest.mark.parametrize(
    "path",
    [
        '/feeds?removed={"url":"https://evil.example/feed","outlet":"Evil"}',
        f'/feeds?removed={"0" * 64}.{{"url":"https://evil.example/feed","outlet":"Evil"}}',
        "/searches?forgotten=name%3DEvil%26q%3Devil",
        f"/searches?forgotten={'0' * 64}.name%3DEvil%26q%3Devil",
    ],
)
def test_nobody_is_offered_to_have_back_what_a_link_from_elsewhere_names(
    tmp_path: Path, path: str
) -> None:
    anything: Any = object()
    ports = Ports(editing=anything, gathering=anything, searching=anything)
    with guarded(tmp_path / "news.db", ports=ports) as desk, desk.anybody() as browser:
        signed_in(browser, EDITOR)
        found = browser.get(path)
        assert found.status_code == 200
        assert "Evil" not in found.text.replace(found.request.url.query.decode(), "")
        assert 'data-key="z"' not in found.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b?c=d", "https://a.example/b?c=d"),
        (" HTTP://a.example ", "HTTP://a.example"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://a.example/\njavascript:x", None),
        ("//a.example/", None),
        (None, None),
        (7, None),
    ],
)
def test_only_addresses_on_the_web_are_linked(url: object, shown: str | None) -> None:
    assert outside(url) == shown
