"""The ground that tests of the desk stand on: it finds what is wrong, and only that."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.desks import Running
from tests.support.layout import faults
from tests.support.server import Answer, Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

Another = Callable[..., AbstractContextManager["Page"]]

GOOD = '<!DOCTYPE html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'
STYLED = "style-src 'unsafe-inline'; img-src 'self'"


def serve(server: Server, inside: str, policy: str = "default-src 'none'") -> None:
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    server.routes["/it"] = Answer(GOOD.format(inside).encode(), headers=headers)
    server.routes["/favicon.ico"] = Answer()


def test_a_desk_answers_over_both_editions(shared_desk: Running) -> None:
    items = httpx.get(f"{shared_desk.url}/api/v1/stories", timeout=60).json()["items"]
    assert len(items) > 5


def test_real_pages_are_there(real_desk: Running) -> None:
    assert (
        len(httpx.get(f"{real_desk.url}/api/v1/articles?limit=100", timeout=60).json()["items"])
        > 90
    )


def test_barriers_are_found_whatever_the_policy(
    server: Server, another: Another, axe: Callable[["Page"], list[str]]
) -> None:
    with another(server.url("")) as page:
        serve(server, "<p>All is well.</p>")
        page.goto("/it")
        assert axe(page) == []
        serve(server, "<button></button>")
        page.goto("/it")
        assert [found.partition(":")[0] for found in axe(page)] == ["button-name"]


@pytest.mark.parametrize(
    ("inside", "policy", "trouble"),
    [
        ("<script>1</script>", "default-src 'none'", "stopped"),
        ("<script>missing()</script>", "script-src 'unsafe-inline'", "threw"),
        ('<img src="http://127.0.0.9:9/x.png" alt="">', "img-src http:", "asked for"),
    ],
)
def test_what_goes_wrong_on_a_page_fails_its_test(
    server: Server, another: Another, inside: str, policy: str, trouble: str
) -> None:
    serve(server, inside, policy)
    with pytest.raises(AssertionError, match=trouble), another(server.url("")) as page:
        page.goto("/it")


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ('<p style="width: 2000px">Words</p>', "the page is"),
        ('<p style="position: relative; left: -40px">Words</p>', "beyond the edge"),
        ('<p style="height: 10px; overflow: hidden">Words<br>and words</p>', "clipped"),
        (
            '<a href="/">One</a><a href="/it" style="position: relative; left: -20px">Two</a>',
            "upon each other",
        ),
        ('<svg style="width: 0"></svg>', "an empty drawing"),
        ("<h2> </h2>", "empty"),
        ('<img src="/none.png" alt="">', "no image"),
    ],
)
def test_what_is_drawn_amiss_is_found(
    server: Server, another: Another, inside: str, fault: str
) -> None:
    with another(server.url("")) as page:
        serve(server, '<p style="overflow: hidden">Words <a href="/it">One</a></p>', STYLED)
        page.goto("/it")
        assert faults(page) == []
        serve(server, inside, STYLED)
        page.goto("/it")
        assert fault in "\n".join(faults(page))
