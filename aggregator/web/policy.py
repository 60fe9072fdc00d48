"""What a page of the desk may do in a browser: its Content-Security-Policy."""

from collections.abc import Iterable
from typing import Final

__all__ = ["policy"]

_RULES: Final = (
    "default-src 'none'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; style-src "
)


def policy(styles: Iterable[str]) -> str:
    """The policy of a page with the style sheets of these hashes, and nothing else inline."""
    return _RULES + (" ".join(styles) or "'none'")
