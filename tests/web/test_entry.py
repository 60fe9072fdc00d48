"""How a desk is entered, by how it is started: nobody is let in by mistake."""

import ipaddress
from pathlib import Path

import pytest

from aggregator.errors import UsageError
from aggregator.web.entry import Wanted, entry


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.8.8.8"])
def test_alone_on_this_machine_no_login_is_needed(host: str) -> None:
    found = entry(Wanted(host))
    assert found.alone
    assert not found.secure


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("127.0.0.1", login=True),
        Wanted("127.0.0.1", ("desk.example",), behind_https=True),
        Wanted("127.0.0.1", proxies=("127.0.0.1",)),
        Wanted("192.0.2.1", behind_https=True),
        Wanted("192.0.2.1", certificate=Path("c"), key=Path("k")),
        Wanted("127.0.0.1", proxies=("127.0.0.1",), user_header="X-Remote-User"),
    ],
)
def test_as_soon_as_others_may_come_it_is(wanted: Wanted) -> None:
    assert not entry(wanted).alone


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted("192.0.2.1"), "no address of this machine alone"),
        (Wanted("desk.example"), "no address of this machine alone"),
        (Wanted(""), "no address of this machine alone"),
        (Wanted("127.0.0.1", ("desk.example",)), "'desk.example' is no address"),
        (Wanted("192.0.2.1", login=True), "by plain http"),
        (Wanted("127.0.0.1", certificate=Path("c")), "go together"),
        (Wanted("127.0.0.1", key=Path("k")), "go together"),
        (Wanted("127.0.0.1", behind_https=True, certificate=Path("c"), key=Path("k")), "either"),
        (Wanted("127.0.0.1", user_header="X-Remote-User"), "needs --proxy"),
        (Wanted("127.0.0.1", proxies=("127.0.0.1",), proxy_role="editor"), "--proxy-user-header"),
        (Wanted("0.0.0.0", behind_https=True), "say by which with --name"),  # noqa: S104 - meant
        (Wanted("::", behind_https=True), "say by which with --name"),
        (Wanted("127.0.0.1", proxies=("here",)), "neither an address nor a network"),
        (Wanted("127.0.0.1", proxies=("10.0.0.1/8",)), "neither an address nor a network"),
    ],
)
def test_what_would_let_in_others_than_meant_is_refused(wanted: Wanted, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        entry(wanted)


def test_it_goes_by_the_names_that_are_given_and_trusts_whom_it_is_told_to() -> None:
    found = entry(
        Wanted(
            "0.0.0.0",  # noqa: S104 - meant
            ("Desk.Example",),
            behind_https=True,
            proxies=("10.0.0.0/24",),
            user_header="X-Remote-User",
            proxy_role="viewer",
        )
    )
    assert found.hosts == ("127.0.0.1", "localhost", "[::1]", "desk.example")
    assert found.secure
    assert found.proxy is not None
    assert found.proxy.networks == (ipaddress.ip_network("10.0.0.0/24"),)
    assert (found.proxy.header, found.proxy.role) == ("X-Remote-User", "viewer")
