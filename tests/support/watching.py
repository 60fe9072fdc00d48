"""Notes what must not happen while pages are open."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request

__all__ = ["Watched"]


class Watched:
    """What scripts threw, what a page's policy stopped, and whom else a page asked.

    `trouble` holds all of it in words.
    """

    def __init__(self, context: "BrowserContext", url: str) -> None:
        """Watch all pages of `context`, which may ask `url` alone."""
        self.trouble: list[str] = []
        self._url = url
        context.on("weberror", lambda error: self.trouble.append(f"threw {error.error}"))
        context.on("console", self._heard)
        context.on("request", self._asked)

    def _heard(self, message: "ConsoleMessage") -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.trouble.append(f"stopped: {message.text[:400]}")

    def _asked(self, request: "Request") -> None:
        if not request.url.startswith((f"{self._url}/", "data:", "blob:", "about:")):
            self.trouble.append(f"asked for {request.url[:200]}")
