"""Prints each rule of good manners beside what a real server recorded, as a row of a table."""

import os
from collections.abc import Iterable

from tests.support.server import Request

__all__ = ["recorded"]

_SHOWN = ("if-none-match", "if-modified-since")


def recorded(rule: str, requests: Iterable[Request | str]) -> None:
    """Print `| rule | test | what the server recorded |`; see it with `pytest -s`.

    A request is shown with its conditions; a str as it is, for what else there is to tell.
    """
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition("::")[2].rpartition(" ")[0]
    seen = "; ".join(each if isinstance(each, str) else _told(each) for each in requests)
    row = " | ".join(cell.replace("|", "\\|") for cell in (rule, test, seen or "no request"))
    print(f"\n| {row} |")


def _told(request: Request) -> str:
    conditions = [f"{name}: {request.headers[name]}" for name in _SHOWN if name in request.headers]
    return f"GET {request.path}" + (f" ({', '.join(conditions)})" if conditions else "")
