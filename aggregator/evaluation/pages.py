"""The figures within a page of documentation, between two markers that stay."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aggregator.errors import UsageError
from aggregator.evaluation.tables import Table, markdown

__all__ = ["put"]

_BEGIN: Final = "<!-- figures: begin -->"
_END: Final = "<!-- figures: end -->"


def put(tables: Sequence[Table], path: Path) -> None:
    """Put the tables into the page at `path`; raises UsageError where it has no markers."""
    before, begin, rest = path.read_text("utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        message = f"{path} has no lines {_BEGIN} and {_END}"
        raise UsageError(message)
    shown = "\n\n".join(f"**{table.title}**\n\n{markdown(table)}" for table in tables)
    path.write_text(f"{before}{begin}\n\n{shown}\n\n{end}{after}", "utf-8")
