"""Looks for barriers on a page with axe-core, by every rule it has that is not an experiment."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tests.support.browser import UNPACKED

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["barriers"]

_SCRIPT: Final = UNPACKED.parent / "node_modules" / "axe-core" / "axe.min.js"
# Off unless asked for, though WCAG 2.2 AA holds it.
_RUN: Final = """
async () => (await axe.run(document, {
  resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
})).violations
"""


@cache
def _source() -> str:
    assert _SCRIPT.is_file(), "axe-core is not set up: run make browser"
    return _SCRIPT.read_text(encoding="utf-8")


def barriers(page: "Page") -> list[str]:
    """What stands in somebody's way: rule, element and what is wrong with it, one a line."""
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated by the debugger, which no policy of the page stops.
        page.evaluate(f"() => {{ {_source()} }}")
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{rule['id']}: {node['html'][:160]} - {node['failureSummary'][:300]}"
        for rule in found
        for node in rule["nodes"]
    ]
